"""The values of one line, checked one by one: for each field, what leads from its text to what is meant.

Fields in which the same few values stand on every line keep what they found before, in a memory that does not
grow with the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar, cast

from django.db.models import CharField
from django.utils import timezone

from hotlists import plates, vocabulary
from hotlists.models import Entry, Priority
from hotlists.reading.results import PUT, REMOVE, BadValue
from hotlists.reading.rules import refuse_immigration

V = TypeVar("V")
Words = dict[str, str]

FIRST_YEAR, LAST_YEAR = 1900, 9000
TEXTS = (
    *("reason", "make", "model", "color", "body", "vin", "plate_type", "person"),
    *("entering_agency", "case_number", "synopsis", "record_number"),
)
LONGEST = {name: cast("CharField[str, str]", Entry._meta.get_field(name)).max_length or 0 for name in TEXTS}
SPOKEN = ("reason", "synopsis", "person")
USUAL_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d")
NO_EXPIRY = "NX"
PRIORITIES = {
    "high": Priority.HIGH,
    "medium": Priority.NORMAL,
    "normal": Priority.NORMAL,
    "low": Priority.LOW,
}
ACTIONS = {
    **dict.fromkeys(("", "put", "add", "a", "new", "n", "insert", "i", "enter", "e"), PUT),
    **dict.fromkeys(("update", "u", "change", "c", "modify", "m"), PUT),
    **dict.fromkeys(("remove", "r", "delete", "d", "del", "cancel", "clear", "x"), REMOVE),
}
_FORMULA = re.compile(r"[=@]|[+-][A-Za-z(]")
_NAMED = {"make": vocabulary.name_of_make, "color": vocabulary.name_of_color, "body": vocabulary.name_of_body}
_HIGHEST = 100


class Memory(dict[Any, V], Generic[V]):
    """What a function found for the values that it has seen: `memory[value]`. It forgets when it is full."""

    MOST, LONGEST = 4_096, 200

    def __init__(self, find: Callable[[Any], V]) -> None:
        super().__init__()
        self.find = find

    def __missing__(self, value: Any) -> V:
        found = self.find(value)
        if len(self) >= self.MOST:
            self.clear()
        if len(value) <= self.LONGEST:
            self[value] = found
        return found


def end_of(day: date) -> datetime:
    """The first moment after `day`, in the department's time: an entry stands through its last day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def start_of(day: date) -> datetime:
    """The first moment of `day`, in the department's time."""
    return timezone.make_aware(datetime.combine(day, time()))


def plate(value: str) -> str:
    """A whole plate in its written form. Raises `BadValue`; a partial one is a hot plate, entered by hand."""
    text = value.strip()
    if text.isalnum() and text.isascii() and len(text) <= plates.LONGEST:
        return text.upper()
    if not text:
        raise BadValue("The plate is missing.")
    if "?" in text or "*" in text:
        raise BadValue("A plate of a general list is whole; a part of one is entered as a hot plate.")
    refuse_formula(text)
    try:
        return plates.typed(text)
    except plates.BadPlate as bad:
        raise BadValue(str(bad)) from bad


def state(value: str) -> str:
    """A state's code, or empty. Raises `BadValue`."""
    try:
        return plates.normalize_state(value)
    except plates.BadPlate as bad:
        raise BadValue("The state is no state or province code such as CA.") from bad


def text(field: str, *, coded: bool) -> Callable[[str], str]:
    """What reads a field of words: spaces made one, checked, and NCIC codes turned into words if `coded`.

    A code whose words are longer than the field stays as it is: pages say it in words.
    """
    longest, spoken = LONGEST[field], field in SPOKEN
    named = _NAMED.get(field) if coded else None
    is_plain = not spoken and named is None

    def read(value: str) -> str:
        tidy = value.strip()
        if not tidy or (is_plain and tidy.isalnum() and tidy.isascii() and len(tidy) <= longest):
            return tidy
        if "  " in tidy or "\t" in tidy or not tidy.isascii():
            tidy = " ".join(tidy.split())
        if tidy[0] in "=@+-":
            refuse_formula(tidy)
        if spoken:
            refuse_immigration(tidy)
        if len(tidy) > longest:
            raise BadValue(
                f"The {field.replace('_', ' ')} has {len(tidy):,} characters; {longest} is the most."
            )
        said = named(tidy) if named else tidy
        return said if len(said) <= longest else tidy

    return read


def vin(value: str) -> str:
    """A vehicle's number in capitals. Raises `BadValue`."""
    text = value.strip()
    if text.isalnum() and text.isascii() and len(text) <= LONGEST["vin"]:
        return text.upper()
    return _vin(value).upper()


def refuse_formula(value: str) -> None:
    """Raise `BadValue` for a value that a spreadsheet would run as a formula."""
    if _FORMULA.match(value):
        raise BadValue("A value begins like a formula, so the file may not be what the source wrote.")


def year(today: date) -> Callable[[str], int | None]:
    """What reads a vehicle's year: four digits, until the year after next."""
    return lambda value: _year(value, today.year + 2, "year")


def plate_year(today: date) -> Callable[[str], int | None]:
    """What reads the year in which a plate ends; `NX` is one that does not end."""
    last = today.year + 20
    return lambda value: None if value.strip().upper() == NO_EXPIRY else _year(value, last, "plate’s year")


def priority(value: str) -> int | None:
    """A priority: high, medium or low, or a number from 0, the highest, to 100 in thirds."""
    tidy = value.strip().casefold()
    if not tidy:
        return None
    if tidy in PRIORITIES:
        return int(PRIORITIES[tidy])
    if not re.fullmatch("[0-9]{1,3}", tidy) or int(tidy) > _HIGHEST:
        raise BadValue("The priority is not high, medium, low, or a number from 0 to 100.")
    number = int(tidy)
    return int(Priority.HIGH if number <= 33 else Priority.NORMAL if number <= 66 else Priority.LOW)


def action(value: str) -> str:
    """`put` or `remove`. Raises `BadValue`."""
    found = ACTIONS.get(value.strip().casefold())
    if found is None:
        raise BadValue("The action is neither an addition, a change nor a removal.")
    return found


def starts(date_format: str) -> Callable[[str], datetime | None]:
    """What reads the day, or the moment, from which an entry stands."""

    def read(value: str) -> datetime | None:
        moment = _moment(value, date_format, "start")
        return start_of(moment) if type(moment) is date else cast("datetime | None", moment)

    return read


def expires(date_format: str, today: date) -> Callable[[str], datetime | None]:
    """What reads the last day, or the last moment, of an entry. Raises `BadValue` for one that is past."""

    def read(value: str) -> datetime | None:
        moment = _moment(value, date_format, "expiry")
        day = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
        if day is not None and day < today:
            raise BadValue(f"It expired on {day:%b} {day.day}, {day.year}.")
        return end_of(moment) if type(moment) is date else cast("datetime | None", moment)

    return read


def _year(value: str, last: int, what: str) -> int | None:
    tidy = value.strip()
    if not tidy:
        return None
    if not re.fullmatch(r"[0-9]{4}", tidy) or not FIRST_YEAR <= int(tidy) <= last:
        raise BadValue(f"The {what} is not between {FIRST_YEAR} and {last}.")
    return int(tidy)


def _moment(value: str, date_format: str, what: str) -> date | datetime | None:
    """A day, or a moment where the format has hours; None for an empty value."""
    tidy = value.strip()
    if not tidy:
        return None
    for pattern in (date_format,) if date_format else USUAL_DATES:
        try:
            found = datetime.strptime(tidy, pattern)
        except ValueError:
            continue
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            return _aware(found) if has_hours(pattern) else found.date()
    like = f"in the form {date_format}" if date_format else "such as 2026-12-31 or 12/31/2026"
    raise BadValue(f"The {what} is no date {like}.")


def has_hours(date_format: str) -> bool:
    """Whether a format says a moment of the day, not the day alone."""
    return any(part in date_format for part in ("%H", "%I", "%X", "%c"))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else timezone.make_aware(moment)


def reader(field: str, date_format: str, today: date, *, coded: bool) -> Callable[[str], object]:
    """What reads a field: a function from its text to what is meant, which raises `BadValue`.

    `coded` says that makes, colors and bodies are NCIC codes. The source file is read by `Rules.file_of`.
    """
    known: dict[str, Callable[[str], object]] = {
        "plate": plate,
        "state": state,
        "vin": vin,
        "year": year(today),
        "plate_year": plate_year(today),
        "priority": priority,
        "starts": starts(date_format),
        "expires": expires(date_format, today),
        "action": action,
    }
    return known[field] if field in known else text(field, coded=coded)


_vin = text("vin", coded=False)
