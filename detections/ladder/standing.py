"""What is true of a hit, and what still comes before a stop on it under the policy."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from alpr.policy import Policy, Rung
from detections.models import Hit, HitStep


class Fact(StrEnum):
    """What can be true of a hit, once a move has made it so."""

    SEEN = "seen"
    ASKED = "asked"
    VALIDATED = "validated"
    IMPRACTICABLE = "impracticable"
    CONFIRMED = "confirmed"
    EXIGENT = "exigent"
    REVIEWED = "reviewed"
    STOPPED = "stopped"
    CLOSED = "closed"


def facts(hit: Hit) -> frozenset[Fact]:
    """What is true of the hit now."""
    made_true = {
        Fact.SEEN: hit.seen_at,
        Fact.ASKED: hit.asked_at,
        Fact.VALIDATED: hit.validated_at,
        Fact.IMPRACTICABLE: hit.impracticable_at,
        Fact.CONFIRMED: hit.confirmed_at,
        Fact.EXIGENT: hit.exigent_at,
        Fact.REVIEWED: hit.exigent_reviewed_at,
        Fact.STOPPED: hit.stopped_at,
        Fact.CLOSED: hit.closed_at,
    }
    return frozenset(fact for fact, moment in made_true.items() if moment is not None)


def latest(hit: Hit, move: str) -> HitStep | None:
    """The last step that was made with this move."""
    made = [step for step in hit.steps.all() if step.move == move]
    return made[-1] if made else None


def is_past(hit: Hit) -> bool:
    """Whether it was found by looking back: the vehicle was there then, and nothing says where it is now."""
    return hit.look_back_id is not None


def unclimbed(hit: Hit, policy: Policy) -> list[Rung]:
    """The rungs before a stop that were not climbed, whatever excuses them."""
    return [rung for rung in policy.ladder.before_stop if rung not in hit.rungs_done]


def undone(hit: Hit, policy: Policy) -> list[Rung]:
    """The rungs before a stop that were not climbed and could practicably be."""
    excused = {Rung.VALIDATED} if was_impracticable(hit, policy) else set()
    return [rung for rung in unclimbed(hit, policy) if rung not in excused]


def was_impracticable(hit: Hit, policy: Policy) -> bool:
    """Whether it is recorded why the live status could not be asked, where the policy lets that excuse it."""
    return policy.ladder.only_if_practicable and hit.impracticable_at is not None


def excusable(hit: Hit, policy: Policy) -> list[Rung]:
    """The rungs before a stop that are missing and that exigent circumstances may skip."""
    return [rung for rung in undone(hit, policy) if rung in policy.ladder.exigent_may_skip]


def missing(hit: Hit, policy: Policy) -> list[Rung]:
    """The rungs that still come before a stop: not climbed, nor excused."""
    excused = policy.ladder.exigent_may_skip if hit.exigent_at else frozenset()
    return [rung for rung in undone(hit, policy) if rung not in excused]


def may_stop(hit: Hit, policy: Policy) -> bool:
    """Whether every step is done, or excused, that the policy puts before a stop.

    Never on a past read, after an answer has shut the hit, or once it is closed. A claim of exigent
    circumstances with which the reviewing supervisor did not agree excuses nothing more.
    """
    if hit.status != Hit.Status.OPEN or is_past(hit) or missing(hit, policy):
        return False
    return not undone(hit, policy) or not claim_declined(hit)


def claim_declined(hit: Hit) -> bool:
    """Whether a supervisor reviewed the claim of exigent circumstances and did not agree."""
    review = latest(hit, "review_exigent")
    return review is not None and not review.passed


def review_due(hit: Hit, policy: Policy) -> datetime | None:
    """By when another person reviews the claim; None where none stands open."""
    if hit.exigent_at is None or hit.exigent_reviewed_at is not None:
        return None
    return hit.exigent_at + timedelta(hours=policy.ladder.exigent_review_hours)
