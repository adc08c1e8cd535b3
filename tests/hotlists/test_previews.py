"""The pages on which parts of plates and descriptions are entered: by POST, previewed first, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from guardian.shortcuts import remove_perm

from accounts.models import Member
from accounts.permissions import Permission
from hotlists.models import Entry, HotList
from hotlists.services import hot_plate_approve
from tests.hotlists.conftest import SignIn, facts
from tests.hotlists.test_partial_entry import under
from tests.search.conftest import Detect, detect, evidence
from trail.models import Event
from trail.verbs import Verb

__all__ = ["detect", "evidence"]


def posted(hot_list: HotList, **other: str) -> dict[str, str]:
    """What a person types for a part of a plate."""
    typed = {name: str(value) for name, value in facts(plate="8ab?1*").items()}
    return {"hot_list": str(hot_list.pk), **typed, **other}


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, as its button sends them."""
    found = {}
    for field in re.findall(r'<input type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)
        if name and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = value[1] if value else ""
    return found


@pytest.mark.parametrize("who", ["dispatcher", "administrator", "lapsed"])
def test_closed_to_who_may_not_enter(
    who: str, specific_list: HotList, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.post(reverse("hot_plate_new"), posted(specific_list)).status_code == 403
    assert not Event.objects.filter(verb=Verb.PREVIEWED).exists()


def test_a_part_of_a_plate_is_seen_and_then_entered(
    operator: Member, specific_list: HotList, sign_in: SignIn, detect: Detect
) -> None:
    for plate in ("8AB710", "8AB711", "8AB711"):
        detect(plate)
    client = sign_in(operator)
    answer = client.post(reverse("hot_plate_new"), posted(specific_list))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "What it would have met" in page
    assert "3 reads of 2 vehicles" in page
    assert "8AB711" in page
    assert "The policy allows 25 vehicles a day." in page
    assert not Entry.objects.exists()
    typed = hidden(page)
    assert typed["plate"] == "8ab?1*"
    answer = client.post(reverse("hot_plate_new"), typed | {"choice": "enter"})
    entry = Entry.objects.get()
    assert answer["Location"] == reverse("hot_plate", args=[entry.pk])
    assert entry.plate == "8AB?1*"
    shown = client.get(answer["Location"]).content.decode()
    assert "Part of a plate" in shown
    assert "8AB?1*" not in re.findall(r"<title>.*?</title>", shown, re.DOTALL)[0]


def test_going_back_keeps_what_was_typed(operator: Member, specific_list: HotList, sign_in: SignIn) -> None:
    client = sign_in(operator)
    typed = hidden(client.post(reverse("hot_plate_new"), posted(specific_list)).content.decode())
    page = client.post(reverse("hot_plate_new"), typed | {"choice": "back"}).content.decode()
    assert "Enter for approval" in page
    assert 'value="8ab?1*"' in page
    assert facts()["synopsis"] in page
    assert not Entry.objects.exists()


def test_entering_without_having_seen_leads_back(
    operator: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    answer = sign_in(operator).post(reverse("hot_plate_new"), posted(specific_list) | {"choice": "enter"})
    assert answer.status_code == 422
    assert "See first what it would have met" in answer.content.decode()
    assert not Entry.objects.exists()


def test_too_broad_offers_no_way_to_enter(
    operator: Member, specific_list: HotList, sign_in: SignIn, detect: Detect
) -> None:
    under(specific_list.agency, most_matches_a_day=1)
    for number in range(15):
        detect(f"8AB71{number:02}")
    client = sign_in(operator)
    page = client.post(reverse("hot_plate_new"), posted(specific_list)).content.decode()
    assert "Too broad to be entered" in page
    assert 'value="enter"' not in page
    answer = client.post(reverse("hot_plate_new"), hidden(page) | {"choice": "enter"})
    assert answer.status_code == 422
    assert re.search(r"2\.[1-5] vehicles a day; the policy allows 1 a day", answer.content.decode())


def test_who_may_not_search_sees_figures_alone(
    specific_list: HotList, supervisor: Member, sign_in: SignIn, detect: Detect
) -> None:
    detect("8AB710")
    for group in supervisor.groups.all():
        remove_perm(Permission.SEARCH, group, specific_list.agency)
    page = sign_in(supervisor).post(reverse("hot_plate_new"), posted(specific_list)).content.decode()
    assert "1 read of 1 vehicle" in page
    assert "8AB710" not in page
    assert "is shown to members who may search" in page


@pytest.mark.parametrize("what", [{"plate": "8?B7*"}, {"plate": "", "make": "Toyota", "color": "gray"}])
def test_vehicles_that_one_person_may_not_search_for_alone_are_not_shown(
    operator: Member, specific_list: HotList, sign_in: SignIn, detect: Detect, what: dict[str, str]
) -> None:
    detect("8AB710", make="Toyota", color="gray")
    page = sign_in(operator).post(reverse("hot_plate_new"), posted(specific_list, **what)).content.decode()
    assert "1 read of 1 vehicle" in page
    assert "8AB710" not in page
    assert "Not shown. This search covers" in page
    assert specific_list.agency.policy.describe("search.broad_hours") in page


def test_a_description_is_entered_without_a_plate(
    operator: Member, supervisor: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    client, typed = sign_in(operator), posted(specific_list, plate="", make="Toyota", color="gray")
    seen = client.post(reverse("hot_plate_new"), typed).content.decode()
    client.post(reverse("hot_plate_new"), hidden(seen) | {"choice": "enter"})
    entry = Entry.objects.get()
    assert (entry.plate, entry.vehicle) == ("", "gray Toyota")
    hot_plate_approve(actor=supervisor, entry=entry)
    for address in (reverse("hot_plates"), reverse("hot_plate", args=[entry.pk])):
        assert "gray Toyota" in client.get(address).content.decode()
        event = Event.objects.filter(verb=Verb.LIST_VIEWED, actor=operator).latest("pk")
        assert event.elements == {"plates": [], "vehicles": ["gray Toyota"]}


def test_a_word_that_no_reader_knows_is_named_beside_its_field(
    operator: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    typed = posted(specific_list, plate="", make="Toyota", color="sparkling")
    page = sign_in(operator).post(reverse("hot_plate_new"), typed).content.decode()
    assert 'href="#id_color"' in page
    assert 'value="sparkling"' in page


def test_nothing_of_it_stands_in_an_address(
    operator: Member, specific_list: HotList, sign_in: SignIn, detect: Detect
) -> None:
    detect("8AB710")
    page = sign_in(operator).post(reverse("hot_plate_new"), posted(specific_list)).content.decode()
    assert not re.search(r"(href|action)=\"[^\"]*8[aA][bB]", page)
    assert (
        sign_in(operator).get(reverse("hot_plate_new"), {"plate": "8AB?1*"}).content.decode().count("8AB?1*")
        == 0
    )


def test_a_change_to_a_part_is_previewed_too(
    operator: Member, supervisor: Member, enter: Callable[..., Entry], sign_in: SignIn, specific_list: HotList
) -> None:
    entry = hot_plate_approve(actor=supervisor, entry=enter())
    client, address = sign_in(operator), reverse("hot_plate_change", args=[entry.pk])
    typed = posted(specific_list)
    del typed["hot_list"]
    page = client.post(address, typed).content.decode()
    assert "What it would have met" in page
    assert not entry.replaced_by.exists()
    assert client.post(address, hidden(page) | {"choice": "enter"}).status_code == 302
    assert entry.replaced_by.get().plate == "8AB?1*"


def test_looking_back_is_offered_where_the_list_allows_it(
    operator: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(operator)
    assert "id_look_back_days" not in client.get(reverse("hot_plate_new")).content.decode()
    HotList.objects.filter(pk=specific_list.pk).update(look_back_days=14)
    assert "At most 14; once it is approved" in client.get(reverse("hot_plate_new")).content.decode()
    answer = client.post(reverse("hot_plate_new"), posted(specific_list, plate="8AB710", look_back_days="14"))
    entry = Entry.objects.get()
    assert answer.status_code == 302
    page = client.get(reverse("hot_plate", args=[entry.pk])).content.decode()
    assert "Looking back" in page
    assert "The detections of the last 14 days" in page


def test_each_missing_field_says_what_to_give(
    operator: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    page = sign_in(operator).post(reverse("hot_plate_new"), {}).content.decode()
    for words in ("Give the case number.", "Say what the vehicle is wanted for.", "Choose the state"):
        assert words in page
    assert "This field is required" not in page
