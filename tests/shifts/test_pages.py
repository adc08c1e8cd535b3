"""The pages of shifts: what each shows, to whom, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from detections.models import Camera, PatrolCar, Shift
from detections.shifts import Item, shift_end
from tests.shifts.conftest import Send, Under

pytestmark = pytest.mark.django_db
At = Callable[[Member], Client]
PASSED = dict.fromkeys(Item.values, "passed")


def text(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


@pytest.mark.parametrize("who", ["lapsed", "analyst", "administrator"])
def test_the_pages_are_for_who_drives(
    who: str, car: PatrolCar, shift: Shift, at: At, request: pytest.FixtureRequest
) -> None:
    client = at(request.getfixturevalue(who))
    for address in (
        reverse("shifts"),
        reverse("shift", args=[shift.pk]),
        reverse("shift_begin", args=[car.pk]),
    ):
        assert client.get(address).status_code == 403


def test_another_agency_finds_nothing(car: PatrolCar, shift: Shift, at: At, outsider: Member) -> None:
    client = at(outsider)
    assert "4K12" not in text(client.get(reverse("shifts")))
    for address in (reverse("shift", args=[shift.pk]), reverse("shift_begin", args=[car.pk])):
        assert client.get(address).status_code == 404
        assert client.post(address, PASSED).status_code == 404


def test_a_check_with_gaps_begins_nothing_and_says_what_is_missing(
    car: PatrolCar, at: At, operator: Member
) -> None:
    address = reverse("shift_begin", args=[car.pk])
    answer = at(operator).post(address, PASSED | {"clock": "failed", "reader": ""})
    assert answer.status_code == 422
    assert "Say whether this passed." in text(answer)
    assert "Say what was found." in text(answer)
    assert not Shift.objects.exists()


def test_a_shift_from_its_check_to_its_transfer(car: PatrolCar, at: At, operator: Member, send: Send) -> None:
    client = at(operator)
    begun = client.post(
        reverse("shift_begin", args=[car.pk]), PASSED | {"clock": "failed", "clock_note": "Slow."}
    )
    shift = Shift.objects.get()
    assert begun.headers["Location"] == reverse("shift", args=[shift.pk])
    page = text(client.get(begun.headers["Location"]))
    assert "Slow." in page
    assert "Nothing has come in from it on this shift." in page
    refused = client.post(begun.headers["Location"], {"why": ""})
    assert refused.status_code == 422
    assert "Not all of its data has come in." in text(refused)
    send()
    assert "It sends as it reads" in text(client.get(begun.headers["Location"]))
    ended = client.post(begun.headers["Location"], {}, follow=True)
    assert "All of its data has come in." in text(ended)
    assert "All has come in" in text(client.get(reverse("shifts")))


def test_a_car_on_a_shift_offers_no_second(
    shift: Shift, car: PatrolCar, at: At, second_operator: Member
) -> None:
    client = at(second_operator)
    address = reverse("shift_begin", args=[car.pk])
    assert "is on a shift" in text(client.get(address))
    answer = client.post(address, PASSED)
    assert answer.status_code == 422
    assert Shift.objects.count() == 1


def test_a_late_car_shows_as_late(shift: Shift, at: At, operator: Member, under: Under) -> None:
    under(mode="each_shift")
    shift_end(actor=operator, shift=shift, why="The network is down at the station.")
    page = text(at(operator).get(reverse("shifts")))
    assert "1 transfer is late." in page
    assert "ended, and its data has not come in." in page
    one = text(at(operator).get(reverse("shift", args=[shift.pk])))
    assert "The network is down at the station." in one


def test_administration_shows_the_car_with_its_cameras_and_shifts(
    shift: Shift, car: PatrolCar, camera: Camera, at: At, administrator: Member, operator: Member
) -> None:
    client = at(administrator)
    page = text(client.get(reverse("admin:detections_patrolcar_change", args=[car.pk])))
    assert camera.name in page
    one = text(client.get(reverse("admin:detections_shift_change", args=[shift.pk])))
    assert "All of it passed." in one
    made = client.post(reverse("admin:detections_patrolcar_add"), {"unit": "4K13"})
    assert made.status_code == 302
    assert PatrolCar.objects.filter(unit="4K13", agency=car.agency).exists()
    assert at(operator).get(reverse("admin:detections_patrolcar_changelist")).status_code == 403


def test_a_camera_is_put_into_a_car_of_its_own_agency_alone(
    camera: Camera, car: PatrolCar, at: At, administrator: Member, outsider: Member
) -> None:
    other = PatrolCar.objects.create(agency=outsider.agency, unit="9X1")
    client = at(administrator)
    address = reverse("admin:detections_camera_change", args=[camera.pk])
    page = text(client.get(address))
    assert "4K12" in page
    assert "9X1" not in page
    values = {"name": camera.name, "kind": "mobile", "direction": "", "patrol_car": other.pk}
    client.post(address, values)
    camera.refresh_from_db()
    assert camera.patrol_car == car
