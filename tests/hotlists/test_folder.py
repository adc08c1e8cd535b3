"""The watched folder: what lies whole and still is taken in once, and nothing in it is touched."""

from __future__ import annotations

import errno
import logging
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Agency, Member
from hotlists import folder, loading, tasks
from hotlists.models import Entry, HotList, Refresh
from tests.cast import found
from tests.hotlists.conftest import csv
from trail.models import Event
from trail.verbs import Outcome, Verb

pytestmark = pytest.mark.usefixtures("media")
CONTENT = csv("1A,CA,Stolen").getvalue()


@pytest.fixture
def lying(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The watched folder, in which files count as still at once."""
    settings.LISTS_FOLDER = str(tmp_path / "lists")
    monkeypatch.setattr(folder, "QUIET_FOR", timedelta(0))
    (tmp_path / "lists").mkdir()
    return tmp_path / "lists"


@pytest.fixture
def watched(general_list: HotList) -> HotList:
    """The general list, whose files are called svs_….csv."""
    general_list.folder_pattern = "svs_*.csv"
    general_list.save()
    return general_list


def put(place: Path, name: str = "svs_1122.csv", content: bytes = CONTENT, ago: int = 1800) -> Path:
    """A file in the folder, written `ago` seconds ago."""
    path = place / name
    path.write_bytes(content)
    moment = time.time() - ago
    os.utime(path, (moment, moment))
    return path


def facts(path: Path) -> list[tuple[str, int, int]]:
    """Everything in a folder that a writer would change."""
    return sorted((each.name, each.stat().st_size, each.stat().st_mtime_ns) for each in path.rglob("*"))


def test_a_file_is_taken_in_once_and_left_as_it_is(lying: Path, watched: HotList) -> None:
    path = put(lying)
    before = facts(lying)
    assert [tasks.watch_folder() for _ in range(3)] == [1, 0, 0]
    assert facts(lying) == before
    loading.run(watched.pk)
    refresh = Refresh.objects.get()
    assert (refresh.state, refresh.how, refresh.file_name) == ("loaded", "folder", path.name)
    assert refresh.source_at is not None
    assert int(refresh.source_at.timestamp()) == int(path.stat().st_mtime)
    watched.refresh_from_db()
    assert watched.source_at == refresh.source_at
    assert Entry.objects.in_use().get().plate == "1A"
    event = Event.objects.get(verb=Verb.FILE_RECEIVED)
    assert (event.actor_label, event.agency) == ("System: Watched folder", watched.agency)


def test_the_same_name_written_anew_is_taken_in_again(lying: Path, watched: HotList) -> None:
    put(lying, ago=3000)
    tasks.watch_folder()
    put(lying, content=csv("1A,CA,Stolen", "1B,CA,Stolen").getvalue(), ago=1800)
    assert tasks.watch_folder() == 1
    loading.run(watched.pk)
    assert Entry.objects.in_use().count() == 2


def test_the_same_content_with_a_newer_time_changes_the_age_alone(lying: Path, watched: HotList) -> None:
    put(lying, ago=3000)
    tasks.watch_folder()
    loading.run(watched.pk)
    before = list(Entry.objects.values())
    path = put(lying, ago=600)
    assert tasks.watch_folder() == 1
    loading.run(watched.pk)
    assert Refresh.objects.latest("received_at").state == "unchanged"
    assert list(Entry.objects.values()) == before
    watched.refresh_from_db()
    assert watched.source_at is not None
    assert int(watched.source_at.timestamp()) == int(path.stat().st_mtime)


@pytest.mark.parametrize(
    "name", ["slr_1122.csv", "svs_1122.csv.part", ".svs_1122.csv", "SVS_1122.CSV", "svs_1.tmp"]
)
def test_what_the_pattern_does_not_name_or_is_not_whole_lies_on(
    lying: Path, watched: HotList, name: str
) -> None:
    watched.folder_pattern = "*" if name.endswith((".part", ".tmp")) or name[0] == "." else "svs_*.csv"
    watched.save()
    put(lying, name)
    assert tasks.watch_folder() == 0
    assert not Refresh.objects.exists()


def test_links_pipes_and_folders_are_passed_over(lying: Path, watched: HotList, tmp_path: Path) -> None:
    (lying / "svs_link.csv").symlink_to(put(tmp_path, "secret.csv"))
    (lying / "svs_folder.csv").mkdir()
    put(lying / "svs_folder.csv", "svs_within.csv")
    os.mkfifo(lying / "svs_pipe.csv")
    assert tasks.watch_folder() == 0
    assert not Refresh.objects.exists()


def test_a_file_that_is_still_written_is_left_for_later(
    lying: Path, watched: HotList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "QUIET_FOR", timedelta(seconds=30))
    put(lying, "svs_new.csv", ago=0)
    put(lying, "svs_with_an_old_time.csv", ago=1800)
    assert tasks.watch_folder() == 0
    assert not Refresh.objects.exists()


def test_a_file_that_changes_while_it_is_read_is_left_for_later(
    lying: Path, watched: HotList, media: Path
) -> None:
    path = put(lying)
    (found_one,) = folder.settled(lying, "svs_*.csv")
    put(lying, content=CONTENT * 2, ago=0)
    with pytest.raises(folder.Unsettled):
        folder._take(folder.System("Test", watched.agency), watched, found_one)
    assert not Refresh.objects.exists()
    assert not [each for each in media.rglob("*") if each.is_file()]
    assert path.exists()


def test_a_clock_that_runs_ahead_makes_no_list_younger_than_now(lying: Path, watched: HotList) -> None:
    put(lying, ago=-86_400)
    assert [tasks.watch_folder() for _ in range(2)] == [1, 0]
    loading.run(watched.pk)
    watched.refresh_from_db()
    assert watched.source_at is not None
    assert watched.source_at <= timezone.now()


@pytest.mark.parametrize("name", ["svs_immigration_violator.csv", "svs_immigration-violators.csv"])
def test_an_excluded_file_is_refused_once_and_said(
    lying: Path, watched: HotList, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    put(lying, name)
    with caplog.at_level(logging.ERROR):
        assert [tasks.watch_folder() for _ in range(2)] == [0, 0]
    refresh = Refresh.objects.get()
    assert refresh.state == "refused"
    assert "immigration" in refresh.why
    assert [record.getMessage() for record in caplog.records] == [
        f"A file for list {watched.pk} in the watched folder was refused."
    ]
    assert Event.objects.get(verb=Verb.FILE_REFUSED).outcome == Outcome.FAILED


def test_an_empty_file_is_refused_once(lying: Path, watched: HotList) -> None:
    put(lying, content=b"")
    assert [tasks.watch_folder() for _ in range(2)] == [0, 0]
    assert Refresh.objects.get().why == "The file is empty."


def test_a_file_that_cannot_be_read_is_said_and_stops_no_other(
    lying: Path, watched: HotList, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    locked = put(lying, "svs_8KRB412.csv", ago=3000)
    put(lying)
    plain = os.open

    def guarded(path: Any, *args: Any, **kwargs: Any) -> int:
        if Path(path) == locked:
            raise PermissionError(13, "Permission denied")
        return plain(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", guarded)
    with caplog.at_level(logging.ERROR):
        assert tasks.watch_folder() == 1
    assert "cannot be read (PermissionError)" in caplog.text
    assert "8KRB412" not in caplog.text
    refused = Refresh.objects.get(state="refused")
    assert refused.why == "The file cannot be read: Permission denied."


def test_a_full_disk_of_ours_refuses_no_file(
    lying: Path, watched: HotList, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(lying)

    def full(*args: Any, **kwargs: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr("django.core.files.storage.FileSystemStorage._save", full)
        assert tasks.watch_folder() == 0
    assert "cannot be read (OSError)" in caplog.text
    assert not Refresh.objects.exists()
    assert tasks.watch_folder() == 1


def test_a_name_that_cannot_be_shown_stops_no_other(lying: Path, watched: HotList) -> None:
    for name in (b"svs_\xff.csv", b"svs_\n.csv"):
        put(lying, os.fsdecode(name))
    put(lying)
    assert tasks.watch_folder() == 1
    assert Refresh.objects.get().file_name == "svs_1122.csv"


def test_a_folder_that_is_none_is_said(
    settings: Any, tmp_path: Path, watched: HotList, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LISTS_FOLDER = str(put(tmp_path, "plain"))
    with caplog.at_level(logging.ERROR):
        assert tasks.watch_folder() == 0
    assert "The watched folder cannot be read (NotADirectoryError)." in caplog.text


def test_a_folder_that_is_not_there_is_no_fault(
    settings: Any, tmp_path: Path, watched: HotList, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LISTS_FOLDER = str(tmp_path / "nothing")
    with caplog.at_level(logging.ERROR):
        assert tasks.watch_folder() == 0
    assert caplog.text == ""


def test_each_agency_has_its_own_folder_and_one_alone_the_whole(
    lying: Path, watched: HotList, agency: Agency
) -> None:
    (lying / "alder").mkdir()
    (lying / "eastmoor").mkdir()
    put(lying / "alder", "svs_1.csv")
    put(lying, "svs_2.csv")
    assert tasks.watch_folder() == 2
    other = found("Eastmoor")
    HotList.objects.create(
        agency=other, name="Theirs", kind="general", source="svs", folder_pattern="svs_*.csv",
        designated_by=other.members.get(badge="eas-02"),
    )  # fmt: skip
    put(lying, "svs_3.csv")
    put(lying / "alder", "svs_4.csv")
    put(lying / "eastmoor", "svs_5.csv")
    assert tasks.watch_folder() == 2
    given = Refresh.objects.values_list("hot_list__agency__short_name", "file_name")
    assert set(given) == {
        ("Alder", "svs_1.csv"), ("Alder", "svs_2.csv"), ("Alder", "svs_4.csv"), ("Eastmoor", "svs_5.csv"),
    }  # fmt: skip


def test_a_closed_list_takes_nothing(lying: Path, watched: HotList, administrator: Member) -> None:
    put(lying)
    HotList.objects.update(is_active=False)
    assert tasks.watch_folder() == 0


def test_older_files_come_first(lying: Path, watched: HotList) -> None:
    put(lying, "svs_b.csv", csv("1B,CA,Stolen").getvalue(), ago=100)
    put(lying, "svs_a.csv", csv("1A,CA,Stolen").getvalue(), ago=50)
    put(lying, "svs_c.csv", csv("1C,CA,Stolen").getvalue(), ago=200)
    HotList.objects.update(shrink_percent=100)
    tasks.watch_folder()
    assert list(Refresh.objects.order_by("received_at").values_list("file_name", flat=True)) == [
        "svs_c.csv", "svs_b.csv", "svs_a.csv",
    ]  # fmt: skip
    loading.run(watched.pk)
    assert Entry.objects.in_use().get().plate == "1A"


def test_times_are_kept_to_the_microsecond(lying: Path) -> None:
    path = put(lying)
    os.utime(path, ns=(1_763_800_000_123_456_789, 1_763_800_000_123_456_789))
    (one,) = folder.settled(lying, "*.csv")
    assert one.at == datetime.fromtimestamp(1_763_800_000, UTC) + timedelta(microseconds=123_456)
