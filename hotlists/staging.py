"""Copies the rows of a file into a temporary table of the session, in chunks, and finds lines that repeat.

Nothing here needs a transaction: the table belongs to the session and goes with it, whatever becomes of the
worker. What the file says is held against the list afterwards, in `hotlists.comparing`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

from hotlists.model_files import PROBLEMS_KEPT
from hotlists.reading.results import REMOVE, BadFile, LeftOut, Problem, Row

if TYPE_CHECKING:
    from hotlists.reading import Reading

CHUNK = 50_000
BUFFER = 1_000
# The values of an entry in a row's order, in which they are copied; an empty text is copied as NULL.
TEXTS = Row._fields[: Row._fields.index("year")]
OTHERS = {
    "year": "smallint", "plate_year": "smallint", "priority": "smallint", "starts_at": "timestamptz",
    "expires_at": "timestamptz",
}  # fmt: skip
_COLUMNS = f"{', '.join(TEXTS)}, {', '.join(OTHERS)}, line, removes, digest, key"
_TABS = 3 + len(TEXTS) + len(OTHERS)
_TEXTS = len(TEXTS)
_texts = itemgetter(slice(_TEXTS))
_TABLES = "staged_row, staged_repeat, staged_fresh, staged_close"
_MAKE = f"""
CREATE TEMPORARY TABLE staged_row (
    {", ".join(f"{name} text" for name in TEXTS)},
    {", ".join(f"{name} {kind}" for name, kind in OTHERS.items())},
    line integer, removes boolean, digest uuid, key bigint
);
CREATE TEMPORARY TABLE staged_repeat (line integer, other integer);
CREATE TEMPORARY TABLE staged_fresh (
    line integer, plate text, state text, source_file text, record_number text
);
CREATE TEMPORARY TABLE staged_close (entry_id bigint, changed boolean)
"""
_COPY = f"COPY staged_row ({_COLUMNS}) FROM STDIN (NULL '')"
# Plate, state, file and number are held against each other only where their hashes are the same.
_REPEATS = """
INSERT INTO staged_repeat SELECT * FROM (
    SELECT line, first_value(line) OVER (
        PARTITION BY plate, state, source_file, record_number ORDER BY line {order}
    ) AS other FROM staged_row
    WHERE key IN (SELECT key FROM staged_row GROUP BY key HAVING count(*) > 1)
) each WHERE line <> other
"""
# A removal without file or number is of every line before it that puts its plate and state.
_TAKEN_BACK = """
INSERT INTO staged_repeat SELECT put.line, max(gone.line) FROM staged_row put JOIN staged_row gone
    ON put.plate = gone.plate AND coalesce(put.state, '') = coalesce(gone.state, '')
    AND coalesce(put.source_file, '') = coalesce(gone.source_file, put.source_file, '')
    AND coalesce(put.record_number, '') = coalesce(gone.record_number, put.record_number, '')
WHERE gone.removes AND NOT put.removes AND gone.line > put.line
GROUP BY put.line
"""
_DROP_REPEATS = "DELETE FROM staged_row USING staged_repeat WHERE staged_row.line = staged_repeat.line"
_COUNT = "SELECT count(*) FILTER (WHERE NOT removes), count(*) FILTER (WHERE removes) FROM staged_row"
TAB = "\t"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass
class Staged:
    """What was copied so far: rows to put and to remove, bad lines, lines left out, the first problems."""

    puts: int = 0
    removes: int = 0
    bad: int = 0
    left_out: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def good(self) -> int:
        """Lines that are entries."""
        return self.puts + self.removes

    def add_problem(self, problem: Problem) -> None:
        """Count a bad line, and keep it where it is among the first."""
        self.bad += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(problem)


@contextmanager
def tables() -> Iterator[None]:
    """The temporary tables, for the time of the block."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_TABLES}")
        cursor.execute(_MAKE)
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {_TABLES}")


def stage(reading: Reading, staged: Staged, noted: Callable[[], None]) -> None:
    """Copy every row of `reading`, one per plate, state, file and number; within `tables`.

    `staged` counts along, and `noted` is called after each chunk, outside of any COPY. Where a full file
    repeats a line, the first counts; in a file of changes it is the last. The others are bad lines that name
    it. Raises `BadFile` as the reading does.
    """
    rows = reading.rows()
    while first := list(islice(rows, 1)):
        _copy(_good(chain(first, islice(rows, CHUNK - 1)), staged))
        noted()
    _leave_repeats_out(staged, last_counts=reading.is_incremental)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        staged.puts, staged.removes = cursor.fetchone()
        cursor.execute("ANALYZE staged_row (line, plate, digest)")
    noted()


def _copy(texts: Iterator[str]) -> None:
    """Copy a chunk; a file that breaks off within it ends the COPY in order first."""
    broken: BadFile | None = None
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        try:
            while text := "".join(islice(texts, BUFFER)):
                copy.write(text)
        except BadFile as bad:
            broken = bad
    if broken:
        raise broken


def _good(found: Iterator[Row | Problem | LeftOut], staged: Staged) -> Iterator[str]:
    for each in found:
        if isinstance(each, Row):
            if each.action == REMOVE:
                staged.removes += 1
            else:
                staged.puts += 1
            yield as_text(each)
        elif isinstance(each, Problem):
            staged.add_problem(each)
        else:
            staged.left_out += 1


def as_text(row: Row) -> str:
    """One line of COPY's text form, ending in a line feed."""
    text = _joined(row, _texts(row))
    if "\\" in text or "\r" in text or text.count("\t") != _TABS or text.count("\n") != 1:
        return _joined(row, [value.translate(_ESCAPES) for value in _texts(row)])
    return text


def _joined(row: Row, texts: Sequence[str]) -> str:
    year, plate_year, priority, starts_at, expires_at, line, action, digest = row[_TEXTS:]
    removes = "t" if action == REMOVE else "f"
    key = hash((row.plate, row.state, row.source_file, row.record_number))
    return (
        f"{TAB.join(texts)}\t{year or ''}\t{plate_year or ''}\t{priority or ''}\t{starts_at or ''}\t"
        f"{expires_at or ''}\t{line}\t{removes}\t{digest}\t{key}\n"
    )


def _leave_repeats_out(staged: Staged, *, last_counts: bool) -> None:
    asked = [_REPEATS.format(order="DESC" if last_counts else "ASC")]
    if last_counts and staged.removes:
        asked.append(_TAKEN_BACK)
    with connection.cursor() as cursor:
        repeats = sum(_drop(cursor, statement) for statement in asked)
        if not repeats:
            return
        staged.bad += repeats
        cursor.execute("SELECT line, other FROM staged_repeat ORDER BY line LIMIT %s", [PROBLEMS_KEPT])
        found = [Problem(line, _repeats(other, last_counts)) for line, other in cursor.fetchall()]
    merged = heapq.merge(staged.problems, found, key=lambda problem: problem.line)
    staged.problems = list(islice(merged, PROBLEMS_KEPT))


def _drop(cursor: CursorWrapper, statement: str) -> int:
    """Drop the rows that a statement finds to repeat others; gives how many."""
    cursor.execute(statement)
    found: int = cursor.rowcount
    if found:
        cursor.execute(_DROP_REPEATS)
    return found


def _repeats(other: int, last_counts: bool) -> str:
    if last_counts:
        return f"Line {other:,} says something else of its plate and state, and counts."
    return f"It repeats the plate and state of line {other}."
