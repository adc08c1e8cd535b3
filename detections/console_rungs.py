"""The rungs of the open hit as the console draws them, and the move that fits now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alpr.policy import Policy, Rung, StatusSource
from detections import ladder
from detections.comparison import UNCLEAR, listing, questions
from detections.live_status import Asked
from detections.models import Hit, HitStep

METHODS: dict[str, str] = {
    StatusSource.DISPATCHER: "from dispatch",
    StatusSource.DEPARTMENT_COMPUTER: "from a department computer",
    StatusSource.CLETS: "from CLETS",
}
ASK = "Is the plate still listed? A live answer, as it was given."


@dataclass(frozen=True)
class RungShown:
    """One rung of the open hit: its look, when, who answered what, and the move that would climb it."""

    rung: Rung
    look: str
    when: datetime | None = None
    aside: str = ""
    lines: tuple[str, ...] = ()
    quote: str = ""
    move: str = ""
    is_edge: bool = False

    @property
    def icon(self) -> str:
        """The shape of its node."""
        return {"done": "ok", "now": "now", "shut": "stop"}.get(
            self.look, "none" if self.aside == "shut" else "open"
        )


def rungs(hit: Hit, policy: Policy, *, doing: str) -> tuple[list[RungShown], list[RungShown]]:
    """The rungs above and below the stop line, which lies after the last that comes before a stop."""
    last = max(policy.ladder.before_stop, key=lambda rung: rung.order, default=Rung.ALERT)
    shown = [_rung(rung, hit, policy, doing, is_edge=rung == last) for rung in Rung]
    return [r for r in shown if r.rung <= last], [r for r in shown if r.rung > last]


def _rung(rung: Rung, hit: Hit, policy: Policy, doing: str, *, is_edge: bool) -> RungShown:
    if rung == Rung.ALERT:
        return _alert(hit, is_edge=is_edge)
    move = next(name for name, reached in ladder.RUNG_OF.items() if reached == rung)
    step = ladder.latest(hit, move)
    if step is not None and hit.status != Hit.Status.OPEN and step.move == hit.shut_by_move:
        return _answered(rung, "shut", step, is_edge=is_edge)
    if step is not None and step.passed:
        return _answered(rung, "done", step, is_edge=is_edge)
    if hit.status != Hit.Status.OPEN and rung != Rung.CLOSED:
        return RungShown(rung, "", aside="shut" if hit.shut_by_move else "not done", is_edge=is_edge)
    look = "now" if move == doing else ""
    return RungShown(
        rung, look, aside="with you now" if look else "", lines=_open_lines(rung, hit, policy, step),
        move="" if look or not ladder.is_possible(move, hit, policy) else move, is_edge=is_edge,
    )  # fmt: skip


def _alert(hit: Hit, *, is_edge: bool) -> RungShown:
    listed, how = f"The list has {hit.entry.plate}", "exact" if hit.is_exact else "possible, not exact"
    if hit.match == Hit.Match.PARTIAL:
        how = "part of a plate, which other vehicles may have too"
    if not hit.entry.plate:
        listed, how = "The list describes a vehicle", "others may look like it"
    words = f"Read as {hit.plate}. {listed}: {how}."
    return RungShown(Rung.ALERT, "done", hit.captured_at, lines=(words,), is_edge=is_edge)


def _answered(rung: Rung, look: str, step: HitStep, *, is_edge: bool) -> RungShown:
    by = str(step.by)
    lines = {
        "see": (_see_line(step), f"{by}."),
        "validate": (_status_line(step), f"{by}, {METHODS.get(step.method, step.method)}."),
        "confirm": (f"{by}, from the entering agency.",),
        "close": (f"{step.hit.get_outcome_display()}.", f"{by}."),
    }[step.move]
    return RungShown(rung, look, step.at, lines=lines, quote=step.note, is_edge=is_edge)


def _see_line(step: HitStep) -> str:
    differing = [name.replace("_", " ") for name, answer in step.answers.items() if answer == "differs"]
    if differing:
        return f"Different: {listing(differing)}."
    return f"{len(step.answers)} answers, all the same."


def _status_line(step: HitStep) -> str:
    said = ladder.answered(step)
    asked = step.answers.get("asked", "")
    where = f", {Asked(asked).label}" if asked else ""
    return f"{said[:1].upper()}{said[1:]}{where}."


def _open_lines(rung: Rung, hit: Hit, policy: Policy, step: HitStep | None) -> tuple[str, ...]:
    if rung == Rung.SEEN and step is not None:
        unclear = [q.phrase for q in questions(hit, policy) if step.answers.get(q.name) == UNCLEAR]
        return (f"{step.by} could not tell {listing(unclear)} at {ladder.at(step.at)}.",) if unclear else ()
    if rung == Rung.VALIDATED:
        return _unanswered(hit, policy)
    if rung == Rung.CONFIRMED:
        who = ladder.entered_by(hit)
        return (f"{who[:1].upper()}{who[1:]} says whether it stands.",)
    return ("Say how it ended, with a stop or without one.",) if rung == Rung.CLOSED else ()


def _unanswered(hit: Hit, policy: Policy) -> tuple[str, ...]:
    """Who asked dispatch, and why the status could not be asked, while no answer has come."""
    lines = []
    if hit.asked_at:
        lines.append(f"Dispatch was asked at {ladder.at(hit.asked_at)} by {hit.asked_by}.")
    step = ladder.latest(hit, "impracticable")
    if step is not None and ladder.was_impracticable(hit, policy):
        lines.append(f"Not practicable, {step.by} at {ladder.at(step.at)}: “{step.note}”")
    return tuple(lines) or (ASK,)


def next_move(hit: Hit, policy: Policy, may: Iterable[str]) -> str:
    """The move that fits now, out of those that the member may make; empty where none waits."""
    order = ["see"]
    if ladder.is_past(hit):
        order.append("close")
    elif not hit.validated_at and (Rung.VALIDATED in ladder.undone(hit, policy) or hit.asked_at):
        order.append("validate")
    if Rung.CONFIRMED in policy.ladder.before_stop:
        order.append("confirm")
    if hit.status == Hit.Status.SHUT or hit.stopped_at:
        order = ["close"]
    elif ladder.may_stop(hit, policy):
        order.append("close")
    allowed = set(may)
    possible = [name for name in (*order, "review_exigent") if name in allowed]
    return next((name for name in possible if ladder.is_possible(name, hit, policy)), "")
