"""What a batch and a sign of life leave beside the camera, and what it costs."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from detections import health
from detections.ingest import record_refused
from detections.models import Camera, CameraDay, CameraHealth, ReaderKey
from detections.reads import RefusedRow
from tests.cameras.conftest import Take, read

pytestmark = pytest.mark.django_db
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def found() -> CameraHealth:
    return CameraHealth.objects.get()


def test_each_costs_one_statement(camera: Camera) -> None:
    now = timezone.now()
    for noted in (
        lambda: health.note(camera, reads=[read(), read("r-2", 30 * HOUR)], received_at=now),
        lambda: health.beat(camera, at=now, received_at=now),
    ):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            noted()
        assert len(asked) == 1


def test_a_batch_notes_its_newest_read_and_counts_each_day_and_hour(take: Take) -> None:
    newest, older = read(), read("r-2", 30 * HOUR)
    transfer = take(newest, older).transfer
    one = found()
    assert (one.last_read_at, one.last_received_at) == (newest.captured_at, transfer.received_at)
    for captured in (newest.captured_at, older.captured_at):
        day = CameraDay.objects.get(day=captured.date())
        assert day.by_hour[captured.hour] == 1
        assert day.reads == sum(day.by_hour) == 1
    received = transfer.received_at.astimezone(UTC)
    messages = {one.day: sum(one.messages) for one in CameraDay.objects.all()}
    assert messages == {received.date(): 1, older.captured_at.date(): 0} | {
        day: 0 for day in messages if day not in (received.date(), older.captured_at.date())
    }


def test_a_second_batch_adds_and_the_same_again_does_not(take: Take) -> None:
    first = read()
    take(first)
    take(first)
    take(read("r-2"), batch="c")
    assert sum(day.reads for day in CameraDay.objects.all()) == 2
    assert sum(sum(day.messages) for day in CameraDay.objects.all()) == 2


def test_an_older_read_that_comes_later_takes_nothing_back(take: Take) -> None:
    newest = read()
    take(newest)
    take(read("r-2", 5 * HOUR), batch="c")
    assert found().last_read_at == newest.captured_at


def test_a_rollback_leaves_nothing_noted(camera: Camera, take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detections.late.note", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take(read())
    assert not CameraHealth.objects.exists()
    assert not CameraDay.objects.exists()


def test_reads_in_step_with_our_clock_are_one_run_and_reads_of_the_past_begin_another(camera: Camera) -> None:
    now = timezone.now()
    for number in range(3):
        received = now + number * 60 * SECOND
        captured = read("r", timezone.now() - (received - 90 * SECOND))
        health.note(camera, reads=[captured], received_at=received)
    steady = found()
    assert steady.steady_count == 3
    assert steady.steady_since == now
    assert steady.clock_ms == pytest.approx(90_000, abs=1_000)
    health.note(camera, reads=[read("r-9", 3 * HOUR)], received_at=now + 240 * SECOND)
    assert found().steady_count == 1
    assert found().steady_since == now + 240 * SECOND


def test_a_sign_of_life_that_says_the_time_is_believed_before_reads(camera: Camera) -> None:
    now = timezone.now()
    health.beat(camera, at=now - 5 * SECOND, received_at=now)
    health.note(camera, reads=[read("r", 3 * HOUR)], received_at=now + SECOND)
    assert found().clock_ms == 5_000
    assert found().clock_by_beats
    health.note(camera, reads=[read("r-2", 3 * HOUR)], received_at=now + 2 * HOUR)
    assert found().clock_ms > 3_600_000


def test_a_sign_of_life_without_the_time_leaves_the_clock(camera: Camera) -> None:
    now = timezone.now()
    health.beat(camera, at=None, received_at=now)
    assert (found().clock_ms, found().steady_count, found().heartbeat_at) == (None, 0, now)
    health.beat(camera, at=now - SECOND, received_at=now)
    health.beat(camera, at=None, received_at=now + SECOND)
    assert (found().clock_ms, found().steady_count) == (1_000, 1)


def test_a_clock_a_year_off_is_kept_within_its_column(camera: Camera) -> None:
    now = timezone.now()
    health.beat(camera, at=now - timedelta(days=365), received_at=now)
    health.beat(camera, at=now + timedelta(days=365), received_at=now)
    assert found().clock_ms == -health.LARGEST_MS


def test_reads_refused_for_their_time_are_noted_and_others_not(reader_key: tuple[ReaderKey, str]) -> None:
    key = reader_key[0]
    record_refused(key, key.camera, [RefusedRow(0, "r", {"plate": "None."})], of=1)
    assert not CameraHealth.objects.exists()
    record_refused(key, key.camera, [RefusedRow(0, "r", {"captured_at": "Ahead."})], of=1)
    assert found().refused_at is not None
    assert found().alive_at is None
