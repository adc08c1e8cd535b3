"""Hikvision cameras: alerts as XML, alone and with their pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from detections.adapters import hikvision
from detections.adapters.shape import BadMessage, Beat, Message, Nothing, Part, Sighting, Told
from tests.adapters.conftest import jpeg
from tests.adapters.messages_two import UUID, alert

AT = datetime(2026, 11, 22, 17, 41, 7, tzinfo=UTC)
HERE = ZoneInfo("America/Los_Angeles")
WHOLE, CUT = jpeg((640, 400)), jpeg((90, 30))


def told(body: bytes, **pictures: bytes) -> list[Told]:
    if not pictures:
        return hikvision.read(Message(body=body, content_type="application/xml", zone=HERE))
    parts = {"anpr.xml": Part("anpr.xml", "anpr.xml", body)}
    parts |= {name: Part(f"{name}.jpg", f"{name}.jpg", content) for name, content in sorted(pictures.items())}
    return hikvision.read(Message(body=b"", parts=parts, zone=HERE))


def car(pictures: dict[str, bytes] | None = None, **values: Any) -> Sighting:
    (only,) = told(alert(AT, **values), **(pictures or {}))
    assert isinstance(only, Sighting)
    return only


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not XML"),
        (b"{}", "not XML"),
        (alert(AT)[:-20], "not XML"),
        (b"<Alert/>", "EventNotificationAlert"),
        (alert(AT, dateTime="yesterday"), "time"),
        (alert(AT, channel="x" * 101), "channelName"),
    ],
    ids=["empty", "json", "cut", "other", "time", "name"],
)
def test_what_no_camera_sends_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(BadMessage, match=why):
        told(body)


def test_a_form_without_the_alert_is_refused() -> None:
    with pytest.raises(BadMessage, match="no part with the alert"):
        hikvision.read(Message(body=b"", parts={"a": Part("a", "a.jpg", WHOLE)}))


@pytest.mark.parametrize("plate", ["unknown", "UNKNOWN", ""])
def test_a_plate_that_could_not_be_read_is_nothing(plate: str) -> None:
    assert told(alert(AT, plate=plate)) == [Nothing("The camera could read no plate.")]


def test_another_event_is_nothing_and_a_heartbeat_a_sign_of_life() -> None:
    assert isinstance(told(alert(AT, kind="VMD"))[0], Nothing)
    assert told(alert(AT, kind="heartBeat", state="inactive")) == [Beat("Gate north", AT)]
    assert isinstance(told(alert(AT, kind="videoloss", state="active"))[0], Nothing)


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.isapi.org/ver20/XMLSchema",
        "http://www.hikvision.com/ver20/XMLSchema",
        "urn:psialliance-org",
        "",
    ],
)
def test_an_alert_is_read_whole_whatever_its_namespace(namespace: str) -> None:
    sighting = car(namespace=namespace)
    assert (sighting.channel, sighting.car, sighting.picture) == ("Gate north", "", None)
    assert sighting.row == {
        "sender_id": UUID,
        "captured_at": AT.isoformat(),
        "plate": "8KRB412",
        "confidence": 0.93,
        "vehicle": {"color": "gray", "body": "SUVMPV"},
        "direction": "forward",
    }


def test_what_is_not_known_is_left_out() -> None:
    sighting = car(color="unknown", body="vehicle", confidence="", channel="", uuid="", original="8KR8412")
    assert (sighting.channel, sighting.row["sender_id"]) == ("1", f"c0:56:e3:aa:bb:cc:1:{AT.isoformat()}:1")
    assert sighting.row["candidates"] == [{"plate": "8KR8412"}]
    assert not {"vehicle", "confidence"} & sighting.row.keys()


def test_a_time_is_read_with_its_offset_or_in_our_zone() -> None:
    assert car(dateTime="2026-11-22T09:41:07-08:00").row["captured_at"] == AT.isoformat()
    assert car(dateTime="2026-11-22T09:41:07").row["captured_at"] == AT.isoformat()


def test_the_whole_picture_is_taken_and_with_it_the_box_in_its_pixels() -> None:
    sighting = car({"detectionPicture": WHOLE, "licensePlatePicture": CUT})
    assert (sighting.picture, sighting.row["box"]) == (WHOLE, [320, 180, 160, 40])
    cut = car({"licensePlatePicture": CUT, "detectionPicture": b""})
    assert (cut.picture, "box" in cut.row) == (CUT, False)


@pytest.mark.parametrize("x", [-1, 1001, "", "nan"])
def test_a_box_outside_the_thousandths_is_left_out(x: object) -> None:
    assert "box" not in car({"detectionPicture": WHOLE}, x=x).row


def test_a_picture_that_is_none_is_given_on_without_a_box() -> None:
    sighting = car({"detectionPicture": b"GIF89a"})
    assert (sighting.picture, "box" in sighting.row) == (b"GIF89a", False)
