"""What moves a hit on its ladder. Each names who acts, is atomic, asks the gate, and records itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from alpr.policy import Policy, StatusSource
from detections import comparison, ladder, live
from detections.models import Hit, HitStep, Outcome
from trail.moves import MoveRefused
from trail.purpose import VagueReason, refuse_immigration
from trail.services import act, record
from training import gate

WRITE_HOW = "Write in a few words what was said or seen, so that another person could check it."


@act
def hit_see(*, actor: Member, hit: Hit, answers: Mapping[str, str], words: str = "") -> Hit:
    """Record what the eye saw: the answer to each question of `comparison.questions`, by its name.

    A difference shuts the hit, whatever else is answered; "can't tell" leaves the rung open. `words` say what
    was done to see who is in the vehicle, where the policy asks for that. Raises ValidationError, by
    question, where an answer is missing, and `MoveRefused`.
    """
    hit, policy = _begin(actor, hit, "see")
    asked = comparison.questions(hit, policy)
    given = {question.name: answers[question.name] for question in asked if question.name in answers}
    _refuse_gaps(asked, given, words)
    passed = comparison.passes(asked, given)
    if passed:
        hit.seen_at = timezone.now()
    elif comparison.DIFFERS in given.values():
        _shut(hit, "see")
    return _finish(actor, hit, "see", passed=passed, answers=given, note=words.strip())


@act
def hit_validate(*, actor: Member, hit: Hit, method: str, still_listed: bool, words: str) -> Hit:
    """Record the live answer on the plate's status, by a `StatusSource` that the policy accepts.

    `words` are the answer as it was given. "Not listed" shuts the hit (Toledo: the dispatcher answered "no
    match", and the stop went on). Raises ValidationError and `MoveRefused`.
    """
    hit, policy = _begin(actor, hit, "validate")
    if method not in {source.value for source in policy.ladder.status_from}:
        raise ValidationError({"method": "Say who answered, out of those whom the policy accepts."})
    _require_words("words", words)
    if still_listed:
        hit.validated_at = timezone.now()
    else:
        _shut(hit, "validate")
    source = StatusSource(method).value
    return _finish(actor, hit, "validate", passed=still_listed, method=source, note=words.strip())


@act
def hit_confirm(*, actor: Member, hit: Hit, confirmed: bool, words: str) -> Hit:
    """Record the entering agency's answer. "Not ours" or "cleared" shuts the hit. Raises as above."""
    hit, _ = _begin(actor, hit, "confirm")
    _require_words("words", words)
    if confirmed:
        hit.confirmed_at = timezone.now()
    else:
        _shut(hit, "confirm")
    return _finish(actor, hit, "confirm", passed=confirmed, note=words.strip())


@act
def hit_exigent(*, actor: Member, hit: Hit, reason: str) -> Hit:
    """Claim exigent circumstances, with the reason at once (Vallejo 426.4(f)(1)).

    It excuses only the rungs that the policy names, and never an answer that shuts the hit. Raises
    ValidationError for a reason that says nothing, and `MoveRefused` where the policy has no such way.
    """
    hit, policy = _begin(actor, hit, "exigent")
    if len(reason.split()) < 2 or len(reason.strip()) < 8:
        raise ValidationError({"reason": "Say in a few words what makes waiting dangerous."})
    _require_words("reason", reason)
    excused = [rung.value for rung in ladder.excusable(hit, policy)]
    hit.exigent_by, hit.exigent_at = actor, timezone.now()
    return _finish(actor, hit, "exigent", passed=True, answers={"excuses": excused}, note=reason.strip())


@act
def hit_exigent_review(*, actor: Member, hit: Hit, agreed: bool, words: str) -> Hit:
    """Review a claim of exigent circumstances, as another person than who made it (a database constraint)."""
    hit, _ = _begin(actor, hit, "review_exigent")
    if hit.exigent_by_id == actor.pk:
        raise MoveRefused("Exigent circumstances are reviewed by somebody else than who claimed them.")
    _require_words("words", words)
    hit.exigent_reviewed_by, hit.exigent_reviewed_at = actor, timezone.now()
    return _finish(actor, hit, "review_exigent", passed=agreed, note=words.strip())


@act
def hit_close(*, actor: Member, hit: Hit, outcome: str, note: str = "") -> Hit:
    """Close a hit with its result, one of `ladder.outcomes`; the note also tells the entering member.

    A stop is refused as a result where the policy's steps before it are missing. Raises ValidationError for
    no result, and `MoveRefused`.
    """
    hit, policy = _begin(actor, hit, "close")
    if outcome not in Outcome.values:
        raise ValidationError({"outcome": "Say how it ended."})
    if outcome not in ladder.outcomes(hit, policy):
        raise MoveRefused(
            f"“{Outcome(outcome).label}” cannot be this hit’s result. {ladder.verdict(hit, policy).sentence}"
        )
    if hit.status == Hit.Status.SHUT and Outcome(outcome).is_stop and not note.strip():
        raise ValidationError(
            {"note": "Say when the stop was made and when the answer came that shut this hit."}
        )
    _refuse_immigration("note", note)
    hit.status, hit.outcome = Hit.Status.CLOSED, outcome
    hit.closed_at, hit.closed_by = timezone.now(), actor
    return _finish(actor, hit, "close", passed=True, answers={"outcome": outcome}, note=note.strip())


@act
def keys_switch(*, actor: Member, on: bool) -> None:
    """Switch the console's single keys on or off for this member."""
    Member.objects.filter(pk=actor.pk).update(keys_on=on)


def _begin(actor: Member, hit: Hit, move: str) -> tuple[Hit, Policy]:
    """The hit as it is now, locked, and the policy in force; gate and table of moves have been asked."""
    locked = Hit.objects.select_for_update().get(pk=hit.pk)
    gate.require(actor, ladder.MOVES[move].permission, on=locked)
    policy = locked.agency.policy
    ladder.check(move, locked, policy)
    return locked, policy


def _finish(actor: Member, hit: Hit, move: str, *, passed: bool, **said: Any) -> Hit:
    hit.save()
    HitStep.objects.create(hit=hit, move=move, by=actor, passed=passed, **said)
    record(
        actor,
        ladder.MOVES[move].verb,
        hit,
        purpose=purpose(hit),
        elements={"plate": hit.plate, "listed": hit.entry.plate, "answers": said.get("answers", {})},
        detail=_detail(hit, move, passed=passed, method=said.get("method", ""), note=said.get("note", "")),
    )
    live.announce_change(hit.pk)
    return hit


def purpose(hit: Hit) -> str:
    """The purpose under which a hit and its images are looked at, for the trail."""
    return f"Verifying hit {hit.number}"


def _detail(hit: Hit, move: str, *, passed: bool, method: str, note: str) -> str:
    words = {
        "see": "every answer the same" if passed else "not seen as the listed vehicle",
        "validate": f"{'still listed' if passed else 'no match'}, answered by {_source(method)}",
        "confirm": "confirmed" if passed else "not confirmed",
        "exigent": "a reason was given",
        "review_exigent": "agreed" if passed else "did not agree",
        "close": hit.get_outcome_display(),
    }[move]
    return f"{words}; “{note}”" if note else words


def _source(method: str) -> str:
    return StatusSource(method).label if method else ""


def _shut(hit: Hit, move: str) -> None:
    hit.status, hit.shut_by_move = Hit.Status.SHUT, move


def _refuse_gaps(asked: list[comparison.Question], given: Mapping[str, str], words: str) -> None:
    gaps: dict[str, Any] = {q.name: f"Answer for {q.phrase}." for q in comparison.unanswered(asked, given)}
    if given.get(comparison.PERSON) in comparison.PASSING and not words.strip():
        gaps["words"] = "Say what you did to see who is in the vehicle, or what other basis there is."
    if gaps:
        raise ValidationError(gaps)
    _refuse_immigration("words", words)


def _require_words(field: str, words: str) -> None:
    if not words.strip():
        raise ValidationError({field: WRITE_HOW})
    _refuse_immigration(field, words)


def _refuse_immigration(field: str, words: str) -> None:
    try:
        refuse_immigration(words)
    except VagueReason as refused:
        raise ValidationError({field: str(refused)}) from refused
