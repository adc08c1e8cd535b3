"""Holds on their pages: only custodians place and release them, with a case and a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Agency, Member
from accounts.roles import Role
from accounts.services import purpose_state
from detections.models import Detection, Hold, Search
from detections.services_search import search_make
from tests.cast import enroll
from tests.search.conftest import REASON, Detect, SearchFor, SignIn
from trail.models import Event
from trail.verbs import Outcome, Verb

WHY = "It shows the getaway car of the Quay St robbery."
END = "The district attorney closed the case with a plea."


@pytest.fixture
def one(detect: Detect) -> Detection:
    """A detection."""
    return detect()


@pytest.fixture
def custodians_search(custodian: Member, one: Detection) -> Search:
    """A search with which a custodian reaches it."""
    purpose = purpose_state(actor=custodian, offense="support", case_number="26-11873", reason=REASON)
    return search_make(actor=custodian, inquiry=purpose, plate="8KRB412")


@pytest.fixture
def held(one: Detection, custodian: Member) -> Hold:
    """A hold on it."""
    return Hold.objects.create(
        agency=one.agency, detection_id=one.pk, case_number="26-11873", reason=WHY, placed_by=custodian
    )


def test_who_is_no_custodian_neither_sees_nor_places_nor_releases_holds(
    search_for: SearchFor, one: Detection, held: Hold, operator: Member, sign_in: SignIn
) -> None:
    client = sign_in(operator)
    address = reverse("search_detection", args=[search_for("8KRB412").pk, one.pk])
    assert "Hold this detection" not in client.get(address).content.decode()
    assert client.post(address, {"case_number": "26-2", "reason": WHY}).status_code == 403
    assert client.get(reverse("holds")).status_code == 403
    assert client.post(reverse("hold", args=[held.pk]), {"why": END}).status_code == 403
    held.refresh_from_db()
    assert held.released_at is None
    assert Hold.objects.count() == 1
    assert Event.objects.filter(verb=Verb.ATTEMPTED, outcome=Outcome.REFUSED).count() == 3


def test_another_agencys_custodian_finds_no_such_hold(held: Hold, outsider: Member, sign_in: SignIn) -> None:
    agency: Agency = outsider.agency
    theirs = enroll(agency, Role.CUSTODIAN, "7009", approver=agency.members.get(badge__endswith="-02"))
    client = sign_in(theirs)
    assert client.get(reverse("hold", args=[held.pk])).status_code == 404
    assert list(client.get(reverse("holds")).context["holds"]) == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"case_number": "", "reason": WHY}, "case_number"),
        ({"case_number": "none", "reason": WHY}, "case_number"),
        ({"case_number": "26-11873", "reason": "evidence"}, "reason"),
        ({"case_number": "26-11873", "reason": ""}, "reason"),
    ],
)
def test_a_hold_that_says_too_little_is_not_placed(
    said: dict[str, str],
    field: str,
    custodians_search: Search,
    one: Detection,
    custodian: Member,
    sign_in: SignIn,
) -> None:
    address = reverse("search_detection", args=[custodians_search.pk, one.pk])
    answer = sign_in(custodian).post(address, said)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Hold.objects.exists()


def test_a_custodian_places_a_hold_and_releases_it(
    custodians_search: Search, one: Detection, custodian: Member, sign_in: SignIn
) -> None:
    client = sign_in(custodian)
    address = reverse("search_detection", args=[custodians_search.pk, one.pk])
    assert client.post(address, {"case_number": "26-11873", "reason": WHY}).status_code == 302
    hold = Hold.objects.get()
    assert (hold.detection_id, hold.placed_by, hold.agency) == (one.pk, custodian, one.agency)
    assert hold.captured_at == one.captured_at
    placed = Event.objects.get(verb=Verb.HELD)
    assert (placed.actor, placed.elements) == (custodian, {"detection": str(one.pk)})
    twice = client.post(address, {"case_number": "26-11873", "reason": WHY})
    assert twice.context["form"].errors["case_number"] == ["It is held for this case already."]
    assert list(client.get(reverse("holds")).context["holds"]) == [hold]
    page = reverse("hold", args=[hold.pk])
    assert client.post(page, {"why": "done"}).status_code == 422
    assert client.post(page, {"why": END}).status_code == 302
    hold.refresh_from_db()
    assert hold.released_by == custodian
    assert Event.objects.get(verb=Verb.HOLD_RELEASED).detail == END
    assert list(client.get(reverse("holds")).context["holds"]) == []
    assert "Release this hold" not in client.get(page).content.decode()


def test_the_list_of_holds_shows_no_plate(held: Hold, custodian: Member, sign_in: SignIn) -> None:
    client = sign_in(custodian)
    pages: list[Any] = [client.get(reverse("holds")), client.get(reverse("hold", args=[held.pk]))]
    for page in pages:
        assert "8KRB412" not in page.content.decode()
