"""The purge killed at every step, two at once, a hold placed the moment before: nothing lost or doubled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Agency, Member
from detections import retention
from detections.models import Detection, Hit, ImageJob, PurgeRun, Search
from detections.retention import PurgeRunning, purge
from tests.images.test_reading import database_url
from tests.retention.world import Days, Side, Thing, World, counted, stored, taken_back
from tests.search.conftest import Detect, SearchFor
from trail.models import Event
from trail.verbs import Outcome, Verb

GONE = ("rows_gone", "hits_gone", "jobs_gone")
THINGS = [
    Thing(0, 5, "own", hit=True, job=True),
    Thing(0, 5, "shared", hold="standing", hit=True),
    Thing(0, 6, "own", job=True),
    Thing(0, 6, "own", hit=True, hold="released"),
    Thing(0, 1, "own", hit=True),
    Thing(1, 7, "own", hit=True),
]


class Killed(BaseException):
    """The process dies here."""


class Steps:
    """Counts the statements and file removals of a run, and dies before the one at `last`."""

    def __init__(self, last: int) -> None:
        self.left = last

    def take(self) -> None:
        """One step."""
        self.left -= 1
        if self.left == 0:
            raise Killed

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        """A statement, as Django hands it to a wrapper."""
        self.take()
        return execute(*args)


class Changes(Steps):
    """Counts only what changes something: dying before a question leaves what dying after it leaves."""

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        """A statement; a question is no step."""
        if str(args[0]).lstrip().startswith("SELECT"):
            return execute(*args)
        return super().__call__(execute, *args)


class MortalStorage(FileSystemStorage):
    """The evidence on a machine that may die between two files."""

    steps: Steps | None = None

    def delete(self, name: str) -> None:
        """Remove a file, if there is still time."""
        if MortalStorage.steps is not None:
            MortalStorage.steps.take()
        super().delete(name)


def killed_at(step: int, agency: Agency) -> bool:
    """Purge until the process dies at `step`; false where it came to its end before."""
    MortalStorage.steps = Changes(step)
    try:
        with connection.execute_wrapper(MortalStorage.steps):
            purge(agency)
    except Killed:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")  # As the database does for a process that died.
        return True
    finally:
        MortalStorage.steps = None
    return False


@pytest.mark.usefixtures("days")
def test_killed_at_every_step_and_started_again(
    operator: Member, outsider: Member, evidence: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = settings.STORAGES["evidence"]
    backend = f"{MortalStorage.__module__}.{MortalStorage.__qualname__}"
    settings.STORAGES = settings.STORAGES | {"evidence": place | {"BACKEND": backend}}
    monkeypatch.setattr(retention, "BATCH", 3)
    world = World([Side.of(operator, Days(3, 4)), Side.of(outsider, Days(30, 30))]).fill(THINGS)
    before, expected = stored(evidence), world.totals(0)
    whole = shutil.copytree(evidence, evidence.with_name("whole"))
    step, died = 0, True
    while died:
        step += 1
        with taken_back(evidence):
            died = killed_at(step, operator.agency)
            last = purge(operator.agency)
            world.check(evidence)
            runs = PurgeRun.objects.filter(agency=operator.agency)
            assert counted(runs, GONE) == {name: expected[name] for name in GONE}
            assert (last.held, last.hits_held) == (expected["held"], expected["hits_held"])
            assert counted(runs, ["files_gone"])["files_gone"] == len(before - stored(evidence))
            assert all(run.continued_by == last for run in runs.filter(finished_at=None))
            assert all(
                Event.objects.filter(verb=Verb.PURGED, object_pk=str(run.pk)).count() == 1 for run in runs
            )
        shutil.copytree(whole, evidence)
    assert step > 30


# Where another connection has a table closed, to writing or to all, the purge stands still, and is killed.
STOPS = {
    "before it began": "detections_purgerun IN EXCLUSIVE MODE",
    "at the detections": "detections_detection IN EXCLUSIVE MODE",
    "between rows and files": "detections_imagejob IN ACCESS EXCLUSIVE MODE",
    "at the hits": "detections_hit IN EXCLUSIVE MODE",
    "at the photographs": "detections_imagejob IN EXCLUSIVE MODE",
    "at the searches": "detections_search IN EXCLUSIVE MODE",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", STOPS)
def test_killed_for_good_and_started_again(
    where: str, agency: Agency, detect: Detect, entry: Any, evidence: Path, search_for: SearchFor
) -> None:
    entry("8KRB412")
    reads = [detect(hours_ago=24 * 400 + number, pictured=True) for number in range(5)]
    names, hits = {one.image for one in reads}, Hit.objects.count()
    ImageJob.objects.create(
        camera=reads[0].camera, sender_id="a", sha256="a" * 64, image=reads[0].image,
        captured_at=reads[0].captured_at, state=ImageJob.State.READ,
    )  # fmt: skip
    search_for("8KRB412")
    Search.objects.update(made_at=timezone.now() - timedelta(days=400))
    killed(STOPS[where], evidence)
    broken = PurgeRun.objects.first()
    if where == "between rows and files":
        assert broken is not None
        assert (broken.rows_gone, broken.files_gone, broken.finished_at) == (5, 0, None)
        assert stored(evidence) == names
    last = until_alone(agency)
    runs = PurgeRun.objects.all()
    assert counted(runs, GONE) == {"rows_gone": 5, "hits_gone": hits, "jobs_gone": 1}
    assert counted(runs, ["files_gone", "plates_forgotten"]) == {"files_gone": 5, "plates_forgotten": 1}
    assert (last.files_left, stored(evidence)) == ([], set())
    assert not Search.objects.exclude(pattern="").exists()
    failed = Event.objects.filter(verb=Verb.PURGED, outcome=Outcome.FAILED)
    assert [event.object_pk for event in failed] == ([str(broken.pk)] if broken else [])


def killed(lock: str, evidence: Path) -> None:
    """Start the command, and kill it where it waits for a table that this connection has closed."""
    command = [sys.executable, "manage.py", "purge", "--agency", "Alder"]
    environment = os.environ | {"DATABASE_URL": database_url(), "ALPR_DATA": str(evidence.parent)}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {lock}")
        process = subprocess.Popen(command, env=environment)
        wait_for_a_lock(process)
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_for_a_lock(process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until another connection waits for a lock of this one."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks "
                "WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
        assert process is None or process.poll() is None, "The purge was done before it could be killed."
        time.sleep(0.02)
    raise AssertionError("Nobody came to wait for the lock.")


def until_alone(agency: Agency) -> PurgeRun:
    """Purge as soon as the database has noticed that the other process is dead."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return purge(agency)
        except PurgeRunning:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def in_a_thread(run: Callable[[], None]) -> threading.Thread:
    """Start `run` with a connection of its own."""

    def body() -> None:
        try:
            run()
        finally:
            connection.close()

    thread = threading.Thread(target=body)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_count_twice(agency: Agency, detect: Detect) -> None:
    one = detect(hours_ago=24 * 400)
    done: list[PurgeRun] = []
    with transaction.atomic():
        Detection.objects.select_for_update().get(pk=one.pk)
        thread = in_a_thread(lambda: done.append(purge(agency)))
        wait_for_a_lock()
        with pytest.raises(PurgeRunning, match="Another purge of Alder"):
            purge(agency)
    thread.join()
    assert [run.rows_gone for run in done] == [1]
    assert PurgeRun.objects.count() == 1
    assert purge(agency).rows_gone == 0
