"""Stops on a hit, the exigent way to one, and how a hit ends."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from detections import ladder
from detections.models import Hit, Outcome
from detections.stepping import begin, finish, refuse_words, require_reason, require_words
from trail.moves import MoveRefused
from trail.purpose import VagueReason, check_case_number
from trail.services import act


@act
def hit_exigent(*, actor: Member, hit: Hit, reason: str) -> Hit:
    """Claim exigent circumstances, with the reason at once (Vallejo 426.4(f)(1)).

    It excuses only the rungs that the policy names, and never an answer that shuts the hit. Raises
    ValidationError for a reason that says nothing, and `MoveRefused` where the policy has no such way.
    """
    hit, policy = begin(actor, hit, "exigent")
    require_reason("reason", reason, "Say in a few words what makes waiting dangerous.")
    excused = [rung.value for rung in ladder.excusable(hit, policy)]
    hit.exigent_by, hit.exigent_at = actor, timezone.now()
    return finish(actor, hit, "exigent", passed=True, answers={"excuses": excused}, note=reason.strip())


@act
def hit_exigent_review(*, actor: Member, hit: Hit, agreed: bool, words: str) -> Hit:
    """Review a claim of exigent circumstances: by another than who made it (a database constraint), or who
    recorded the stop on it."""
    hit, _ = begin(actor, hit, "review_exigent")
    if hit.exigent_by_id == actor.pk:
        raise MoveRefused("Exigent circumstances are reviewed by somebody else than who claimed them.")
    if hit.stopped_by_id == actor.pk:
        raise MoveRefused("Exigent circumstances are reviewed by somebody else than who recorded the stop.")
    require_words("words", words)
    hit.exigent_reviewed_by, hit.exigent_reviewed_at = actor, timezone.now()
    return finish(actor, hit, "review_exigent", passed=agreed, note=words.strip())


@act
def hit_stop(*, actor: Member, hit: Hit) -> Hit:
    """Record that the vehicle is stopped. Raises `MoveRefused` where `ladder.may_stop` does not allow it."""
    hit, _ = begin(actor, hit, "stop")
    hit.stopped_at, hit.stopped_by = timezone.now(), actor
    return finish(actor, hit, "stop", passed=True)


@act
def hit_close(*, actor: Member, hit: Hit, outcome: str, case_number: str = "", note: str = "") -> Hit:
    """Close a hit with its result, one of `ladder.outcomes`, tied to `case_number`.

    The note also tells the entering member. A stop is refused as a result where the policy's steps before it
    are missing. A stop, as the result or recorded before, always stands under a case or incident number
    (Vallejo 426.4(f)(3)). Raises ValidationError for no result or number, and `MoveRefused`.
    """
    hit, policy = begin(actor, hit, "close")
    if outcome not in Outcome.values:
        raise ValidationError({"outcome": "Say how it ended."})
    if outcome not in ladder.outcomes(hit, policy):
        raise MoveRefused(
            f"“{Outcome(outcome).label}” cannot be this hit’s result. {ladder.verdict(hit, policy).sentence}"
        )
    needs_note = Outcome(outcome).is_stop and not (hit.stopped_at or ladder.may_stop(hit, policy))
    _refuse_gaps(hit, Outcome(outcome), case_number, note, needs_note=needs_note)
    hit.case_number = check_case_number(case_number) if case_number.strip() else ""
    hit.status, hit.outcome = Hit.Status.CLOSED, outcome
    hit.closed_at, hit.closed_by = timezone.now(), actor
    return finish(actor, hit, "close", passed=True, answers={"outcome": outcome}, note=note.strip())


def _refuse_gaps(hit: Hit, outcome: Outcome, case_number: str, note: str, *, needs_note: bool) -> None:
    if needs_note and not note.strip():
        raise ValidationError(
            {"note": "Say when the stop was made and when the answer came that closed the way to it."}
        )
    refuse_words("note", note)
    if (outcome.is_stop or hit.stopped_at) and not case_number.strip():
        raise ValidationError({"case_number": "A stop stands under a case or incident number: give it."})
    if case_number.strip():
        try:
            check_case_number(case_number)
        except VagueReason as wrong:
            raise ValidationError({"case_number": str(wrong)}) from wrong
