"""Lines with their own header: what makes a row, and what makes a bad line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hotlists.models import Priority
from hotlists.reading import LeftOut, Problem, Row
from tests.hotlists.reading.files import only, opened, read, why


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (",CA,Stolen", "The plate is missing."),
        ("   ,CA,Stolen", "The plate is missing."),
        ("---,CA,Stolen", "A plate has letters or digits."),
        ("12345678901,CA,Stolen", "at most 10 characters; this has 11"),
        ("8AB?12,CA,Stolen", "A plate of a general list is whole"),
        ("8AB*,CA,Stolen", "A plate of a general list is whole"),
        ("8AB_12,CA,Stolen", "not “_”"),
        ("8ÅBC12,CA,Stolen", "not “Å”"),
        ("8ABC123,ZZ,Stolen", "The state is no state"),
        ("8ABC123,CA,", "The reason is missing."),
        (f"8ABC123,CA,{'x' * 121}", "The reason has 121 characters; 120 is the most."),
        ("8ABC123,CA", "It has 2 values; the header names 3 columns."),
        ("8ABC123", "It has 1 value; the header names 3 columns."),
        ("8ABC123,CA,Stolen,more", "It has 4 values; the header names 3 columns."),
        ('8ABC123,CA,"Stolen', "A quote is not closed on this line."),
        ('8ABC123,CA,"Stolen" car', "Its quotes are wrong."),
        ("8ABC123,CA,Sto\x07len", "a character that cannot be shown"),
        ("8ABC123,CA,Sto\x85len", "a character that cannot be shown"),
        ("8ABC123,CA,Sto\u2028len", "a character that cannot be shown"),
        (f"8ABC123,CA,{'x' * 4000}", "more than 4,000 characters"),
        ("8ABC123,CA,Immigration violator", "not permitted (Government Code 7284.6"),
        ("8ABC123,CA,Removal order", "not permitted (Government Code 7284.6"),
        ("8ABC123,CA,ICE hold", "not permitted (Government Code 7284.6"),
    ],
)
def test_a_bad_line_says_why(values: str, said: str) -> None:
    assert said in why(values)


@pytest.mark.parametrize("value", ["=1+2", "@SUM(A1)", "+cmd|1", "-A1", "-(1)", " =1", '"=HYPERLINK(1)"'])
@pytest.mark.parametrize("field", ["plate", "reason", "make", "vin", "case_number", "synopsis"])
def test_a_value_that_begins_like_a_formula(value: str, field: str) -> None:
    values = {"plate": "8ABC123", "reason": "Stolen", field: value}
    said = why(",".join(values.values()), ",".join(values))
    assert said == "A value begins like a formula, so the file may not be what the source wrote."


@pytest.mark.parametrize("value", ["-1", "+1 555 0100", "- keys inside", "a=b", "5@5"])
def test_signs_that_are_no_formula(value: str) -> None:
    assert only(f"plate,reason,synopsis\n8ABC123,Stolen,{value}\n").synopsis == value


@pytest.mark.parametrize("year", ["06", "1899", "2029", "20x6", "2026.0", "²⁰²⁶"])
def test_a_year_that_is_none(year: str) -> None:
    assert why(f"8ABC123,Stolen,{year}", "plate,reason,year") == "The year is not between 1900 and 2028."


@pytest.mark.parametrize(
    "day", ["2026-13-01", "31/12/2026", "soon", "9999-12-31", "0000-01-01", "0001-01-01"]
)
@pytest.mark.parametrize("field", ["expires", "starts"])
def test_a_day_that_is_no_date(day: str, field: str) -> None:
    said = why(f"8ABC123,Stolen,{day}", f"plate,reason,{field}")
    assert "is no date such as 2026-12-31 or 12/31/2026." in said


def test_a_past_expiry() -> None:
    assert why("8ABC123,Stolen,2026-11-21", "plate,reason,expires") == "It expired on Nov 21, 2026."
    assert only("plate,reason,expires\n8ABC123,Stolen,2026-11-22\n").expires_at is not None


def test_an_end_before_the_beginning() -> None:
    said = why("8ABC123,Stolen,2027-01-02,2027-01-01", "plate,reason,starts,expires")
    assert said == "It ends before it begins."
    found = only("plate,reason,starts,expires\n8ABC123,Stolen,2027-01-02,2027-01-02\n")
    assert (found.starts_at, found.expires_at) == (
        datetime(2027, 1, 2, 8, tzinfo=UTC),
        datetime(2027, 1, 3, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("values", "header"),
    [
        ("8KRB412KRB412,CA,Stolen", "plate,state,reason"),
        ("8KRB412,8KRB412,Stolen", "plate,state,reason"),
        ("8KRB412,Stolen,8KRB412", "plate,reason,year"),
        ("8KRB412,Stolen,8KRB412", "plate,reason,expires"),
        ("8KRB412,Stolen,8KRB412", "plate,reason,action"),
        ("8KRB412,Stolen,8KRB412", "plate,reason,priority"),
        ("8KRB412,Stolen,8KRB412", "plate,reason,source_file"),
        ("8KRB412,,", "plate,reason,year"),
    ],
)
def test_no_sentence_holds_the_plate(values: str, header: str) -> None:
    assert "KRB4" not in why(values, header)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("high", Priority.HIGH),
        ("Medium", Priority.NORMAL),
        ("LOW", Priority.LOW),
        ("0", Priority.HIGH),
        ("33", Priority.HIGH),
        ("34", Priority.NORMAL),
        ("66", Priority.NORMAL),
        ("67", Priority.LOW),
        ("100", Priority.LOW),
        ("", None),
    ],
)
def test_priorities_in_words_and_from_0_to_100(written: str, meant: Priority | None) -> None:
    assert only(f"plate,reason,priority\n1A,Stolen,{written}\n").priority == meant


@pytest.mark.parametrize("written", ["101", "urgent", "-1", "1.5"])
def test_a_priority_that_is_none(written: str) -> None:
    assert "priority is not" in why(f"1A,Stolen,{written}", "plate,reason,priority")


def test_a_line_becomes_a_row() -> None:
    found = only(
        "Expires;ENTERING agency;case-number;Plate;State;Reason;Make;Model;Year;Color;Body;Synopsis;Note-2\n"
        '12/31/2026;Alder PD;26-1;8abc-123;us-ca;Stolen  vehicle;HOND;Civic;2019;SIL;4D;"Taken; keys in";x\n'
    )
    assert isinstance(found, Row)
    assert (found.line, found.plate, found.plate_key, found.state) == (2, "8ABC123", "8A8C123", "CA")
    assert (found.reason, found.case_number, found.entering_agency) == ("Stolen vehicle", "26-1", "Alder PD")
    assert (found.make, found.model, found.year, found.color, found.body) == (
        *("HOND", "Civic", 2019, "SIL", "4D"),
    )
    assert found.synopsis == "Taken; keys in"
    assert found.expires_at == datetime(2027, 1, 1, 8, tzinfo=UTC)
    assert (found.action, found.person, found.source_file, found.priority) == ("put", "", "", None)


def test_the_codes_of_ncic_are_known_as_columns_and_their_values_read_well() -> None:
    found = only(
        "LIC|LIS|LIY|LIT|VIN|VYR|VMA|VMO|VST|VCO|OAN|ORI|OCA|NIC|DOT|MIS|REASON\n"
        "8abc123|CA|NX|PC|1hgcm82633a004352|2003|HOND|ACC|4D|SIL/BLK||CA0480400|26-11|V123|20261101|Dent|Stolen\n"
    )
    assert (found.plate, found.state, found.plate_year, found.plate_type) == ("8ABC123", "CA", None, "PC")
    assert (found.vin, found.year, found.make, found.model) == ("1HGCM82633A004352", 2003, "Honda", "ACC")
    assert (found.body, found.color) == ("sedan, 4 doors", "silver and black")
    assert (found.entering_agency, found.case_number, found.record_number) == ("CA0480400", "26-11", "V123")
    assert found.synopsis == "Dent"


def test_names_that_other_systems_give_their_columns() -> None:
    found = only(
        "PlateNumber;PlateState;EffectiveDate;ExpiryDate;VehicleMake;VehicleColor;Category\n"
        "1A;NV;2026-11-01;2026-12-01;Kia;red;Stolen\n"
    )
    assert (found.plate, found.state, found.make, found.color, found.reason) == (
        "1A",
        "NV",
        "Kia",
        "red",
        "Stolen",
    )
    found = only("plate,reason,caseNumber,expiry,state,note\n1A,Stolen,26-1,2026-12-01,CA,Dent\n")
    assert (found.case_number, found.synopsis, found.expires_at is None) == ("26-1", "Dent", False)


def test_a_file_of_changes_puts_and_removes() -> None:
    reading = opened(
        b"action,plate,state,reason,expires,record_number\n"
        b"A,1A,CA,Stolen,,V1\nD,1B,NV,,2020-01-01,V2\nU,1C,,Stolen,,\n?,1D,,Stolen,,\nD,,,,,\n"
    )
    put, removed, changed, unknown, nothing = reading.rows()
    assert reading.is_incremental
    assert isinstance(put, Row)
    assert isinstance(removed, Row)
    assert isinstance(changed, Row)
    assert [each.action for each in (put, removed, changed)] == ["put", "remove", "put"]
    assert (removed.plate, removed.state, removed.record_number, removed.reason) == ("1B", "NV", "V2", "")
    assert unknown == Problem(5, "The action is neither an addition, a change nor a removal.")
    assert nothing == Problem(6, "The plate is missing.")


def test_a_whole_list_is_no_file_of_changes() -> None:
    assert not opened(b"plate,reason\n1A,Stolen\n").is_incremental


def test_the_digest_says_the_same_for_the_same_values_only() -> None:
    first, same, other, state = read(
        b'plate,state,reason\n1A,CA,Stolen  car\n1a,us-ca,"Stolen car"\n1A,CA,Stolen cart\n1A,,Stolen car\n'
    )
    assert isinstance(first, Row)
    assert isinstance(same, Row)
    assert isinstance(other, Row)
    assert isinstance(state, Row)
    assert first.digest == same.digest
    assert len({first.digest, other.digest, state.digest}) == 3
    assert len(bytes.fromhex(first.digest)) == 16


def test_values_do_not_run_into_each_other_in_the_digest() -> None:
    one, two = read(b"plate,reason,make,model\n1A,Stolen,AB,C\n1A,Stolen,A,BC\n")
    assert isinstance(one, Row)
    assert isinstance(two, Row)
    assert one.digest != two.digest


def test_repeated_lines_are_left_to_the_database() -> None:
    assert all(isinstance(each, Row) for each in read(b"plate,reason\n1A,Stolen\n1A,Stolen\n"))


def test_a_line_that_is_left_out_is_no_row() -> None:
    found = only("plate,reason,source_file\n1A,Wanted,Immigration Violator File\n")
    assert isinstance(found, LeftOut)
    assert (found.line, found.source) == (2, "immigration violator")
