"""A hot plate and the change of it, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alpr.templatetags.look import day, state_name
from hotlists.models import Entry, Priority
from hotlists.plates import positions

PLATE = "Plate"


@dataclass(frozen=True)
class Line:
    """One field of two hot plates, in words, and whether the two differ."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether the change changes it."""
        return self.before != self.after

    @property
    def places(self) -> list[int]:
        """Of two plates, the places that differ, from 1; empty for every other field."""
        if self.label != PLATE or not self.before:
            return []
        return [place.number for place in positions(self.before, self.after) if place.listed != place.read]


def _text(name: str) -> Callable[[Entry], str]:
    def said(entry: Entry) -> str:
        value: Any = getattr(entry, name)
        return str(value or "")

    return said


def _priority(entry: Entry) -> str:
    return str(Priority(entry.priority).label) if entry.priority else "As its list"


FIELDS: tuple[tuple[str, Callable[[Entry], str]], ...] = (
    (PLATE, _text("plate")),
    ("State of issue", lambda entry: state_name(entry.state) or "Not known"),
    ("Color", _text("color")),
    ("Make", _text("make")),
    ("Model", _text("model")),
    ("Body", _text("body")),
    ("Year", _text("year")),
    ("Who is sought", _text("person")),
    ("Wanted for", _text("reason")),
    ("Case", _text("case_number")),
    ("Synopsis", _text("synopsis")),
    ("Priority", _priority),
    ("Last day", lambda entry: day(entry.last_day)),
)


def side_by_side(old: Entry, new: Entry) -> list[Line]:
    """Every field that either of the two fills in, the old beside the new."""
    lines = [Line(label, said(old), said(new)) for label, said in FIELDS]
    return [line for line in lines if line.before or line.after]


def changed(old: Entry, new: Entry) -> list[Line]:
    """The fields in which the two differ."""
    return [line for line in side_by_side(old, new) if line.differs]
