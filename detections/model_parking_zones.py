"""Where parking is enforced: which cameras read for it since when, and the time-limited zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Agency, Member
from detections.model_reads import Camera, Program

MIDNIGHT = time(0)


class ProgramChange(models.Model):
    """From when on a camera is of which program: what it captured before stays where it went."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="program_changes")
    program = models.CharField(max_length=10, choices=Program)
    since = models.DateTimeField()
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["since", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_program_display()} since {self.since:%Y-%m-%d}"


class ParkingZone(models.Model):
    """A time-limited zone: where, how long, on which days and hours, in the department's time.

    Its terms never change: a change closes it and opens its successor, so that each read is judged by what
    the signs said when it was captured. The place is what its cameras read, and a circle or a drawn area.
    """

    class Day(models.IntegerChoices):
        """The days of the week as ISO 8601 counts them."""

        MONDAY = 1, "Monday"
        TUESDAY = 2, "Tuesday"
        WEDNESDAY = 3, "Wednesday"
        THURSDAY = 4, "Thursday"
        FRIDAY = 5, "Friday"
        SATURDAY = 6, "Saturday"
        SUNDAY = 7, "Sunday"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="parking_zones")
    name = models.CharField(max_length=80)
    limit_minutes = models.PositiveSmallIntegerField("limit in minutes")
    days = ArrayField(models.PositiveSmallIntegerField(choices=Day))
    starts = models.TimeField()
    ends = models.TimeField(help_text="Midnight is the end of the day.")
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    cameras = models.ManyToManyField(Camera, blank=True, related_name="parking_zones")
    latitude = models.FloatField(null=True, blank=True, help_text="Middle of the circle, in degrees.")
    longitude = models.FloatField(null=True, blank=True)
    radius_m = models.PositiveIntegerField(null=True, blank=True, help_text="Radius in meters.")
    area = models.JSONField(null=True, blank=True, help_text="Corners: [[latitude, longitude], …].")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["name", "-opened_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "name"], condition=Q(closed_at=None), name="parking_zone_name_once",
                violation_error_message="Another zone has this name.",
            ),
            models.CheckConstraint(
                condition=Q(limit_minutes__range=(1, 1440)), name="parking_limit_within_a_day",
                violation_error_message="A limit is 1 minute to 24 hours.",
            ),
            models.CheckConstraint(
                condition=Q(ends=MIDNIGHT) | Q(ends__gt=F("starts")), name="parking_hours_in_order",
                violation_error_message="The hours end after they start. For a night, make two zones.",
            ),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="parking_days_in_order",
                violation_error_message="The last day comes after the first.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"parking zone {self.name}"

    @property
    def limit(self) -> timedelta:
        """How long a vehicle may stand."""
        return timedelta(minutes=self.limit_minutes)

    def stands_at(self, moment: datetime) -> bool:
        """Whether the zone is there at that moment, whatever the day and hour."""
        if moment < self.opened_at or (self.closed_at is not None and moment >= self.closed_at):
            return False
        day = local(moment).date()
        return (self.first_day is None or day >= self.first_day) and (
            self.last_day is None or day <= self.last_day
        )

    def counts_at(self, moment: datetime) -> bool:
        """Whether its limit counts at that moment: one of its days, within its hours."""
        there = local(moment)
        before_end = self.ends == MIDNIGHT or there.time() < self.ends
        return there.isoweekday() in self.days and self.starts <= there.time() and before_end


def local(moment: datetime) -> datetime:
    """The moment in the department's time."""
    return timezone.localtime(moment, timezone.get_default_timezone())


def begins(day: date) -> datetime:
    """When a day begins in the department's time."""
    midnight = datetime.combine(day, MIDNIGHT)
    return timezone.make_aware(midnight, timezone.get_default_timezone()).astimezone(UTC)
