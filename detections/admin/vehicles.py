"""Patrol cars with their cameras and shifts, and what their computers deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.models import Member
from accounts.permissions import Permission
from alpr.templatetags.look import clock, day
from detections import shifts as services
from detections.models import Camera, LocalPurge, PatrolCar, Shift
from training.admin_base import GatedAdmin, GatedInline
from training.admin_forms import ActForm, Line


class AddCar(ActForm):
    """A new patrol car."""

    name, label, permission = "add", "Add a patrol car", Permission.MANAGE_CAMERAS

    unit = Line(max_length=20, help_text="As dispatch calls it: 4K12.")

    def perform(self) -> str:
        """Add through the service."""
        agency, unit = self.member.agency, self.cleaned_data["unit"]
        self.row = services.car_add(actor=self.member, agency=agency, unit=unit)
        return f"{unit} is added. Name it on the pages of the cameras that it carries."


class TakeOutCar(ActForm):
    """Taking a car out of use; its shifts stay."""

    name, label, permission = "take-out", "Take out of use…", Permission.MANAGE_CAMERAS
    title = "Take this patrol car out of use"
    explains = "No shift begins with it any more. What it still holds is awaited all the same."

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where it is in use."""
        return row.is_active is True

    def perform(self) -> str:
        """Through the service."""
        services.car_set_active(actor=self.member, car=self.row, active=False)
        return "The patrol car is out of use."


class PutBackCar(ActForm):
    """Putting a car into use again."""

    name, label, permission = "put-back", "Put into use again", Permission.MANAGE_CAMERAS

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where it is out of use."""
        return row.is_active is False

    def perform(self) -> str:
        """Through the service."""
        services.car_set_active(actor=self.member, car=self.row, active=True)
        return "The patrol car is in use again."


class CamerasCarried(GatedInline):
    """The cameras that name the car, and what its computer still holds of each."""

    model = Camera
    sees = Permission.MANAGE_CAMERAS
    verbose_name_plural = "cameras"
    show_change_link = True
    fields = readonly_fields = ("code", "name", "is_active", "still_held", "set_aside")

    @admin.display(description="reads still in the vehicle")
    def still_held(self, camera: Camera) -> str:
        """As the transfer client last said."""
        copy = getattr(camera, "vehicle_copy", None)
        return f"{copy.left:,}" if copy is not None and copy.said_at else "not said"

    @admin.display(description="set aside as refused")
    def set_aside(self, camera: Camera) -> str:
        """As the transfer client last said."""
        copy = getattr(camera, "vehicle_copy", None)
        return f"{copy.set_aside:,}" if copy is not None and copy.said_at else "not said"


@admin.register(PatrolCar)
class PatrolCarAdmin(GatedAdmin):
    """Vehicles that carry readers. A camera is put into one on its own page."""

    sees = Permission.MANAGE_CAMERAS
    adding = AddCar
    acts = (TakeOutCar, PutBackCar)
    inlines = (CamerasCarried,)
    list_display = ("unit", "is_active", "last_shift")
    list_filter = ("is_active",)
    search_fields = ("unit",)
    fields = readonly_fields = ("unit", "is_active", "last_shift")

    @admin.display(description="last shift began")
    def last_shift(self, car: PatrolCar) -> str:
        """When its last shift began."""
        last = car.shifts.first()
        return f"{day(last.began_at)}, {clock(last.began_at)}" if last else "none yet"


@admin.register(Shift)
class ShiftAdmin(GatedAdmin):
    """Shifts with their equipment checks and transfers."""

    sees = Permission.MANAGE_CAMERAS
    agency_path = "patrol_car__agency"
    list_display = ("began_at", "patrol_car", "member", "passed", "ended_at", "transferred_at")
    list_filter = ("passed", "began_at")
    list_select_related = ("patrol_car", "member")
    fields = readonly_fields = (
        "patrol_car", "member", "began_at", "equipment", "passed", "ended_at", "ended_by", "transferred_at",
        "not_transferred_why",
    )  # fmt: skip

    @admin.display(description="equipment check")
    def equipment(self, shift: Shift) -> str:
        """What did not pass, in words."""
        failed = [check for check in shift.checks if not check["passed"]]
        said = [f"{services.Item(check['item']).label}: did not pass. {check['note']}" for check in failed]
        return "\n".join(said) or "All of it passed."


@admin.register(LocalPurge)
class LocalPurgeAdmin(GatedAdmin):
    """Signed lists of what vehicles' computers deleted after their transfers."""

    sees = Permission.MANAGE_CAMERAS
    agency_path = "key__camera__agency"
    list_display = ("received_at", "key", "purged", "pictures", "purged_at")
    list_filter = ("received_at",)
    list_select_related = ("key__camera",)
    fields = readonly_fields = (*list_display, "list_sha256", "signature")
