"""Blue Iris, Flock, Verkada and Frigate: what they send as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from detections.adapters import ADAPTERS
from detections.adapters import blue_iris as blue_iris_adapter
from detections.adapters.shape import BadMessage, Message, Nothing, Sighting, Told
from tests.adapters.conftest import in_base64, jpeg
from tests.adapters.messages_two import blue_iris, flock, frigate, prediction, verkada

AT = datetime(2026, 11, 22, 17, 41, 7, 250_000, tzinfo=UTC)
HERE = ZoneInfo("America/Los_Angeles")


def told(kind: str, content: Any) -> list[Told]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return ADAPTERS[kind].read(Message(body=body, content_type="text/plain", zone=HERE))


def cars(kind: str, content: Any) -> list[Sighting]:
    found = [one for one in told(kind, content) if isinstance(one, Sighting)]
    assert found
    return found


@pytest.mark.parametrize("kind", ["blue-iris", "flock", "verkada", "frigate"])
@pytest.mark.parametrize("content", [b"", b"[]", b'{"hello": "world"}', b"\xff\xfe{}"])
def test_something_else_entirely_is_refused(kind: str, content: bytes) -> None:
    with pytest.raises(BadMessage):
        told(kind, content)


@pytest.mark.parametrize(
    ("kind", "content", "why"),
    [
        ("blue-iris", blue_iris(AT, "8KRB412", timestamp="noon"), "time"),
        ("blue-iris", blue_iris(AT, "8KRB412", timestamp=None), "time"),
        ("blue-iris", blue_iris(AT, "8KRB412", camera=["a"]), "camera"),
        ("blue-iris", blue_iris(AT, "8KRB412", Image="ü"), "base64"),
        ("blue-iris", blue_iris(AT, ai_dump=[{}] * 101), "at most 100"),
        ("flock", flock(AT, eventTime="noon"), "time"),
        ("flock", flock(AT, deviceName="n" * 101), "deviceName"),
        ("verkada", verkada(AT, detected=None, created=None), "seconds or milliseconds"),
        ("verkada", verkada(AT) | {"data": None}, "data"),
        ("frigate", frigate(AT, timestamp=None), "seconds or milliseconds"),
        ("frigate", frigate(AT, id={}), "id"),
    ],
)
def test_a_message_that_no_maker_sends_is_refused(kind: str, content: Any, why: str) -> None:
    with pytest.raises(BadMessage, match=why):
        told(kind, content)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("blue-iris", blue_iris(AT)),
        ("blue-iris", blue_iris(AT, ai_dump=None)),
        ("blue-iris", blue_iris(AT, ai_dump="none")),
        ("flock", flock(AT, ocr={"label": "UNKNOWN"})),
        ("flock", flock(AT, ocr=None)),
        ("verkada", verkada(AT, license_plate_number="")),
        ("verkada", verkada(AT) | {"webhook_type": "motion"}),
        ("frigate", frigate(AT, plate=None)),
        ("frigate", frigate(AT, type="face")),
    ],
)
def test_a_message_without_a_plate_is_nothing(kind: str, content: Any) -> None:
    assert [type(one) for one in told(kind, content)] == [Nothing]


def test_blue_iris_is_read_whole_with_its_picture() -> None:
    picture = jpeg()
    (sighting,) = cars("blue-iris", blue_iris(AT, "8krb412", Image=in_base64(picture)))
    assert (sighting.channel, sighting.picture) == ("LPR-North", picture)
    assert sighting.row == {
        "sender_id": "LPR-North:@117423541.bvr:0",
        "captured_at": AT.isoformat(),
        "plate": "8krb412",
        "confidence": 0.91,
    }


def test_each_plate_of_an_alert_is_one_read_as_its_likeliest_frame_has_it() -> None:
    frames = [
        {"api": "alpr", "found": {"predictions": [prediction("8KRB412", 0.6), prediction("7ABC123", 0.8)]}},
        {"api": "alpr", "found": {"predictions": [prediction("8krb412", 0.9)]}},
    ]
    for dump in (frames, json.dumps(frames)):
        found = cars("blue-iris", blue_iris(AT, ai_dump=dump))
        assert [(one.row["plate"].upper(), one.row["confidence"]) for one in found] == [
            ("8KRB412", 0.9),
            ("7ABC123", 0.8),
        ]
        assert len({one.row["sender_id"] for one in found}) == 2


@pytest.mark.parametrize(
    "written",
    ["11/22/2026 9:41:07 AM", "11/22/2026 09:41:07", "2026-11-22 09:41:07", "1795369267", 1795369267000],
)
def test_the_time_of_an_alert_is_read_as_windows_writes_it(written: object) -> None:
    (sighting,) = cars("blue-iris", blue_iris(AT, "8KRB412", timestamp=written))
    assert sighting.row["captured_at"] == AT.replace(microsecond=0).isoformat()


def test_the_body_to_paste_is_read_as_blue_iris_fills_it_in() -> None:
    filled = blue_iris_adapter.BODY
    for macro, value in (
        ("&JSON", json.dumps(blue_iris(AT, "8KRB412")["ai_dump"])),
        ("&ALERT_JPEG", ""),
        ("&CAM", "LPR-North"),
        ("&ALERT_PATH", r"D:\BlueIris\Alerts\n\u2.jpg"),
        ("&ALERT_CLIP", r"D:\BlueIris\x.bvr"),
        ("&ALERT_TIME", "11/22/2026 9:41:07 AM"),
    ):
        filled = filled.replace(macro, value)
    assert "&" not in filled
    (sighting,) = cars("blue-iris", filled.encode())
    assert sighting.row["plate"] == "8KRB412"
    without = filled.replace(json.dumps(blue_iris(AT, "8KRB412")["ai_dump"]), "")
    assert told("blue-iris", without.encode()) == [Nothing("The alert has no plate.")]


def test_flock_is_read_whole_and_its_alerts_are_the_same_car() -> None:
    (sighting,) = cars("flock", flock(AT))
    assert (sighting.channel, sighting.picture) == ("#04 Quay St NB", None)
    assert sighting.row == {
        "sender_id": "b2c9a1f0-0f1e-4b7e-9a6b-8d2f6c1a0e55",
        "captured_at": AT.isoformat(),
        "plate": "8KRB412",
        "state": "CA",
        "confidence": 0.94,
        "latitude": 38.1041,
        "longitude": -122.2566,
    }
    (alert,) = cars("flock", flock(AT, sources=[{"name": "NCIC"}]))
    assert alert.car == sighting.car != ""
    (other,) = cars("flock", flock(AT, objectId="", deviceName="", eventTime=AT.timestamp()))
    assert (other.car, other.channel) == ("", "f2b6")
    assert other.row["sender_id"] == f"f2b6:{AT.isoformat()}"


@pytest.mark.parametrize(("said", "kept"), [(94, 0.94), (0.94, 0.94), ("94.5", 0.945), (101, None)])
def test_flock_s_confidence_is_a_part_of_one_or_percent(said: object, kept: float | None) -> None:
    (sighting,) = cars("flock", flock(AT, ocr={"label": "8KRB412", "labelConfidence": said}))
    assert sighting.row.get("confidence") == kept


def test_verkada_is_read_whole() -> None:
    (sighting,) = cars("verkada", verkada(AT))
    assert (sighting.channel, sighting.picture) == ("38718198-8a78-4718-a60f-68e1a8de30ac", None)
    assert sighting.row["sender_id"].startswith(f"{sighting.channel}:")
    del sighting.row["sender_id"]
    assert sighting.row == {
        "captured_at": AT.isoformat(),
        "plate": "8KRB412",
        "state": "CA",
        "confidence": 0.963,
    }


def test_verkada_s_seconds_stand_where_no_milliseconds_came() -> None:
    (sighting,) = cars("verkada", verkada(AT, detected=None, crop=None))
    assert sighting.row["captured_at"] == AT.replace(microsecond=0).isoformat()


def test_two_plates_of_one_moment_are_two_reads() -> None:
    (first,) = cars("verkada", verkada(AT))
    (second,) = cars("verkada", verkada(AT, crop=[0.1, 0.2, 0.3, 0.4]))
    assert first.row["sender_id"] != second.row["sender_id"]


def test_frigate_is_read_whole_but_for_the_name() -> None:
    (sighting,) = cars("frigate", frigate(AT))
    assert (sighting.channel, sighting.car) == ("driveway", "driveway:1607123955.475377-mxklsc")
    assert sighting.row == {
        "sender_id": "driveway:1607123955.475377-mxklsc",
        "captured_at": AT.isoformat(),
        "plate": "8KRB412",
        "confidence": 0.95,
        "box": [917, 487, 112, 42],
    }
    assert "Neighbor" not in str(sighting)
