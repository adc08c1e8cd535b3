"""The dispatcher's queue: the hits whose live status officers ask for, longest wait first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Member
from detections import console, ladder
from detections.models import Hit, HitStep

ANSWERED_FOR = timedelta(hours=1)
MOST_SHOWN = 60


def asked(member: Member) -> QuerySet[Hit]:
    """The hits that wait for a live status and that `member` may see, longest wait first."""
    waiting = console.visible(member).filter(
        status=Hit.Status.OPEN, asked_at__isnull=False, validated_at=None
    )
    return waiting.select_related("asked_by").order_by("asked_at")


@dataclass(frozen=True)
class Given:
    """One answer that was given: its step, the answer in words, and how long the officer waited for it."""

    step: HitStep
    words: str
    waited: timedelta


def answered(member: Member) -> list[Given]:
    """The answers of the last hour to what was asked, newest first."""
    steps = HitStep.objects.filter(
        move="validate",
        at__gte=timezone.now() - ANSWERED_FOR,
        hit__in=console.visible(member).filter(asked_at__isnull=False),
    )
    newest = steps.select_related("hit__entry__hot_list", "by").order_by("-pk")[:MOST_SHOWN]
    return [_given(step) for step in newest]


def _given(step: HitStep) -> Given:
    said = ladder.answered(step)
    return Given(step, f"{said[:1].upper()}{said[1:]}", step.at - (step.hit.asked_at or step.at))


def fingerprint(hits: Iterable[Hit], answers: Iterable[Given]) -> str:
    """A short hash of what the queue holds, by which a page that polls learns that nothing changed."""
    said = ([hit.pk for hit in hits], [given.step.pk for given in answers])
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
