"""Faults on the way of a file: workers at once and killed, readers meanwhile, files larger than memory."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.models import Member
from hotlists import loading, tasks
from hotlists.models import Entry, HotList, Refresh, Snapshot
from hotlists.services import refresh_confirm, refresh_let_go, refresh_receive
from tests.hotlists import worker
from tests.hotlists.conftest import csv
from trail.actors import System
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb

pytestmark = pytest.mark.django_db(transaction=True)
State = Refresh.State
PATIENCE = 120


def receive(hot_list: HotList, *lines: str) -> Refresh:
    """A file of these lines, received and not read."""
    refresh: Refresh = refresh_receive(
        actor=System("Watched folder", hot_list.agency), hot_list=hot_list, how="folder", file=csv(*lines),
        file_name="svs.csv",
    )  # fmt: skip
    return refresh


def lines(count: int, reason: str = "Stolen") -> list[str]:
    """So many good lines."""
    return [f"{number:06}X,CA,{reason}" for number in range(count)]


def in_use() -> set[tuple[str, str]]:
    """What would match now, in one look."""
    return set(Entry.objects.in_use().values_list("plate", "reason"))


def together(*acts: Callable[[], Any]) -> None:
    """Do these at the same moment, each in its own connection; what one raises fails the test."""
    gate, raised = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            act()
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert raised == []


def until(holds: Callable[[], Any]) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.02)


@contextmanager
def working(media: Path, hot_list: HotList) -> Iterator[subprocess.Popen[str]]:
    """A worker's process that is at the list's files; killed at the end of the block."""
    with worker.start(str(connection.settings_dict["NAME"]), media, hot_list.pk) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_same_job_twice_at_once_loads_once(general_list: HotList, media: Path) -> None:
    refresh, before = receive(general_list, *lines(2_000)), Snapshot.objects.count()
    together(*[lambda: tasks.refresh(str(refresh.pk))] * 3)
    refresh.refresh_from_db()
    assert (refresh.state, refresh.attempts) == (State.LOADED, 1)
    assert Snapshot.objects.count() == before + 1
    assert Entry.objects.count() == 2_000
    assert Event.objects.filter(verb=Verb.LIST_LOADED).count() == 1


def test_two_files_of_one_list_at_once_end_with_the_later(general_list: HotList, media: Path) -> None:
    first = receive(general_list, *lines(2_000))
    second = receive(general_list, *lines(1_990, "Taken"))
    together(lambda: tasks.refresh(str(second.pk)), lambda: tasks.refresh(str(first.pk)))
    states = dict(Refresh.objects.values_list("pk", "state"))
    assert states == {first.pk: State.LOADED, second.pk: State.LOADED}
    assert in_use() == {(f"{number:06}X", "Taken") for number in range(1_990)}
    second.refresh_from_db()
    assert (second.changed, second.removed) == (1_990, 10)


def test_two_people_decide_at_once_and_one_of_them_does(
    general_list: HotList, administrator: Member, second_administrator: Member, media: Path
) -> None:
    refresh = receive(general_list, *lines(10), "bad")
    loading.run(general_list.pk)
    refused: list[str] = []

    def decide(service: Callable[..., Any], **given: Any) -> None:
        try:
            service(refresh=refresh, **given)
        except MoveRefused as error:
            refused.append(str(error))

    together(
        lambda: decide(refresh_confirm, actor=administrator),
        lambda: decide(refresh_let_go, actor=second_administrator, why="Not ours"),
    )
    assert len(refused) == 1
    assert "is not possible" in refused[0]
    loading.run(general_list.pk)
    refresh.refresh_from_db()
    decided = {State.LOADED: administrator, State.LET_GO: second_administrator}
    assert refresh.decided_by == decided[State(refresh.state)]
    assert Entry.objects.count() == (10 if refresh.state == State.LOADED else 0)


def test_files_of_two_lists_at_once_do_not_wait_for_each_other(general_list: HotList, media: Path) -> None:
    other = HotList.objects.create(
        agency=general_list.agency, name="Other", kind="general", source="sfr",
        designated_by=general_list.designated_by,
    )  # fmt: skip
    receive(general_list, *lines(10))
    receive(other, *lines(20))
    with loading.alone(general_list.pk) as free:
        assert free
        together(lambda: loading.run(other.pk))
        assert other.entries.count() == 20
        together(lambda: loading.run(general_list.pk))
        assert general_list.entries.count() == 0
    loading.run(general_list.pk)
    assert general_list.entries.count() == 10


def test_a_worker_killed_while_it_reads_leaves_the_list_and_the_file_is_read_again(
    general_list: HotList, media: Path
) -> None:
    receive(general_list, *lines(100))
    loading.run(general_list.pk)
    before = list(Entry.objects.order_by("pk").values())
    refresh = receive(general_list, *lines(400_000, "Taken"))
    with working(media, general_list) as process:
        until(lambda: Refresh.objects.get(pk=refresh.pk).good)
        assert process.poll() is None
    refresh.refresh_from_db()
    assert refresh.state == State.CHECKING
    assert 0 < refresh.percent < 100
    assert list(Entry.objects.order_by("pk").values()) == before
    until(lambda: _is_let_go(general_list))
    with connection.cursor() as cursor:
        assert _count(cursor, "SELECT count(*) FROM pg_class WHERE relname = 'staged_row'") == 0
    Refresh.objects.update(received_at=refresh.received_at.replace(year=2025))
    HotList.objects.update(source_at=None)
    assert tasks.requeue_files() == 1
    _shorten(refresh, *lines(100, "Taken"))
    loading.run(general_list.pk)
    refresh.refresh_from_db()
    assert (refresh.state, refresh.attempts, refresh.changed) == (State.LOADED, 2, 100)


def _is_let_go(hot_list: HotList) -> bool:
    """Whether the database has noticed that the worker is gone; its lock is the last thing it lets go."""
    with loading.alone(hot_list.pk) as free:
        return free


def _count(cursor: Any, statement: str) -> int:
    cursor.execute(statement)
    return int(cursor.fetchone()[0])


def _shorten(refresh: Refresh, *kept: str) -> None:
    """Put a shorter file in the place of a long one, so that the test need not read it all."""
    import hashlib

    content = csv(*kept).getvalue()
    Path(refresh.document.path).write_bytes(content)
    Refresh.objects.filter(pk=refresh.pk).update(
        sha256=hashlib.sha256(content).hexdigest(), size=len(content)
    )


@contextmanager
def held_in_the_middle(hot_list: HotList) -> Iterator[None]:
    """One entry is locked by another session, so that applying a file stops half way; until the end."""
    released, locked = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                list(Entry.objects.select_for_update().filter(hot_list=hot_list, plate="000050X"))
                locked.set()
                released.wait(PATIENCE)
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(PATIENCE)
    try:
        yield
    finally:
        released.set()
        holder.join(PATIENCE)


def _waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        statement = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND query LIKE '%UPDATE hotlists_entry%' AND datname = current_database()"
        )
        return _count(cursor, statement) > 0


def test_a_worker_killed_while_it_applies_leaves_the_list_whole(general_list: HotList, media: Path) -> None:
    receive(general_list, *lines(100))
    loading.run(general_list.pk)
    before = list(Entry.objects.order_by("pk").values())
    refresh = receive(general_list, *lines(110, "Taken"))
    with held_in_the_middle(general_list):
        with working(media, general_list):
            until(_waits_for_a_lock)
        refresh.refresh_from_db()
        assert refresh.state == State.CHECKING
        assert list(Entry.objects.order_by("pk").values()) == before
    until(lambda: not _waits_for_a_lock())
    loading.run(general_list.pk)
    refresh.refresh_from_db()
    assert (refresh.state, refresh.changed, refresh.added) == (State.LOADED, 100, 10)
    assert in_use() == {(f"{number:06}X", "Taken") for number in range(110)}


def test_a_reader_sees_the_old_list_until_the_new_one_is_whole(general_list: HotList, media: Path) -> None:
    receive(general_list, *lines(100))
    loading.run(general_list.pk)
    old = in_use()
    receive(general_list, *lines(95, "Taken"))
    with held_in_the_middle(general_list):
        loader = threading.Thread(target=together, args=(lambda: loading.run(general_list.pk),))
        loader.start()
        until(_waits_for_a_lock)
        assert in_use() == old
    loader.join(PATIENCE)
    assert in_use() == {(f"{number:06}X", "Taken") for number in range(95)}


def test_every_look_sees_one_whole_list_while_files_come(general_list: HotList, media: Path) -> None:
    HotList.objects.update(shrink_percent=100)
    files = [lines(300 + 10 * turn, f"Turn {turn}") for turn in range(6)]
    receive(general_list, *files[0])
    loading.run(general_list.pk)
    for each in files[1:]:
        receive(general_list, *each)
    whole = [{(line.split(",")[0], line.split(",")[2]) for line in each} for each in files]
    seen: list[set[tuple[str, str]]] = []
    ended = threading.Event()

    def load() -> None:
        try:
            loading.run(general_list.pk)
        finally:
            ended.set()

    def look() -> None:
        while not ended.is_set():
            seen.append(in_use())

    together(load, look, look)
    assert in_use() == whole[-1]
    assert all(each in whole for each in seen)


def test_memory_does_not_grow_with_the_file(general_list: HotList, media: Path) -> None:
    peaks = []
    for count in (20_000, 200_000):
        refresh = receive(general_list, *lines(count, f"Stolen {count}"))
        with working(media, general_list) as process:
            peaks.append(int(process.communicate()[0]))
        refresh.refresh_from_db()
        assert (refresh.state, refresh.good) == (State.LOADED, count)
    small, large = peaks
    assert large < 300
    assert large - small < 25
