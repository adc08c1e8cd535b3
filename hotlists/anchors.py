"""Anchors: the one key under which an index finds a partial plate or a description.

An anchor is a shape, a colon, and what stands in that shape:

- `n7s0124:8A81`: a plate of seven characters, those at 0, 1, 2 and 4 from its start, folded
- `s12e0:A81`: a plate of any length, those at 1 and 2 from its start and the last one
- `g3:8A8`: these three stand together somewhere
- `dmcb:TOYT|GRY|SEDAN`: no plate; the make, color and body as the vocabulary knows them

A read stands under one key, or a few, in each shape. So what a batch may meet is found by one look-up of the
keys of the shapes in use, however many entries there are. An anchor leaves nothing out that the entry meets;
it lets through some that it does not, and `hotlists.patterns.meets` has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import product
from operator import itemgetter

from hotlists import vocabulary
from hotlists.plates import fold
from hotlists.vocabulary.vco import NAMES as COLORS

ONE, ANY = "?", "*"
KNOWN_IN_AN_ANCHOR = 4
LONGEST_RUN = 3
LONGEST_MEANING = 20
_ATTRIBUTES = {"m": "make", "c": "color", "b": "body"}
_ENDS = re.compile(r"(?:n(?P<length>\d+))?s(?P<start>\d*)(?:e(?P<end>\d*))?")


def anchor_of(*, plate: str, make: str = "", model: str = "", color: str = "", body: str = "") -> str:
    """The anchor of an entry with these values; empty for a whole plate, which is found under its key.

    `plate` is in the written form of `patterns.tidy`, or empty for a description. The model is in no anchor,
    since lists and readers write models in too many ways.
    """
    if not plate:
        return _of_description({"make": make, "color": color, "body": body})
    if ONE in plate or ANY in plate:
        return _of_part(fold(plate))
    return ""


def shape_of(anchor: str) -> str:
    """The shape of an anchor, which is what stands before the colon."""
    return anchor.partition(":")[0]


def _of_description(given: dict[str, str]) -> str:
    """A color stands in an anchor where it is one: two, or many, are like too many others."""
    given["color"] = _one_color(given["color"])
    named = {letter: name for letter, name in _ATTRIBUTES.items() if given[name]}
    values = (_short(meaning(name, given[name])) for name in named.values())
    return f"d{''.join(named)}:{'|'.join(values)}"


def _one_color(text: str) -> str:
    codes = vocabulary.colors(text)
    return codes[0] if len(codes) == 1 and codes[0] != "MUL" else ""


def _of_part(key: str) -> str:
    first, *rest = key.split(ANY)
    if not rest:
        places = _known(first)[-KNOWN_IN_AN_ANCHOR:]
        return f"n{len(key)}s{_digits(places)}:{''.join(key[place] for place in places)}"
    back = rest[-1][::-1]
    end = _known(back)[:KNOWN_IN_AN_ANCHOR]
    left = KNOWN_IN_AN_ANCHOR - len(end)
    start = _known(first)[-left:] if left else []
    run = max(re.split(r"[?*]", key), key=len)[:LONGEST_RUN]
    if len(run) > len(start) + len(end):
        return f"g{len(run)}:{run}"
    letters = "".join([*(first[place] for place in start), *(back[place] for place in end)])
    return f"s{_digits(start)}e{_digits(end)}:{letters}"


def _known(part: str) -> list[int]:
    return [place for place, letter in enumerate(part) if letter != ONE]


def _digits(places: Iterable[int]) -> str:
    return "".join(map(str, places))


_CODES: dict[str, Callable[[str], str]] = {
    "make": vocabulary.make,
    "color": vocabulary.color,
    "body": vocabulary.body,
}


def code_of(name: str, text: str) -> str:
    """The code of a make, color or body in the vocabulary; empty for one that it does not know."""
    return _CODES[name](text) if name in _CODES else ""


@lru_cache(16384)
def meaning(name: str, text: str) -> str:
    """What a make, model, color or body says: its code in the vocabulary, or else its letters and digits."""
    return code_of(name, text) or re.sub(r"[\W_]", "", text).upper()


def _short(text: str) -> str:
    return text[:LONGEST_MEANING]


class Shapes:
    """Shapes in use, which give the keys under which a read stands in them."""

    def __init__(self, shapes: Iterable[str]) -> None:
        self._plates: list[Callable[[str], Iterable[str]]] = []
        self._described: list[str] = []
        for shape in shapes:
            if shape.startswith("d"):
                self._described.append(shape)
            else:
                self._plates.append(_run_keys(shape) if shape.startswith("g") else _end_keys(shape))

    def __bool__(self) -> bool:
        return bool(self._plates or self._described)

    def keys(self, *, plate_key: str, make: str = "", color: str = "", body: str = "") -> Iterator[str]:
        """Every key of a read with this folded plate and these words for the vehicle."""
        for keys_of in self._plates:
            yield from keys_of(plate_key)
        given = {"make": make, "color": color, "body": body}
        for shape in self._described:
            yield from _described(shape, given)


def _run_keys(shape: str) -> Callable[[str], Iterable[str]]:
    length = int(shape[1:])
    return lambda key: {f"{shape}:{key[at : at + length]}" for at in range(len(key) - length + 1)}


def _end_keys(shape: str) -> Callable[[str], Iterable[str]]:
    found = _ENDS.fullmatch(shape)
    if found is None:
        raise ValueError(f"“{shape}” is no shape of an anchor.")
    places = [int(digit) for digit in found["start"]] + [-1 - int(digit) for digit in found["end"] or ""]
    length = int(found["length"] or 0)
    shortest = max((place + 1 if place >= 0 else -place for place in places), default=0)

    letters = itemgetter(*places) if places else lambda key: ""

    def keys(key: str) -> Iterable[str]:
        if len(key) < shortest or (length and len(key) != length):
            return ()
        return (f"{shape}:{''.join(letters(key))}",)

    return keys


def _described(shape: str, given: dict[str, str]) -> Iterator[str]:
    names = [_ATTRIBUTES[letter] for letter in shape[1:]]
    if all(given[name] for name in names):
        for values in product(*(_meant(name, given[name]) for name in names)):
            yield f"{shape}:{'|'.join(values)}"


@lru_cache(16384)
def _meant(name: str, text: str) -> tuple[str, ...]:
    """What a read's word may stand for on a list: its meaning, or every color that is alike."""
    if name == "color":
        return tuple(code for code in COLORS if vocabulary.alike_colors(text, code))
    return (_short(meaning(name, text)),)
