"""Plate Recognizer Stream: JSON, and the form with the picture."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from detections.adapters import plate_recognizer
from detections.adapters.shape import BadMessage, Message, Nothing, Part, Sighting, Told
from tests.adapters.conftest import jpeg
from tests.adapters.messages_one import FRAME, stream, stream_result

AT = datetime(2026, 11, 22, 17, 41, 7, 250_000, tzinfo=UTC)


def told(content: Any) -> list[Told]:
    return plate_recognizer.read(Message(body=json.dumps(content).encode()))


def only(content: Any) -> Sighting:
    (sighting,) = told(content)
    assert isinstance(sighting, Sighting)
    return sighting


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({}, "data"),
        ({"data": []}, "data"),
        ({"data": {"results": "none"}}, "results"),
        (stream(AT, "8krb412", timestamp="noon"), "time"),
        (stream(AT, "8krb412", timestamp=None, timestamp_local=None), "time"),
        (stream(AT, "8krb412", timestamp="0001-01-01T00:00:00+23:00"), "calendar"),
        (stream(AT, "8krb412", camera_id="c" * 101), "camera_id"),
        (stream(AT, *["8krb412"] * 101), "at most 100"),
    ],
    ids=["nothing", "list", "no results", "noon", "no time", "before the calendar", "long name", "too many"],
)
def test_a_message_that_stream_does_not_send_is_refused(content: Any, why: str) -> None:
    with pytest.raises(BadMessage, match=why):
        told(content)


def test_a_form_without_its_json_is_refused() -> None:
    form = {"upload": Part("upload", "a.jpg", jpeg())}
    with pytest.raises(BadMessage, match="no part named “json”"):
        plate_recognizer.read(Message(body=b"", parts=form))


@pytest.mark.parametrize("plates", [[], [""], ["unknown"]], ids=["none", "empty", "unknown"])
def test_a_picture_without_a_plate_is_nothing(plates: list[str]) -> None:
    assert told(stream(AT, *plates)) == [Nothing("The picture shows no plate.")]


def test_every_plate_of_the_picture_is_a_read() -> None:
    first, second = told(stream(AT, "8krb412", "7abc123"))
    assert isinstance(first, Sighting)
    assert isinstance(second, Sighting)
    assert first == Sighting(
        channel="camera-1",
        car="",
        row={
            "sender_id": f"camera-1:{FRAME}:0",
            "captured_at": AT.isoformat(),
            "plate": "8krb412",
            "state": "CA",
            "confidence": 0.903,
            "candidates": [{"plate": "BKRB412", "confidence": 0.71}],
            "vehicle": {
                "make": "Chevrolet",
                "model": "Silverado",
                "color": "white",
                "body": "Pickup Truck",
            },
            "box": [143, 81, 139, 43],
        },
    )
    assert second.row["sender_id"] == f"camera-1:{FRAME}:1"


def test_the_picture_comes_in_the_form() -> None:
    picture = jpeg()
    form = {
        "json": Part("json", "", json.dumps(stream(AT, "8krb412")).encode()),
        "upload": Part("upload", "frame.jpg", picture),
    }
    (sighting,) = plate_recognizer.read(Message(body=b"", parts=form))
    assert isinstance(sighting, Sighting)
    assert sighting.picture == picture


def test_a_time_without_an_offset_is_in_utc() -> None:
    assert (
        only(stream(AT, "8krb412", timestamp="2026-11-22 17:41:07.250")).row["captured_at"] == AT.isoformat()
    )


def test_the_local_time_stands_where_there_is_no_other() -> None:
    content = stream(AT, "8krb412", timestamp="", timestamp_local="2026-11-22 09:41:07.250")
    zone = ZoneInfo("America/Los_Angeles")
    (sighting,) = plate_recognizer.read(Message(body=json.dumps(content).encode(), zone=zone))
    assert isinstance(sighting, Sighting)
    assert sighting.row["captured_at"] == AT.isoformat()


@pytest.mark.parametrize(
    ("code", "state"),
    [("us-ca", "CA"), ("ca-bc", "BC"), ("mx-bcn", "MX"), ("de", None), ("ca", None), ("in", None), (7, None)],
)
def test_a_country_is_not_taken_for_a_state(code: object, state: str | None) -> None:
    content = stream(AT, results=[stream_result("8krb412", region={"code": code, "score": 0.4})])
    assert only(content).row.get("state") == state


def test_a_direction_in_words_is_kept_and_one_in_degrees_is_not() -> None:
    worded = stream(AT, results=[stream_result("8krb412", direction="northbound")])
    assert only(worded).row["direction"] == "northbound"
    assert "direction" not in only(stream(AT, "8krb412")).row


def test_a_plate_that_is_no_text_is_left_to_be_refused() -> None:
    odd = stream_result("8krb412") | {"plate": {"value": 1}}
    assert only(stream(AT, results=[odd])).row["plate"] == {"value": 1}
