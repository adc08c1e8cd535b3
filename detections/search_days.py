"""The days that a search looks through: those on which its plate was read, and those nobody has listed yet.

They are taken a stretch at a time, the next one where the page is not full, so that a query opens the few
partitions that it needs. A stretch lengthens as it goes, for what is rare is looked for long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import Q

from detections import plates_seen, uuid7

FIRST_STRETCH, LONGEST_STRETCH, READS_A_DAY = 8, 64, 8
_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Stretch:
    """Some days in order, and the folded plates that were read on them; None where that is not known."""

    days: Sequence[int]
    keys: Sequence[str] | None

    def within(self, since: datetime, until: datetime) -> Q:
        """The condition of the ids of these days, from `since` to before `until`."""
        return reduce(or_, (_between(*run, since, until) for run in _runs(sorted(self.days))))


def stretches(
    agency_id: int, pattern: str, since: datetime, until: datetime, *, newest_first: bool
) -> Iterator[Stretch]:
    """Where to look for a folded plate or a part of one; `pattern` empty for detections of any plate."""
    first, last = plates_seen.day_number(since), plates_seen.day_number(until - _MOMENT)
    # In this order: a day that is listed meanwhile is looked through, not passed over.
    listed = plates_seen.listed(agency_id, first, last) if pattern else set()
    seen = plates_seen.where_seen(agency_id, pattern, first, last) if listed else None
    known = {day: seen.get(day, []) for day in listed} if seen is not None else {}
    days = [day for day in plates_seen.kept_days(first, last) if known.get(day, True)]
    size = FIRST_STRETCH
    for is_known, group in groupby(sorted(days, reverse=newest_first), key=known.__contains__):
        run = list(group)
        while run:
            take = _enough(run, known, size) if is_known else size
            part, run, size = run[:take], run[take:], min(2 * size, LONGEST_STRETCH)
            yield Stretch(part, sorted({key for day in part for key in known[day]}) if is_known else None)


def _enough(run: Sequence[int], known: Mapping[int, Sequence[str]], size: int) -> int:
    """How many of these days have some eight reads for each of `size`, so that a page is likely full."""
    reads = 0
    for count, day in enumerate(run[:LONGEST_STRETCH], start=1):
        reads += len(known[day])
        if reads >= READS_A_DAY * size:
            return count
    return LONGEST_STRETCH


def _runs(days: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of every run of days without a gap."""
    for _, run in groupby(enumerate(days), key=lambda each: each[1] - each[0]):
        numbers = [day for _, day in run]
        yield numbers[0], numbers[-1]


def _between(first: int, last: int, since: datetime, until: datetime) -> Q:
    begin = max(since, plates_seen.first_moment(first))
    end = min(until, plates_seen.first_moment(last + 1))
    return Q(id__gte=uuid7.floor(begin), id__lt=uuid7.floor(end))
