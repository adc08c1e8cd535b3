"""Hits that nobody ended: what is open past the policy's limit goes to a supervisor, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from alpr.policy import Policy
from detections import live, stepping
from detections.models import Hit
from trail.actors import System
from trail.models import Event
from trail.services import act, record
from trail.verbs import Verb

# Nobody waits beside a vehicle that was read days ago: an hour of a live hit is a day of a past read.
PAST_READS_WAIT = 24
MOST_AT_ONCE = 500


def left_open(agency: Agency) -> QuerySet[Hit]:
    """The hits of `agency` that are not closed and older than `ladder.open_minutes`, oldest first.

    Counted from when the hit was made; a past read has 24 times as long. None where the policy has no limit.
    """
    adopted = agency.adopted
    minutes = adopted.policy.ladder.open_minutes if adopted else None
    if minutes is None:
        return Hit.objects.none()
    now, limit = timezone.now(), timedelta(minutes=minutes)
    old = Q(look_back=None, made_at__lt=now - limit)
    old |= Q(look_back__isnull=False, made_at__lt=now - limit * PAST_READS_WAIT)
    return Hit.objects.filter(old, agency=agency).exclude(status=Hit.Status.CLOSED).order_by("made_at")


def is_left_open(hit: Hit, policy: Policy) -> bool:
    """Whether `left_open` has this hit."""
    due = due_at(hit, policy)
    return hit.status != Hit.Status.CLOSED and due is not None and due < timezone.now()


def due_at(hit: Hit, policy: Policy) -> datetime | None:
    """When the hit counts as left open; None where the policy has no limit."""
    minutes = policy.ladder.open_minutes
    if minutes is None:
        return None
    return hit.made_at + timedelta(minutes=minutes) * (PAST_READS_WAIT if hit.look_back_id else 1)


@act
def hits_escalate(*, actor: System, agency: Agency) -> int:
    """Pass each hit that was left open to the supervisors, once; gives how many were new.

    What it does is on the trail and in the open consoles: the hit is marked, and waits with the supervisors.
    """
    kind = ContentType.objects.get_for_model(Hit)
    keys = [str(key) for key in left_open(agency).values_list("pk", flat=True)]
    told = Event.objects.filter(verb=Verb.HIT_ESCALATED, content_type=kind, object_pk__in=keys)
    passed_on = {int(key) for key in told.values_list("object_pk", flat=True)}
    rows = left_open(agency).exclude(pk__in=passed_on).select_for_update(of=("self",), skip_locked=True)
    hits = list(rows[:MOST_AT_ONCE])
    for hit in hits:
        detail = f"open since {timezone.localtime(hit.made_at):%b %-d, %H:%M}"
        record(actor, Verb.HIT_ESCALATED, hit, purpose=stepping.purpose(hit), detail=detail)
        live.announce_change(hit.pk)
    return len(hits)
