"""The table of moves, and why one is not possible now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.permissions import Permission
from alpr.policy import Policy, Rung, StatusSource
from detections.comparison import listing
from detections.ladder.standing import Fact, excusable, facts, is_past, latest, may_stop
from detections.ladder.verdict import verdict
from detections.ladder.words import at, shut_words, step_words
from detections.models import Hit
from trail.moves import MoveRefused
from trail.verbs import Verb

OPEN, SHUT, CLOSED = Hit.Status.OPEN, Hit.Status.SHUT, Hit.Status.CLOSED
Trim = Callable[[Hit, Policy], str]


def _untrimmed(hit: Hit, policy: Policy) -> str:
    return ""


def _ask(hit: Hit, policy: Policy) -> str:
    if is_past(hit):
        return "This is a past read: nobody waits beside the vehicle, so dispatch is not asked."
    if StatusSource.DISPATCHER not in policy.ladder.status_from:
        return "Under the policy no dispatcher answers for the list."
    return ""


def _impracticable(hit: Hit, policy: Policy) -> str:
    if is_past(hit):
        return "No stop may rest on a past read, so there is nothing to excuse."
    if not policy.ladder.only_if_practicable:
        return policy.describe("ladder.only_if_practicable")
    if Rung.VALIDATED not in policy.ladder.before_stop:
        return "The policy asks for no live status before a stop, so there is nothing to excuse."
    return ""


def _exigent(hit: Hit, policy: Policy) -> str:
    if is_past(hit):
        return "No stop may rest on a past read, so there is nothing to excuse."
    if not excusable(hit, policy):
        return "Exigent circumstances can excuse nothing that this hit still needs under the policy."
    return ""


def _stop(hit: Hit, policy: Policy) -> str:
    said = verdict(hit, policy).sentence
    return "" if may_stop(hit, policy) else f"A stop cannot be recorded on this hit. {said}"


@dataclass(frozen=True)
class LadderMove:
    """One move: what its button says, who may, which status and facts it needs, the fact it makes true.

    `not_after` are facts, other than its own, after which it has no sense. `again`: it may come after its own
    fact, with an answer that shuts the hit. `trim` says why the policy does not have the move on this hit, or
    nothing; `rules` names the rules that it reads.
    """

    name: str
    label: str
    permission: Permission
    verb: Verb
    status: frozenset[str]
    sets: Fact
    needs: frozenset[Fact] = frozenset()
    not_after: frozenset[Fact] = frozenset()
    again: bool = False
    rules: tuple[str, ...] = ()
    trim: Trim = _untrimmed

    @property
    def forbids(self) -> frozenset[Fact]:
        """The facts after which the move is not possible: most often its own, and more."""
        return self.not_after if self.again else self.not_after | {self.sets}


MOVES: dict[str, LadderMove] = {
    move.name: move
    for move in (
        LadderMove(
            "see", "Record what I saw", Permission.COMPARE_HITS, Verb.HIT_SEEN, frozenset({OPEN}), Fact.SEEN,
            rules=("ladder.compare", "ladder.person_check_lists"),
        ),
        LadderMove(
            "ask", "Ask dispatch", Permission.COMPARE_HITS, Verb.HIT_ASKED, frozenset({OPEN}), Fact.ASKED,
            not_after=frozenset({Fact.VALIDATED}), rules=("ladder.status_from",), trim=_ask,
        ),
        LadderMove(
            "validate", "Record the live status", Permission.ANSWER_STATUS, Verb.HIT_VALIDATED,
            frozenset({OPEN}), Fact.VALIDATED, again=True, rules=("ladder.status_from",),
        ),
        LadderMove(
            "impracticable", "Record why it is not practicable", Permission.COMPARE_HITS,
            Verb.HIT_IMPRACTICABLE, frozenset({OPEN}), Fact.IMPRACTICABLE,
            not_after=frozenset({Fact.VALIDATED}),
            rules=("ladder.only_if_practicable", "ladder.before_stop"), trim=_impracticable,
        ),
        LadderMove(
            "confirm", "Record the entering agency’s answer", Permission.CONFIRM_HITS, Verb.HIT_CONFIRMED,
            frozenset({OPEN}), Fact.CONFIRMED, frozenset({Fact.VALIDATED}),
        ),
        LadderMove(
            "exigent", "Claim exigent circumstances", Permission.COMPARE_HITS, Verb.HIT_EXIGENT,
            frozenset({OPEN}), Fact.EXIGENT, rules=("ladder.exigent_may_skip",), trim=_exigent,
        ),
        LadderMove(
            "review_exigent", "Record the review", Permission.REVIEW_EXIGENT, Verb.HIT_EXIGENT_REVIEWED,
            frozenset({OPEN, SHUT, CLOSED}), Fact.REVIEWED, frozenset({Fact.EXIGENT}),
        ),
        LadderMove(
            "stop", "Record the stop", Permission.COMPARE_HITS, Verb.HIT_STOPPED, frozenset({OPEN}),
            Fact.STOPPED, rules=("ladder.before_stop", "ladder.exigent_may_skip"), trim=_stop,
        ),
        LadderMove(
            "close", "Close this hit", Permission.CLOSE_HITS, Verb.HIT_CLOSED, frozenset({OPEN, SHUT}),
            Fact.CLOSED, rules=("ladder.endings", "ladder.before_stop"),
        ),
    )
}  # fmt: skip

RUNG_OF = {"see": Rung.SEEN, "validate": Rung.VALIDATED, "confirm": Rung.CONFIRMED, "close": Rung.CLOSED}


def check(name: str, hit: Hit, policy: Policy) -> LadderMove:
    """The move called `name`, or `MoveRefused` with a sentence where hit or policy does not allow it."""
    move, true = MOVES[name], facts(hit)
    if move.forbids & true:
        raise MoveRefused(_done_before(hit, move))
    if hit.status not in move.status:
        raise MoveRefused(_ended(hit))
    if move.needs - true:
        first = listing(sorted(fact.value for fact in move.needs - true))
        raise MoveRefused(f"“{move.label}” is not possible yet: this hit is not {first}.")
    if why := move.trim(hit, policy):
        raise MoveRefused(why)
    return move


def is_possible(name: str, hit: Hit, policy: Policy) -> bool:
    """Whether `check` would let the move through."""
    try:
        check(name, hit, policy)
    except MoveRefused:
        return False
    return True


def _done_before(hit: Hit, move: LadderMove) -> str:
    true = facts(hit)
    doers = [other.name for other in MOVES.values() if other.sets in move.forbids & true]
    return was_first(hit, move.name if move.name in doers else doers[0])


def was_first(hit: Hit, name: str) -> str:
    """Who made this move before, as a refusal says it."""
    step = latest(hit, name)
    if step is None:
        return f"“{MOVES[name].label}” was already done."
    return f"{step.by} was first, at {at(step.at)}: {step_words(step)}"


def _ended(hit: Hit) -> str:
    if hit.status == CLOSED:
        return f"{hit.closed_by} closed this hit at {at(hit.closed_at)}: {hit.get_outcome_display()}."
    return f"This hit is shut: {shut_words(hit)} It can only be closed."
