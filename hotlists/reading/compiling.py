"""One function per file, from a line to a row: what the layout and the rules ask, put together once."""

from __future__ import annotations

import re
from collections.abc import Callable
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

# The values of a row in its order; the plate's key is found from the plate.
ORDER = (
    *(
        "plate",
        "plate_key",
        "state",
        "reason",
        "make",
        "model",
        "color",
        "body",
        "vin",
        "plate_type",
        "person",
    ),
    *("entering_agency", "case_number", "synopsis", "source_file", "record_number"),
    *("year", "plate_year", "priority", "starts", "expires"),
)
_TEXTS = ORDER.index("record_number") + 1
_REASON, _STARTS, _EXPIRES = (ORDER.index(name) for name in ("reason", "starts", "expires"))
_FOLD = str.maketrans(CONFUSED)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ufffd\u2028\u2029]")
_NOTHING: dict[str, Any] = {name: "" if place < _TEXTS else None for place, name in enumerate(ORDER)}
# What a line that removes says: which entry, and no more.
_NAMES_IT = ("plate", "state", "source_file", "record_number")
# Fields that differ on nearly every line: keeping what was found would only cost.
_OF_ITS_OWN = {"plate", "vin", "person", "case_number", "synopsis", "record_number"}
Cells = tuple[Any, ...]


class Compiled:
    """Reads lines one after another. `misshapen` is the number of the last one without the others' shape."""

    def __init__(self, layout: Layout, rules: Rules, today: date) -> None:
        self.layout, self.rules, self.today = layout, rules, today
        self.misshapen = 0
        self._own = {name: place for place, name in enumerate(layout.fields)}
        self._reads = [self._reader(name) for name in layout.fields]
        default = "" if "source_file" in self._own else rules.file_of("", {})
        self._nothing = _NOTHING | {"source_file": default}
        self._entry = self._entries()
        self._enters = self._entering()

    def line(self, number: int, line: str) -> Row | Problem | LeftOut:
        """What a line is. Raises nothing."""
        try:
            if len(line) > LONGEST_LINE:
                raise BadValue(f"It has more than {LONGEST_LINE:,} characters.")
            if not (line.isascii() and line.isprintable()):
                refuse_control(line)
            written = self.layout.split(line)
            special = self._enters and self._enters(number, written)
            return special or self._entry(number, written)
        except BadShape as bad:
            self.misshapen = number
            return Problem(number, str(bad))
        except BadValue as bad:
            return Problem(number, str(bad))

    def _entering(self) -> Callable[[int, Cells], Row | LeftOut | None] | None:
        """What asks first whether a line enters at all, or removes; None where every line is an entry."""
        shut, own, reads = self._nothing["source_file"], self._own, self._reads
        source_at, action_at = own.get("source_file"), own.get("action")
        if source_at is None and action_at is None and type(shut) is not Shut:
            return None

        def asked(number: int, written: Cells) -> Row | LeftOut | None:
            source = shut if source_at is None else reads[source_at](written[source_at])
            if type(source) is Shut:
                return LeftOut(number, str(source), source.why)
            if action_at is not None and reads[action_at](written[action_at]) == REMOVE:
                return self._removal(number, written)
            return None

        return asked

    def _entries(self) -> Callable[[int, Cells], Row]:
        """What makes a row of a line's values."""
        reads, plate_at = self._reads, self._own["plate"]
        missing = [name for name in ORDER if name not in self._own and name != "plate_key"]
        blanks = [self._nothing[name] for name in missing]
        stands = {name: place for place, name in enumerate((*self.layout.fields, *missing, "plate_key"))}
        pick, stamp_of = itemgetter(*(stands[name] for name in ORDER)), Memory(_stamp).__getitem__

        def made(number: int, written: Cells) -> Row:
            found = [*map(call, reads, written)]
            cells = pick([*found, *blanks, found[plate_at].translate(_FOLD)])
            if not cells[_REASON]:
                raise BadValue("The reason is missing.")
            if cells[_STARTS] and cells[_EXPIRES] and cells[_STARTS] >= cells[_EXPIRES]:
                raise BadValue("It ends before it begins.")
            said = "\x1f".join(cells[:_TEXTS]) + stamp_of(cells[_TEXTS:])
            digest = blake2b(said.encode(), digest_size=16).hexdigest()
            row: Row = tuple.__new__(Row, (*cells, number, PUT, digest))
            return row

        return made

    def _removal(self, number: int, written: Cells) -> Row:
        """A row that removes."""
        found = dict(self._nothing)
        for name in _NAMES_IT:
            if name in self._own:
                found[name] = self._reads[self._own[name]](written[self._own[name]])
        found["plate_key"] = found["plate"].translate(_FOLD)
        cells = tuple(found.values())
        said = "\x1f".join(cells[:_TEXTS])
        digest = blake2b(said.encode(), digest_size=16).hexdigest()
        return Row._make((*cells, number, REMOVE, digest))

    def _reader(self, name: str) -> Callable[[str], Any]:
        words = self.layout.words.get(name, {})
        if name == "source_file":
            return Memory(partial(self.rules.file_of, words=words)).__getitem__
        coded = name in self.layout.coded
        read = values.reader(name, self.layout.date_format, self.today, coded=coded)
        if words:
            read = translated(read, words, name)
        return read if name in _OF_ITS_OWN else Memory(read).__getitem__


def _stamp(rest: Cells) -> str:
    """The values that are no text, as text."""
    numbers, moments = rest[:3], rest[3:]
    told = [*map(str, numbers), *(moment.isoformat() if moment else "" for moment in moments)]
    return "\x1f" + "\x1f".join(told)


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
