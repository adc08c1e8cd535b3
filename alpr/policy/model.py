"""A department's policy: every rule typed, every rule with its clause, every value within the law.

A ``Policy`` cannot be made with a value that the law forbids, so whoever holds one may rely on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from alpr.policy import plain, rules
from alpr.policy.checking import check
from alpr.policy.clauses import Citation, Clause, Department, Oddity
from alpr.policy.errors import PolicyError
from alpr.policy.reading import write
from alpr.policy.rules import RULES, find_rule
from alpr.policy.sentences import sentence


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The tree of rules, the clauses of the text, what each rule rests on, and the text's oddities."""

    department: Department
    people: rules.People
    retention: rules.Retention
    transfer: rules.Transfer
    equipment_check: rules.EquipmentCheck
    audit: rules.Audit
    training: rules.Training
    access: rules.Access
    ladder: rules.Ladder
    hot_lists: rules.HotLists
    search: rules.Search
    release: rules.Release
    sharing: rules.Sharing
    uses: rules.Uses
    posting: rules.Posting
    safeguards: rules.Safeguards
    reporting: rules.Reporting
    records: rules.Records
    sessions: rules.Sessions
    clauses: tuple[Clause, ...]
    oddities: tuple[Oddity, ...]
    citations: tuple[Citation, ...]

    def __post_init__(self) -> None:
        check(self)

    @property
    def label(self) -> str:
        """How people call it: "Vallejo Policy 426"."""
        return f"{self.department.short_name} Policy {self.department.policy_number}"

    def value(self, rule: str) -> Any:
        """The value of the rule "group.field"; PolicyError if there is no such rule."""
        declared = find_rule(rule)
        return getattr(getattr(self, declared.group), declared.field)

    def describe(self, rule: str) -> str:
        """The rule and its value as one plain sentence."""
        declared = find_rule(rule)
        value = self.value(rule)
        template = declared.says.sentence if value else declared.says.otherwise
        return sentence(template, value, vars(getattr(self, declared.group)))

    def clause(self, rule: str) -> Clause:
        """The clause that ``rule`` comes from, the first where there are several. Where the text is
        silent, a clause without a number that carries the law and the reason of the default."""
        citation = self.citation(rule)
        if citation.clauses:
            return self.clause_numbered(citation.clauses[0])
        return Clause(
            number="",
            heading=find_rule(rule).label,
            summary=self.describe(rule),
            laws=citation.laws,
            default_reason=citation.default_reason,
        )

    def clauses_of(self, rule: str) -> tuple[Clause, ...]:
        """Every clause of the text that ``rule`` rests on; empty where the text is silent."""
        return tuple(self.clause_numbered(number) for number in self.citation(rule).clauses)

    def rules_under(self, number: str) -> tuple[str, ...]:
        """The rules that rest on the clause with this number."""
        return tuple(citation.rule for citation in self.citations if number in citation.clauses)

    def citation(self, rule: str) -> Citation:
        """What ``rule`` rests on."""
        return self._by_rule[find_rule(rule).key]

    def clause_numbered(self, number: str) -> Clause:
        """The clause of the text with this number; PolicyError if there is none."""
        if number not in self._by_number:
            raise PolicyError(f"{self.label} has no clause {number}")
        return self._by_number[number]

    @cached_property
    def _by_rule(self) -> dict[str, Citation]:
        return {citation.rule: citation for citation in self.citations}

    @cached_property
    def _by_number(self) -> dict[str, Clause]:
        return {clause.number: clause for clause in self.clauses}

    def with_values(self, values: Mapping[str, Any]) -> "Policy":
        """This policy with other values for the rules named, given plain or typed. What each rule rests on
        stays. PolicyError for an unknown rule, a wrong type or a value outside the law."""
        tables = self.to_dict()
        for key, value in values.items():
            rule = find_rule(key)
            tables[rule.group][rule.field]["value"] = write(value)
        return Policy.from_dict(tables)

    def to_dict(self) -> dict[str, Any]:
        """The policy as values that JSON can hold, in the shape of a preset file."""
        return plain.write_policy(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, source: str = "") -> "Policy":
        """The policy that ``to_dict`` or a preset file holds. PolicyError names ``source``, the key, and
        what was expected."""
        try:
            return cls(**plain.read_policy(data))
        except PolicyError as error:
            raise error.within(source) from None


@dataclass(frozen=True)
class Change:
    """A rule that differs between two policies, its old and new value, and the clause in the new one."""

    rule: str
    old: Any
    new: Any
    clause: Clause


def changes(old: Policy, new: Policy) -> list[Change]:
    """What ``new`` changes against ``old``, in the order of the rules."""
    return [
        Change(key, old.value(key), new.value(key), new.clause(key))
        for key in RULES
        if old.value(key) != new.value(key)
    ]
