"""Whether what a patrol car's cameras hold has come in, and which cars are late by the agency's policy.

A camera whose vehicle has the transfer client says what it still holds (`VehicleCopy`); any other sends as it
reads, and counts as come in once something of the shift has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from accounts.models import Agency
from alpr.policy import Policy, TransferMode
from alpr.templatetags.look import age, day
from detections.models import Camera, PatrolCar, Shift, Transfer, VehicleCopy
from detections.reads import Read

SAID_LATELY = timedelta(minutes=30)
CONTINUOUS = timedelta(hours=1)
SHOWN_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """How one camera of a car stands at the end of a shift: whether its data has come in, in words."""

    camera: Camera
    has_come_in: bool
    words: str


@dataclass(frozen=True)
class Late:
    """A car whose transfer is late by policy: since when, and why."""

    car: PatrolCar
    since: datetime
    why: str


def standings(shift: Shift) -> list[Standing]:
    """Each camera of the shift's car that is in use. A car without cameras has nothing to transfer."""
    cameras = shift.patrol_car.cameras.filter(is_active=True).select_related("vehicle_copy")
    last = dict(
        Transfer.objects.filter(camera__in=cameras, received_at__gte=shift.began_at)
        .order_by()
        .values_list("camera")
        .annotate(last=Max("received_at"))
    )
    return [_standing(camera, shift, last.get(camera.pk)) for camera in cameras]


def has_come_in(shift: Shift) -> bool:
    """Whether everything that the car's cameras read on the shift has come in, as far as they say."""
    return all(standing.has_come_in for standing in standings(shift))


def note(*, camera: Camera, reads: Sequence[Read], received_at: datetime) -> None:
    """After a batch of a car's camera: note reads that came in late, and shifts whose data is complete."""
    if camera.patrol_car_id is None:
        return
    late_by = received_at - min((read.captured_at for read in reads), default=received_at)
    if late_by > CONTINUOUS:
        said = {"late_at": received_at, "late_seconds": int(late_by.total_seconds())}
        VehicleCopy.objects.update_or_create(camera=camera, defaults=said)
    settle(camera)


def settle(camera: Camera) -> None:
    """Note on the ended shifts of the camera's car that their data has come in, where it now has."""
    waiting = Shift.objects.filter(patrol_car=camera.patrol_car_id, transferred_at=None)
    for shift in waiting.exclude(ended_at=None).select_for_update(of=("self",)):
        if has_come_in(shift):
            shift.transferred_at = timezone.now()
            shift.save(update_fields=["transferred_at"])


def late(agency: Agency) -> list[Late]:
    """The agency's cars that are late by the policy in force, the longest first."""
    policy, now = agency.policy, timezone.now()
    waiting = Shift.objects.filter(patrol_car__agency=agency, transferred_at=None).exclude(ended_at=None)
    found: dict[int, Late] = {}
    for shift in waiting.select_related("patrol_car").order_by("ended_at"):
        if shift.patrol_car_id not in found and (one := _late_shift(shift, policy, now)):
            found[shift.patrol_car_id] = one
    if policy.transfer.mode is TransferMode.CONTINUOUS:
        for one in _came_late(agency, now):
            found.setdefault(one.car.pk, one)
    return sorted(found.values(), key=lambda one: one.since)


def _standing(camera: Camera, shift: Shift, last: datetime | None) -> Standing:
    copy = getattr(camera, "vehicle_copy", None)
    if copy is None or copy.said_at is None:
        if last is None:
            return Standing(camera, False, "Nothing has come in from it on this shift.")
        return Standing(camera, True, f"It sends as it reads; the last came in {age(last)} ago.")
    said = f"as its computer said {age(copy.said_at)} ago"
    if copy.said_at < shift.began_at:
        return Standing(camera, False, "Its computer has not been heard on this shift.")
    if copy.left:
        reads = "1 read waits" if copy.left == 1 else f"{copy.left:,} reads wait"
        return Standing(camera, False, f"{reads} in the vehicle, {said}.")
    if copy.said_at < (shift.ended_at or timezone.now() - SAID_LATELY):
        return Standing(camera, False, f"Nothing waited, {said}; what it read since has not come in.")
    return Standing(camera, True, f"All of it has come in, {said}.")


def _late_shift(shift: Shift, policy: Policy, now: datetime) -> Late | None:
    """A shift that ended and whose data has not come in, where the policy's time is up."""
    assert shift.ended_at is not None
    ended, rule = f"Its shift of {day(shift.began_at)} ended", policy.transfer
    if rule.mode is TransferMode.EACH_SHIFT:
        return Late(shift.patrol_car, shift.ended_at, f"{ended}, and its data has not come in.")
    if rule.mode is TransferMode.CONTINUOUS:
        due = shift.ended_at + CONTINUOUS
        return (
            Late(shift.patrol_car, due, f"{ended} over an hour ago, and its data has not come in.")
            if (due < now)
            else None
        )
    if rule.max_days is None:
        return None
    received = Transfer.objects.filter(camera__patrol_car=shift.patrol_car)
    last = received.aggregate(last=Max("received_at"))["last"] or shift.began_at
    due = last + timedelta(days=rule.max_days)
    days = "1 day" if rule.max_days == 1 else f"{rule.max_days} days"
    why = f"Nothing has come in since {day(last)}, though it drove; the policy allows {days}."
    return Late(shift.patrol_car, due, why) if due < now else None


def _came_late(agency: Agency, now: datetime) -> list[Late]:
    """Cars from which reads came in over an hour after capture, within the last day."""
    copies = VehicleCopy.objects.filter(camera__patrol_car__agency=agency, late_at__gt=now - SHOWN_FOR)
    return [
        Late(copy.camera.patrol_car, copy.late_at, f"Reads came in {_after(copy)} after they were captured.")
        for copy in copies.select_related("camera__patrol_car").order_by("late_at")
        if copy.late_at is not None and copy.camera.patrol_car is not None
    ]


def _after(copy: VehicleCopy) -> str:
    return age(timedelta(seconds=copy.late_seconds))
