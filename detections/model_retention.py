"""Holds, and the purge with its certificate."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from accounts.models import Agency, Member
from detections import uuid7


class Hold(models.Model):
    """A detection kept past its time because it is, or may become, evidence (Vallejo Policy 426.4)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="holds")
    detection_id = models.UUIDField(db_index=True)
    case_number = models.CharField(max_length=30)
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)
    placed_at = models.DateTimeField(auto_now_add=True)
    released_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    released_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-placed_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"hold {self.pk} for case {self.case_number}"

    @property
    def captured_at(self) -> datetime:
        """When the picture of what is held was taken, from the detection's id."""
        return uuid7.captured_at(self.detection_id)


class PurgeRun(models.Model):
    """The certificate of one purge of one agency: what was due, held and gone, under which policy version.

    Its numbers are saved with the rows they count, so that they are true of a run that broke off as well;
    such a run has no `finished_at`, and `continued_by` is the run that took over what it left.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="purges")
    ran_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    continued_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="continues")
    captured_before = models.DateTimeField()
    hits_before = models.DateTimeField(null=True, help_text="Empty where the policy keeps hits indefinitely.")
    policy_version = models.CharField(max_length=120)
    due = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    rows_gone = models.PositiveIntegerField(default=0)
    hits_due = models.PositiveIntegerField(default=0)
    hits_held = models.PositiveIntegerField(default=0)
    hits_gone = models.PositiveIntegerField(default=0)
    jobs_gone = models.PositiveIntegerField(default=0)
    files_gone = models.PositiveIntegerField(default=0)
    files_left = models.JSONField(
        default=list, help_text="Image files that were due and could not be removed."
    )

    class Meta:
        verbose_name = "deletion run"
        ordering = ["-ran_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.rows_gone} detections, {self.hits_gone} hits and {self.files_gone} pictures"
