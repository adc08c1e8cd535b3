"""What waits at findings of swapped and counterfeit plates. No line names a plate."""

from __future__ import annotations

from django.db.models import Min
from django.urls import reverse

from accounts.permissions import Permission
from alpr.templatetags.look import age
from alpr.waiting.lines import Asker, Wait, counted
from detections.models import Finding


def findings_open(asker: Asker) -> list[Wait]:
    """Findings that nobody has looked at yet."""
    rows = Finding.objects.filter(agency=asker.agency, status=Finding.State.OPEN)
    count = rows.count()
    if not count:
        return []
    first = rows.aggregate(first=Min("made_at"))["first"]
    note = f"The oldest was made {age(first)} ago. Each is deleted with its detections."
    what = counted(count, "Look at {} finding of a plate", "Look at {} findings of plates")
    return [Wait(what, note, reverse("findings"), Permission.REVIEW_FINDINGS)]
