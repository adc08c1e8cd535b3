"""What is seen and answered on a hit. Each names who acts, is atomic, asks the gate, and records itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from alpr.policy import StatusSource
from detections import comparison, ladder
from detections.live_status import ASKED_BY_ITSELF, Answer, Asked
from detections.models import Hit
from detections.stepping import begin, finish, refuse_words, require_reason, require_words, shut
from trail.moves import MoveRefused
from trail.services import act


@act
def hit_see(*, actor: Member, hit: Hit, answers: Mapping[str, str], words: str = "") -> Hit:
    """Record what the eye saw: the answer to each question of `comparison.questions`, by its name.

    A difference shuts the hit, whatever else is answered; "can't tell" leaves the rung open. `words` say what
    ties the driver to the person who is sought, where the policy or the entry asks for that. Raises
    ValidationError, by question, where an answer is missing, and `MoveRefused`.
    """
    hit, policy = begin(actor, hit, "see")
    asked = comparison.questions(hit, policy)
    given = {question.name: answers[question.name] for question in asked if question.name in answers}
    _refuse_gaps(asked, given, words)
    passed = comparison.passes(asked, given)
    if passed:
        hit.seen_at = timezone.now()
    elif comparison.DIFFERS in given.values():
        shut(hit, "see")
    return finish(actor, hit, "see", passed=passed, answers=given, note=words.strip())


@act
def hit_ask(*, actor: Member, hit: Hit) -> Hit:
    """Ask dispatch for the live status; the hit then waits in its queue. Raises `MoveRefused`."""
    hit, _ = begin(actor, hit, "ask")
    hit.asked_at, hit.asked_by = timezone.now(), actor
    return finish(actor, hit, "ask", passed=True)


@act
def hit_validate(*, actor: Member, hit: Hit, method: str, answer: str, words: str, asked: str = "") -> Hit:
    """Record the live answer on the plate's status, by a `StatusSource` that the policy accepts.

    `answer` is one of `live_status.Answer`, `asked` one of `live_status.Asked` (known by itself where CLETS
    answers), `words` the answer as it was given. "Not current" and "no record" shut the hit (Toledo: the
    dispatcher answered "no match", and the stop went on), also after somebody had recorded "current". Raises
    ValidationError and `MoveRefused`.
    """
    hit, policy = begin(actor, hit, "validate")
    if method not in {source.value for source in policy.ladder.status_from}:
        raise ValidationError({"method": "Say who answered, out of those whom the policy accepts."})
    asked = ASKED_BY_ITSELF.get(method, asked)
    if asked not in Asked.values:
        raise ValidationError({"asked": "Say which records were asked."})
    if answer not in Answer.values:
        raise ValidationError({"answer": "Say what the answer was."})
    require_words("words", words)
    current = answer == Answer.CURRENT
    if current and hit.validated_at is not None:
        raise MoveRefused(ladder.was_first(hit, "validate"))
    if current:
        hit.validated_at = timezone.now()
    else:
        shut(hit, "validate")
    said = {"answer": answer, "asked": str(asked)}
    source = StatusSource(method).value
    return finish(
        actor, hit, "validate", passed=current, answers=said, method=source, note=words.strip()
    )  # fmt: skip


@act
def hit_impracticable(*, actor: Member, hit: Hit, reason: str) -> Hit:
    """Record why the live status cannot be asked, where the policy has it checked "if practicable".

    It excuses the live status alone, never the comparison, and never an answer that shuts the hit. Raises
    ValidationError for a reason that says nothing, and `MoveRefused`.
    """
    hit, _ = begin(actor, hit, "impracticable")
    require_reason("reason", reason, "Say in a few words why the live status cannot be asked now.")
    hit.impracticable_at = timezone.now()
    return finish(actor, hit, "impracticable", passed=True, note=reason.strip())


@act
def hit_confirm(*, actor: Member, hit: Hit, confirmed: bool, words: str) -> Hit:
    """Record the entering agency's answer. "Not ours" or "cleared" shuts the hit. Raises as above."""
    hit, _ = begin(actor, hit, "confirm")
    require_words("words", words)
    if confirmed:
        hit.confirmed_at = timezone.now()
    else:
        shut(hit, "confirm")
    return finish(actor, hit, "confirm", passed=confirmed, note=words.strip())


def _refuse_gaps(asked: list[comparison.Question], given: Mapping[str, str], words: str) -> None:
    gaps: dict[str, Any] = {q.name: f"Answer for {q.phrase}." for q in comparison.unanswered(asked, given)}
    in_it = given.get(comparison.PERSON) in comparison.PASSING and comparison.DIFFERS not in given.values()
    if in_it and not words.strip():
        gaps["words"] = "Say what ties the driver to the person, or what other basis there is."
    if gaps:
        raise ValidationError(gaps)
    refuse_words("words", words)
