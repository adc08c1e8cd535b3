"""What reading a file gives, line by line: a row, a problem, or a line that does not enter."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

FIELDS: tuple[str, ...] = (
    "plate",
    "state",
    "reason",
    "make",
    "model",
    "year",
    "color",
    "body",
    "vin",
    "plate_type",
    "plate_year",
    "person",
    "entering_agency",
    "case_number",
    "synopsis",
    "source_file",
    "record_number",
    "priority",
    "starts",
    "expires",
    "action",
)
PUT, REMOVE = "put", "remove"


class BadFile(ValueError):
    """A file that cannot be read as a list at all. Its message says why, and what to do."""


class BadValue(ValueError):
    """A value, or a line, that cannot be an entry. Its message says why, without the plate."""


class BadShape(BadValue):
    """A line that does not have the shape of the others: too few values, or a quote that is not closed."""


class Problem(NamedTuple):
    """A line that is no entry: its number as an editor counts, and why. The sentence holds no plate."""

    line: int
    why: str


class LeftOut(NamedTuple):
    """A line that does not enter, of a file that the policy or the list leaves out, and why it does not."""

    line: int
    source: str
    why: str


class Row(NamedTuple):
    """One good line: the values of an entry, typed.

    `year` and `plate_year` are years, `priority` a value of `hotlists.models.Priority`, `source_file` one of
    `hotlists.sources.Source` or empty. `action` is `put` or `remove`; a line that removes says only which
    plate, state, file and record. `digest` is 32 hexadecimal digits (BLAKE2b) over every value but the line
    and the action: two lines with the same digest say the same.
    """

    plate: str
    plate_key: str
    state: str
    reason: str
    make: str
    model: str
    color: str
    body: str
    vin: str
    plate_type: str
    person: str
    entering_agency: str
    case_number: str
    synopsis: str
    source_file: str
    record_number: str
    year: int | None
    plate_year: int | None
    priority: int | None
    starts_at: datetime | None
    expires_at: datetime | None
    line: int
    action: str
    digest: str
