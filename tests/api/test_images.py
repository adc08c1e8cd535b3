"""POST /api/v1/images/: a picture to be read; GET: where its reading stands."""

from __future__ import annotations

import hashlib
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from detections.models import Camera, ImageJob, ReaderKey
from tests.api.conftest import files, jpeg
from trail.models import Event
from trail.verbs import Outcome, Verb


def give(post, data: bytes, **values: str) -> Any:
    file = SimpleUploadedFile("picture.jpg", data, "image/jpeg")
    return post(values | {"image": file}, path="/api/v1/images/", multipart=True)


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 900 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (30_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"GIF89a" + b"\0" * 50, jpeg()[:300], bomb()], ids=range(5)
)
def test_what_is_no_picture_is_refused_and_recorded(post, evidence, data: bytes) -> None:
    answer = give(post, data)
    assert answer.status_code == 400
    assert set(answer.json()["error"]["fields"]) == {"image"}
    assert not ImageJob.objects.exists()
    assert files(evidence) == []
    assert Event.objects.filter(outcome=Outcome.REFUSED).count() == 1


def test_a_picture_over_the_limit_is_refused(post, settings) -> None:
    settings.IMAGE_MAX_BYTES = 100
    assert "limit is 100" in give(post, jpeg()).json()["error"]["fields"]["image"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("captured_at", "yesterday"),
        ("captured_at", "2026-11-20T10:00:00"),
        ("captured_at", "2020-01-01T00:00:00Z"),
        ("captured_at", "2999-01-01T00:00:00Z"),
        ("sender_id", "x" * 101),
    ],
)
def test_a_value_that_cannot_stand_is_refused(post, name: str, value: str) -> None:
    answer = give(post, jpeg(), **{name: value})
    assert answer.status_code == 400
    assert set(answer.json()["error"]["fields"]) == {name}
    assert not ImageJob.objects.exists()


def test_no_picture_at_all_is_refused(post) -> None:
    answer = post({"sender_id": "p-1"}, path="/api/v1/images/", multipart=True)
    assert (answer.status_code, set(answer.json()["error"]["fields"])) == (400, {"image"})
    assert post({}, path="/api/v1/images/").status_code == 415


def test_another_picture_under_the_same_id_is_a_conflict(post, evidence) -> None:
    give(post, jpeg("red"), sender_id="p-1")
    answer = give(post, jpeg("blue"), sender_id="p-1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert len(files(evidence)) == ImageJob.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_picture_becomes_a_job_whose_id_alone_is_queued(post, picture, evidence) -> None:
    captured_at = (timezone.now() - timedelta(hours=1)).isoformat()
    answer = give(post, picture, captured_at=captured_at)
    assert answer.status_code == 202
    job = ImageJob.objects.get()
    content = answer.json()
    assert content["job"]["id"] == job.pk
    assert (
        content["receipt"]["sha256"] == content["receipt"]["sender_id"] == hashlib.sha256(picture).hexdigest()
    )
    assert job.captured_at.isoformat() == captured_at
    assert OrmQ.objects.get().task["args"] == (job.pk,)
    event = Event.objects.get(verb=Verb.IMAGE_RECEIVED)
    assert event.actor_kind == "reader"


def test_the_same_picture_again_has_the_same_job(post, picture, evidence) -> None:
    first, again = give(post, picture), give(post, picture)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert len(files(evidence)) == ImageJob.objects.count() == 1


def test_a_reader_sees_its_own_cameras_jobs_alone(
    post, picture, reader_key: tuple[ReaderKey, str], camera: Camera
) -> None:
    url = give(post, picture).json()["job"]["url"]
    other = Camera.objects.create(agency=camera.agency, code="cam-13", name="Quay St at 6th")
    stranger = ReaderKey(camera=other, issued_by=reader_key[0].issued_by)
    secret = stranger.make_secret()
    stranger.save()

    def ask(secret: str) -> Any:
        return Client().get(url, headers={"Authorization": f"Bearer {secret}"})

    assert ask(secret).status_code == 404
    content = ask(reader_key[1]).json()
    assert (content["job"]["state"], content["job"]["plates_found"]) == ("waiting", 0)
