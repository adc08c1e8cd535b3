"""Faults from end to end: files without end that are bad, and cameras whose clock is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from detections import partitions
from detections.models import Camera, Detection, Hit, HitRead, ReaderKey
from hotlists import loading
from hotlists.models import Entry, HotList, Refresh, Snapshot
from hotlists.plates import fold
from hotlists.services import refresh_receive
from tests.hotlists import worker
from trail.actors import System
from trail.models import Event
from trail.verbs import Outcome, Verb

PLATE = "8KRB412"
MIB_AT_MOST = 300
State = Refresh.State
Send = Callable[..., Any]


# Files


class Endless:
    """A file that is never whole in memory: its first lines, then the same line again and again."""

    def __init__(self, first: bytes, line: bytes, count: int) -> None:
        self.pieces, self.left = self._pieces(first, line, count), b""

    @staticmethod
    def _pieces(first: bytes, line: bytes, count: int) -> Iterator[bytes]:
        yield first
        for done in range(0, count, 1_000):
            yield line * min(1_000, count - done)

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""
        while len(self.left) < size and (piece := next(self.pieces, b"")):
            self.left += piece
        given, self.left = self.left[:size], self.left[size:]
        return given


@pytest.fixture
def standing(general_list: HotList) -> HotList:
    """The list with one entry in use."""
    Entry.objects.create(
        hot_list=general_list, snapshot=general_list.last_snapshot, plate=PLATE, plate_key=fold(PLATE),
        state="CA", reason="Stolen vehicle", state_of_entry=Entry.State.IN_USE,
    )  # fmt: skip
    return general_list


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "line", "count", "says"),
    [
        (b"plate,state,reason\n", b"?,CA,Stolen\n", 1_000_000, "first 1,000 lines are bad"),
        (
            b"plate,state,reason\n7AB0001,CA,Stolen\n",
            b"=1+1,CA,\n",
            150_000,
            "More than 100,000 lines are bad",
        ),
    ],
    ids=["from the first line", "after a good one"],
)
def test_a_million_bad_lines_end_early_in_little_memory_and_the_list_stays(
    standing: HotList, media: Path, first: bytes, line: bytes, count: int, says: str
) -> None:
    file = Endless(first, line, count)
    actor = System("Watched folder", standing.agency)
    refresh = refresh_receive(actor=actor, hot_list=standing, file=file, file_name="svs.csv", how="folder")
    with worker.start(str(connection.settings_dict["NAME"]), media, standing.pk) as process:
        printed, _ = process.communicate(timeout=300)
    refresh.refresh_from_db()
    assert refresh.state == State.REFUSED
    assert says in refresh.why
    assert refresh.bytes_read < refresh.size
    assert int(printed) < MIB_AT_MOST
    assert [entry.plate for entry in Entry.objects.in_use()] == [PLATE]
    assert Snapshot.objects.count() == 1
    assert Event.objects.filter(verb=Verb.FILE_REFUSED).count() == 1


def test_a_list_whose_files_fail_still_makes_hits(standing: HotList, media: Path, send: Send) -> None:
    for content in (
        b"\x1f\x8b\x08" + bytes(1_000),
        b"plate,reason\n",
        b"<html>502</html>",
        b"\xff\xfe" + b"p\0",
    ):
        refresh_receive(
            actor=System("Watched folder", standing.agency), hot_list=standing,
            file=Endless(content, b"", 0), file_name="svs.csv", how="folder",
        )  # fmt: skip
        loading.run(standing.pk)
    assert set(Refresh.objects.values_list("state", flat=True)) <= {State.REFUSED, State.WAITING}
    assert send("r-1").status_code == 201
    assert Hit.objects.get().entry.plate == PLATE


# Clocks


@pytest.fixture
def send(reader_key: tuple[ReaderKey, str]) -> Send:
    """Sends reads of the listed plate as the camera does: `send("r-1", ago=timedelta(hours=3))`."""
    cache.clear()
    client = Client()

    def post(*names: str, ago: timedelta = timedelta(seconds=30), at: datetime | None = None) -> Any:
        moment = (at or timezone.now() - ago).isoformat()
        rows = [{"sender_id": name, "captured_at": moment, "plate": PLATE, "state": "CA"} for name in names]
        headers = {"Authorization": f"Bearer {reader_key[1]}"}
        return client.post(
            "/api/v1/detections/", json.dumps(rows), content_type="application/json", headers=headers
        )

    return post


@pytest.mark.parametrize("days", [-1, -400, -36_500, 500, 20_000])
def test_a_clock_that_is_days_or_years_off_sends_nothing_and_is_told(
    standing: HotList, send: Send, camera: Camera, days: int
) -> None:
    before = partitions.standing()
    answer = send("r-1", ago=timedelta(days=days))
    assert answer.status_code in (400, 422)
    assert "captured_at" in answer.content.decode()
    assert not Detection.objects.exists()
    assert not Hit.objects.exists()
    assert partitions.standing() == before
    refused = Event.objects.get(verb=Verb.ATTEMPTED, outcome=Outcome.REFUSED)
    assert "captured_at" in refused.detail
    assert PLATE not in str(refused.elements)


def test_a_clock_that_runs_a_minute_ahead_makes_one_hit_of_one_vehicle(standing: HotList, send: Send) -> None:
    assert send("r-1", ago=timedelta(minutes=-1)).status_code == 201
    assert send("r-2", ago=timedelta(minutes=1)).status_code == 201
    hit = Hit.objects.get()
    assert hit.reads == 2
    assert hit.last_read_at == hit.captured_at
    assert HitRead.objects.get().captured_at < hit.captured_at


def test_a_clock_that_is_set_back_hides_nothing_and_joins_nothing_to_what_came_hours_later(
    standing: HotList, send: Send
) -> None:
    send("r-1")
    send("r-2", ago=timedelta(hours=3))
    send("r-3", ago=timedelta(hours=3, minutes=-4))
    now, back = Hit.objects.order_by("-captured_at")
    assert (now.reads, back.reads) == (1, 2)
    assert timezone.now() - back.made_at < timedelta(minutes=5)
    assert timezone.now() - back.captured_at > timedelta(hours=2)
    assert back.last_read_at < now.captured_at


def test_a_clock_that_stands_still_doubles_and_loses_nothing(standing: HotList, send: Send) -> None:
    moment = timezone.now() - timedelta(minutes=1)
    for names in (("r-1", "r-2"), ("r-2", "r-3"), ("r-1", "r-2", "r-3")):
        assert send(*names, at=moment).status_code in (200, 201)
    assert Detection.objects.count() == 3
    assert Hit.objects.get().reads == 3
