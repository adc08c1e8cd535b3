"""Parking enforcement, apart from everything else: its reads, scofflaw lists, hits and counts."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency, Member
from detections.model_parking_zones import ParkingZone
from detections.model_reads import Camera, Transfer
from detections.model_retention import PurgeRun
from hotlists import vocabulary
from hotlists.plates import Position, differences


class ParkingRead(models.Model):
    """One read of the parking program. It has no picture, and no search finds it.

    `id` is as that of a detection: the same read again has the same. `zone` is the one in force there and
    then. Berkeley's order keeps reads 30 days, and no image of a read on the server.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="+", db_index=False)
    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, null=True, related_name="+")
    sender_id = models.CharField(max_length=100)
    content_sha256 = models.CharField(max_length=64)
    captured_at = models.DateTimeField()
    plate = models.CharField(max_length=10)
    plate_key = models.CharField(max_length=10)
    state = models.CharField(max_length=2, blank=True)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)
    color = models.CharField(max_length=20, blank=True)
    body = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta:
        ordering = ["-captured_at"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["agency", "plate_key", "captured_at"], name="parking_read_vehicle"),
            models.Index(fields=["agency", "captured_at"], name="parking_read_captured"),
        ]

    def __str__(self) -> str:
        return f"parking read {str(self.id)[-12:]}"

    @property
    def vehicle(self) -> str:
        """The vehicle as read, in words; empty where the reader said nothing."""
        return vocabulary.vehicle(color=self.color, make=self.make, model=self.model, body=self.body)

    @property
    def is_placed(self) -> bool:
        """Whether it is known where it was read."""
        return self.zone_id is not None or self.latitude is not None


class ScofflawList(models.Model):
    """A list of vehicles with unpaid citations: met by reads of the parking program alone."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="scofflaw_lists")
    name = models.CharField(max_length=80)
    fresh_days = models.PositiveSmallIntegerField(default=7, help_text="Older than this it shows as old.")
    loaded_at = models.DateTimeField(null=True, editable=False)
    size = models.PositiveIntegerField("vehicles", default=0, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "name"], name="scofflaw_list_name_once",
                violation_error_message="Another list has this name.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"scofflaw list {self.name}"

    @property
    def is_old(self) -> bool:
        """Whether its last file is older than it may be; one without a file is."""
        return self.loaded_at is None or timezone.now() - self.loaded_at > timedelta(days=self.fresh_days)


class ScofflawLoad(models.Model):
    """One file as it replaced the one before: how many vehicles came, went and stayed. It names none."""

    scofflaw_list = models.ForeignKey(ScofflawList, on_delete=models.PROTECT, related_name="loads")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    loaded_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list, help_text="The first bad lines: [number, why].")

    class Meta:
        ordering = ["-loaded_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"file {self.file_name} of {self.scofflaw_list}"

    @property
    def agency(self) -> Agency:
        """The agency of its list."""
        return self.scofflaw_list.agency


class ScofflawEntry(models.Model):
    """One vehicle on a scofflaw list now. What the next file leaves out is deleted; hits have copies."""

    scofflaw_list = models.ForeignKey(
        ScofflawList, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    plate = models.CharField(max_length=10)
    plate_key = models.CharField(max_length=10)
    state = models.CharField(max_length=2, blank=True)
    reason = models.CharField(max_length=120, blank=True)
    amount = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    permit = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["plate"]
        default_permissions = ()
        indexes = [models.Index(fields=["plate_key"], name="scofflaw_entry_key")]
        constraints = [
            models.UniqueConstraint(fields=["scofflaw_list", "plate", "state"], name="scofflaw_once"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk} of {self.scofflaw_list}"


class ParkingHit(models.Model):
    """A vehicle past a zone's limit, or on a scofflaw list. It carries copies, and outlives its reads.

    `detections.parking.moves` holds the moves. `first` is the read that began the stay, `last` the newest of
    it; of a scofflaw hit both are the vehicle's reads on that day.
    """

    class Kind(models.TextChoices):
        """Why it is a hit."""

        OVERTIME = "overtime", "Overtime"
        SCOFFLAW = "scofflaw", "Scofflaw"

    class Match(models.TextChoices):
        """Only an exact one says that the plates are the same."""

        EXACT = "exact", "Exact"
        POSSIBLE = "possible", "Possible"

    class Status(models.TextChoices):
        """Where it stands. Broken: a read that came in later shows the vehicle elsewhere in between."""

        OPEN = "open", "Open"
        BROKEN = "broken", "Stay broken"
        CITED = "cited", "Cited"
        NONE = "none", "No citation"

    class Reason(models.TextChoices):
        """Why there was no citation."""

        GONE = "gone", "The vehicle has left"
        MISREAD = "misread", "The plate was misread"
        OTHER_VEHICLE = "other", "Another vehicle than the one before"
        MOVED = "moved", "It was moved and came back"
        PERMIT = "permit", "It shows a permit or a placard"
        PAID = "paid", "Paid, or no longer listed"
        WARNED = "warned", "Warned"
        SIGNS = "signs", "Signs or meter out of order"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="parking_hits")
    kind = models.CharField(max_length=10, choices=Kind)
    match = models.CharField(max_length=10, choices=Match)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    made_at = models.DateTimeField(auto_now_add=True)
    day = models.DateField(help_text="In the department’s time.")
    plate_key = models.CharField(max_length=10)
    reads = models.PositiveIntegerField(default=1)

    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, null=True, related_name="+")
    zone_name = models.CharField(max_length=80, blank=True)
    limit_minutes = models.PositiveSmallIntegerField(null=True)
    scofflaw_list = models.ForeignKey(ScofflawList, on_delete=models.PROTECT, null=True, related_name="+")
    list_loaded_at = models.DateTimeField(null=True)
    listed_plate = models.CharField(max_length=10, blank=True)
    listed_state = models.CharField(max_length=2, blank=True)
    reason_listed = models.CharField(max_length=120, blank=True)
    amount = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    permit = models.CharField(max_length=40, blank=True)

    first_read = models.UUIDField()
    first_at = models.DateTimeField()
    first_camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    first_plate = models.CharField(max_length=10)
    first_state = models.CharField(max_length=2, blank=True)
    first_vehicle = models.CharField(max_length=140, blank=True)
    first_latitude = models.FloatField(null=True)
    first_longitude = models.FloatField(null=True)
    last_read = models.UUIDField()
    last_at = models.DateTimeField()
    last_camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    plate = models.CharField("plate as last read", max_length=10)
    state = models.CharField("state as last read", max_length=2, blank=True)
    vehicle = models.CharField(max_length=140, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    broken_at = models.DateTimeField(null=True, help_text="When it was found that the stay was broken.")

    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    citation_number = models.CharField(max_length=30, blank=True)
    reason = models.CharField("why no citation", max_length=10, choices=Reason, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["agency", "status", "-id"], name="parking_hit_status"),
            models.Index(fields=["agency", "plate_key", "day"], name="parking_hit_vehicle"),
            models.Index(fields=["agency", "last_at"], name="parking_hit_last"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="cited") | ~Q(citation_number=""), name="parking_cited_has_number",
                violation_error_message="A citation has its number.",
            ),
            models.CheckConstraint(
                condition=~Q(status="none") | ~Q(reason=""), name="parking_none_has_reason",
                violation_error_message="Say why there was no citation.",
            ),
            models.CheckConstraint(
                condition=Q(kind="overtime", zone__isnull=False)
                | Q(kind="scofflaw", scofflaw_list__isnull=False),
                name="parking_hit_of_one_kind",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"parking hit {self.number}"

    @property
    def number(self) -> str:
        """How the hit is cited: P, the year, its number."""
        return f"P-{self.made_at:%Y}-{self.pk:06d}"

    @property
    def is_exact(self) -> bool:
        """Whether both plates are the same, character by character."""
        return self.match == self.Match.EXACT

    @property
    def compared(self) -> tuple[str, str]:
        """Plate and state that the last read is held against: of the list, or of the first read."""
        if self.kind == self.Kind.SCOFFLAW:
            return self.listed_plate, self.listed_state
        return self.first_plate, self.first_state

    @property
    def differing(self) -> list[Position]:
        """The places where the last read differs from what it is held against."""
        return differences(self.compared[0], self.plate)

    @property
    def stood(self) -> timedelta:
        """From the first read to the last."""
        return self.last_at - self.first_at

    @property
    def over(self) -> timedelta:
        """How long past the limit it stood by its last read."""
        return self.stood - timedelta(minutes=self.limit_minutes or 0)


class ParkingDay(models.Model):
    """How many reads and hits one day had, in the department's time: outlives both, and names no plate.

    Citations count on the day of their hit, so that a share is of the hits beside it.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    reads = models.PositiveIntegerField(default=0)
    overtime_hits = models.PositiveIntegerField(default=0)
    overtime_cited = models.PositiveIntegerField(default=0)
    overtime_none = models.PositiveIntegerField(default=0)
    scofflaw_hits = models.PositiveIntegerField(default=0)
    scofflaw_cited = models.PositiveIntegerField(default=0)
    scofflaw_none = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["day"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["agency", "day"], name="parking_day_once")]

    def __str__(self) -> str:
        return f"parking on {self.day}"


class ParkingPurge(models.Model):
    """What one purge deleted of the parking program, beside its certificate.

    Its numbers are saved with the rows they count; `list_sha256` is a chain as that of the certificate.
    """

    run = models.OneToOneField(PurgeRun, on_delete=models.PROTECT, related_name="parking")
    reads_before = models.DateTimeField()
    hits_before = models.DateTimeField()
    authority = models.CharField(max_length=400, blank=True)
    reads_due = models.PositiveIntegerField(default=0)
    reads_held = models.PositiveIntegerField(default=0)
    reads_gone = models.PositiveIntegerField(default=0)
    hits_due = models.PositiveIntegerField(default=0)
    hits_held = models.PositiveIntegerField(default=0)
    hits_gone = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    list_sha256 = models.CharField("SHA-256 of the list of what went", max_length=64, blank=True)

    class Meta:
        verbose_name = "parking data"
        verbose_name_plural = "parking data"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.reads_gone} parking reads and {self.hits_gone} parking hits"

    @property
    def agency(self) -> Agency:
        """The agency of its run."""
        return self.run.agency
