"""The hits as rows of the console's list, in plain words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from alpr.policy import Policy, Rung
from detections import ladder
from detections.left_open import is_left_open
from detections.models import Hit
from hotlists.models import Entry, HotList

NEW_FOR = timedelta(minutes=2)


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


def rows(hits: Iterable[Hit]) -> list[Row]:
    """The hits as the list shows them."""
    fresh: dict[int, timedelta | None] = {}
    shown = []
    hits = list(hits)
    policy = hits[0].agency.policy if hits else None
    for hit in hits:
        hot_list = hit.entry.hot_list
        if hot_list.pk not in fresh:
            fresh[hot_list.pk] = hot_list.fresh_for
        longest = fresh[hot_list.pk]
        status, mark = _status(hit, policy)
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
    hits = list(hits)
    policy = hits[0].agency.policy if hits else None
    said = [(hit.pk, hit.status, sorted(ladder.facts(hit)), *_status(hit, policy)) for hit in hits]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def pips(hit: Hit) -> list[str]:
    """The five rungs as words for the small drawing: on, shut or empty."""
    done, shut_at = hit.rungs_done, ladder.RUNG_OF.get(hit.shut_by_move)
    return ["shut" if rung == shut_at else "on" if rung in done else "" for rung in Rung]


def _status(hit: Hit, policy: Policy | None) -> tuple[str, str]:
    if hit.exigent_at and not hit.exigent_reviewed_at and hit.status == Hit.Status.CLOSED:
        return "Review waits", "wait"
    if hit.status == Hit.Status.CLOSED:
        return hit.get_outcome_display().split(":")[0], ""
    if policy is not None and is_left_open(hit, policy):
        return "Left open", "warn"
    if hit.status == Hit.Status.SHUT:
        return ladder.SHUT_WORDS.get(hit.shut_by_move, "Shut"), "stop"
    if hit.stopped_at:
        return "Stopped", "wait"
    if hit.exigent_at:
        return "Exigent", "warn"
    if hit.asked_at and not hit.validated_at:
        return "Asked", "wait"
    return max(hit.rungs_done, key=lambda rung: rung.order).label.capitalize(), ""
