"""What is known of readers: their names for cameras, cars seen again, health, and saved mappings."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Agency, Member
from detections.model_reads import Camera, ReaderKey


class ReaderChannel(models.Model):
    """A device's own name for one of several cameras that it sends for under one key."""

    key = models.ForeignKey(ReaderKey, on_delete=models.PROTECT, related_name="channels")
    device_name = models.CharField(max_length=100, help_text="As the device writes it in its messages.")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="channels")

    class Meta:
        ordering = ["device_name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key", "device_name"], name="channel_once_per_key"),
        ]

    def __str__(self) -> str:
        return f"channel {self.device_name} of key {self.key.name}"

    @property
    def agency(self) -> Agency:
        """The agency of its camera."""
        return self.camera.agency


class CarSeen(models.Model):
    """A car as its reader names it, which may send several messages about it: one detection all the same.

    Kept for `adapters.seen.SEEN_FOR`; it names no plate.
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+", db_index=False)
    car = models.CharField(max_length=100)
    captured_at = models.DateTimeField(help_text="Of the first message, which the detection carries.")
    seen_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["camera", "car"], name="car_seen_once")]

    def __str__(self) -> str:
        return f"car seen by {self.camera.code}"


class CameraHealth(models.Model):
    """How a reader fares: when it last sent or gave a sign of life, its clock, and what is wrong with it.

    Beside the camera, so that a sign of life is no change of the camera's record. The clock is believed once
    it has run beside ours for a while (`steady_*`), since reads of the past arrive in no such step.
    """

    camera = models.OneToOneField(Camera, on_delete=models.PROTECT, primary_key=True, related_name="health")
    last_read_at = models.DateTimeField(null=True, help_text="Capture time of its newest read.")
    last_received_at = models.DateTimeField(null=True, help_text="When a read last came in.")
    heartbeat_at = models.DateTimeField(null=True, help_text="When it last gave a sign of life.")
    clock_ms = models.IntegerField(
        null=True, help_text="How far its clock runs behind ours, in milliseconds; negative where ahead."
    )
    steady_ms = models.IntegerField(null=True, help_text="What it was when it began to run beside ours.")
    steady_since = models.DateTimeField(null=True, help_text="Since when it has run beside ours.")
    steady_count = models.PositiveIntegerField(default=0, help_text="How many messages have said so.")
    clock_by_beats = models.BooleanField(default=False, help_text="Whether its signs of life say its time.")
    refused_at = models.DateTimeField(
        null=True, help_text="When reads were last refused for the time that they carry."
    )
    problems = models.JSONField(
        default=list, help_text='What is wrong now: {"kind", "since", "says"}, the kinds of `health.Problem`.'
    )
    checked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"health of {self.camera}"

    @property
    def agency(self) -> Agency:
        """The agency of its camera."""
        return self.camera.agency

    @property
    def alive_at(self) -> datetime | None:
        """When it last gave any sign."""
        return max(filter(None, (self.last_received_at, self.heartbeat_at)), default=None)


def none_by_hour() -> list[int]:
    """No reads in any hour of a day."""
    return [0] * 24


class CameraDay(models.Model):
    """How much one camera read on one day in UTC: outlives the detections, and names none.

    `reads` and `by_hour` go by when they were captured, `messages` by when they came in.
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="days", db_index=False)
    day = models.DateField()
    reads = models.PositiveIntegerField(default=0)
    by_hour = ArrayField(models.PositiveIntegerField(), size=24, default=none_by_hour)
    messages = ArrayField(models.PositiveIntegerField(), size=24, default=none_by_hour)

    class Meta:
        ordering = ["-day"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["camera", "day"], name="camera_day_once")]

    def __str__(self) -> str:
        return f"{self.reads} reads of {self.camera.code} on {self.day}"


class ReadMapping(models.Model):
    """How one vendor's CSV export is read: saved once, used again for each file."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="read_mappings")
    name = models.CharField(max_length=80)
    layout = models.JSONField(help_text="The columns and formats, as `adapters.csv_rows.Layout` reads them.")
    saved_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="read_mapping_once_per_agency"),
        ]

    def __str__(self) -> str:
        return f"mapping {self.name}"
