"""The chart of a preview: one column a day, placed by the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from hotlists.past import Past

HEIGHT = 96.0
TOP = 24.0


@dataclass(frozen=True)
class Column:
    """One day of the chart: its count, and where its column stands, across in percent and down in pixels."""

    day: date
    count: int
    left: str
    middle: str
    width: str
    top: str
    height: str
    label_at: str


def columns(past: Past) -> list[Column]:
    """A column for each of the last days, today's the last; days without a read have none of its height."""
    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in reversed(range(past.days))]
    counts = dict(past.by_day)
    most = max([*counts.values(), 1])
    return [_column(place, len(days), day, counts.get(day, 0), most) for place, day in enumerate(days)]


def _column(place: int, total: int, day: date, count: int, most: int) -> Column:
    step = 100 / total
    height = HEIGHT * count / most
    top = TOP + HEIGHT - height
    return Column(
        day=day,
        count=count,
        left=f"{step * place + step / 4:.2f}%",
        middle=f"{step * (place + 0.5):.2f}%",
        width=f"{step / 2:.2f}%",
        top=f"{top:.1f}",
        height=f"{height:.1f}",
        label_at=f"{top - 6:.1f}",
    )
