"""The values of one line of a hot list file, checked one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django.db.models import CharField
from django.utils import timezone

from hotlists import plates
from hotlists.models import Entry
from trail.purpose import VagueReason, refuse_immigration

FIRST_YEAR = 1900
TEXTS = ("reason", "make", "model", "color", "body", "case_number", "synopsis", "entering_agency")
LONGEST = {name: cast("CharField[str, str]", Entry._meta.get_field(name)).max_length or 0 for name in TEXTS}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class BadValue(ValueError):
    """A value, or a line, that cannot be an entry. Its message says why, without the plate."""


@dataclass(frozen=True, slots=True)
class Row:
    """One good line: what an entry of a general list is made of."""

    line: int
    plate: str
    state: str
    reason: str
    make: str
    model: str
    year: int | None
    color: str
    body: str
    case_number: str
    synopsis: str
    entering_agency: str
    expires_at: datetime | None


def row_from(line: int, values: Mapping[str, str], today: date) -> Row:
    """The row that a line's values make, by column; columns that are not known pass. Raises `BadValue`."""
    if _CONTROL.search("\n".join(values.values())):
        raise BadValue("It holds a character that cannot be shown.")
    plate, state = _plate(values.get("plate", ""), values.get("state", ""))
    texts = {name: _text(name, values.get(name, "")) for name in TEXTS}
    if not texts["reason"]:
        raise BadValue("The reason is missing.")
    _refuse_immigration(texts)
    year = _year(values.get("year", ""), today)
    return Row(
        line=line,
        plate=plate,
        state=state,
        year=year,
        expires_at=_expires_at(values.get("expires", ""), today),
        **texts,
    )


def end_of(day: date) -> datetime:
    """The first moment after `day`, in the department's time: an entry stands through its last day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _plate(plate: str, state: str) -> tuple[str, str]:
    if not plate:
        raise BadValue("The plate is missing.")
    try:
        return plates.typed(plate), plates.normalize_state(state)
    except plates.BadPlate as bad:
        raise BadValue(str(bad)) from bad


def _text(name: str, value: str) -> str:
    tidy = " ".join(value.split())
    if len(tidy) > LONGEST[name]:
        words = name.replace("_", " ")
        raise BadValue(f"The {words} has {len(tidy):,} characters; {LONGEST[name]} is the most.")
    return tidy


def _refuse_immigration(texts: dict[str, Any]) -> None:
    try:
        refuse_immigration(f"{texts['reason']} {texts['synopsis']}")
    except VagueReason as refused:
        raise BadValue(str(refused)) from refused


def _year(value: str, today: date) -> int | None:
    if not value:
        return None
    last = today.year + 2
    if not re.fullmatch(r"[0-9]{4}", value) or not FIRST_YEAR <= int(value) <= last:
        raise BadValue(f"The year is not between {FIRST_YEAR} and {last}.")
    return int(value)


def _expires_at(value: str, today: date) -> datetime | None:
    if not value:
        return None
    day = _day(value)
    if day < today:
        raise BadValue(f"It expired on {day:%b} {day.day}, {day.year}.")
    return end_of(day)


def _day(value: str) -> date:
    for pattern in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            day = datetime.strptime(value, pattern).date()
        except ValueError:
            continue
        if day.year < 9999:
            return day
    raise BadValue("The expiry is no date such as 2026-12-31 or 12/31/2026.")
