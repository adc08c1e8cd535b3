"""Loading a general list: all good lines or nothing, by comparison, and nothing deleted."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from hotlists import services
from hotlists.models import Entry, HotList, Refresh, Snapshot
from hotlists.reading import BadFile
from hotlists.services import list_deactivate, refresh_now
from tests.hotlists.conftest import csv
from trail.models import Event
from trail.verbs import Verb
from training.gate import Refused

pytestmark = pytest.mark.usefixtures("media")
Counts = tuple[int, int, int, int, int]


def load(actor: Member, hot_list: HotList, *lines: str, header: str = "plate,state,reason") -> Counts:
    """Load these lines; return how many were added, changed, removed, unchanged, bad."""
    done = refresh_now(actor=actor, hot_list=hot_list, file=csv(*lines, header=header), file_name="svs.csv")
    return done.added, done.changed, done.removed, done.unchanged, done.bad


@pytest.mark.parametrize("who", ["operator", "supervisor", "custodian", "lapsed_superuser", "outsider"])
def test_who_may_not_load(who: str, general_list: HotList, request: pytest.FixtureRequest) -> None:
    member, before = request.getfixturevalue(who), Snapshot.objects.count()
    with pytest.raises(Refused):
        load(member, general_list, "1A,CA,Stolen")
    assert (Entry.objects.count(), Refresh.objects.count(), Snapshot.objects.count()) == (0, 0, before)


def test_a_specific_list_takes_no_file(administrator: Member, specific_list: HotList) -> None:
    with pytest.raises(ValidationError, match="takes no files"):
        load(administrator, specific_list, "1A,CA,Stolen")


def test_a_closed_list_takes_no_file(administrator: Member, general_list: HotList) -> None:
    list_deactivate(actor=administrator, hot_list=general_list, why="Replaced")
    with pytest.raises(ValidationError, match="no longer in use"):
        load(administrator, general_list, "1A,CA,Stolen")


@pytest.mark.parametrize("name", ["ncic_immigration-violator.csv", "Immigration Violators 1122.csv"])
def test_the_excluded_file_does_not_enter_by_its_name(
    administrator: Member, general_list: HotList, name: str
) -> None:
    with pytest.raises(ValidationError):
        refresh_now(actor=administrator, hot_list=general_list, file=csv("1A,CA,Stolen"), file_name=name)
    assert not Entry.objects.exists()


def test_a_file_without_one_good_line_leaves_the_list_as_it_is(
    administrator: Member, general_list: HotList
) -> None:
    load(administrator, general_list, "1A,CA,Stolen")
    with pytest.raises(BadFile, match="No line of the file is an entry"):
        load(administrator, general_list, ",CA,Stolen")
    assert Entry.objects.in_use().count() == 1


def test_a_file_that_breaks_off_leaves_the_list_as_it_is(
    administrator: Member, general_list: HotList, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(administrator, general_list, "1A,CA,Stolen")
    monkeypatch.setattr("hotlists.reading.opening.MOST_PROBLEMS", 2)
    with pytest.raises(BadFile, match="More than 2 lines"):
        load(administrator, general_list, "2A,CA,Stolen", "bad", "bad", "bad", "2B,CA,Stolen")
    assert Entry.objects.in_use().get().plate == "1A"


def test_a_load_replaces_by_comparison_and_deletes_nothing(
    administrator: Member, general_list: HotList
) -> None:
    assert load(administrator, general_list, "1A,CA,Stolen", "1B,CA,Stolen", "1C,,Stolen") == (3, 0, 0, 0, 0)
    kept = Entry.objects.get(plate="1A")
    second = load(administrator, general_list, "1A,CA,Stolen", "1B,CA,Stolen plate", "1D,CA,Stolen", "bad")
    assert second == (1, 1, 1, 1, 1)
    assert set(Entry.objects.in_use().values_list("plate", "reason")) == {
        ("1A", "Stolen"),
        ("1B", "Stolen plate"),
        ("1D", "Stolen"),
    }
    closed = Entry.objects.filter(state_of_entry=Entry.State.CLOSED)
    assert set(closed.values_list("plate", "closed_by")) == {
        ("1B", administrator.pk),
        ("1C", administrator.pk),
    }
    assert all(entry.closed_at and "svs.csv" in entry.closed_why for entry in closed)
    assert Entry.objects.get(plate="1A") == kept


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [
        ("make", "HOND", "TOYT"),
        ("year", "2019", ""),
        ("year", "", "2020"),
        ("expires", "", "2099-01-01"),
        ("case_number", "26-1", "26-2"),
        ("synopsis", "", "Keys in"),
    ],
)
def test_a_changed_value_closes_the_old_entry_and_opens_a_new(
    administrator: Member, general_list: HotList, column: str, before: str, after: str
) -> None:
    header = f"plate,reason,{column}"
    load(administrator, general_list, f"1A,Stolen,{before}", header=header)
    assert load(administrator, general_list, f"1A,Stolen,{before}", header=header)[:4] == (0, 0, 0, 0)
    assert load(administrator, general_list, f"1A,Stolen,{after}", header=header) == (0, 1, 0, 0, 0)


def test_a_file_loaded_again_changes_nothing_not_even_the_age(
    administrator: Member, general_list: HotList
) -> None:
    load(administrator, general_list, "1A,CA,Stolen")
    HotList.objects.update(source_at=timezone.now() - timedelta(hours=25))
    before, snapshots = list(Entry.objects.values()), Snapshot.objects.count()
    assert load(administrator, general_list, "1A,CA,Stolen") == (0, 0, 0, 0, 0)
    assert Refresh.objects.first().state == Refresh.State.UNCHANGED
    assert (list(Entry.objects.values()), Snapshot.objects.count()) == (before, snapshots)
    general_list.refresh_from_db()
    assert general_list.is_old()


def test_a_load_leaves_other_lists_alone(
    administrator: Member, general_list: HotList, enter: Callable[..., Entry]
) -> None:
    hot_plate = enter()
    load(administrator, general_list, "8KRB412,CA,Stolen")
    hot_plate.refresh_from_db()
    assert hot_plate.state_of_entry == Entry.State.WAITING
    assert Entry.objects.count() == 2


def test_an_entry_knows_its_file_and_its_key(administrator: Member, general_list: HotList) -> None:
    load(administrator, general_list, "8oib-12,us-ca,Stolen")
    entry = Entry.objects.get()
    assert (entry.plate, entry.plate_key, entry.state) == ("8OIB12", "801812", "CA")
    assert entry.snapshot == general_list.last_snapshot
    assert entry.entered_by is None


def test_the_trail_says_who_loaded_what(administrator: Member, general_list: HotList) -> None:
    load(administrator, general_list, "1A,CA,Stolen", "bad")
    event = Event.objects.get(verb=Verb.LIST_LOADED)
    snapshot = general_list.last_snapshot
    assert snapshot is not None
    assert event.actor == administrator
    assert event.elements == {
        "sha256": snapshot.sha256, "refused": 1, "added": 1, "changed": 0, "removed": 0, "unchanged": 0,
    }  # fmt: skip


def test_fifty_thousand_lines_are_set_against_each_other(
    administrator: Member, general_list: HotList
) -> None:
    lines = [f"{number:06d}X,CA,Stolen" for number in range(50_000)]
    assert load(administrator, general_list, *lines) == (50_000, 0, 0, 0, 0)
    changed = [line if number % 100 else f"{line} plate" for number, line in enumerate(lines[:-10])]
    assert load(administrator, general_list, *changed) == (0, 500, 10, 49_490, 0)
    assert Entry.objects.in_use().count() == 49_990


def test_the_public_services_are_all_named() -> None:
    assert all(hasattr(services, name) for name in services.__all__)


def test_a_policy_that_adds_keeps_what_the_file_leaves_out(
    administrator: Member, general_list: HotList
) -> None:
    load(administrator, general_list, "1A,CA,Stolen", "1B,CA,Stolen")
    adopted = administrator.agency.adopted
    assert adopted is not None
    rules = adopted.policy.to_dict()
    rules["hot_lists"]["general_overwrites"]["value"] = False
    type(adopted).objects.filter(pk=adopted.pk).update(rules=rules)
    assert load(administrator, general_list, "1B,CA,Stolen plate", "1C,CA,Stolen") == (1, 1, 0, 0, 0)
    assert set(Entry.objects.in_use().values_list("plate", flat=True)) == {"1A", "1B", "1C"}


def test_an_empty_file_object_is_no_list(administrator: Member, general_list: HotList) -> None:
    with pytest.raises(ValidationError, match="empty"):
        refresh_now(actor=administrator, hot_list=general_list, file=io.BytesIO(), file_name="a.csv")
