"""A scofflaw file, line by line: CSV whose first line names its columns. Only the plate is required."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import BinaryIO, NamedTuple

from hotlists.plates import BadPlate, normalize_state, typed
from hotlists.reading.decoding import Lines, encoding_of
from hotlists.reading.layouts import DELIMITERS, name_of_column, split_line
from hotlists.reading.results import BadFile, BadShape, Problem

MOST_LINES = 500_000
MOST_AMOUNT = Decimal("9999999.99")
COLUMNS = {
    "plate": ("plate", "platenumber", "licenseplate", "license", "lic"),
    "state": ("state", "platestate", "lis"),
    "reason": ("reason", "note", "status"),
    "amount": ("amount", "amountdue", "balance", "due"),
    "permit": ("permit", "permits", "permitnumber"),
}
LONGEST = {"reason": 120, "permit": 40}


class Listed(NamedTuple):
    """One vehicle of a file."""

    plate: str
    state: str
    reason: str
    amount: Decimal | None
    permit: str


def read(file: BinaryIO) -> Iterator[Listed | Problem]:
    """Each line that is not blank as a vehicle, or a problem that names its line and no plate.

    Raises `BadFile` for what is no text, has no column for the plate, or has more than 500,000 lines.
    """
    places: dict[str, int] = {}
    delimiter = ","
    for number, line in enumerate(Lines(file, encoding_of(file)), start=1):
        if not line or line.isspace():
            continue
        if number > MOST_LINES:
            raise BadFile(f"A scofflaw file has at most {MOST_LINES:,} lines.")
        if not places:
            delimiter, places = _layout(line)
        else:
            yield _read(number, line, delimiter, places)
    if not places:
        raise BadFile("The file is empty.")


def _layout(line: str) -> tuple[str, dict[str, int]]:
    """The delimiter and the place of each known column, from the first line."""
    delimiter, found = max(((each, _columns(line, each)) for each in DELIMITERS), key=lambda one: len(one[1]))
    if "plate" not in found:
        raise BadFile("The first line names no column “plate”.")
    return delimiter, found


def _columns(line: str, delimiter: str) -> dict[str, int]:
    try:
        names = [re.sub(r"[^a-z]", "", name_of_column(name)) for name in split_line(line, delimiter)]
    except BadShape:
        return {}
    return {
        column: names.index(alias)
        for column, aliases in COLUMNS.items()
        for alias in reversed(aliases)
        if alias in names
    }


def _read(number: int, line: str, delimiter: str, places: dict[str, int]) -> Listed | Problem:
    try:
        cells = split_line(line, delimiter)
        values = {name: cells[place].strip() for name, place in places.items() if place < len(cells)}
        if "plate" not in values:
            raise BadShape("The line is shorter than the first.")
        return Listed(
            typed(values["plate"]), normalize_state(values.get("state", "")), _text(values, "reason"),
            _amount(values.get("amount", "")), _text(values, "permit"),
        )  # fmt: skip
    except BadPlate:
        return Problem(number, "Its plate or its state cannot be one.")
    except ValueError as bad:
        return Problem(number, str(bad))


def _text(values: dict[str, str], name: str) -> str:
    text = " ".join(values.get(name, "").split())
    if len(text) > LONGEST[name]:
        raise BadShape(f"The {name} has more than {LONGEST[name]} characters.")
    if not text.isprintable():
        raise BadShape(f"The {name} holds characters that cannot be written.")
    return text


def _amount(text: str) -> Decimal | None:
    plain = text.replace("$", "").replace(",", "").strip()
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise BadShape("The amount is no number.") from None
    if not amount.is_finite() or not 0 <= amount <= MOST_AMOUNT:
        raise BadShape("The amount is no sum of money.")
    return amount.quantize(Decimal("0.01"))
