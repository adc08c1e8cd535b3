"""One read of a plate as the rules look at it: what was read, where, when, and how sure the reader was."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotlists.plates import fold

# Shorter reads are mostly parts of plates.
SHORTEST = 5
# Another reading that is nearly as sure makes a read of neither.
RIVAL = 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """What a department asks of a finding: from which speed on, and how sure readers must be, from 0 to 1."""

    kmh: float = 200.0
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Place:
    """A place in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One read. `place` is None where nobody says where it was made; `clock_is_off` is its camera's fault."""

    key: uuid.UUID
    plate: str
    captured_at: datetime
    camera: int
    state: str = ""
    confidence: float | None = None
    rivals: tuple[float, ...] = ()
    place: Place | None = None
    make: str = ""
    color: str = ""
    body: str = ""
    clock_is_off: bool = False


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """What a rule found of one plate: the two reads that contradict most, and every read that it rests on.

    `one` is the earlier. `weight` is in km/h for two places and in points for vehicles that look unlike.
    """

    kind: str
    plate: str
    state: str
    one: Seen
    other: Seen
    reads: tuple[Seen, ...]
    weight: float
    kilometers: float | None = None
    doubts: tuple[str, ...] = ()


def is_sure(seen: Seen, limits: Limits) -> bool:
    """Whether a finding may rest on this read: long enough, read with confidence, and no other way as well.

    A reader that gives no confidence is never sure.
    """
    sure = seen.confidence is not None and seen.confidence >= limits.confidence
    return sure and len(seen.plate) >= SHORTEST and not _has_rival(seen)


def _has_rival(seen: Seen) -> bool:
    assert seen.confidence is not None
    return any(rival > seen.confidence - RIVAL for rival in seen.rivals)


def rivals_of(plate: str, candidates: Iterable[Any]) -> tuple[float, ...]:
    """How sure the reader was of other readings; of one without a confidence it was as sure as of this."""
    found = []
    for candidate in candidates or ():
        if isinstance(candidate, dict) and candidate.get("plate") not in (None, "", plate):
            confidence = candidate.get("confidence")
            found.append(float(confidence) if isinstance(confidence, int | float) else 1.0)
    return tuple(found)


def may_be_one(one: Seen, other: Seen) -> bool:
    """Whether both reads may be of one plate: the same characters, and no two states."""
    return one.plate == other.plate and (not one.state or not other.state or one.state == other.state)


def by_state(reads: Iterable[Seen]) -> dict[str, list[Seen]]:
    """The reads of one plate by the state that issued it; empty for one that nobody read.

    Reads without a state go with the only state that was read, and stand apart where several were.
    """
    reads = list(reads)
    states = {seen.state for seen in reads if seen.state}
    only = next(iter(states)) if len(states) == 1 else ""
    found: dict[str, list[Seen]] = {}
    for seen in reads:
        found.setdefault(seen.state or only, []).append(seen)
    return found


def is_confusable(plate: str, nearby: Iterable[Seen]) -> bool:
    """Whether another plate that readers take for this one was read as well."""
    key = fold(plate)
    return any(seen.plate != plate and fold(seen.plate) == key for seen in nearby)
