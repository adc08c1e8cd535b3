"""What becomes of a file and its job: kept, swept, queued again, given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import Member
from hotlists import loading, service_refresh, sweeping, tasks
from hotlists.models import HotList, Refresh, Snapshot
from hotlists.services import refresh_let_go, refresh_now
from tests.hotlists.conftest import csv
from tests.hotlists.refreshing import lines, read, receive

pytestmark = pytest.mark.usefixtures("media")
State = Refresh.State


@pytest.mark.parametrize("end", ["loaded", "unchanged", "refused", "let_go"])
def test_the_document_goes_when_its_way_ends(
    end: str, general_list: HotList, administrator: Member, django_capture_on_commit_callbacks: Any
) -> None:
    if end == "unchanged":
        read(general_list, "1A,CA,Stolen")
    with django_capture_on_commit_callbacks(execute=True):
        refresh = receive(general_list, *(["bad"] if end == "refused" else ["1A,CA,Stolen"]))
        place = str(refresh.document.name)
        assert default_storage.exists(place)
        if end == "let_go":
            Refresh.objects.update(state=State.WAITING)
            refresh_let_go(actor=administrator, refresh=refresh, why="No")
        else:
            loading.run(general_list.pk)
    refresh.refresh_from_db()
    assert (refresh.state, bool(refresh.document)) == (end, False)
    assert not default_storage.exists(place)


def test_the_document_stays_while_the_file_waits(
    general_list: HotList, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        refresh = read(general_list, "1A,CA,Stolen", "bad")
    assert default_storage.exists(str(refresh.document.name))
    assert "svs" not in str(refresh.document.name)


def test_nobody_decided(general_list: HotList) -> None:
    refresh = read(general_list, "1A,CA,Stolen", "bad")
    young = read(general_list, "1B,CA,Stolen", "bad")
    Refresh.objects.filter(pk=refresh.pk).update(finished_at=timezone.now() - timedelta(days=8))
    tasks.sweep_files()
    refresh.refresh_from_db()
    young.refresh_from_db()
    assert (refresh.state, refresh.why) == (State.LET_GO, "Nobody decided.")
    assert young.state == State.WAITING


def test_what_was_left_over_is_deleted(
    general_list: HotList, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, waiting = read(general_list, "1A,CA,Stolen"), read(general_list, "1B,CA,Stolen", "bad")
    (media / "lists" / "stray").write_bytes(b"half a file")
    sweeping.delete_documents()
    assert (media / "lists" / "stray").exists()
    monkeypatch.setattr(sweeping, "LEFT_FOR", timedelta(0))
    sweeping.delete_documents()
    left = [path.name for path in (media / "lists").iterdir()]
    assert left == [Path(str(waiting.document.name)).name]
    ended.refresh_from_db()
    assert not ended.document


# Queue.


def test_only_the_id_travels(general_list: HotList, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        refresh = receive(general_list, "8KRB412,CA,Stolen", file_name="8KRB412.csv")
    task = OrmQ.objects.get().task
    assert (task["func"], task["args"], task["kwargs"]) == ("hotlists.tasks.refresh", (str(refresh.pk),), {})
    assert task["timeout"] == service_refresh.LONGEST_RUN.total_seconds()
    assert "8KRB412" not in str(task)


def test_a_job_that_comes_again_does_nothing(general_list: HotList) -> None:
    refresh = read(general_list, "1A,CA,Stolen")
    before = Snapshot.objects.count()
    for _ in range(2):
        tasks.refresh(str(refresh.pk))
    tasks.refresh("00000000-0000-0000-0000-000000000000")
    assert Snapshot.objects.count() == before


def test_a_forgotten_file_is_queued_again(general_list: HotList) -> None:
    refresh = receive(general_list, "1A,CA,Stolen")
    assert tasks.requeue_files() == 0
    Refresh.objects.update(received_at=timezone.now() - timedelta(minutes=5), state=State.CHECKING)
    assert tasks.requeue_files() == 1
    assert OrmQ.objects.get().task["args"] == (str(refresh.pk),)


def test_a_file_that_stops_its_worker_is_given_up(general_list: HotList) -> None:
    refresh = receive(general_list, "1A,CA,Stolen")
    Refresh.objects.update(attempts=loading.MOST_ATTEMPTS, state=State.CHECKING)
    loading.run(general_list.pk)
    refresh.refresh_from_db()
    assert refresh.state == State.REFUSED
    assert refresh.why == "The worker stopped 5 times on this file. Nothing was loaded."


def test_progress_is_saved_while_it_runs(general_list: HotList, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    plain = loading._note

    def note(refresh: Refresh, *given: Any) -> None:
        plain(refresh, *given)
        kept = Refresh.objects.get(pk=refresh.pk)
        seen.append((kept.good, kept.percent))

    monkeypatch.setattr("hotlists.staging.CHUNK", 1_000)
    monkeypatch.setattr(loading, "_note", note)
    read(general_list, *lines(5_000))
    assert [good for good, _ in seen[:5]] == [1_000, 2_000, 3_000, 4_000, 5_000]
    assert [percent for _, percent in seen] == sorted(percent for _, percent in seen)
    assert seen[-1] == (5_000, 100)


def test_refresh_now_answers_with_what_it_did(general_list: HotList, administrator: Member) -> None:
    before: datetime = timezone.now()
    refresh = refresh_now(actor=administrator, hot_list=general_list, file=csv(*lines(3)), file_name="a.csv")
    assert (refresh.state, refresh.added) == (State.LOADED, 3)
    assert refresh.finished_at is not None
    assert refresh.finished_at >= before
    assert not OrmQ.objects.exists()
