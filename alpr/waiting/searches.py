"""What waits at broad searches. No line names a plate or a purpose."""

from __future__ import annotations

from django.db.models import Min, QuerySet
from django.urls import reverse

from accounts.permissions import Permission
from alpr.templatetags.look import age
from alpr.waiting.lines import Asker, Wait, counted
from detections.models import Search
from detections.search_waiting import waiting
from trail.models import Inquiry


def searches_waiting(asker: Asker) -> list[Wait]:
    """Broad searches that find nothing until a second person approves them, and those of one's own."""
    rows = waiting(asker.agency)
    own = rows.filter(asked_by=asker.member)
    if Permission.APPROVE_SEARCHES not in asker.permitted:
        return _approvals(own, "search", open_to_asker=True)
    return [
        *_approvals(rows.exclude(asked_by=asker.member), "searches_waiting", open_to_asker=True),
        *_approvals(own, "searches_waiting", open_to_asker=False),
    ]


def _approvals(rows: QuerySet[Search], page: str, *, open_to_asker: bool) -> list[Wait]:
    count = rows.count()
    if not count:
        return []
    first = rows.aggregate(first=Min("made_at"))["first"]
    stated = rows.aggregate(first=Min("inquiry__stated_at"))["first"]
    note = f"The oldest was asked {age(first)} ago. None is run until a second person approves it."
    return [
        Wait(
            counted(count, "Decide on {} broad search", "Decide on {} broad searches"),
            note,
            reverse(page),
            Permission.APPROVE_SEARCHES,
            due=stated + Inquiry.GOOD_FOR,
            open_to_asker=open_to_asker,
        )
    ]
