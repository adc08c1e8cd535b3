"""Whatever comes in, each line is a row, a problem or left out, and nothing else happens."""

from __future__ import annotations

import contextlib
import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotlists.models import Mapping
from hotlists.reading import BadFile, LeftOut, Problem, Row
from tests.hotlists.reading.files import at, fixed, mapping, opened, read

HEADER = b"plate,state,reason,year,expires,source_file,action\n"
MAPPINGS: list[Mapping | None] = [
    None,
    mapping(at(plate=0, reason=1, year=2, source_file=3), has_header=False),
    mapping([{"field": "plate", "column": "a"}], constants={"reason": "Stolen"}, delimiter="\t"),
    mapping(at(plate=0, reason=1), has_header=False, encoding="utf-16", skip_lines=1),
    fixed(("plate", 8), ("reason", 20), ("expires", 8), encoding="cp037", date_format="%Y%m%d"),
    fixed(("plate", 8), ("reason", 20), ncic_codes=True),
]


@given(st.binary(max_size=400), st.sampled_from(MAPPINGS))
def test_any_bytes_give_rows_problems_or_a_bad_file(content: bytes, said: Mapping | None) -> None:
    with contextlib.suppress(BadFile):
        assert all(isinstance(each, Row | Problem | LeftOut) for each in read(content, said))


@given(st.binary(max_size=400))
def test_any_bytes_after_a_header(content: bytes) -> None:
    with contextlib.suppress(BadFile):
        read(HEADER + content)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=14)
good_plates = st.from_regex(r"[A-Z0-9]{2,8}", fullmatch=True)
lines = st.one_of(
    st.tuples(good_plates, st.sampled_from(["CA", "", "NV"]), st.just("Stolen")),
    st.tuples(st.one_of(good_plates, cells), cells, cells),
)


@given(st.lists(st.one_of(lines, st.just(())), max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_that_is_not_blank_is_one_of_three_with_its_number(
    given_lines: list[tuple[str, ...]], ending: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([("plate", "state", "reason"), *given_lines])
    found = read(text.getvalue().encode())
    assert [each.line for each in found] == [
        number for number, line in enumerate(given_lines, start=2) if line
    ]
    for each in found:
        if isinstance(each, Row):
            plate, state, reason = given_lines[each.line - 2]
            assert each.plate in plate.upper().translate({ord(c): None for c in " .-"})
            assert each.state in state.upper()
            assert each.reason == " ".join(reason.split())


words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ;,:|\t\"'/-]{0,12}", fullmatch=True)
rows = st.fixed_dictionaries(
    {
        "plate": good_plates,
        "state": st.sampled_from(["CA", "NV", ""]),
        "reason": words,
        "year": st.sampled_from(["", "1999", "2026"]),
        "case_number": words,
        "synopsis": words,
    }
)


def tidy(row: dict[str, str]) -> dict[str, Any]:
    """What an entry of these values says."""
    return {name: " ".join(value.split()) for name, value in row.items()} | {
        "year": int(row["year"]) if row["year"] else None
    }


def said_by(found: Row) -> dict[str, Any]:
    return {
        name: getattr(found, name) for name in ("plate", "state", "reason", "year", "case_number", "synopsis")
    }


@given(st.lists(rows, min_size=1, max_size=8), st.sampled_from(";,:\t|"), st.booleans())
def test_what_is_written_delimited_is_read_back(
    given_rows: list[dict[str, str]], delimiter: str, has_header: bool
) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(given_rows[0]), delimiter=delimiter)
    if has_header:
        writer.writeheader()
    writer.writerows(given_rows)
    said = (
        None
        if has_header
        else mapping(
            at(**{name: place for place, name in enumerate(given_rows[0])}),
            delimiter=delimiter,
            has_header=False,
        )
    )
    found = read(text.getvalue().encode(), said)
    assert [said_by(each) for each in found if isinstance(each, Row)] == [tidy(row) for row in given_rows]


@given(st.lists(rows, min_size=1, max_size=8))
def test_what_is_written_in_fixed_lengths_is_read_back(given_rows: list[dict[str, str]]) -> None:
    widths = {"plate": 9, "state": 2, "reason": 14, "year": 4, "case_number": 13, "synopsis": 15}
    content = "\n".join("".join(row[name].ljust(n) for name, n in widths.items()) for row in given_rows)
    found = read(content.encode(), fixed(*widths.items()))
    assert [said_by(each) for each in found if isinstance(each, Row)] == [tidy(row) for row in given_rows]


@given(
    st.integers(0, 9), st.sampled_from(['1A,CA,"Stolen', '"1A,CA,Stolen', '1A,CA,"Stolen"x', '1A,"CA"x,S'])
)
def test_an_open_quote_spoils_its_own_line_alone(place: int, broken: str) -> None:
    content = [f"{number}A,CA,Stolen" for number in range(10)]
    good = read(("plate,state,reason\n" + "\n".join(content)).encode())
    content[place] = broken
    found = read(("plate,state,reason\n" + "\n".join(content)).encode())
    for number, (before, after) in enumerate(zip(good, found, strict=True)):
        assert after == before if number != place else isinstance(after, Problem)


@given(st.lists(st.sampled_from(["1A,Stolen", ",bad", "1A", "x,y,z", ""]), max_size=12), st.integers(1, 7))
def test_pieces_of_any_size_give_the_same_lines(given_lines: list[str], size: int) -> None:
    content = ("plate,reason\r\n" + "\r\n".join(given_lines)).encode()
    whole = read(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hotlists.reading.decoding._CHUNK", size)
        assert list(opened(content).rows()) == whole
