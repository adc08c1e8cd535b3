"""Holds on their pages: custodians place and review them, two people release them, nobody sees a plate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.roles import Role
from accounts.services import purpose_state
from detections import held
from detections.holds import hold_place, hold_release_ask
from detections.models import Detection, Hit, Hold, Search
from detections.services_search import search_make
from tests.cast import enroll
from tests.search.conftest import REASON, Detect, SearchFor, SignIn
from trail.models import Event
from trail.verbs import Outcome, Verb

WHY = "It shows the getaway car of the Quay St robbery."
END = "The district attorney closed the case with a plea."
SAID = {"ground": "evidence", "case_number": "26-11873", "reason": WHY}


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
def standing(one: Detection, custodian: Member) -> Hold:
    """A hold on it."""
    return hold_place(actor=custodian, kind=Hold.Kind.DETECTION, detection=one, **SAID)


def test_who_is_no_custodian_neither_sees_nor_places_nor_releases_holds(
    search_for: SearchFor, one: Detection, standing: Hold, operator: Member, sign_in: SignIn
) -> None:
    client = sign_in(operator)
    search = search_for("8KRB412").pk
    page = client.get(reverse("search_detection", args=[search, one.pk])).content.decode()
    assert "Hold this detection" not in page
    addresses = [
        reverse("holds"), reverse("hold", args=[standing.pk]), reverse("hold_plate"), reverse("hold_camera"),
        reverse("hold_detection", args=[search, one.pk]), reverse("hold_search", args=[search]),
        *(reverse("hold_move", args=[standing.pk, move]) for move in ("review", "release")),
        reverse("hold_decide", args=[standing.pk]),
    ]  # fmt: skip
    for address in addresses:
        assert client.get(address).status_code == 403, address
        assert client.post(address, {**SAID, "plate": "8KRB412", "decision": "release"}).status_code == 403
    standing.refresh_from_db()
    assert (standing.released_at, standing.release_asked_by) == (None, None)
    assert Hold.objects.count() == 1
    refused = Event.objects.filter(verb=Verb.ATTEMPTED, outcome=Outcome.REFUSED)
    assert refused.count() == 2 * len(addresses)


def test_another_agencys_custodian_finds_no_such_hold(
    standing: Hold, outsider: Member, sign_in: SignIn
) -> None:
    agency: Agency = outsider.agency
    theirs = enroll(agency, Role.CUSTODIAN, "7009", approver=agency.members.get(badge__endswith="-02"))
    client = sign_in(theirs)
    for name in ("hold", "hold_decide"):
        assert client.get(reverse(name, args=[standing.pk])).status_code == 404
    assert client.post(reverse("hold_move", args=[standing.pk, "release"]), {}).status_code == 404
    assert list(client.get(reverse("holds")).context["holds"]) == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"case_number": ""}, "case_number"),
        ({"case_number": "none"}, "case_number"),
        ({"reason": "evidence"}, "reason"),
        ({"reason": ""}, "reason"),
        ({"ground": ""}, "ground"),
        ({"ground": "curiosity"}, "ground"),
        ({"review_by": "2020-01-01"}, "review_by"),
        ({"review_by": "2099-01-01"}, "review_by"),
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
    address = reverse("hold_detection", args=[custodians_search.pk, one.pk])
    answer = sign_in(custodian).post(address, SAID | said)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Hold.objects.exists()


def test_a_custodian_holds_a_detection_and_two_people_release_it(
    custodians_search: Search, one: Detection, custodian: Member, administrator: Member, sign_in: SignIn
) -> None:
    client = sign_in(custodian)
    address = reverse("hold_detection", args=[custodians_search.pk, one.pk])
    placed = client.post(address, SAID)
    hold = Hold.objects.get()
    assert placed["Location"] == reverse("hold", args=[hold.pk])
    assert (hold.ground, hold.placed_by, hold.agency) == ("evidence", custodian, one.agency)
    assert hold.review_by == timezone.localdate() + timedelta(days=90)
    assert list(held.held_detections(hold)) == [one]
    event = Event.objects.get(verb=Verb.HELD)
    assert (event.actor, event.elements) == (custodian, {"detection": str(one.pk)})
    twice = client.post(address, SAID)
    assert twice.context["form"].errors["case_number"] == ["It is held for this case already."]
    assert list(client.get(reverse("holds")).context["holds"]) == [hold]
    ask, decide = reverse("hold_move", args=[hold.pk, "release"]), reverse("hold_decide", args=[hold.pk])
    assert client.post(ask, {"release-why": "done"}).status_code == 422
    assert client.post(ask, {"release-why": END}).status_code == 302
    alone = client.post(decide, {"decision": "release"})
    assert (alone.status_code, Hold.objects.get().released_at) == (422, None)
    refusal = Event.objects.get(verb=Verb.ATTEMPTED, outcome=Outcome.REFUSED)
    assert "yourself" in refusal.detail
    second = sign_in(administrator)
    assert END in second.get(decide).content.decode()
    assert second.post(decide, {"decision": "release"}).status_code == 302
    hold.refresh_from_db()
    assert (hold.release_asked_by, hold.released_by) == (custodian, administrator)
    assert list(client.get(reverse("holds")).context["holds"]) == []
    assert "Ask for its release" not in client.get(reverse("hold", args=[hold.pk])).content.decode()
    assert second.post(decide, {"decision": "release"}).status_code == 422


def test_a_release_that_is_declined_leaves_the_hold_standing(
    standing: Hold, custodian: Member, administrator: Member, sign_in: SignIn
) -> None:
    hold_release_ask(actor=custodian, hold=standing, why=END)
    client, decide = sign_in(administrator), reverse("hold_decide", args=[standing.pk])
    assert client.post(decide, {"decision": "decline"}).context["form"].errors["note"]
    no = "The appeal in this case is still before the court."
    assert client.post(decide, {"decision": "decline", "note": no}).status_code == 302
    standing.refresh_from_db()
    assert (standing.release_asked_by, standing.released_at) == (None, None)
    assert Event.objects.get(verb=Verb.HOLD_RELEASE_DECLINED).detail == no
    assert client.post(decide, {"decision": "release"}).status_code == 422


def test_a_review_sets_the_next_day(standing: Hold, custodian: Member, sign_in: SignIn) -> None:
    Hold.objects.update(review_by=timezone.localdate() - timedelta(days=3))
    client, address = sign_in(custodian), reverse("hold_move", args=[standing.pk, "review"])
    assert "Overdue" in client.get(reverse("holds")).content.decode()
    assert client.post(address, {"review-why": "yes"}).status_code == 422
    still = "The trial in the Quay St robbery begins in March."
    assert client.post(address, {"review-why": still}).status_code == 302
    standing.refresh_from_db()
    assert standing.review_by == timezone.localdate() + timedelta(days=90)
    assert standing.reviewed_at is not None
    assert Event.objects.get(verb=Verb.HOLD_REVIEWED).detail == still


def test_a_custodian_holds_a_plate_and_a_cameras_hour(
    one: Detection, detect: Detect, custodian: Member, sign_in: SignIn
) -> None:
    misread, other = detect("BKRB4I2"), detect("7ABC123", hours_ago=5)
    client = sign_in(custodian)
    wrong = client.post(reverse("hold_plate"), SAID | {"plate": "8KRB*"})
    assert "plate" in wrong.context["form"].errors
    assert client.post(reverse("hold_plate"), SAID | {"plate": "8KR-B412"}).status_code == 302
    plate = Hold.objects.get()
    assert (plate.plate, set(held.held_detections(plate))) == ("8KRB412", {one, misread})
    since = timezone.localtime() - timedelta(hours=6)
    hours = {"camera": one.camera_id, "since": f"{since:%Y-%m-%dT%H:%M}"}
    backwards = hours | {"until": hours["since"]}
    wrong = client.post(reverse("hold_camera"), SAID | backwards)
    assert "until" in wrong.context["form"].errors
    until = since + timedelta(hours=3)
    ended = hours | {"until": f"{until:%Y-%m-%dT%H:%M}"}
    assert client.post(reverse("hold_camera"), SAID | ended).status_code == 302
    camera = Hold.objects.get(kind=Hold.Kind.CAMERA)
    assert list(held.held_detections(camera)) == [other]
    assert "8KRB412" not in client.get(reverse("holds")).content.decode()
    assert "8KRB412" not in client.get(reverse("hold_decide", args=[plate.pk])).content.decode()
    client.get(reverse("hold", args=[plate.pk]))
    shown = Event.objects.filter(verb=Verb.DETECTION_VIEWED, object_pk=str(plate.pk)).get()
    assert shown.elements == {"plate": "8KRB412"}


def test_another_agencys_camera_cannot_be_held(
    custodian: Member, outsider: Member, sign_in: SignIn, camera: Any
) -> None:
    type(camera).objects.filter(pk=camera.pk).update(agency=outsider.agency)
    said = SAID | {"camera": camera.pk, "since": "2026-01-01T00:00"}
    answer = sign_in(custodian).post(reverse("hold_camera"), said)
    assert "camera" in answer.context["form"].errors
    assert not Hold.objects.exists()


def test_a_custodian_holds_what_a_search_finds(
    custodians_search: Search, one: Detection, detect: Detect, custodian: Member, sign_in: SignIn
) -> None:
    detect("7ABC123")
    client, address = sign_in(custodian), reverse("hold_search", args=[custodians_search.pk])
    results = client.get(reverse("search_results", args=[custodians_search.pk])).content.decode()
    assert address in results
    assert client.post(address, SAID).status_code == 302
    hold = Hold.objects.get()
    assert (hold.search, list(held.held_detections(hold))) == (custodians_search, [one])
    detect()
    assert held.held_detections(hold).count() == 1


def test_a_hit_that_the_member_may_know_of_is_held(
    entry: Any, detect: Detect, custodian: Member, sign_in: SignIn
) -> None:
    entry("8KRB412")
    one = detect()
    hit = Hit.objects.get()
    client, address = sign_in(custodian), reverse("hold_hit", args=[hit.pk])
    assert "8KRB412" not in client.get(address).content.decode()
    assert client.post(address, SAID).status_code == 302
    hold = Hold.objects.get()
    assert (list(held.held_hits(hold)), list(held.held_detections(hold))) == ([hit], [one])
    hit.entry.hot_list.is_restricted = True
    hit.entry.hot_list.save()
    assert client.get(address).status_code == 404


def test_the_pages_of_holds_show_no_plate(
    standing: Hold, custodians_search: Search, one: Detection, custodian: Member, sign_in: SignIn
) -> None:
    client = sign_in(custodian)
    addresses = [
        reverse("holds"), reverse("hold", args=[standing.pk]),
        reverse("hold_detection", args=[custodians_search.pk, one.pk]),
        reverse("hold_search", args=[custodians_search.pk]),
    ]  # fmt: skip
    for address in addresses:
        assert "8KRB412" not in client.get(address).content.decode(), address
