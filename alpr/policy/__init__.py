"""A department's policy as pure data: typed rules, the clause of each, the bounds of the law, presets."""

from alpr.policy.clauses import Citation, Clause, Department, Oddity
from alpr.policy.declaring import Rule
from alpr.policy.errors import PolicyError
from alpr.policy.model import Change, Policy, changes
from alpr.policy.presets import load_preset, parse_preset, preset_names
from alpr.policy.rules import RULES, find_rule
from alpr.policy.words import (
    AuditCheck,
    ClauseKind,
    Compared,
    Duty,
    Ending,
    HoldGround,
    HotPlateFact,
    Limit,
    ListKind,
    Logged,
    Purpose,
    Recipients,
    RequestFact,
    Rung,
    StatusSource,
    TransferMode,
)

__all__ = [
    "RULES",
    "AuditCheck",
    "Change",
    "Citation",
    "Clause",
    "ClauseKind",
    "Compared",
    "Department",
    "Duty",
    "Ending",
    "HoldGround",
    "HotPlateFact",
    "Limit",
    "ListKind",
    "Logged",
    "Oddity",
    "Policy",
    "PolicyError",
    "Purpose",
    "Recipients",
    "RequestFact",
    "Rule",
    "Rung",
    "StatusSource",
    "TransferMode",
    "changes",
    "find_rule",
    "load_preset",
    "parse_preset",
    "preset_names",
]
