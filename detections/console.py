"""What the console shows: the hits in its list, and the rungs of the open one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from alpr.policy import Policy, Rung, StatusSource
from detections import ladder
from detections.comparison import UNCLEAR, listing, questions
from detections.models import Hit, HitStep
from hotlists.models import Entry, HotList
from training import gate

MOST_IN_LIST = 60
NEW_FOR = timedelta(minutes=2)
METHODS: dict[str, str] = {
    StatusSource.DISPATCHER: "from dispatch",
    StatusSource.DEPARTMENT_COMPUTER: "from a department computer",
    StatusSource.CLETS: "from CLETS",
}


@dataclass(frozen=True)
class Row:
    """One hit in the list, in plain words."""

    hit: Hit
    list_name: str
    status: str
    mark: str
    pips: list[str]
    is_old: bool
    is_new: bool

    @property
    def is_specific(self) -> bool:
        """Whether it is on a list of the department's own, which says since when instead of how old."""
        return self.hit.entry.hot_list.kind == HotList.Kind.SPECIFIC

    @property
    def coarse_age(self) -> timedelta:
        """The age of the list in whole hours, or whole minutes: what comes after says nothing then."""
        age = self.hit.list_age
        unit = timedelta(hours=1) if age >= timedelta(hours=1) else timedelta(minutes=1)
        return age // unit * unit or age

    @property
    def announcement(self) -> str:
        """What is said, politely, when the hit comes in: no plate, since others may hear it."""
        return f"New hit: {self.list_name}, {self.hit.camera.name}"


def visible(member: Member) -> QuerySet[Hit]:
    """The hits that a member may know of: those of the own agency."""
    return Hit.objects.filter(agency_id=member.agency_id).select_related(
        "agency", "camera", "entry__hot_list__agency", "entry__entered_by", "entry__snapshot",
        "exigent_by", "exigent_reviewed_by", "closed_by",
    )  # fmt: skip


def waiting(member: Member) -> QuerySet[Hit]:
    """The hits in the list, newest first: those not closed, and claims that wait for this member's review."""
    wanted = ~Q(status=Hit.Status.CLOSED)
    if gate.allows(member, Permission.REVIEW_EXIGENT):
        wanted |= Q(exigent_at__isnull=False, exigent_reviewed_at=None) & ~Q(exigent_by=member)
    return visible(member).filter(wanted).order_by("-pk")


def rows(hits: Iterable[Hit]) -> list[Row]:
    """The hits as the list shows them."""
    fresh: dict[int, timedelta | None] = {}
    shown = []
    for hit in hits:
        hot_list = hit.entry.hot_list
        if hot_list.pk not in fresh:
            fresh[hot_list.pk] = hot_list.fresh_for
        longest = fresh[hot_list.pk]
        status, mark = _status(hit)
        shown.append(
            Row(
                hit, list_name(hit.entry), status, mark, pips(hit),
                is_old=longest is not None and hit.list_age > longest,
                is_new=_is_new(hit),
            )
        )  # fmt: skip
    return shown


def _is_new(hit: Hit) -> bool:
    untouched = not ladder.facts(hit) and not hit.shut_by_move
    return untouched and timezone.now() - hit.made_at < NEW_FOR


def list_name(entry: Entry) -> str:
    """The list, and for the department's own the case."""
    name = entry.hot_list.name
    return f"{name}, case {entry.case_number}" if entry.entered_by_id and entry.case_number else name


def reason(entry: Entry) -> str:
    """Why the vehicle is listed, as it stands within a sentence: "stolen vehicle", but "BOLO" as it is."""
    said = entry.reason
    return said[:1].lower() + said[1:] if said[1:2].islower() else said


def fingerprint(hits: Iterable[Hit]) -> str:
    """A short hash of what the list says, by which a console that polls learns that nothing changed."""
    said = [(hit.pk, hit.status, sorted(ladder.facts(hit))) for hit in hits]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def pips(hit: Hit) -> list[str]:
    """The five rungs as words for the small drawing: on, shut or empty."""
    done, shut_at = hit.rungs_done, ladder.RUNG_OF.get(hit.shut_by_move)
    return ["on" if rung in done else "shut" if rung == shut_at else "" for rung in Rung]


def _status(hit: Hit) -> tuple[str, str]:
    if hit.exigent_at and not hit.exigent_reviewed_at and hit.status == Hit.Status.CLOSED:
        return "Review waits", "wait"
    if hit.status == Hit.Status.CLOSED:
        return hit.get_outcome_display().split(":")[0], ""
    if hit.status == Hit.Status.SHUT:
        return ladder.SHUT_WORDS.get(hit.shut_by_move, "Shut"), "stop"
    if hit.exigent_at:
        return "Exigent", "warn"
    return max(hit.rungs_done, key=lambda rung: rung.order).label.capitalize(), ""


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
    how = "exact" if hit.is_exact else "possible, not exact"
    words = f"Read as {hit.plate}. The list has {hit.entry.plate}: {how}."
    return RungShown(Rung.ALERT, "done", hit.captured_at, lines=(words,), is_edge=is_edge)


def _answered(rung: Rung, look: str, step: HitStep, *, is_edge: bool) -> RungShown:
    by = str(step.by)
    lines = {
        "see": (_see_line(step), f"{by}."),
        "validate": (f"{by}, {METHODS.get(step.method, step.method)}.",),
        "confirm": (f"{by}, from the entering agency.",),
        "close": (f"{step.hit.get_outcome_display()}.", f"{by}."),
    }[step.move]
    return RungShown(rung, look, step.at, lines=lines, quote=step.note, is_edge=is_edge)


def _see_line(step: HitStep) -> str:
    differing = [name.replace("_", " ") for name, answer in step.answers.items() if answer == "differs"]
    if differing:
        return f"Different: {listing(differing)}."
    return f"{len(step.answers)} answers, all the same."


def _open_lines(rung: Rung, hit: Hit, policy: Policy, step: HitStep | None) -> tuple[str, ...]:
    if rung == Rung.SEEN and step is not None:
        unclear = [q.phrase for q in questions(hit, policy) if step.answers.get(q.name) == UNCLEAR]
        return (f"{step.by} could not tell {listing(unclear)} at {ladder.at(step.at)}.",) if unclear else ()
    if rung == Rung.VALIDATED:
        return ("Is the plate still listed? A live answer, as it was given.",)
    if rung == Rung.CONFIRMED:
        who = ladder.entered_by(hit)
        return (f"{who[:1].upper()}{who[1:]} says whether it stands.",)
    return ("Say how it ended, with a stop or without one.",) if rung == Rung.CLOSED else ()


def next_move(hit: Hit, policy: Policy, may: Iterable[str]) -> str:
    """The move that fits now, out of those that the member may make; empty where none waits."""
    order = ["see", "validate"]
    if Rung.CONFIRMED in policy.ladder.before_stop:
        order.append("confirm")
    if hit.status == Hit.Status.SHUT or ladder.may_stop(hit, policy):
        order = ["close"] if hit.status == Hit.Status.SHUT else [*order, "close"]
    allowed = set(may)
    possible = [name for name in (*order, "review_exigent") if name in allowed]
    return next((name for name in possible if ladder.is_possible(name, hit, policy)), "")
