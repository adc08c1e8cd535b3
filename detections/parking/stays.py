"""The rule of time-limited zones: a vehicle read again in a zone past its limit, in one unbroken stay.

A stay is what one vehicle's reads of one day say in a row: all of them in the same zone, on one of its days
and within its hours. A read anywhere else in between ends it, and so do the night and a change of the zone's
terms; the next read there begins another. A read of which nobody knows where it was says nothing. The
vehicle is the plate with its state, exactly; plates that only fold alike make an overtime that is possible.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Sight:
    """One read of a vehicle: when, as which plate and state, and in which zone.

    `zone` None is outside of every zone. `counts` is whether that zone's days and hours take it in. `limit`
    is the zone's.
    """

    key: uuid.UUID
    at: datetime
    plate: str
    state: str
    zone: int | None
    counts: bool = True
    limit: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Stay:
    """What counts of one stay in one zone, in the order of time. Never empty."""

    zone: int
    sights: tuple[Sight, ...]

    @property
    def first(self) -> Sight:
        """Where it began."""
        return self.sights[0]

    @property
    def last(self) -> Sight:
        """Its newest read."""
        return self.sights[-1]

    @property
    def is_over(self) -> bool:
        """Whether it is past the limit."""
        return self.last.at - self.first.at > self.first.limit

    def holds(self, zone: int | None, first: datetime, last: datetime) -> bool:
        """Whether it reaches over this time in this zone."""
        return self.zone == zone and self.first.at <= first and last <= self.last.at


@dataclass(frozen=True, slots=True)
class Day:
    """The stays of all vehicles of one folded plate on one day: by exact vehicle, and of those alike."""

    exact: list[Stay]
    alike: list[Stay]

    @property
    def overtime(self) -> list[Stay]:
        """The exact ones past their limit."""
        return [stay for stay in self.exact if stay.is_over]

    @property
    def possible(self) -> list[Stay]:
        """Those past their limit only if plates that read alike are one, where no exact one says so."""
        found: list[Stay] = []
        for stay in self.alike:
            known = [*self.overtime, *found]
            if stay.is_over and not any(_touch(stay, other) for other in known):
                found.append(stay)
        return found


def stays(sights: Iterable[Sight]) -> list[Stay]:
    """The stays of one vehicle on one day."""
    in_order = sorted(sights, key=lambda sight: (sight.at, sight.key))
    found = []
    for zone, run in groupby(in_order, key=lambda sight: sight.zone):
        counted = tuple(sight for sight in run if sight.counts)
        if zone is not None and counted:
            found.append(Stay(zone, counted))
    return found


def of_day(sights: Iterable[Sight]) -> Day:
    """The stays of one day, of reads whose plates fold to the same key.

    Alike are those of one state with those that tell none: two that name different states are two vehicles.
    """
    every = list(sights)
    vehicles = sorted({(sight.plate, sight.state) for sight in every})
    states = sorted({state for _, state in vehicles if state}) or [""]
    exact = [stay for one in vehicles for stay in stays(s for s in every if (s.plate, s.state) == one)]
    alike = [stay for state in states for stay in stays(s for s in every if s.state in (state, ""))]
    return Day(exact, alike)


def _touch(one: Stay, other: Stay) -> bool:
    return one.zone == other.zone and one.first.at <= other.last.at and other.first.at <= one.last.at
