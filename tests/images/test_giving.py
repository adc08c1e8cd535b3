"""Pictures that are given: what is refused, and that the same picture twice is one."""

import io
import struct
import zlib
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image

from accounts.models import Member
from accounts.services import purpose_state
from detections.models import Camera, ImageJob
from detections.services_images import image_give, photograph_give
from trail.actors import System
from trail.models import Event, Inquiry
from trail.verbs import Verb
from training.gate import Refused

JOB = System("Tests")


def picture(color: str = "gray", kind: str = "JPEG") -> bytes:
    """A small plain picture."""
    out = io.BytesIO()
    Image.new("RGB", (320, 200), color).save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes whose header asks for 60,000 by 60,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def inquiry(operator: Member) -> Inquiry:
    """The operator's stated purpose."""
    return purpose_state(actor=operator, offense="robbery", case_number="26-11873")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"GIF89a" + b"\0" * 200, "not a JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG, PNG or WebP"),
        (picture()[:400], "damaged or cut short"),
        (bomb(), "pixels"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(camera: Camera, data: bytes, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        image_give(actor=JOB, camera=camera, data=data)
    assert not ImageJob.objects.exists()


def test_a_picture_over_the_limit_is_refused(camera: Camera, settings: LazySettings) -> None:
    settings.IMAGE_MAX_BYTES = 500
    with pytest.raises(ValidationError, match="the limit is 500"):
        image_give(actor=JOB, camera=camera, data=picture())


@pytest.mark.parametrize(
    ("shift", "says"), [(timedelta(minutes=5), "future"), (-timedelta(days=366), "retention")]
)
def test_a_time_that_cannot_be_is_refused(camera: Camera, shift: timedelta, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        image_give(actor=JOB, camera=camera, data=picture(), captured_at=timezone.now() + shift)
    assert not ImageJob.objects.exists()


def test_a_photograph_needs_its_givers_own_purpose(operator: Member, analyst: Member, lapsed: Member) -> None:
    theirs = purpose_state(actor=analyst, offense="robbery", case_number="26-11873")
    for member, purpose, kind in ((operator, theirs, "purpose"), (lapsed, theirs, "training")):
        with pytest.raises(Refused) as refused:
            photograph_give(actor=member, inquiry=purpose, data=picture())
        assert refused.value.kind == kind
    assert not ImageJob.objects.exists()


def test_the_same_picture_twice_is_one_job_and_one_file(camera: Camera) -> None:
    first = image_give(actor=JOB, camera=camera, data=picture())
    again = image_give(actor=JOB, camera=camera, data=picture())
    assert again.pk == first.pk
    folder = first.image.rsplit("/", 1)[0]
    _, files = storages["evidence"].listdir(folder)
    assert [f"{folder}/{name}" for name in files].count(first.image) == 1
    assert Event.objects.filter(verb=Verb.IMAGE_RECEIVED, object_pk=str(first.pk)).count() == 1


def test_another_picture_under_a_used_id_is_refused_and_the_first_kept(camera: Camera) -> None:
    first = image_give(actor=JOB, camera=camera, data=picture("gray"), sender_id="frame-1")
    with pytest.raises(ValidationError, match="it is kept"):
        image_give(actor=JOB, camera=camera, data=picture("red"), sender_id="frame-1")
    first.refresh_from_db()
    with storages["evidence"].open(first.image) as file:
        assert file.read() == picture("gray")


def test_the_file_goes_when_the_row_does_not_come_to_be(
    camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise RuntimeError("The trail is out of reach.")

    day = f"{timezone.now():%Y/%m/%d}"
    evidence = storages["evidence"]
    before = set(evidence.listdir(day)[1]) if evidence.exists(day) else set()
    monkeypatch.setattr("detections.services_images.record", refuse)
    with pytest.raises(RuntimeError):
        image_give(actor=JOB, camera=camera, data=picture("blue"))
    after = set(evidence.listdir(day)[1]) if evidence.exists(day) else set()
    assert after == before
    assert not ImageJob.objects.exists()
