"""What the law, the types and the shape of a preset do not allow."""

import copy
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from alpr.policy import RULES, Policy, PolicyError, find_rule, load_preset, parse_preset

TEXT = (files("alpr.policy.presets") / "vallejo.toml").read_text("utf-8")

OUTSIDE_THE_LAW = [
    ("sharing.immigration_enforcement", True, "Government Code 7284.6"),
    ("release.values_act_considered", False, "Government Code 7284.6"),
    ("hot_lists.excluded_files", ["gang"], "Government Code 7284.6"),
    ("hot_lists.excluded_files", [], "Government Code 7284.6"),
    ("sharing.public_agencies_only", False, "Civil Code 1798.90.55"),
    ("sharing.data_sold", True, "Civil Code 1798.90.55"),
    ("sharing.in_state_only", False, "2023-DLE-06"),
    ("search.logged", ["user", "date", "time", "purpose", "organization"], "Civil Code 1798.90.52"),
    ("search.logged", ["user", "organization", "elements", "date", "time"], "Civil Code 1798.90.52"),
    ("audit.every_months", 0, "Civil Code 1798.90.53"),
    ("audit.minimum_sample", 0, "Civil Code 1798.90.53"),
    ("training.before_any_use", False, "Civil Code 1798.90.51"),
    ("posting.conspicuous", False, "Civil Code 1798.90.51"),
    ("retention.detections_days", 0, "Civil Code 1798.90.51"),
    ("retention.hits_days", 0, "Civil Code 1798.90.51"),
    ("retention.pictures_days", 0, "Civil Code 1798.90.51"),
    ("retention.parking_reads_days", 0, "Civil Code 1798.90.51"),
    ("retention.parking_hits_days", 0, "Civil Code 1798.90.51"),
    ("records.audit_years", 1, "Government Code 34090"),
    ("records.release_years", 1, "Government Code 34090"),
    ("records.access_years", 1, "Government Code 34090"),
    ("release.kept_on_file", False, "Government Code 34090"),
    ("records.training_years", 2, "AT-4"),
    ("access.individual_credentials", False, "IA-2"),
    ("sessions.lock_after_failures", 6, "AC-7"),
    ("sessions.failures_within_minutes", 14, "AC-7"),
    ("sessions.idle_lock_minutes", 31, "AC-11"),
    ("sessions.inactive_days", 91, "AC-2"),
    ("sessions.review_months", 13, "AC-2"),
    ("sessions.reauthenticate_hours", 13, "IA-11"),
    ("posting.review_months", 4, "AC-22"),
    ("ladder.endings", ["arrest", "no_stop", "misread", "wrong_state", "mismatch"], "Civil Code 1798.90.51"),
    ("ladder.endings", [], "Civil Code 1798.90.51"),
]


@pytest.mark.parametrize(("rule", "value", "section"), OUTSIDE_THE_LAW)
def test_the_law_forbids(vallejo: Policy, rule: str, value: object, section: str) -> None:
    with pytest.raises(PolicyError) as refused:
        vallejo.with_values({rule: value})
    assert refused.value.rule == rule
    assert section in refused.value.section
    assert rule in str(refused.value)
    assert section in str(refused.value)


def test_every_bound_in_law_has_a_refusal_above() -> None:
    bounded = {key for key, rule in RULES.items() if any(bound.law for bound in rule.bounds)}
    assert bounded == {rule for rule, _value, _section in OUTSIDE_THE_LAW}


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("sessions.lock_after_failures", 5),
        ("sessions.idle_lock_minutes", 30),
        ("sessions.inactive_days", 90),
        ("sessions.reauthenticate_hours", 12),
        ("records.audit_years", 2),
        ("retention.detections_days", 1),
        ("retention.hits_days", None),
    ],
)
def test_the_last_value_that_the_law_leaves_open(vallejo: Policy, rule: str, value: object) -> None:
    assert vallejo.with_values({rule: value}).value(rule) == value


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("retention.detections_days", "365", "a whole number, found '365'"),
        ("retention.detections_days", 365.0, "a whole number, found 365.0"),
        ("retention.detections_days", True, "a whole number, found True"),
        ("retention.detections_days", None, "a whole number, found 'none'"),
        ("retention.hits_days", "forever", "a whole number or \"none\", found 'forever'"),
        ("retention.images_on_server", 1, "true or false, found 1"),
        ("people.administrator", 7, "text, found 7"),
        ("search.purpose", "nothing", "one of case_number, reason, either, both, found 'nothing'"),
        ("ladder.before_stop", "seen", "a list, found 'seen'"),
        ("ladder.before_stop", ["looked"], "one of alert, seen, validated, confirmed, closed"),
        ("ladder.compare", ["state", "state"], "names something twice"),
        ("audit.windows_months", ["12"], "a whole number, found '12'"),
        ("access.authorized", {"who": "officers"}, "a list, found a table"),
    ],
)
def test_a_value_of_the_wrong_type(vallejo: Policy, rule: str, value: object, expected: str) -> None:
    with pytest.raises(PolicyError, match=r"expected|names") as refused:
        vallejo.with_values({rule: value})
    assert refused.value.rule == rule
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"people.administrator": ""}, "people.administrator"),
        ({"uses.allowed": []}, "uses.allowed"),
        ({"ladder.status_from": []}, "ladder.status_from"),
        ({"ladder.before_stop": []}, "ladder.before_stop"),
        ({"ladder.before_stop": ["validated", "seen"]}, "ladder.before_stop"),
        ({"ladder.before_stop": ["alert", "seen", "validated"]}, "ladder.before_stop"),
        ({"ladder.before_stop": ["seen", "validated", "closed"]}, "ladder.before_stop"),
        ({"ladder.exigent_may_skip": ["confirmed"]}, "ladder.exigent_may_skip"),
        ({"transfer.mode": "max_days"}, "transfer.max_days"),
        ({"transfer.max_days": 30}, "transfer.max_days"),
        ({"audit.first_years": 2}, "audit.first_years_every_months"),
        ({"audit.first_years_every_months": 6}, "audit.first_years_every_months"),
        ({"audit.first_years": -1}, "audit.first_years"),
        ({"audit.windows_months": [12, 0]}, "audit.windows_months"),
        ({"hot_lists.general_refresh_hours": 0}, "hot_lists.general_refresh_hours"),
        ({"hot_lists.fewest_known_characters": 1}, "hot_lists.fewest_known_characters"),
        ({"hot_lists.most_matches_a_day": 0}, "hot_lists.most_matches_a_day"),
        ({"hot_lists.look_back_days": 0}, "hot_lists.look_back_days"),
        ({"ladder.open_minutes": 0}, "ladder.open_minutes"),
        ({"ladder.same_vehicle_minutes": 0}, "ladder.same_vehicle_minutes"),
    ],
)
def test_a_rule_that_cannot_stand(vallejo: Policy, values: dict[str, object], rule: str) -> None:
    with pytest.raises(PolicyError) as refused:
        vallejo.with_values(values)
    assert refused.value.rule == rule


@pytest.mark.parametrize("rule", ["retention.detection_days", "retention", "", "citations.rule", "a.b.c"])
def test_there_is_no_such_rule(vallejo: Policy, rule: str) -> None:
    refusals: list[Callable[[], object]] = [
        lambda: find_rule(rule),
        lambda: vallejo.value(rule),
        lambda: vallejo.clause(rule),
        lambda: vallejo.describe(rule),
        lambda: vallejo.with_values({rule: 1}),
    ]
    for refused in refusals:
        with pytest.raises(PolicyError, match="no such rule"):
            refused()


def test_there_is_no_such_clause(vallejo: Policy) -> None:
    with pytest.raises(PolicyError, match=r"Vallejo Policy 426 has no clause 426\.10"):
        vallejo.clause_numbered("426.10")


@pytest.mark.parametrize("name", ["Vallejo", "vallejo.toml", "../vallejo", "", "atlantis"])
def test_there_is_no_such_preset(name: str) -> None:
    with pytest.raises(PolicyError, match=r"there is no preset .* known are .*vallejo"):
        load_preset(name)


@pytest.mark.parametrize(
    ("line", "instead", "says"),
    [
        ("detections_days.value = 365\n", "", "retention.detections_days: 'value' is missing"),
        ("detections_days.value = 365", "detections_days.value = 0", "(Civil Code 1798.90.51)"),
        ("detections_days.value", "detection_days.value", "retention: unknown key 'detection_days'"),
        ("detections_days.value = 365", "detections_days.days = 365", "unknown key 'days'"),
        (
            'vendor_copy_days.value = 30\nvendor_copy_days.clauses = ["426.4 Retention, par. 3"]\n',
            "",
            "retention: 'vendor_copy_days' is missing",
        ),
        (
            'vendor_copy_days.clauses = ["426.4 Retention, par. 3"]\n',
            "",
            "retention.vendor_copy_days: it has no clause, no law and no reason",
        ),
        (
            'vendor_copy_days.clauses = ["426.4 Retention, par. 3"]',
            'vendor_copy_days.clauses = ["426.12"]',
            "retention.vendor_copy_days: it cites the clause 426.12, which is not in the text",
        ),
        (
            'vendor_copy_days.clauses = ["426.4 Retention, par. 3"]',
            'vendor_copy_days.clauses = "426.4 Retention, par. 3"',
            "retention.vendor_copy_days.clauses: expected a list",
        ),
        ("[equipment_check]\n", "[equipment]\n", "unknown key 'equipment'"),
        ('number = "426.9"', 'number = "426.1"', "clauses: 426.1 stands there twice"),
        ('number = "426.9"', 'number = ""', "clauses"),
        ('number = "426.9"\n', "", "clauses[65]: 'number' is missing"),
        ('number = "426.9"', 'nummer = "426.9"', "clauses[65]: unknown key 'nummer'"),
        ('kind = "statement"', 'kind = "obeyed"', "clauses[1].kind: expected one of enforced"),
        ('owner = "Training Sergeant"\n', "", "clauses.426.9: an owner goes with a human duty"),
        ('short_name = "Vallejo"', 'short_name = ""', "department.short_name: a value is needed"),
        ('short_name = "Vallejo"\n', "", "department: 'short_name' is missing"),
        ("[people]\n", "[people\n", "not TOML"),
    ],
)
def test_a_preset_that_cannot_stand(line: str, instead: str, says: str) -> None:
    assert line in TEXT
    with pytest.raises(PolicyError) as refused:
        parse_preset(TEXT.replace(line, instead, 1), source="trial.toml")
    assert str(refused.value).startswith("trial.toml: ")
    assert says in str(refused.value)


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"trial\.toml: unknown key 'drones'; known are access, audit"):
        parse_preset(f"{TEXT}\n[drones]\nallowed.value = true\n", source="trial.toml")


@pytest.mark.parametrize("data", [None, [], "policy", 7, {}, {"department": {}}])
def test_what_is_no_policy_at_all(data: Any) -> None:
    with pytest.raises(PolicyError):
        Policy.from_dict(data, source="a stored policy")


def test_a_stored_policy_with_a_part_of_the_wrong_kind(vallejo: Policy) -> None:
    for key in vallejo.to_dict():
        stored = copy.deepcopy(vallejo.to_dict())
        stored[key] = "text"
        with pytest.raises(PolicyError, match=f"{key}: expected a (table|list), found 'text'"):
            Policy.from_dict(stored)


def test_a_refused_change_leaves_the_policy_as_it_was(vallejo: Policy) -> None:
    with pytest.raises(PolicyError):
        vallejo.with_values({"retention.detections_days": 60, "sessions.inactive_days": 120})
    assert vallejo.retention.detections_days == 365
