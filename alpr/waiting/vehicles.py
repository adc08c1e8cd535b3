"""What waits at patrol cars: transfers that are late, checks that did not pass, reads set aside."""

from __future__ import annotations

from django.db.models import Sum
from django.urls import reverse

from accounts.permissions import Permission
from alpr.waiting.lines import Asker, Wait, counted
from detections import late
from detections.models import VehicleCopy
from detections.shifts import Item, last_shifts

ACTS = Permission.MANAGE_CAMERAS


def transfers_late(asker: Asker) -> list[Wait]:
    """Cars whose transfer is late by the policy in force, each with why."""
    if asker.agency.adopted is None:
        return []
    return [
        Wait(
            f"Have {one.car.unit} transferred",
            one.why,
            reverse("admin:detections_patrolcar_change", args=[one.car.pk]),
            ACTS,
            due=one.since,
        )
        for one in late.late(asker.agency)
    ]


def checks_failed(asker: Asker) -> list[Wait]:
    """Cars in use whose last equipment check did not pass."""
    return [
        Wait(
            f"See what failed the check of {shift.patrol_car.unit}",
            ". ".join(f"{Item(c['item']).label}: no" for c in shift.checks if not c["passed"]) + ".",
            reverse("admin:detections_shift_change", args=[shift.pk]),
            ACTS,
        )
        for shift in last_shifts(asker.agency)
        if shift.patrol_car.is_active and not shift.passed
    ]


def reads_set_aside(asker: Asker) -> list[Wait]:
    """Reads that were refused and lie apart on vehicles' computers, where no retention reaches them."""
    copies = VehicleCopy.objects.filter(camera__agency=asker.agency, set_aside__gt=0)
    count = copies.aggregate(reads=Sum("set_aside"))["reads"]
    if not count:
        return []
    what = f"Look at {counted(count, '{} read')} set aside in vehicles"
    note = "Refused by this system, each with its reasons beside it. Nothing deletes them but a person."
    return [Wait(what, note, reverse("admin:detections_patrolcar_changelist"), ACTS)]
