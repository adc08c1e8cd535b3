"""What the parking program did in a year: counted by day as it happens, so that it outlives what is purged.

Berkeley's yearly report: 12,059 reads a day; 44,068 hits, 14,945 of them cited (Municipal Code 2.99.070).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Sum

from accounts.models import Agency
from detections.models import ParkingDay, ParkingHit

KINDS = ParkingHit.Kind.values
COLUMNS = ("reads", *(f"{kind}_{what}" for kind in KINDS for what in ("hits", "cited", "none")))


@dataclass(frozen=True)
class OfKind:
    """The hits of one kind in a year, and how they ended; the rest is open, or its stay was broken."""

    label: str
    hits: int
    cited: int
    none: int

    @property
    def share(self) -> float | None:
        """Which part of the hits was cited, as a part of 1; None without hits."""
        return self.cited / self.hits if self.hits else None


@dataclass(frozen=True)
class Year:
    """One year of the parking program at one agency. `days` are those on which anything was read."""

    year: int
    reads: int
    days: int
    kinds: tuple[OfKind, ...]

    @property
    def reads_a_day(self) -> float | None:
        """Reads on an average day of those with reads; None without any."""
        return self.reads / self.days if self.days else None

    @property
    def all(self) -> OfKind:
        """Both kinds together."""
        hits, cited, none = (sum(getattr(kind, name) for kind in self.kinds) for name in _ENDS)
        return OfKind("All", hits, cited, none)


_ENDS = ("hits", "cited", "none")


def year(agency: Agency, number: int) -> Year:
    """The counts of the calendar year, in the department's time; nothing of it names a vehicle."""
    rows = ParkingDay.objects.filter(agency=agency, day__year=number)
    sums = rows.aggregate(
        days=Count("pk", filter=Q(reads__gt=0)), **{f"all_{name}": Sum(name) for name in COLUMNS}
    )
    of_kind = [
        OfKind(str(kind.label), *(sums[f"all_{kind.value}_{name}"] or 0 for name in _ENDS))
        for kind in ParkingHit.Kind
    ]
    return Year(number, sums["all_reads"] or 0, sums["days"], tuple(of_kind))


def years(agency: Agency) -> list[int]:
    """The years of which anything is counted, the newest first."""
    return [day.year for day in ParkingDay.objects.filter(agency=agency).dates("day", "year", order="DESC")]


def add_reads(agency: Agency, days: Iterable[date]) -> None:
    """Count these reads on their days, always in one order."""
    for day, reads in sorted(Counter(days).items()):
        add(agency, day, "reads", reads)


def add(agency: Agency, day: date, column: str, by: int = 1) -> None:
    """Count `by` more in a column of `COLUMNS` on that day."""
    if column not in COLUMNS:
        raise ValueError(f"{column} is not counted.")
    ParkingDay.objects.bulk_create([ParkingDay(agency=agency, day=day)], ignore_conflicts=True)
    ParkingDay.objects.filter(agency=agency, day=day).update(**{column: F(column) + by})
