"""What waits at broad searches. No line names a plate or a purpose."""

from __future__ import annotations

from django.db.models import CharField, Exists, Min, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from alpr.templatetags.look import age
from alpr.waiting.lines import Asker, Wait, counted
from detections.models import Search
from detections.search_waiting import waiting
from trail.models import Event, Inquiry
from trail.verbs import Verb

MOST_SHOWN = 10


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


def searches_decided(asker: Asker) -> list[Wait]:
    """One's own broad searches that a second person decided and that were not looked at since."""
    opened = Event.objects.filter(
        verb__in=(Verb.RESULTS_VIEWED, Verb.SEARCH_VIEWED),
        actor=asker.member,
        object_pk=Cast(OuterRef("pk"), CharField()),
        timestamp__gte=OuterRef("decided_at"),
    )
    rows = Search.objects.filter(
        asked_by=asker.member,
        decided_at__isnull=False,
        inquiry__stated_at__gt=timezone.now() - Inquiry.GOOD_FOR,
    )
    unread = rows.exclude(Exists(opened)).select_related("inquiry", "decided_by")
    return [_decision(search) for search in unread.order_by("decided_at")[:MOST_SHOWN]]


def _decision(search: Search) -> Wait:
    what, did = "Read why your broad search was declined", "declined"
    if search.approved:
        what, did = "Open your broad search, which was approved", "approved"
    return Wait(
        what,
        f"{search.decided_by} {did} it {age(search.decided_at)} ago. It opens as long as its purpose stands.",
        reverse("search_results", args=[search.pk]),
        Permission.SEARCH,
        due=search.inquiry.stated_at + Inquiry.GOOD_FOR if search.approved else None,
    )


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
