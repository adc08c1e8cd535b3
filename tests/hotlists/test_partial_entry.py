"""Parts of plates and descriptions: seen before they are entered, known to the vocabulary, not too broad."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AdoptedPolicy, Agency, Member
from hotlists import patterns
from hotlists.models import Entry, HotList
from hotlists.plates import BadPlate
from hotlists.services import (
    hot_plate_approve,
    hot_plate_change,
    hot_plate_close,
    hot_plate_enter,
    hot_plate_preview,
    hot_plate_renew,
)
from hotlists.showing_previews import columns
from hotlists.wanted import is_whole
from tests.hotlists.conftest import facts
from tests.search.conftest import Detect, detect, evidence
from trail.models import Event, Inquiry
from trail.verbs import Verb
from training.gate import Refused

__all__ = ["detect", "evidence"]
Enter = Callable[..., Entry]
DESCRIBED = {"plate": "", "state": "", "make": "Toyota", "color": "gray"}


def under(agency: Agency, **rules: Any) -> None:
    """Put other rules of hot lists in force."""
    adopted = agency.adopted
    assert adopted is not None
    changed = agency.policy.with_values({f"hot_lists.{name}": value for name, value in rules.items()})
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=changed.to_dict())
    agency.__dict__.pop("adopted", None)
    agency.__dict__.pop("policy", None)


@pytest.fixture
def see(specific_list: HotList, operator: Member) -> Callable[..., Any]:
    """The operator's preview: `see(plate="8KR*")`."""
    return lambda **other: hot_plate_preview(actor=operator, hot_list=specific_list, **facts(**other))


@pytest.fixture
def see_and_enter(see: Callable[..., Any], enter: Enter) -> Enter:
    """Previews and enters, as the operator."""

    def make(**other: Any) -> Entry:
        see(**other)
        return enter(**other)

    return make


# What is taken


@pytest.mark.parametrize(
    ("field", "given_values"),
    [
        ("plate", {"plate": "8K?*"}),
        ("plate", {"plate": "?*"}),
        ("plate", {"plate": "8KR?412????"}),
        ("plate", {"plate": "8KR%4*"}),
        ("plate", {"plate": "", "color": "gray"}),
        ("plate", {"plate": " ", "color": "", "make": ""}),
        ("plate", {"plate": "", "model": "Camry", "color": "multicolor"}),
        ("color", {"plate": "", "color": "sparkling", "make": "Toyota"}),
        ("make", {"plate": "", "color": "gray", "make": "Toyoda-like"}),
        ("body", {"plate": "", "color": "gray", "body": "shiny"}),
        ("offense", {"plate": "8KR*", "offense": ""}),
        ("offense", {**DESCRIBED, "offense": ""}),
    ],
)
def test_what_names_too_little_is_refused_by_field(
    see: Callable[..., Any], enter: Enter, field: str, given_values: dict[str, str]
) -> None:
    for act in (see, enter):
        with pytest.raises(ValidationError) as refused:
            act(**given_values)
        assert list(refused.value.message_dict) == [field]
    assert not Entry.objects.exists()
    assert not Event.objects.filter(verb=Verb.PREVIEWED).exists()


@pytest.mark.parametrize(
    ("rule", "given_values"),
    [("partial_plates", {"plate": "8KR*"}), ("vehicle_descriptions", DESCRIBED)],
)
def test_a_policy_that_does_not_speak_of_them_takes_none(
    see: Callable[..., Any], specific_list: HotList, rule: str, given_values: dict[str, str]
) -> None:
    under(specific_list.agency, **{rule: False})
    with pytest.raises(ValidationError, match="does not speak of"):
        see(**given_values)


def test_the_policy_says_how_many_characters_must_be_known(
    see: Callable[..., Any], specific_list: HotList
) -> None:
    under(specific_list.agency, fewest_known_characters=5)
    with pytest.raises(ValidationError, match="at least 5 known characters; this has 4"):
        see(plate="8KRB*")
    assert see(plate="8KRB4*").entry.plate == "8KRB4*"


@given(st.text(alphabet="8KRB ?*-.%é", max_size=14))
def test_what_is_taken_as_a_part_is_tidy_and_known_enough(text: str) -> None:
    if is_whole(text) or not text.strip():
        return
    try:
        pattern = patterns.tidy(text)
    except BadPlate:
        return
    assert patterns.tidy(pattern) == pattern
    assert patterns.known(pattern) >= 1
    assert patterns.anchor_of(plate=pattern)


# Seen first


@pytest.mark.parametrize("who", ["dispatcher", "administrator", "auditor", "lapsed", "outsider"])
def test_who_may_not_enter_sees_no_preview(
    who: str, specific_list: HotList, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(Refused):
        hot_plate_preview(actor=request.getfixturevalue(who), hot_list=specific_list, **facts(plate="8KR*"))
    assert not Event.objects.filter(verb=Verb.PREVIEWED).exists()


def test_a_whole_plate_has_no_preview_since_that_is_a_search(see: Callable[..., Any]) -> None:
    with pytest.raises(ValidationError, match="searched for"):
        see()


@pytest.mark.parametrize("given_values", [{"plate": "8ab?1*"}, DESCRIBED])
def test_nothing_in_part_is_entered_unseen(
    see: Callable[..., Any], enter: Enter, given_values: dict[str, str]
) -> None:
    with pytest.raises(ValidationError, match="See first what it would have met"):
        enter(**given_values)
    see(**given_values)
    assert enter(**given_values).state_of_entry == Entry.State.WAITING


def test_the_preview_of_another_or_by_another_or_of_before_does_not_count(
    see: Callable[..., Any], enter: Enter, specific_list: HotList, analyst: Member
) -> None:
    see(plate="8KR*")
    with pytest.raises(ValidationError, match="See first"):
        enter(plate="8KRB*")
    with pytest.raises(ValidationError, match="See first"):
        hot_plate_enter(actor=analyst, hot_list=specific_list, **facts(plate="8KR*"))
    late = timezone.now() + timedelta(hours=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hotlists.service_previews.timezone.now", lambda: late)
        with pytest.raises(ValidationError, match="See first"):
            enter(plate="8KR*")


def test_a_preview_is_recorded_with_its_elements_and_its_case(
    see: Callable[..., Any], detect: Detect
) -> None:
    detect("8KRB412")
    see(plate="8kr-b*", make="Toyota")
    event = Event.objects.get(verb=Verb.PREVIEWED)
    assert event.elements == {
        "plate": "8KRB*", "state": "CA", "make": "Toyota", "model": "", "color": "", "body": "",
        "hot_list": "Hot plates",
    }  # fmt: skip
    assert event.detail == "1 reads of 1 vehicles in 7 days"
    assert event.inquiry is not None
    assert event.inquiry.case_number == "26-11873"
    assert "8KRB" not in event.object_repr + event.detail


def test_one_case_is_stated_once_for_its_previews(see: Callable[..., Any]) -> None:
    see(plate="8KR*")
    see(plate="8KRB*")
    see(plate="8KR*", case_number="26-11874")
    assert Inquiry.objects.count() == 2


def test_the_vehicles_met_most_come_with_their_reads(see: Callable[..., Any], detect: Detect) -> None:
    detect("8KRB412")
    detect("8KRB412", hours_ago=2)
    detect("8KRC001")
    found = see(plate="8KR*")
    assert found.names_vehicles
    assert found.past.plates == (("8KRB412", 2), ("8KRC001", 1))


# Not too broad


def test_an_entry_that_would_have_met_more_than_the_policy_allows_is_refused_with_the_figure(
    see_and_enter: Enter, see: Callable[..., Any], specific_list: HotList, detect: Detect
) -> None:
    under(specific_list.agency, most_matches_a_day=1)
    for number in range(15):
        detect(f"8KRB4{number:02}")
    assert see(plate="8KR*").is_too_broad
    with pytest.raises(
        ValidationError, match=r"2\.[1-5] vehicles a day; the policy allows 1 a day"
    ) as refused:
        see_and_enter(plate="8KR*")
    assert list(refused.value.message_dict) == ["plate"]
    assert "The text sets no limit" in str(refused.value)
    assert see_and_enter(plate="8KRB41*").pk


def test_a_parked_car_does_not_make_an_entry_broad(
    see_and_enter: Enter, specific_list: HotList, detect: Detect
) -> None:
    under(specific_list.agency, most_matches_a_day=1)
    for minutes in range(15):
        detect("8KRB412", hours_ago=minutes / 60)
    assert see_and_enter(plate="8KR*").pk


def test_what_became_broad_is_refused_at_entry_whatever_the_preview_said(
    see: Callable[..., Any], enter: Enter, specific_list: HotList, detect: Detect
) -> None:
    under(specific_list.agency, most_matches_a_day=1)
    assert not see(plate="8KR*").is_too_broad
    for number in range(15):
        detect(f"8KRB4{number:02}")
    with pytest.raises(ValidationError, match="vehicles a day"):
        enter(plate="8KR*")


def test_a_renewal_is_measured_again_and_a_change_is_previewed(
    see: Callable[..., Any],
    see_and_enter: Enter,
    specific_list: HotList,
    operator: Member,
    supervisor: Member,
    detect: Detect,
) -> None:
    entry = hot_plate_approve(actor=supervisor, entry=see_and_enter(plate="8KR*"))
    with pytest.raises(ValidationError, match="See first"):
        hot_plate_change(actor=operator, entry=entry, **facts(plate="8KRB*"))
    see(plate="8KRB*")
    change = hot_plate_change(actor=operator, entry=entry, **facts(plate="8KRB*"))
    assert (change.plate_key, change.anchor) == ("", patterns.anchor_of(plate="8KRB*"))
    hot_plate_close(actor=operator, entry=change, why="Not needed")
    under(specific_list.agency, most_matches_a_day=1)
    for number in range(15):
        detect(f"8KRC4{number:02}")
    with pytest.raises(ValidationError, match="vehicles a day"):
        hot_plate_renew(actor=operator, entry=entry, expires_on=timezone.localdate() + timedelta(days=20))


# What it becomes


def test_a_part_stands_under_its_anchor_and_meets_nothing_before_approval(
    see_and_enter: Enter, supervisor: Member
) -> None:
    entry = see_and_enter(plate="8ab?12*")
    assert (entry.plate, entry.plate_key, entry.is_whole) == ("8AB?12*", "", False)
    assert entry.anchor == patterns.anchor_of(plate="8AB?12*")
    assert not Entry.objects.in_use().exists()
    hot_plate_approve(actor=supervisor, entry=entry)
    event = Event.objects.get(verb=Verb.HOT_PLATE_APPROVED)
    assert event.elements["plate"] == "8AB?12*"


def test_a_description_stands_once_for_a_case_and_again_for_another(see_and_enter: Enter) -> None:
    entry = see_and_enter(**DESCRIBED)
    assert (entry.plate, entry.anchor) == ("", "dmc:TOYT|GRY")
    with pytest.raises(ValidationError, match="This description is on that list already"):
        see_and_enter(**DESCRIBED)
    assert see_and_enter(**DESCRIBED, case_number="26-11900").pk


def test_columns_lie_in_the_order_of_days(see: Callable[..., Any], detect: Detect) -> None:
    detect("8KRB412")
    detect("8KRB412", hours_ago=1.5)
    detect("8KRB413")
    drawn = columns(see(plate="8KR*").past)
    assert [column.day for column in drawn] == sorted(column.day for column in drawn)
    assert len(drawn) == 7
    assert sum(column.vehicles for column in drawn) <= sum(column.reads for column in drawn) == 3


# Looking back


def test_looking_back_is_for_lists_that_allow_it(enter: Enter) -> None:
    with pytest.raises(ValidationError) as refused:
        enter(look_back_days=7)
    assert list(refused.value.message_dict) == ["look_back_days"]


@pytest.mark.parametrize(("policy", "own", "allowed"), [(30, 10, 10), (5, 10, 5), (None, 10, None)])
def test_policy_and_list_bound_how_far(
    enter: Enter, specific_list: HotList, policy: int | None, own: int, allowed: int | None
) -> None:
    HotList.objects.filter(pk=specific_list.pk).update(look_back_days=own)
    under(specific_list.agency, look_back_days="none" if policy is None else policy)
    with pytest.raises(ValidationError) as refused:
        enter(look_back_days=(allowed or 0) + 1)
    assert list(refused.value.message_dict) == ["look_back_days"]
    if allowed:
        assert enter(look_back_days=allowed).look_back_days == allowed


def test_looking_back_stands_under_the_members_own_case(
    enter: Enter, specific_list: HotList, operator: Member
) -> None:
    HotList.objects.filter(pk=specific_list.pk).update(look_back_days=30)
    with pytest.raises(ValidationError, match="Choose the kind of case"):
        enter(look_back_days=7, offense="")
    entry = enter(look_back_days=7)
    assert entry.inquiry is not None
    assert (entry.inquiry.member, entry.inquiry.offense) == (operator, "robbery")
    assert (entry.inquiry.case_number, entry.inquiry.reason) == (entry.case_number, entry.synopsis)
    assert enter(plate="7ABC123").inquiry is None
