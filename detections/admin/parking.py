"""Parking: the program of a camera, its zones and scofflaw lists, and what purges deleted of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTimeWidget

from accounts.models import Member
from accounts.permissions import Permission
from detections.forms_place import PlaceForm, place_asked
from detections.models import (
    Camera,
    ParkingPurge,
    ParkingZone,
    Program,
    ScofflawList,
    ScofflawLoad,
)
from detections.parking import camera_set_program, scofflaw, zones
from hotlists.reading import BadFile
from training.admin_base import GatedAdmin, GatedInline
from training.admin_forms import ActForm, Day, Line

STAYS = "What it read before stays where it is and as long as its own policy keeps it; open hits stay open."


class _SetProgram(ActForm):
    """Moving a camera between the programs."""

    program: Program
    permission = Permission.MANAGE_CAMERAS

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """For a reader of the other program."""
        return bool(row.program != cls.program and row.kind != Camera.Kind.PHOTOGRAPH)

    def perform(self) -> str:
        """Through the service."""
        self.row = camera_set_program(actor=self.member, camera=self.row, program=self.program)
        return f"From now on it reads for: {self.row.get_program_display()}."


class IntoParking(_SetProgram):
    """Moving a camera into the parking program."""

    program = Program.PARKING
    name, label = "into-parking", "Move to parking enforcement…"
    title = "Move this camera to parking enforcement"
    explains = (
        "What it reads from now on meets parking zones and scofflaw lists alone: no hot list of the police, "
        f"no search, no picture. {STAYS}"
    )


class OutOfParking(_SetProgram):
    """Moving a camera out of the parking program."""

    program = Program.POLICE
    name, label = "out-of-parking", "Move out of parking enforcement…"
    title = "Move this camera out of parking enforcement"
    explains = f"What it reads from now on are detections, and meet the hot lists. {STAYS}"


class ZoneForm(ActForm, PlaceForm):
    """The terms of a zone, and its place."""

    permission = Permission.MANAGE_CAMERAS

    zone_name = Line(max_length=80, label="Name", help_text="As the signs say: Quay St, 2 hours.")
    limit_minutes = forms.IntegerField(min_value=1, max_value=1440, label="Limit in minutes")
    days = forms.TypedMultipleChoiceField(
        choices=ParkingZone.Day.choices, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = forms.TimeField(widget=AdminTimeWidget)
    ends = forms.TimeField(widget=AdminTimeWidget, help_text="Midnight is the end of the day.")
    first_day = Day(required=False)
    last_day = Day(required=False)
    cameras = forms.ModelMultipleChoiceField(
        Camera.objects.none(), required=False, help_text="Whatever these read lies in the zone."
    )

    field_order = ("zone_name", "limit_minutes", "days", "starts", "ends", "first_day", "last_day", "cameras")

    def prepare(self) -> None:
        """Offer the agency's parking readers, and no place but those of the cameras to begin with."""
        rows = Camera.objects.filter(agency=self.member.agency, program=Program.PARKING)
        self.fields["cameras"].queryset = rows  # type: ignore[attr-defined]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", "Only what the cameras above read"),
            *list(PlaceForm.base_fields["place"].choices)[1:],  # type: ignore[attr-defined]
        ]

    def terms(self) -> dict[str, Any]:
        """What a valid form says, as `zones.zone_make` takes it."""
        said = self.cleaned_data
        names = ("limit_minutes", "days", "starts", "ends", "first_day", "last_day", "cameras")
        place = {"circle": said["circle"], "area": said["area"]}
        return {"name": said["zone_name"], **{name: said[name] for name in names}, **place}


class AddZone(ZoneForm):
    """A new zone."""

    name, label = "add", "Add a parking zone"

    def perform(self) -> str:
        """Through the service."""
        self.row = zones.zone_make(actor=self.member, agency=self.member.agency, **self.terms())
        return f"{self.row} counts what is read from now on.".capitalize()


class ChangeZone(ZoneForm):
    """Other terms for a zone."""

    name, label, title = "change", "Change…", "Change this zone"
    explains = (
        "The new terms count from now on. Whoever stands there begins a stay anew; what was read before is "
        "judged by the old terms."
    )

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """As long as it stands."""
        return row.closed_at is None

    def prepare(self) -> None:
        """Begin with the present terms."""
        super().prepare()
        named = {name: getattr(self.row, name) for name in zones.TERMS[1:7]}
        self.initial = {
            "zone_name": self.row.name, "cameras": self.row.cameras.all(), **named, **place_asked(self.row)
        }  # fmt: skip

    def perform(self) -> str:
        """Through the service."""
        self.row = zones.zone_change(actor=self.member, zone=self.row, **self.terms())
        return "The new terms count from now on."


class EndZone(ActForm):
    """The end of a zone."""

    name, label, permission = "end", "End…", Permission.MANAGE_CAMERAS
    title, explains = "End this zone", "Nothing is held against it any more. Its hits stay."

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """As long as it stands."""
        return row.closed_at is None

    def perform(self) -> str:
        """Through the service."""
        zones.zone_end(actor=self.member, zone=self.row)
        return "The zone is ended."


@admin.register(ParkingZone)
class ParkingZoneAdmin(GatedAdmin):
    """Time-limited zones, as they are and were."""

    sees = Permission.MANAGE_CAMERAS
    adding = AddZone
    acts = (ChangeZone, EndZone)
    list_display = ("name", "limit_minutes", "starts", "ends", "opened_at", "closed_at")
    list_filter = ("closed_at",)
    fields = readonly_fields = (
        "name", "limit_minutes", "on_days", "starts", "ends", "first_day", "last_day", "of_cameras",
        "latitude", "longitude", "radius_m", "area", "opened_at", "closed_at", "successor", "made_by",
    )  # fmt: skip

    @admin.display(description="days")
    def on_days(self, zone: ParkingZone) -> str:
        """The days in words."""
        return ", ".join(ParkingZone.Day(day).label for day in zone.days)

    @admin.display(description="cameras")
    def of_cameras(self, zone: ParkingZone) -> str:
        """The codes of its cameras."""
        return ", ".join(camera.code for camera in zone.cameras.all()) or "none"


class AddList(ActForm):
    """A new scofflaw list."""

    name, label, permission = "add", "Add a scofflaw list", Permission.DESIGNATE_LISTS

    list_name = Line(max_length=80, label="Name")
    fresh_days = forms.IntegerField(
        min_value=1, max_value=366, initial=7, label="Old after days", help_text="Then it shows as old."
    )

    def perform(self) -> str:
        """Through the service."""
        said = self.cleaned_data
        self.row = scofflaw.list_make(
            actor=self.member,
            agency=self.member.agency,
            name=said["list_name"],
            fresh_days=said["fresh_days"],
        )
        return f"{self.row} is added. It is empty until you load a file.".capitalize()


class LoadList(ActForm):
    """A file that replaces what stands on the list."""

    name, label, permission = "load", "Load a file…", Permission.LOAD_LISTS
    title = "Load a file"
    explains = (
        "CSV; the first line names the columns: plate, and where there are any state, reason, amount, "
        "permit. The file replaces what stands on the list."
    )

    file = forms.FileField()
    confirmed = forms.BooleanField(
        required=False, label="It is whole, though it has less than half of the vehicles that stand"
    )

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """As long as the list stands."""
        return row.ended_at is None

    def perform(self) -> str:
        """Through the service."""
        file = self.cleaned_data["file"]
        try:
            load = scofflaw.list_load(
                actor=self.member, scofflaw_list=self.row, file=file, file_name=file.name or "file",
                confirmed=self.cleaned_data["confirmed"],
            )  # fmt: skip
        except BadFile as bad:
            raise forms.ValidationError(str(bad)) from bad
        came = f"{load.added:,} added, {load.changed:,} changed, {load.removed:,} removed"
        return f"Loaded: {came}, {load.unchanged:,} as before; {load.refused:,} bad lines left out."


class EndList(ActForm):
    """The end of a list."""

    name, label, permission = "end", "End…", Permission.DESIGNATE_LISTS
    title, explains = "End this list", "Its vehicles are deleted from it at once. Hits stay."

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """As long as it stands."""
        return row.ended_at is None

    def perform(self) -> str:
        """Through the service."""
        scofflaw.list_end(actor=self.member, scofflaw_list=self.row)
        return "The list is ended."


class Loads(GatedInline):
    """The files that were loaded."""

    model = ScofflawLoad
    sees = Permission.LOAD_LISTS
    verbose_name_plural = "files"
    fields = readonly_fields = (
        "file_name", "loaded_at", "loaded_by", "added", "changed", "removed", "unchanged", "refused",
        "problems",
    )  # fmt: skip


@admin.register(ScofflawList)
class ScofflawListAdmin(GatedAdmin):
    """Scofflaw lists by name, size and age. Who is on them is not shown here."""

    sees = Permission.LOAD_LISTS
    adding = AddList
    acts = (LoadList, EndList)
    inlines = (Loads,)
    list_display = ("name", "size", "loaded_at", "is_fresh", "ended_at")
    fields = readonly_fields = ("name", "size", "fresh_days", "loaded_at", "is_fresh", "ended_at")

    @admin.display(boolean=True, description="fresh")
    def is_fresh(self, one: ScofflawList) -> bool:
        """Whether its last file is as new as it has to be."""
        return not one.is_old


class ParkingGone(GatedInline):
    """What a deletion deleted of the parking program, on its certificate."""

    model = ParkingPurge
    sees = Permission.OVERSEE
    fields = readonly_fields = (
        "authority", "reads_before", "reads_due", "reads_held", "reads_gone", "hits_before",
        "hits_due", "hits_held", "hits_gone", "finished_at", "list_sha256",
    )  # fmt: skip
