"""What the console shows: which hits a member may know of, and which of them wait."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Member
from accounts.permissions import Permission
from detections.console_rows import Row, fingerprint, list_name, pips, reason, rows
from detections.console_rungs import RungShown, next_move, rungs
from detections.models import Hit
from hotlists.models import HotList
from training import gate

__all__ = [
    "MOST_IN_LIST",
    "Row",
    "RungShown",
    "fingerprint",
    "list_name",
    "next_move",
    "pips",
    "reason",
    "rows",
    "rungs",
    "visible",
    "waiting",
]
MOST_IN_LIST = 60


def visible(member: Member) -> QuerySet[Hit]:
    """The hits that a member may know of: those of the own agency, on lists that the member may see.

    A hit on a restricted list that is not granted to the member is out of sight everywhere (CJIS 4.2.2).
    """
    lists = HotList.objects.visible_to(member)
    return Hit.objects.filter(agency_id=member.agency_id, entry__hot_list__in=lists).select_related(
        "agency", "camera", "entry__hot_list__agency", "entry__entered_by", "entry__snapshot",
        "exigent_by", "exigent_reviewed_by", "closed_by",
    )  # fmt: skip


def waiting(member: Member) -> QuerySet[Hit]:
    """The hits in the list: those not closed, and claims that wait for this member's review.

    High priority comes first, so that no number of others pushes it out of sight; the newest first within.
    """
    wanted = ~Q(status=Hit.Status.CLOSED)
    if gate.allows(member, Permission.REVIEW_EXIGENT):
        own = Q(exigent_by=member) | Q(stopped_by=member)
        wanted |= Q(exigent_at__isnull=False, exigent_reviewed_at=None) & ~own
    return visible(member).filter(wanted).order_by("priority", "-pk")
