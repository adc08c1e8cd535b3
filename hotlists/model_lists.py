"""Hot lists: where each comes from, how it is refreshed, and who may see it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from guardian.models import UserObjectPermission

from accounts.keys import HashedKey
from accounts.models import Agency, Member
from alpr.policy import Policy
from hotlists.plates import GROUPS
from hotlists.sources import About, Source

if TYPE_CHECKING:
    from hotlists.model_files import Snapshot

SEE_RESTRICTED = "see_restricted"


def all_groups() -> list[str]:
    """Every group of characters that readers confuse."""
    return list(GROUPS)


class Priority(models.IntegerChoices):
    """How loudly an entry rings. High cannot be muted for good."""

    HIGH = 1, "High"
    NORMAL = 2, "Normal"
    LOW = 3, "Low"


class HotListQuerySet(models.QuerySet["HotList"]):
    """Lists by what may be done with them."""

    def visible_to(self, member: Member) -> HotListQuerySet:
        """The member's agency's lists; of restricted ones those granted to the member (CJIS 4.2.2)."""
        granted = UserObjectPermission.objects.filter(
            user=member,
            user__is_active=True,
            user__separated_on=None,
            permission__codename=SEE_RESTRICTED,
            permission__content_type__app_label="hotlists",
        ).values_list("object_pk", flat=True)
        open_to_member = Q(is_restricted=False) | Q(pk__in=[int(key) for key in granted])
        return self.filter(open_to_member, agency=member.agency_id)

    def open_for_hot_plates(self) -> HotListQuerySet:
        """Specific lists that take entries: in use and approved (Vallejo 426.4(f)(5))."""
        return self.filter(kind=HotList.Kind.SPECIFIC, is_active=True, approved_by__isnull=False)


class HotList(models.Model):
    """A list of vehicles of interest, designated by the administrator (Vallejo Policy 426.4(f))."""

    class Kind(models.TextChoices):
        """A general list is downloaded from an agency; a specific one is the department's own."""

        GENERAL = "general", "General"
        SPECIFIC = "specific", "Specific"

    Source = Source
    Priority = Priority

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
    is_restricted = models.BooleanField(
        default=False, help_text="Shown only to members to whom it is granted, as its source asks."
    )
    left_out = ArrayField(
        models.CharField(max_length=20, choices=Source),
        default=list,
        blank=True,
        help_text="Files within the source that do not enter this list.",
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    accepts = ArrayField(
        models.CharField(max_length=4),
        default=all_groups,
        blank=True,
        help_text="Groups of characters that count as confused; none of them makes the list exact.",
    )
    most_differing = models.PositiveSmallIntegerField(
        default=10, help_text="How many characters of one plate may be confused."
    )
    shrink_percent = models.PositiveSmallIntegerField(
        default=20, help_text="A file that has fewer entries by more than this waits for a person."
    )
    bad_percent = models.PositiveSmallIntegerField(
        default=2, help_text="A file with a larger share of bad lines waits for a person."
    )
    look_back_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How far back new entries may be held against detections."
    )
    mapping = models.ForeignKey(
        "hotlists.Mapping", on_delete=models.PROTECT, null=True, blank=True, related_name="hot_lists"
    )
    folder_pattern = models.CharField(
        max_length=80, blank=True, help_text="Names of its files in the watched folder: svs_*.csv."
    )
    source_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its source made what is in force."
    )
    overdue_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = HotListQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        default_permissions = ()
        permissions = [(SEE_RESTRICTED, "May see a restricted list")]
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="hot_list_name_once_per_agency"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("designated_by")),
                name="hot_list_approved_by_another",
                violation_error_message="A specific hot list is approved by somebody else than who made it.",
            ),
            models.CheckConstraint(
                condition=Q(shrink_percent__lte=100, bad_percent__lte=100),
                name="hot_list_limits_are_percentages",
                violation_error_message="A limit in percent is 100 at most.",
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
    def about_person(self) -> bool:
        """Whether its entries are about persons."""
        return Source(self.source).facts.about == About.PERSON

    @property
    def fresh_for(self) -> timedelta | None:
        """As `fresh_under`, by the policy in force."""
        return None if self.kind == self.Kind.SPECIFIC else self.fresh_under(self.agency.policy)

    def fresh_under(self, policy: Policy) -> timedelta | None:
        """How long a general list counts as fresh, the least that anybody asks; None for a specific one."""
        if self.kind == self.Kind.SPECIFIC:
            return None
        asked = (
            policy.hot_lists.general_refresh_hours,
            self.refresh_hours,
            Source(self.source).facts.hours,
        )
        return timedelta(hours=min(hours for hours in asked if hours))

    @property
    def last_snapshot(self) -> Snapshot | None:
        """The file loaded last, or None."""
        return self.snapshots.order_by("-loaded_at").first()

    @property
    def age(self) -> timedelta | None:
        """The age of what is in force, by its source's own time; None before the first load."""
        return timezone.now() - self.source_at if self.source_at else None

    def is_old(self, source_at: datetime | None = None) -> bool:
        """Whether what the source made at `source_at` (default: what is in force) is past the interval."""
        if self.fresh_for is None:
            return False
        moment = source_at or self.source_at
        return moment is None or timezone.now() - moment > self.fresh_for


class ListKey(HashedKey):
    """A key with which a machine gives files to one list and opens nothing else."""

    hot_list = models.ForeignKey(HotList, on_delete=models.PROTECT, related_name="keys")

    class Meta:
        ordering = ["-issued_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"list key {self.name} of {self.hot_list}"

    is_authenticated = True
    trail_kind = "list"

    @property
    def agency(self) -> Agency:
        """The agency of its list."""
        return self.hot_list.agency

    @property
    def trail_label(self) -> str:
        """The list and the key's first characters."""
        return f"Source of {self.hot_list} (key {self.name})"

    @property
    def trail_agency(self) -> Agency:
        """The agency of its list."""
        return self.hot_list.agency

    @property
    def trail_policy(self) -> str:
        """The policy version in force there."""
        return self.hot_list.agency.policy_label
