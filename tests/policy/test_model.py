"""Rungs and their order, sentences, changes, and a package that stands alone."""

import dataclasses
import subprocess
import sys
from typing import Any

import pytest

from alpr.policy import RULES, Policy, Rung, TransferMode, changes
from alpr.policy.rules import GROUPS


def test_the_package_needs_no_framework() -> None:
    code = "import sys, alpr.policy; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_policy_has_exactly_the_groups_of_rules() -> None:
    declared = {field.name: field.type for field in dataclasses.fields(Policy)}
    assert {name: kind for name, kind in declared.items() if name in GROUPS} == dict(GROUPS)
    assert set(declared) - set(GROUPS) == {"department", "clauses", "oddities", "citations"}


def test_a_policy_cannot_be_changed(vallejo: Policy) -> None:
    retention: Any = vallejo.retention
    with pytest.raises(dataclasses.FrozenInstanceError):
        retention.detections_days = 1


def test_rungs_stand_in_their_order() -> None:
    assert sorted([Rung.CLOSED, Rung.SEEN, Rung.CONFIRMED, Rung.ALERT, Rung.VALIDATED]) == [
        Rung.ALERT,
        Rung.SEEN,
        Rung.VALIDATED,
        Rung.CONFIRMED,
        Rung.CLOSED,
    ]
    assert Rung.ALERT < Rung.SEEN <= Rung.SEEN
    assert Rung.CONFIRMED > Rung.VALIDATED >= Rung.VALIDATED
    assert max(Rung) is Rung.CLOSED


def test_a_rung_compares_with_what_a_database_holds() -> None:
    stored = {"alert": -1, "seen": 0, "closed": 1}
    for held, place in stored.items():
        assert (held < Rung.SEEN, held == Rung.SEEN, held > Rung.SEEN) == (place < 0, place == 0, place > 0)
    with pytest.raises(ValueError, match="landing"):
        assert Rung.SEEN < "landing"


@pytest.mark.parametrize(
    ("rule", "value", "says"),
    [
        (
            "retention.detections_days",
            365,
            "Detections are kept at most 365 days, then should be purged unless held.",
        ),
        (
            "retention.detections_days",
            1,
            "Detections are kept at most 1 day, then should be purged unless held.",
        ),
        ("retention.hits_days", None, "Hits are kept indefinitely."),
        ("retention.images_on_server", False, "No image of a read is kept on the server."),
        ("search.purpose", "either", "Every search states a case or incident number, a reason, or both."),
        ("search.broad_cameras", 1000, "A broad search over more than 1,000 cameras needs a second person."),
        ("ladder.before_stop", ["seen", "validated"], "Before a stop a hit is seen and validated."),
        (
            "ladder.person_check_lists",
            ["specific", "general"],
            "On a hit from a general or specific list, the member makes an effort to confirm that the wanted "
            "person is in the car or that there is another reasonable basis for the stop.",
        ),
        ("audit.windows_months", [12, 6], "The sample is drawn from the preceding 12 months and 6 months."),
        ("audit.minimum_sample", 10, "At least 10 searches are drawn for an audit."),
        ("training.topics", [], "The policy names no topics of training."),
        ("sharing.immigration_enforcement", False, "Data is never shared for immigration enforcement."),
    ],
)
def test_a_rule_in_words(vallejo: Policy, rule: str, value: object, says: str) -> None:
    assert vallejo.with_values({rule: value}).describe(rule) == says


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_label_and_a_sentence(vallejo: Policy, rule: str) -> None:
    assert RULES[rule].label
    assert vallejo.describe(rule)[0].isupper()
    assert vallejo.describe(rule).endswith(".")


def test_changes_name_old_new_and_clause(vallejo: Policy) -> None:
    shorter = vallejo.with_values({"audit.minimum_sample": 60, "retention.detections_days": 60})
    found = changes(vallejo, shorter)
    assert [(change.rule, change.old, change.new) for change in found] == [
        ("retention.detections_days", 365, 60),
        ("audit.minimum_sample", 10, 60),
    ]
    assert found[0].clause.number == "426.4 Retention, par. 2"
    assert changes(vallejo, vallejo) == []


def test_rules_that_go_together_change_together(vallejo: Policy) -> None:
    hayward_way = vallejo.with_values({"transfer.mode": TransferMode.MAX_DAYS, "transfer.max_days": 30})
    assert hayward_way.describe("transfer.max_days") == "Transfers from a vehicle are at most 30 days apart."
    alameda_way = vallejo.with_values({"audit.first_years": 2, "audit.first_years_every_months": 6})
    assert (
        alameda_way.describe("audit.first_years")
        == "For the first 2 years audits are made at least every 6 months."
    )
