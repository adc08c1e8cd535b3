"""Receiving a batch: all or nothing, once, with its hits, its receipt and its line on the trail."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import Member
from detections import partitions, uuid7
from detections.ingest import InactiveCamera, Read, RefusedRow, receive
from detections.matching import COPIED
from detections.models import Camera, Detection, Hit, ReaderKey, Transfer
from hotlists.models import Entry
from trail.models import Event
from trail.verbs import Outcome, Verb

Key = tuple[ReaderKey, str]
BATCH = "b" * 64


def at(minutes_ago: float = 5) -> datetime:
    moment = timezone.now() - timedelta(minutes=minutes_ago)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def read(sender_id: str = "r-1", plate: str = "8KRB412", **facts: object) -> Read:
    given = {"captured_at": at(), "content_sha256": "c" * 64, "state": "CA"} | facts
    return Read(sender_id=sender_id, plate=plate, **given)  # type: ignore[arg-type]


def take(key: Key, *reads: Read, refused: tuple[RefusedRow, ...] = (), batch: str = BATCH):
    return receive(
        actor=key[0], camera=key[0].camera, reads=list(reads), refused=list(refused), batch_sha256=batch
    )


def test_a_camera_out_of_service_stores_nothing(reader_key: Key) -> None:
    Camera.objects.update(is_active=False)
    with pytest.raises(InactiveCamera, match="cam-12 is out of service"):
        take(reader_key, read())
    assert not Detection.objects.exists()
    assert not Transfer.objects.exists()


def test_another_read_under_the_same_id_is_a_conflict_and_the_first_stays(reader_key: Key) -> None:
    first = read()
    take(reader_key, first)
    receipt = take(reader_key, replace(first, plate="7ABC123", content_sha256="d" * 64), batch="e" * 64)
    assert receipt.conflicts == ["r-1"]
    assert receipt.fresh == frozenset()
    assert (receipt.transfer.accepted, receipt.transfer.duplicates, receipt.transfer.refused) == (0, 0, 1)
    assert Detection.objects.get().plate == "8KRB412"


def test_a_conflict_within_one_batch_keeps_the_first(reader_key: Key) -> None:
    first = read()
    receipt = take(reader_key, first, replace(first, plate="7ABC123", content_sha256="d" * 64), first)
    assert receipt.conflicts == ["r-1"]
    assert (receipt.transfer.accepted, receipt.transfer.duplicates, receipt.transfer.refused) == (1, 1, 1)
    assert Detection.objects.get().plate == "8KRB412"


def test_an_error_on_the_way_leaves_nothing(reader_key: Key) -> None:
    good, impossible = read("r-1"), read("r-2", state="LONG")
    with pytest.raises(Exception, match="too long"):
        take(reader_key, good, impossible)
    assert not Detection.objects.exists()
    assert not Transfer.objects.exists()
    assert not Event.objects.filter(verb=Verb.DETECTIONS_RECEIVED).exists()


def test_a_detection_is_stored_with_all_that_was_read(reader_key: Key) -> None:
    key, _ = reader_key
    sent = read(
        confidence=0.93, candidates=[{"plate": "BKRB412", "confidence": 0.4}], make="HONDA", model="CIVIC",
        color="GRAY", body="sedan", direction="north", latitude=38.1, longitude=-122.25, box=[1, 2, 30, 12],
        image="2026/11/22/" + "0" * 32 + ".jpg", engine="rapidocr 3.10",
    )  # fmt: skip
    receipt = take(reader_key, sent)
    stored = Detection.objects.get()
    assert [stored.id] == receipt.detection_ids == list(receipt.fresh)
    assert stored.captured_at == sent.captured_at
    assert (stored.agency, stored.camera, stored.transfer) == (
        key.camera.agency,
        key.camera,
        receipt.transfer,
    )
    assert stored.plate_key == "8KR8412"
    for name in (*COPIED, "sender_id", "content_sha256", "latitude", "longitude"):
        assert getattr(stored, name) == getattr(sent, name), name


def test_the_trail_names_the_reader_and_counts(reader_key: Key, entry: Callable[..., Entry]) -> None:
    entry("8KRB412")
    receipt = take(reader_key, read(), refused=(RefusedRow(1, "r-2", {"plate": "A plate has letters."}),))
    done, refused = Event.objects.filter(verb__in=[Verb.DETECTIONS_RECEIVED, Verb.ATTEMPTED]).order_by("pk")
    assert done.actor_kind == refused.actor_kind == "reader"
    assert done.actor_label.startswith("Camera cam-12 (key ")
    assert done.elements == {
        "camera": "cam-12", "accepted": 1, "duplicates": 0, "conflicts": 0, "refused": 1, "hits": 1,
    }  # fmt: skip
    assert done.object_pk == str(receipt.transfer.pk)
    assert refused.outcome == Outcome.REFUSED
    assert refused.detail == "1 of 2 detections had values that cannot stand: plate."
    assert "8KRB412" not in str([done.sentence, refused.sentence, done.elements, refused.elements])


def test_the_same_batch_again_changes_nothing_and_has_the_same_receipt(
    reader_key: Key, entry: Callable[..., Entry]
) -> None:
    entry("8KRB412")
    batch = [read("r-1"), read("r-2", "7ABC123")]
    first = take(reader_key, *batch)
    before = (Detection.objects.count(), Hit.objects.count(), Event.objects.count())
    again = take(reader_key, *batch)
    assert again.transfer == first.transfer
    assert again.transfer.accepted == 2
    assert again.detection_ids == first.detection_ids
    assert again.fresh == frozenset()
    assert again.hit_ids == []
    assert (Detection.objects.count(), Hit.objects.count(), Event.objects.count()) == before


def test_a_row_that_can_stand_now_is_stored_when_its_batch_comes_again(reader_key: Key) -> None:
    refused = RefusedRow(1, "r-2", {"captured_at": "It lies in the future."})
    first = take(reader_key, read("r-1"), refused=(refused,))
    again = take(reader_key, read("r-1", content_sha256="c" * 64), read("r-2"))
    assert again.transfer != first.transfer
    assert Detection.objects.filter(sender_id="r-2").count() == 1


def test_two_cameras_may_use_the_same_ids(reader_key: Key, camera: Camera, administrator: Member) -> None:
    other = Camera.objects.create(agency=camera.agency, code="cam-13", name="Quay St at 6th")
    same = read()
    take(reader_key, same)
    receive(actor=reader_key[0], camera=other, reads=[same], refused=[], batch_sha256=BATCH)
    assert Detection.objects.count() == 2


def test_any_batches_in_any_order_twice_give_the_same_rows(reader_key: Key) -> None:
    dice = random.Random(7)
    moment = at()
    reads = [read(f"r-{n}", captured_at=moment, content_sha256=f"{n:064}") for n in range(40)]
    batches = [dice.sample(reads, dice.randint(1, 12)) for _ in range(12)] + [reads]
    sent = [(n, batch) for n, batch in enumerate(batches)] * 2
    dice.shuffle(sent)
    for number, batch in sent:
        take(reader_key, *batch, batch=f"{number:064}")
    assert Detection.objects.count() == 40
    assert sum(Transfer.objects.values_list("accepted", flat=True)) == 40
    assert Transfer.objects.count() == len({number for number, _ in sent})


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_at_the_same_time_is_stored_once(reader_key: Key, entry: Callable[..., Entry]) -> None:
    entry("8KRB412")
    batch = [read(f"r-{n}", "8KRB412", captured_at=at(n * 600)) for n in range(20)]
    receipts = together(4, lambda: take(reader_key, *batch))
    assert Detection.objects.count() == 20
    assert Hit.objects.count() == 20
    assert len({receipt.transfer.pk for receipt in receipts}) == 1
    assert sum(len(receipt.fresh) for receipt in receipts) == 20
    assert Event.objects.filter(verb=Verb.DETECTIONS_RECEIVED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_partitions_made_by_two_at_once_are_made_once(reader_key: Key, camera: Camera) -> None:
    days = [at(60 * 24 * n) for n in range(200, 206)]
    for day in days:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {partitions.name(day.date())}")
    cameras = [Camera.objects.create(agency=camera.agency, code=f"cam-2{n}", name="Pier") for n in range(4)]
    waiting = iter(cameras)

    def send() -> None:
        mine = next(waiting)
        reads = [read(f"r-{n}", captured_at=day) for n, day in enumerate(days)]
        receive(actor=reader_key[0], camera=mine, reads=reads, refused=[], batch_sha256=BATCH)

    together(4, send)
    assert Detection.objects.count() == 24
    assert {partitions.name(uuid7.captured_at(d.id).date()) for d in Detection.objects.all()} <= (
        partitions.standing()
    )


def together(number: int, act: Callable[[], object]) -> list:
    """What `act` gave in each of `number` threads that started it together."""
    gate, results, errors = threading.Barrier(number), [], []

    def run() -> None:
        try:
            gate.wait()
            results.append(act())
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
    return results
