"""The chart of a preview: one column a day, placed by the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hotlists.past import Past

HEIGHT = 96.0
TOP = 24.0


@dataclass(frozen=True)
class Column:
    """One day: its vehicles and reads, and where its column stands, across in percent and down in pixels."""

    day: date
    vehicles: int
    reads: int
    left: str
    middle: str
    width: str
    top: str
    height: str
    label_at: str


def columns(past: Past) -> list[Column]:
    """A column of distinct vehicles for each of the last days, today's the last."""
    reads, vehicles = dict(past.by_day), dict(past.vehicles_by_day)
    most = max([*vehicles.values(), 1])
    return [
        _column(place, past.days, day, (vehicles[day], reads[day]), most)
        for place, day in enumerate(sorted(vehicles))
    ]


def _column(place: int, total: int, day: date, counts: tuple[int, int], most: int) -> Column:
    vehicles, reads = counts
    step = 100 / total
    height = HEIGHT * vehicles / most
    top = TOP + HEIGHT - height
    return Column(
        day=day,
        vehicles=vehicles,
        reads=reads,
        left=f"{step * place + step / 4:.2f}%",
        middle=f"{step * (place + 0.5):.2f}%",
        width=f"{step / 2:.2f}%",
        top=f"{top:.1f}",
        height=f"{height:.1f}",
        label_at=f"{top - 6:.1f}",
    )
