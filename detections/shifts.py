"""Patrol cars and their shifts: the equipment check at the start, the transfer at the end.

Alameda Policy 462: the user who signs in checks the equipment at the start of each shift. What failed is
recorded and reaches the administrator; it does not stop the shift.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections import late
from detections.models import PatrolCar, Shift
from trail.services import act, record
from trail.verbs import Verb
from training import gate

LONGEST_WHY = 300


class Item(models.TextChoices):
    """What is checked at the start of a shift."""

    READER = "reader", "The reader is on"
    CAMERAS = "cameras", "The cameras are clean and aligned"
    CLOCK = "clock", "The clock is right"
    POSITION = "position", "The position is known"
    LISTS = "lists", "The hot lists are fresh"
    NETWORK = "network", "The network is there"


class Check(NamedTuple):
    """One item of the check: whether it passed, and what was found."""

    passed: bool
    note: str = ""


def last_shifts(agency: Agency) -> models.QuerySet[Shift]:
    """The last shift of each car of the agency."""
    rows = Shift.objects.filter(patrol_car__agency=agency).select_related("patrol_car", "member")
    return rows.order_by("patrol_car_id", "-began_at").distinct("patrol_car_id")


@act
def car_add(*, actor: Member, agency: Agency, unit: str) -> PatrolCar:
    """Add a patrol car. Raises ValidationError for a unit in use or none."""
    gate.require(actor, Permission.MANAGE_CAMERAS, on=agency)
    car = PatrolCar(agency=agency, unit=unit.strip())
    car.full_clean()
    car.save()
    return car


@act
def car_set_active(*, actor: Member, car: PatrolCar, active: bool) -> PatrolCar:
    """Put a car into use or out of it. Out of use, no shift begins with it; its data is still awaited."""
    gate.require(actor, Permission.MANAGE_CAMERAS, on=car)
    car = PatrolCar.objects.select_for_update(of=("self",)).select_related("agency").get(pk=car.pk)
    car.is_active = active
    car.save()
    return car


@act
def shift_begin(*, actor: Member, car: PatrolCar, checks: Mapping[str, Check]) -> Shift:
    """Begin a shift with its equipment check, which has an answer for every `Item`.

    An item that did not pass needs a note of what was found. Raises ValidationError for a check with gaps, a
    car out of use, and a car on another shift.
    """
    gate.require(actor, Permission.DRIVE_SHIFTS, on=car)
    car = PatrolCar.objects.select_for_update(of=("self",)).select_related("agency").get(pk=car.pk)
    if not car.is_active:
        raise ValidationError(f"{car.unit} is out of use.")
    if under_way := car.shifts.filter(ended_at=None).select_related("member").first():
        raise ValidationError(f"{car.unit} is on a shift that {under_way.member} began; end that one first.")
    shift = Shift.objects.create(
        patrol_car=car, member=actor, checks=_written(checks), passed=all(c.passed for c in checks.values())
    )
    failed = {check["item"]: check["note"] for check in shift.checks if not check["passed"]}
    record(actor, Verb.SHIFT_BEGUN, shift, elements={"unit": car.unit, "failed": failed})
    return shift


@act
def shift_end(*, actor: Member, shift: Shift, why: str = "") -> Shift:
    """End a shift, whoever of the agency began it. `why` is required where its data has not all come in.

    Raises ValidationError without it, and for a shift that has ended.
    """
    gate.require(actor, Permission.DRIVE_SHIFTS, on=shift)
    rows = Shift.objects.select_for_update(of=("self",)).select_related("patrol_car__agency")
    shift = rows.get(pk=shift.pk)
    if shift.ended_at is not None:
        raise ValidationError("This shift has ended already.")
    complete, why = late.has_come_in(shift), why.strip()
    if not complete and not why:
        raise ValidationError({"why": "Not all of its data has come in. Say why, or transfer it first."})
    if len(why) > LONGEST_WHY:
        raise ValidationError({"why": f"This has at most {LONGEST_WHY} characters."})
    shift.ended_at, shift.ended_by = timezone.now(), actor
    if complete:
        shift.transferred_at = shift.ended_at
    else:
        shift.not_transferred_why = why
    shift.save()
    facts: dict[str, Any] = {"unit": shift.patrol_car.unit, "transferred": complete}
    record(actor, Verb.SHIFT_ENDED, shift, elements=facts, detail=shift.not_transferred_why)
    return shift


def _written(checks: Mapping[str, Check]) -> list[dict[str, Any]]:
    """The check as it is kept, in the order of the items. Raises ValidationError by item."""
    wrong = {item.value: "Say whether this passed." for item in Item if item.value not in checks}
    wrong |= {
        item: "Say what was found."
        for item, check in checks.items()
        if not check.passed and not check.note.strip()
    }
    if wrong or set(checks) - set(Item.values):
        raise ValidationError(wrong or "The check has items that are not known.")
    return [
        {"item": item.value, "passed": checks[item].passed, "note": checks[item].note.strip()}
        for item in Item
    ]
