"""Hot lists, the files they were loaded from, and their entries."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Agency, Member
from hotlists.plates import STATES


class HotListQuerySet(models.QuerySet["HotList"]):
    """Lists by what may be done with them."""

    def visible_to(self, member: Member) -> HotListQuerySet:
        """The lists of the member's agency; every other is out of sight."""
        return self.filter(agency=member.agency_id)

    def open_for_hot_plates(self) -> HotListQuerySet:
        """Specific lists that take entries: in use and approved (Vallejo 426.4(f)(5))."""
        return self.filter(kind=HotList.Kind.SPECIFIC, is_active=True, approved_by__isnull=False)


class HotList(models.Model):
    """A list of vehicles of interest, designated by the administrator (Vallejo Policy 426.4(f))."""

    class Kind(models.TextChoices):
        """A general list is downloaded from an agency; a specific one is the department's own."""

        GENERAL = "general", "General"
        SPECIFIC = "specific", "Specific"

    class Source(models.TextChoices):
        """Where a list comes from. The immigration violator file is no choice: it never enters."""

        SVS = "svs", "Stolen vehicles (SVS)"
        SFR = "sfr", "Felony and wanted vehicles (SFR)"
        SLR = "slr", "Stolen and lost plates (SLR)"
        NCIC_VEHICLE = "ncic_vehicle", "Stolen vehicles (NCIC)"
        NCIC_PLATE = "ncic_plate", "Stolen plates (NCIC)"
        NCIC_WANTED = "ncic_wanted", "Wanted persons (NCIC)"
        NCIC_MISSING = "ncic_missing", "Missing persons (NCIC)"
        DMV = "dmv", "Suspended or revoked registrations (DMV)"
        ALERT = "alert", "Amber and Silver alerts"
        LOCAL = "local", "The department’s own"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="hot_lists")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    source = models.CharField(max_length=20, choices=Source)
    designated_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)
    designated_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    refresh_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Hours after which the list is old, where shorter than the policy says.",
    )
    is_active = models.BooleanField(default=True)

    objects = HotListQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="hot_list_name_once_per_agency"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("designated_by")),
                name="hot_list_approved_by_another",
                violation_error_message="A specific hot list is approved by somebody else than who made it.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether entries may be made: a specific list only once it is approved (Vallejo 426.4(f)(5))."""
        return self.is_active and (self.kind == self.Kind.GENERAL or self.approved_by_id is not None)

    @property
    def waits(self) -> bool:
        """Whether a specific list waits for its approval."""
        return self.is_active and self.kind == self.Kind.SPECIFIC and self.approved_by_id is None

    @property
    def takes_files(self) -> bool:
        """Whether files may be loaded: into general lists alone."""
        return self.is_active and self.kind == self.Kind.GENERAL

    @property
    def fresh_for(self) -> timedelta | None:
        """How long a load of a general list counts as fresh; None for a specific list."""
        if self.kind == self.Kind.SPECIFIC:
            return None
        hours = self.agency.policy.hot_lists.general_refresh_hours
        return timedelta(hours=min(hours, self.refresh_hours or hours))

    @property
    def last_snapshot(self) -> Snapshot | None:
        """The file loaded last, or None."""
        return self.snapshots.order_by("-loaded_at").first()

    def is_old(self, loaded_at: Any = None) -> bool:
        """Whether the load at `loaded_at` (default: the last) is past the interval, or there was none."""
        if self.fresh_for is None:
            return False
        last = self.last_snapshot
        moment = loaded_at or (last.loaded_at if last else None)
        return moment is None or timezone.now() - moment > self.fresh_for


class Snapshot(models.Model):
    """One file as it was loaded: its name, hash, counts, who loaded it and when."""

    hot_list = models.ForeignKey(HotList, on_delete=models.PROTECT, related_name="snapshots")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    loaded_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(auto_now_add=True)
    added = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-loaded_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.file_name} into {self.hot_list}"


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries by what may be done with them."""

    def visible_to(self, member: Member) -> EntryQuerySet:
        """The entries of the member's agency; every other is out of sight."""
        return self.filter(hot_list__agency=member.agency_id)

    def hot_plates(self) -> EntryQuerySet:
        """Entries that a member made on a specific list."""
        return self.filter(entered_by__isnull=False)

    def in_use(self) -> EntryQuerySet:
        """Entries that match detections now: in use, not expired, on a list that is open."""
        open_list = Q(hot_list__kind=HotList.Kind.GENERAL) | Q(hot_list__approved_by__isnull=False)
        return self.filter(open_list, hot_list__is_active=True, state_of_entry=Entry.State.IN_USE).filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        )


class Entry(models.Model):
    """A vehicle of interest on a hot list. Closed, never deleted.

    A hot plate (an entry on a specific list) carries the entering member, a case number and a short synopsis
    (Vallejo Policy 426.4(f)), and matches nothing until another person has approved it.
    """

    class State(models.TextChoices):
        """Where the entry stands; `hotlists.moves` is the table of moves between them."""

        WAITING = "waiting", "Waits for approval"
        IN_USE = "in_use", "In use"
        DECLINED = "declined", "Declined"
        CLOSED = "closed", "Closed"

    hot_list = models.ForeignKey(HotList, on_delete=models.PROTECT, related_name="entries")
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    plate = models.CharField(max_length=10)
    plate_key = models.CharField(max_length=10)
    state = models.CharField("state of issue", max_length=2, blank=True, choices=[(s, s) for s in STATES])
    reason = models.CharField(max_length=120)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    color = models.CharField(max_length=20, blank=True)
    body = models.CharField(max_length=20, blank=True)
    entering_agency = models.CharField(max_length=120, blank=True)
    case_number = models.CharField(max_length=30, blank=True)
    synopsis = models.CharField(max_length=500, blank=True)
    entered_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="entries_made"
    )
    entered_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    state_of_entry = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=200, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["-entered_at"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["plate_key"], condition=Q(state_of_entry="in_use"), name="entry_key_in_use"),
            models.Index(fields=["hot_list", "state_of_entry"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["hot_list", "plate", "state"],
                condition=Q(state_of_entry__in=["waiting", "in_use"]),
                name="plate_once_on_a_list",
                violation_error_message="This plate is on that list already, waiting or in use.",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(entered_by=None) | ~Q(decided_by=F("entered_by")),
                name="hot_plate_decided_by_another",
                violation_error_message="A hot plate is approved by somebody else than who entered it.",
            ),
            models.CheckConstraint(
                condition=Q(entered_by=None) | ~Q(case_number="") & ~Q(synopsis=""),
                name="hot_plate_has_case_and_synopsis",
                violation_error_message="A hot plate carries a case number and a short synopsis.",
            ),
        ]

    def __str__(self) -> str:
        return f"hot plate {self.pk}" if self.entered_by_id else f"entry {self.pk} of {self.hot_list}"

    @property
    def agency(self) -> Agency:
        """The agency whose list it is on."""
        return self.hot_list.agency

    @property
    def is_expired(self) -> bool:
        """Whether its last day is over: it matches nothing, wherever it stands."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def last_day(self) -> date | None:
        """The last day on which it matches, in the department's time."""
        if self.expires_at is None:
            return None
        return timezone.localtime(self.expires_at - timedelta(seconds=1)).date()

    @property
    def vehicle(self) -> str:
        """The listed vehicle in words, empty where the list says nothing."""
        return " ".join(
            str(part) for part in (self.year, self.color, self.make, self.model, self.body) if part
        )


def upload_place(upload: Upload, file_name: str) -> str:
    """Where an upload's file is kept: a random name that says nothing."""
    return f"uploads/{uuid.uuid4().hex}"


class Upload(models.Model):
    """A file of a general list between its report and the person's choice; gone after either.

    It belongs to the member who sent it. `problems` holds a line number and a reason for each bad line.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hot_list = models.ForeignKey(HotList, on_delete=models.PROTECT, related_name="uploads")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    document = models.FileField(upload_to=upload_place)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    encoding = models.CharField(max_length=10)
    good = models.PositiveIntegerField()
    problems = models.JSONField(default=list)
    added = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()

    class Meta:
        ordering = ["-uploaded_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.file_name} for {self.hot_list}"

    @property
    def agency(self) -> Agency:
        """The agency whose list it is for."""
        return self.hot_list.agency

    @property
    def shrinks(self) -> bool:
        """Whether the file has less than half of the entries that are in use: it may be cut off."""
        return self.good * 2 < self.removed + self.unchanged

    @property
    def is_loaded_already(self) -> bool:
        """Whether the same file is the one loaded last."""
        last = self.hot_list.last_snapshot
        return last is not None and last.sha256 == self.sha256
