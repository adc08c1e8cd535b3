"""A hot list file: every line is a row or a problem, with the right number."""

from __future__ import annotations

import contextlib
import csv as standard
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotlists import csv_files
from hotlists.csv_files import BadFile, Problem, inspect
from hotlists.csv_values import Row

TODAY = date(2026, 11, 22)


def read(content: bytes) -> list[Row | Problem]:
    file = io.BytesIO(content)
    return list(csv_files.read(file, inspect(file), TODAY))


def only(content: str) -> Row | Problem:
    """The one line after a header of every column."""
    (found,) = read(content.encode())
    return found


def why(values: str, header: str = "plate,state,reason") -> str:
    found = only(f"{header}\n{values}\n")
    assert isinstance(found, Problem)
    assert found.line == 2
    return found.why


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (",CA,Stolen", "The plate is missing."),
        ("---,CA,Stolen", "A plate has letters or digits."),
        ("12345678901,CA,Stolen", "at most 10 characters; this has 11"),
        ("8AB?12,CA,Stolen", "not “?”"),
        ("=1+2,CA,Stolen", "not “=”"),
        ("8ABC123,ZZ,Stolen", "“ZZ” is no state"),
        ("8ABC123,CA,", "The reason is missing."),
        (f"8ABC123,CA,{'x' * 121}", "The reason has 121 characters; 120 is the most."),
        ("8ABC123,CA", "It has 2 values; the header names 3 columns."),
        ("8ABC123,CA,Stolen,more", "It has 4 values; the header names 3 columns."),
        ('8ABC123,CA,"Stolen', "A quote is not closed on this line."),
        ('8ABC123,CA,"Stolen" car', "Its quotes are wrong."),
        ("8ABC123,CA,Sto\x07len", "a character that cannot be shown"),
        ("8ABC123,CA,Immigration violator", "not permitted (Government Code 7284.6"),
        ("8ABC123,CA,Removal order", "not permitted (Government Code 7284.6"),
    ],
)
def test_a_bad_line_says_why(values: str, said: str) -> None:
    assert said in why(values)


@pytest.mark.parametrize("year", ["06", "1899", "2029", "20x6", "2026.0"])
def test_a_year_that_is_none(year: str) -> None:
    assert why(f"8ABC123,Stolen,{year}", "plate,reason,year") == "The year is not between 1900 and 2028."


@pytest.mark.parametrize("day", ["2026-13-01", "31/12/2026", "soon", "9999-12-31", "0000-01-01"])
def test_an_expiry_that_is_no_date(day: str) -> None:
    assert "The expiry is no date" in why(f"8ABC123,Stolen,{day}", "plate,reason,expires")


def test_a_past_expiry() -> None:
    said = why("8ABC123,Stolen,2026-11-21", "plate,reason,expires")
    assert said == "It expired on Nov 21, 2026."


def test_a_repeated_plate_names_the_line_it_repeats() -> None:
    content = b"plate,state,reason\n8ABC123,CA,Stolen\n\n8abc-123,ca,Stolen plate\n8ABC123,NV,Stolen\n"
    first, again, elsewhere = read(content)
    assert isinstance(first, Row)
    assert again == Problem(4, "It repeats the plate and state of line 2.")
    assert isinstance(elsewhere, Row)


def test_no_reason_shows_the_plate() -> None:
    assert "8KRB412" not in why("8KRB412KRB412,CA,Stolen")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\n \r\n", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text file"),
        (b"PK\x03\x04rest", "workbook or an archive"),
        ("plate,reason\n".encode("utf-16"), "UTF-16"),
        (b"8ABC123,CA,Stolen\n", "must name the columns, and plate and reason are missing"),
        (b"plate,state\n8ABC123,CA\n", "reason is missing"),
        (b"plate,reason,Plate\n", "names plate twice"),
    ],
)
def test_a_file_that_is_no_list(content: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said.replace("(", r"\(")):
        read(content)


def test_a_file_over_the_limit_of_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "LARGEST", 1024**2)
    with pytest.raises(BadFile, match="larger than 1 MB"):
        read(b"plate,reason\n" + b"8ABC123,Stolen\n" * 80_000)


def test_a_file_over_the_limit_of_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MOST_LINES", 3)
    with pytest.raises(BadFile, match="more than 3 lines"):
        read(b"plate,reason\n1A,Stolen\n1B,Stolen\n1C,Stolen\n")


def test_a_file_of_bad_lines_is_of_another_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MOST_PROBLEMS", 2)
    with pytest.raises(BadFile, match=r"More than 2 lines are bad.*Line 4: The plate is missing"):
        read(b"plate,reason\n,Stolen\n,Stolen\n,Stolen\n")


def test_a_line_becomes_a_row() -> None:
    found = only(
        "Expires;ENTERING agency;case-number;Plate;State;Reason;Make;Model;Year;Color;Body;Synopsis;Note\n"
        '12/31/2026;Alder PD;26-1;8abc-123;us-ca;Stolen  vehicle;HOND;Civic;2019;SIL;4D;"Taken; keys in";x\n'
    )
    assert isinstance(found, Row)
    assert (found.line, found.plate, found.state, found.reason) == (2, "8ABC123", "CA", "Stolen vehicle")
    assert (found.make, found.model, found.year, found.color, found.body) == (
        "HOND",
        "Civic",
        2019,
        "SIL",
        "4D",
    )
    assert (found.case_number, found.synopsis, found.entering_agency) == (
        "26-1",
        "Taken; keys in",
        "Alder PD",
    )
    assert found.expires_at == datetime(2027, 1, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_delimiters_line_ends_and_byte_order_marks(delimiter: str, ending: str, mark: bytes) -> None:
    lines = [["state", "plate", "reason"], ["NV", "1A", "Stolen"], ["", "", ""], ["", "1C", "Stolen"]]
    content = ending.join(delimiter.join(line) for line in lines).encode()
    first, *_, last = read(mark + content)
    assert (first.line, last.line) == (2, 4)
    assert isinstance(first, Row)
    assert (first.state, first.plate) == ("NV", "1A")


def test_latin_1_is_read_and_named() -> None:
    file = io.BytesIO("plate,reason,model\n1A,Stolen,Citroën\n".encode("latin-1"))
    layout = inspect(file)
    assert layout.encoding == "Latin-1"
    (row,) = csv_files.read(file, layout, TODAY)
    assert isinstance(row, Row)
    assert row.model == "Citroën"


def test_utf_8_that_is_cut_off_in_a_letter_is_still_read() -> None:
    found = read("plate,reason,model\n1A,Stolen,Citroë".encode()[:-1])
    assert len(found) == 1


@given(st.binary(max_size=400))
def test_no_bytes_crash_it(content: bytes) -> None:
    with contextlib.suppress(BadFile):
        read(b"plate,state,reason,year,expires\n" + content)


@given(st.binary(max_size=200))
def test_no_bytes_alone_crash_it(content: bytes) -> None:
    with contextlib.suppress(BadFile):
        read(content)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=14)
good_plates = st.from_regex(r"[A-Z0-9]{2,8}", fullmatch=True)
lines = st.one_of(
    st.tuples(good_plates, st.sampled_from(["CA", "", "NV"]), st.just("Stolen")),
    st.tuples(st.one_of(good_plates, cells), cells, cells),
)


@given(st.lists(lines, max_size=30))
def test_every_line_is_a_row_or_a_problem_with_its_number(given_lines: list[tuple[str, str, str]]) -> None:
    text = io.StringIO()
    writer = standard.writer(text, lineterminator="\n", quoting=standard.QUOTE_ALL)
    writer.writerows([("plate", "state", "reason"), *given_lines])
    found = read(text.getvalue().encode())
    assert [each.line for each in found] == list(range(2, 2 + len(given_lines)))
    keys = [(each.plate, each.state) for each in found if isinstance(each, Row)]
    assert len(keys) == len(set(keys))
    for each, (plate, state, reason) in zip(found, given_lines, strict=True):
        if isinstance(each, Row):
            assert each.plate in plate.upper().translate({ord(c): None for c in " .-"})
            assert each.state in state.upper()
            assert each.reason == " ".join(reason.split())
