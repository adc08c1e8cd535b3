"""POST /api/v1/readers/<kind>/: what is refused, what is stored, what the answer says."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import AdoptedPolicy, Agency
from alpr.policy import load_preset
from detections import images
from detections.models import Camera, CameraHealth, CarSeen, Detection, Hit, ReaderKey, Transfer
from tests.adapters.conftest import Send, files, in_base64, jpeg, some_time_ago
from tests.adapters.messages_one import event, group, heartbeat, results, stream
from trail.models import Event
from trail.verbs import Outcome, Verb

pytestmark = pytest.mark.django_db


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def nothing_stored(evidence: Path) -> bool:
    rows = (Detection, Transfer, CarSeen, Hit)
    return not any(model.objects.exists() for model in rows) and files(evidence) == []


def refusals() -> list[Event]:
    return list(Event.objects.filter(outcome=Outcome.REFUSED))


def test_without_a_key_nothing_is_read(agency: Any) -> None:
    assert Client().post("/api/v1/readers/rekor/", b"{}", content_type="application/json").status_code == 401


def test_a_maker_that_is_not_known_is_nowhere(send: Send) -> None:
    assert error(send("hal-9000", group(some_time_ago()))) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b"null", b'{"a": NaN}', b"\xff\xfe\x00", b"[" * 100_000, b'{"data_type": 1}'],
    ids=["empty", "cut", "list", "null", "nan", "not utf-8", "nested", "no type"],
)
def test_what_is_no_message_is_refused_whole(send: Send, body: bytes, evidence: Path) -> None:
    assert error(send("rekor", body)) == (400, "bad_message")
    assert nothing_stored(evidence)


def test_a_body_that_is_too_large_is_refused(send: Send, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    assert error(send("rekor", group(some_time_ago(), padding="x" * 1_000))) == (413, "too_large")


def test_files_that_are_too_large_together_are_refused(send: Send, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000
    form = {"json": json.dumps(stream(some_time_ago(), "8krb412"))}
    form["upload"] = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"x" * 6_000)  # type: ignore[assignment]
    assert error(send("plate-recognizer", form, multipart=True)) == (413, "too_large")


def test_one_picture_for_many_reads_is_bounded(send: Send, settings: Any, evidence: Path) -> None:
    picture = jpeg()
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * len(picture)
    form = {"json": json.dumps({"data": {**stream(some_time_ago(), "8krb412")["data"]}})}
    content = json.loads(form["json"])
    content["data"]["results"] = [{"plate": f"8KRB41{n}"} for n in range(4)]
    form = {"json": json.dumps(content), "upload": SimpleUploadedFile("a.jpg", picture)}  # type: ignore[dict-item]
    assert error(send("plate-recognizer", form, multipart=True)) == (400, "bad_message")
    assert nothing_stored(evidence)


def test_a_read_that_cannot_stand_is_refused_and_recorded(send: Send, evidence: Path) -> None:
    late = timezone.now() + timedelta(hours=1)
    answer = send("rekor", group(late, best_plate_number="8KRB412TOOLONG"))
    assert error(answer) == (400, "all_refused")
    (row,) = answer.json()["error"]["rows"]
    assert (row["camera"], set(row["reasons"])) == ("cam-12", {"captured_at", "plate"})
    assert nothing_stored(evidence)
    (event_,) = refusals()
    assert "captured_at, plate" in event_.detail
    assert "8KRB412" not in f"{event_.detail}{event_.elements}"


@pytest.mark.parametrize("picture", [b"<svg/>", jpeg()[:200], b"\xff\xd8\xff nothing"])
def test_a_picture_that_is_none_refuses_its_read(send: Send, picture: bytes, evidence: Path) -> None:
    answer = send("rekor", group(some_time_ago(), vehicle_crop_jpeg=in_base64(picture)))
    assert error(answer) == (400, "all_refused")
    assert list(answer.json()["error"]["rows"][0]["reasons"]) == ["image"]
    assert nothing_stored(evidence)
    assert len(refusals()) == 1


def test_a_camera_that_the_key_does_not_know_is_refused_by_name(
    send: Send, channel: Any, camera: Camera, evidence: Path
) -> None:
    channel("1703", camera)
    answer = send("rekor", group(some_time_ago()))
    assert error(answer) == (400, "unknown_camera")
    assert "“1702”" in answer.json()["error"]["message"]
    assert nothing_stored(evidence)
    assert [event_.elements["fields"] for event_ in refusals()] == [["camera"]]


def test_a_message_that_names_no_camera_is_refused_where_there_are_several(
    send: Send, channel: Any, camera: Camera
) -> None:
    channel("1703", camera)
    answer = send("rekor", group(some_time_ago(), camera_id=None))
    assert error(answer) == (400, "unknown_camera")


def test_a_camera_out_of_service_takes_nothing(send: Send, channel: Any, second_camera: Camera) -> None:
    channel("1702", second_camera)
    Camera.objects.filter(pk=second_camera.pk).update(is_active=False)
    assert error(send("rekor", group(some_time_ago()))) == (403, "inactive_camera")
    assert not Detection.objects.exists()
    assert not CarSeen.objects.exists()


def test_an_error_on_the_way_leaves_neither_rows_nor_pictures(send: Send, evidence: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE detections_detection ADD CHECK (plate <> '7ABC123')")
    content = json.dumps(stream(some_time_ago(), "8krb412", "7abc123"))
    form = {"json": content, "upload": SimpleUploadedFile("frame.jpg", jpeg())}
    with pytest.raises(IntegrityError):
        send("plate-recognizer", form, multipart=True)
    assert nothing_stored(evidence)


def test_a_group_is_stored_with_its_picture(
    send: Send, evidence: Path, reader_key: tuple[ReaderKey, str]
) -> None:
    at, picture = some_time_ago(), jpeg()
    body = json.dumps(group(at, vehicle_crop_jpeg=in_base64(picture)))
    answer = send("rekor", body)
    assert answer.status_code == 201
    stored = Detection.objects.get()
    assert (stored.plate, stored.state, stored.captured_at) == ("8KRB412", "CA", at)
    assert (stored.make, stored.model, stored.camera) == ("toyota", "rav4", reader_key[0].camera)
    assert stored.content_sha256 == hashlib.sha256(body.encode()).hexdigest()
    with images.open(stored.image) as file:
        assert file.read() == picture
    (receipt,) = answer.json()["receipts"]
    assert (receipt["camera"], receipt["conflicts"], receipt["refused"]) == ("cam-12", [], [])
    counts = {name: receipt["receipt"][name] for name in ("accepted", "duplicates", "refused", "sha256")}
    assert counts == {"accepted": 1, "duplicates": 0, "refused": 0, "sha256": stored.content_sha256}
    (event_,) = Event.objects.filter(verb=Verb.DETECTIONS_RECEIVED)
    assert event_.elements["accepted"] == 1


def test_no_picture_stays_where_the_policy_keeps_none(send: Send, agency: Agency, evidence: Path) -> None:
    policy = load_preset("vallejo").with_values({"retention.images_on_server": False})
    AdoptedPolicy.objects.filter(agency=agency).update(rules=policy.to_dict())
    answer = send("rekor", group(some_time_ago(), vehicle_crop_jpeg=in_base64(jpeg())))
    assert answer.status_code == 201
    assert Detection.objects.get().image == ""
    assert files(evidence) == []


def test_a_listed_plate_hits(send: Send, entry: Any) -> None:
    entry("8KRB412", "CA")
    assert send("rekor", group(some_time_ago())).status_code == 201
    assert Hit.objects.count() == 1


def test_a_form_brings_the_picture_of_all_its_reads(send: Send, evidence: Path) -> None:
    picture = jpeg()
    content = json.dumps(stream(some_time_ago(), "8krb412", "7abc123"))
    form = {"json": content, "upload": SimpleUploadedFile("frame.jpg", picture)}
    assert send("plate-recognizer", form, multipart=True).status_code == 201
    one, other = Detection.objects.order_by("plate")
    assert (one.plate, other.plate) == ("7ABC123", "8KRB412")
    assert one.image != other.image
    assert [file.read_bytes() for file in files(evidence)] == [picture, picture]
    assert one.box == [143, 81, 139, 43]
    again = {"json": content, "upload": SimpleUploadedFile("other-name.jpg", picture)}
    assert send("plate-recognizer", again, multipart=True).status_code == 200
    assert Detection.objects.count() == len(files(evidence)) == 2


def test_a_box_outside_the_picture_is_of_another_and_left_out(send: Send) -> None:
    content = json.dumps(stream(some_time_ago(), "8krb412"))
    form = {"json": content, "upload": SimpleUploadedFile("plate.jpg", jpeg((139, 43)))}
    assert send("plate-recognizer", form, multipart=True).status_code == 201
    assert Detection.objects.get().box is None


def test_what_stands_is_stored_beside_what_does_not(send: Send) -> None:
    answer = send("plate-recognizer", stream(some_time_ago(), "8krb412", "way-too-long-a-plate"))
    assert answer.status_code == 201
    (receipt,) = answer.json()["receipts"]
    assert [row["index"] for row in receipt["refused"]] == [1]
    assert (receipt["receipt"]["accepted"], receipt["receipt"]["refused"]) == (1, 1)
    assert Detection.objects.get().plate == "8KRB412"
    assert len(refusals()) == 1


def test_a_message_is_sent_again_without_change(send: Send) -> None:
    content = stream(some_time_ago(), "8krb412")
    first, second = send("plate-recognizer", content), send("plate-recognizer", content)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["receipts"] == second.json()["receipts"]


def test_another_read_under_the_same_name_is_a_conflict(send: Send) -> None:
    at = some_time_ago()
    send("plate-recognizer", stream(at, "8krb412"))
    answer = send("plate-recognizer", stream(at, "7abc123"))
    assert answer.status_code == 409
    assert len(answer.json()["receipts"][0]["conflicts"]) == 1
    assert Detection.objects.get().plate == "8KRB412"


def test_a_key_sends_for_the_cameras_that_its_device_names(
    send: Send, channel: Any, camera: Camera, second_camera: Camera
) -> None:
    channel("1702", second_camera)
    channel("1703", camera)
    assert send("rekor", group(some_time_ago())).json()["receipts"][0]["camera"] == "cam-13"
    assert Detection.objects.get().camera == second_camera


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/octet-stream", "", "application/x-www-form-urlencoded"]
)
def test_a_device_may_call_its_json_what_it_likes(send: Send, content_type: str) -> None:
    assert send("axis", event(some_time_ago()), content_type=content_type).status_code == 201


def test_a_frame_is_acknowledged_and_not_stored(send: Send, evidence: Path) -> None:
    answer = send("rekor", results(some_time_ago()))
    assert (answer.status_code, answer.json()["receipts"]) == (200, [])
    assert answer.json()["nothing"] == ["Single frames are not stored: the group of the car follows."]
    assert nothing_stored(evidence)


def test_a_part_of_any_name_counts_once(send: Send) -> None:
    """Two parts of one name are both there; what they hold decides."""
    at = some_time_ago()
    form = {
        "file": [
            SimpleUploadedFile("1.jpg", jpeg()),
            SimpleUploadedFile("1.json", json.dumps(event(at)).encode()),
        ]
    }
    assert send("axis", form, multipart=True).status_code == 201
    stored = Detection.objects.get()
    assert stored.image
    assert stored.box == [143, 81, 139, 43]


def test_a_sign_of_life_is_no_read(send: Send, channel: Any, camera: Camera, evidence: Path) -> None:
    channel("1702", camera)
    asked_at = timezone.now()
    answer = send("rekor", heartbeat(some_time_ago(2), 1702, 1703, 1704))
    assert answer.status_code == 200
    assert (answer.json()["heartbeats"], answer.json()["unknown_cameras"]) == (1, ["1703"])
    assert nothing_stored(evidence)
    health = CameraHealth.objects.get(camera=camera)
    assert health.heartbeat_at is not None
    assert health.heartbeat_at >= asked_at
    assert health.clock_ms is not None
    assert health.clock_ms >= 120_000
    assert health.last_received_at is None
