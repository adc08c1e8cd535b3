"""Files of changes, and a policy under which a load removes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AdoptedPolicy, Member
from hotlists import loading
from hotlists.models import Entry, HotList, Mapping, Refresh
from hotlists.services import refresh_confirm
from tests.hotlists.conftest import csv
from tests.hotlists.refreshing import lines, plates, read

pytestmark = pytest.mark.usefixtures("media")
State = Refresh.State


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


def test_the_same_changes_made_anew_by_their_source_are_made(changes: HotList) -> None:
    HotList.objects.update(shrink_percent=100, source_at=None)
    first = timezone.now() - timedelta(hours=3)
    read(changes, file=delta("1A,CA,Stolen,A"), source_at=first)
    read(changes, file=delta("1A,CA,,D"), source_at=first + timedelta(hours=1))
    again = read(changes, file=delta("1A,CA,Stolen,A"), source_at=first)
    assert (again.state, plates(changes)) == (State.UNCHANGED, set())
    anew = read(changes, file=delta("1A,CA,Stolen,A"), source_at=first + timedelta(hours=2))
    assert (anew.state, plates(changes)) == (State.LOADED, {"1A"})
    last = read(changes, file=delta("1A,CA,Stolen,A"), source_at=first + timedelta(hours=3))
    assert last.state == State.UNCHANGED


def test_changes_confirmed_after_later_ones_ask_once_more(changes: HotList, administrator: Member) -> None:
    HotList.objects.update(shrink_percent=100)
    read(changes, file=delta("1A,CA,Stolen,A"))
    early = read(changes, file=delta("1A,CA,Taken,A", "bad"))
    assert early.waits_for == ["bad_lines"]
    read(changes, file=delta("1A,CA,,D"))
    for state in (State.WAITING, State.LOADED):
        refresh_confirm(actor=administrator, refresh=early)
        loading.run(changes.pk)
        early.refresh_from_db()
        assert (early.state, early.waits_for) == (state, ["bad_lines", "older"])


@pytest.fixture
def numbered(changes: HotList) -> HotList:
    """The same, with record numbers."""
    assert changes.mapping is not None
    changes.mapping.columns.append({"field": "record_number", "column": "number"})
    changes.mapping.save()
    HotList.objects.update(bad_percent=100, shrink_percent=100)
    return changes


def numbers(*given: str) -> Any:
    """A file of changes with record numbers."""
    return csv(*given, header="plate,state,reason,action,number")


def test_a_removal_without_number_is_of_every_line_before_it(numbered: HotList) -> None:
    read(numbered, file=numbers("1A,CA,Stolen,A,V1", "1B,CA,Stolen,A,V1"))
    refresh = read(
        numbered,
        file=numbers("1A,CA,Taken,A,V1", "1A,CA,Stolen,A,V2", "1A,NV,Stolen,A,V3", "1A,CA,,D,", "1C,CA,x,A,"),
    )
    assert (refresh.state, refresh.added, refresh.removed, refresh.bad) == (State.LOADED, 2, 1, 2)
    assert [line for line, _ in refresh.problems] == [2, 3]
    found = Entry.objects.in_use().filter(plate="1A")
    assert list(found.values_list("state", "record_number")) == [("NV", "V3")]


def test_what_is_put_after_a_removal_without_number_stays(numbered: HotList) -> None:
    read(numbered, file=numbers("1A,CA,Stolen,A,V1", "1A,CA,Stolen,A,V2"))
    refresh = read(numbered, file=numbers("1A,CA,,D,", "1A,CA,Stolen,A,V1", "1A,CA,Stolen,A,V3"))
    assert (refresh.added, refresh.removed, refresh.unchanged, refresh.bad) == (1, 1, 1, 0)
    found = Entry.objects.in_use().order_by("record_number").values_list("record_number", flat=True)
    assert list(found) == ["V1", "V3"]


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
