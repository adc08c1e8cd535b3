"""How a file is laid out: told by its own first line, or by a mapping that was described once."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypedDict

from hotlists.models import Mapping
from hotlists.reading.results import FIELDS, BadFile, BadShape
from hotlists.vocabulary import FIELD_OF_CODE
from hotlists.vocabulary.ncic import CODED

REQUIRED = ("plate", "reason")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ":": "colon"}
# Names that sources and makers of readers give to their columns, without spaces and hyphens.
ALIASES = {
    **{code: name for code, name in FIELD_OF_CODE.items() if name},
    "platenumber": "plate",
    "licenseplate": "plate",
    "platestate": "state",
    "effectivedate": "starts",
    "expirydate": "expires",
    "expiry": "expires",
    "vehiclemake": "make",
    "vehiclemodel": "model",
    "vehicleyear": "year",
    "vehiclecolor": "color",
    "vehiclebody": "body",
    "category": "reason",
    "alert": "reason",
    "note": "synopsis",
    **{name.replace("_", ""): name for name in FIELDS},
}


class Column(TypedDict, total=False):
    """Where a field stands on a line, as `Mapping.columns` holds it."""

    field: str
    column: str
    index: int
    start: int
    length: int


@dataclass(frozen=True)
class Layout:
    """What is known before the first entry: which fields a line has, and how it is split into them.

    `split` gives the values of `fields`, in that order, and raises `BadShape`. Lines up to `skipped` are no
    entries. `said` says it all in words.
    """

    said: str
    skipped: int
    fields: tuple[str, ...]
    split: Callable[[str], tuple[str, ...]]
    is_fixed: bool = False
    is_incremental: bool = False
    date_format: str = ""
    coded: frozenset[str] = frozenset()
    words: dict[str, dict[str, str]] = field(default_factory=dict)


def name_of_column(text: str) -> str:
    """A column's name as it is looked up: in lower case, without spaces, hyphens and underscores."""
    return re.sub(r"[\s_\-]", "", text.casefold())


def of_header(line: str, number: int) -> Layout:
    """The layout that a first line gives, under the delimiter with which it names the most known columns.

    Raises `BadFile` where plate or reason is missing, or a field is named twice.
    """
    candidates = [(delimiter, _names(line, delimiter)) for delimiter in DELIMITERS]
    delimiter, names = max(candidates, key=lambda each: len({ALIASES.get(name) for name in each[1]} - {None}))
    stands = [(ALIASES[name], place, name) for place, name in enumerate(names) if name in ALIASES]
    fields = tuple(known for known, _, _ in stands)
    _refuse_missing(fields)
    return Layout(
        said=f"separated by {DELIMITERS[delimiter]}, columns named on line {number}",
        skipped=number,
        fields=fields,
        split=delimited(delimiter, len(names), [place for _, place, _ in stands], (), "the header names"),
        is_incremental="action" in fields,
        coded=frozenset(known for known, _, name in stands if name in CODED),
    )


def _refuse_missing(fields: tuple[str, ...]) -> None:
    missing = [name for name in REQUIRED if name not in fields]
    if missing:
        raise BadFile(
            f"The first line must name the columns, and {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing. Known columns: {', '.join(FIELDS)}; "
            "or give the list a mapping that describes its files."
        )
    repeated = sorted({name for name in fields if fields.count(name) > 1})
    if repeated:
        raise BadFile(f"The first line names {' and '.join(repeated)} twice.")


def _names(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(name_of_column(value) for value in split_line(line, delimiter))
    except BadShape:
        return ()


def of_mapping(mapping: Mapping, first: str, number: int) -> Layout:
    """The layout that a mapping describes; `first`, on line `number`, is the header or else the first entry.

    Raises `BadFile` where the header does not name the mapping's columns.
    """
    columns: list[Column] = [column for column in mapping.columns if column.get("field")]
    constants: dict[str, str] = {name: str(value) for name, value in mapping.constants.items()}
    has_header = mapping.form == Mapping.Form.DELIMITED and mapping.has_header
    fields = (*(column["field"] for column in columns), *constants)
    if "plate" not in fields:
        raise BadFile("The mapping does not say where the plate is.")
    if mapping.form == Mapping.Form.FIXED:
        split, how = fixed(columns, tuple(constants.values())), "fixed length"
    else:
        split = _mapped(mapping, columns, tuple(constants.values()), first)
        how = f"separated by {DELIMITERS[mapping.delimiter]}"
    coded = frozenset(("make", "color", "body")) if mapping.ncic_codes else frozenset[str]()
    return Layout(
        said=f"{mapping.name}: {how}",
        skipped=number if has_header else number - 1,
        fields=fields,
        split=split,
        is_fixed=mapping.form == Mapping.Form.FIXED,
        is_incremental=mapping.is_incremental,
        date_format=mapping.date_format,
        coded=coded,
        words=mapping.words,
    )


def _mapped(
    mapping: Mapping, columns: list[Column], constants: tuple[str, ...], first: str
) -> Callable[[str], tuple[str, ...]]:
    try:
        values = split_line(first, mapping.delimiter)
    except BadShape as bad:
        raise BadFile(f"The first line cannot be read. {bad}") from bad
    whose = "the header names" if mapping.has_header else "the first entry has"
    names = [name_of_column(value) for value in values] if mapping.has_header else []
    places = [_place_of(column, names, len(values)) for column in columns]
    return delimited(mapping.delimiter, len(values), places, constants, whose)


def _place_of(column: Column, names: list[str], count: int) -> int:
    if "column" not in column:
        if column["index"] >= count:
            raise BadFile(
                f"The mapping reads {column['field']} from value {column['index'] + 1}, and the first line "
                f"has {count}."
            )
        return column["index"]
    wanted = name_of_column(column["column"])
    if names.count(wanted) != 1:
        how = "twice the" if wanted in names else "no"
        raise BadFile(
            f"The header names {how} column “{column['column']}”, from which the mapping reads "
            f"{column['field']}."
        )
    return names.index(wanted)


def delimited(
    delimiter: str, count: int, places: list[int], constants: tuple[str, ...], whose: str
) -> Callable[[str], tuple[str, ...]]:
    """What splits a line at its delimiter, refuses another number of values, and picks those that count."""
    pick = _picking([*places, *range(count, count + len(constants))])
    tail = list(constants)

    def split(line: str) -> tuple[str, ...]:
        values = split_line(line, delimiter) if '"' in line else line.split(delimiter)
        if len(values) != count:
            here = "1 value" if len(values) == 1 else f"{len(values)} values"
            noun = "columns" if whose == "the header names" else "values"
            raise BadShape(f"It has {here}; {whose} {count} {noun}.")
        return pick(values + tail if tail else values)

    return split


def fixed(columns: list[Column], constants: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """What takes the values of a line by where they start and how long they are."""
    slices = [slice(column["start"] - 1, column["start"] - 1 + column["length"]) for column in columns]
    return lambda line: (*[line[each] for each in slices], *constants)


def _picking(places: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    if len(places) == 1:
        return lambda values: (values[places[0]],)
    pick: Callable[[Any], tuple[str, ...]] = itemgetter(*places)
    return pick


def split_line(line: str, delimiter: str) -> list[str]:
    """The values of one line with quotes. Raises `BadShape`: a quote left open spoils its line alone."""
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True), [])
    except csv.Error as error:
        is_open = "end of data" in str(error)
        why = "A quote is not closed on this line" if is_open else "Its quotes are wrong"
        raise BadShape(f"{why}.") from error
