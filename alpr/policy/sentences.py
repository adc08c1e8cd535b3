"""Rules as plain American English."""

from typing import Any

from alpr.policy.reading import in_order
from alpr.policy.words import Word


class Shown:
    """A value inside a sentence. A format word counts: ``{:day}`` gives "1 day" or "365 days"; ``{:any}``
    joins a list with "or" in place of "and"."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __format__(self, spec: str) -> str:
        if isinstance(self.value, frozenset):
            return _joined([_word(item) for item in in_order(self.value)], "or" if spec == "any" else "and")
        if isinstance(self.value, tuple):
            return _joined([format(Shown(item), spec) for item in self.value], "and")
        return _counted(self.value, spec) if spec and isinstance(self.value, int) else _word(self.value)


def sentence(template: str, value: object, siblings: dict[str, Any]) -> str:
    """``template`` with ``value`` and the other rules of its group filled in."""
    return template.format(Shown(value), **{name: Shown(other) for name, other in siblings.items()})


def _word(value: object) -> str:
    return value.label if isinstance(value, Word) else str(value)


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {_plural(unit)}"


def _plural(unit: str) -> str:
    return f"{unit}es" if unit.endswith("ch") else f"{unit}s"


def _joined(parts: list[str], conjunction: str) -> str:
    if len(parts) < 3:
        return f" {conjunction} ".join(parts)
    return f"{', '.join(parts[:-1])}, {conjunction} {parts[-1]}"
