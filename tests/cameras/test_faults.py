"""Each fault begins and ends once beside the camera and on the trail, and waits for the administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import AdoptedPolicy, Agency
from detections import health_check, tasks
from detections.health import Problem
from detections.models import Camera, CameraHealth
from tests.cameras.conftest import NOW
from trail.models import Event
from trail.verbs import Verb

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Health = Callable[..., CameraHealth]


def events() -> list[tuple[str, bool]]:
    rows = Event.objects.filter(verb=Verb.CAMERA_FAULT).order_by("id")
    return [(event.elements["fault"], event.elements["stands"]) for event in rows]


def test_a_fault_begins_and_ends_once_on_the_trail(camera: Camera, agency: Agency, health: Health) -> None:
    said = health(heartbeat_at=NOW - HOUR)
    assert [health_check.check(agency, NOW + number * MINUTE) for number in range(3)] == [1, 0, 0]
    said.refresh_from_db()
    assert [one["kind"] for one in said.problems] == [Problem.SILENT]
    assert datetime.fromisoformat(said.problems[0]["since"]) == NOW - HOUR
    assert said.checked_at == NOW + 2 * MINUTE
    health(heartbeat_at=NOW + 3 * MINUTE)
    assert [health_check.check(agency, NOW + number * MINUTE) for number in (3, 4)] == [1, 0]
    assert events() == [("silent", True), ("silent", False)]
    event = Event.objects.filter(verb=Verb.CAMERA_FAULT).earliest("id")
    assert (event.actor_kind, event.agency, event.object_pk) == ("system", agency, str(camera.pk))


def test_what_cannot_be_told_leaves_what_stood(camera: Camera, agency: Agency, health: Health) -> None:
    health(clock_ms=90_000, steady_since=NOW - HOUR, steady_count=9, last_received_at=NOW - MINUTE)
    health_check.check(agency, NOW)
    health(last_received_at=NOW - 3 * HOUR)
    health_check.check(agency, NOW)
    kinds = {one["kind"] for one in CameraHealth.objects.get().problems}
    assert Problem.CLOCK in kinds


def test_out_of_use_ends_every_fault(camera: Camera, agency: Agency, health: Health) -> None:
    health(heartbeat_at=NOW - HOUR)
    health_check.check(agency, NOW)
    Camera.objects.update(is_active=False)
    health_check.check(agency, NOW)
    assert CameraHealth.objects.get().problems == []
    assert events() == [("silent", True), ("silent", False)]


def test_the_job_passes_over_agencies_without_a_policy(camera: Camera, health: Health) -> None:
    health(heartbeat_at=NOW - HOUR)
    AdoptedPolicy.objects.all().delete()
    assert tasks.check_cameras() == 0
