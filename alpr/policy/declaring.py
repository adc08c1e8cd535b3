"""How a rule is declared: a typed field that carries its label, its sentence and the law that bounds it.

idle_lock_minutes: Annotated[int, Says("Idle lock", "The screen locks after {:minute}."), AtMost(30, ...)]
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from alpr.policy.errors import PolicyError


@dataclass(frozen=True)
class Says:
    """What a rule says to people.

    ``sentence`` is plain American English; ``{}`` stands for the rule's value, ``{:day}`` for a count of
    days ("1 day", "365 days"), and ``{name}`` for another rule of the same group. ``otherwise`` is the
    sentence for a value of false, none or empty; a rule without it refuses an empty value.
    """

    label: str
    sentence: str
    otherwise: str = ""


@dataclass(frozen=True)
class AtLeast:
    """A figure below ``limit`` is refused. No limit of time ("none") is longer than any."""

    limit: int
    law: str = ""

    def problem(self, value: object) -> str:
        below = isinstance(value, int) and value < self.limit
        return f"{value} is too low; it is at least {self.limit}" if below else ""


@dataclass(frozen=True)
class AtMost:
    """A figure above ``limit``, or none at all, is refused."""

    limit: int
    law: str = ""

    def problem(self, value: object) -> str:
        if value is None:
            return f"a figure is needed; it is at most {self.limit}"
        above = isinstance(value, int) and value > self.limit
        return f"{value} is too high; it is at most {self.limit}" if above else ""


@dataclass(frozen=True)
class Always:
    """The law leaves one answer."""

    answer: bool
    law: str

    def problem(self, value: object) -> str:
        return "" if value is self.answer else f"it must be {str(self.answer).lower()}"


@dataclass(frozen=True)
class Includes:
    """The law asks for each of ``needed``."""

    needed: tuple[str, ...]
    law: str

    def problem(self, value: object) -> str:
        given = value if isinstance(value, Collection) else ()
        missing = [word for word in self.needed if word not in given]
        return f"it must include {', '.join(missing)}" if missing else ""


@dataclass(frozen=True)
class Newer:
    """A rule that came after versions had been adopted: those are read with this plain value and reason.

    An adopted version is never edited, so what it does not name needs an answer of its own.
    """

    value: Any
    reason: str


Bound = AtLeast | AtMost | Always | Includes


class RuleGroup:
    """Base of the dataclasses whose fields are rules."""


@dataclass(frozen=True)
class Rule:
    """One rule as declared: its name "group.field", its type, what it says, and its bounds in law."""

    key: str
    hint: Any
    says: Says
    bounds: tuple[Bound, ...]
    newer: Newer | None = None

    @cached_property
    def group(self) -> str:
        return self.key.split(".")[0]

    @cached_property
    def field(self) -> str:
        return self.key.split(".")[1]

    @property
    def label(self) -> str:
        return self.says.label

    def check(self, value: object) -> None:
        """PolicyError if ``value`` is empty where something must stand, or outside a bound."""
        for bound in self.bounds:
            problem = bound.problem(value)
            if problem:
                raise PolicyError(problem, rule=self.key, section=bound.law)
        if not value and not self.says.otherwise:
            raise PolicyError("a value is needed", rule=self.key)


def declared(groups: Mapping[str, type[RuleGroup]]) -> dict[str, Rule]:
    """Every rule of ``groups`` under its name, in the order of declaration."""
    return {
        f"{group}.{field}": _rule(f"{group}.{field}", hint)
        for group, kind in groups.items()
        for field, hint in get_type_hints(kind, include_extras=True).items()
    }


def _rule(key: str, hint: Any) -> Rule:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"{key} is declared without what it says")
    plain, says, *rest = get_args(hint)
    newer = next((each for each in rest if isinstance(each, Newer)), None)
    return Rule(key, plain, says, tuple(each for each in rest if each is not newer), newer)
