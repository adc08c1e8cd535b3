"""Hostile messages to the adapters of XML and of alerts, and through the address: all or nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detections.adapters.shape import Message, Part
from detections.models import Detection, Transfer
from tests.adapters.conftest import Send, files, in_base64, jpeg, some_time_ago
from tests.adapters.hostile import BODIES, TEXTS, changed
from tests.adapters.messages_two import alert, autovu, blue_iris, flock, frigate, verkada
from tests.adapters.test_hostile_one import ANSWERS, reads

AT = datetime(2026, 11, 22, 17, 41, 7, 250_000, tzinfo=UTC)
PICTURE = jpeg((300, 150))
IN_XML = {"hikvision": alert, "genetec": autovu}
FIELDS = {
    "hikvision": ("dateTime", "kind", "state", "channel", "plate", "confidence", "color", "x", "uuid"),
    "genetec": ("Plate", "State", "UTCDate", "UTCTime", "SourceName", "ContextImage", "Guid"),
}
IN_JSON = ("blue-iris", "flock", "verkada", "frigate")
KINDS = sorted([*IN_XML, *IN_JSON])


def true_message(kind: str, at: datetime) -> dict[str, Any]:
    picture = in_base64(PICTURE)
    return {
        "blue-iris": blue_iris(at, "8KRB412", "7ABC123", Image=picture),
        "flock": flock(at),
        "verkada": verkada(at),
        "frigate": frigate(at),
    }[kind]


@st.composite
def changed_xml(draw: st.DrawFn, kind: str, at: datetime) -> bytes:
    """A true message with a few of its texts changed, whole, cut off, or with bytes changed."""
    values = draw(st.dictionaries(st.sampled_from(FIELDS[kind]), TEXTS, max_size=4))
    body = IN_XML[kind](at, **{name: text.encode(errors="replace").decode() for name, text in values.items()})
    if draw(st.integers(0, 3)) == 0:
        body = body[: draw(st.integers(0, len(body)))]
    if draw(st.integers(0, 3)) == 0:
        place = draw(st.integers(0, len(body)))
        body = body[:place] + draw(st.binary(max_size=5)) + body[place:]
    return body


def bodies(kind: str, at: datetime) -> st.SearchStrategy[bytes]:
    true = changed_xml(kind, at) if kind in IN_XML else changed(true_message(kind, at))
    return st.one_of(BODIES, true)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_message_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    body = data.draw(bodies(kind, AT))
    reads(kind, Message(body=body))
    picture = data.draw(st.sampled_from([PICTURE, PICTURE[:99], b"", b"BM", b"\xff\xd8\xff"]))
    parts = {
        "anpr.xml": Part("anpr.xml", "", body),
        "data": Part("data", "", body),
        "detectionPicture.jpg": Part("detectionPicture.jpg", "detectionPicture.jpg", picture),
    }
    reads(kind, Message(body=b"", parts=parts))


@pytest.mark.parametrize(
    "body",
    [
        b"<EventNotificationAlert>" * 100_000,
        b"<AutoVu>" + b"<Plate/>" * 100_000 + b"</AutoVu>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><AutoVu><Plate>&b;</Plate></AutoVu>',
        alert(AT).decode().encode("utf-16"),
        alert(AT)[:-1],
        b"\xef\xbb\xbf" + autovu(AT),
        autovu(AT, ContextImage="A" * 5_000_000),
        json.dumps(blue_iris(AT, ai_dump=[{"found": {"predictions": [{"plate": "A"}] * 100_000}}])).encode(),
        json.dumps(verkada(AT, crop=[1e308] * 100_000)).encode(),
        b'{"ai_dump":' + b"[" * 100_000,
        json.dumps({"ai_dump": "[" * 100_000}).encode(),
        b'{"type": "lpr", "id": ' + b"9" * 100_000 + b"}",
    ],
    ids=["deep", "wide", "entity", "utf-16", "cut", "mark", "picture", "predictions", "crop", "json", "text",
         "digits"],
)  # fmt: skip
@pytest.mark.parametrize("kind", KINDS)
def test_huge_nested_and_wrongly_written_messages_are_read_or_refused(kind: str, body: bytes) -> None:
    reads(kind, Message(body=body))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_address_never_fails_and_stores_all_or_nothing(
    kind: str, data: st.DataObject, send: Send, evidence: Path
) -> None:
    body = data.draw(bodies(kind, some_time_ago()))
    before = Detection.objects.count(), Transfer.objects.count()
    if data.draw(st.booleans()):
        answer = send(kind, body, content_type="text/plain")
    else:
        name = "anpr.xml" if kind in IN_XML else "data"
        picture = data.draw(st.sampled_from([PICTURE, PICTURE[:99], b"", b"BM"]))
        form = {
            name: SimpleUploadedFile(name, body),
            "detectionPicture.jpg": SimpleUploadedFile("detectionPicture.jpg", picture),
        }
        answer = send(kind, form, multipart=True)
    assert answer.status_code in ANSWERS
    stored = Detection.objects.count() - before[0]
    receipts = answer.json().get("receipts", [])
    assert stored == (sum(one["receipt"]["accepted"] for one in receipts) if answer.status_code == 201 else 0)
    if "error" in answer.json():
        assert Transfer.objects.count() == before[1]
    pictured = Detection.objects.exclude(image="").values_list("image", flat=True)
    assert len(files(evidence)) == len(set(pictured))
