"""Going through days: those on which a plate was read, and those nobody has listed yet.

Each day is looked up in its own partition, by the database function `detections_of_days`, which ends where
the taker has enough. To plan one question for all partitions takes PostgreSQL longer than a search may last.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import prefetch_related_objects

from detections import plates_seen, uuid7
from detections.model_reads import DetectionQuerySet
from detections.models import Detection

_AT_ONCE = 500
_FEW_DAYS = 8
_MOMENT = timedelta(milliseconds=1)
_ROWS = "SELECT * FROM detections_of_days(%s::int[], %s::text[], %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True)
class Day:
    """A day, and the folded plates that were read on it; None where that is not known."""

    number: int
    keys: Sequence[str] | None


@dataclass(frozen=True)
class Walk:
    """Detections of some agencies with ids from `first` to before `after`, in one direction.

    `pattern` is a folded plate or a part of one, empty for any. `found` are the detections as asked, but for
    that and the time; `unlisted` those of them whose plate fits. On days of which it is known which plates
    were read, those of `found` are taken that have one of the plates that fit.
    """

    agencies: Sequence[int]
    pattern: str
    found: DetectionQuerySet
    unlisted: DetectionQuerySet
    first: uuid.UUID
    after: uuid.UUID
    newest_first: bool = True

    def rows(self, limit: int | None = None) -> Iterator[Detection]:
        """The detections in order with their cameras, at most `limit`. It ends where the taker stops."""
        try:
            asked = [f"{_text(self.found)} AND plate_key = ANY($3)", _text(self.unlisted)]
        except EmptyResultSet:
            return
        for days in self.days():
            first, after = self.first, self.after
            while True:
                most = _AT_ONCE if limit is None else min(limit, _AT_ONCE)
                rows = self._some(days, asked, first, after, most)
                yield from rows
                limit = None if limit is None else limit - len(rows)
                if limit == 0:
                    return
                if len(rows) < most:
                    break
                first, after = (first, rows[-1].pk) if self.newest_first else (_next(rows[-1].pk), after)

    def _some(
        self, days: list[Day], asked: list[str], first: uuid.UUID, after: uuid.UUID, most: int
    ) -> list[Detection]:
        """The first `most` rows of these days from `first` to before `after`."""
        begin, end = (plates_seen.day_number(uuid7.captured_at(edge)) for edge in (first, after))
        days = [day for day in days if begin <= day.number <= end]
        numbers = [day.number for day in days]
        keys = [None if day.keys is None else " ".join(day.keys) for day in days]
        parameters = [numbers, keys, *asked, first, after, self.newest_first, most]
        rows = list(Detection.objects.raw(_ROWS, parameters))
        prefetch_related_objects(rows, "camera")
        return rows

    def days(self) -> Iterator[list[Day]]:
        """The days to look through in order, some at a time."""
        first = plates_seen.day_number(uuid7.captured_at(self.first))
        last = plates_seen.day_number(uuid7.captured_at(self.after) - _MOMENT)
        if not plates_seen.is_told(self.pattern):
            yield self._unknown(first, last)
            return
        # In this order: a day that is listed meanwhile is looked through, not passed over.
        unlisted = plates_seen.unlisted(self.agencies, first, last)
        while True:
            seen = plates_seen.where_seen(
                self.agencies, self.pattern, first, last, newest_first=self.newest_first
            )
            if seen is None:
                yield self._unknown(first, last)
                return
            begin, end = first, last
            if is_more := len(seen) == plates_seen.DAYS_AT_ONCE:
                begin, end = (min(seen), last) if self.newest_first else (first, max(seen))
            numbers = seen.keys() | {day for day in unlisted if begin <= day <= end}
            ordered = sorted(numbers, reverse=self.newest_first)
            yield [Day(day, None if day in unlisted else seen[day]) for day in ordered]
            if not is_more:
                return
            first, last = (first, begin - 1) if self.newest_first else (end + 1, last)

    def _unknown(self, first: int, last: int) -> list[Day]:
        few = last - first < _FEW_DAYS
        days = range(first, last + 1) if few else plates_seen.kept_days(first, last)
        return [Day(day, None) for day in sorted(days, reverse=self.newest_first)]


def _text(found: DetectionQuerySet) -> str:
    """The condition as text, with its values in it. Raises EmptyResultSet where nothing can meet it."""
    compiler = found.query.get_compiler(connection=connection)
    try:
        sql, values = compiler.compile(found.query.where)
    except FullResultSet:
        return "TRUE"
    return f"({mogrify(sql, values, connection)})"


def _next(key: uuid.UUID) -> uuid.UUID:
    """The smallest id behind this one."""
    return uuid.UUID(int=key.int + 1)
