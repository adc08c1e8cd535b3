"""Files under a mapping: delimited with or without a header, fixed length, words, constants, dates."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from hotlists.models import Priority
from hotlists.reading import BadFile, Problem, Row, values
from hotlists.vocabulary import vco, vst
from hotlists.vocabulary.tables import table_of
from tests.hotlists.reading.files import at, fixed, mapping, only, opened, read

NAMED = [{"field": "plate", "column": "Plate No"}, {"field": "reason", "column": "WHY"}]


def test_columns_by_the_headers_names() -> None:
    found = only("X;why;plate_no\n1;Stolen;8ABC123\n", mapping(NAMED))
    assert (found.plate, found.reason, found.line) == ("8ABC123", "Stolen", 2)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("X;why", "The header names no column “Plate No”, from which the mapping reads plate."),
        ("Plate No;why;plate-no", "The header names twice the column “Plate No”"),
        ('"Plate No;why', "The first line cannot be read. A quote is not closed on this line."),
    ],
)
def test_a_header_that_is_not_the_mappings(header: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        opened(f"{header}\n1;2;3\n".encode(), mapping(NAMED))


def test_columns_by_their_place_and_the_first_entrys_number_of_values() -> None:
    said = mapping(at(plate=2, reason=0), has_header=False, skip_lines=1)
    first, longer, shorter = read(b"made yesterday\nStolen;x;1A\nStolen;x;1B;\nStolen;1C\n", said)
    assert isinstance(first, Row)
    assert first.plate == "1A"
    assert longer == Problem(3, "It has 4 values; the first entry has 3 values.")
    assert shorter == Problem(4, "It has 2 values; the first entry has 3 values.")


def test_a_place_that_the_first_line_does_not_have() -> None:
    with pytest.raises(BadFile, match="reads reason from value 4, and the first line has 2"):
        opened(b"1A;x\n", mapping(at(plate=0, reason=3), has_header=False))


def test_a_place_under_a_header() -> None:
    found = only("a;b\n1A;Stolen\n", mapping(at(plate=0, reason=1)))
    assert (found.plate, found.line) == ("1A", 2)


def test_fixed_lengths() -> None:
    said = fixed(("state", 2), ("plate", 8), ("reason", 10), ("expires", 8), date_format="%m%d%Y")
    reading = opened(b"CA8ABC123 Stolen    12312026\nNV1B      Lost\n;;;\n", said)
    first, short, odd = reading.rows()
    assert isinstance(first, Row)
    assert (first.plate, first.state, first.reason) == ("8ABC123", "CA", "Stolen")
    assert first.expires_at == datetime(2027, 1, 1, 8, tzinfo=UTC)
    assert isinstance(short, Row)
    assert (short.plate, short.reason) == ("1B", "Lost")
    assert isinstance(odd, Problem)
    assert reading.layout == "Test: fixed length, UTF-8"


def test_quotes_are_letters_like_others_in_a_fixed_file() -> None:
    assert only('1A  6" lift', fixed(("plate", 4), ("reason", 10))).reason == '6" lift'


def test_words_say_what_a_file_means() -> None:
    words = {
        "action": {"Z9": "remove"},
        "source_file": {"EW": "ncic_wanted"},
        "priority": {"A1": "1", "B2": "2", "C3": "3"},
        "reason": {"487": "Stolen vehicle"},
        "year": {"0000": ""},
        "expires": {"99999999": ""},
        "case_number": {"NONE": ""},
    }
    places = at(plate=0, reason=1, priority=2, source_file=3, action=4, year=5, expires=6, case_number=7)
    said = mapping(places, words=words, has_header=False)
    first, second, third, removed = read(
        b"1A;487;A1;EW;;0000;99999999;NONE\n1B;x;B2;;add;2020;20270101;26-1\n1C;x;C3;;;;;\n1D;;;EW;Z9;;;\n",
        said,
    )
    assert isinstance(first, Row)
    assert (first.reason, first.priority, first.source_file) == (
        *("Stolen vehicle", Priority.HIGH, "ncic_wanted"),
    )
    assert (first.year, first.expires_at, first.case_number) == (None, None, "")
    assert isinstance(second, Row)
    assert (second.reason, second.priority, second.year) == ("x", Priority.NORMAL, 2020)
    assert isinstance(third, Row)
    assert third.priority == Priority.LOW
    assert isinstance(removed, Row)
    assert (removed.action, removed.source_file) == ("remove", "ncic_wanted")


def test_constants_stand_on_every_line() -> None:
    said = mapping(at(plate=0), constants={"reason": "Stolen vehicle", "state": "CA"}, has_header=False)
    for found in read(b"1A;\n1B;\n", said):
        assert isinstance(found, Row)
        assert (found.reason, found.state) == ("Stolen vehicle", "CA")
    one = fixed(("plate", 8), constants={"reason": "Stolen plate"})
    assert only("1A", one).reason == "Stolen plate"


@pytest.mark.parametrize(("coded", "make", "color"), [(True, "Toyota", "gray"), (False, "TOYT", "GRY")])
def test_ncic_codes_become_words_where_the_mapping_says_so(coded: bool, make: str, color: str) -> None:
    said = mapping(at(plate=0, reason=1, make=2, color=3), ncic_codes=coded, has_header=False)
    found = only("1A;Stolen;TOYT;GRY", said)
    assert (found.make, found.color) == (make, color)


def test_a_code_whose_words_the_field_does_not_hold_stays_as_it_is() -> None:
    said = mapping(at(plate=0, reason=1, color=2, body=3), ncic_codes=True, has_header=False)
    assert only("1A;Stolen;DBL/BLK;4D", said).color == "dark blue and black"
    found = only("1A;Stolen;DGR/LGR;DS", said)
    assert (found.color, found.body) == ("DGR/LGR", "DS")
    for color, other in product(vco.NAMES, vco.NAMES):
        assert len(only(f"1A;Stolen;{color}/{other};", said).color) <= values.LONGEST["color"]
    for code, *_ in table_of(vst.STYLES):
        assert len(only(f"1A;Stolen;;{code}", said).body) <= values.LONGEST["body"]


def test_a_code_that_is_not_known_stays_as_it_is() -> None:
    said = mapping(at(plate=0, reason=1, make=2), ncic_codes=True, has_header=False)
    assert only("1A;Stolen;ZZZZ", said).make == "ZZZZ"


@pytest.mark.parametrize(
    ("date_format", "written", "ends"),
    [
        ("%d.%m.%Y", "31.12.2026", datetime(2027, 1, 1, 8, tzinfo=UTC)),
        ("%Y%m%d%H%M", "202612311530", datetime(2026, 12, 31, 23, 30, tzinfo=UTC)),
        ("%Y-%m-%dT%H:%M%z", "2026-12-31T15:30+0000", datetime(2026, 12, 31, 15, 30, tzinfo=UTC)),
    ],
)
def test_dates_as_the_mapping_writes_them(date_format: str, written: str, ends: Any) -> None:
    said = mapping(
        at(plate=0, reason=1, expires=2, starts=3), date_format=date_format, has_header=False, delimiter="|"
    )
    assert only(f"1A|Stolen|{written}|", said).expires_at == ends
    assert only(f"1A|Stolen||{written}", said).starts_at <= ends
    said_so = only("1A|Stolen|2026-12-31|", said)
    assert said_so.why == f"The expiry is no date in the form {date_format}."


def test_a_mapping_says_whether_a_file_holds_changes() -> None:
    content = b"1A;Stolen;D\n"
    said = mapping(at(plate=0, reason=1, action=2), has_header=False)
    assert not opened(content, said).is_incremental
    said.is_incremental = True
    assert opened(content, said).is_incremental
