"""How a camera fares, in words and figures for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone

from accounts.models import Agency
from alpr.templatetags.look import age
from detections.health import HOURS, Problem
from detections.health_check import CLOCK_OFF, STEADY_MESSAGES
from detections.models import Camera, CameraDay, CameraHealth

SHOWN_DAYS = 30


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: what, since when, and the sentence that says it."""

    problem: Problem
    since: datetime
    says: str

    @property
    def shape(self) -> str:
        """The mark's shape: a silent camera is a fault of the record, all else a warning."""
        return "stop" if self.problem is Problem.SILENT else "warn"


@dataclass(frozen=True)
class Standing:
    """One camera as it stands."""

    camera: Camera
    health: CameraHealth | None
    today: int = 0

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with it now."""
        kept = self.health.problems if self.health and self.camera.is_active else []
        return [
            Fault(Problem(one["kind"]), datetime.fromisoformat(one["since"]), one["says"]) for one in kept
        ]

    @property
    def is_heard(self) -> bool:
        """Whether it ever gave a sign."""
        return self.health is not None and self.health.alive_at is not None

    @property
    def clock(self) -> str:
        """How its clock goes, in words."""
        return clock_words(self.health)


@dataclass(frozen=True)
class DayShown:
    """The reads of one day where the agency is."""

    day: date
    reads: int


def standings(agency: Agency) -> list[Standing]:
    """Every reader of the agency, those at fault first, then those in use, by code."""
    rows = Camera.objects.filter(agency=agency).exclude(kind=Camera.Kind.PHOTOGRAPH)
    order = Case(When(is_active=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    cameras = list(rows.select_related("health", "group").order_by(order, "code"))
    today = timezone.localdate()
    reads = {
        camera: _on(days, today)
        for camera, days in _days(cameras, today - timedelta(days=1), today + timedelta(days=1)).items()
    }
    found = [Standing(one, getattr(one, "health", None), reads.get(one.pk, 0)) for one in cameras]
    return sorted(found, key=lambda standing: not standing.faults)


def days_of(camera: Camera) -> list[DayShown]:
    """The last thirty days of one camera, the newest last."""
    today = timezone.localdate()
    first = today - timedelta(days=SHOWN_DAYS - 1)
    known = _days([camera], first - timedelta(days=1), today + timedelta(days=1)).get(camera.pk, [])
    days = [first + timedelta(days=number) for number in range(SHOWN_DAYS)]
    return [DayShown(one, _on(known, one)) for one in days]


def clock_words(health: CameraHealth | None) -> str:
    """How far a reader's clock is off; said only where it can be told."""
    if health is None or health.clock_ms is None:
        return "Not known"
    behind = timedelta(milliseconds=health.clock_ms)
    if abs(behind) > CLOCK_OFF and health.steady_count < STEADY_MESSAGES:
        return "Not known: its last reads were of the past"
    if abs(behind) < timedelta(seconds=1):
        return "Right"
    return f"{age(abs(behind))} {'behind' if behind > timedelta() else 'ahead'}"


def _days(cameras: Iterable[Camera], first: date, last: date) -> dict[int, list[CameraDay]]:
    found: dict[int, list[CameraDay]] = {}
    for one in CameraDay.objects.filter(camera__in=cameras, day__gte=first, day__lte=last):
        found.setdefault(one.camera_id, []).append(one)
    return found


def _on(days: Iterable[CameraDay], day: date) -> int:
    """Reads on a day where the agency is, which is none of the days in UTC."""
    return sum(
        one.by_hour[hour]
        for one in days
        for hour in range(HOURS)
        if one.by_hour[hour]
        and timezone.localdate(datetime(one.day.year, one.day.month, one.day.day, hour, tzinfo=UTC)) == day
    )
