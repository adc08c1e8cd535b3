"""The days that a search looks through: those on which its plate was read, and those nobody has listed yet.

They are taken a stretch at a time, the next one where the page is not full, so that a query opens the few
partitions that it needs. A stretch lengthens as it goes, for what is rare is looked for long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import Q

from detections import plates_seen, uuid7

FIRST_STRETCH, LONGEST_STRETCH = 8, 64
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
    days = plates_seen.kept_days(first, last)
    # In this order: a day that is listed meanwhile is looked through, not passed over.
    known = plates_seen.listed(agency_id, first, last) if pattern else set()
    seen = plates_seen.where_seen(agency_id, pattern, first, last) if known else None
    known = known if seen else set()
    days = [day for day in days if day not in known or (seen and day in seen.days)]
    size = FIRST_STRETCH
    for is_known, group in groupby(sorted(days, reverse=newest_first), key=known.__contains__):
        run = list(group)
        while run:
            yield Stretch(run[:size], seen.keys if seen and is_known else None)
            run, size = run[size:], min(2 * size, LONGEST_STRETCH)


def _runs(days: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of every run of days without a gap."""
    for _, run in groupby(enumerate(days), key=lambda each: each[1] - each[0]):
        numbers = [day for _, day in run]
        yield numbers[0], numbers[-1]


def _between(first: int, last: int, since: datetime, until: datetime) -> Q:
    begin = max(since, plates_seen.first_moment(first))
    end = min(until, plates_seen.first_moment(last + 1))
    return Q(id__gte=uuid7.floor(begin), id__lt=uuid7.floor(end))
