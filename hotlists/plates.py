"""Plates as text: one written form, one key that folds the characters which readers confuse."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import zip_longest

LONGEST = 10
# Characters that readers take for each other, by group; the first of each stands for all.
GROUPS = ("0ODQ", "1I", "8B", "5S", "2Z", "6G")
CONFUSED = {letter: group[0] for group in GROUPS for letter in group[1:]}
_FOLD = str.maketrans(CONFUSED)
_CODES = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK
OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI US AB BC MB NB NL NS NT NU ON PE QC SK YT MX
"""
STATES = tuple(_CODES.split())


class BadPlate(ValueError):
    """A text that is no plate. Its message says why."""


def normalize(text: str) -> str:
    """The written form of a plate: capital letters and digits alone.

    Raises `BadPlate` for none left, or for more than 10 characters.
    """
    plain = unicodedata.normalize("NFKD", text).upper()
    plate = re.sub(r"[^A-Z0-9]", "", plain)
    if not plate:
        raise BadPlate("A plate has letters or digits.")
    if len(plate) > LONGEST:
        raise BadPlate(f"A plate has at most {LONGEST} characters; this has {len(plate)}.")
    return plate


def typed(text: str) -> str:
    """The written form of a plate that a person or a file gives: spaces, hyphens and dots go.

    Raises `BadPlate` as `normalize`, and for every other character: a wildcard must not become a whole plate.
    """
    odd = re.search(r"[^A-Za-z0-9 .\-]", text.strip())
    if odd:
        raise BadPlate(f"A plate has letters and digits, not “{odd.group()}”.")
    return normalize(text)


def fold(plate: str) -> str:
    """The key under which a plate is matched: O, Q and D as 0, I as 1, B as 8, S as 5, Z as 2, G as 6."""
    return plate.translate(_FOLD)


def normalize_state(text: str) -> str:
    """A two-letter state, territory, province or country code; empty for an empty text.

    Accepts `us-ca` as readers write it. Raises `BadPlate` for a code that is none.
    """
    code = text.strip().upper().rsplit("-", 1)[-1]
    if code and code not in STATES:
        raise BadPlate(f"“{text.strip()[:12]}” is no state or province code such as CA.")
    return code


@dataclass(frozen=True)
class Position:
    """One place of two plates held against each other; a missing character is an empty string.

    `listed` may be a wildcard, `?` or `*`, which every character is the same as.
    """

    number: int
    listed: str
    read: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same character."""
        return self.listed not in (self.read, "?", "*")


def positions(listed: str, read: str) -> list[Position]:
    """The two plates place by place, numbered from 1."""
    pairs = zip_longest(listed, read, fillvalue="")
    return [Position(number, a, b) for number, (a, b) in enumerate(pairs, start=1)]


def differences(listed: str, read: str) -> list[Position]:
    """The places where the two differ; empty where they are the same."""
    return [position for position in positions(listed, read) if position.differs]
