"""The vehicle of a search: codes and words of make, color and body meet, and colors that look alike.

It says the same as `hotlists.patterns.same_attribute`, in the database.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.functions import Length, Lower
from django.db.models.lookups import Exact, GreaterThanOrEqual, In

from detections.models import Search
from hotlists import vocabulary
from hotlists.patterns import SHORTEST_MODEL
from hotlists.vocabulary.vco import COLORS

NAMES = ("make", "model", "color", "body")
_TWO = r"/|\\|\+|\yover\y|\yand\y"
_TABLES = {"make": vocabulary.make, "body": vocabulary.body}


def condition(search: Search) -> Q:
    """The condition of the detections whose vehicle is as asked; empty where nothing of it is asked.

    Beside a plate, what the reader did not name excludes nothing; without one it does.
    """
    asked = {name: getattr(search, name) for name in NAMES if getattr(search, name)}
    conditions = (_same(name, said) for name, said in asked.items())
    unread = (Q(**{name: ""}) if search.pattern else Q() for name in asked)
    return Q(*(same | nothing if nothing else same for same, nothing in zip(conditions, unread, strict=True)))


def key_of(text: str) -> str:
    """A word as it is compared: its letters a to z and its digits."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _same(name: str, asked: str) -> Q:
    if name == "model":
        return _same_model(key_of(asked))
    if name == "color":
        return _same_color(asked)
    code = _TABLES[name](asked)
    return Q(In(_key(name), _keys(vocabulary.written(name, {code})) if code else [key_of(asked)]))


def _same_model(asked: str) -> Q:
    """Equal, or one begins the other: lists and readers write models whole or as codes of three letters."""
    key = _key("model")
    same = Q(Exact(key, asked))
    if len(asked) < SHORTEST_MODEL:
        return same
    longer = _asks("starts_with", key, Value(asked, TextField()))
    shorter = _asks("starts_with", Value(asked, TextField()), key)
    return same | Q(longer) | Q(GreaterThanOrEqual(Length(key), SHORTEST_MODEL), shorter)


def _same_color(asked: str) -> Q:
    """A color that a camera takes for it; of two-tone vehicles one color is enough."""
    alike = [code for code in COLORS if vocabulary.alike_colors(asked, code)]
    if not alike:
        return Q(Exact(_key("color"), key_of(asked)))
    keys = _keys(vocabulary.written("color", alike))
    parts = _replaced(_replaced(Lower(F("color")), _TWO, "|"), "[^a-z0-9|]", "")
    split = Func(parts, Value("|"), function="string_to_array")
    array = Func(*(Value(key, TextField()) for key in keys), template="ARRAY[%(expressions)s]")
    one = Func(split, array, template="%(expressions)s", arg_joiner=" && ", output_field=BooleanField())
    whole = _keys(vocabulary.written("color"))
    return Q(In(_key("color"), keys)) | ~Q(In(_key("color"), whole)) & Q(one)


def _keys(written: Collection[str]) -> list[str]:
    return sorted({key_of(key) for key in written})


def _key(name: str) -> Func:
    """A column as `key_of` writes it."""
    return _replaced(Lower(F(name)), "[^a-z0-9]", "")


def _replaced(text: Any, pattern: str, by: str) -> Func:
    arguments = (text, Value(pattern), Value(by), Value("g"))
    return Func(*arguments, function="regexp_replace", output_field=TextField())


def _asks(function: str, *arguments: Any) -> Func:
    return Func(*arguments, function=function, output_field=BooleanField())
