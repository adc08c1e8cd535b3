"""The way of a file: what is loaded by itself, what waits and why, what overtakes what, what is no list."""

from __future__ import annotations

import gzip
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Member
from hotlists import loading, tasks
from hotlists.ending import VERBS
from hotlists.models import Entry, HotList, Mapping, Refresh, Snapshot
from hotlists.moves_files import REFRESH_MOVES, moves_open_to
from hotlists.services import refresh_confirm, refresh_let_go
from tests.hotlists.conftest import csv
from tests.hotlists.refreshing import lines, plates, read, receive
from tests.hotlists.test_sources import adopt
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused

pytestmark = pytest.mark.usefixtures("media")
State = Refresh.State


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


def test_codes_with_long_words_do_not_stop_a_file(general_list: HotList) -> None:
    refresh = read(general_list, file=csv("1A,Stolen,DGR/LGR,DS", header="LIC,reason,VCO,VST"))
    assert refresh.state == State.LOADED
    assert Entry.objects.in_use().get().vehicle == "dark green and light green tractor truck, diesel"


def test_what_is_let_go_changes_nothing(general_list: HotList, administrator: Member) -> None:
    refresh = read(general_list, "1A,CA,Stolen", "bad")
    refresh_let_go(actor=administrator, refresh=refresh, why="Of another county")
    refresh.refresh_from_db()
    assert (refresh.state, refresh.why) == (State.LET_GO, "Of another county")
    assert not Entry.objects.exists()
    event = Event.objects.get(verb=Verb.FILE_LET_GO)
    assert (event.actor, event.detail) == (administrator, "Of another county")


# Settings that change while a file is read.


@pytest.mark.parametrize("setting", ["left_out", "mapping", "overwrites"])
def test_a_list_that_is_set_otherwise_while_its_file_is_read_reads_it_again(
    setting: str, general_list: HotList, administrator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    HotList.objects.update(source="ncic", is_restricted=True)
    mapping = Mapping.objects.create(
        agency=general_list.agency, name="Other", source="ncic", delimiter=",", made_by=administrator,
        columns=[{"field": name, "column": name} for name in ("plate", "reason", "source_file")],
        words={"reason": {"Wanted": "Sought"}},
    )  # fmt: skip
    plain, notes = loading._note, []

    def note(*given: Any) -> None:
        plain(*given)
        notes.append(given)
        if setting == "left_out":
            HotList.objects.update(left_out=["ncic_gang"])
        elif setting == "mapping":
            HotList.objects.update(mapping=mapping)
        else:
            adopt(general_list.agency, general_overwrites=False)

    monkeypatch.setattr(loading, "_note", note)
    file = csv("1A,Wanted,ncic_gang", "1B,Wanted,ncic_wanted", header="plate,reason,source_file")
    refresh = read(general_list, file=file)
    assert (refresh.state, refresh.attempts, len(notes)) == (State.LOADED, 2, 4)
    entries = {
        "left_out": {("1B", "Wanted")},
        "mapping": {("1A", "Sought"), ("1B", "Sought")},
        "overwrites": {("1A", "Wanted"), ("1B", "Wanted")},
    }
    assert set(Entry.objects.in_use().values_list("plate", "reason")) == entries[setting]


def test_a_list_that_is_closed_while_its_file_is_read_loads_nothing(
    general_list: HotList, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = loading._note

    def note(*given: Any) -> None:
        plain(*given)
        HotList.objects.update(is_active=False)

    monkeypatch.setattr(loading, "_note", note)
    refresh = read(general_list, "1A,CA,Stolen")
    assert (refresh.state, refresh.why) == (State.REFUSED, "This list takes no files any more.")
    assert not Entry.objects.exists()


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
    "compressed": gzip.compress(HEADER + b"1A,CA,Stolen\n" * 100_000, mtime=0),
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


def test_a_formula_in_a_cell_is_a_bad_line(general_list: HotList) -> None:
    read(general_list, *lines(3))
    refresh = read(
        general_list, "1A,CA,=HYPERLINK(1)", "1B,CA,@SUM(1)", "1C,CA,\"=cmd|' /C calc'!A0\"", *lines(3)
    )
    assert (refresh.state, refresh.bad, refresh.good) == (State.WAITING, 3, 3)
    assert plates(general_list) == {"7AB0000", "7AB0001", "7AB0002"}
