"""Comparing and applying, held against a plain dictionary over any files; and COPY's text form."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Member
from hotlists import staging
from hotlists.models import Entry, HotList, Mapping
from hotlists.reading import PUT, REMOVE, Row
from hotlists.services import refresh_now
from tests.hotlists.conftest import csv

pytestmark = pytest.mark.usefixtures("media")
Key = tuple[str, str, str]
VALUES: dict[str, Any] = dict.fromkeys(staging.TEXTS, "") | dict.fromkeys(staging.OTHERS)
EMPTY = Row(**VALUES, line=1, action=PUT, digest="0" * 32)


@dataclass(frozen=True)
class Line:
    """One line of a file: which plate, what it says, and whether it puts or removes."""

    plate: str
    state: str
    number: str
    reason: str
    removes: bool = False

    @property
    def key(self) -> Key:
        """What an entry is known by."""
        return self.plate, self.state, self.number

    def text(self) -> str:
        """The line as the file has it."""
        return f"{self.plate},{self.state},{self.number},{self.reason},{'D' if self.removes else 'A'}"


LINES = st.builds(
    Line,
    plate=st.sampled_from(["1A", "1B", "1C", "1D"]),
    state=st.sampled_from(["CA", "NV", ""]),
    number=st.sampled_from(["V1", "V2"]),
    reason=st.sampled_from(["Stolen", "Taken", "It’s a \\N or\\t"]),
    removes=st.booleans(),
)
FILES = st.lists(st.tuples(st.booleans(), st.lists(LINES, min_size=1, max_size=8)), min_size=1, max_size=4)


def expected(list_now: dict[Key, str], lines: list[Line], whole: bool) -> dict[Key, str]:
    """The list after a file, in plain words: the first line counts in a whole file, else the last."""
    said: dict[Key, Line] = {}
    for line in reversed(lines) if whole else lines:
        said[line.key] = line
    puts = {key: line.reason for key, line in said.items() if not line.removes}
    if whole:
        return puts
    kept = {key: reason for key, reason in list_now.items() if key not in said}
    return kept | puts


def mapping(member: Member, whole: bool) -> Mapping:
    """How the files of these tests are laid out."""
    fields = {
        "plate": "plate",
        "state": "state",
        "record_number": "number",
        "reason": "reason",
        "action": "action",
    }
    return Mapping.objects.create(
        agency=member.agency, name=f"whole {whole}", source="svs", delimiter=",", is_incremental=not whole,
        columns=[{"field": field, "column": column} for field, column in fields.items()],
        words={"action": {"A": "put", "D": "remove"}}, made_by=member,
    )  # fmt: skip


@pytest.fixture
def mappings(administrator: Member) -> dict[bool, Mapping]:
    """One for whole files, one for changes."""
    return {whole: mapping(administrator, whole) for whole in (True, False)}


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(files=FILES)
def test_any_sequence_of_files_leaves_what_a_dictionary_would(
    files: list[tuple[bool, list[Line]]],
    general_list: HotList,
    administrator: Member,
    mappings: dict[bool, Mapping],
) -> None:
    Entry.objects.all().delete()
    general_list.snapshots.exclude(sha256="9f3a77c1" * 8).update(sha256="")
    now: dict[Key, str] = {}
    # Changes that were loaded since the last whole file change nothing when they come again.
    known: set[bytes] = set()
    for whole, lines in files:
        HotList.objects.filter(pk=general_list.pk).update(mapping=mappings[whole])
        file = csv(*(line.text() for line in lines), header="plate,state,number,reason,action")
        before = dict(now)
        if whole or file.getvalue() not in known:
            now = expected(now, lines, whole)
        known = set() if whole else known | {file.getvalue()}
        done = refresh_now(actor=administrator, hot_list=general_list, file=file, file_name="x.csv")
        rows = Entry.objects.in_use().values_list("plate", "state", "record_number", "reason")
        assert {(plate, state, number): reason for plate, state, number, reason in rows} == now
        assert len(rows) == len(now)
        if done.state != "unchanged":
            assert done.added == len(now.keys() - before.keys())
            assert done.removed == len(before.keys() - now.keys())
            assert done.changed == sum(now[key] != before[key] for key in now.keys() & before.keys())
            assert done.snapshot is not None
            assert done.snapshot.standing == len(now)


@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.django_db
def test_any_text_comes_back_from_copy_as_it_was(text: str, db: Any) -> None:
    row = EMPTY._replace(plate="1A", reason=text, action=REMOVE, year=2020)
    with staging.tables(), connection.cursor() as cursor:
        with cursor.copy(staging._COPY) as copy:
            copy.write(staging.as_text(row))
        cursor.execute("SELECT plate, coalesce(reason, ''), removes, year, starts_at, line FROM staged_row")
        assert cursor.fetchone() == ("1A", text, True, 2020, None, 1)


def test_a_key_that_hashes_alike_by_chance_is_no_repetition(
    administrator: Member, general_list: HotList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "hash", lambda key: 1, raising=False)
    file = csv("1A,CA,Stolen", "1B,CA,Stolen", "1A,CA,Taken", "1A,NV,Stolen")
    done = refresh_now(actor=administrator, hot_list=general_list, file=file, file_name="x.csv")
    assert (done.added, done.bad) == (3, 1)
    assert done.problems == [[4, "It repeats the plate and state of line 2."]]


def test_of_many_repetitions_the_first_are_named_in_order(
    administrator: Member, general_list: HotList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "PROBLEMS_KEPT", 5)
    lines = ["1A,CA,Stolen", "bad", *["1A,CA,Stolen"] * 3, "bad", *["1A,CA,Stolen"] * 4]
    done = refresh_now(actor=administrator, hot_list=general_list, file=csv(*lines), file_name="x.csv")
    assert (done.added, done.bad) == (1, 9)
    assert [line for line, _ in done.problems] == [3, 4, 5, 6, 7]


def test_a_row_is_staged_by_the_order_of_its_fields() -> None:
    assert Row._fields == (*staging.TEXTS, *staging.OTHERS, "line", "action", "digest")
    assert io.StringIO(staging.as_text(EMPTY)).read().count("\t") == len(Row._fields)
