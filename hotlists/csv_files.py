"""Reads the CSV file of a hot list: every line becomes a row, or a problem with its number and reason.

A line is one entry: a quoted value may hold the delimiter, but no line break, so that a quote left open
spoils its own line and no other.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from hotlists.csv_values import BadValue, Row, row_from

LARGEST = 20 * 1024 * 1024
MOST_LINES = 250_000
MOST_PROBLEMS = 10_000
COLUMNS = (
    "plate",
    "state",
    "reason",
    "make",
    "model",
    "year",
    "color",
    "body",
    "case_number",
    "synopsis",
    "entering_agency",
    "expires",
)
REQUIRED = ("plate", "reason")
DELIMITERS = ",;\t"
_CHUNK = 1 << 16


class BadFile(ValueError):
    """A file that cannot be read as a list at all. Its message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that is no entry: its number as an editor counts, and why."""

    line: int
    why: str


@dataclass(frozen=True)
class Layout:
    """How a file is written; `encoding` is `UTF-8` or `Latin-1`, `columns` are the header's names."""

    encoding: str
    delimiter: str
    header_line: int
    columns: tuple[str, ...]


def inspect(file: BinaryIO) -> Layout:
    """Tell how a file is written. Raises `BadFile` if it is empty, too large, no text or has no header."""
    encoding = _encoding(file)
    with _lines(file, encoding) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                delimiter, columns = _header(line)
                return Layout(encoding, delimiter, number, columns)
    raise BadFile("The file is empty.")


def read(file: BinaryIO, layout: Layout, today: date) -> Iterator[Row | Problem]:
    """Yield a row or a problem for every line after the header that is not blank, in the file's order.

    `today` decides what has expired. Raises `BadFile` past the limits of lines or of bad lines.
    """
    first_seen: dict[tuple[str, str], int] = {}
    problems = 0
    with _lines(file, layout.encoding) as lines:
        for number, line in enumerate(lines, start=1):
            if number <= layout.header_line or not line.strip():
                continue
            if number > MOST_LINES:
                raise BadFile(f"The file has more than {MOST_LINES:,} lines. Split it into lists of its own.")
            found = _read_line(number, line, layout, today, first_seen)
            if isinstance(found, Problem):
                problems += 1
                _refuse_too_many(problems, found)
            yield found


def _refuse_too_many(problems: int, last: Problem) -> None:
    if problems > MOST_PROBLEMS:
        raise BadFile(
            f"More than {MOST_PROBLEMS:,} lines are bad, so this is likely a file of another layout. "
            f"Line {last.line}: {last.why}"
        )


def _read_line(
    number: int, line: str, layout: Layout, today: date, first_seen: dict[tuple[str, str], int]
) -> Row | Problem:
    try:
        values = _split(line, layout.delimiter)
        if len(values) != len(layout.columns):
            values_here = "1 value" if len(values) == 1 else f"{len(values)} values"
            raise BadValue(f"It has {values_here}; the header names {len(layout.columns)} columns.")
        row = row_from(number, dict(zip(layout.columns, values, strict=True)), today)
        earlier = first_seen.setdefault((row.plate, row.state), number)
        if earlier != number:
            raise BadValue(f"It repeats the plate and state of line {earlier}.")
    except BadValue as bad:
        return Problem(number, str(bad))
    return row


def _split(line: str, delimiter: str) -> list[str]:
    reader = csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        return [value.strip() for value in next(reader)]
    except csv.Error as error:
        why = "A quote is not closed on this line" if "end of data" in str(error) else "Its quotes are wrong"
        raise BadValue(f"{why}.") from error


def _encoding(file: BinaryIO) -> str:
    """`UTF-8`, or `Latin-1` for text that is not; reads the whole file once and checks its size."""
    file.seek(0)
    decoder, size, encoding = codecs.getincrementaldecoder("utf-8")(), 0, "UTF-8"
    while chunk := file.read(_CHUNK):
        if not size:
            _refuse_other_kinds(chunk)
        size += len(chunk)
        if size > LARGEST:
            raise BadFile(f"The file is larger than {LARGEST // 1024**2} MB.")
        if b"\0" in chunk:
            raise BadFile("This is no text file. Save the list as CSV in UTF-8.")
        encoding = encoding if encoding == "Latin-1" or _decodes(decoder, chunk) else "Latin-1"
    if encoding == "UTF-8" and not _decodes(decoder, b"", final=True):
        encoding = "Latin-1"
    return encoding


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_other_kinds(start: bytes) -> None:
    if start.startswith(b"PK\x03\x04"):
        raise BadFile("This is a workbook or an archive. Save the list as CSV in UTF-8.")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile("This text is in UTF-16. Save the list as CSV in UTF-8.")


@contextmanager
def _lines(file: BinaryIO, encoding: str) -> Iterator[Iterator[str]]:
    """The file's lines, whether they end in LF, CRLF or CR, and without a byte order mark."""
    file.seek(0)
    codec = "utf-8-sig" if encoding == "UTF-8" else "latin-1"
    text = io.TextIOWrapper(file, encoding=codec, newline=None)
    try:
        yield (line.rstrip("\n") for line in text)
    finally:
        text.detach()


def _header(line: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter under which the header names the most known columns, and the names."""
    candidates = [(delimiter, _names(line, delimiter)) for delimiter in DELIMITERS]
    delimiter, names = max(candidates, key=lambda c: len(set(c[1]) & set(COLUMNS)))
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise BadFile(
            f"The first line must name the columns, and {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing. Known columns: {', '.join(COLUMNS)}."
        )
    repeated = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    if repeated:
        raise BadFile(f"The first line names {' and '.join(repeated)} twice.")
    return delimiter, names


def _names(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        values = _split(line, delimiter)
    except BadValue:
        return ()
    return tuple("_".join(value.casefold().replace("-", " ").replace("_", " ").split()) for value in values)
