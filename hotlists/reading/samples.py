"""A sample of a file, with which a mapping is described and tried. It is never stored."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from accounts.models import Agency
from hotlists.models import Mapping
from hotlists.reading.decoding import NAMES, Lines, Readable, encoding_of
from hotlists.reading.describing import MOST_COLUMNS
from hotlists.reading.layouts import ALIASES, DELIMITERS, name_of_column, split_line
from hotlists.reading.opening import open_sample
from hotlists.reading.results import BadShape, LeftOut, Problem, Row

LARGEST = 64 * 1024
SHOWN_LINES, SHOWN_VALUES = 20, 3


@dataclass(frozen=True)
class Column:
    """A column of a delimited sample: its place from 0, its name where a header has one, and some values.

    `likely` is the field that its name means, empty where that is not known.
    """

    index: int
    name: str
    values: tuple[str, ...]
    likely: str


def text_of(file: Readable, said: str) -> str:
    """The first 64 KB of a file as text, until the end of its last whole line. Raises `BadFile`."""
    start = file.read(LARGEST + 1)
    piece = io.BytesIO(start[:LARGEST])
    lines = Lines(piece, encoding_of(piece, said if said in NAMES else ""))
    found = list(lines)
    if len(start) > LARGEST and not lines.is_ended and len(found) > 1:
        found.pop()
    return "\n".join(found)


def refuse_no_list(text: str) -> None:
    """Raise `BadFile` for a sample of a web page, or of anything else that is no list."""
    encoding_of(io.BytesIO(text.encode()), "utf-8")


def cut(text: str) -> str:
    """The first 64 KB of a pasted text, with line ends as a browser does not send them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")[:LARGEST]


def lines_of(text: str, skip_lines: int) -> list[str]:
    """The lines that count: those after the skipped ones that are not blank."""
    return [line for line in text.split("\n")[skip_lines:] if line and not line.isspace()]


def delimiter_of(text: str, skip_lines: int) -> str:
    """The delimiter that tells the most values apart on the first line; a semicolon where none does."""
    first = next(iter(lines_of(text, skip_lines)), "")
    best = max(DELIMITERS, key=lambda delimiter: first.count(delimiter))
    return best if best in first else ";"


def columns_of(text: str, delimiter: str, *, has_header: bool, skip_lines: int) -> list[Column]:
    """The columns of a delimited sample, told by its first line; none where that cannot be split."""
    rows = [values for values in _split(lines_of(text, skip_lines), delimiter) if values]
    if not rows:
        return []
    names = [value.strip() for value in rows[0]] if has_header else [""] * len(rows[0])
    entries = rows[1:] if has_header else rows
    return [
        Column(
            index=index,
            name=name,
            values=tuple(
                islice((row[index].strip()[:40] for row in entries if index < len(row)), SHOWN_VALUES)
            ),
            likely=ALIASES.get(name_of_column(name), ""),
        )
        for index, name in enumerate(names[:MOST_COLUMNS])
    ]


def _split(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    for line in lines[: SHOWN_LINES + 1]:
        try:
            yield split_line(line, delimiter)
        except BadShape:
            continue


def ruler(width: int) -> str:
    """Places counted above a fixed-length sample: `----+----1----+----2`, to the width or a little more."""
    tens = -(-max(width, 1) // 10)
    return "".join(f"----+{ten:->5}" for ten in range(1, tens + 1))


def tried(text: str, *, mapping: Mapping, agency: Agency, today: date) -> list[Row | Problem | LeftOut]:
    """What the first 20 lines of a sample are under a mapping. Raises `BadFile`.

    The text is what `text_of` made of the bytes, so that it is read as UTF-8 whatever the mapping says.
    """
    said = mapping.encoding
    mapping.encoding = Mapping.Encoding.UTF8
    try:
        reading = open_sample(io.BytesIO(text.encode()), mapping=mapping, agency=agency, today=today)
        return list(islice(reading.rows(), SHOWN_LINES))
    finally:
        mapping.encoding = said
