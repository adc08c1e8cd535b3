"""What waits at photographs and at the jobs behind the pages."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure

from accounts.permissions import Permission
from alpr.templatetags.look import age
from alpr.waiting.lines import Asker, Wait, counted
from detections.models import ImageJob

TOO_LONG = timedelta(minutes=10)


def pictures_waiting(asker: Asker) -> list[Wait]:
    """Photographs that could not be read, and those that have waited too long."""
    rows = ImageJob.objects.filter(camera__agency=asker.agency)
    failed = rows.filter(state=ImageJob.State.FAILED).count()
    late = rows.filter(state=ImageJob.State.WAITING, received_at__lt=timezone.now() - TOO_LONG)
    url, acts = reverse("admin:detections_imagejob_changelist"), Permission.MANAGE_CAMERAS
    found = []
    if count := late.count():
        first = late.aggregate(first=Min("received_at"))["first"]
        what = counted(count, "Find out why {} photograph waits", "Find out why {} photographs wait")
        note = f"The oldest has waited {age(first)}."
        found.append(Wait(what, note, f"{url}?state__exact=waiting", acts, due=first + TOO_LONG))
    if failed:
        what = f"See why {counted(failed, '{} photograph')} could not be read"
        note = "Each says what was wrong with it."
        found.append(Wait(what, note, f"{url}?state__exact=failed", acts))
    return found


def jobs_failed(asker: Asker) -> list[Wait]:
    """Background jobs that failed for good: of the whole installation, since a job has no agency."""
    count = Failure.objects.count()
    url = reverse("admin:django_q_failure_changelist")
    note = "Each says what went wrong; it can be tried again."
    return [Wait(counted(count, "Look at {} failed job"), note, url, Permission.OVERSEE)] if count else []
