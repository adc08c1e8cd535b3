"""The purge of a day past its time, beside a year that is kept, against a bare DELETE of as many rows.

The purge drops the day's partition, removes each picture and checks that it is gone, forgets the plates that
were read on no other day, and leaves its certificate.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction

from benchmarks.measuring import Row, seconds
from benchmarks.year import DAYS, Year, fill, filled
from detections import partitions, plates_seen, retention
from detections.models import Detection


def run() -> Iterator[Row]:
    """Fill two days from before the year, delete one bare and purge the other."""
    year = filled()
    retention.purge(year.agency)
    bare_day, day = year.last - DAYS - 10, year.last - DAYS - 11
    for each in (bare_day, day):
        fill(year.agency, year.cameras, each, year.size)
    rows = _rows(day)
    plates_seen.list_days(year.agency)
    bare = seconds(lambda: _delete(bare_day))
    ours = seconds(lambda: _purge(year, rows))
    yield Row(f"Purge of a day of {rows:,} detections", "a bare DELETE of as many rows", rows, ours, bare)


def _rows(day: int) -> int:
    since = plates_seen.first_moment(day)
    return Detection.objects.captured(since, since + timedelta(days=1)).count()


@transaction.atomic
def _delete(day: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {partitions.name(plates_seen.first_moment(day).date())}")


def _purge(year: Year, rows: int) -> None:
    run = retention.purge(year.agency)
    if run.rows_gone != rows or run.files_left:
        raise RuntimeError(f"The purge took {run.rows_gone} rows and left {len(run.files_left)} files.")
