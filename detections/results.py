"""What became of hot plates: whoever entered one is told how each hit on it ended (Vallejo 426.4(f)(3))."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Member
from detections import console
from detections.models import Hit, HitStep
from trail.services import act, record
from trail.verbs import Verb

MOST_SHOWN = 20


def hits_unread(member: Member) -> QuerySet[Hit]:
    """The closed hits on plates that `member` entered whose result the member has not seen, newest first.

    None where the policy does not ask that the entering member be told.
    """
    if not member.agency.policy.ladder.tell_entering_member:
        return Hit.objects.none()
    own = console.visible(member).filter(entry__entered_by=member, status=Hit.Status.CLOSED, told_at=None)
    return own.order_by("-closed_at")


def shown_to(member: Member) -> list[HitStep]:
    """The closing steps of `hits_unread`, recorded before they are shown."""
    hits = list(hits_unread(member)[:MOST_SHOWN])
    if not hits:
        return []
    elements = {"plates": [hit.entry.plate for hit in hits]}
    detail = "results of hot plates of one’s own"
    record(member, Verb.HITS_VIEWED, purpose="Results of hot plates", elements=elements, detail=detail)
    closings = HitStep.objects.filter(move="close", hit__in=hits)
    return list(closings.select_related("hit__entry__hot_list", "by").order_by("-pk"))


@act
def results_read(*, actor: Member, hits: list[int]) -> int:
    """Keep that the member has seen these results; those of others are left alone. Gives how many."""
    return (
        Hit.objects.filter(pk__in=hits_unread(actor).values("pk"))
        .filter(pk__in=hits)
        .update(told_at=timezone.now())
    )
