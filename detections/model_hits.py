"""Hits with the rungs they climbed, and searches."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import cached_property

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Agency, Member
from alpr.policy import Rung
from detections.model_reads import Camera
from hotlists import vocabulary
from hotlists.models import Entry, Priority, Snapshot
from hotlists.patterns import alignment
from hotlists.plates import Position
from trail.models import Inquiry


class Outcome(models.TextChoices):
    """How a hit ended: every stop on a hit is cleared with its result (Vallejo Policy 426.4(f)(3))."""

    ARREST = "arrest", "Stopped: arrest"
    RECOVERED = "recovered", "Stopped or found: vehicle or plate recovered"
    CITED = "cited", "Stopped: citation"
    RELEASED = "released", "Stopped: released, no action"
    LOCATED = "located", "Person located, no stop"
    NO_STOP = "no_stop", "No stop: not found, or no longer near"
    MISREAD = "misread", "Wrong hit: the plate was misread"
    WRONG_STATE = "wrong_state", "Wrong hit: the plate is of another state"
    MISMATCH = "mismatch", "Wrong hit: the vehicle does not match"
    NOT_LISTED = "not_listed", "Wrong hit: no longer listed"

    @property
    def is_stop(self) -> bool:
        """Whether a vehicle was stopped, which asks for the rungs before the stop line."""
        return self in (Outcome.ARREST, Outcome.RECOVERED, Outcome.CITED, Outcome.RELEASED)


class Hit(models.Model):
    """An alert from a reader that a plate may be listed.

    It carries its own copy of the read, and so outlives the detection.

    An alert is not a match. `detections.ladder` holds the moves; each is a `HitStep`.
    """

    class Status(models.TextChoices):
        """Open until closed; shut when an answer says that it is not the vehicle."""

        OPEN = "open", "Open"
        SHUT = "shut", "Shut"
        CLOSED = "closed", "Closed"

    class Match(models.TextChoices):
        """How the read met the entry. Only an exact one says that the plate is the listed one."""

        EXACT = "exact", "Exact"
        POSSIBLE = "possible", "Possible"
        PARTIAL = "partial", "Part of a plate"
        DESCRIPTION = "description", "Description"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="hits")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="hits")
    detection_id = models.UUIDField()
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    captured_at = models.DateTimeField()
    made_at = models.DateTimeField(auto_now_add=True)
    list_loaded_at = models.DateTimeField(null=True)
    match = models.CharField(max_length=12, choices=Match)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    look_back = models.ForeignKey(
        "detections.LookBack", on_delete=models.PROTECT, null=True, blank=True, related_name="hits"
    )
    reads = models.PositiveIntegerField(default=1, help_text="Reads of the vehicle that joined this hit.")
    last_read_at = models.DateTimeField(help_text="When the last of them was captured.")
    plate = models.CharField("plate as read", max_length=10)
    state = models.CharField("state as read", max_length=2, blank=True)
    confidence = models.FloatField(null=True)
    candidates = models.JSONField(default=list)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)
    color = models.CharField(max_length=20, blank=True)
    body = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=20, blank=True)
    image = models.CharField(max_length=200, blank=True)
    box = models.JSONField(null=True)
    engine = models.CharField(max_length=40, blank=True)

    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    seen_at = models.DateTimeField(null=True)
    validated_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True, help_text="When dispatch was asked for the live status.")
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    impracticable_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    shut_by_move = models.CharField(max_length=20, blank=True)
    exigent_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    exigent_at = models.DateTimeField(null=True)
    exigent_reviewed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    exigent_reviewed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    case_number = models.CharField("case of the result", max_length=30, blank=True)
    told_at = models.DateTimeField(null=True, help_text="When the entering member saw the result.")

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["agency", "status", "-id"]),
            models.Index(fields=["entry", "camera", "-last_read_at"], name="hit_same_vehicle"),
            models.Index(
                fields=["asked_at"], condition=Q(asked_at__isnull=False, validated_at=None, status="open"),
                name="hit_asked",
            ),
            models.Index(fields=["agency", "captured_at"], name="hit_captured"),
            models.Index(fields=["image"], name="hit_image"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["detection_id", "entry"], name="hit_once_per_detection_and_entry"
            ),
            models.CheckConstraint(
                condition=Q(exigent_reviewed_by=None) | ~Q(exigent_reviewed_by=F("exigent_by")),
                name="exigent_reviewed_by_another",
                violation_error_message="Exigent circumstances are reviewed by another than who claims them.",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | ~Q(outcome=""),
                name="closed_hit_has_outcome",
                violation_error_message="A hit is closed with its result.",
            ),
        ]

    def __str__(self) -> str:
        return f"hit {self.number}"

    @property
    def number(self) -> str:
        """How the hit is cited: H, the year, its number."""
        return f"H-{self.made_at:%Y}-{self.pk:06d}"

    @property
    def is_exact(self) -> bool:
        """Whether the plate is the listed one character by character, in no other state."""
        return self.match == self.Match.EXACT

    @property
    def differing(self) -> list[Position]:
        """The places where the plate as read differs from the plate on the list."""
        return [place for place in alignment(self.entry.plate, self.plate) if place.differs]

    @property
    def state_differs(self) -> bool:
        """Whether reader and list name different states of issue."""
        return bool(self.state and self.entry.state and self.state != self.entry.state)

    @property
    def rungs_done(self) -> list[Rung]:
        """The rungs that were climbed, in the ladder's order."""
        reached = {
            Rung.ALERT: True,
            Rung.SEEN: self.seen_at,
            Rung.VALIDATED: self.validated_at,
            Rung.CONFIRMED: self.confirmed_at,
            Rung.CLOSED: self.closed_at,
        }
        return [rung for rung in Rung if reached[rung]]

    @property
    def list_age(self) -> timedelta:
        """How old the list (or the entry on a specific list) is now."""
        return timezone.now() - (self.list_loaded_at or self.entry.entered_at)

    @property
    def vehicle(self) -> str:
        """The vehicle as read, in words."""
        return vocabulary.vehicle(color=self.color, make=self.make, model=self.model, body=self.body)


class HitRead(models.Model):
    """A further read of the same vehicle by the same camera, which joined the hit and did not ring."""

    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="further_reads")
    detection_id = models.UUIDField()
    captured_at = models.DateTimeField()
    plate = models.CharField("plate as read", max_length=10)
    state = models.CharField("state as read", max_length=2, blank=True)
    confidence = models.FloatField(null=True)
    image = models.CharField(max_length=200, blank=True)
    box = models.JSONField(null=True)

    class Meta:
        ordering = ["captured_at", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["hit", "detection_id"], name="read_joins_a_hit_once"),
        ]
        indexes = [
            models.Index(fields=["detection_id"], name="hit_read_detection"),
            models.Index(fields=["image"], name="hit_read_image"),
        ]

    def __str__(self) -> str:
        return f"further read {self.pk} of {self.hit}"


def of_detection(detection_id: uuid.UUID) -> Q:
    """The condition of the hits that this detection made or joined."""
    joined = HitRead.objects.filter(detection_id=detection_id)
    return Q(detection_id=detection_id) | Q(pk__in=joined.values("hit"))


class LookBack(models.Model):
    """A new entry, or those that one file added, held against past detections: a job under an inquiry."""

    class State(models.TextChoices):
        """Where the job stands."""

        WAITING = "waiting", "Waits for the worker"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="look_back")
    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, null=True, related_name="look_back")
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="look_backs")
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    found = models.PositiveIntegerField(default=0, help_text="Past detections that met it.")
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-made_at"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(entry__isnull=False, snapshot=None) | Q(entry=None, snapshot__isnull=False),
                name="look_back_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"look-back {self.pk}"


class HitStep(models.Model):
    """One move on the ladder: who answered what, when. Written once."""

    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="steps")
    move = models.CharField(max_length=20)
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    passed = models.BooleanField(help_text="Whether the answer leaves the way up open.")
    answers = models.JSONField(default=dict)
    method = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.move} of {self.hit}"


class Search(models.Model):
    """A search of detections as it was asked, under a stated purpose.

    The plate is kept here and never stands in an address.
    """

    class Kind(models.TextChoices):
        """How much of the plate is known."""

        EXACT = "exact", "Whole plate"
        PARTIAL = "partial", "Part of a plate"
        NONE = "none", "No plate"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="searches")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    agencies = models.ManyToManyField(
        Agency, blank=True, related_name="+", help_text="Whose detections; empty: its own agency’s alone."
    )
    kind = models.CharField(max_length=10, choices=Kind)
    pattern = models.CharField(max_length=20, blank=True)
    confusable = models.BooleanField(default=True)
    state = models.CharField(max_length=2, blank=True)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)
    color = models.CharField(max_length=20, blank=True)
    body = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    cameras = models.ManyToManyField(Camera, blank=True)
    latitude = models.FloatField(null=True, blank=True, help_text="Middle of the circle, in degrees.")
    longitude = models.FloatField(null=True, blank=True)
    radius_m = models.PositiveIntegerField(null=True, blank=True, help_text="Radius in meters.")
    area = models.JSONField(
        null=True, blank=True, help_text="Corners of the drawn area: [[latitude, longitude], …]."
    )
    made_at = models.DateTimeField(auto_now_add=True)
    found = models.PositiveIntegerField(default=0)
    broad_why = models.CharField(
        max_length=1_000,
        blank=True,
        help_text="Why it needs a second person; empty where one may make it alone.",
    )
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True, help_text="The second person’s answer; empty while it waits.")
    decision_note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "searches"
        ordering = ["-made_at"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["agency", "made_at"], condition=~Q(broad_why="") & Q(approved=None),
                name="search_waits",
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="search_decided_by_another",
                violation_error_message="A broad search is approved by another than who asks for it.",
            ),
            models.CheckConstraint(
                condition=Q(approved=None, decided_by=None, decided_at=None)
                | Q(approved__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="search_decision_whole",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None, radius_m=None)
                | Q(
                    latitude__range=(-90, 90), longitude__range=(-180, 180), radius_m__range=(1, 50_000),
                    area=None,
                ),
                name="search_circle_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"search {str(self.id)[:8]}"

    @cached_property
    def searched(self) -> list[Agency]:
        """The agencies whose detections it looks through, its own first."""
        chosen = sorted(self.agencies.all(), key=lambda agency: (agency.pk != self.agency_id, agency.name))
        return chosen or [self.agency]

    @property
    def others(self) -> list[Agency]:
        """Those of them that are not its own: their data are open by agreement and grant alone."""
        return [agency for agency in self.searched if agency.pk != self.agency_id]

    @property
    def waits(self) -> bool:
        """Whether a second person has still to decide."""
        return bool(self.broad_why) and self.approved is None

    @property
    def is_open(self) -> bool:
        """Whether its results may be seen: it is not broad, or a second person has approved it."""
        return not self.broad_why or self.approved is True
