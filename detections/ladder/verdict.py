"""What may not happen yet on a hit, in one sentence with its clause."""

from __future__ import annotations

from dataclasses import dataclass

from alpr.policy import Clause, Policy, Rung
from detections.comparison import listing
from detections.ladder.standing import (
    claim_declined,
    is_past,
    latest,
    may_stop,
    missing,
    review_due,
    unclimbed,
    undone,
)
from detections.ladder.words import at, day_and_time, need_words, shut_words
from detections.models import Hit

NO_GROUNDS = (
    "The list is about the vehicle, not about who drives it: the grounds for a stop are still yours to have."
)


@dataclass(frozen=True)
class Need:
    """One thing that still comes before a stop, as a sentence says it."""

    rung: Rung
    words: str


@dataclass(frozen=True)
class Verdict:
    """What may not happen yet, above all else on the page.

    `kind` is one of not_yet, past, shut, exigent, practicable, checked, stopped, closed. `needs` complete the
    sentence where something is missing. `clause` is the clause of the policy it rests on.
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

    @property
    def look(self) -> str:
        """How it is drawn: done, exigent, shut, or as what still has to be done."""
        looks = {"checked": "done", "closed": "done", "stopped": "done", "practicable": "exigent"}
        return looks.get(self.kind, self.kind if self.kind in ("exigent", "shut") else "")


def verdict(hit: Hit, policy: Policy, *, yours: bool = True) -> Verdict:
    """The verdict on this hit under `policy`; `yours` where the reader is who may answer the comparison."""
    if hit.status == Hit.Status.CLOSED:
        return _closed(hit, policy)
    if hit.status == Hit.Status.SHUT:
        return _shut(hit, policy)
    if is_past(hit):
        return _past(hit, policy)
    if hit.stopped_at:
        return _stopped(hit, policy)
    if not may_stop(hit, policy):
        return _not_yet(hit, policy, yours=yours)
    if undone(hit, policy):
        return _exigent(hit, policy)
    if unclimbed(hit, policy):
        return _practicable(hit, policy)
    clause = policy.clause("ladder.before_stop")
    return Verdict(
        "checked", "Checked.", "Every step that the policy asks before a stop is done.", NO_GROUNDS, clause
    )


def _shut(hit: Hit, policy: Policy) -> Verdict:
    rests_on = {"see": "ladder.compare", "validate": "ladder.status_from"}
    clause = policy.clause(rests_on.get(hit.shut_by_move, "ladder.before_stop"))
    words = f"{shut_words(hit)} No stop may rest on this hit."
    note = "Close it and say how it ended."
    if hit.stopped_at:
        note = f"A stop was recorded at {at(hit.stopped_at)}, before that answer. {note}"
    return Verdict("shut", "Shut.", words, note, clause)


def _past(hit: Hit, policy: Policy) -> Verdict:
    words = (
        f"The camera read this plate on {day_and_time(hit.captured_at)}, and it was found by looking back. "
        "No stop may rest on this hit."
    )
    note = "Compare it, and say how it ended. A stop needs a new read."
    return Verdict("past", "A past read.", words, note, policy.clause("ladder.before_stop"))


def _stopped(hit: Hit, policy: Policy) -> Verdict:
    words = f"{hit.stopped_by} recorded the stop at {at(hit.stopped_at)}."
    left = unclimbed(hit, policy)
    if left:
        words += f" {listing(need_words(rung, hit, policy) for rung in left).capitalize()} is still open."
    note = "Close the hit with the result of the stop."
    if due := review_due(hit, policy):
        note = f"Another person reviews the claim of exigent circumstances by {day_and_time(due)}. {note}"
    return Verdict("stopped", "Stopped.", words, note, policy.clause("ladder.result_required"))


def _not_yet(hit: Hit, policy: Policy, *, yours: bool) -> Verdict:
    left = undone(hit, policy) if claim_declined(hit) else missing(hit, policy)
    needs = tuple(Need(rung, need_words(rung, hit, policy, yours=yours)) for rung in left)
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


def _exigent(hit: Hit, policy: Policy) -> Verdict:
    skipped = listing(need_words(rung, hit, policy) for rung in undone(hit, policy))
    claimed = f"{hit.exigent_by} claimed exigent circumstances at {at(hit.exigent_at)}"
    words = f"{claimed}, which excuse {skipped} for now."
    due = review_due(hit, policy)
    note = (
        f"Get it as soon as you can. Another person reviews this by {day_and_time(due)}."
        if due
        else NO_GROUNDS
    )
    return Verdict("exigent", "Exigent.", words, note, policy.clause("ladder.exigent_may_skip"))


def _practicable(hit: Hit, policy: Policy) -> Verdict:
    step = latest(hit, "impracticable")
    who = f"{step.by} recorded" if step else "It is recorded"
    words = f"{who} at {at(hit.impracticable_at)} why the live status could not be asked."
    note = f"Get it as soon as you can. {NO_GROUNDS}"
    clause = policy.clause("ladder.only_if_practicable")
    return Verdict("practicable", "Checked as far as practicable.", words, note, clause)


def _closed(hit: Hit, policy: Policy) -> Verdict:
    note = f"{hit.closed_by}, {at(hit.closed_at)}."
    if due := review_due(hit, policy):
        note += f" The claim of exigent circumstances waits for its review, by {day_and_time(due)}."
    words = f"{hit.get_outcome_display()}."
    return Verdict("closed", "Closed.", words, note, policy.clause("ladder.result_required"))
