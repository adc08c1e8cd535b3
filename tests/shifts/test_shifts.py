"""A shift begins with the equipment check and ends with the transfer, or with why not."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Member
from detections.models import Camera, PatrolCar, ReaderKey, Shift, VehicleCopy
from detections.shifts import Check, Item, car_add, car_set_active, shift_begin, shift_end
from detections.vehicles import copy_said
from tests.shifts.conftest import Send, check
from trail.models import Event
from trail.verbs import Verb
from training.gate import Refused

pytestmark = pytest.mark.django_db


def begin(member: Member, car: PatrolCar, **failed: str) -> Shift:
    return shift_begin(actor=member, car=car, checks=check(**failed))


# Refusals


@pytest.mark.parametrize("who", ["outsider", "lapsed", "analyst", "administrator", "dispatcher"])
def test_who_may_not_drive_begins_and_ends_none(
    who: str, car: PatrolCar, shift: Shift, request: pytest.FixtureRequest
) -> None:
    member = request.getfixturevalue(who)
    with pytest.raises(Refused):
        begin(member, car)
    with pytest.raises(Refused):
        shift_end(actor=member, shift=shift, why="The network is down at the station.")
    shift.refresh_from_db()
    assert shift.ended_at is None


@pytest.mark.parametrize("item", Item.values)
def test_every_item_has_an_answer_and_what_failed_has_a_note(
    item: str, car: PatrolCar, operator: Member
) -> None:
    answers = check()
    del answers[item]
    with pytest.raises(ValidationError) as unsaid:
        shift_begin(actor=operator, car=car, checks=answers)
    assert list(unsaid.value.message_dict) == [item]
    with pytest.raises(ValidationError) as bare:
        shift_begin(actor=operator, car=car, checks=check() | {item: Check(False, "  ")})
    assert list(bare.value.message_dict) == [item]
    with pytest.raises(ValidationError):
        shift_begin(actor=operator, car=car, checks=check() | {"tires": Check(True)})
    assert not Shift.objects.exists()


def test_one_open_shift_a_car(car: PatrolCar, operator: Member, second_operator: Member) -> None:
    begin(operator, car)
    with pytest.raises(ValidationError, match="on a shift that"):
        begin(second_operator, car)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(patrol_car=car, member=second_operator, passed=True)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_once_one_begins(
    car: PatrolCar, operator: Member, second_operator: Member
) -> None:
    refused: list[str] = []

    def try_it(member: Member) -> None:
        try:
            begin(member, car)
        except ValidationError as no:
            refused.append(no.messages[0])
        finally:
            connection.close()

    both = [Thread(target=try_it, args=[member]) for member in (operator, second_operator)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert Shift.objects.count() == 1
    assert len(refused) == 1


def test_no_shift_begins_with_a_car_out_of_use(
    car: PatrolCar, operator: Member, administrator: Member
) -> None:
    car_set_active(actor=administrator, car=car, active=False)
    with pytest.raises(ValidationError, match="out of use"):
        begin(operator, car)


def test_only_who_manages_cameras_adds_cars(operator: Member, administrator: Member) -> None:
    with pytest.raises(Refused):
        car_add(actor=operator, agency=operator.agency, unit="4K13")
    car_add(actor=administrator, agency=administrator.agency, unit=" 4K13 ")
    for unit in ("4K13", "", " "):
        with pytest.raises(ValidationError):
            car_add(actor=administrator, agency=administrator.agency, unit=unit)
    assert PatrolCar.objects.get().unit == "4K13"


def test_a_shift_does_not_end_without_its_transfer_or_why_not(shift: Shift, operator: Member) -> None:
    for why in ("", "  "):
        with pytest.raises(ValidationError) as unsaid:
            shift_end(actor=operator, shift=shift, why=why)
        assert list(unsaid.value.message_dict) == ["why"]
    ended = shift_end(actor=operator, shift=shift, why="The network is down at the station.")
    assert ended.transferred_at is None
    assert ended.not_transferred_why == "The network is down at the station."
    with pytest.raises(ValidationError, match="ended already"):
        shift_end(actor=operator, shift=shift, why="Again")


# What stands then


def test_what_failed_is_recorded_and_does_not_stop_the_shift(car: PatrolCar, operator: Member) -> None:
    begun = begin(operator, car, clock="Seven minutes slow.")
    assert not begun.passed
    assert {"item": "clock", "passed": False, "note": "Seven minutes slow."} in begun.checks
    assert [one["item"] for one in begun.checks] == Item.values
    event = Event.objects.get(verb=Verb.SHIFT_BEGUN)
    assert event.elements == {"unit": "4K12", "failed": {"clock": "Seven minutes slow."}}
    assert event.actor == operator


def test_another_of_the_agency_ends_it_and_stands_for_it(
    shift: Shift, second_operator: Member, send: Send
) -> None:
    send()
    ended = shift_end(actor=second_operator, shift=shift, why="Not needed.")
    assert ended.ended_by == second_operator
    assert ended.transferred_at == ended.ended_at
    assert ended.not_transferred_why == ""
    assert Event.objects.get(verb=Verb.SHIFT_ENDED).elements == {"unit": "4K12", "transferred": True}


def test_a_car_without_cameras_in_use_has_nothing_to_transfer(
    shift: Shift, camera: Camera, operator: Member
) -> None:
    Camera.objects.update(is_active=False)
    assert shift_end(actor=operator, shift=shift).transferred_at is not None


def test_every_camera_of_the_car_counts(shift: Shift, operator: Member, send: Send, car: PatrolCar) -> None:
    Camera.objects.create(agency=car.agency, code="cam-13", name="Rear", patrol_car=car)
    send()
    with pytest.raises(ValidationError):
        shift_end(actor=operator, shift=shift)


def test_its_computer_says_whether_anything_waits(
    shift: Shift, operator: Member, reader_key: tuple[ReaderKey, str], send: Send
) -> None:
    key = ReaderKey.objects.select_related("camera__agency").get(pk=reader_key[0].pk)
    copy_said(actor=key, left=3, set_aside=0)
    send()
    with pytest.raises(ValidationError):
        shift_end(actor=operator, shift=shift)
    copy_said(actor=key, left=0, set_aside=0)
    VehicleCopy.objects.update(said_at=timezone.now() - timedelta(minutes=40))
    with pytest.raises(ValidationError):
        shift_end(actor=operator, shift=shift)
    VehicleCopy.objects.update(said_at=shift.began_at - timedelta(minutes=1))
    with pytest.raises(ValidationError):
        shift_end(actor=operator, shift=shift)
    copy_said(actor=key, left=0, set_aside=2)
    assert shift_end(actor=operator, shift=shift).transferred_at is not None


def test_data_that_comes_in_later_completes_the_shift(
    shift: Shift, operator: Member, reader_key: tuple[ReaderKey, str]
) -> None:
    key = ReaderKey.objects.select_related("camera__agency").get(pk=reader_key[0].pk)
    copy_said(actor=key, left=3, set_aside=0)
    shift_end(actor=operator, shift=shift, why="The network is down at the station.")
    copy_said(actor=key, left=1, set_aside=0)
    shift.refresh_from_db()
    assert shift.transferred_at is None
    copy_said(actor=key, left=0, set_aside=0)
    shift.refresh_from_db()
    assert shift.transferred_at is not None
    assert shift.not_transferred_why == "The network is down at the station."


def test_a_camera_that_sends_as_it_reads_completes_the_shift(
    shift: Shift, operator: Member, send: Send
) -> None:
    shift_end(actor=operator, shift=shift, why="The network is down at the station.")
    send()
    shift.refresh_from_db()
    assert shift.transferred_at is not None
