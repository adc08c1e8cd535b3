"""Vendors' CSV exports, whose columns nobody publishes: read by a layout that is described once and saved.

A line becomes a row of the native format, and is checked as every reader's. What names a read is the vendor's
number for it where a column has one, else its plate, time and camera: the same file again changes nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from detections.adapters import shape
from detections.adapters.shape import BadMessage
from detections.adapters.states import state_of
from hotlists.reading.decoding import LONGEST_LINE, NAMES, Lines, encoding_of
from hotlists.reading.layouts import DELIMITERS, name_of_column, split_line
from hotlists.reading.results import BadFile, BadShape, Problem

FIELDS = {
    "plate": "Plate",
    "captured_at": "Date and time, or the date",
    "clock": "Time, where it has its own column",
    "camera": "Camera",
    "sender_id": "The vendor’s number of the read",
    "state": "State",
    "confidence": "Confidence",
    "make": "Make",
    "model": "Model",
    "color": "Color",
    "body": "Body",
    "direction": "Direction",
    "latitude": "Latitude",
    "longitude": "Longitude",
}
REQUIRED = ("plate", "captured_at")
MOST_LINES = 20_000
MOST_COLUMNS = 200
MOST_SKIPPED = 1_000
LONGEST_COLUMN = 80
USUAL = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p")
PARTS = set("YymdbBjHMSIpzf%")
EXAMPLE = datetime(2026, 12, 31, 15, 30, 45)


class Line(NamedTuple):
    """One line that could be read: its number as an editor counts, its camera there, and its native row."""

    line: int
    camera: str
    row: dict[str, Any]


@dataclass(frozen=True)
class Layout:
    """How a vendor's file is laid out.

    `columns` says for each field of `FIELDS` that the file has where it stands: the column's name, or without
    a header its place from 1. `date_format` is as for strptime, of date and time with a space between them
    where they are two columns; empty for ISO 8601, 12/31/2026 15:30:45, 3:30 PM and counts since 1970. Times
    without an offset are in `time_zone`; of the hour that comes twice in fall, the first is meant.
    """

    columns: Mapping[str, str | int]
    delimiter: str = ","
    encoding: str = ""
    has_header: bool = True
    skip_lines: int = 0
    date_format: str = ""
    time_zone: str = "UTC"
    zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", ZoneInfo(self.time_zone))

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Layout:
        """The layout that was saved as JSON. Raises `BadMessage` for one that `problems` finds wrong."""
        if wrong := problems(content):
            raise BadMessage(" ".join(wrong.values()))
        return cls(**content)


def problems(content: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a described layout, by its part; for a column, `columns.` and the field."""
    found = _wrong_columns(content.get("columns"), has_header=content.get("has_header", True) is not False)
    if not _is_one_of(content.get("delimiter", ","), DELIMITERS):
        found["delimiter"] = "Say what stands between the values."
    if not _is_one_of(content.get("encoding", ""), ("", *NAMES)):
        found["encoding"] = "Choose how characters are written."
    if not isinstance(content.get("has_header", True), bool):
        found["has_header"] = "Say whether a header names the columns."
    if not _is_whole(content.get("skip_lines", 0), 0, MOST_SKIPPED):
        found["skip_lines"] = f"This is a number from 0 to {MOST_SKIPPED:,}."
    if not _is_one_of(content.get("time_zone", "UTC"), available_timezones()):
        found["time_zone"] = "Choose a time zone."
    if why := _wrong_format(content.get("date_format", "")):
        found["date_format"] = why
    return found


def _wrong_columns(columns: object, *, has_header: bool) -> dict[str, str]:
    if not isinstance(columns, dict) or not columns.keys() <= FIELDS.keys():
        return {"columns": "The columns are a table by field."}
    found = {f"columns.{name}": "Say which column this is." for name in REQUIRED if name not in columns}
    named = f"Give the column’s name, up to {LONGEST_COLUMN} characters."
    counted = f"Give the column’s number, from 1 to {MOST_COLUMNS}: no header names it."
    for name, place in columns.items():
        if not (_is_name(place) if has_header else _is_whole(place, 1, MOST_COLUMNS)):
            found[f"columns.{name}"] = named if has_header else counted
    return found


def lines(file: BinaryIO, layout: Layout) -> Iterator[Line | Problem]:
    """The lines of a file that are not blank, in their order: each read, or its number and why it is none.

    Raises `BadMessage` for what is no such file: empty, no text, without the columns, or over 20,000 lines.
    """
    try:
        yield from _lines(file, layout)
    except BadFile as bad:
        raise BadMessage(str(bad)) from None


def _lines(file: BinaryIO, layout: Layout) -> Iterator[Line | Problem]:
    places: dict[str, int] | None = None
    read = 0
    for number, line in enumerate(Lines(file, encoding_of(file, layout.encoding)), start=1):
        if number <= layout.skip_lines or not line or line.isspace():
            continue
        if places is None:
            places = _places(line, layout)
            if layout.has_header:
                continue
        read += 1
        if read > MOST_LINES:
            raise BadMessage(f"The file has more than {MOST_LINES:,} lines: split it.")
        yield _line(number, line, places, layout)
    if not read:
        raise BadMessage("The file holds no reads.")


def _places(first: str, layout: Layout) -> dict[str, int]:
    """Where each field stands on a line, from 0. Raises `BadMessage` where the header does not name it."""
    if not layout.has_header:
        return {name: place - 1 for name, place in layout.columns.items() if isinstance(place, int)}
    try:
        names = [name_of_column(value) for value in split_line(first, layout.delimiter)]
    except BadShape as bad:
        raise BadMessage(f"The header cannot be read. {bad}") from None
    found: dict[str, int] = {}
    for name, column in layout.columns.items():
        wanted = name_of_column(str(column))
        if names.count(wanted) != 1:
            how = "twice the" if wanted in names else "no"
            raise BadMessage(f"The header names {how} column “{column}”.")
        found[name] = names.index(wanted)
    return found


def _line(number: int, line: str, places: Mapping[str, int], layout: Layout) -> Line | Problem:
    """One line as a native row. The sentences of problems hold no plate."""
    if len(line) > LONGEST_LINE:
        return Problem(number, f"It has more than {LONGEST_LINE:,} characters.")
    try:
        values = split_line(line, layout.delimiter)
    except BadShape as bad:
        return Problem(number, str(bad))
    if len(values) <= max(places.values()):
        return Problem(number, f"It has {len(values)} values; column {max(places.values()) + 1} is needed.")
    said = {name: values[place].strip() for name, place in places.items()}
    try:
        captured_at = _captured_at(said, layout)
    except BadMessage as bad:
        return Problem(number, str(bad))
    camera = said.get("camera", "")
    return Line(number, camera, _row(said, captured_at, camera))


def _row(said: Mapping[str, str], captured_at: datetime, camera: str) -> dict[str, Any]:
    named = (said["plate"].upper(), captured_at.isoformat(), camera)
    own = said.get("sender_id", "")
    return shape.row(
        sender_id=shape.sender_id("csv", own) if own else f"csv:{_digest(named)}",
        captured_at=captured_at,
        plate=said["plate"],
        state=state_of(said.get("state")),
        confidence=_confidence(said.get("confidence", "")),
        vehicle={
            of: word for of in ("make", "model", "color", "body") if (word := shape.word(said.get(of), of))
        },
        direction=shape.word(said.get("direction"), "direction"),
        **shape.place(said.get("latitude"), said.get("longitude")),
    )


def _digest(named: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(named).encode(errors="surrogatepass")).hexdigest()[:40]


def _captured_at(said: Mapping[str, str], layout: Layout) -> datetime:
    text = " ".join(filter(None, (said["captured_at"], said.get("clock", ""))))
    if not text:
        raise BadMessage("The time is missing.")
    if layout.date_format:
        found = _parsed(text, layout.date_format)
        if found is None:
            raise BadMessage(f"The time is not written in the form {layout.date_format}.")
        return shape.in_zone(found, layout.zone)
    if shape.number(text) is not None:
        return shape.epoch(text)
    for pattern in USUAL:
        if (found := _parsed(text, pattern)) is not None:
            return shape.in_zone(found, layout.zone)
    return shape.moment(text, layout.zone)


def _parsed(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text[:LONGEST_COLUMN], pattern)
    except (ValueError, OverflowError):
        return None


def _confidence(text: str) -> float | None:
    """A part of 1, or percent: with its sign, or by being more than 1."""
    found = shape.number(text.removesuffix("%").strip())
    is_percent = text.endswith("%") or (found is not None and found > 1)
    return shape.share(found, of=100 if is_percent else 1)


def _wrong_format(written: object) -> str:
    """Why this is no form of dates; empty where it is one, or empty itself."""
    if written == "":
        return ""
    if not isinstance(written, str) or len(written) > LONGEST_COLUMN or not written.isprintable():
        return f"A form has up to {LONGEST_COLUMN} characters."
    parts = re.findall("%(.)", written.replace("%%", ""))
    if not set(parts) <= PARTS or len(parts) != len(set(parts)):
        return "A time is written with %Y, %y, %m, %d, %b, %B, %j, %H, %M, %S, %f, %I, %p and %z, each once."
    back = _parsed(EXAMPLE.strftime(written.replace("%z", "+0000")), written)
    if back is None or back.replace(second=45, tzinfo=None) != EXAMPLE:
        return "A time needs a year, month, day, hour and minute, such as %m/%d/%Y %H:%M:%S."
    return ""


def _is_one_of(value: object, known: Collection[str]) -> bool:
    return isinstance(value, str) and value in known


def _is_name(value: object) -> bool:
    return (
        isinstance(value, str)
        and bool(value.strip())
        and len(value) <= LONGEST_COLUMN
        and value.isprintable()
    )


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
