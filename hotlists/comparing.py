"""Holds the staged rows of a file against what is in use on a list, as sets, and applies them.

Every entry of a file carries a hash of its values. What has the same hash on both sides is unchanged; only
the rest is held against each other by plate, state, file and number. A changed entry is closed and opened
anew, so that its history stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper

from hotlists.model_files import Snapshot
from hotlists.models import HotList
from hotlists.staging import OTHERS, TEXTS, Staged

_FILLED = ", ".join(f"coalesce(staged_row.{name}, '')" for name in TEXTS)
_PARTS = {
    # As the unique index has it, so that it can be used.
    "{in_use}": "entry.hot_list_id = %(hot_list)s AND entry.state_of_entry = 'in_use' AND entry.plate <> ''",
    "{columns}": f"{', '.join(TEXTS)}, {', '.join(OTHERS)}",
    "{values}": f"{_FILLED}, {', '.join(OTHERS)}",
}


def _sql(statement: str) -> str:
    """A statement with the parts that several share."""
    for name, part in _PARTS.items():
        statement = statement.replace(name, part)
    return statement


_BEFORE = _sql("SELECT count(*) FROM hotlists_entry entry WHERE {in_use}")
_FRESH = _sql("""
INSERT INTO staged_fresh
SELECT line, plate, coalesce(state, ''), coalesce(source_file, ''), coalesce(record_number, '')
FROM staged_row WHERE NOT removes AND NOT EXISTS (
    SELECT FROM hotlists_entry entry WHERE {in_use} AND entry.digest = staged_row.digest
)
""")
_CHANGED = _sql("""
INSERT INTO staged_close SELECT entry.id, true FROM staged_fresh JOIN hotlists_entry entry
    USING (plate, state, source_file, record_number)
WHERE {in_use}
""")
_GONE = _sql("""
INSERT INTO staged_close SELECT entry.id, false FROM hotlists_entry entry
WHERE {in_use} AND NOT EXISTS (
        SELECT FROM staged_row WHERE NOT removes AND staged_row.digest = entry.digest
    )
    AND NOT EXISTS (SELECT FROM staged_close WHERE entry_id = entry.id)
""")
# A removal names plate and state, and file and number where it gives them; what a later line puts, stays.
_REMOVED = _sql("""
WITH named AS (
    SELECT staged_row.line, entry.id, entry.digest FROM staged_row JOIN hotlists_entry entry
        ON entry.plate = staged_row.plate AND entry.state = coalesce(staged_row.state, '')
        AND entry.source_file = coalesce(staged_row.source_file, entry.source_file)
        AND entry.record_number = coalesce(staged_row.record_number, entry.record_number)
    WHERE removes AND {in_use}
), closing AS (
    INSERT INTO staged_close SELECT DISTINCT id, false FROM named
    WHERE NOT EXISTS (SELECT FROM staged_close WHERE entry_id = named.id) AND NOT EXISTS (
        SELECT FROM staged_row WHERE NOT removes AND digest = named.digest AND line > named.line
    )
)
SELECT line FROM staged_row WHERE removes AND line NOT IN (SELECT line FROM named) ORDER BY line
""")
_CLOSE = """
UPDATE hotlists_entry SET state_of_entry = 'closed', closed_by_id = %(member)s, closed_at = %(now)s,
    closed_why = CASE WHEN changed THEN %(changed)s ELSE %(removed)s END
FROM staged_close WHERE id = entry_id
"""
_INSERT = _sql("""
INSERT INTO hotlists_entry (hot_list_id, snapshot_id, entered_at, state_of_entry, closed_why, anchor, digest,
    {columns})
SELECT %(hot_list)s, %(snapshot)s, %(now)s, 'in_use', '', '', digest,
    {values}
FROM staged_row
""")
# In the order of the indexes, which then fill page by page.
_OF_FRESH = "JOIN staged_fresh USING (line) ORDER BY staged_row.plate"
_OF_ALL = "WHERE NOT removes ORDER BY staged_row.plate"


@dataclass(frozen=True)
class Counts:
    """What a file does to a list: entries in use before and after, and what becomes of them.

    `unchanged` are the lines of the file that the list has already. `unknown` are the lines that remove what
    the list does not have.
    """

    before: int
    added: int
    changed: int
    removed: int
    unchanged: int
    unknown: tuple[int, ...] = ()

    @property
    def standing(self) -> int:
        """Entries in use afterwards."""
        return self.before + self.added - self.removed

    def named(self) -> dict[str, int]:
        """The counts by name."""
        return {name: n for name, n in asdict(self).items() if name not in ("before", "unknown")}


def compare(hot_list: HotList, staged: Staged, *, closing: bool) -> Counts:
    """Hold the staged rows against the list, whose row the caller has locked; changes no entry.

    `closing` counts entries without a row as removed.
    """
    values = {"hot_list": hot_list.pk}
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE staged_fresh, staged_close")
        cursor.execute(_BEFORE, values)
        (before,) = cursor.fetchone()
        if not before:
            cursor.execute("SELECT line FROM staged_row WHERE removes ORDER BY line")
            return Counts(0, staged.puts, 0, 0, 0, tuple(line for (line,) in cursor))
        fresh = _by_hash(cursor, _FRESH, values)
        cursor.execute("ANALYZE staged_fresh")
        cursor.execute(_CHANGED, values)
        changed = cursor.rowcount
        unknown: tuple[int, ...] = ()
        if closing:
            _by_hash(cursor, _GONE, values)
        elif staged.removes:
            cursor.execute(_REMOVED, values)
            unknown = tuple(line for (line,) in cursor)
        cursor.execute("SELECT count(*) FROM staged_close WHERE NOT changed")
        (removed,) = cursor.fetchone()
    return Counts(before, fresh - changed, changed, removed, staged.puts - fresh, unknown)


def _by_hash(cursor: CursorWrapper, statement: str, values: Mapping[str, int]) -> int:
    """Run a statement that holds all rows against all entries, never row by row.

    The planner may not know yet how large a list has become; for one row it would take a loop, which takes
    hours for a million. Gives the number of rows.
    """
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute(statement, values)
    found: int = cursor.rowcount
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return found


def apply(snapshot: Snapshot, counts: Counts, now: datetime) -> None:
    """Close what is gone or changed, and put in use what is new or changed, as `compare` has found it."""
    name = snapshot.file_name[:150]
    values: dict[str, int | str | datetime | None] = {
        "hot_list": snapshot.hot_list_id,
        "snapshot": snapshot.pk,
        "member": snapshot.loaded_by_id,
        "now": now,
        "changed": f"Changed by {name}.",
        "removed": f"Removed by {name}." if snapshot.is_incremental else f"Not in {name} any more.",
    }
    with connection.cursor() as cursor:
        if counts.changed or counts.removed:
            cursor.execute(_CLOSE, values)
        cursor.execute(f"{_INSERT} {_OF_FRESH if counts.before else _OF_ALL}", values)
