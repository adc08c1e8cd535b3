"""The way of a file: what is loaded by itself, what waits and why, what overtakes what, what is swept."""

from __future__ import annotations

import gzip
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import AdoptedPolicy, Member
from hotlists import loading, service_refresh, sweeping, tasks
from hotlists.ending import VERBS
from hotlists.models import Entry, HotList, Mapping, Refresh, Snapshot
from hotlists.moves_files import REFRESH_MOVES, moves_open_to
from hotlists.services import refresh_confirm, refresh_let_go, refresh_now, refresh_receive
from tests.hotlists.conftest import csv
from trail.actors import System
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused

pytestmark = pytest.mark.usefixtures("media")
State = Refresh.State


def receive(hot_list: HotList, *lines: str, how: str = "folder", **more: Any) -> Refresh:
    """A file of these lines, received from the watched folder unless said otherwise; not read yet."""
    actor = more.pop("actor", None) or System("Watched folder", hot_list.agency)
    given = {"file": csv(*lines), "file_name": "svs.csv"} | more
    refresh: Refresh = refresh_receive(actor=actor, hot_list=hot_list, how=how, **given)
    return refresh


def read(hot_list: HotList, *lines: str, **more: Any) -> Refresh:
    """The same, read by the worker."""
    refresh = receive(hot_list, *lines, **more)
    loading.run(hot_list.pk)
    refresh.refresh_from_db()
    return refresh


def plates(hot_list: HotList) -> set[str]:
    """The plates in use."""
    return set(Entry.objects.in_use().filter(hot_list=hot_list).values_list("plate", flat=True))


def lines(count: int, start: int = 0) -> list[str]:
    """So many good lines."""
    return [f"7AB{number:04},CA,Stolen" for number in range(start, start + count)]


@pytest.fixture
def changes(general_list: HotList, administrator: Member) -> HotList:
    """The general list, whose files hold changes: `put` and `remove` by the column `action`."""
    mapping = Mapping.objects.create(
        agency=general_list.agency, name="Changes", source="svs", delimiter=",", is_incremental=True,
        columns=[{"field": name, "column": name} for name in ("plate", "state", "reason", "action")],
        words={"action": {"A": "put", "D": "remove"}}, made_by=administrator,
    )  # fmt: skip
    general_list.mapping = mapping
    general_list.save()
    return general_list


def delta(*given: str) -> Any:
    """A file of changes."""
    return csv(*given, header="plate,state,reason,action")


# Who decides.


@pytest.mark.parametrize("who", ["operator", "supervisor", "custodian", "lapsed_superuser", "outsider"])
def test_who_may_not_decide(who: str, general_list: HotList, request: pytest.FixtureRequest) -> None:
    refresh = read(general_list, "1A,CA,Stolen", "bad")
    assert refresh.state == State.WAITING
    member = request.getfixturevalue(who)
    with pytest.raises(Refused):
        refresh_confirm(actor=member, refresh=refresh)
    with pytest.raises(Refused):
        refresh_let_go(actor=member, refresh=refresh, why="No")
    refresh.refresh_from_db()
    assert (refresh.state, moves_open_to(member, refresh)) == (State.WAITING, [])
    assert not Entry.objects.exists()


@pytest.mark.parametrize("state", [state for state in State if state != State.WAITING])
def test_only_what_waits_is_decided(state: str, general_list: HotList, administrator: Member) -> None:
    refresh = read(general_list, "1A,CA,Stolen", "bad")
    Refresh.objects.update(state=state)
    with pytest.raises(MoveRefused):
        refresh_confirm(actor=administrator, refresh=refresh)
    with pytest.raises(MoveRefused):
        refresh_let_go(actor=administrator, refresh=refresh, why="No")
    assert moves_open_to(administrator, Refresh.objects.get()) == []


def test_the_table_of_moves_is_whole() -> None:
    assert {move.after for move in REFRESH_MOVES.table.values()} == set(State) - {State.RECEIVED}
    ended = {State.LOADED, State.UNCHANGED, State.REFUSED, State.LET_GO, State.SUPERSEDED}
    assert not any(move.before & ended for move in REFRESH_MOVES.table.values())
    assert set(VERBS) < set(REFRESH_MOVES.table)


# What waits, and why.


def test_a_file_of_a_source_is_loaded_by_itself(general_list: HotList) -> None:
    refresh = read(general_list, "1A,CA,Stolen")
    assert (refresh.state, refresh.waits_for) == (State.LOADED, [])
    assert refresh.snapshot == general_list.last_snapshot
    assert refresh.snapshot is not None
    assert (refresh.snapshot.standing, refresh.snapshot.loaded_by) == (1, None)
    event = Event.objects.get(verb=Verb.LIST_LOADED)
    assert (event.actor_label, event.agency) == ("System: Refresh of hot lists", general_list.agency)


def test_a_file_given_by_hand_waits(general_list: HotList, administrator: Member) -> None:
    refresh = read(general_list, "1A,CA,Stolen", how="upload", actor=administrator)
    assert (refresh.state, refresh.waits_for, refresh.added) == (State.WAITING, ["by_hand"], 1)
    assert not Entry.objects.exists()
    assert Event.objects.get(verb=Verb.FILE_HELD_BACK).elements["waits_for"] == ["by_hand"]


@pytest.mark.parametrize(("kept", "state"), [(8, State.LOADED), (7, State.WAITING), (0, State.WAITING)])
def test_a_list_shrinks_by_its_limit_and_no_more(general_list: HotList, kept: int, state: str) -> None:
    assert read(general_list, *lines(10)).state == State.LOADED
    refresh = read(general_list, *lines(kept))
    assert (refresh.state, refresh.removed) == (state, 10 - kept)
    assert refresh.waits_for == ([] if state == State.LOADED else ["shrinks"])
    assert len(plates(general_list)) == (kept if state == State.LOADED else 10)


def test_other_entries_in_the_place_of_the_old_are_no_shrinking(general_list: HotList) -> None:
    read(general_list, *lines(10))
    assert read(general_list, *lines(10, start=100)).state == State.LOADED


def test_a_first_load_shrinks_nothing(general_list: HotList) -> None:
    HotList.objects.update(shrink_percent=0)
    assert read(general_list).state == State.LOADED
    assert read(general_list, *lines(3)).state == State.LOADED


@pytest.mark.parametrize(("bad", "state"), [(2, State.LOADED), (3, State.WAITING)])
def test_more_bad_lines_than_the_list_allows_wait(general_list: HotList, bad: int, state: str) -> None:
    refresh = read(general_list, *lines(98), *["bad"] * bad)
    assert (refresh.state, refresh.good, refresh.bad) == (state, 98, bad)
    assert refresh.waits_for == ([] if state == State.LOADED else ["bad_lines"])


def test_a_file_that_is_cut_off_waits(general_list: HotList) -> None:
    HotList.objects.update(bad_percent=100)
    cut = csv(*lines(50))
    cut.truncate(len(cut.getvalue()) - 10)
    refresh = read(general_list, file=cut)
    assert (refresh.state, refresh.waits_for) == (State.WAITING, ["cut_off"])


def test_a_file_older_than_what_is_in_force_waits(general_list: HotList) -> None:
    now = timezone.now()
    read(general_list, "1A,CA,Stolen", source_at=now - timedelta(minutes=1))
    refresh = read(general_list, "1B,CA,Stolen", source_at=now - timedelta(minutes=2))
    assert (refresh.state, refresh.waits_for) == (State.WAITING, ["older"])
    assert plates(general_list) == {"1A"}


def test_the_list_is_as_old_as_its_source_says(general_list: HotList) -> None:
    made = timezone.now() - timedelta(minutes=30)
    HotList.objects.update(overdue_since=made)
    read(general_list, "1A,CA,Stolen", source_at=made)
    general_list.refresh_from_db()
    assert (general_list.source_at, general_list.overdue_since) == (made, None)
    refresh = read(general_list, "1B,CA,Stolen")
    general_list.refresh_from_db()
    assert general_list.source_at == refresh.received_at


def test_a_load_of_an_old_file_leaves_the_list_overdue(general_list: HotList) -> None:
    since = timezone.now() - timedelta(hours=2)
    HotList.objects.update(overdue_since=since, source_at=None)
    read(general_list, "1A,CA,Stolen", source_at=timezone.now() - timedelta(days=3))
    general_list.refresh_from_db()
    assert general_list.overdue_since == since


def test_what_was_confirmed_is_loaded_in_spite_of_it(general_list: HotList, administrator: Member) -> None:
    read(general_list, *lines(10))
    refresh = read(general_list, *lines(2), "bad")
    assert refresh.waits_for == ["shrinks", "bad_lines"]
    refresh = refresh_confirm(actor=administrator, refresh=refresh)
    loading.run(general_list.pk)
    refresh.refresh_from_db()
    assert (refresh.state, refresh.decided_by, refresh.removed) == (State.LOADED, administrator, 8)
    assert refresh.snapshot is not None
    assert refresh.snapshot.loaded_by == administrator
    assert Event.objects.get(verb=Verb.FILE_CONFIRMED).elements["waits_for"] == ["shrinks", "bad_lines"]
    closed = Entry.objects.filter(state_of_entry=Entry.State.CLOSED)
    assert {entry.closed_by for entry in closed} == {administrator}


def test_another_reason_that_came_up_since_is_asked_about(
    general_list: HotList, administrator: Member
) -> None:
    refresh = read(general_list, *lines(10), "bad")
    assert refresh.waits_for == ["bad_lines"]
    refresh_confirm(actor=administrator, refresh=refresh)
    HotList.objects.update(source_at=timezone.now())
    Refresh.objects.update(source_at=timezone.now() - timedelta(days=1))
    loading.run(general_list.pk)
    refresh.refresh_from_db()
    assert (refresh.state, refresh.waits_for) == (State.WAITING, ["bad_lines", "older"])
    assert not Entry.objects.exists()


def test_what_is_let_go_changes_nothing(general_list: HotList, administrator: Member) -> None:
    refresh = read(general_list, "1A,CA,Stolen", "bad")
    refresh_let_go(actor=administrator, refresh=refresh, why="Of another county")
    refresh.refresh_from_db()
    assert (refresh.state, refresh.why) == (State.LET_GO, "Of another county")
    assert not Entry.objects.exists()
    event = Event.objects.get(verb=Verb.FILE_LET_GO)
    assert (event.actor, event.detail) == (administrator, "Of another county")


# The same file, and newer ones.


def test_the_file_in_force_changes_nothing(general_list: HotList) -> None:
    read(general_list, "1A,CA,Stolen")
    before, snapshots = list(Entry.objects.values()), Snapshot.objects.count()
    for how in ("folder", "api"):
        assert read(general_list, "1A,CA,Stolen", how=how).state == State.UNCHANGED
    assert (list(Entry.objects.values()), Snapshot.objects.count()) == (before, snapshots)
    assert Event.objects.filter(verb=Verb.FILE_UNCHANGED).count() == 2


def test_the_same_file_is_read_again_where_it_is_read_otherwise(
    general_list: HotList, administrator: Member
) -> None:
    read(general_list, "1A,CA,Stolen")
    general_list.mapping = Mapping.objects.create(
        agency=general_list.agency, name="Other", source="svs", delimiter=",", made_by=administrator,
        columns=[{"field": name, "column": name} for name in ("plate", "state")],
        constants={"reason": "Taken"},
    )  # fmt: skip
    general_list.save()
    refresh = read(general_list, "1A,CA,Stolen")
    assert (refresh.state, refresh.changed) == (State.LOADED, 1)
    assert Entry.objects.in_use().get().reason == "Taken"


def test_an_older_file_after_a_newer_is_loaded_again(general_list: HotList) -> None:
    read(general_list, "1A,CA,Stolen")
    read(general_list, "1B,CA,Stolen")
    assert read(general_list, "1A,CA,Stolen").state == State.LOADED
    assert plates(general_list) == {"1A"}


def test_files_are_loaded_in_the_order_in_which_they_came(general_list: HotList) -> None:
    first = receive(general_list, "1A,CA,Stolen")
    second = receive(general_list, "1B,CA,Stolen")
    tasks.refresh(str(second.pk))
    tasks.refresh(str(first.pk))
    states = [Refresh.objects.get(pk=each.pk).state for each in (first, second)]
    assert states == [State.LOADED, State.LOADED]
    assert plates(general_list) == {"1B"}


def test_what_waits_is_overtaken_by_what_is_loaded(general_list: HotList, administrator: Member) -> None:
    waiting = read(general_list, "1A,CA,Stolen", "bad")
    read(general_list, "1B,CA,Stolen")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why) == (State.SUPERSEDED, "A newer file was loaded.")
    with pytest.raises(MoveRefused):
        refresh_confirm(actor=administrator, refresh=waiting)


def test_what_was_confirmed_too_late_is_overtaken(general_list: HotList, administrator: Member) -> None:
    older = read(general_list, "1A,CA,Stolen", "bad")
    newer = read(general_list, "1B,CA,Stolen", "bad")
    refresh_confirm(actor=administrator, refresh=newer)
    Refresh.objects.filter(pk=older.pk).update(state=State.CHECKING)
    Refresh.objects.filter(pk=newer.pk).update(state=State.LOADED)
    loading.run(general_list.pk)
    older.refresh_from_db()
    assert older.state == State.SUPERSEDED


def test_what_waits_does_not_overtake(general_list: HotList) -> None:
    older = read(general_list, "1A,CA,Stolen", "bad")
    newer = read(general_list, "1B,CA,Stolen", "bad")
    older.refresh_from_db()
    assert (older.state, newer.state) == (State.WAITING, State.WAITING)


# Files that are none.

HEADER = b"plate,state,reason\n"
ODD = {
    "compressed": gzip.compress(HEADER + b"1A,CA,Stolen\n" * 100_000),
    "an archive": b"PK\x03\x04" + bytes(range(256)) * 20,
    "a picture": b"\x89PNG\r\n\x1a\n\0\0" + bytes(500),
    "zeros": bytes(100_000),
    "one endless line": HEADER + b"x" * 8_000_000,
    "an endless header": b"plate," * 2_000_000,
    "another layout": b"".join(b"%06d|x|y|z\n" % number for number in range(5_000)),
    "a page of the web": b"<!doctype html><html><body>502 Bad Gateway</body></html>\n" * 50,
    "all bad": HEADER + b"??,CA,Stolen\n" * 300_000,
    "half a character": HEADER + "1A,CA,Diebstahl auf Fähre".encode()[:-5],
    "a mark and no more": b"\xef\xbb\xbf",
    "line feeds": b"\n" * 100_000,
}


@pytest.mark.parametrize("what", ODD)
def test_a_file_that_is_no_list_leaves_the_list_as_it_is(what: str, general_list: HotList) -> None:
    read(general_list, *lines(10))
    refresh = read(general_list, file=io.BytesIO(ODD[what]))
    assert refresh.state in (State.REFUSED, State.WAITING)
    assert refresh.why or refresh.waits_for
    assert len(refresh.why) < 400
    assert len(refresh.problems) <= 1_000
    assert len(plates(general_list)) == 10


def test_a_formula_in_a_cell_is_text_and_no_more(general_list: HotList) -> None:
    read(general_list, "1A,CA,=HYPERLINK(1)", "1B,CA,@SUM(1)", "1C,CA,\"=cmd|' /C calc'!A0\"")
    reasons = set(Entry.objects.in_use().values_list("reason", flat=True))
    assert len(reasons) == len(plates(general_list))


# Files of changes.


def test_a_file_of_changes_leaves_what_it_does_not_name(changes: HotList) -> None:
    read(changes, file=delta("1A,CA,Stolen,A", "1B,CA,Stolen,A", "1C,CA,Stolen,A"))
    refresh = read(changes, file=delta("1B,CA,Taken,A", "1C,CA,,D", "1D,CA,Stolen,A"))
    assert refresh.state == State.LOADED
    assert (refresh.added, refresh.changed, refresh.removed, refresh.unchanged) == (1, 1, 1, 0)
    assert refresh.is_incremental
    assert plates(changes) == {"1A", "1B", "1D"}
    assert Entry.objects.in_use().get(plate="1B").reason == "Taken"
    assert "Removed by svs.csv." in Entry.objects.filter(plate="1C").values_list("closed_why", flat=True)


def test_removing_what_is_not_there_is_a_bad_line(changes: HotList) -> None:
    HotList.objects.update(bad_percent=100)
    read(changes, file=delta("1A,CA,Stolen,A"))
    refresh = read(changes, file=delta("1B,CA,Stolen,A", "9Z,CA,,D", "1A,NV,,D"))
    assert (refresh.state, refresh.good, refresh.bad) == (State.LOADED, 1, 2)
    assert refresh.problems == [
        [3, "It removes what the list does not have."],
        [4, "It removes what the list does not have."],
    ]
    assert plates(changes) == {"1A", "1B"}


def test_in_a_file_of_changes_the_last_line_counts(changes: HotList) -> None:
    HotList.objects.update(bad_percent=100, shrink_percent=100)
    read(changes, file=delta("1A,CA,Stolen,A", "1B,CA,Stolen,A"))
    refresh = read(changes, file=delta("1A,CA,,D", "1A,CA,Taken,A", "1B,CA,Taken,A", "1B,CA,,D"))
    assert (refresh.changed, refresh.removed, refresh.bad) == (1, 1, 2)
    assert refresh.problems[0] == [2, "Line 3 says something else of its plate and state, and counts."]
    assert Entry.objects.in_use().get().reason == "Taken"


def test_a_file_of_changes_given_again_changes_nothing(changes: HotList) -> None:
    HotList.objects.update(shrink_percent=100)
    read(changes, file=delta("1A,CA,Stolen,A", "1B,CA,Stolen,A"))
    read(changes, file=delta("1A,CA,,D"))
    assert read(changes, file=delta("1A,CA,Stolen,A", "1B,CA,Stolen,A")).state == State.UNCHANGED
    assert plates(changes) == {"1B"}


def test_changes_that_wait_are_not_overtaken_by_later_changes(changes: HotList) -> None:
    waiting = read(changes, file=delta("1A,CA,Stolen,A", "bad"))
    later = read(changes, file=delta("1B,CA,Stolen,A"))
    waiting.refresh_from_db()
    assert (waiting.state, later.state) == (State.WAITING, State.LOADED)


def test_changes_that_empty_a_list_wait(changes: HotList) -> None:
    read(changes, file=delta(*(f"{line},A" for line in lines(10))))
    refresh = read(changes, file=delta(*(f"{line.replace('Stolen', '')},D" for line in lines(5))))
    assert (refresh.state, refresh.waits_for, refresh.removed) == (State.WAITING, ["shrinks"], 5)
    assert len(plates(changes)) == 10


def test_an_empty_file_of_changes_is_good_news(changes: HotList) -> None:
    read(changes, file=delta("1A,CA,Stolen,A"))
    assert read(changes, file=delta()).state == State.LOADED
    assert plates(changes) == {"1A"}


def test_a_policy_that_adds_removes_nothing_and_shrinks_nothing(general_list: HotList) -> None:
    read(general_list, *lines(10))
    adopted = general_list.agency.adopted
    assert adopted is not None
    rules = adopted.policy.to_dict()
    rules["hot_lists"]["general_overwrites"]["value"] = False
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=rules)
    refresh = read(general_list, "1Z,CA,Stolen")
    assert (refresh.state, refresh.added, refresh.removed) == (State.LOADED, 1, 0)
    assert len(plates(general_list)) == 11


# What becomes of the document, and of what nobody decides.


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
