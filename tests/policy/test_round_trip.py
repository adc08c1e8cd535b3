"""A policy is stored as JSON and comes back the same, whatever its values."""

import json
import types
from typing import Any, Union, get_args, get_origin

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alpr.policy import RULES, Policy, PolicyError, Rule, changes, load_preset
from alpr.policy.words import Word

VALLEJO = load_preset("vallejo")
TOGETHER = {"transfer.mode", "transfer.max_days", "audit.first_years", "audit.first_years_every_months"}
LADDER = {"ladder.before_stop", "ladder.exigent_may_skip"}


def values(hint: Any) -> st.SearchStrategy[Any]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return st.none() | values(int)
    if origin in (tuple, frozenset):
        return st.lists(values(get_args(hint)[0]), unique=True, max_size=6).map(origin)
    if issubclass(hint, Word):
        return st.sampled_from(list(hint))
    return {bool: st.booleans(), int: st.integers(1, 10_000), str: st.text()}[hint]


def allowed(rule: Rule, value: object) -> bool:
    try:
        rule.check(value)
    except PolicyError:
        return False
    return True


FREE = [rule for key, rule in RULES.items() if key not in TOGETHER | LADDER]


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    picked = draw(st.lists(st.sampled_from(FREE), unique_by=lambda rule: rule.key, min_size=1, max_size=6))
    return {rule.key: draw(values(rule.hint)) for rule in picked}


@settings(max_examples=150, deadline=None)
@given(changed())
def test_what_may_stand_comes_back_the_same(changes_made: dict[str, Any]) -> None:
    assume(all(allowed(RULES[key], value) for key, value in changes_made.items()))
    policy = VALLEJO.with_values(changes_made)
    assert Policy.from_dict(json.loads(json.dumps(policy.to_dict()))) == policy
    assert {key: policy.value(key) for key in changes_made} == changes_made


@settings(max_examples=150, deadline=None)
@given(changed())
def test_every_value_stands_or_is_refused_by_name(changes_made: dict[str, Any]) -> None:
    forbidden = [key for key, value in changes_made.items() if not allowed(RULES[key], value)]
    if forbidden:
        with pytest.raises(PolicyError) as refused:
            VALLEJO.with_values(changes_made)
        assert refused.value.rule in forbidden
        return
    policy = VALLEJO.with_values(changes_made)
    assert all(policy.describe(key).endswith(".") for key in RULES if not isinstance(policy.value(key), str))
    assert {change.rule for change in changes(VALLEJO, policy)} == {
        key for key, value in changes_made.items() if VALLEJO.value(key) != value
    }


def test_stored_policies_hold_plain_values_only() -> None:
    def plain(value: object) -> bool:
        if isinstance(value, dict):
            return all(type(key) is str and plain(inner) for key, inner in value.items())
        return all(map(plain, value)) if type(value) is list else type(value) in (str, int, bool)

    assert plain(VALLEJO.to_dict())


def test_what_to_dict_gives_is_a_copy() -> None:
    VALLEJO.to_dict()["retention"]["detections_days"]["value"] = 1
    assert VALLEJO.to_dict()["retention"]["detections_days"]["value"] == 365
