"""Genetec SharpV: reads by our template."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from detections.adapters import genetec
from detections.adapters.shape import BadMessage, Message, Nothing, Sighting
from tests.adapters.conftest import in_base64, jpeg
from tests.adapters.messages_two import autovu

AT = datetime(2026, 11, 22, 17, 41, 7, 250_000, tzinfo=UTC)


def car(**values: Any) -> Sighting:
    (only,) = genetec.read(Message(body=autovu(AT, **values)))
    assert isinstance(only, Sighting)
    return only


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"UTCDate": "22.11.2026"}, "UTCDate"),
        ({"UTCDate": "2026:13:22"}, "no time"),
        ({"UTCTime": "#TIME_UTC#"}, "UTCTime"),
        ({"ContextImage": "ü"}, "base64"),
        ({"SourceName": "s" * 101}, "SourceName"),
    ],
)
def test_a_read_that_no_camera_sends_is_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises(BadMessage, match=why):
        car(**values)


def test_the_camera_s_own_format_is_refused_since_its_time_names_no_zone() -> None:
    own = b"<Plate><PlateRead>8KRB412</PlateRead><Timestamp>2026-11-22T09:41:07</Timestamp></Plate>"
    with pytest.raises(BadMessage, match="paste it once more"):
        genetec.read(Message(body=own))


@pytest.mark.parametrize("plate", ["", "-", "unknown", "#PLATE_READ#"])
def test_a_read_without_a_plate_is_nothing(plate: str) -> None:
    assert genetec.read(Message(body=autovu(AT, Plate=plate))) == [Nothing("The message has no plate.")]


def test_a_read_is_read_whole() -> None:
    sighting = car()
    assert (sighting.channel, sighting.car, sighting.picture) == ("SHARPV12345", "", None)
    assert sighting.row == {
        "sender_id": "6ee17b00-82c1-466b-9fd6-003417bc82c4",
        "captured_at": AT.isoformat(),
        "plate": "8KRB412",
        "state": "CA",
        "confidence": 0.91,
        "direction": "Closer",
        "latitude": 38.1041,
        "longitude": -122.2566,
    }


def test_what_is_not_known_is_left_out() -> None:
    sighting = car(State="-", ConfidenceScore="", RelativeMotion="#CUSTOM_FIELDS#{Relative Motion}", Guid="")
    assert sighting.row["sender_id"] == f"SHARPV12345:{AT.isoformat()}"
    assert not {"state", "confidence", "direction"} & sighting.row.keys()
    assert car(SourceName="").channel == "Context Camera"


@pytest.mark.parametrize(
    ("written", "code"), [("California", "CA"), ("us-nv", "NV"), ("ON", "ON"), ("Bavaria", None)]
)
def test_a_state_is_a_code_or_a_name(written: str, code: str | None) -> None:
    assert car(State=written).row.get("state") == code


def test_the_context_picture_is_taken_before_the_plate_s() -> None:
    context, plate = jpeg(), jpeg((64, 20))
    both = car(ContextImage="\n" + in_base64(context) + "\n", PlateImage=in_base64(plate))
    assert both.picture == context
    assert car(PlateImage=in_base64(plate)).picture == plate


def test_the_template_to_paste_names_every_field_that_is_read() -> None:
    pasted = set(re.findall(r"<(\w+)>", genetec.TEMPLATE)) - {"AutoVu"}
    sent = set(re.findall(r"<(\w+)>", autovu(AT).decode())) - {"AutoVu", "Lane"}
    assert pasted == sent
