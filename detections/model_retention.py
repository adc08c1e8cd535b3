"""Holds, and the purge with its certificate."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Member
from alpr.policy.words import HoldGround
from detections.model_hits import Hit, Search
from detections.model_reads import Camera


class Hold(models.Model):
    """Data kept past its time because it is, or may become, evidence or is asked for (Vallejo Policy 426.4).

    Over a plate or a camera it keeps what was and what will be captured between `since` and `until`, over a
    hit that hit and its reads, also those that join it later; one detection or a search's results it names in
    `HeldDetection`. `plate` and `plate_key` go once a released hold is as old as what it kept may be.
    """

    class Kind(models.TextChoices):
        """What is held."""

        DETECTION = "detection", "One detection"
        FINDING = "finding", "The detections of a finding"
        HIT = "hit", "A hit with its detections"
        SEARCH = "search", "The results of a search"
        PLATE = "plate", "Every detection of a plate"
        CAMERA = "camera", "What a camera captures in a time"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=10, choices=Kind)
    ground = models.CharField(
        max_length=20, blank=True, choices=[(each.value, each.label) for each in HoldGround],
        help_text="Why the policy lets it be kept; empty on holds from before grounds were asked for.",
    )  # fmt: skip
    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    search = models.ForeignKey(Search, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    plate = models.CharField(max_length=10, blank=True)
    plate_key = models.CharField(max_length=10, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: also what is yet to come.")
    case_number = models.CharField(max_length=30)
    reason = models.CharField(max_length=300)
    review_by = models.DateField(help_text="By this day somebody says whether it is still needed.")
    placed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)
    placed_at = models.DateTimeField(auto_now_add=True)
    reviewed_at = models.DateTimeField(null=True, editable=False)
    release_asked_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    release_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    release_why = models.CharField(max_length=300, blank=True, editable=False)
    released_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    released_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-placed_at"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["agency", "plate_key"], condition=Q(released_at=None), name="hold_standing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["detection", "finding"])
                | Q(kind="hit") & (Q(hit__isnull=False) | Q(released_at__isnull=False))
                | Q(kind="search", search__isnull=False)
                | Q(kind="plate") & (~Q(plate_key="") | Q(released_at__isnull=False))
                | Q(kind="camera", camera__isnull=False, since__isnull=False),
                name="hold_names_what_it_keeps",
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gt=F("since")),
                name="hold_until_after_since",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("release_asked_by")),
                name="hold_released_by_another",
                violation_error_message="A hold is released by another than who asks for it.",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(release_asked_by__isnull=False) | Q(ground=""),
                name="hold_release_asked_first",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk} for case {self.case_number}"


class HeldDetection(models.Model):
    """One detection that a hold names."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="items", db_index=False)
    detection_id = models.UUIDField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["hold", "detection_id"], name="held_once_per_hold"),
        ]

    def __str__(self) -> str:
        return f"detection {str(self.detection_id)[-12:]} under {self.hold}"


class PurgeRun(models.Model):
    """The certificate of one purge of one agency: what was due, held and gone, under which policy version.

    Its numbers are saved with the rows they count, so that they are true of a run that broke off as well;
    such a run has no `finished_at`, and `continued_by` is the run that took over what it left. `list_sha256`
    is a chain over the batches: the hash of the one before and the ids that went, so that the order of what
    was deleted can be proved without keeping it.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="purges")
    ran_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    continued_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="continues")
    captured_before = models.DateTimeField()
    hits_before = models.DateTimeField(null=True, help_text="Empty where the policy keeps hits indefinitely.")
    pictures_before = models.DateTimeField(
        null=True, help_text="Empty where pictures are kept as long as their detections."
    )
    policy_version = models.CharField(max_length=120)
    authority = models.CharField(max_length=400, blank=True, help_text="The clause that sets the time.")
    due = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    rows_gone = models.PositiveIntegerField(default=0)
    days_dropped = models.JSONField(default=list, help_text="Days that went whole, with their partition.")
    hits_due = models.PositiveIntegerField(default=0)
    hits_held = models.PositiveIntegerField(default=0)
    hits_gone = models.PositiveIntegerField(default=0)
    pictures_gone = models.PositiveIntegerField(
        default=0, help_text="Detections that lost their picture before their own time was up."
    )
    jobs_gone = models.PositiveIntegerField(default=0)
    findings_gone = models.PositiveIntegerField(
        default=0, help_text="Findings that went with a detection they rested on."
    )
    files_gone = models.PositiveIntegerField(default=0)
    strays_gone = models.PositiveIntegerField(default=0)
    files_left = models.JSONField(
        default=list, help_text="Image files that were due and could not be removed."
    )
    plates_forgotten = models.PositiveIntegerField(
        default=0, help_text="Searches and released holds that lost their plate with the data they spoke of."
    )
    held_for = models.JSONField(default=dict, help_text="Detections and hits past their time, by case.")
    list_sha256 = models.CharField("SHA-256 of the list of what went", max_length=64, blank=True)

    class Meta:
        verbose_name = "deletion run"
        ordering = ["-ran_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.rows_gone} detections, {self.hits_gone} hits and {self.files_gone} pictures"
