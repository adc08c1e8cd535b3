"""POST /api/v1/detections/: what is refused and why, what is stored, what the receipt says."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detections import images
from detections.models import Detection, Hit, Transfer
from tests.api.conftest import files, jpeg
from tests.api.test_native import BAD_VALUES, JSON, NAMES, with_value
from tests.evidence.conftest import room_for
from trail.models import Event
from trail.verbs import Outcome, Verb


def test_values_that_cannot_stand_are_refused_and_recorded(post, row) -> None:
    rows = [with_value(row(), name, value) for name, value in BAD_VALUES]
    answer = post(json.dumps(rows))
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], [one["index"] for one in error["rows"]]) == ("all_refused", list(range(len(rows))))
    assert not Detection.objects.exists()
    assert not Transfer.objects.exists()
    (event,) = Event.objects.filter(outcome=Outcome.REFUSED)
    assert event.detail.startswith(
        f"{len(rows)} of {len(rows)} detections had values that cannot stand: box,"
    )
    assert "8KRB412" not in event.detail


def test_a_time_in_the_future_is_refused_beyond_two_minutes(post, row) -> None:
    now = timezone.now()
    soon, later = now + timedelta(seconds=100), now + timedelta(seconds=140)
    assert post(row(captured_at=soon.isoformat())).status_code == 201
    answer = post(row(captured_at=later.isoformat()))
    assert answer.status_code == 400
    assert "clock" in answer.json()["error"]["rows"][0]["reasons"]["captured_at"]


def test_a_time_before_retention_is_refused(post, row, agency) -> None:
    days = agency.policy.retention.detections_days
    kept, due = timezone.now() - timedelta(days=days - 1), timezone.now() - timedelta(days=days, minutes=1)
    assert post(row(captured_at=kept.isoformat())).status_code == 201
    answer = post(row(captured_at=due.isoformat()))
    assert f"kept {days} days" in answer.json()["error"]["rows"][0]["reasons"]["captured_at"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_request"),
        (b"{", 400, "not_json"),
        (b"[NaN]", 400, "not_json"),
        (b"[" * 100_000, 400, "not_json"),
        (b"\xff\xfe\x00", 400, "not_json"),
        (b"7" * 5_000, 400, "not_json"),
        (b"null", 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        (b'{"detections": {}}', 400, "bad_request"),
        (b"[null]", 400, "all_refused"),
        (b"[" + b",".join([b"{}"] * 1001) + b"]", 413, "too_large"),
    ],
)
def test_a_body_that_is_no_batch_is_refused(post, body: bytes, status: int, code: str) -> None:
    answer = post(body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_body_that_is_too_large_is_refused(post, row, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    answer = post([row(note="x" * 2_000)])
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_another_kind_of_content_is_refused(post, row) -> None:
    answer = post(b"8KRB412", kind="text/plain")
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "unsupported_media_type")


def test_a_body_in_chunks_is_refused_by_name(reader_key, row) -> None:
    headers = {"Authorization": f"Bearer {reader_key[1]}", "Transfer-Encoding": "chunked"}
    answer = Client().post("/api/v1/detections/", row(), content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (411, "length_required")


def test_the_good_rows_of_a_mixed_batch_are_stored_and_the_bad_ones_named(post, row) -> None:
    answer = post([row("r-1"), row("r-2", plate=""), 7, row("r-4")])
    assert answer.status_code == 201
    content = answer.json()
    assert (content["receipt"]["accepted"], content["receipt"]["refused"]) == (2, 2)
    assert [(one["index"], one["sender_id"]) for one in content["refused"]] == [(1, "r-2"), (2, "")]
    assert set(Detection.objects.values_list("sender_id", flat=True)) == {"r-1", "r-4"}
    (event,) = Event.objects.filter(outcome=Outcome.REFUSED)
    assert event.detail.startswith("2 of 4 detections")


def test_the_receipt_has_the_hash_of_what_came_and_tells_no_hit(post, row, entry) -> None:
    entry("8KRB412")
    body = json.dumps(row())
    answer = post(body)
    receipt = answer.json()["receipt"]
    assert receipt["sha256"] == hashlib.sha256(body.encode()).hexdigest()
    assert receipt["id"] == Transfer.objects.get().pk
    assert Hit.objects.count() == 1
    assert "hit" not in answer.content.decode()


def test_the_same_batch_again_has_the_same_receipt(post, row) -> None:
    batch = [row("r-1"), row("r-2", plate="")]
    first, again = post(batch), post(batch)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Detection.objects.count() == 1
    assert Event.objects.filter(verb=Verb.DETECTIONS_RECEIVED).count() == 1


def test_another_read_under_the_same_id_is_a_conflict(post, row) -> None:
    first = row()
    post(first)
    answer = post(first | {"plate": "7ABC123"})
    assert answer.status_code == 409
    assert [one["sender_id"] for one in answer.json()["conflicts"]] == ["r-1"]
    assert Detection.objects.get().plate == "8KRB412"


def test_the_order_of_values_is_no_other_content(post, row) -> None:
    first = row()
    post(json.dumps(first))
    answer = post(json.dumps(dict(reversed(first.items())), indent=2))
    assert answer.json()["receipt"]["duplicates"] == 1


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: [r], lambda r: {"detections": [r]}])
def test_one_row_a_list_or_an_object_is_taken(post, row, wrap) -> None:
    assert post(wrap(row())).status_code == 201


def test_every_value_is_stored_and_unknown_ones_pass(post, row) -> None:
    sent = row(
        plate=" 8krb-412 ", state="us-ca", confidence=0.93, direction="north", latitude=38, longitude=-122.25,
        candidates=[{"plate": "bkrb412", "confidence": 1, "matches_template": 0}], box=[1, 2, 30, 12],
        vehicle={"make": "HONDA", "model": "CIVIC", "color": "GRAY", "body": "sedan", "year": 2019},
        camera="cam-12", firmware={"version": [1, 2]}, speed=None,
    )  # fmt: skip
    assert post(sent).status_code == 201
    stored = Detection.objects.get()
    assert (stored.plate, stored.state, stored.confidence) == ("8KRB412", "CA", 0.93)
    assert stored.vehicle == "gray Honda CIVIC sedan"
    assert (stored.latitude, stored.longitude, stored.direction) == (38.0, -122.25, "north")
    assert stored.candidates == [{"plate": "BKRB412", "confidence": 1.0}]
    assert stored.box == [1, 2, 30, 12]


def test_a_database_that_is_gone_is_503_and_nothing_is_lost(
    post, row, transactional_db, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    batch = [row("r-1")]
    with monkeypatch.context() as gone:
        connection.close()
        gone.setitem(connection.settings_dict, "HOST", str(tmp_path))
        answer = post(batch)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
        assert int(answer["Retry-After"]) > 0
    assert post(batch).status_code == 201
    assert Detection.objects.count() == 1


def test_a_full_disk_is_503_and_leaves_neither_rows_nor_parts_of_pictures(
    post, row, picture: bytes, evidence: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def batch() -> dict[str, Any]:
        return {"data": json.dumps(sent), "image": io.BytesIO(picture)}

    sent = row()
    for room in (0, 100):
        with room_for(room):
            answer = post(batch(), multipart=True)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
        assert int(answer["Retry-After"]) > 0
    assert "the disk is full" in caplog.text
    assert not Detection.objects.exists()
    assert not Transfer.objects.exists()
    assert [path for path in evidence.rglob("*") if path.is_file()] == []
    assert post(batch(), multipart=True).status_code == 201
    assert Detection.objects.exclude(image="").count() == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=JSON | st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)), max_size=4))
def test_whatever_json_comes_the_answer_is_no_error_of_ours(post, row, rows: Any) -> None:
    if isinstance(rows, list):
        rows = [row() | one if isinstance(one, dict) else one for one in rows]
    answer = post(json.dumps(rows))
    assert answer.status_code in (200, 201, 400, 409)
    assert ("receipt" in answer.json()) != ("error" in answer.json())


class TestWithPictures:
    """Multipart: the rows as part `data`, pictures beside them."""

    def send(self, post, rows: Any, **pictures: bytes) -> Any:
        parts = {
            name: SimpleUploadedFile(f"{name}.jpg", data, "image/jpeg") for name, data in pictures.items()
        }
        return post({"data": json.dumps(rows)} | parts, multipart=True)

    @pytest.mark.parametrize("cut", [0, 1, 3, 60, 400])
    def test_a_picture_that_is_none_refuses_its_row(self, post, row, picture, evidence, cut: int) -> None:
        answer = self.send(post, [row("r-1"), row("r-2")], **{"r-1": picture[:cut]})
        assert answer.status_code == 201
        (refused,) = answer.json()["refused"]
        assert (refused["sender_id"], set(refused["reasons"])) == ("r-1", {"image"})
        assert files(evidence) == []

    def test_a_picture_over_the_limits_refuses_its_row(self, post, row, settings, evidence) -> None:
        settings.IMAGE_MAX_PIXELS = 64 * 40
        answer = self.send(post, row(), image=jpeg(size=(65, 40)))
        assert "pixels" in answer.json()["error"]["rows"][0]["reasons"]["image"]
        settings.IMAGE_MAX_BYTES = 100
        answer = self.send(post, row(), image=jpeg())
        assert "bytes" in answer.json()["error"]["rows"][0]["reasons"]["image"]
        assert files(evidence) == []

    def test_a_picture_without_its_row_refuses_the_batch(self, post, row, picture, evidence) -> None:
        answer = self.send(post, [row("r-1"), row("r-2")], **{"r-3": picture})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "picture_without_detection")
        assert not Detection.objects.exists()
        assert files(evidence) == []

    def test_more_pictures_than_are_taken_at_once_are_refused(self, post, row, picture) -> None:
        answer = self.send(
            post, [row(f"r-{n}") for n in range(101)], **{f"r-{n}": picture for n in range(101)}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_large")

    def test_no_data_is_no_batch(self, post, picture) -> None:
        file = SimpleUploadedFile("a.jpg", picture, "image/jpeg")
        assert post({"image": file}, multipart=True).status_code == 400

    @pytest.mark.parametrize("name", ["image", "r-1"])
    def test_the_picture_of_one_row_is_stored_with_it(self, post, row, picture, evidence, name) -> None:
        assert self.send(post, row("r-1"), **{name: picture}).status_code == 201
        with images.open(Detection.objects.get().image) as file:
            assert file.read() == picture
        assert len(files(evidence)) == 1

    def test_each_row_gets_its_own(self, post, row, evidence) -> None:
        red, blue = jpeg("red"), jpeg("blue")
        self.send(post, [row("r-1"), row("r-2"), row("r-3")], **{"r-1": red, "r-2": blue})
        stored = {one.sender_id: one.image for one in Detection.objects.all()}
        assert images.open(stored["r-1"]).read() == red
        assert images.open(stored["r-2"]).read() == blue
        assert stored["r-3"] == ""

    def test_the_same_batch_again_leaves_no_second_picture(self, post, row, picture, evidence) -> None:
        rows = [row("r-1"), row("r-1"), row("r-2")]
        first = self.send(post, rows, **{"r-1": picture})
        again = self.send(post, rows, **{"r-1": picture})
        assert first.json() == again.json()
        assert [path.name for path in files(evidence)] == [
            Path(Detection.objects.get(sender_id="r-1").image).name
        ]

    def test_a_batch_that_fails_leaves_no_picture(
        self, post, row, picture, evidence, transactional_db
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE detections_transfer RENAME TO detections_transfer_away")
        try:
            with pytest.raises(Exception, match="detections_transfer"):
                self.send(post, row("r-1"), image=picture)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE detections_transfer_away RENAME TO detections_transfer")
        assert files(evidence) == []
        assert not Detection.objects.exists()
