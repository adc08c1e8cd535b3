"""The ladder that a hit climbs before a stop: one table of moves, and what may not happen yet in one
sentence.

An alert is not a match. Buttons, forms, services and docs/ladder.md read this table; which rungs come before
a stop, and which the exigent way may skip, is the policy's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from accounts.permissions import Permission
from alpr.policy import Clause, Policy, Rung
from detections.comparison import PASSING, listing, questions
from detections.models import Hit, HitStep, Outcome
from trail.moves import MoveRefused
from trail.verbs import Verb

OPEN, SHUT, CLOSED = Hit.Status.OPEN, Hit.Status.SHUT, Hit.Status.CLOSED


class Fact(StrEnum):
    """What can be true of a hit, once a move has made it so."""

    SEEN = "seen"
    VALIDATED = "validated"
    CONFIRMED = "confirmed"
    EXIGENT = "exigent"
    REVIEWED = "reviewed"
    CLOSED = "closed"


@dataclass(frozen=True)
class LadderMove:
    """One move: what its button says, who may, which status and facts it needs, the fact it makes true."""

    name: str
    label: str
    permission: Permission
    verb: Verb
    status: frozenset[str]
    sets: Fact
    needs: frozenset[Fact] = frozenset()

    @property
    def forbids(self) -> frozenset[Fact]:
        """The facts after which the move is not possible: its own, since nothing is done twice."""
        return frozenset({self.sets})


MOVES: dict[str, LadderMove] = {
    move.name: move
    for move in (
        LadderMove(
            "see", "Record what I saw", Permission.COMPARE_HITS, Verb.HIT_SEEN, frozenset({OPEN}), Fact.SEEN
        ),
        LadderMove(
            "validate", "Record the live status", Permission.ANSWER_STATUS, Verb.HIT_VALIDATED,
            frozenset({OPEN}), Fact.VALIDATED,
        ),
        LadderMove(
            "confirm", "Record the entering agency’s answer", Permission.CONFIRM_HITS, Verb.HIT_CONFIRMED,
            frozenset({OPEN}), Fact.CONFIRMED, frozenset({Fact.VALIDATED}),
        ),
        LadderMove(
            "exigent", "Claim exigent circumstances", Permission.COMPARE_HITS, Verb.HIT_EXIGENT,
            frozenset({OPEN}), Fact.EXIGENT,
        ),
        LadderMove(
            "review_exigent", "Record the review", Permission.REVIEW_EXIGENT, Verb.HIT_EXIGENT_REVIEWED,
            frozenset({OPEN, SHUT, CLOSED}), Fact.REVIEWED, frozenset({Fact.EXIGENT}),
        ),
        LadderMove(
            "close", "Close this hit", Permission.CLOSE_HITS, Verb.HIT_CLOSED, frozenset({OPEN, SHUT}),
            Fact.CLOSED,
        ),
    )
}  # fmt: skip

RUNG_OF = {"see": Rung.SEEN, "validate": Rung.VALIDATED, "confirm": Rung.CONFIRMED, "close": Rung.CLOSED}
SHUT_WORDS = {"see": "Does not match", "validate": "No match", "confirm": "Not confirmed"}
WRONG_OR_NO_STOP = frozenset(
    {Outcome.NO_STOP, Outcome.MISREAD, Outcome.WRONG_STATE, Outcome.MISMATCH, Outcome.NOT_LISTED}
)


def facts(hit: Hit) -> frozenset[Fact]:
    """What is true of the hit now."""
    made_true = {
        Fact.SEEN: hit.seen_at,
        Fact.VALIDATED: hit.validated_at,
        Fact.CONFIRMED: hit.confirmed_at,
        Fact.EXIGENT: hit.exigent_at,
        Fact.REVIEWED: hit.exigent_reviewed_at,
        Fact.CLOSED: hit.closed_at,
    }
    return frozenset(fact for fact, moment in made_true.items() if moment is not None)


def check(name: str, hit: Hit, policy: Policy) -> LadderMove:
    """The move called `name`, or `MoveRefused` with a sentence where the hit does not allow it."""
    move, true = MOVES[name], facts(hit)
    if move.forbids & true:
        raise MoveRefused(_done_before(hit, move))
    if hit.status not in move.status:
        raise MoveRefused(_ended(hit))
    if move.needs - true:
        first = listing(sorted(fact.value for fact in move.needs - true))
        raise MoveRefused(f"“{move.label}” is not possible yet: this hit is not {first}.")
    if name == "exigent" and not excusable(hit, policy):
        raise MoveRefused(
            "Exigent circumstances can excuse nothing that this hit still needs under the policy."
        )
    return move


def is_possible(name: str, hit: Hit, policy: Policy) -> bool:
    """Whether `check` would let the move through."""
    try:
        check(name, hit, policy)
    except MoveRefused:
        return False
    return True


def excusable(hit: Hit, policy: Policy) -> list[Rung]:
    """The rungs before a stop that are missing and that exigent circumstances may skip."""
    return [rung for rung in _undone(hit, policy) if rung in policy.ladder.exigent_may_skip]


def missing(hit: Hit, policy: Policy) -> list[Rung]:
    """The rungs that still come before a stop: not climbed, nor excused by exigent circumstances."""
    excused = policy.ladder.exigent_may_skip if hit.exigent_at else frozenset()
    return [rung for rung in _undone(hit, policy) if rung not in excused]


def may_stop(hit: Hit, policy: Policy) -> bool:
    """Whether every step is done, or excused, that the policy puts before a stop.

    Never after an answer has shut the hit or once it is closed. A claim of exigent circumstances with which
    the reviewing supervisor did not agree excuses nothing more.
    """
    if hit.status != OPEN or missing(hit, policy):
        return False
    return not _undone(hit, policy) or not claim_declined(hit)


def outcomes(hit: Hit, policy: Policy) -> list[Outcome]:
    """How this hit may be closed now.

    A stop is a possible result only where every step before it was done or excused. A hit that an answer shut
    is closed as no stop or as a wrong hit; where the way was open before that answer came, a stop made then
    is recorded as what it was (Vallejo 426.4(f)(3): every stop is cleared with its result).
    """
    way_was_open = not missing(hit, policy)
    allowed = [Outcome.LOCATED] if hit.status == OPEN else []
    return [o for o in Outcome if o in WRONG_OR_NO_STOP or o in allowed or (o.is_stop and way_was_open)]


def claim_declined(hit: Hit) -> bool:
    """Whether a supervisor reviewed the claim of exigent circumstances and did not agree."""
    review = latest(hit, "review_exigent")
    return review is not None and not review.passed


def review_due(hit: Hit, policy: Policy) -> datetime | None:
    """By when another person reviews the claim; None where none stands open."""
    if hit.exigent_at is None or hit.exigent_reviewed_at is not None:
        return None
    return hit.exigent_at + timedelta(hours=policy.ladder.exigent_review_hours)


def latest(hit: Hit, move: str) -> HitStep | None:
    """The last step that was made with this move."""
    made = [step for step in hit.steps.all() if step.move == move]
    return made[-1] if made else None


def _undone(hit: Hit, policy: Policy) -> list[Rung]:
    return [rung for rung in policy.ladder.before_stop if rung not in hit.rungs_done]


def _done_before(hit: Hit, move: LadderMove) -> str:
    step = latest(hit, move.name)
    if step is None:
        return f"“{move.label}” was already done."
    return f"{step.by} was first, at {at(step.at)}: {step_words(step)}"


def _ended(hit: Hit) -> str:
    if hit.status == CLOSED:
        return f"{hit.closed_by} closed this hit at {at(hit.closed_at)}: {hit.get_outcome_display()}."
    return f"This hit is shut: {shut_words(hit)} It can only be closed."


def at(moment: datetime | None) -> str:
    """The local time of day as sentences say it."""
    return f"{timezone.localtime(moment):%H:%M:%S}" if moment else ""


@dataclass(frozen=True)
class Need:
    """One thing that still comes before a stop, as a sentence says it."""

    rung: Rung
    words: str


@dataclass(frozen=True)
class Verdict:
    """What may not happen yet, above all else on the page.

    `kind` is one of not_yet, shut, exigent, checked, closed. `needs` complete the sentence where something is
    missing. `clause` is the clause of the policy it rests on.
    """

    kind: str
    lead: str
    words: str
    note: str
    clause: Clause
    needs: tuple[Need, ...] = ()

    @property
    def sentence(self) -> str:
        """The whole verdict in plain words."""
        needs = ", and ".join(need.words for need in self.needs)
        return f"{self.lead} {self.words}{' ' + needs + '.' if needs else ''}"


NO_GROUNDS = (
    "The list is about the vehicle, not about who drives it: the grounds for a stop are still yours to have."
)


def verdict(hit: Hit, policy: Policy, *, yours: bool = True) -> Verdict:
    """The verdict on this hit under `policy`; `yours` where the reader is who may answer the comparison."""
    if hit.status == CLOSED:
        return _closed_verdict(hit, policy)
    if hit.status == SHUT:
        rests_on = {"see": "ladder.compare", "validate": "ladder.status_from"}
        clause = policy.clause(rests_on.get(hit.shut_by_move, "ladder.before_stop"))
        words = f"{shut_words(hit)} No stop may rest on this hit."
        return Verdict("shut", "Shut.", words, "Close it and say how it ended.", clause)
    if not may_stop(hit, policy):
        return _not_yet(hit, policy, yours=yours)
    if _undone(hit, policy):
        return _exigent_verdict(hit, policy)
    clause = policy.clause("ladder.before_stop")
    return Verdict(
        "checked", "Checked.", "Every step that the policy asks before a stop is done.", NO_GROUNDS, clause
    )


def _not_yet(hit: Hit, policy: Policy, *, yours: bool) -> Verdict:
    undone = _undone(hit, policy) if claim_declined(hit) else missing(hit, policy)
    needs = tuple(Need(rung, need_words(rung, hit, policy, yours=yours)) for rung in undone)
    following = policy.ladder.alert_permits_following
    note = (
        "Until then you may follow the vehicle, no more." if following else "An alert alone permits nothing."
    )
    if hit.exigent_at and not claim_declined(hit):
        note = (
            f"{hit.exigent_by} claimed exigent circumstances, {at(hit.exigent_at)}; they do not excuse this."
        )
    elif hit.exigent_at:
        note = f"{hit.exigent_reviewed_by} reviewed the claim of exigent circumstances and did not agree."
    clause = policy.clause("ladder.before_stop")
    return Verdict("not_yet", "Not yet.", "Before a stop, this hit still needs", note, clause, needs)


def _exigent_verdict(hit: Hit, policy: Policy) -> Verdict:
    skipped = listing(need_words(rung, hit, policy) for rung in _undone(hit, policy))
    claimed = f"{hit.exigent_by} claimed exigent circumstances at {at(hit.exigent_at)}"
    words = f"{claimed}, which excuse {skipped} for now."
    due = review_due(hit, policy)
    by = timezone.localtime(due) if due else None
    note = (
        f"Get it as soon as you can. Another person reviews this by {by:%b} {by.day}, {by:%H:%M}."
        if by
        else NO_GROUNDS
    )
    return Verdict("exigent", "Exigent.", words, note, policy.clause("ladder.exigent_may_skip"))


def _closed_verdict(hit: Hit, policy: Policy) -> Verdict:
    due = review_due(hit, policy)
    note = f"{hit.closed_by}, {at(hit.closed_at)}."
    if due:
        day = timezone.localtime(due)
        note += (
            f" The claim of exigent circumstances waits for its review, by {day:%b} {day.day}, {day:%H:%M}."
        )
    words = f"{hit.get_outcome_display()}."
    return Verdict("closed", "Closed.", words, note, policy.clause("ladder.result_required"))


def need_words(rung: Rung, hit: Hit, policy: Policy, *, yours: bool = True) -> str:
    """How a sentence names what is missing for `rung`."""
    if rung == Rung.VALIDATED:
        return "the live status"
    if rung == Rung.CONFIRMED:
        return f"{entered_by(hit)}’s confirmation"
    asked, before = questions(hit, policy), latest(hit, "see")
    if before is not None:
        asked = [question for question in asked if before.answers.get(question.name) not in PASSING]
        return f"a clear answer on {listing(question.phrase for question in asked)}"
    whose = "your" if yours else "an officer’s"
    return f"{whose} answers on {listing(question.phrase for question in asked)}"


def entered_by(hit: Hit) -> str:
    """Who answers for the entry: the agency that entered it, or the member."""
    return hit.entry.entering_agency or str(hit.entry.entered_by or "the entering agency")


def shut_words(hit: Hit) -> str:
    """Whose answer shut the hit, as a sentence."""
    step = latest(hit, hit.shut_by_move)
    if step is None:
        return "An answer shut it."
    said = {
        "see": "saw that the vehicle in the image is not the one on the list.",
        "validate": "recorded the live answer: no match.",
        "confirm": "recorded that the entering agency does not confirm it.",
    }
    return f"{step.by} {said[step.move]}"


def step_words(step: HitStep) -> str:
    """One step in a few words, for refusals and the ladder."""
    words = {
        "see": "compared with the image.",
        "validate": "the live status is recorded.",
        "confirm": "the entering agency’s answer is recorded.",
        "exigent": "exigent circumstances are claimed.",
        "review_exigent": "the claim is reviewed.",
        "close": "the hit is closed.",
    }
    return words[step.move]
