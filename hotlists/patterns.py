"""Parts of plates and descriptions of vehicles: their written form, and whether a read meets them.

In a partial plate `?` stands for one unknown character and `*` for any number of them, none included. What a
read means is asked of `hotlists.vocabulary`, so that `GRY`, `Gray` and `grey` are one color. How an index
finds the entries that a read may meet is `hotlists.anchors`.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from hotlists import vocabulary
from hotlists.anchors import ANY, ONE, anchor_of, code_of, meaning
from hotlists.fuzziness import ALL_PAIRS, Pairs, accepts, pairs
from hotlists.plates import LONGEST, BadPlate, Position, positions

if TYPE_CHECKING:
    from hotlists.models import Entry

__all__ = [
    "ANY", "LONGEST_PATTERN", "ONE", "Meeting", "alignment", "anchor_of", "differing", "is_partial", "known",
    "meets", "same_attribute", "tidy",
]  # fmt: skip

LONGEST_PATTERN = 16
SHORTEST_MODEL = 3
# Costs of one place of an alignment: every number of accepted misreads is less than one other difference.
_MISREAD, _OTHER, _MISSING = 1, 100, 101


class Meeting(StrEnum):
    """How a read meets an entry; the values of `Hit.Match`."""

    EXACT = "exact"
    POSSIBLE = "possible"
    PARTIAL = "partial"
    DESCRIPTION = "description"


def is_partial(text: str) -> bool:
    """Whether a plate has unknown characters."""
    return ONE in text or ANY in text


def known(pattern: str) -> int:
    """How many characters of it are known."""
    return sum(letter not in (ONE, ANY) for letter in pattern)


def tidy(text: str) -> str:
    """The written form of a whole or partial plate: capital letters, digits and the two wildcards alone.

    Spaces, hyphens and dots go; a run of wildcards becomes its `?` and then one `*`. Raises `BadPlate` for
    every other character, for none that is known, and for more than a plate has.
    """
    plain = re.sub(r"[\s.\-]", "", unicodedata.normalize("NFKC", text))
    odd = re.search(r"[^A-Za-z0-9?*]", plain)
    if odd:
        raise BadPlate(f"A plate has letters and digits, and ? or * for unknown ones, not “{odd.group()}”.")
    pattern = re.sub(r"[?*]*\*[?*]*", _unknown, plain.upper())
    if not known(pattern):
        raise BadPlate("Give the characters of the plate that are known.")
    length = len(pattern.replace(ANY, ""))
    if length > LONGEST:
        raise BadPlate(f"A plate has at most {LONGEST} characters; this has {length}.")
    if len(pattern) > LONGEST_PATTERN:
        raise BadPlate("Leave out some of the *: each stands for any number of characters.")
    return pattern


def _unknown(run: re.Match[str]) -> str:
    return ONE * run.group().count(ONE) + ANY


def alignment(pattern: str, plate: str) -> list[Position]:
    """The plate as read, held against a whole or partial one place by place, numbered as on the read plate.

    Where a partial plate may lie in several ways, the one with the fewest differences counts. A place that a
    wildcard covers has that wildcard as `listed` and does not differ. Empty where no plate is listed.
    """
    if not pattern:
        return []
    return list(_laid(pattern, plate, ALL_PAIRS)[1]) if is_partial(pattern) else positions(pattern, plate)


def differing(pattern: str, plate: str, confused: Pairs = ALL_PAIRS) -> int | None:
    """How many characters of `plate` must be misread for `pattern` to fit; None where it does not fit.

    `confused` are the pairs that may be taken for each other.
    """
    first, *rest = pattern.split(ANY)
    if not rest:
        return _misread(pattern, plate, confused)
    if len(rest) == 1:
        behind = len(plate) - len(rest[0])
        if behind < len(first):
            return None
        ends = _misread(first, plate[: len(first)], confused), _misread(rest[0], plate[behind:], confused)
        return None if None in ends else sum(filter(None, ends))
    if not _expression(pattern, confused).fullmatch(plate):
        return None
    return _laid(pattern, plate, confused)[0]


def _misread(part: str, plate: str, confused: Pairs) -> int | None:
    """How many characters must be misread for a part without `*`; None where it does not fit."""
    if len(part) != len(plate):
        return None
    other = [pair for pair in zip(part, plate, strict=True) if pair[0] not in (ONE, pair[1])]
    return len(other) if confused.issuperset(other) else None


@lru_cache(4096)
def _expression(pattern: str, confused: Pairs) -> re.Pattern[str]:
    def place(letter: str) -> str:
        if letter == ANY:
            return ".*"
        if letter == ONE:
            return "."
        return f"[{''.join({letter, *(read for listed, read in confused if listed == letter)})}]"

    return re.compile("".join(map(place, pattern)))


def _laid(pattern: str, plate: str, confused: Pairs) -> tuple[int, tuple[Position, ...]]:
    """The cheapest way in which the pattern lies on the plate, with its cost."""

    @cache
    def lay(asked: int, at: int) -> tuple[int, tuple[Position, ...]]:
        if asked == len(pattern) and at == len(plate):
            return 0, ()
        ways = []
        if asked < len(pattern) and pattern[asked] == ANY:
            ways.append(lay(asked + 1, at))
            if at < len(plate):
                ways.append(_before(0, Position(at + 1, ANY, plate[at]), lay(asked, at + 1)))
            return min(ways, key=_cost)
        if asked < len(pattern) and at < len(plate):
            pair = pattern[asked], plate[at]
            cost = 0 if pair[0] in (ONE, pair[1]) else _MISREAD if pair in confused else _OTHER
            ways.append(_before(cost, Position(at + 1, *pair), lay(asked + 1, at + 1)))
        if asked < len(pattern):
            ways.append(_before(_MISSING, Position(at + 1, pattern[asked], ""), lay(asked + 1, at)))
        if at < len(plate):
            ways.append(_before(_MISSING, Position(at + 1, "", plate[at]), lay(asked, at + 1)))
        return min(ways, key=_cost)

    return lay(0, 0)


def _before(
    cost: int, place: Position, rest: tuple[int, tuple[Position, ...]]
) -> tuple[int, tuple[Position, ...]]:
    return cost + rest[0], (place, *rest[1])


def _cost(way: tuple[int, tuple[Position, ...]]) -> int:
    return way[0]


def meets(
    entry: Entry,
    plate: str,
    state: str = "",
    make: str = "",
    model: str = "",
    color: str = "",
    body: str = "",
) -> Meeting | None:
    """How a read meets `entry`, under the fuzziness of its list; None where it does not.

    A whole plate in another state stays possible, unless the list takes exact plates alone; what is known
    only in part is not met in another state. An attribute of the vehicle that the read names and that
    contradicts the entry excludes a partial plate; a description is met only where every one is named and
    means the same. A description says nothing about the plate.
    """
    hot_list = entry.hot_list
    other_state = bool(entry.state and state and entry.state != state)
    if entry.plate and not is_partial(entry.plate):
        if entry.plate == plate and not other_state:
            return Meeting.EXACT
        may = hot_list.accepts and accepts(hot_list.accepts, hot_list.most_differing, entry.plate, plate)
        return Meeting.POSSIBLE if may else None
    same = _compared(entry, make=make, model=model, color=color, body=body)
    if other_state or False in same:
        return None
    if not entry.plate:
        return Meeting.DESCRIPTION if same and None not in same else None
    misread = differing(entry.plate, plate, pairs(hot_list.accepts))
    return Meeting.PARTIAL if misread is not None and misread <= hot_list.most_differing else None


def _compared(entry: Entry, **read: str) -> list[bool | None]:
    """For each attribute that the entry has, whether the read says the same; None where that is not known."""
    given = [(name, getattr(entry, name), said) for name, said in read.items() if getattr(entry, name)]
    return [same_attribute(name, listed, said) for name, listed, said in given]


def same_attribute(name: str, listed: str, read: str) -> bool | None:
    """Whether list and read name the same `make`, `model`, `color` or `body`; None where none can tell.

    Colors that cameras take for each other count as the same. Models are written whole or as codes of three
    letters; a code that does not begin the other word says nothing.
    """
    if not listed or not read:
        return None
    if name == "color" and vocabulary.alike_colors(listed, read):
        return True
    one, other = meaning(name, listed), meaning(name, read)
    if one == other:
        return True
    if name != "model":
        return False if code_of(name, listed) and code_of(name, read) else None
    shortest = min(len(one), len(other))
    if shortest >= SHORTEST_MODEL and (one.startswith(other) or other.startswith(one)):
        return True
    return None if shortest <= SHORTEST_MODEL else False
