"""Cameras, their areas, and the keys of their readers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from accounts.models import Member
from accounts.permissions import Permission
from detections import services_cameras as services
from detections.admin.parking import IntoParking, OutOfParking
from detections.health_shown import Standing
from detections.models import Camera, CameraGroup, ReaderChannel, ReaderKey
from training.admin_base import GatedAdmin, GatedInline
from training.admin_forms import ActForm, Line


class RegisterCamera(ActForm):
    """A new reader with its place."""

    name, label, permission = "add", "Register a camera", Permission.MANAGE_CAMERAS

    code = Line(max_length=30, help_text="Short and lasting, as the reader sends it: cam-12.")
    place = Line(max_length=120, label="Name", help_text="Where it stands: Quay St at 5th.")
    kind = forms.ChoiceField(choices=Camera.Kind.choices)
    direction = Line(max_length=20, required=False, help_text="Which traffic it sees: northbound.")
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180)

    def perform(self) -> str:
        """Register through the service."""
        said = dict(self.cleaned_data)
        said["name"] = said.pop("place")
        self.row = services.camera_register(actor=self.member, agency=self.member.agency, **said)
        return f"{self.row} is registered. It sends nothing until you issue a key.".capitalize()


class AddArea(ActForm):
    """A new area of the department."""

    name, label, permission = "add", "Add an area", Permission.MANAGE_CAMERAS

    area = Line(max_length=60, label="Name", help_text="A beat, a district, the vehicles: Harbor.")

    def perform(self) -> str:
        """Add through the service."""
        self.row = services.area_add(
            actor=self.member, agency=self.member.agency, name=self.cleaned_data["area"]
        )
        return f"Area {self.row} is added. Put cameras to it on their pages."


class IssueKey(ActForm):
    """A key for the camera's reader, whose secret is shown once."""

    name, label, permission = "issue-key", "Issue a reader key…", Permission.MANAGE_CAMERAS
    title = "Issue a reader key"
    explains = (
        "The key’s secret is shown on the next page and never again. It sends for this camera, and for those "
        "that are named under it; it opens nothing else."
    )

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """For a camera in use that is a reader."""
        return bool(row.is_active) and row.kind != Camera.Kind.PHOTOGRAPH

    def perform(self) -> str:
        """Issue through the service."""
        key, self.shown_once = services.key_issue(actor=self.member, camera=self.row)
        return f"Key {key.name} is issued"


class TakeOut(ActForm):
    """Taking a camera out of use; what it sent stays."""

    name, label, permission = "take-out", "Take out of use…", Permission.MANAGE_CAMERAS
    title = "Take this camera out of use"
    explains = "Nothing is taken from it any more. What it sent stays as long as the policy keeps it."

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where it is in use."""
        return row.is_active is True

    def perform(self) -> str:
        """Through the service."""
        services.camera_set_active(actor=self.member, camera=self.row, active=False)
        return "The camera is out of use."


class PutBack(ActForm):
    """Putting a camera into use again."""

    name, label, permission = "put-back", "Put into use again", Permission.MANAGE_CAMERAS

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where it is out of use."""
        return row.is_active is False

    def perform(self) -> str:
        """Through the service."""
        services.camera_set_active(actor=self.member, camera=self.row, active=True)
        return "The camera is in use again."


class RevokeKey(ActForm):
    """Closing a key for good."""

    name, label, permission = "revoke", "Revoke…", Permission.MANAGE_CAMERAS
    title = "Revoke this key"
    explains = "The reader that holds it can send nothing from now on. A revoked key stays revoked."

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Once."""
        return not row.is_revoked

    def perform(self) -> str:
        """Revoke through the service."""
        services.key_revoke(actor=self.member, key=self.row)
        return f"Key {self.row.name} is revoked."


class AddChannel(ActForm):
    """Another camera that the key's device sends for."""

    name, label, permission = "add-channel", "Add a camera of its device…", Permission.MANAGE_CAMERAS
    title = "Add a camera that this key’s device sends for"
    explains = (
        "From the first name on, the key takes no name but those entered here: enter its own camera as well."
    )

    device_name = Line(
        max_length=100, label="The device’s name", help_text="Exactly as the device writes it."
    )
    camera = forms.ModelChoiceField(Camera.objects.none(), label="Is camera")

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """For a key that stands."""
        return not row.is_revoked

    def prepare(self) -> None:
        """Offer the agency's readers."""
        readers = Camera.objects.filter(agency=self.member.agency).exclude(kind=Camera.Kind.PHOTOGRAPH)
        self.fields["camera"].queryset = readers  # type: ignore[attr-defined]

    def perform(self) -> str:
        """Add through the service."""
        channel = services.channel_add(actor=self.member, key=self.row, **self.cleaned_data)
        return f"“{channel.device_name}” is now {channel.camera}."


class RemoveChannel(ActForm):
    """Taking one of its device's names from the key."""

    name, label, permission = "remove-channel", "Take a camera away…", Permission.MANAGE_CAMERAS
    title = "Take a camera from this key"
    explains = "Reads under the name are refused from now on, unless no name is left under the key."

    channel = forms.ModelChoiceField(ReaderChannel.objects.none(), label="Name")

    @classmethod
    def possible(cls, member: Member, row: Any) -> bool:
        """Where there is one."""
        return bool(row.channels.exists())

    def prepare(self) -> None:
        """Offer the key's names."""
        self.fields["channel"].queryset = self.row.channels.all()  # type: ignore[attr-defined]

    def perform(self) -> str:
        """Remove through the service."""
        channel = self.cleaned_data["channel"]
        services.channel_remove(actor=self.member, channel=channel)
        return f"“{channel.device_name}” is taken from the key."


class Channels(GatedInline):
    """The names of the cameras that the key's device sends for."""

    model = ReaderChannel
    sees = Permission.MANAGE_CAMERAS
    verbose_name_plural = "cameras of its device"
    fields = readonly_fields = ("device_name", "camera")


@admin.register(Camera)
class CameraAdmin(GatedAdmin):
    """Readers: fixed, mobile and on trailers."""

    sees = changes = Permission.MANAGE_CAMERAS
    adding = RegisterCamera
    acts = (IssueKey, IntoParking, OutOfParking, TakeOut, PutBack)
    list_display = (
        "code", "name", "kind", "program", "direction", "group", "is_active", "last_sign", "at_fault",
    )  # fmt: skip
    list_filter = ("kind", "program", "is_active")
    list_select_related = ("group", "health")
    search_fields = ("code", "name")
    fields = (
        "code", "name", "kind", "direction", "latitude", "longitude", "group", "patrol_car", "program",
        "program_since", "is_active", "last_sign", "at_fault",
    )  # fmt: skip
    readonly_fields = ("code", "program", "program_since", "is_active", "last_sign", "at_fault")

    @admin.display(description="last sign of life", empty_value="not yet heard")
    def last_sign(self, camera: Camera) -> Any:
        """When it last sent anything; how it fares is on its own page."""
        health = getattr(camera, "health", None)
        return health.alive_at if health else None

    @admin.display(description="at fault")
    def at_fault(self, camera: Camera) -> str:
        """What is wrong with it, each in a word or two."""
        faults = Standing(camera, getattr(camera, "health", None)).faults
        return ", ".join(str(fault.problem.label) for fault in faults) or "no"


@admin.register(CameraGroup)
class CameraGroupAdmin(GatedAdmin):
    """Areas, by which consoles are filtered and the map is named. A camera is put to one on its own page."""

    sees = changes = Permission.MANAGE_CAMERAS
    adding = AddArea
    list_display = ("name", "cameras_in_it")
    fields = ("name", "cameras_in_it")
    readonly_fields = ("cameras_in_it",)

    @admin.display(description="cameras")
    def cameras_in_it(self, area: CameraGroup) -> str:
        """The codes of its cameras."""
        return ", ".join(camera.code for camera in area.cameras.all()) or "none yet"


@admin.register(ReaderKey)
class ReaderKeyAdmin(GatedAdmin):
    """Keys of readers, by their first eight characters. Issued on the camera’s page."""

    sees = Permission.MANAGE_CAMERAS
    agency_path = "camera__agency"
    acts = (AddChannel, RemoveChannel, RevokeKey)
    inlines = (Channels,)
    list_display = ("name", "camera", "issued_by", "issued_at", "last_used_at", "revoked_at")
    list_select_related = ("camera", "issued_by")
    fields = readonly_fields = list_display
