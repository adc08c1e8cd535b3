"""Rekor and OpenALPR agents: what a message becomes, and what it does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from detections.adapters import rekor
from detections.adapters.shape import BadMessage, Beat, Message, Nothing, Sighting, Told
from tests.adapters.conftest import in_base64, jpeg
from tests.adapters.messages_one import AGENT, group, heartbeat, results

AT = datetime(2026, 11, 22, 17, 41, 7, 250_000, tzinfo=UTC)


def told(content: Any) -> list[Told]:
    return rekor.read(Message(body=json.dumps(content).encode()))


def car(**values: Any) -> Sighting:
    (only,) = told(group(AT, **values))
    assert isinstance(only, Sighting)
    return only


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"data_type": None}, "data_type"),
        ({"data_type": 3}, "data_type"),
        ({"epoch_start": None}, "seconds or milliseconds"),
        ({"epoch_start": "yesterday"}, "seconds or milliseconds"),
        ({"epoch_start": -5}, "seconds or milliseconds"),
        ({"epoch_start": 10**400}, "seconds or milliseconds"),
        ({"camera_id": {"a": 1}}, "camera_id"),
        ({"best_uuid": "u" * 101}, "best_uuid"),
        ({"best_uuid": "u\u0000"}, "best_uuid"),
        ({"vehicle_crop_jpeg": 7}, "base64"),
    ],
)
def test_a_group_that_no_agent_sends_is_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises(BadMessage, match=why):
        told(group(AT, **values))


@pytest.mark.parametrize(
    "content",
    [
        results(AT),
        group(AT, is_preview=True),
        group(AT, best_plate_number="", best_plate={}),
        {"data_type": "alpr_alert"},
        heartbeat(AT),
    ],
    ids=["frame", "preview", "no plate", "alert", "heartbeat of no camera"],
)
def test_what_is_no_read_is_nothing(content: dict[str, Any]) -> None:
    assert [type(one) for one in told(content)] == [Nothing]


def test_a_group_is_one_car() -> None:
    sighting = car()
    uuid = f"{AGENT}-1702-{int(AT.timestamp() * 1000) + 39}"
    assert (sighting.channel, sighting.car, sighting.picture) == ("1702", uuid, None)
    assert sighting.row == {
        "sender_id": uuid,
        "captured_at": AT.isoformat(),
        "plate": "8KRB412",
        "state": "CA",
        "confidence": 0.945,
        "candidates": [
            {"plate": "8KRB4I2", "confidence": 0.835},
            {"plate": "BKRB412", "confidence": 0.8125},
        ],
        "vehicle": {"make": "toyota", "model": "rav4", "color": "silver-gray", "body": "suv-standard"},
        "latitude": 38.1041,
        "longitude": -122.2566,
    }


def test_an_older_agent_counts_seconds_and_names_its_site() -> None:
    older = group(AT, epoch_start=AT.timestamp(), best_uuid=None, uuids=[], site_id="north", best_region="ca")
    del older["agent_uid"]
    (sighting,) = told(older)
    assert isinstance(sighting, Sighting)
    assert sighting.row["captured_at"] == AT.isoformat()
    assert sighting.car == ""
    assert sighting.row["sender_id"] == f"north:1702:{int(AT.timestamp() * 1000)}"
    assert sighting.row["state"] == "CA"


def test_a_car_without_a_best_frame_is_named_by_its_first() -> None:
    assert car(best_uuid=None).car == f"{AGENT}-1702-{int(AT.timestamp() * 1000)}"


def test_the_picture_of_the_car_comes_before_that_of_the_plate() -> None:
    whole, plate = jpeg(), jpeg((64, 20))
    best = {"plate": "8KRB412", "plate_crop_jpeg": in_base64(plate)}
    assert car(vehicle_crop_jpeg=in_base64(whole), best_plate=best).picture == whole
    assert car(best_plate=best).picture == plate


@pytest.mark.parametrize(
    ("name", "value", "left_out"),
    [
        ("best_region", "eu-de", "state"),
        ("best_region", "us-zz", "state"),
        ("best_confidence", 140, "confidence"),
        ("best_confidence", "high", "confidence"),
        ("candidates", [{"plate": "?" * 50}, 3, None], "candidates"),
        ("vehicle", "a truck", "vehicle"),
        ("gps_latitude", 91, "latitude"),
        ("gps_longitude", None, "longitude"),
    ],
)
def test_a_value_that_does_not_translate_is_left_out(name: str, value: object, left_out: str) -> None:
    row = car(**{name: value}).row
    assert left_out not in row
    assert row["plate"] == "8KRB412"


def test_a_place_at_zero_is_unset() -> None:
    row = car(gps_latitude=0, gps_longitude=0.0).row
    assert not {"latitude", "longitude"} & row.keys()


def test_a_heartbeat_beats_for_each_camera_that_streams() -> None:
    first, second, third = told(heartbeat(AT, 1702, 1703, 1704))
    assert (first, second) == (Beat("1702", AT), Beat("1703", AT))
    assert isinstance(third, Nothing)


def test_a_heartbeat_without_its_clock_still_beats() -> None:
    beating = heartbeat(AT + timedelta(hours=1), 1702, 1703)
    del beating["timestamp"]
    assert told(beating)[0] == Beat("1702", None)
