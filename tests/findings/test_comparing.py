"""The job: what comes in is looked at once, late or not, and what goes on joins the finding that is open."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from accounts.models import Agency, Member
from detections import partitions
from detections.findings import comparing
from detections.findings.around import Readers, reads_of, stored_with
from detections.findings.services import MOST_READS, finding_close
from detections.ingest import Read, receive
from detections.models import Camera, CameraHealth, Finding, FindingRead, Transfer
from detections.schedules import TABLE
from tests.cast import found
from tests.findings.conftest import PLATE, Sure, purpose
from tests.parking.conftest import cart
from tests.search.rows import store
from trail.actors import System
from trail.models import Event
from trail.verbs import Verb

__all__ = ["cart"]

pytestmark = pytest.mark.django_db
DAYS = 20


def test_a_plate_at_two_places_becomes_one_finding_and_goes_on_in_it(
    sure: Sure, far: Camera, agency: Agency
) -> None:
    first = sure()
    assert comparing.compare(agency) == 1
    assert not Finding.objects.exists()
    second = sure(minutes=5, camera=far)
    comparing.compare(agency)
    finding = Finding.objects.get()
    assert (finding.kind, finding.plate, finding.state, finding.count) == ("apart", PLATE, "CA", 2)
    assert (finding.one, finding.other) == (first.pk, second.pk)
    assert finding.kilometers == pytest.approx(38.2, abs=0.5)
    assert (finding.one_camera, finding.other_camera) == (first.camera, far)
    third = sure(minutes=2, camera=far)
    comparing.compare(agency)
    finding.refresh_from_db()
    assert finding.count == 3
    assert finding.other == third.pk, "the two that contradict most are shown"
    assert FindingRead.objects.filter(finding=finding).count() == 3
    made = Event.objects.get(verb=Verb.FINDING_MADE)
    assert (made.object_repr, made.agency) == (f"finding F-{finding.pk:05d}", agency)
    assert PLATE not in json.dumps(made.elements) + made.object_repr + made.detail


def test_looking_again_changes_nothing(sure: Sure, far: Camera, agency: Agency) -> None:
    sure()
    sure(minutes=5, camera=far)
    comparing.compare(agency)
    before = Finding.objects.values().get()
    assert comparing.compare(agency) == 0
    Transfer.objects.update(to_compare=True)
    assert comparing.compare(agency) == 2
    assert Finding.objects.values().get() == before
    assert Event.objects.filter(verb=Verb.FINDING_MADE).count() == 1


def test_reads_that_come_a_month_late_are_compared(sure: Sure, far: Camera, agency: Agency) -> None:
    month = -30 * 24 * 60
    sure(minutes=month)
    comparing.compare(agency)
    sure(minutes=month + 4, camera=far)
    sure("7ABC123")
    comparing.compare(agency)
    assert Finding.objects.get().count == 2


def test_vehicles_that_look_unlike_become_a_finding_over_days(
    sure: Sure, far: Camera, agency: Agency
) -> None:
    car = {"make": "Toyota", "color": "red", "body": "sedan"}
    sure(minutes=-5 * 24 * 60, **car)
    sure(minutes=-3 * 24 * 60, camera=far, **car)
    other = {"make": "Ford", "color": "blue", "body": "sedan"}
    sure(minutes=-60, **other)
    comparing.compare(agency)
    assert not Finding.objects.exists()
    last = sure(minutes=300, camera=far, **other)
    comparing.compare(agency)
    finding = Finding.objects.get()
    assert (finding.kind, finding.count, finding.kilometers) == ("unlike", 4, None)
    assert finding.other == last.pk


def test_what_cannot_be_told_makes_no_finding(sure: Sure, far: Camera, agency: Agency, detect: Any) -> None:
    CameraHealth.objects.update_or_create(camera=far, defaults={"problems": [{"kind": "clock"}]})
    photographs = Camera.objects.create(
        agency=agency, code="photographs", name="Photographs", kind=Camera.Kind.PHOTOGRAPH,
        latitude=37.0, longitude=-120.0,
    )  # fmt: skip
    car = Camera.objects.create(agency=agency, code="car-3", name="Unit 3", kind=Camera.Kind.MOBILE)
    sure()
    sure(minutes=3, camera=far)
    sure(minutes=4, camera=photographs, latitude=37.0, longitude=-120.0)
    sure(minutes=5, camera=car)
    sure(minutes=6, confidence=0.6, camera=car, latitude=37.0, longitude=-120.0)
    sure(minutes=6, confidence=None, camera=car, latitude=37.0, longitude=-120.0)
    comparing.compare(agency)
    assert not Finding.objects.exists()
    sure(minutes=7, camera=car, latitude=37.0, longitude=-120.0)
    comparing.compare(agency)
    assert Finding.objects.get().one_camera.code == "cam-12", "the reader in the car says where it was"


def test_each_agency_finds_among_its_own_reads(sure: Sure, far: Camera, agency: Agency) -> None:
    other = found("Eastmoor")
    theirs = Camera.objects.create(agency=other, code="east", name="East", latitude=37.78, longitude=-122.41)
    sure()
    sure(minutes=5, camera=theirs)
    comparing.compare_everywhere()
    assert not Finding.objects.exists()
    assert not Transfer.objects.filter(to_compare=True).exists()


def test_parking_reads_never_enter(
    sure: Sure, far: Camera, agency: Agency, cart: Camera, noon: datetime
) -> None:
    sure()
    read = Read(
        sender_id="p-1", captured_at=noon + timedelta(minutes=5), plate=PLATE, state="CA", confidence=0.97,
        content_sha256="d" * 64, latitude=far.latitude, longitude=far.longitude,
    )  # fmt: skip
    receive(actor=System("Tests"), camera=cart, reads=[read], refused=[], batch_sha256="e" * 64)
    assert not Transfer.objects.get(camera=cart).to_compare
    assert comparing.compare(agency) == 1
    assert not Finding.objects.exists()


@pytest.mark.parametrize(("result", "joins"), [("swapped", True), ("two_vehicles", True), ("misread", False)])
def test_after_a_decision_the_same_plate_goes_on_or_is_asked_anew(
    result: str, joins: bool, apart: Finding, analyst: Member, agency: Agency, sure: Sure, far: Camera
) -> None:
    finding_close(
        actor=analyst, inquiry=purpose(analyst), finding=apart, result=result, note="Seen on both pictures"
    )
    Transfer.objects.update(to_compare=True)
    comparing.compare(agency)
    assert Finding.objects.count() == 1, "what was looked at makes no finding again"
    sure(minutes=8)
    sure(minutes=10, camera=far)
    comparing.compare(agency)
    apart.refresh_from_db()
    assert apart.status == "closed"
    assert (Finding.objects.count(), apart.count) == ((1, 4) if joins else (2, 2))


def test_a_plate_that_is_read_without_end_names_so_many_reads_and_counts_all(
    agency: Agency, camera: Camera, far: Camera, noon: datetime
) -> None:
    for each, late in ((camera, 0), (far, 30)):
        reads = [
            Read(
                sender_id=f"{number}", captured_at=noon + timedelta(seconds=late + 60 * number), plate=PLATE,
                state="CA", content_sha256="c" * 64, confidence=0.97,
            )
            for number in range(30)
        ]  # fmt: skip
        receive(
            actor=System("Tests"), camera=each, reads=reads, refused=[], batch_sha256=each.code.rjust(64, "0")
        )
    comparing.compare(agency)
    finding = Finding.objects.get()
    assert finding.count == 60
    assert MOST_READS <= finding.reads.count() <= MOST_READS + 2


def test_steps_are_small_and_the_worker_does_them_every_quarter_of_an_hour(
    sure: Sure, far: Camera, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST_READS", 1)
    sure()
    sure(minutes=5, camera=far)
    sizes: list[int] = []
    step = comparing._step

    def counted(one: Agency) -> int:
        sizes.append(step(one))
        return sizes[-1]

    monkeypatch.setattr(comparing, "_step", counted)
    assert comparing.compare(agency) == 2
    assert sizes == [1, 1, 0]
    assert Finding.objects.count() == 1
    scheduled = TABLE["Compare plates"]
    assert scheduled["func"] == "detections.findings.comparing.compare_everywhere"
    assert scheduled["minutes"] == 15


def test_no_time_left_means_no_step(sure: Sure, agency: Agency) -> None:
    sure()
    assert comparing.compare(agency, stop_at=time.monotonic() - 1) == 0
    assert Transfer.objects.filter(to_compare=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_a_step_leaves_it_undone_and_another_does_it(
    sure: Sure, far: Camera, agency: Agency, tmp_path: Path
) -> None:
    sure()
    sure(minutes=5, camera=far)
    script = (
        "import django, time, sys; django.setup()\n"
        "from detections.findings import comparing\n"
        "from accounts.models import Agency\n"
        "make = comparing.finding_make\n"
        "def stop(**said):\n"
        "    make(**said); print('made', flush=True); time.sleep(60)\n"
        "comparing.finding_make = stop\n"
        f"comparing.compare(Agency.objects.get(pk={agency.pk}))\n"
    )
    database = connections["default"].settings_dict
    address = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "alpr.settings"}
    if database["HOST"]:
        environment["DATABASE_URL"] = f"{address}?host={database['HOST']}&port={database['PORT'] or 5432}"
    worker = subprocess.Popen(
        [sys.executable, "-c", script], cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE
    )
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"made\n"
        assert not Finding.objects.exists()
        assert comparing.compare(agency) == 0, "nobody does what another is at"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    deadline = time.monotonic() + 30
    while not comparing.compare(agency) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert Finding.objects.get().count == 2


def _plan(query: str, facts: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {query}", facts)
        return "\n".join(row[0] for row in cursor.fetchall())


def opened(plan: str) -> set[date]:
    """The days whose partitions a plan really opens."""
    lines = [line for line in plan.splitlines() if "never executed" not in line]
    days = [timezone.now().date() - timedelta(days=day) for day in range(-2, DAYS + 4)]
    return {day for day in days if any(partitions.name(day) in line for line in lines)}


def test_both_queries_go_by_an_index_and_open_the_days_that_they_need(
    agency: Agency, camera: Camera, noon: datetime
) -> None:
    reads = [
        (f"{at % 10}KLM{at % 9000 + 1000}", noon - timedelta(days=at % DAYS, seconds=at * 7 % 30_000))
        for at in range(12_000)
    ]
    store(camera, reads, confidence=0.95)
    batch = Transfer.objects.create(
        camera=camera, batch_sha256="a" * 64, sent_by="Tests", accepted=1, to_compare=True,
        captured_from=noon, captured_to=noon,
    )  # fmt: skip
    store(camera, [(PLATE, noon)], transfer=batch, confidence=0.95)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE detections_detection")
    readers = Readers.of(agency)
    ran: list[str] = []

    def remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "unnest" in sql and not sql.startswith("EXPLAIN"):
            ran.append(_plan(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        fresh = stored_with(readers, [batch])
        assert [seen.plate for seen in fresh["8KR8412"]] == [PLATE]
        reads_of(readers, fresh, noon - timedelta(hours=2), noon + timedelta(hours=2), 60)
        reads_of(readers, ["1KLM1001"], noon - timedelta(days=3), noon, 20)
    assert len(ran) == 3
    for plan, days in zip(ran, (1, 1, 4), strict=True):
        assert "Seq Scan" not in plan, plan
        assert "Index" in plan
        assert len(opened(plan)) <= days, plan
