"""Transfers are late by the agency's policy, and by nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agency, Member
from alpr import waiting
from alpr.waiting import vehicles
from detections import late
from detections.models import PatrolCar, ReaderKey, Shift, Transfer, VehicleCopy
from detections.shifts import shift_begin, shift_end
from tests.shifts.conftest import Send, Under, check

pytestmark = pytest.mark.django_db
DOWN = "The network is down at the station."


def end(shift: Shift, member: Member, *, ago: timedelta = timedelta()) -> Shift:
    """End the shift without its transfer, so long ago."""
    shift_end(actor=member, shift=shift, why=DOWN)
    ended, began = timezone.now() - ago, timezone.now() - ago - timedelta(hours=10)
    Shift.objects.filter(pk=shift.pk).update(began_at=began, ended_at=ended)
    shift.refresh_from_db()
    return shift


def units(agency: Agency) -> list[str]:
    return [one.car.unit for one in late.late(agency)]


def test_by_procedure_nothing_is_late(shift: Shift, operator: Member, agency: Agency) -> None:
    end(shift, operator, ago=timedelta(days=90))
    assert units(agency) == []


def test_each_shift_is_late_when_it_ends_without_the_transfer(
    shift: Shift, operator: Member, agency: Agency, under: Under, reader_key: tuple[ReaderKey, str]
) -> None:
    under(mode="each_shift")
    assert units(agency) == []
    end(shift, operator)
    (one,) = late.late(agency)
    assert one.car == shift.patrol_car
    assert one.since == shift.ended_at
    VehicleCopy.objects.create(camera=reader_key[0].camera, said_at=timezone.now(), left=0)
    late.settle(reader_key[0].camera)
    assert units(agency) == []


@pytest.mark.parametrize(("ago", "is_late"), [(29, False), (30, True)])
def test_so_many_days_apart(
    shift: Shift, operator: Member, agency: Agency, under: Under, send: Send, ago: int, is_late: bool
) -> None:
    under(mode="max_days", max_days=30)
    send()
    Transfer.objects.update(received_at=timezone.now() - timedelta(days=ago, minutes=5))
    assert units(agency) == []
    end(shift, operator)
    assert units(agency) == (["4K12"] if is_late else [])


def test_a_car_that_stood_is_not_late(
    shift: Shift, operator: Member, agency: Agency, under: Under, send: Send
) -> None:
    under(mode="max_days", max_days=30)
    send()
    shift_end(actor=operator, shift=shift)
    Transfer.objects.update(received_at=timezone.now() - timedelta(days=90))
    assert units(agency) == []


def test_a_car_that_never_sent_counts_from_its_shift(
    shift: Shift, operator: Member, agency: Agency, under: Under
) -> None:
    under(mode="max_days", max_days=30)
    end(shift, operator, ago=timedelta(days=29))
    assert units(agency) == []
    end_again = timezone.now() - timedelta(days=31)
    Shift.objects.update(began_at=end_again, ended_at=end_again)
    assert units(agency) == ["4K12"]


@pytest.mark.parametrize(("minutes", "is_late"), [(59, False), (61, True)])
def test_continuously_is_late_an_hour_after_capture(
    car: PatrolCar, agency: Agency, under: Under, send: Send, minutes: int, is_late: bool
) -> None:
    under(mode="continuous")
    send("r-1", ago=timedelta(minutes=minutes))
    assert units(agency) == (["4K12"] if is_late else [])
    VehicleCopy.objects.update(late_at=timezone.now() - timedelta(hours=25))
    assert units(agency) == []


def test_continuously_is_late_an_hour_after_a_shift_that_sent_nothing(
    shift: Shift, operator: Member, agency: Agency, under: Under
) -> None:
    under(mode="continuous")
    end(shift, operator, ago=timedelta(minutes=50))
    assert units(agency) == []
    Shift.objects.update(ended_at=timezone.now() - timedelta(minutes=70))
    assert units(agency) == ["4K12"]


def test_cameras_that_no_car_carries_are_never_late(agency: Agency, under: Under, send: Send) -> None:
    under(mode="continuous")
    send("r-1", ago=timedelta(hours=5))
    assert not VehicleCopy.objects.exists()
    assert units(agency) == []


def test_the_administrator_is_told_and_nobody_else(
    shift: Shift, operator: Member, administrator: Member, outsider: Member, under: Under
) -> None:
    under(mode="each_shift")
    end(shift, operator)
    told = {wait.what for wait in waiting.yours(waiting.ask(administrator))}
    assert "Have 4K12 transferred" in told
    for member in (operator, outsider):
        assert not [w for w in waiting.what_waits(waiting.ask(member)) if "4K12" in w.what]


def test_a_failed_check_waits_until_another_passes(
    car: PatrolCar, operator: Member, administrator: Member, send: Send
) -> None:
    asker = waiting.ask(administrator)
    begun = shift_begin(actor=operator, car=car, checks=check(reader="It does not start."))
    (wait,) = vehicles.checks_failed(asker)
    assert wait.what == "See what failed the check of 4K12"
    assert "The reader is on: no" in wait.note
    send()
    shift_end(actor=operator, shift=begun)
    assert len(vehicles.checks_failed(asker)) == 1
    shift_begin(actor=operator, car=car, checks=check())
    assert vehicles.checks_failed(asker) == []


def test_reads_set_aside_in_a_vehicle_wait(car: PatrolCar, administrator: Member) -> None:
    asker = waiting.ask(administrator)
    VehicleCopy.objects.create(camera=car.cameras.get(), said_at=timezone.now(), set_aside=0)
    assert vehicles.reads_set_aside(asker) == []
    VehicleCopy.objects.update(set_aside=4)
    assert [wait.what for wait in vehicles.reads_set_aside(asker)] == [
        "Look at 4 reads set aside in vehicles"
    ]
