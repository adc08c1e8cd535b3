"""Shifts of patrol cars: the cars, the equipment check that begins a shift, and the transfer that ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Agency
from accounts.permissions import Permission
from detections import late
from detections import shifts as services
from detections.forms_shifts import EquipmentCheckForm, ShiftEndForm
from detections.models import PatrolCar, Shift
from detections.views_console import signed_in_member
from training.rules import rule

LISTED = 20


@dataclass(frozen=True)
class Row:
    """One car as the list shows it: on which shift it is, its last one, and whether it is late."""

    car: PatrolCar
    last: Shift | None
    late: late.Late | None

    @property
    def under_way(self) -> Shift | None:
        """The shift that it is on."""
        return self.last if self.last is not None and self.last.ended_at is None else None


@rule(Permission.DRIVE_SHIFTS)
@require_GET
@never_cache
def shifts(request: HttpRequest) -> HttpResponse:
    """The agency's cars with what is under way and late, and the last shifts."""
    agency = signed_in_member(request).agency
    rows = _rows(agency)
    past = Shift.objects.filter(patrol_car__agency=agency).exclude(ended_at=None)
    context = {
        "rows": rows,
        "under_way": sum(row.under_way is not None for row in rows),
        "late": sum(row.late is not None for row in rows),
        "past": past.select_related("patrol_car", "member")[:LISTED],
        "transfer": agency.policy.transfer,
    }
    return render(request, "detections/shifts.html", context)


def _rows(agency: Agency) -> list[Row]:
    behind = {one.car.pk: one for one in late.late(agency)}
    cars = PatrolCar.objects.filter(agency=agency)
    last = {one.patrol_car_id: one for one in services.last_shifts(agency)}
    return [
        Row(car, last.get(car.pk), behind.get(car.pk)) for car in cars if car.is_active or car.pk in behind
    ]


@rule(Permission.DRIVE_SHIFTS)
@require_http_methods(["GET", "POST"])
@never_cache
def shift_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """The equipment check of one car; POST begins the shift with it."""
    member = signed_in_member(request)
    car = get_object_or_404(PatrolCar, pk=pk, agency=member.agency_id)
    form = EquipmentCheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            begun = services.shift_begin(actor=member, car=car, checks=form.checks())
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            return redirect("shift", begun.pk)
    context = {
        "car": car,
        "form": form,
        "under_way": car.shifts.filter(ended_at=None).select_related("member").first(),
        "asked": member.agency.policy.equipment_check.each_shift,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "detections/shift_begin.html", context, status=status)


@rule(Permission.DRIVE_SHIFTS)
@require_http_methods(["GET", "POST"])
@never_cache
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """One shift: its check, and whether its data has come in. POST ends it."""
    member = signed_in_member(request)
    mine = Shift.objects.filter(patrol_car__agency=member.agency_id)
    one = get_object_or_404(mine.select_related("patrol_car__agency", "member", "ended_by"), pk=pk)
    form = ShiftEndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.shift_end(actor=member, shift=one, why=form.cleaned_data["why"])
        except ValidationError as problems:
            form.add_error(None if not hasattr(problems, "error_dict") else "why", problems.messages)
        else:
            messages.success(request, "The shift has ended.")
            return redirect("shift", pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "detections/shift.html", _shown(one, form), status=status)


def _shown(one: Shift, form: ShiftEndForm) -> dict[str, Any]:
    standings = late.standings(one) if one.transferred_at is None else []
    return {
        "shift": one,
        "form": form,
        "checks": [{**check, "label": services.Item(check["item"]).label} for check in one.checks],
        "standings": standings,
        "complete": all(standing.has_come_in for standing in standings),
        "transfer": one.agency.policy.transfer,
    }
