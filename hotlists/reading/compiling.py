"""One function per file, from a line to a row: what the layout and the rules ask, put together once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import blake2b
from operator import call, itemgetter
from typing import Any

from hotlists.plates import CONFUSED
from hotlists.reading import values
from hotlists.reading.decoding import LONGEST_LINE
from hotlists.reading.layouts import Layout
from hotlists.reading.results import (
    FIELDS,
    PUT,
    REMOVE,
    BadShape,
    BadValue,
    LeftOut,
    Problem,
    Row,
)
from hotlists.reading.rules import Rules, Shut
from hotlists.reading.values import Memory, Words

# The order in which values are held: texts first, so that one join of them makes the most of the digest.
ORDER = (
    *("plate", "state", "reason", "make", "model", "color", "body", "vin", "plate_type", "person"),
    *("entering_agency", "case_number", "synopsis", "source_file", "record_number"),
    *("year", "plate_year", "priority", "starts", "expires", "action"),
)
_AT = {name: place for place, name in enumerate(ORDER)}
_REASON, _SOURCE, _STARTS, _EXPIRES = (_AT[name] for name in ("reason", "source_file", "starts", "expires"))
_LAST_TEXT = _AT["record_number"] + 1
_ACTION = _AT["action"]
_FOLD = str.maketrans(CONFUSED)
_NOTHING: dict[str, Any] = {name: "" if place < _LAST_TEXT else None for place, name in enumerate(ORDER)}
# Fields that differ on nearly every line: keeping what was found would only cost.
_OF_ITS_OWN = {"plate", "vin", "person", "case_number", "synopsis", "record_number"}
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ufffd\u2028\u2029]")
Cells = tuple[Any, ...]


@dataclass
class Compiled:
    """Reads lines one after another. `misshapen` is the number of the last one without the others' shape."""

    layout: Layout
    rules: Rules
    today: date
    misshapen: int = 0
    fields: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.fields = self.layout.fields
        named = "source_file" in self.fields
        self._nothing = _NOTHING | {"source_file": "" if named else self.rules.file_of("", {})}
        self._reads = [self._reader(name) for name in self.fields]
        missing = [name for name in ORDER if name not in self.fields]
        self._missing = [self._nothing[name] for name in missing]
        stands = {name: place for place, name in enumerate((*self.fields, *missing))}
        self._pick = itemgetter(*(stands[name] for name in ORDER))
        self._stamps: dict[Any, str] = {}
        self._own = {name: place for place, name in enumerate(self.fields)}
        self._source_at = self._own.get("source_file")
        self._action_at = self._own.get("action")

    def line(self, number: int, line: str) -> Row | Problem | LeftOut:
        """What a line is. Raises nothing."""
        try:
            if len(line) > LONGEST_LINE:
                raise BadValue(f"It has more than {LONGEST_LINE:,} characters.")
            if not (line.isascii() and line.isprintable()):
                refuse_control(line)
            return self._line(number, self.layout.split(line))
        except BadShape as bad:
            self.misshapen = number
            return Problem(number, str(bad))
        except BadValue as bad:
            return Problem(number, str(bad))

    def _line(self, number: int, written: Cells) -> Row | LeftOut:
        at = self._source_at
        source = self._nothing["source_file"] if at is None else self._reads[at](written[at])
        if type(source) is Shut:
            return LeftOut(number, str(source), source.why)
        if self._action_at is not None and self._reads[self._action_at](written[self._action_at]) == REMOVE:
            return self._removal(number, written)
        cells = self._pick([*map(call, self._reads, written), *self._missing])
        if not cells[_REASON]:
            raise BadValue("The reason is missing.")
        if cells[_STARTS] and cells[_EXPIRES] and cells[_STARTS] >= cells[_EXPIRES]:
            raise BadValue("It ends before it begins.")
        return self._row(number, cells, PUT)

    def _row(self, number: int, cells: Cells, action: str) -> Row:
        plate, said = cells[0], "\x1f".join(cells[:_LAST_TEXT])
        rest = cells[_LAST_TEXT:_ACTION]
        stamp = self._stamps.get(rest) or self._stamp(rest)
        digest = blake2b((said + stamp).encode(), digest_size=16).hexdigest()
        return tuple.__new__(Row, (plate, plate.translate(_FOLD), *cells[1:_ACTION], number, action, digest))

    def _stamp(self, rest: Cells) -> str:
        """The values that are no text, as text; those of many lines are the same."""
        if len(self._stamps) >= Memory.MOST:
            self._stamps.clear()
        numbers, moments = rest[:3], rest[3:]
        told = [*map(str, numbers), *(moment.isoformat() if moment else "" for moment in moments)]
        return self._stamps.setdefault(rest, "\x1f" + "\x1f".join(told))

    def _removal(self, number: int, written: Cells) -> Row:
        """A row that removes: which plate, state, file and record, and nothing else."""
        found = dict(self._nothing)
        for name in ("plate", "state", "source_file", "record_number"):
            if name in self._own:
                found[name] = self._reads[self._own[name]](written[self._own[name]])
        return self._row(number, tuple(found.values()), REMOVE)

    def _reader(self, name: str) -> Callable[[str], Any]:
        words = self.layout.words.get(name, {})
        if name == "source_file":
            return Memory(partial(self.rules.file_of, words=words)).__getitem__
        coded = name in self.layout.coded
        read = values.reader(name, self.layout.date_format, self.today, coded=coded)
        if words:
            read = translated(read, words, name)
        return read if name in _OF_ITS_OWN else Memory(read).__getitem__


def refuse_control(line: str) -> None:
    """Raise `BadValue` for a line that holds a character which cannot be shown; a tab is a space."""
    if not (line.isascii() and line.replace("\t", " ").isprintable()) and _CONTROL.search(line):
        raise BadValue("It holds a character that cannot be shown.")


def translated(read: Callable[[str], Any], words: Words, name: str) -> Callable[[str], Any]:
    """What reads a field through a mapping's words; what they do not know is read as it is written."""
    meant = {" ".join(word.split()): value for word, value in words.items()}
    numbers = {"1": "high", "2": "medium", "3": "low"} if name == "priority" else {}

    def through(value: str) -> Any:
        tidy = " ".join(value.split())
        if tidy in meant:
            return read(numbers.get(meant[tidy], meant[tidy]))
        return read(value)

    return through


assert set(ORDER) == set(FIELDS)
