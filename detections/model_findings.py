"""Findings: plates that were read where or on what they cannot have been, for an analyst to look at.

A finding goes with the first of the detections it rests on (`detections.findings.forgetting`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Agency, Member
from detections.model_reads import Camera


class Finding(models.Model):
    """One plate's contradiction: at two places too far apart for the time, or on vehicles that look unlike.

    What goes on joins the open finding: `count` grows, and `one` and `other` are the two reads that
    contradict each other most. `weight` is the speed it takes in km/h, or the points of what looks unlike.
    """

    class Kind(models.TextChoices):
        """What contradicts."""

        APART = "apart", "Two places, too far apart for the time"
        UNLIKE = "unlike", "Vehicles that do not look alike"

    class State(models.TextChoices):
        """Whether somebody still has to look."""

        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    class Result(models.TextChoices):
        """What it was."""

        SWAPPED = "swapped", "Swapped or counterfeit plate"
        MISREAD = "misread", "Misread by a reader"
        EXPLAINED = "explained", "One vehicle; a clock or a camera’s place is wrong"
        TWO_VEHICLES = "two_vehicles", "One owner, who moved the plate lawfully"
        NOTHING = "nothing", "Nothing to it"

    class Doubt(models.TextChoices):
        """Why it counts less."""

        STATE = "state", "The state was not read on both sides: two states may have issued the same plate."
        CONFUSABLE = "confusable", "A plate that readers confuse with this one was read about then as well."

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="findings", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    plate = models.CharField(max_length=10)
    state = models.CharField("state of the plate", max_length=2, blank=True)
    doubts = models.JSONField(default=list, help_text="The values of `Doubt` that weaken it.")
    count = models.PositiveIntegerField(default=0, help_text="How many reads contradicted another.")
    weight = models.FloatField(help_text="Kilometers an hour that it takes, or points of what looks unlike.")
    kilometers = models.FloatField(null=True, help_text="Between the two places.")
    one = models.UUIDField(help_text="The earlier of the two detections.")
    other = models.UUIDField(help_text="The later of the two detections.")
    one_camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+", db_index=False)
    other_camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    last_read_at = models.DateTimeField(help_text="Capture time of the newest read that joined.")
    status = models.CharField(max_length=6, choices=State, default=State.OPEN)
    result = models.CharField(max_length=12, choices=Result, blank=True)
    note = models.CharField(max_length=300, blank=True)
    closed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-last_read_at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["agency", "plate"], name="finding_plate"),
            models.Index(fields=["agency", "status", "-last_read_at"], name="finding_shown"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "plate", "state"], condition=Q(status="open"),
                name="finding_open_once",
            ),
            models.CheckConstraint(
                condition=Q(status="open", result="", closed_by=None, closed_at=None)
                | Q(status="closed", closed_by__isnull=False, closed_at__isnull=False) & ~Q(result=""),
                name="finding_closed_with_result",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"finding {self.number}"

    @property
    def number(self) -> str:
        """How it is cited: F, its number."""
        return f"F-{self.pk:05d}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to look."""
        return self.status == self.State.OPEN


class FindingRead(models.Model):
    """A detection that a finding rests on."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="reads", db_index=False)
    detection_id = models.UUIDField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["finding", "detection_id"], name="finding_read_once"),
        ]

    def __str__(self) -> str:
        return f"detection {str(self.detection_id)[-12:]} of {self.finding}"
