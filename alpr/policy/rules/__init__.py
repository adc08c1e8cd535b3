"""The typed rules, one dataclass for each area of a policy, and all of them by name."""

from collections.abc import Mapping
from types import MappingProxyType

from alpr.policy.declaring import Rule, RuleGroup, declared
from alpr.policy.errors import PolicyError
from alpr.policy.rules.answering import Audit, Posting, Records, Release, Reporting, Sharing
from alpr.policy.rules.keeping import EquipmentCheck, Retention, Safeguards, Transfer
from alpr.policy.rules.matching import HotLists, Ladder
from alpr.policy.rules.using import Access, People, Search, Sessions, Training, Uses

__all__ = [
    "GROUPS",
    "RULES",
    "Access",
    "Audit",
    "EquipmentCheck",
    "HotLists",
    "Ladder",
    "People",
    "Posting",
    "Records",
    "Release",
    "Reporting",
    "Retention",
    "Safeguards",
    "Search",
    "Sessions",
    "Sharing",
    "Training",
    "Transfer",
    "Uses",
    "find_rule",
]

GROUPS: Mapping[str, type[RuleGroup]] = MappingProxyType(
    {
        "people": People,
        "retention": Retention,
        "transfer": Transfer,
        "equipment_check": EquipmentCheck,
        "audit": Audit,
        "training": Training,
        "access": Access,
        "ladder": Ladder,
        "hot_lists": HotLists,
        "search": Search,
        "release": Release,
        "sharing": Sharing,
        "uses": Uses,
        "posting": Posting,
        "safeguards": Safeguards,
        "reporting": Reporting,
        "records": Records,
        "sessions": Sessions,
    }
)

RULES: Mapping[str, Rule] = MappingProxyType(declared(GROUPS))


def find_rule(key: str) -> Rule:
    """The rule named "group.field"; PolicyError if there is none."""
    if key not in RULES:
        raise PolicyError("there is no such rule", rule=key)
    return RULES[key]
