"""Whether a mapping says what it must, before any file is read with it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Any, TypeGuard

from django.core.exceptions import ValidationError

from hotlists import sources
from hotlists.models import Mapping
from hotlists.reading import values
from hotlists.reading.decoding import LONGEST_LINE
from hotlists.reading.results import FIELDS, BadValue
from hotlists.reading.rules import LAW, speaks_of_immigration

MOST_COLUMNS, MOST_WORDS = 200, 1_000
# What may be the same for every line of a file; a plate, a number or a date of its own may not.
CONSTANTS = (
    *("reason", "state", "make", "model", "color", "body", "plate_type", "entering_agency"),
    *("synopsis", "source_file", "priority"),
)
WORDED = tuple(name for name in FIELDS if name != "plate")
_PARTS = set("YymdbBjHMSIpz%")
_NAMED = {"vin": "VIN", "expires": "expiry", "starts": "start", "plate_year": "year of the plate"}
_EXAMPLE = datetime(2026, 12, 31, 15, 30)


def name_of_field(field: str) -> str:
    """A field in words: `source file`."""
    return _NAMED.get(field, field.replace("_", " "))


def check(mapping: Mapping, today: date) -> None:
    """Raise ValidationError, by field, for a mapping that reads no file, or lets in what may not enter.

    `columns`, `words`, `constants` and `date_format` are asked here; the model's own fields by `full_clean`.
    """
    found: dict[str, list[str]] = {}
    for name, problems in (
        ("columns", _columns),
        ("words", _words),
        ("constants", _constants),
        ("date_format", _date_format),
    ):
        said = list(dict.fromkeys(problems(mapping, today)))
        if said:
            found[name] = said
    if mapping.form == Mapping.Form.DELIMITED and mapping.delimiter not in Mapping.Delimiter.values:
        found["delimiter"] = ["Say what stands between the values."]
    if found:
        raise ValidationError(found)


def _columns(mapping: Mapping, today: date) -> Iterable[str]:
    columns = mapping.columns
    if not isinstance(columns, list) or not all(isinstance(column, dict) for column in columns):
        yield "The columns are a list of tables."
        return
    if len(columns) > MOST_COLUMNS:
        yield f"At most {MOST_COLUMNS} columns."
    constants = mapping.constants if isinstance(mapping.constants, dict) else {}
    named = [str(column.get("field", "")) for column in columns]
    for field in dict.fromkeys([*named, *constants]):
        if field not in FIELDS:
            yield f"“{field[:40]}” is no field of an entry."
        elif named.count(field) + (field in constants) > 1:
            yield f"The {name_of_field(field)} is given twice."
    if "plate" not in named:
        yield "Say where the plate is."
    if "reason" not in named and "reason" not in constants:
        yield "Say where the reason is, or give one for every line."
    yield from _fixed(columns) if mapping.form == Mapping.Form.FIXED else _delimited(mapping, columns)


def _delimited(mapping: Mapping, columns: list[dict[str, Any]]) -> Iterable[str]:
    for column in columns:
        named, place = column.get("column"), column.get("index")
        words = name_of_field(str(column.get("field", "")))
        if named is None and place is None:
            yield f"Say in which column the {words} is."
        if named is not None and not (mapping.has_header and str(named).strip()):
            yield f"A column’s name needs a header that names it: the {words}."
        if place is not None and not (_whole(place) and 0 <= place < MOST_COLUMNS):
            yield f"The place of the {words} is from 0 to {MOST_COLUMNS - 1}."


def _fixed(columns: list[dict[str, Any]]) -> Iterable[str]:
    spans = []
    for column in columns:
        start, length = column.get("start"), column.get("length")
        words = name_of_field(str(column.get("field", "")))
        if not (_whole(start) and _whole(length) and start >= 1 and length >= 1):
            yield f"The {words} starts at 1 or later and is at least one character long."
        elif start + length - 1 > LONGEST_LINE:
            yield f"The {words} ends after character {LONGEST_LINE:,}, the last of the longest line."
        else:
            spans.append((start, start + length, words))
    spans.sort()
    for (_, end, before), (start, _, after) in pairwise(spans):
        if start < end:
            yield f"The {before} and the {after} overlap."


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _words(mapping: Mapping, today: date) -> Iterable[str]:
    if not isinstance(mapping.words, dict):
        yield "The words are a table by field."
        return
    count: dict[str, int] = defaultdict(int)
    for field, words in mapping.words.items():
        if field not in WORDED or not isinstance(words, dict):
            yield f"“{str(field)[:40]}” takes no words."
            continue
        for written, meant in words.items():
            count[field] += 1
            yield from _meant(mapping, today, field, str(written), meant)
    if any(each > MOST_WORDS for each in count.values()):
        yield f"At most {MOST_WORDS:,} words for a field."


def _meant(mapping: Mapping, today: date, field: str, written: str, meant: Any) -> Iterable[str]:
    if not written.strip() or not isinstance(meant, str):
        yield f"A word of the {name_of_field(field)} is what a file writes, and what is meant."
    elif speaks_of_immigration(written) or speaks_of_immigration(meant):
        yield LAW
    elif why := _unreadable(mapping, today, field, meant):
        yield f"“{written.strip()[:20]}” of the {name_of_field(field)}: {why}"


def _constants(mapping: Mapping, today: date) -> Iterable[str]:
    if not isinstance(mapping.constants, dict):
        yield "The constants are a table by field."
        return
    for field, value in mapping.constants.items():
        if field not in CONSTANTS:
            yield f"The {name_of_field(str(field)[:40])} differs from line to line."
        elif not isinstance(value, str) or not value.strip():
            yield f"Say what the {name_of_field(field)} is."
        elif speaks_of_immigration(value):
            yield LAW
        elif why := _unreadable(mapping, today, field, value):
            yield f"The {name_of_field(field)} of every line: {why}"


def _unreadable(mapping: Mapping, today: date, field: str, value: str) -> str:
    """Why a value could not be read from a line; empty where it could."""
    if not value.isprintable():
        return "It holds a character that cannot be shown."
    if field == "priority" and value in ("", "1", "2", "3"):
        return ""
    if field == "source_file":
        known = not value or value in sources.Source.values
        return "" if known else "It names a source file that is not known."
    try:
        values.reader(field, mapping.date_format, today, coded=mapping.ncic_codes)(value)
    except BadValue as bad:
        return str(bad)
    return ""


def _date_format(mapping: Mapping, today: date) -> Iterable[str]:
    """A format has a year, a month and a day, and reads back what it writes."""
    written = mapping.date_format
    if not written:
        return
    parts = re.findall("%(.)", written.replace("%%", ""))
    if not set(parts) <= _PARTS or written.count("%") - 2 * written.count("%%") != len(parts):
        yield "A date is written with %Y, %y, %m, %d, %b, %B, %j, %H, %M, %S, %I, %p and %z."
        return
    if len(parts) != len(set(parts)) or not _reads_back(written):
        yield "A date needs a year, a month and a day, each once, such as %Y%m%d."


def _reads_back(written: str) -> bool:
    try:
        back = datetime.strptime(_EXAMPLE.strftime(written.replace("%z", "+0000")), written)
    except ValueError:
        return False
    return back.date() == _EXAMPLE.date()
