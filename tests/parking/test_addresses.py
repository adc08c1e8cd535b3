"""What a parking reader sends at every address: taken in apart, without a picture; and its way in and out."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Member
from detections.models import (
    Camera,
    Detection,
    ImageJob,
    ParkingRead,
    Program,
    ReaderKey,
    ReadMapping,
)
from detections.parking import camera_set_program
from detections.services_read_files import file_take
from tests.adapters import messages_one
from tests.parking.conftest import Send, read, yesterday
from tests.search.conftest import picture
from trail.models import Event
from trail.verbs import Verb
from training.gate import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(cart: Camera, administrator: Member, settings: Any, tmp_path: Any) -> Any:
    """Sends to an address of the interface with the parking reader's key."""
    settings.STORAGES = settings.STORAGES | {
        "evidence": settings.STORAGES["evidence"] | {"OPTIONS": {"location": tmp_path / "evidence"}}
    }
    key = ReaderKey(camera=cart, issued_by=administrator)
    secret = key.make_secret()
    key.save()

    def send(address: str, data: Any, **kind: str) -> Any:
        return Client().post(
            f"/api/v1/{address}/", data, headers={"Authorization": f"Bearer {secret}"}, **kind
        )

    return send


def rows(*moments: Any, **facts: Any) -> list[dict[str, Any]]:
    return [
        {"sender_id": f"r-{number}", "captured_at": moment.isoformat(), "plate": "8KRB412"} | facts
        for number, moment in enumerate(moments)
    ]


def pictures_kept() -> list[str]:
    try:
        return storages["evidence"].listdir("")[0]
    except FileNotFoundError:
        return []


def test_a_batch_has_its_receipt_and_no_picture_of_it_stays(post: Any) -> None:
    now = timezone.now()
    bad = rows(now - timedelta(days=31), now + timedelta(hours=1), plate="8KRB412")
    sent = [*rows(now - timedelta(minutes=2)), *({**one, "sender_id": f"b-{n}"} for n, one in enumerate(bad))]
    file = SimpleUploadedFile("r.jpg", picture(), "image/jpeg")
    answer = post("detections", {"data": json.dumps(sent), "r-0": file})
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["receipt"]["accepted"], said["receipt"]["refused"]) == (1, 2)
    assert "kept 30 days" in str(said["refused"][0]["reasons"])
    assert ParkingRead.objects.count() == 1
    assert pictures_kept() == []
    again = post("detections", {"data": json.dumps(sent), "r-0": SimpleUploadedFile("r.jpg", picture())})
    assert (again.status_code, again.json()["receipt"]["id"]) == (200, said["receipt"]["id"])
    refused = post("images", {"image": SimpleUploadedFile("p.jpg", picture(), "image/jpeg")})
    assert refused.status_code == 400
    assert not ImageJob.objects.exists()
    assert not Detection.objects.exists()


def test_another_makers_reader_too(post: Any) -> None:
    message = messages_one.group(timezone.now() - timedelta(minutes=1))
    answer = post("readers/rekor", json.dumps(message), content_type="application/json")
    assert answer.status_code in (200, 201), answer.content
    assert ParkingRead.objects.count() == answer.json()["receipts"][0]["receipt"]["accepted"] == 1
    assert not Detection.objects.exists()


def test_a_vendors_file_too(cart: Camera, administrator: Member) -> None:
    mapping = ReadMapping.objects.create(
        agency=cart.agency, name="Vendor", saved_by=administrator,
        layout={"columns": {"plate": "p", "captured_at": "t"}, "delimiter": ","},
    )  # fmt: skip
    file = io.BytesIO(f"p,t\n8KRB412,{yesterday(9).isoformat()}\n".encode())
    result = file_take(actor=administrator, mapping=mapping, camera=cart, file=file)
    assert result.stored == ParkingRead.objects.count() == 1


# The way in and out


def test_who_does_not_manage_cameras_moves_none(camera: Camera, operator: Member, outsider: Member) -> None:
    for member in (operator, outsider):
        with pytest.raises(Refused):
            camera_set_program(actor=member, camera=camera, program=Program.PARKING)
    camera.refresh_from_db()
    assert camera.program == Program.POLICE


def test_photographs_of_members_are_of_no_parking_program(camera: Camera, administrator: Member) -> None:
    Camera.objects.filter(pk=camera.pk).update(kind=Camera.Kind.PHOTOGRAPH)
    with pytest.raises(ValidationError):
        camera_set_program(actor=administrator, camera=camera, program=Program.PARKING)


def test_the_time_of_capture_decides_however_late_it_is_sent(
    camera: Camera, administrator: Member, send: Send
) -> None:
    before = timezone.now() - timedelta(minutes=1)
    moved = camera_set_program(actor=administrator, camera=camera, program=Program.PARKING)
    with pytest.raises(ValidationError):
        camera_set_program(actor=administrator, camera=camera, program=Program.PARKING)
    assert moved.program_since is not None
    send(read(before, sender_id="a"), read(timezone.now(), sender_id="b"), camera=moved)
    assert (Detection.objects.count(), ParkingRead.objects.count()) == (1, 1)
    during = timezone.now()
    back = camera_set_program(actor=administrator, camera=moved, program=Program.POLICE)
    again = send(read(before, sender_id="a"), read(during, sender_id="c"), camera=back)
    assert (again.transfer.accepted, again.transfer.duplicates) == (1, 1)
    send(read(timezone.now(), sender_id="d"), camera=back)
    assert (Detection.objects.count(), ParkingRead.objects.count()) == (2, 2)
    changed = Event.objects.filter(verb=Verb.CHANGED, object_pk=str(camera.pk), changes__has_key="program")
    assert changed.count() == 2
