"""Plain values (TOML, JSON) to typed values and back, strictly. "none" stands for no figure."""

import types
from collections.abc import Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from alpr.policy.errors import PolicyError
from alpr.policy.words import Word

NONE = "none"


def read(hint: Any, value: object, rule: str) -> Any:
    """``value`` as the type ``hint``; PolicyError names ``rule`` and what was expected."""
    origin = get_origin(hint)
    if origin is Annotated:
        return read(get_args(hint)[0], value, rule)
    if origin in (Union, types.UnionType):
        return None if value == NONE else _read_figure(value, rule)
    if origin in (tuple, frozenset):
        return _read_many(origin, get_args(hint)[0], value, rule)
    if issubclass(hint, Word):
        return _read_word(hint, value, rule)
    if type(value) is not hint:
        raise PolicyError(f"expected {_NAMES[hint]}, found {_found(value)}", rule=rule)
    return value


def write(value: object) -> Any:
    """The plain form of a typed value: what JSON can hold and ``read`` takes back."""
    if value is None:
        return NONE
    if isinstance(value, frozenset):
        return [write(item) for item in in_order(value)]
    if isinstance(value, tuple):
        return [write(item) for item in value]
    return str(value) if isinstance(value, Word) else value


def in_order(words: frozenset[Word]) -> list[Word]:
    """The members of a set of words in the order in which their kind declares them."""
    return sorted(words, key=lambda word: list(type(word).__members__.values()).index(word))


def table(value: object, rule: str, known: set[str], needed: set[str]) -> Mapping[str, Any]:
    """``value`` as a table whose keys are all known and hold all that are needed."""
    if not isinstance(value, Mapping):
        raise PolicyError(f"expected a table, found {_found(value)}", rule=rule)
    unknown = [str(key) for key in value if key not in known]
    if unknown:
        raise PolicyError(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}", rule=rule)
    missing = sorted(needed - set(value))
    if missing:
        raise PolicyError(f"{missing[0]!r} is missing", rule=rule)
    return value


def _read_figure(value: object, rule: str) -> int:
    if type(value) is not int:
        raise PolicyError(f'expected a whole number or "{NONE}", found {_found(value)}', rule=rule)
    return value


def _read_many(kind: type[Any], inner: Any, value: object, rule: str) -> Any:
    if not isinstance(value, list | tuple | frozenset):
        raise PolicyError(f"expected a list, found {_found(value)}", rule=rule)
    items = [read(inner, item, rule) for item in value]
    if len(set(items)) != len(items):
        raise PolicyError("the list names something twice", rule=rule)
    return kind(items)


def _read_word(kind: type[Word], value: object, rule: str) -> Word:
    words = [word.value for word in kind]
    if not isinstance(value, str) or value not in words:
        raise PolicyError(f"expected one of {', '.join(words)}, found {_found(value)}", rule=rule)
    return kind(value)


_NAMES = {int: "a whole number", str: "text", bool: "true or false", list: "a list"}


def _found(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, list | tuple | frozenset) else repr(value)
