"""How fuzzy a list is: by whom it is set, that it is recorded, and what it would accept, seen before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Member
from hotlists.fuzziness import accepts, misreads
from hotlists.models import HotList
from hotlists.plates import GROUPS
from hotlists.services import list_deactivate, list_matching_set
from tests.hotlists.conftest import SignIn
from trail.models import Event
from trail.verbs import Verb
from training.gate import Refused


def posted(**other: Any) -> dict[str, Any]:
    return {"takes": "confused", "accepts": ["8B", "1I"], "most_differing": "1", "plate": "", **other}


@pytest.fixture
def address(general_list: HotList) -> str:
    """The page of the list's setting."""
    return reverse("hot_list_matching", args=[general_list.pk])


@pytest.mark.parametrize("who", ["operator", "supervisor", "dispatcher", "custodian", "lapsed_superuser"])
def test_who_does_not_designate_lists_does_not_set_it(
    who: str, general_list: HotList, address: str, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    member = request.getfixturevalue(who)
    with pytest.raises(Refused):
        list_matching_set(actor=member, hot_list=general_list, accepts=[], most_differing=0)
    client = sign_in(member)
    assert client.get(address).status_code == client.post(address, posted()).status_code == 403
    general_list.refresh_from_db()
    assert general_list.accepts == list(GROUPS)


def test_another_agencys_list_is_out_of_sight(
    administrator: Member, outsider: Member, general_list: HotList, address: str, sign_in: SignIn
) -> None:
    HotList.objects.filter(pk=general_list.pk).update(agency=outsider.agency)
    assert sign_in(administrator).get(address).status_code == 404


@pytest.mark.parametrize(
    ("setting", "field"),
    [
        ({"accepts": ["8X"], "most_differing": 1}, "accepts"),
        ({"accepts": ["8B"], "most_differing": 11}, "most_differing"),
        ({"accepts": ["8B"], "most_differing": -1}, "most_differing"),
    ],
)
def test_what_is_no_setting_is_refused_by_field(
    administrator: Member, general_list: HotList, setting: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        list_matching_set(actor=administrator, hot_list=general_list, **setting)
    assert list(refused.value.message_dict) == [field]


def test_a_list_out_of_use_is_left_as_it_is(administrator: Member, general_list: HotList) -> None:
    list_deactivate(actor=administrator, hot_list=general_list, why="Replaced")
    with pytest.raises(ValidationError, match="no longer in use"):
        list_matching_set(actor=administrator, hot_list=general_list, accepts=[], most_differing=0)


def test_it_is_recorded_with_before_and_after_and_once(administrator: Member, general_list: HotList) -> None:
    for _ in range(2):
        list_matching_set(actor=administrator, hot_list=general_list, accepts=["1I", "8B"], most_differing=2)
    event = Event.objects.get(verb=Verb.CHANGED, detail="Settings: confused characters")
    assert event.elements == {
        "before": {"accepts": list(GROUPS), "most_differing": 10},
        "after": {"accepts": ["1I", "8B"], "most_differing": 2},
    }


@pytest.mark.parametrize(
    "setting", [{"accepts": [], "most_differing": 3}, {"accepts": ["8B"], "most_differing": 0}]
)
def test_no_group_or_no_place_makes_it_exact(
    administrator: Member, general_list: HotList, setting: dict[str, Any]
) -> None:
    made = list_matching_set(actor=administrator, hot_list=general_list, **setting)
    assert (made.accepts, made.most_differing) == ([], 0)


# The page


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ({"accepts": []}, "#id_accepts_0"),
        ({"most_differing": ""}, "#id_most_differing"),
        ({"most_differing": "11"}, "#id_most_differing"),
        ({"most_differing": "many"}, "#id_most_differing"),
        ({"plate": "8AB?"}, "#id_plate"),
        ({"choice": "preview"}, "#id_plate"),
        ({"takes": ""}, "#id_takes_0"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    administrator: Member, address: str, sign_in: SignIn, typed: dict[str, Any], target: str
) -> None:
    answer = sign_in(administrator).post(address, posted(**typed))
    assert answer.status_code == 422
    assert f'href="{target}"' in answer.content.decode()


def test_misreads_are_seen_before_anything_is_saved(
    administrator: Member, general_list: HotList, address: str, sign_in: SignIn
) -> None:
    page = sign_in(administrator).post(address, posted(plate="8ab-1o0", choice="preview")).content.decode()
    assert "<strong>3 misreads</strong>" in page
    shown = [re.sub("<.*?>", "", plate) for plate in re.findall(r"<li>(.*?)</li>", page)]
    assert set(misreads("8AB1O0", ["8B", "1I"], 1)) == {"BAB1O0", "8A81O0", "8ABIO0"} <= set(shown)
    assert "<mark>I</mark>" in page
    assert "8AB1O0" not in re.findall(r"<title>.*?</title>", page, re.DOTALL)[0]
    general_list.refresh_from_db()
    assert general_list.accepts == list(GROUPS)


def test_an_exact_list_accepts_none(administrator: Member, address: str, sign_in: SignIn) -> None:
    typed = posted(takes="exact", plate="8AB1O0", choice="preview")
    page = sign_in(administrator).post(address, typed).content.decode()
    assert "<strong>No misread</strong>" in page


def test_it_is_saved_and_shown(
    administrator: Member, general_list: HotList, address: str, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    answer = client.post(address, posted(choice="save"))
    assert answer["Location"] == reverse("hot_list", args=[general_list.pk])
    general_list.refresh_from_db()
    assert (general_list.accepts, general_list.most_differing) == (["1I", "8B"], 1)
    assert "up to <strong>1 character</strong>" in client.get(address).content.decode()
    client.post(address, posted(takes="exact"))
    assert "the listed plate alone" in client.get(address).content.decode()


def test_many_misreads_are_cut_and_said_to_be(administrator: Member, address: str, sign_in: SignIn) -> None:
    typed = posted(accepts=list(GROUPS), most_differing="10", plate="0O8B5S", choice="preview")
    page = sign_in(administrator).post(address, typed).content.decode()
    assert "More than <strong>60 misreads</strong>" in page


@given(
    st.text(alphabet="0ODQ1I8B5SA7", min_size=1, max_size=7),
    st.sets(st.sampled_from(GROUPS)),
    st.integers(0, 7),
)
def test_every_misread_shown_is_one_that_the_list_accepts(plate: str, groups: set[str], most: int) -> None:
    for misread in misreads(plate, sorted(groups), most, 60):
        assert misread != plate
        assert accepts(sorted(groups), most, plate, misread)
