"""Opening a file: what it is, how it is laid out, and then its lines as a stream of rows and problems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from accounts.models import Agency
from hotlists.models import HotList, Mapping
from hotlists.reading import layouts
from hotlists.reading.compiling import Compiled
from hotlists.reading.decoding import NAMES, Lines, encoding_of
from hotlists.reading.layouts import Layout
from hotlists.reading.results import BadFile, LeftOut, Problem, Row
from hotlists.reading.rules import Rules

MOST_PROBLEMS = 100_000
FIRST_LINES = 1_000
NOTABLY_SHORTER = 0.8


def open_file(file: BinaryIO, *, mapping: Mapping | None, hot_list: HotList, today: date) -> Reading:
    """Open a file for a list: with a mapping as that describes it, else as its first line names the columns.

    `today` decides what has expired. Raises `BadFile` for what cannot be read as a list at all.
    """
    return Reading(file, mapping, Rules.of(hot_list, mapping), today)


def open_sample(file: BinaryIO, *, mapping: Mapping, agency: Agency, today: date) -> Reading:
    """Open a sample under a mapping that is tried, for no list yet. Raises `BadFile`."""
    return Reading(file, mapping, Rules.of_agency(agency), today)


class Reading:
    """One pass through a file. Nothing of it is kept but the line at hand."""

    def __init__(self, file: BinaryIO, mapping: Mapping | None, rules: Rules, today: date) -> None:
        encoding = encoding_of(file, mapping.encoding if mapping else "")
        self._lines = Lines(file, encoding)
        self._layout = _layout(self._lines, mapping)
        self._compiled = Compiled(self._layout, rules, today)
        self.layout = f"{self._layout.said}, {NAMES[encoding]}"[:200]
        self.is_incremental = self._layout.is_incremental
        self.looks_cut_off = False

    @property
    def bytes_read(self) -> int:
        """How much of the file has been read, in bytes."""
        return self._lines.bytes_read

    def rows(self) -> Iterator[Row | Problem | LeftOut]:
        """A row, a problem or a line left out for every line that is not blank, in the file's order.

        Raises `BadFile` when the first 1,000 are all bad, or more than 100,000 are. After the last line
        `looks_cut_off` says whether the file ends in the middle of one.
        """
        read, skipped, problems, good = self._compiled.line, self._layout.skipped, 0, 0
        last, before, number = "", "", 0
        for number, line in enumerate(self._lines, start=1):
            if number <= skipped or not line or line.isspace():
                continue
            before, last = last, line
            found = read(number, line)
            if type(found) is Problem:
                problems += 1
                _refuse_hopeless(problems, good, found)
            else:
                good += 1
            yield found
        self.looks_cut_off = not self._lines.is_ended and self._is_odd(number, last, before)

    def _is_odd(self, number: int, last: str, before: str) -> bool:
        if self._compiled.misshapen == number or last.endswith("\ufffd"):
            return True
        return self._layout.is_fixed and len(last) < len(before) * NOTABLY_SHORTER


def _layout(lines: Lines, mapping: Mapping | None) -> Layout:
    """The layout, from the first line that counts."""
    skipped = mapping.skip_lines if mapping else 0
    for number, line in enumerate(lines, start=1):
        if number <= skipped or not line or line.isspace():
            continue
        if mapping is None:
            return layouts.of_header(line, number)
        return layouts.of_mapping(mapping, line, number)
    raise BadFile("The file is empty.")


def _refuse_hopeless(problems: int, good: int, last: Problem) -> None:
    if problems > MOST_PROBLEMS or (not good and problems >= FIRST_LINES):
        which = f"More than {MOST_PROBLEMS:,} lines" if good else f"The first {FIRST_LINES:,} lines"
        raise BadFile(
            f"{which} are bad, so this is likely a file of another layout. Line {last.line}: {last.why}"
        )
