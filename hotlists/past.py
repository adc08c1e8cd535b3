"""What an entry would have met lately: asked here, answered by the room that holds the detections.

Detections lie above this room, so that room registers its answer when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import inf

from hotlists.models import Entry

DAYS = 7


@dataclass(frozen=True)
class Past:
    """What an entry would have met in the last days: reads and distinct vehicles, in all and by day.

    `plates` are the vehicles met most, at most 20, with their reads: data, for those whom the gate lets
    search. Where `is_counted` is False, it was more than could be counted, and there are no figures.
    `covered` is how many days the figures are of: less than `days` while today lasts, and where less is kept.
    `withheld` says why a search for the same would need a second person; empty where one may make it.
    """

    days: int
    reads: int
    vehicles: int
    by_day: tuple[tuple[date, int], ...] = ()
    vehicles_by_day: tuple[tuple[date, int], ...] = ()
    plates: tuple[tuple[str, int], ...] = ()
    is_counted: bool = True
    covered: float | None = None
    withheld: str = ""

    @property
    def a_day(self) -> float:
        """Distinct vehicles a day, on average, as the policy counts; infinity where they were too many."""
        if not self.is_counted:
            return inf
        return sum(vehicles for _, vehicles in self.vehicles_by_day) / (self.covered or self.days)


_answers: list[Callable[[Entry, int], Past]] = []


def register(answer: Callable[[Entry, int], Past]) -> None:
    """Say who answers; called once, by the room that holds the detections."""
    _answers[:] = [answer]


def past(entry: Entry, days: int = DAYS) -> Past:
    """What `entry`, saved or not, would have met in the last `days` days at its list's agency."""
    return _answers[0](entry, days) if _answers else Past(days, 0, 0)
