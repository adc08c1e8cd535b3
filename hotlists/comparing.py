"""Holds the rows of a file against what is in use on a list, as sets, in the database.

The rows are copied into a temporary table. An entry is unchanged where plate, state and every other value are
the same; a changed one counts as removed and as added, so that its history stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from hotlists.csv_values import Row
from hotlists.models import HotList, Snapshot
from hotlists.plates import fold

_MAKE = """
CREATE TEMPORARY TABLE staged_row (
    plate text, plate_key text, state text, reason text, make text, model text, year smallint, color text,
    body text, case_number text, synopsis text, entering_agency text, expires_at timestamptz,
    unchanged boolean NOT NULL DEFAULT false
);
CREATE TEMPORARY TABLE staged_gone (id bigint)
"""
_COPY = """
COPY staged_row (plate, plate_key, state, reason, make, model, year, color, body, case_number, synopsis,
    entering_agency, expires_at) FROM STDIN
"""
_MARK = """
UPDATE staged_row SET unchanged = true FROM hotlists_entry entry
WHERE entry.hot_list_id = %(hot_list)s AND entry.state_of_entry = 'in_use'
    AND entry.plate = staged_row.plate AND entry.state = staged_row.state
    AND (entry.reason, entry.make, entry.model, entry.color, entry.body, entry.case_number, entry.synopsis,
        entry.entering_agency)
      = (staged_row.reason, staged_row.make, staged_row.model, staged_row.color, staged_row.body,
        staged_row.case_number, staged_row.synopsis, staged_row.entering_agency)
    AND entry.year IS NOT DISTINCT FROM staged_row.year
    AND entry.expires_at IS NOT DISTINCT FROM staged_row.expires_at
"""
_GATHER = """
INSERT INTO staged_gone SELECT entry.id FROM hotlists_entry entry
LEFT JOIN staged_row ON staged_row.plate = entry.plate AND staged_row.state = entry.state
WHERE entry.hot_list_id = %(hot_list)s AND entry.state_of_entry = 'in_use'
    AND CASE WHEN staged_row.plate IS NULL THEN %(closing)s ELSE NOT staged_row.unchanged END
"""
_COUNT = """
SELECT count(*) FILTER (WHERE NOT unchanged), (SELECT count(*) FROM staged_gone),
    count(*) FILTER (WHERE unchanged) FROM staged_row
"""
_CLOSE = """
UPDATE hotlists_entry SET state_of_entry = 'closed', closed_by_id = %(member)s, closed_at = %(now)s,
    closed_why = %(why)s
WHERE id IN (SELECT id FROM staged_gone)
"""
_INSERT = """
INSERT INTO hotlists_entry (hot_list_id, snapshot_id, plate, plate_key, state, reason, make, model, year,
    color, body, case_number, synopsis, entering_agency, expires_at, entered_at, state_of_entry, closed_why,
    anchor, vin, plate_type, person, source_file, record_number)
SELECT %(hot_list)s, %(snapshot)s, plate, plate_key, state, reason, make, model, year, color, body,
    case_number, synopsis, entering_agency, expires_at, %(now)s, 'in_use', '', '', '', '', '', '', ''
FROM staged_row WHERE NOT unchanged
"""


@dataclass(frozen=True)
class Counts:
    """How many entries a load adds, removes and leaves."""

    added: int
    removed: int
    unchanged: int

    def named(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@contextmanager
def staged(rows: Iterable[Row]) -> Iterator[None]:
    """Copy `rows`, one per plate and state, into the temporary table for the time of the block.

    Within a transaction; after an error its rollback takes the table away.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)
        with cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(_values(row))
        cursor.execute("ANALYZE staged_row")
        yield
        cursor.execute("DROP TABLE staged_row, staged_gone")


def compare(hot_list: HotList, *, closing: bool) -> Counts:
    """Compare the staged rows with the list, once; `closing` counts entries without a row as removed."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"hot_list": hot_list.pk})
        cursor.execute(_GATHER, {"hot_list": hot_list.pk, "closing": closing})
        cursor.execute(_COUNT)
        return Counts(*cursor.fetchone())


def apply(snapshot: Snapshot, *, closing: bool) -> Counts:
    """Compare, close what is gone or changed, and put in use what is new or changed."""
    counts = compare(snapshot.hot_list, closing=closing)
    values: dict[str, int | str | datetime] = {
        "hot_list": snapshot.hot_list_id,
        "snapshot": snapshot.pk,
        "member": snapshot.loaded_by_id,
        "now": timezone.now(),
        "why": f"Not in {snapshot.file_name}, or changed there."[:200],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, values)
        cursor.execute(_INSERT, values)
    return counts


def _values(row: Row) -> tuple[object, ...]:
    return (
        row.plate, fold(row.plate), row.state, row.reason, row.make, row.model, row.year, row.color, row.body,
        row.case_number, row.synopsis, row.entering_agency, row.expires_at,
    )  # fmt: skip
