"""Entries: what is listed, whole or in part, why, and until when."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Agency, Member
from hotlists import vocabulary
from hotlists.model_files import Snapshot
from hotlists.model_lists import HotList, Priority
from hotlists.plates import STATES
from hotlists.sources import Source
from trail.models import Inquiry


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries by what may be done with them."""

    def visible_to(self, member: Member) -> EntryQuerySet:
        """The entries of the lists that the member may see; every other is out of sight."""
        return self.filter(hot_list__in=HotList.objects.visible_to(member))

    def hot_plates(self) -> EntryQuerySet:
        """Entries that a member made on a specific list."""
        return self.filter(entered_by__isnull=False)

    def in_use(self) -> EntryQuerySet:
        """Entries that match detections now: in use, begun, not expired, on a list that is open."""
        now = timezone.now()
        open_list = Q(hot_list__kind=HotList.Kind.GENERAL) | Q(hot_list__approved_by__isnull=False)
        return self.filter(
            open_list,
            Q(expires_at=None) | Q(expires_at__gt=now),
            Q(starts_at=None) | Q(starts_at__lte=now),
            hot_list__is_active=True,
            state_of_entry=Entry.State.IN_USE,
        )


class Entry(models.Model):
    """A vehicle of interest on a hot list. Closed, never deleted.

    `plate` is whole, or holds `?` for one character and `*` for any number, or is empty where only the
    vehicle is described. A whole plate is met under `plate_key`; the others under `anchor`
    (`hotlists.patterns`), and carry no `plate_key`.

    A hot plate (an entry on a specific list) carries the entering member, a case number, a short synopsis
    (Vallejo Policy 426.4(f)) and its last day, and matches nothing until another person has approved it.
    """

    class State(models.TextChoices):
        """Where the entry stands; `hotlists.moves` is the table of moves between them."""

        WAITING = "waiting", "Waits for approval"
        IN_USE = "in_use", "In use"
        DECLINED = "declined", "Declined"
        CLOSED = "closed", "Closed"

    # Indexes are few and partial, since a list may hold a million entries: see Meta.
    hot_list = models.ForeignKey(HotList, on_delete=models.PROTECT, related_name="entries", db_index=False)
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="entries", db_index=False
    )
    plate = models.CharField(max_length=16, blank=True)
    plate_key = models.CharField(max_length=10, blank=True)
    anchor = models.CharField(max_length=80, blank=True)
    state = models.CharField("state of issue", max_length=2, blank=True, choices=[(s, s) for s in STATES])
    reason = models.CharField(max_length=120)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    color = models.CharField(max_length=20, blank=True)
    body = models.CharField(max_length=20, blank=True)
    vin = models.CharField("VIN", max_length=20, blank=True)
    plate_type = models.CharField(max_length=20, blank=True)
    plate_year = models.PositiveSmallIntegerField("year of the plate", null=True, blank=True)
    person = models.CharField(max_length=200, blank=True, help_text="Who is sought, as the source says.")
    entering_agency = models.CharField(max_length=120, blank=True)
    case_number = models.CharField(max_length=30, blank=True)
    synopsis = models.CharField(max_length=500, blank=True)
    source_file = models.CharField(max_length=20, choices=Source, blank=True)
    record_number = models.CharField(max_length=20, blank=True, help_text="The source’s own number (NIC).")
    priority = models.PositiveSmallIntegerField(choices=Priority, null=True, blank=True)
    digest = models.UUIDField(null=True, editable=False, help_text="Hash of every value of its line.")
    entered_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="entries_made", db_index=False
    )
    entered_at = models.DateTimeField(default=timezone.now)
    starts_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    inquiry = models.ForeignKey(
        Inquiry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    look_back_days = models.PositiveSmallIntegerField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", db_index=False
    )
    state_of_entry = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=200, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["-entered_at"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["plate_key"],
                condition=Q(state_of_entry="in_use") & ~Q(plate_key=""),
                name="entry_key_in_use",
            ),
            models.Index(
                fields=["anchor"],
                condition=Q(state_of_entry="in_use") & ~Q(anchor=""),
                name="entry_anchor_in_use",
            ),
            models.Index(
                fields=["hot_list", "state_of_entry"],
                condition=Q(entered_by__isnull=False),
                name="entry_hot_plates",
            ),
            models.Index(fields=["replaces"], condition=Q(replaces__isnull=False), name="entry_replacing"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["hot_list", "plate", "state", "source_file", "record_number"],
                condition=Q(state_of_entry="in_use") & ~Q(plate=""),
                name="plate_once_on_a_list",
                violation_error_message="This plate is on that list already, in use.",
            ),
            models.UniqueConstraint(
                fields=["hot_list", "plate", "state"],
                condition=Q(state_of_entry="waiting", replaces=None) & ~Q(plate=""),
                name="plate_waits_once",
                violation_error_message="This plate is on that list already, waiting.",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(state_of_entry="waiting"), name="one_change_waits",
                violation_error_message="A change of this hot plate waits for approval already.",
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
            models.CheckConstraint(
                condition=Q(entered_by=None) | Q(expires_at__isnull=False),
                name="hot_plate_has_last_day",
                violation_error_message="A hot plate carries its last day.",
            ),
            models.CheckConstraint(
                condition=~Q(plate_key="", anchor=""),
                name="entry_has_a_key",
                violation_error_message="An entry has a plate, a part of one, or a vehicle’s description.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"hot plate {self.pk}" if self.entered_by_id else f"entry {self.pk} of {self.hot_list}"

    @property
    def agency(self) -> Agency:
        """The agency whose list it is on."""
        return self.hot_list.agency

    @property
    def is_whole(self) -> bool:
        """Whether the whole plate is known."""
        return bool(self.plate_key)

    @property
    def about_person(self) -> bool:
        """Whether a person is sought, so that the vehicle alone says little."""
        return (
            bool(self.person)
            or self.hot_list.about_person
            or (bool(self.source_file) and Source(self.source_file).facts.about == "person")
        )

    @property
    def rings(self) -> Priority:
        """Its own priority, or its list's."""
        return Priority(self.priority or self.hot_list.priority)

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
        return vocabulary.vehicle(
            year=self.year, color=self.color, make=self.make, model=self.model, body=self.body
        )
