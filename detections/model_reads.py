"""Cameras, what they send, and pictures that wait to be read."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from django.db import models
from django.db.models import Q

from accounts.keys import HashedKey
from accounts.models import Agency, Member
from detections import uuid7
from hotlists import vocabulary
from trail.models import Inquiry


class CameraGroup(models.Model):
    """An area of the department: a beat, a district, the vehicles. Consoles are filtered by it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="camera_groups")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="camera_group_once_per_agency"),
        ]

    def __str__(self) -> str:
        return self.name


class Program(models.TextChoices):
    """What a camera reads for. What the parking program reads stays apart from everything else."""

    POLICE = "police", "Police"
    PARKING = "parking", "Parking enforcement"


class Camera(models.Model):
    """A reader: where it stands or drives, and which way it looks."""

    class Kind(models.TextChoices):
        """How the reader is carried. A photograph is given by a member, under a stated purpose."""

        FIXED = "fixed", "Fixed"
        MOBILE = "mobile", "Mobile (vehicle)"
        TRAILER = "trailer", "Trailer"
        PHOTOGRAPH = "photograph", "Photographs by members"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="cameras")
    code = models.CharField(max_length=30, help_text="Short and lasting, as the reader sends it: cam-12.")
    name = models.CharField(max_length=120, help_text="Where it stands: Quay St at 5th.")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FIXED)
    direction = models.CharField(max_length=20, blank=True, help_text="Which traffic it sees: northbound.")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    group = models.ForeignKey(
        CameraGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="cameras",
        verbose_name="area",
    )  # fmt: skip
    patrol_car = models.ForeignKey(
        "detections.PatrolCar", on_delete=models.PROTECT, null=True, blank=True, related_name="cameras",
        help_text="The vehicle that carries it, for a mobile reader.",
    )  # fmt: skip
    program = models.CharField(max_length=10, choices=Program, default=Program.POLICE)
    program_since = models.DateTimeField(
        null=True, blank=True, help_text="Empty where it was never of another program than the police’s."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "code"], name="camera_code_once_per_agency"),
            models.CheckConstraint(
                condition=Q(latitude=None) | Q(latitude__range=(-90, 90)) & Q(longitude__range=(-180, 180)),
                name="camera_place_on_earth",
                violation_error_message="Latitude lies between -90 and 90, longitude between -180 and 180.",
            ),
        ]

    def __str__(self) -> str:
        return f"camera {self.code}, {self.name}"


class ReaderKey(HashedKey):
    """A reader's key: it sends for its camera, or for those named under it, and opens nothing else."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="keys")

    class Meta:
        ordering = ["-issued_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"reader key {self.name} of camera {self.camera.code}"

    is_authenticated = True
    trail_kind = "reader"

    @property
    def agency(self) -> Agency:
        """The agency of its camera."""
        return self.camera.agency

    @property
    def trail_label(self) -> str:
        """The camera and the key's first characters."""
        return f"Camera {self.camera.code} (key {self.name})"

    @property
    def trail_agency(self) -> Agency:
        """The agency of its camera."""
        return self.camera.agency

    @cached_property
    def trail_policy(self) -> str:
        """The policy version in force there."""
        return self.camera.agency.policy_label


class Transfer(models.Model):
    """One batch as it came in, and the receipt that answered it; the same batch again has the same."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="transfers")
    batch_sha256 = models.CharField("SHA-256 of the batch", max_length=64)
    sent_by = models.CharField(max_length=200)
    received_at = models.DateTimeField(auto_now_add=True)
    accepted = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    hits = models.PositiveIntegerField(default=0)
    captured_from = models.DateTimeField(null=True, help_text="Capture time of the first stored read.")
    captured_to = models.DateTimeField(null=True, help_text="Capture time of the last stored read.")
    to_compare = models.BooleanField(
        default=False, db_default=False, help_text="Whether its plates are still to be compared for findings."
    )

    class Meta:
        verbose_name = "batch"
        verbose_name_plural = "batches"
        ordering = ["-received_at"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["camera", "batch_sha256"]),
            models.Index(fields=["id"], condition=Q(to_compare=True), name="batch_to_compare"),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk} of {self.accepted} detections"


class DetectionQuerySet(models.QuerySet["Detection"]):
    """Detections by time, which is by partition."""

    def captured(self, since: datetime, until: datetime) -> DetectionQuerySet:
        """Those captured at `since` or later and before `until`."""
        return self.filter(id__gte=uuid7.floor(since), id__lt=uuid7.floor(until))


class Detection(models.Model):
    """One read of a plate (policies: detection). Many and plain: partitioned by day on its UUIDv7 id.

    No foreign keys in the database: cameras and agencies are never deleted, and each key would cost a look-up
    a row while a batch is copied in.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    camera = models.ForeignKey(
        Camera, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    sender_id = models.CharField(max_length=100)
    content_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    plate = models.CharField(max_length=10)
    plate_key = models.CharField(max_length=10)
    state = models.CharField(max_length=2, blank=True)
    confidence = models.FloatField(null=True)
    candidates = models.JSONField(default=list)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)
    color = models.CharField(max_length=20, blank=True)
    body = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    image = models.CharField(max_length=200, blank=True)
    box = models.JSONField(null=True)
    engine = models.CharField(max_length=40, blank=True)

    objects = DetectionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["plate_key", "id"], name="detection_key"),
            models.Index(fields=["camera", "id"], name="detection_camera"),
        ]

    def __str__(self) -> str:
        return f"detection {str(self.id)[-12:]}"

    @property
    def captured_at(self) -> datetime:
        """When the picture was taken, from the id."""
        return uuid7.captured_at(self.id)

    @property
    def vehicle(self) -> str:
        """The vehicle as read, in words; empty where the reader said nothing."""
        return vocabulary.vehicle(color=self.color, make=self.make, model=self.model, body=self.body)


class ImageJob(models.Model):
    """A picture that waits to be read, or was. Idempotent by the sender's id; may run twice and again."""

    class State(models.TextChoices):
        """Where the reading stands."""

        WAITING = "waiting", "Waits to be read"
        READ = "read", "Read"
        NOTHING = "nothing", "No plate found"
        FAILED = "failed", "Could not be read"

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="image_jobs")
    sender_id = models.CharField(max_length=100)
    sha256 = models.CharField("SHA-256", max_length=64)
    image = models.CharField(max_length=200)
    captured_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    given_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True)
    detection_ids = models.JSONField(default=list)

    class Meta:
        verbose_name = "photograph"
        ordering = ["-received_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["camera", "sender_id"], name="image_once_per_sender_id")
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="waiting"), name="image_job_waiting"),
            models.Index(fields=["image"], name="image_job_image"),
        ]

    def __str__(self) -> str:
        return f"photograph {self.pk}"

    @property
    def agency(self) -> Agency:
        """The agency of its camera."""
        return self.camera.agency
