"""The pages of hot plates: who may not, what is recorded, and that no plate is in an address or a title."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from detections.models import Camera, Hit
from hotlists.models import Entry, HotList
from hotlists.services import hot_plate_approve
from tests.hotlists.conftest import SignIn, facts
from trail.models import Event
from trail.verbs import Outcome, Verb

Enter = Callable[..., Entry]


def posted(hot_list: HotList, **other: str) -> dict[str, str]:
    """What a person types into the form."""
    typed = {name: str(value) for name, value in facts().items()}
    return {"hot_list": str(hot_list.pk), **typed, **other}


def title(page: str) -> str:
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("who", ["lapsed", "lapsed_superuser", "auditor"])
@pytest.mark.parametrize("name", ["hot_plates", "hot_plate_new", "hot_list_new"])
def test_closed_to_who_may_not(who: str, name: str, sign_in: SignIn, request: pytest.FixtureRequest) -> None:
    answer = sign_in(request.getfixturevalue(who)).get(reverse(name))
    assert answer.status_code == 403
    assert Event.objects.filter(verb=Verb.ATTEMPTED, outcome=Outcome.REFUSED).exists()


def test_another_agencys_rows_are_out_of_sight(
    outsider: Member, enter: Enter, specific_list: HotList, sign_in: SignIn
) -> None:
    client, entry = sign_in(outsider), enter()
    assert client.get(reverse("hot_plate", args=[entry.pk])).status_code == 404
    assert client.post(reverse("hot_plate_move", args=[entry.pk, "close"])).status_code == 404
    assert client.get(reverse("hot_list", args=[specific_list.pk])).status_code == 404
    page = client.get(reverse("hot_plates")).content.decode()
    assert entry.plate not in page
    assert specific_list.name not in page.split("<main")[1].replace("Hot plates</h1>", "")


def test_an_entry_of_a_file_has_no_page(
    entry: Callable[..., Entry], operator: Member, sign_in: SignIn
) -> None:
    assert sign_in(operator).get(reverse("hot_plate", args=[entry("8KRB412").pk])).status_code == 404


def test_a_dispatcher_sees_and_does_not_enter(
    dispatcher: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(dispatcher)
    page = client.get(reverse("hot_plates"))
    assert page.status_code == 200
    assert reverse("hot_plate_new") not in page.content.decode()
    assert client.post(reverse("hot_plate_new"), posted(specific_list)).status_code == 403
    assert not Entry.objects.exists()


def test_what_is_missing_is_said_and_what_was_typed_stays(
    operator: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    typed = posted(specific_list, plate="8ab%12", synopsis="investigation", year="2019")
    answer = sign_in(operator).post(reverse("hot_plate_new"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The hot plate was not entered" in page
    assert 'value="8ab%12"' in page
    assert ">\ninvestigation</textarea>" in page
    assert 'value="2019"' in page
    assert "A plate has letters and digits, not “%”." in page
    assert 'href="#id_synopsis"' in page
    assert not Entry.objects.exists()


def test_without_an_open_list_the_form_says_what_to_wait_for(
    operator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    assert "No specific list is open." in sign_in(operator).get(reverse("hot_plate_new")).content.decode()


def test_a_list_that_is_not_open_is_no_choice(
    operator: Member, general_list: HotList, specific_list: HotList, sign_in: SignIn
) -> None:
    answer = sign_in(operator).post(reverse("hot_plate_new"), posted(general_list))
    assert answer.status_code == 422
    assert not Entry.objects.exists()


def test_a_hot_plate_is_entered_and_approved_by_two(
    operator: Member, supervisor: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    entering, deciding = sign_in(operator), sign_in(supervisor)
    answer = entering.post(reverse("hot_plate_new"), posted(specific_list, state="unknown"))
    entry = Entry.objects.get()
    address = reverse("hot_plate", args=[entry.pk])
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert (entry.state, entry.entered_by) == ("", operator)
    assert "Approve this hot plate" not in entering.get(address).content.decode()
    approve = reverse("hot_plate_move", args=[entry.pk, "approve"])
    assert entering.post(approve).status_code == 403
    assert Event.objects.filter(outcome=Outcome.REFUSED, detail__contains="do not let you approve").exists()
    assert "Approve this hot plate" in deciding.get(address).content.decode()
    assert deciding.post(approve).status_code == 302
    entry.refresh_from_db()
    assert (entry.state_of_entry, entry.decided_by) == (Entry.State.IN_USE, supervisor)


def test_nobody_approves_their_own_and_the_attempt_is_recorded(
    supervisor: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(supervisor)
    client.post(reverse("hot_plate_new"), posted(specific_list))
    entry = Entry.objects.get()
    assert "Approve this hot plate" not in client.get(reverse("hot_plate", args=[entry.pk])).content.decode()
    answer = client.post(reverse("hot_plate_move", args=[entry.pk, "approve"]))
    assert answer.status_code == 403
    assert "A second person" in answer.content.decode()
    refused = Event.objects.get(outcome=Outcome.REFUSED)
    assert (refused.actor, refused.detail) == (
        supervisor,
        "You entered this hot plate yourself. Another person has to approve it.",
    )


def test_who_comes_second_is_told(
    enter: Enter, supervisor: Member, administrator: Member, sign_in: SignIn
) -> None:
    entry = hot_plate_approve(actor=administrator, entry=enter())
    answer = sign_in(supervisor).post(reverse("hot_plate_move", args=[entry.pk, "approve"]))
    assert answer.status_code == 409
    assert "this hot plate is in use" in answer.content.decode()
    assert Event.objects.filter(verb=Verb.ATTEMPTED, outcome=Outcome.REFUSED).count() == 1


def test_a_move_that_is_none_is_not_found(enter: Enter, supervisor: Member, sign_in: SignIn) -> None:
    client, entry = sign_in(supervisor), enter()
    assert client.post(reverse("hot_plate_move", args=[entry.pk, "delete"])).status_code == 404
    assert client.get(reverse("hot_plate_move", args=[entry.pk, "approve"])).status_code == 405


@pytest.mark.parametrize(("move", "state"), [("decline", "declined"), ("close", "closed")])
def test_decline_and_close_ask_why(
    enter: Enter, supervisor: Member, sign_in: SignIn, move: str, state: str
) -> None:
    client, entry = sign_in(supervisor), enter()
    address = reverse("hot_plate_move", args=[entry.pk, move])
    answer = client.post(address, {"why": " "})
    assert answer.status_code == 422
    assert "Say why, in a few words." in answer.content.decode()
    assert client.post(address, {"why": "Another car"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.state_of_entry, entry.closed_why) == (state, "Another car")


@pytest.mark.parametrize("who", ["operator", "supervisor", "dispatcher", "administrator", "custodian"])
def test_no_plate_in_title_or_address_and_every_view_is_recorded(
    who: str, enter: Enter, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    entry, member = enter(), request.getfixturevalue(who)
    client = sign_in(member)
    for address in (reverse("hot_plates"), reverse("hot_plate", args=[entry.pk])):
        page = client.get(address).content.decode()
        assert entry.plate in page
        assert entry.plate not in title(page)
        assert not re.search(rf"(href|action)=\"[^\"]*{entry.plate}", page)
        event = Event.objects.filter(verb=Verb.LIST_VIEWED, actor=member).latest("pk")
        assert event.elements == {"plates": [entry.plate]}
        assert event.purpose
    assert "no-store" in client.get(reverse("hot_plates"))["Cache-Control"]


def hit_on(entry: Entry, camera: Camera, **facts: Any) -> Hit:
    """A hit on an entry, as a reader made it."""
    given = {"detection_id": f"01936000-0000-7000-8000-{entry.pk:012d}", "match": Hit.Match.EXACT}
    return Hit.objects.create(
        agency=entry.agency, entry=entry, camera=camera, captured_at=timezone.now(), plate=entry.plate,
        last_read_at=timezone.now(), **given | facts,
    )  # fmt: skip


def test_who_entered_is_told_of_the_result(
    enter: Enter, operator: Member, supervisor: Member, camera: Camera, sign_in: SignIn
) -> None:
    first, second = enter(), enter(plate="7ABC123")
    closed = hit_on(first, camera, status="closed", outcome="recovered", closed_at=timezone.now())
    hit_on(second, camera)
    client = sign_in(operator)
    for page in (client.get(reverse("hot_plates")), client.get(reverse("hot_plate", args=[first.pk]))):
        assert f"{closed.number}: {closed.get_outcome_display()}" in page.content.decode()
    assert "1 hit open" in client.get(reverse("hot_plates")).content.decode()
    elsewhere = sign_in(supervisor).get(reverse("hot_plates")).content.decode()
    assert closed.number not in elsewhere


def test_what_waits_says_whose_turn_it_is(
    enter: Enter, operator: Member, supervisor: Member, dispatcher: Member, sign_in: SignIn
) -> None:
    enter()
    for member, turn in (
        (operator, "A supervisor or an administrator"),
        (supervisor, "You"),
        (dispatcher, "A supervisor or an administrator"),
    ):
        page = sign_in(member).get(reverse("hot_plates")).content.decode()
        assert f'<span class="quiet">{turn}</span>' in page
        assert "<strong>1 hot plate waits for approval</strong>" in page


def test_an_old_list_shows_as_old(
    general_list: HotList, specific_list: HotList, operator: Member, sign_in: SignIn
) -> None:
    client = sign_in(operator)
    HotList.objects.filter(pk=general_list.pk).update(source_at=timezone.now())
    assert "past its interval" not in client.get(reverse("hot_plates")).content.decode()
    HotList.objects.filter(pk=general_list.pk).update(source_at=timezone.now() - timedelta(hours=30))
    page = client.get(reverse("hot_plates")).content.decode()
    assert "1 of 2 lists is old." in page
    assert "30 h old: past its interval" in page
    assert "The list is old:" in client.get(reverse("hot_list", args=[general_list.pk])).content.decode()


def test_many_hot_plates_are_paged(
    enter: Enter, supervisor: Member, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotlists.views_plates.ON_A_PAGE", 2)
    for number in range(3):
        hot_plate_approve(actor=supervisor, entry=enter(plate=f"7ABC12{number}"))
    client = sign_in(supervisor)
    first = client.get(reverse("hot_plates")).content.decode()
    second = client.get(reverse("hot_plates"), {"page": "2"}).content.decode()
    assert "7ABC122" in first
    assert "7ABC120" not in first
    assert "7ABC120" in second
    assert client.get(reverse("hot_plates"), {"page": "x"}).status_code == 200
