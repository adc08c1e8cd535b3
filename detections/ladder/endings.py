"""How a hit may be closed, and which ending its answers suggest."""

from __future__ import annotations

from alpr.policy import Policy
from alpr.policy.rules.matching import WRONG_ENDINGS
from detections import comparison
from detections.ladder.standing import is_past, latest, missing
from detections.models import Hit, Outcome

WRONG = frozenset(Outcome(ending.value) for ending in WRONG_ENDINGS)
ALWAYS = WRONG | {Outcome.NO_STOP}
STOPS = frozenset(outcome for outcome in Outcome if outcome.is_stop)


def endings(policy: Policy) -> frozenset[Outcome]:
    """The endings that the policy names; those of a wrong hit, and "no stop", always.

    A policy that names no result of a stop leaves all of them open: a stop that was made has its result.
    """
    named = frozenset(Outcome(ending.value) for ending in policy.ladder.endings)
    return named | ALWAYS | (frozenset() if named & STOPS else STOPS)


def outcomes(hit: Hit, policy: Policy) -> list[Outcome]:
    """How this hit may be closed now.

    A stop is a possible result only where one was recorded, or where every step before it was done or
    excused; on a past read never. A hit that an answer shut is closed as no stop or as a wrong hit; where the
    way was open before that answer came, a stop made then is recorded as what it was (Vallejo 426.4(f)(3):
    every stop is cleared with its result). Once a stop is recorded, "no stop" is no result any more.
    """
    allowed = set(WRONG)
    if hit.stopped_at is None:
        allowed |= {Outcome.NO_STOP} | ({Outcome.LOCATED} if hit.status == Hit.Status.OPEN else set())
    if hit.stopped_at is not None or not (is_past(hit) or missing(hit, policy)):
        allowed |= STOPS
    named = endings(policy)
    return [outcome for outcome in Outcome if outcome in allowed and outcome in named]


def suggested(hit: Hit) -> list[Outcome]:
    """What the answers that shut the hit say of it, the first as the likeliest; a person chooses."""
    if hit.status != Hit.Status.SHUT:
        return []
    if hit.shut_by_move != "see":
        return [Outcome.NOT_LISTED]
    step = latest(hit, "see")
    answers = step.answers if step else {}
    differing = [_ending_of(name) for name, said in answers.items() if said == comparison.DIFFERS]
    likeliest = (Outcome.MISREAD, Outcome.WRONG_STATE, Outcome.MISMATCH, Outcome.NO_STOP)
    return [outcome for outcome in likeliest if outcome in differing]


def _ending_of(question: str) -> Outcome:
    if question == comparison.PERSON:
        return Outcome.NO_STOP
    if question == comparison.STATE:
        return Outcome.WRONG_STATE
    return Outcome.MISMATCH if question in comparison.VEHICLE else Outcome.MISREAD
