"""The purge: what is past its time goes with its pictures, what is held stays, nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import OrmQ
from hypothesis import HealthCheck, example, given, settings

from accounts.models import Agency, Member, NoPolicy
from accounts.services import agency_found
from detections import images
from detections.models import Detection, Hit, HitRead, Hold, ImageJob, PurgeRun
from detections.retention import is_overdue, last_purge, purge
from detections.tasks import purge as purge_all
from detections.tasks import purge_agency
from tests.cast import TESTS
from tests.retention.conftest import Place
from tests.retention.world import (
    DAYS,
    PICTURE,
    RANGES,
    THINGS,
    Days,
    Range,
    Side,
    Thing,
    World,
    counted,
    keep_for,
    stored,
    taken_back,
)  # fmt: skip
from tests.search.conftest import Detect
from trail.models import Event
from trail.verbs import Outcome, Verb

NAMES = ("rows_gone", "held", "hits_gone", "hits_held", "jobs_gone")


@pytest.mark.usefixtures("days")
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=DAYS, second=DAYS, things=THINGS, ranges=RANGES)
@example(
    first=Days(3, None),
    second=Days(1, 2),
    things=[
        Thing(0, 5, "own", hit=True, job=True),
        Thing(0, 5, "shared", hold="standing"),
        Thing(1, 5, "own", hit=True),
        Thing(1, 5, "own", job=True, hold="released"),
    ],
    ranges=[],
)
@example(
    first=Days(1, 2),
    second=Days(1, 2),
    things=[
        Thing(0, 5, "own", hit=True),
        Thing(0, 3, "own", joins=True),
        Thing(1, 5, "own", hit=True),
        Thing(1, 3, "own", hold="standing", joins=True),
    ],
    ranges=[],
)
@example(
    first=Days(1, None),
    second=Days(1, 2),
    things=[Thing(0, 5, hit=True), Thing(0, 5, "own", joins=True), Thing(1, 5, "own", joins=True)],
    ranges=[],
)
@example(
    first=Days(2, 2, 1),
    second=Days(6, None, on_server=False),
    things=[
        Thing(0, 1, "own", hit=True, job=True),
        Thing(0, 4, "own", hit=True, plate="BKR84I2"),
        Thing(0, 4, "own", plate="7ABC123"),
        Thing(0, 7, "own", hit=True, hold="hit"),
        Thing(0, 7, "own", joins=True, plate="7ABC123"),
        Thing(1, 2, "own", hit=True, job=True, plate="7ABC123"),
        Thing(1, 7, "own", hit=True),
    ],
    ranges=[
        Range(0, "plate", None, 2),
        Range(1, "camera", 9, 3),
        Range(0, "camera", standing=False, oldest=9),
    ],
)
def test_exactly_what_is_past_its_time_and_not_held_is_gone(
    operator: Member,
    outsider: Member,
    evidence: Path,
    first: Days,
    second: Days,
    things: list[Thing],
    ranges: list[Range],
) -> None:
    with taken_back(evidence):
        world = World([Side.of(operator, first), Side.of(outsider, second)], ranges).fill(things)
        before = stored(evidence)
        runs = [purge(side.agency) for side in world.sides]
        world.check(evidence)
        for number, run in enumerate(runs):
            assert counted([run], NAMES) == world.totals(number)
            assert (run.due, run.hits_due) == (run.rows_gone + run.held, run.hits_gone + run.hits_held)
            assert run.files_left == []
        assert sum(run.files_gone for run in runs) == len(before - stored(evidence))
        again = [purge(side.agency) for side in world.sides]
        assert counted(again, ("rows_gone", "hits_gone", "jobs_gone", "files_gone")) == {
            "rows_gone": 0, "hits_gone": 0, "jobs_gone": 0, "files_gone": 0,
        }  # fmt: skip


def test_an_agency_without_a_policy_purges_nothing(db: Any) -> None:
    agency = agency_found(actor=TESTS, name="New Police Department", short_name="New")
    with pytest.raises(NoPolicy):
        purge(agency)
    assert not PurgeRun.objects.exists()
    assert not is_overdue(agency)


def test_the_days_are_the_adopted_policys(agency: Agency, detect: Detect) -> None:
    kept, _ = detect(hours_ago=5 * 24), detect(hours_ago=7 * 24)
    keep_for(agency, Days(6, 6))
    run = purge(agency)
    assert list(Detection.objects.all()) == [kept]
    assert run.captured_before == pytest.approx(timezone.now() - timedelta(days=6), abs=timedelta(minutes=1))
    assert run.policy_version == agency.policy_label


def test_a_picture_that_a_hit_needs_stays_until_the_hit_goes(
    agency: Agency, detect: Detect, entry: Any, evidence: Path
) -> None:
    entry("8KRB412")
    one = detect(hours_ago=5 * 24, pictured=True)
    keep_for(agency, Days(2, 10))
    run = purge(agency)
    assert (run.rows_gone, run.files_gone) == (1, 0)
    assert stored(evidence) == {one.image}
    keep_for(agency, Days(2, 4))
    run = purge(agency)
    assert (run.hits_gone, run.files_gone) == (1, 1)
    assert stored(evidence) == set()


def test_a_read_that_joined_goes_with_its_hit_and_its_picture(
    agency: Agency, detect: Detect, entry: Any, evidence: Path, custodian: Member
) -> None:
    entry("8KRB412")
    detect(hours_ago=5 * 24 + 0.1)
    joined = detect(hours_ago=5 * 24, pictured=True)
    assert (Hit.objects.count(), HitRead.objects.count()) == (1, 1)
    keep_for(agency, Days(2, 10))
    assert purge(agency).files_gone == 0
    assert stored(evidence) == {joined.image}
    keep_for(agency, Days(2, 4))
    run = purge(agency)
    assert (run.hits_gone, run.files_gone) == (1, 1)
    assert not HitRead.objects.exists()
    assert stored(evidence) == set()


def test_a_hold_on_a_read_that_joined_keeps_the_hit(
    agency: Agency, detect: Detect, entry: Any, hold: Place
) -> None:
    entry("8KRB412")
    detect(hours_ago=5 * 24 + 0.1)
    joined = detect(hours_ago=5 * 24)
    hold(joined)
    keep_for(agency, Days(2, 4))
    run = purge(agency)
    assert (run.rows_gone, run.held, run.hits_gone, run.hits_held) == (1, 1, 0, 1)
    assert HitRead.objects.get().detection_id == joined.pk


def test_a_picture_without_a_plate_goes_with_its_job(agency: Agency, camera: Any, evidence: Path) -> None:
    old = timezone.now() - timedelta(days=400)
    ImageJob.objects.create(
        camera=camera, sender_id="a", sha256="a" * 64, image=images.store(PICTURE, old), captured_at=old,
        state=ImageJob.State.NOTHING,
    )  # fmt: skip
    run = purge(agency)
    assert (run.jobs_gone, run.files_gone) == (1, 1)
    assert not ImageJob.objects.exists()
    assert stored(evidence) == set()


def test_a_stray_picture_goes_when_no_agency_keeps_its_day(
    agency: Agency, outsider: Member, evidence: Path
) -> None:
    keep_for(agency, Days(10, None))
    keep_for(outsider.agency, Days(30, None))
    old, young = (images.store(PICTURE, timezone.now() - timedelta(days=days)) for days in (32, 20))
    run = purge(agency)
    assert stored(evidence) == {young}
    assert old != young
    assert run.files_gone == 0
    assert Event.objects.get(verb=Verb.PURGED).elements["strays_gone"] == 1


def test_a_released_hold_lets_go_and_another_holds_on(
    agency: Agency, detect: Detect, hold: Place, release: Callable[[Hold], Hold]
) -> None:
    one = detect(hours_ago=24 * 400)
    for each in (hold(one, "26-1"), hold(one, "26-2")):
        assert purge(agency).held == 1
        release(each)
    assert purge(agency).rows_gone == 1
    assert not Detection.objects.exists()


def test_what_is_gone_cannot_be_held(agency: Agency, detect: Detect, hold: Place) -> None:
    one = detect(hours_ago=24 * 400)
    purge(agency)
    with pytest.raises(ValidationError, match="deleted"):
        hold(one)
    assert not Hold.objects.exists()


def test_a_picture_that_cannot_be_removed_is_named_and_tried_again(
    agency: Agency, detect: Detect, evidence: Path
) -> None:
    one = detect(hours_ago=24 * 400, pictured=True)
    path = evidence / one.image
    kept = path.read_bytes()
    path.unlink()
    path.mkdir()
    (path / "in the way").touch()
    run = purge(agency)
    assert (run.rows_gone, run.files_gone, run.files_left) == (1, 0, [one.image])
    (path / "in the way").unlink()
    path.rmdir()
    path.write_bytes(kept)
    again = purge(agency)
    assert (again.files_gone, again.files_left) == (1, [])
    run.refresh_from_db()
    assert (run.files_left, run.continued_by) == ([], again)
    assert not path.exists()


def test_the_certificate_stands_on_the_trail_with_its_holds(
    agency: Agency, detect: Detect, hold: Place
) -> None:
    detect(hours_ago=24 * 400, pictured=True)
    hold(detect(hours_ago=24 * 400))
    run = purge(agency)
    event = Event.objects.get(verb=Verb.PURGED)
    assert (event.actor_label, event.agency, event.outcome) == ("System: Purge", agency, Outcome.DONE)
    assert event.policy_version == run.policy_version == agency.policy_label
    facts = event.elements
    assert (facts["due"], facts["held"], facts["rows_gone"], facts["files_gone"]) == (2, 1, 1, 1)
    assert facts["held_for"] == run.held_for == {"26-11873": {"detections": 1, "hits": 0}}
    assert "8KRB412" not in f"{event.sentence} {facts}"


def test_what_two_holds_of_a_case_keep_is_counted_once(
    agency: Agency, detect: Detect, hold: Place, entry: Any
) -> None:
    entry("8KRB412")
    one, other = detect(hours_ago=24 * 400), detect("7ABC123", hours_ago=24 * 400)
    hold(one)
    hold(kind=Hold.Kind.PLATE, plate="8KRB412")
    hold(kind=Hold.Kind.HIT, hit=Hit.objects.get())
    hold(kind=Hold.Kind.CAMERA, camera=one.camera, since=one.captured_at - timedelta(hours=1))
    hold(other, case_number="26-2")
    run = purge(agency)
    assert run.held_for == {
        "26-11873": {"detections": 2, "hits": 1},
        "26-2": {"detections": 1, "hits": 0},
    }
    assert (run.held, run.hits_held) == (2, 1)


def test_a_missed_purge_is_overdue(agency: Agency) -> None:
    agency.policies.update(effective_from=timezone.now() - timedelta(hours=25))
    assert not is_overdue(agency)
    agency.policies.update(effective_from=timezone.now() - timedelta(hours=27))
    assert is_overdue(agency)
    run = purge(agency)
    assert last_purge(agency) == run
    assert not is_overdue(agency)
    PurgeRun.objects.update(ran_at=timezone.now() - timedelta(hours=27))
    assert is_overdue(agency)


def test_a_purge_that_broke_off_does_not_count_as_run(agency: Agency) -> None:
    run = purge(agency)
    PurgeRun.objects.update(finished_at=None)
    agency.policies.update(effective_from=timezone.now() - timedelta(hours=27))
    assert last_purge(agency) is None
    assert is_overdue(agency)
    again = purge(agency)
    run.refresh_from_db()
    assert run.continued_by == again


def test_every_agency_with_a_policy_is_queued_apart(agency: Agency, outsider: Member, detect: Detect) -> None:
    agency_found(actor=TESTS, name="New Police Department", short_name="New")
    purge_all()
    tasks = [queued.task for queued in OrmQ.objects.all()]
    assert {task["func"] for task in tasks} == {"detections.tasks.purge_agency"}
    assert {task["args"] for task in tasks} == {(agency.pk,), (outsider.agency.pk,)}
    detect(hours_ago=24 * 400)
    purge_agency(agency.pk)
    assert not Detection.objects.exists()


def test_the_command_prints_the_certificate(
    agency: Agency, outsider: Member, detect: Detect, capsys: pytest.CaptureFixture[str]
) -> None:
    detect(hours_ago=24 * 400, pictured=True)
    call_command("purge", agency="Alder")
    said = capsys.readouterr().out
    assert "Alder: purge of" in said
    assert "under Vallejo Policy 426, version 1" in said
    assert "1 due, 0 held, 1 deleted" in said
    assert "Pictures: 1 deleted, 0 could not be" in said
    assert "Eastmoor" not in said
    agency_found(actor=TESTS, name="New Police Department", short_name="New")
    call_command("purge")
    said = capsys.readouterr().out
    assert "Eastmoor: purge of" in said
    assert "New has adopted no policy: nothing was purged." in said
    with pytest.raises(CommandError, match="No agency is called Nowhere"):
        call_command("purge", agency="Nowhere")
