"""Whose policy it is, and where a rule comes from: clauses, laws, defaults, and the text's oddities."""

from dataclasses import dataclass

from alpr.policy.words import ClauseKind


@dataclass(frozen=True, kw_only=True)
class Department:
    """Whose policy this is, and how it is headed."""

    name: str
    short_name: str
    policy_number: str
    policy_title: str


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause of a department's text, or what stands in for it where the text is silent.

    ``number`` is the number as printed, with the heading or paragraph added where the print gives one
    number to several clauses; it is empty where there is no clause. ``summary`` is in our own words.
    ``laws`` are the sections that the clause cites, or on which the rule rests. ``owner`` is the title of
    who owes a human duty. ``default_reason`` says why a value was taken where the text is silent.
    """

    number: str
    heading: str
    summary: str
    kind: ClauseKind = ClauseKind.ENFORCED
    laws: tuple[str, ...] = ()
    owner: str = ""
    default_reason: str = ""

    @property
    def source(self) -> str:
        """How to cite it: the number in the text, else the law, else "Default"."""
        return self.number or "; ".join(self.laws) or "Default"


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What one rule rests on: clauses by number, sections of law, and a reason where a default is taken."""

    rule: str
    clauses: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    default_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Oddity:
    """Something odd in the printed text, shown rather than hidden. ``run`` is what the software does."""

    clauses: tuple[str, ...]
    says: str
    run: str
