"""A policy as plain tables, the one shape of preset files and of stored JSON, and back.

Each rule is a table: its ``value``, and what it rests on: ``clauses`` by number, ``laws``, and
``default``, the reason where the text leaves the value open.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, get_type_hints

from alpr.policy.clauses import Citation, Clause, Department, Oddity
from alpr.policy.declaring import Rule
from alpr.policy.reading import read, table, write
from alpr.policy.rules import GROUPS, RULES

if TYPE_CHECKING:
    from alpr.policy.model import Policy

_RESTS_ON = {"clauses": tuple[str, ...], "laws": tuple[str, ...], "default": str}
_TEXT = {"department", "clauses", "oddities"}
_COLUMNS = {
    kind: (get_type_hints(kind), {field.name for field in fields(kind) if field.default is MISSING})
    for kind in (Department, Clause, Oddity)
}


def write_policy(policy: "Policy") -> dict[str, Any]:
    """The plain tables of ``policy``, its groups and rules in the order of declaration."""
    tables: dict[str, Any] = {"department": _write_fields(policy.department)}
    for key, rule in RULES.items():
        tables.setdefault(rule.group, {})[rule.field] = _write_rule(policy.value(key), policy.citation(key))
    tables["clauses"] = [_write_fields(clause) for clause in policy.clauses]
    tables["oddities"] = [_write_fields(oddity) for oddity in policy.oddities]
    return tables


def read_policy(data: object) -> dict[str, Any]:
    """The typed parts of a policy. PolicyError for an unknown or missing key and for a wrong type."""
    tables = table(data, "", known={*GROUPS, *_TEXT}, needed={*GROUPS, *_TEXT})
    groups, citations = _read_rules(tables)
    return {
        **groups,
        "department": _read_fields(Department, tables["department"], "department"),
        "clauses": _read_rows(Clause, tables["clauses"], "clauses"),
        "oddities": _read_rows(Oddity, tables["oddities"], "oddities"),
        "citations": citations,
    }


def _read_rules(tables: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Citation, ...]]:
    values: dict[str, dict[str, Any]] = {}
    for name in GROUPS:
        group = [rule for rule in RULES.values() if rule.group == name]
        needed = {rule.field for rule in group if rule.newer is None}
        table(tables[name], name, known={rule.field for rule in group}, needed=needed)
    citations = []
    for rule in RULES.values():
        value, citation = _read_rule(rule, tables[rule.group].get(rule.field, _unwritten(rule)))
        values.setdefault(rule.group, {})[rule.field] = value
        citations.append(citation)
    return {name: GROUPS[name](**values[name]) for name in GROUPS}, tuple(citations)


def _unwritten(rule: Rule) -> dict[str, Any] | None:
    return {"value": rule.newer.value, "default": rule.newer.reason} if rule.newer else None


def _read_rule(rule: Rule, data: object) -> tuple[Any, Citation]:
    row = table(data, rule.key, known={"value", *_RESTS_ON}, needed={"value"})
    rests_on = {
        key: read(hint, row[key], f"{rule.key}.{key}") for key, hint in _RESTS_ON.items() if key in row
    }
    citation = Citation(
        rule=rule.key,
        clauses=rests_on.get("clauses", ()),
        laws=rests_on.get("laws", ()),
        default_reason=rests_on.get("default", ""),
    )
    return read(rule.hint, row["value"], rule.key), citation


def _write_rule(value: object, citation: Citation) -> dict[str, Any]:
    rests_on = {"clauses": citation.clauses, "laws": citation.laws, "default": citation.default_reason}
    return {"value": write(value), **{key: write(given) for key, given in rests_on.items() if given}}


def _read_rows(kind: type[Any], data: object, place: str) -> tuple[Any, ...]:
    rows = read(list, data, place)
    return tuple(_read_fields(kind, row, f"{place}[{number}]") for number, row in enumerate(rows, start=1))


def _read_fields(kind: type[Any], data: object, place: str) -> Any:
    hints, needed = _COLUMNS[kind]
    row = table(data, place, known=set(hints), needed=needed)
    return kind(**{key: read(hints[key], value, f"{place}.{key}") for key, value in row.items()})


def _write_fields(record: Any) -> dict[str, Any]:
    written = {field.name: getattr(record, field.name) for field in fields(record)}
    return {key: write(value) for key, value in written.items() if value}
