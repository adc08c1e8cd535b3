"""Messages as `multipart/mixed`, which some cameras send in place of a form."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detections.adapters.shape import Part
from detections.api.mixed import parts_of
from detections.models import Detection
from tests.adapters.conftest import Send, files, jpeg, some_time_ago
from tests.adapters.messages_two import alert
from training.api.errors import BadRequest

MIXED = "multipart/mixed; boundary=MIME_boundary"
WHOLE, CUT = jpeg((640, 400)), jpeg((90, 30))


def body(*parts: tuple[str, bytes], end: bytes = b"--\r\n") -> bytes:
    """The parts, each with its head, between boundaries."""
    fenced = (b"--MIME_boundary\r\n" + head.encode() + b"\r\n\r\n" + content for head, content in parts)
    return b"\r\n".join([*fenced, b"--MIME_boundary" + end])


def named(name: str, kind: str) -> str:
    """The head of a part as a camera writes it."""
    return f'Content-Disposition: form-data; name="{name}"; filename="{name}"\r\nContent-Type: {kind}'


def sent(**values: Any) -> bytes:
    """An alert with both of its pictures."""
    return body(
        (named("anpr.xml", "text/xml"), alert(some_time_ago(), **values)),
        (named("licensePlatePicture.jpg", "image/jpeg"), CUT),
        (named("detectionPicture.jpg", "image/jpeg"), WHOLE),
    )


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (sent(), "multipart/mixed", "names no boundary"),
        (sent(), "multipart/mixed; boundary=" + "b" * 71, "names no boundary"),
        (sent(), "multipart/mixed; boundary=other", "cut off"),
        (sent()[:-40], MIXED, "cut off"),
        (body(("no head", b"")).replace(b"\r\n\r\n", b"\r\n"), MIXED, "no head of its own"),
        (body(("X-Long: " + "a" * 9_000, b"")), MIXED, "no head of its own"),
        (body((named("other.txt", "text/plain"), b"hello")), MIXED, "no part with the alert"),
    ],
    ids=["no boundary", "long boundary", "another", "cut", "headless", "long head", "no alert"],
)
def test_what_is_no_such_message_is_refused_whole(
    content: bytes, kind: str, why: str, send: Send, evidence: Path
) -> None:
    answer = send("hikvision", content, content_type=kind)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_message")
    assert why in answer.json()["error"]["message"]
    assert not Detection.objects.exists()
    assert files(evidence) == []


def test_too_many_parts_and_too_large_a_body_are_refused(send: Send, settings: Any) -> None:
    many = body(*[(named(f"{number}.jpg", "image/jpeg"), b"x") for number in range(101)])
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 100
    assert send("hikvision", many, content_type=MIXED).status_code == 413
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    assert send("hikvision", sent(), content_type=MIXED).status_code == 413


def test_an_alert_comes_in_with_its_best_picture(send: Send, evidence: Path) -> None:
    message = sent()
    assert send("hikvision", message, content_type=MIXED).status_code == 201
    one = Detection.objects.get()
    assert one.plate == "8KRB412"
    assert one.box
    assert [path.read_bytes() for path in files(evidence)] == [WHOLE]
    again = send("hikvision", message, content_type=MIXED)
    assert (again.status_code, Detection.objects.count()) == (200, 1)


def test_parts_without_names_are_told_by_their_kind(send: Send, evidence: Path) -> None:
    content = body(
        ("Content-Type: application/xml; charset=UTF-8", alert(some_time_ago())),
        ("Content-Type: image/jpeg", WHOLE),
    )
    assert send("hikvision", b"preamble\r\n" + content, content_type=MIXED).status_code == 201
    assert [path.read_bytes() for path in files(evidence)] == [WHOLE]


@pytest.mark.parametrize(
    "word",
    ["name*" + "9" * 5_000 + "=x", "name*0*=a; name*2=b; name*=''%ff", "name*=x'y", "\xff", ";;=;name"],
    ids=["number", "pieces", "quote", "byte", "empty"],
)
def test_a_head_that_no_device_writes_names_its_part_by_its_place(word: str) -> None:
    whole = body((f"Content-Disposition: form-data; {word}", b"content"))
    assert parts_of(whole, b"MIME_boundary") == [Part("part 1", "", b"content")]


@given(st.lists(st.binary(max_size=60).filter(lambda one: b"MIME_boundary" not in one), max_size=4))
def test_every_part_comes_out_byte_for_byte(contents: list[bytes]) -> None:
    whole = body(*[(named(f"{number}", "image/jpeg"), each) for number, each in enumerate(contents)])
    assert parts_of(whole, b"MIME_boundary") == [
        Part(f"{number}", f"{number}", each) for number, each in enumerate(contents)
    ]


@given(st.binary(max_size=200), st.binary(max_size=4), st.booleans())
def test_any_bytes_are_parts_or_refused(head: bytes, boundary: bytes, fenced: bool) -> None:
    fence = b"--" + boundary
    whole = fence + b"\r\n" + head + b"\r\n" + fence + b"--" if fenced else head
    with suppress(BadRequest):
        assert all(isinstance(one, Part) for one in parts_of(whole, boundary))
