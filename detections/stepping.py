"""How every move of a hit is made: locked, asked of the gate and the table, then kept, recorded and told."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import Member
from alpr.policy import Policy, StatusSource
from detections import ladder, live
from detections.live_status import Answer, Asked
from detections.models import Hit, HitStep
from trail.purpose import VagueReason, refuse_immigration
from trail.services import record
from training import gate

WRITE_HOW = "Write in a few words what was said or seen, so that another person could check it."


def begin(actor: Member, hit: Hit, move: str) -> tuple[Hit, Policy]:
    """The hit as it is now, locked, and the policy in force; gate and table of moves have been asked."""
    locked = Hit.objects.select_for_update(of=("self",)).select_related("entry__hot_list").get(pk=hit.pk)
    gate.require(actor, ladder.MOVES[move].permission, on=locked)
    policy = locked.agency.policy
    ladder.check(move, locked, policy)
    return locked, policy


def finish(actor: Member, hit: Hit, move: str, *, passed: bool, **said: Any) -> Hit:
    """Keep the hit and its step, record the move, and announce it to open consoles."""
    hit.save()
    HitStep.objects.create(hit=hit, move=move, by=actor, passed=passed, **said)
    record(
        actor,
        ladder.MOVES[move].verb,
        hit,
        purpose=purpose(hit),
        elements={"plate": hit.plate, "listed": hit.entry.plate, "answers": said.get("answers", {})},
        detail=_detail(hit, move, passed=passed, said=said),
    )
    live.announce_change(hit.pk)
    return hit


def shut(hit: Hit, move: str) -> None:
    """Let an answer of this move shut the hit: no stop may rest on it any more."""
    hit.status, hit.shut_by_move = Hit.Status.SHUT, move


def purpose(hit: Hit) -> str:
    """The purpose under which a hit and its images are looked at, for the trail."""
    return f"Verifying hit {hit.number}"


def require_words(field: str, words: str) -> None:
    """Raise ValidationError where nothing was written, or immigration enforcement was."""
    if not words.strip():
        raise ValidationError({field: WRITE_HOW})
    refuse_words(field, words)


def require_reason(field: str, reason: str, ask: str) -> None:
    """As `require_words`, with `ask` as what to write where the reason says nothing."""
    if len(reason.split()) < 2 or len(reason.strip()) < 8:
        raise ValidationError({field: ask})
    refuse_words(field, reason)


def refuse_words(field: str, words: str) -> None:
    """Raise ValidationError where `words` speak of immigration enforcement (Government Code 7284.6)."""
    try:
        refuse_immigration(words)
    except VagueReason as refused:
        raise ValidationError({field: str(refused)}) from refused


def _detail(hit: Hit, move: str, *, passed: bool, said: dict[str, Any]) -> str:
    answers, note = said.get("answers", {}), said.get("note", "")
    words = {
        "see": "every answer the same" if passed else "not seen as the listed vehicle",
        "ask": "of a dispatcher",
        "validate": _status_words(answers, said.get("method", "")),
        "impracticable": "a reason was given",
        "confirm": "confirmed" if passed else "not confirmed",
        "exigent": "a reason was given",
        "review_exigent": "agreed" if passed else "did not agree",
        "stop": "the vehicle is stopped",
        "close": hit.get_outcome_display() + (f", case {hit.case_number}" if hit.case_number else ""),
    }[move]
    return f"{words}; “{note}”" if note else words


def _status_words(answers: dict[str, Any], method: str) -> str:
    if "asked" not in answers:
        return ""
    said = Answer(answers["answer"]).label.lower()
    return f"{said}, answered by {StatusSource(method).label}, asked of {Asked(answers['asked']).label}"
