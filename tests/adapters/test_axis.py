"""Axis cameras: events of a car, their times, their pictures."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from detections.adapters import axis
from detections.adapters.shape import BadMessage, Message, Nothing, Part, Sighting, Told
from tests.adapters.conftest import in_base64, jpeg
from tests.adapters.messages_one import event, milliseconds

AT = datetime(2026, 11, 22, 17, 41, 7, 250_000, tzinfo=UTC)
HERE = ZoneInfo("America/Los_Angeles")


def told(content: Any, parts: dict[str, Part] | None = None) -> list[Told]:
    if parts is not None:
        whole = {"event": Part("event", "event.json", json.dumps(content).encode())} | parts
        return axis.read(Message(body=b"", parts=whole, zone=HERE))
    return axis.read(Message(body=json.dumps(content).encode(), zone=HERE))


def car(parts: dict[str, Part] | None = None, **values: Any) -> Sighting:
    (only,) = told(event(AT) | values, parts)
    assert isinstance(only, Sighting)
    return only


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"datetime": "20261322 094107250"}, "20261122 094107250"),
        ({"datetime": "20261122 094107250 +9900"}, "20261122 094107250"),
        ({"datetime": "00010101 000000000 +0800"}, "calendar"),
        ({"datetime": 5}, "time"),
        ({"datetime": None}, "seconds or milliseconds"),
        ({"carID": ["1"]}, "carID"),
        ({"sensorProviderID": "s\n"}, "sensorProviderID"),
        ({"ImageArray": [{"ImageType": "frame", "BinaryImage": "ü"}]}, "base64"),
    ],
)
def test_an_event_that_no_camera_sends_is_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises(BadMessage, match=why):
        car(**values)


def test_something_else_entirely_is_refused() -> None:
    with pytest.raises(BadMessage, match="neither plate nor car"):
        told({"hello": "world"})
    with pytest.raises(BadMessage, match="no part with the event"):
        axis.read(Message(body=b"", parts={"image": Part("image", "a.jpg", jpeg())}))


def test_a_car_that_is_gone_without_a_plate_is_nothing() -> None:
    gone = event(AT, "lost", plateUTF8="", plateUnicode="", plateText="")
    assert told(gone) == [Nothing("The event has no plate.")]


@pytest.mark.parametrize("state", ["new", "update", "updated", "lost"])
def test_every_event_of_a_car_names_it_alike(state: str) -> None:
    sighting = car(carState=state)
    assert (sighting.channel, sighting.car, sighting.row["sender_id"]) == (
        "gate-north",
        "gate-north:123",
        "gate-north:123",
    )
    assert sighting.same_for == axis.SAME_FOR


def test_an_event_is_read_whole() -> None:
    assert car(carState="update", carMoveDirection="in").row == {
        "sender_id": "gate-north:123",
        "captured_at": AT.isoformat(),
        "plate": "8KRB412",
        "state": "CA",
        "confidence": 0.9278,
        "vehicle": {"make": "Toyota", "model": "RAV4", "color": "gray", "body": "SUV"},
        "direction": "in",
        "latitude": 38.1041,
        "longitude": -122.2566,
    }


def test_an_event_without_a_car_stands_for_itself() -> None:
    sighting = car(carID=None)
    assert (sighting.car, sighting.row["sender_id"]) == ("", "gate-north:packet:67781")


@pytest.mark.parametrize(
    ("written", "captured_at"),
    [
        ("20261122 094107250 -0800", AT),
        ("20261122 094107250-0800", AT),
        ("20261122 174107250Z", AT),
        ("2026-11-22T17:41:07.250Z", AT),
        ("20261122 094107250", AT),
        ("20261122 094107", AT.replace(microsecond=0)),
        ("20260722 094107250", datetime(2026, 7, 22, 16, 41, 7, 250_000, tzinfo=UTC)),
    ],
    ids=["offset", "close offset", "utc", "iso", "ours", "whole seconds", "ours in summer"],
)
def test_a_time_is_read_with_its_offset_or_in_our_zone(written: str, captured_at: datetime) -> None:
    assert car(datetime=written).row["captured_at"] == captured_at.isoformat()


def test_a_clock_without_an_offset_is_told_by_the_count_beside_it() -> None:
    in_utc = car(datetime="20261122 174107250", capture_timestamp=str(milliseconds(AT)))
    assert in_utc.row["captured_at"] == AT.isoformat()
    far_off = car(datetime="20261122 094107250", capture_timestamp="155809054")
    assert far_off.row["captured_at"] == AT.isoformat()
    alone = event(AT, capture_timestamp=milliseconds(AT))
    del alone["datetime"]
    (sighting,) = told(alone)
    assert isinstance(sighting, Sighting)
    assert sighting.row["captured_at"] == AT.isoformat()


@pytest.mark.parametrize(("said", "kept"), [(95.5, 0.955), ("1", 1.0), (0, 0.0), ("", None), (101, None)])
def test_confidence_is_a_part_of_one_or_percent(said: object, kept: float | None) -> None:
    assert car(plateConfidence=said).row.get("confidence") == kept


def test_the_frame_is_taken_of_several_pictures_and_with_it_the_box() -> None:
    frame, plate = jpeg(), jpeg((64, 20))
    array = [
        {"ImageType": "plate", "ImageFormat": "jpeg", "BinaryImage": in_base64(plate)},
        {"ImageType": "frame", "ImageFormat": "jpeg", "BinaryImage": in_base64(frame)},
        {"ImageType": "vehicle", "ImageFormat": "bmp", "BinaryImage": in_base64(b"BM....")},
    ]
    sighting = car(ImageArray=array)
    assert (sighting.picture, sighting.row["box"]) == (frame, [143, 81, 139, 43])
    cut = car(ImageArray=array[:1])
    assert (cut.picture, "box" in cut.row) == (plate, False)


def test_a_picture_lies_beside_the_event_too() -> None:
    picture = jpeg()
    part = {"image": Part("image", "1.jpg", picture)}
    sighting = car(part)
    assert (sighting.picture, sighting.row["box"]) == (picture, [143, 81, 139, 43])
    assert "box" not in car({"image": Part("image", "vehicle.jpg", picture)}).row
    assert car({"image": Part("image", "frame.bmp", b"BM....")}).picture is None
