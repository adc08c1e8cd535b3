"""The native format: whatever a row is, it becomes a read or is refused with reasons, and never an error."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detections.api.native import Terms, content_sha256, read_row
from detections.ingest import Read, RefusedRow
from hotlists.plates import STATES

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
TERMS = Terms(camera="cam-12", now=NOW, kept_days=365)
CAPTURED = "2026-11-22T09:55:00.123456-08:00"
GOOD = {
    "sender_id": "r-1",
    "captured_at": CAPTURED,
    "plate": "8KRB412",
    "state": "CA",
}
EXPIRED = "2020-01-01T00:00:00+00:00"


BAD_VALUES = [
    ("sender_id", None), ("sender_id", ""), ("sender_id", 7), ("sender_id", "x" * 101), ("sender_id", "a\0b"),
    ("sender_id", "\ud800"),
    ("captured_at", None), ("captured_at", 1700000000), ("captured_at", "yesterday"),
    ("captured_at", EXPIRED),
    ("captured_at", "2026-11-20T10:00:00"), ("captured_at", "9999-12-31T23:59:59-14:00"),
    ("captured_at", "0001-01-01T00:00:00+14:00"),
    ("plate", None), ("plate", ""), ("plate", "X" * 40), ("plate", "ABCDEFGHIJK"), ("plate", 8412),
    ("plate", "- -"), ("plate", ["8KRB412"]),
    ("state", "QQ"), ("state", 6), ("state", "California, the whole of it"),
    ("confidence", 7), ("confidence", -0.1), ("confidence", "0.9"), ("confidence", True),
    ("confidence", 10**400),
    ("latitude", 91), ("longitude", 181), ("latitude", "38.1"), ("latitude", None), ("longitude", None),
    ("vehicle", "a gray Honda"), ("vehicle.make", 7), ("vehicle.color", "x" * 21), ("vehicle.model", "\r\n"),
    ("direction", {}), ("direction", "x" * 21),
    ("camera", "cam-99"), ("camera", 12),
    ("candidates", "8KRB412"), ("candidates", ["8KRB412"]), ("candidates", [{}] * 21),
    ("candidates.plate", "X" * 40), ("candidates.confidence", 2),
    ("box", [1, 2, 3]), ("box", [1, 2, 3, -4]), ("box", [1, 2, 3, 4.5]), ("box", {"x": 1}),
]  # fmt: skip


def with_value(row: dict[str, Any], name: str, value: object) -> dict[str, Any]:
    """The row with one value put in place of its own."""
    outer, _, inner = name.partition(".")
    if inner:
        given = {"plate": "8KRB412", inner: value} if outer == "candidates" else {inner: value}
        return row | {outer: [given] if outer == "candidates" else given}
    return row | {"latitude": 38.1, "longitude": -122.25} | {name: value}


@pytest.mark.parametrize(("name", "value"), BAD_VALUES)
def test_a_value_that_cannot_stand_is_refused_with_its_reason(name: str, value: object) -> None:
    refused = read_row(with_value(GOOD, name, value), 3, TERMS)
    assert isinstance(refused, RefusedRow)
    assert refused.index == 3
    assert set(refused.reasons) == {"latitude" if name == "longitude" and value is None else name}


@pytest.mark.parametrize("raw", [None, 7, "8KRB412", [], [GOOD], True])
def test_what_is_no_object_is_refused(raw: object) -> None:
    assert isinstance(read_row(raw, 0, TERMS), RefusedRow)


def test_values_too_deep_within_each_other_are_refused() -> None:
    deep: list[Any] = []
    for _ in range(200_000):
        deep = [deep]
    refused = read_row(GOOD | {"extra": deep}, 0, TERMS)
    assert isinstance(refused, RefusedRow)
    assert set(refused.reasons) == {""}


def test_every_reason_is_told_at_once() -> None:
    refused = read_row({"plate": "X" * 40, "latitude": 91, "longitude": 0, "confidence": 7}, 0, TERMS)
    assert set(refused.reasons) == {"sender_id", "captured_at", "plate", "latitude", "confidence"}


@pytest.mark.parametrize(
    ("past", "stands"), [(-121, False), (-119, True), (365 * 86400 - 1, True), (365 * 86400 + 1, False)]
)
def test_a_time_stands_from_retention_until_two_minutes_ahead(past: int, stands: bool) -> None:
    captured_at = (NOW - timedelta(seconds=past)).isoformat()
    assert isinstance(read_row(GOOD | {"captured_at": captured_at}, 0, TERMS), Read) is stands


def test_a_time_is_kept_in_milliseconds_and_utc() -> None:
    read = read_row(GOOD, 0, TERMS)
    assert read.captured_at == datetime(2026, 11, 22, 17, 55, 0, 123000, tzinfo=UTC)
    assert read.captured_at.tzinfo is UTC


def test_null_is_as_absent() -> None:
    nulls = dict.fromkeys(name for name in NAMES if name not in ("sender_id", "captured_at", "plate"))
    bare = {name: value for name, value in GOOD.items() if name != "state"}
    with_nulls, without = read_row(bare | nulls, 0, TERMS), read_row(bare, 0, TERMS)
    assert isinstance(with_nulls, Read)
    assert (with_nulls.state, with_nulls.confidence, with_nulls.candidates, with_nulls.box) == (
        without.state, without.confidence, without.candidates, without.box,
    )  # fmt: skip


def test_content_is_told_apart_by_its_values_and_its_picture_not_by_its_order() -> None:
    other_order = dict(reversed(GOOD.items()))
    assert content_sha256(GOOD) == content_sha256(other_order)
    assert len({content_sha256(GOOD), content_sha256(GOOD | {"note": 1}), content_sha256(GOOD, "ab")}) == 3


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.text(max_size=50) | st.sampled_from(["8KRB412", "us-ca", "cam-12", CAPTURED, "\ud800", "\0"])
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
)
NAMES = [*GOOD, "confidence", "candidates", "vehicle", "direction", "latitude", "longitude", "camera", "box"]


@given(raw=JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)))
def test_whatever_comes_becomes_a_read_or_a_refusal(raw: Any) -> None:
    raw = json.loads(json.dumps(raw))
    row = read_row(raw, 0, TERMS)
    assert isinstance(row, Read | RefusedRow)
    if isinstance(row, RefusedRow):
        assert row.reasons
        assert all(row.reasons.values())
        row.sender_id.encode()


@given(
    changes=st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)),
    moment=st.datetimes(timezones=st.sampled_from([UTC])),
)
def test_what_stands_can_be_stored(changes: dict[str, Any], moment: datetime) -> None:
    read = read_row(GOOD | {"captured_at": moment.isoformat()} | json.loads(json.dumps(changes)), 0, TERMS)
    if isinstance(read, RefusedRow):
        return
    assert 1 <= len(read.plate) <= 10
    assert read.plate.isascii()
    assert read.state == "" or read.state in STATES
    assert read.confidence is None or 0 <= read.confidence <= 1
    assert NOW - timedelta(days=365) <= read.captured_at <= NOW + timedelta(minutes=2)
    for text in (read.sender_id, read.make, read.model, read.color, read.body, read.direction):
        assert "\0" not in text
        text.encode()
