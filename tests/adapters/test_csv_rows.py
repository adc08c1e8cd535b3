"""Vendors' CSV files by a layout: what is refused, by line and by reason, and what becomes of the rest."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detections.adapters import csv_rows
from detections.adapters.csv_rows import Layout, Line, lines, problems
from detections.adapters.shape import BadMessage
from hotlists.reading.results import Problem
from tests.adapters.hostile import VALUES

AT = datetime(2026, 11, 22, 17, 41, 7, tzinfo=UTC)
COLUMNS = {
    "plate": "License Plate",
    "captured_at": "Read Time",
    "camera": "Device",
    "state": "State",
    "confidence": "Confidence",
    "make": "Make",
    "color": "Color",
    "latitude": "Lat",
    "longitude": "Lon",
}
HEADER = "Device,Read Time,License-Plate,STATE,confidence,Make,Color,Lat,Lon,Extra"
GOOD = "Gate north,11/22/2026 09:41:07,8KRB412,California,91%,Toyota,gray,38.1041,-122.2566,x"


def layout(**values: Any) -> Layout:
    return Layout.of({"columns": COLUMNS, "time_zone": "America/Los_Angeles"} | values)


def found(text: str | bytes, **values: Any) -> list[Line | Problem]:
    content = text if isinstance(text, bytes) else text.encode()
    return list(lines(io.BytesIO(content), layout(**values)))


def only(text: str | bytes, **values: Any) -> Line:
    (one,) = found(text, **values)
    assert isinstance(one, Line)
    return one


def at(written: str, **values: Any) -> str:
    columns = {"plate": "plate", "captured_at": "read time"}
    row = only(f"Read Time,Plate\n{written},8KRB412", columns=columns, **values).row
    return str(row["captured_at"])


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"columns": {"captured_at": "t"}}, "columns.plate"),
        ({"columns": {"plate": "p"}}, "columns.captured_at"),
        ({"columns": {"plate": " ", "captured_at": "t"}}, "columns.plate"),
        ({"columns": {"plate": 1, "captured_at": "t"}}, "columns.plate"),
        ({"columns": {"plate": "p", "captured_at": "t"}, "has_header": False}, "columns.plate"),
        ({"columns": {"plate": 0, "captured_at": 2}, "has_header": False}, "columns.plate"),
        ({"columns": {"plate": "p", "captured_at": "t", "owner": "o"}}, "columns"),
        ({"columns": None}, "columns"),
        ({"columns": COLUMNS, "delimiter": "x"}, "delimiter"),
        ({"columns": COLUMNS, "encoding": "utf-7"}, "encoding"),
        ({"columns": COLUMNS, "has_header": "yes"}, "has_header"),
        ({"columns": COLUMNS, "skip_lines": -1}, "skip_lines"),
        ({"columns": COLUMNS, "time_zone": "Mars"}, "time_zone"),
        ({"columns": COLUMNS, "date_format": "%m/%d/%Y"}, "date_format"),
        ({"columns": COLUMNS, "date_format": "%Y %Y"}, "date_format"),
        ({"columns": COLUMNS, "date_format": "%Q"}, "date_format"),
    ],
)
def test_a_layout_that_reads_nothing_is_refused(content: dict[str, Any], part: str) -> None:
    assert part in problems(content)
    with pytest.raises(BadMessage):
        Layout.of(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "archive"),
        (b"a\0b", "no text"),
        (b"<html>", "web page"),
        ((HEADER + "\n").encode(), "no reads"),
        (b'"Device,Read Time\n', "header cannot be read"),
        (HEADER.replace("Make", "Brand").encode(), "no column “Make”"),
        (f"{HEADER},Make\n{GOOD}".encode(), "twice the column “Make”"),
    ],
)
def test_what_is_no_such_file_is_refused_whole(content: bytes, why: str) -> None:
    with pytest.raises(BadMessage, match=why):
        found(content)


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MOST_LINES", 2)
    with pytest.raises(BadMessage, match="2 lines"):
        found("\n".join([HEADER, GOOD, GOOD, GOOD]))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Gate north,noon,8KRB412,CA,91,Toyota,gray,1,2,x", "The time is not written"),
        ("Gate north,,8KRB412,CA,91,Toyota,gray,1,2,x", "The time is missing."),
        ("Gate north,11/22/2026 09:41:07,8KRB412", "It has 3 values; column 9 is needed."),
        ('"Gate north,11/22/2026 09:41:07,8KRB412', "A quote is not closed on this line."),
        ("x" * 5000, "It has more than 4,000 characters."),
    ],
)
def test_a_bad_line_is_told_by_its_number_and_the_others_are_read(line: str, why: str) -> None:
    first, bad, last = found("\n".join([HEADER, GOOD, "", line, GOOD]))
    assert isinstance(first, Line)
    assert isinstance(bad, Problem)
    assert bad.line == 4
    assert bad.why.startswith(why)
    assert "8KRB" not in bad.why
    assert isinstance(last, Line)
    assert (first.line, last.line) == (2, 5)


def test_a_line_is_read_whole() -> None:
    line = only(f"{HEADER}\n{GOOD}\n")
    assert (line.line, line.camera) == (2, "Gate north")
    assert line.row.pop("sender_id").startswith("csv:")
    assert line.row == {
        "captured_at": AT.isoformat(),
        "plate": "8KRB412",
        "state": "CA",
        "confidence": 0.91,
        "vehicle": {"make": "Toyota", "color": "gray"},
        "latitude": 38.1041,
        "longitude": -122.2566,
    }


@pytest.mark.parametrize(
    ("written", "values", "captured_at"),
    [
        ("2026-11-22T09:41:07-08:00", {}, AT),
        ("2026-11-22 09:41:07", {}, AT),
        ("11/22/2026 9:41:07 AM", {}, AT),
        ("11/22/2026 09:41", {}, AT.replace(second=0)),
        ("1795369267", {}, AT),
        ("1795369267000", {}, AT),
        ("22.11.2026 17:41:07", {"date_format": "%d.%m.%Y %H:%M:%S", "time_zone": "UTC"}, AT),
        ("22.11.2026 18:41:07 +0100", {"date_format": "%d.%m.%Y %H:%M:%S %z"}, AT),
        ("11/01/2026 01:30:00", {}, datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
        ("07/22/2026 09:41:07", {}, datetime(2026, 7, 22, 16, 41, 7, tzinfo=UTC)),
    ],
    ids=["offset", "iso", "noon", "minutes", "seconds", "milliseconds", "format", "zone", "fall", "summer"],
)
def test_a_time_is_read_as_the_layout_says(written: str, values: Any, captured_at: datetime) -> None:
    assert at(written, **values) == captured_at.isoformat()


def test_columns_stand_at_places_delimited_encoded_and_after_other_lines() -> None:
    text = "Bericht\n\nGåta;22.11.2026;09:41:07;8KRB412\n"
    columns = {"camera": 1, "captured_at": 2, "clock": 3, "plate": 4}
    values: dict[str, Any] = {"columns": columns, "has_header": False, "skip_lines": 1, "delimiter": ";"}
    values["date_format"] = "%d.%m.%Y %H:%M:%S"
    for encoding in ("utf-8", "cp1252", "utf-16"):
        said = "" if encoding != "cp1252" else encoding
        line = only(text.encode(encoding), encoding=said, **values)
        assert (line.line, line.camera, line.row["captured_at"]) == (3, "Gåta", AT.isoformat())


@pytest.mark.parametrize(("said", "kept"), [("0.91", 0.91), ("91", 0.91), ("0.5%", 0.005), ("?", None)])
def test_confidence_is_a_part_of_one_or_percent(said: str, kept: float | None) -> None:
    assert only(f"{HEADER}\n{GOOD.replace('91%', said)}").row.get("confidence") == kept


def test_a_read_is_named_by_the_vendor_s_number_or_by_what_it_says() -> None:
    columns = {"plate": "p", "captured_at": "t", "sender_id": "n", "camera": "c"}
    assert only("p,t,n,c\n8KRB412,1795369267,17,a", columns=columns).row["sender_id"] == "csv:17"
    names = [
        only(f"p,t,n,c\n{line}", columns=columns).row["sender_id"]
        for line in ("8KRB412,1795369267,,a", "8krb412,1795369267000,,a", "8KRB412,1795369267,,b")
    ]
    assert names[0] == names[1] != names[2]


def reads(content: bytes, chosen: Layout) -> None:
    """The promise: lines and problems, or one sentence."""
    try:
        told = list(lines(io.BytesIO(content), chosen))
    except BadMessage as bad:
        told = [Problem(0, str(bad))]
    for one in told:
        assert one.why if isinstance(one, Problem) else json.dumps(one.row)


PARTS = ("columns", "delimiter", "encoding", "has_header", "skip_lines", "date_format", "time_zone")
TEXT = st.text(alphabet="8KRB412 ,;\"'\n\r\t0123456789/:-%\u00e9\x00\ud7ff", max_size=200)


@settings(max_examples=200, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=300), TEXT.map(lambda text: f"{HEADER}\n{text}".encode()), TEXT.map(str.encode)
    ),
    encoding=st.sampled_from(["", "utf-8", "cp1252", "utf-16", "cp037"]),
    date_format=st.sampled_from(["", "%Y-%m-%d %H:%M", "%y%j %H%M"]),
)
def test_any_bytes_are_read_or_refused(content: bytes, encoding: str, date_format: str) -> None:
    reads(content, layout(encoding=encoding, date_format=date_format))
    places = {"plate": 1, "captured_at": 2}
    reads(content, layout(encoding=encoding, columns=places, has_header=False, delimiter=";"))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(PARTS), VALUES))
def test_any_layout_is_taken_or_refused_by_part(content: dict[str, Any]) -> None:
    if not problems(content):
        Layout.of(content)
