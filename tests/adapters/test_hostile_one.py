"""Hostile messages: an adapter refuses or reads, the address never fails, and nothing is stored by halves."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detections.adapters import ADAPTERS
from detections.adapters.shape import BadMessage, Beat, Message, Nothing, Part, Sighting
from detections.models import Detection, Transfer
from tests.adapters.conftest import Send, files, in_base64, jpeg, some_time_ago
from tests.adapters.hostile import BODIES, changed
from tests.adapters.messages_one import event, group, heartbeat, stream

AT = datetime(2026, 11, 22, 17, 41, 7, 250_000, tzinfo=UTC)
PICTURE = jpeg((300, 150))
TRUE = {
    "rekor": group(AT, vehicle_crop_jpeg=in_base64(PICTURE)),
    "plate-recognizer": stream(AT, "8krb412", "7abc123"),
    "axis": event(AT, ImageArray=[{"ImageType": "frame", "BinaryImage": in_base64(PICTURE)}]),
}
MAKERS = sorted(TRUE)
ANSWERS = {200, 201, 400, 409, 413}


def reads(kind: str, message: Message) -> None:
    """The adapter's whole promise: it tells, or it raises `BadMessage`."""
    with suppress(BadMessage):
        told = ADAPTERS[kind].read(message)
        assert told
        for one in told:
            assert isinstance(one, Sighting | Beat | Nothing)
            if isinstance(one, Sighting):
                json.dumps(one.row)
                assert max(len(one.car), len(one.channel)) <= 100


@pytest.mark.parametrize("kind", MAKERS)
@given(body=BODIES)
def test_any_bytes_are_read_or_refused(kind: str, body: bytes) -> None:
    reads(kind, Message(body=body))
    reads(
        kind,
        Message(body=b"", parts={"json": Part("json", "", body), "upload": Part("upload", "a.jpg", body)}),
    )


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_true_message_with_false_values_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    reads(kind, Message(body=data.draw(changed(TRUE[kind]))))


@settings(max_examples=100, deadline=None)
@given(changed(heartbeat(AT, 1702, 1703, 1704)))
def test_a_heartbeat_with_false_values_is_read_or_refused(body: bytes) -> None:
    reads("rekor", Message(body=body))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 100_000,
        b'{"data_type": "alpr_group", "vehicle": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"n": ' + b"9" * 100_000 + b"}",
        json.dumps({"data": {"results": [{"plate": "8KRB412"}] * 100_000}}).encode(),
        json.dumps(group(AT, candidates=[{"plate": "8KRB412"}] * 100_000)).encode(),
        json.dumps(group(AT, uuids=["u"] * 100_000, best_uuid=None)).encode(),
        json.dumps(event(AT)).encode("utf-16"),
        json.dumps(event(AT)).encode()[:-1],
        b"\xef\xbb\xbf" + json.dumps(event(AT)).encode(),
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
    ids=["deep", "nested", "digits", "results", "candidates", "uuids", "utf-16", "cut", "mark", "xml"],
)
@pytest.mark.parametrize("kind", MAKERS)
def test_huge_nested_and_wrongly_written_messages_are_read_or_refused(kind: str, body: bytes) -> None:
    reads(kind, Message(body=body))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_address_never_fails_and_stores_all_or_nothing(
    kind: str, data: st.DataObject, send: Send, evidence: Path
) -> None:
    true = {
        "rekor": group(some_time_ago(), vehicle_crop_jpeg=in_base64(PICTURE)),
        "plate-recognizer": stream(some_time_ago(), "8krb412", "7abc123"),
        "axis": event(some_time_ago(), ImageArray=TRUE["axis"]["ImageArray"]),
    }[kind]
    body = data.draw(st.one_of(BODIES, changed(true)))
    before = Detection.objects.count(), Transfer.objects.count()
    if data.draw(st.booleans()):
        answer = send(kind, body)
    else:
        picture = data.draw(st.sampled_from([PICTURE, PICTURE[:99], b"", b"BM", b"\xff\xd8\xff"]))
        form = {"json": SimpleUploadedFile("a.json", body), "upload": SimpleUploadedFile("a.jpg", picture)}
        answer = send(kind, form, multipart=True)
    assert answer.status_code in ANSWERS
    content: Any = answer.json()
    receipts = content.get("receipts", [])
    stored = Detection.objects.count() - before[0]
    if answer.status_code == 201:
        assert stored == sum(one["receipt"]["accepted"] for one in receipts) > 0
    else:
        assert stored == 0
    if "error" in content:
        assert Transfer.objects.count() == before[1]
    pictured = Detection.objects.exclude(image="").values_list("image", flat=True)
    assert len(files(evidence)) == len(pictured) == len(set(pictured))
