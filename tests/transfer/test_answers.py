"""Answers that are not to be trusted: nothing is deleted for them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from detections.models import Detection, LocalPurge, ReaderKey, Transfer
from detections.transfer import transfer
from tests.transfer.between import Answer, between, changed
from tests.transfer.conftest import Under
from tests.transfer.vehicle import Vehicle

READS = "/api/v1/detections/"
Ask = Callable[[], Answer]


@pytest.fixture(autouse=True)
def deletes(under: Under) -> None:
    """In every one of these tests the policy has local copies deleted."""
    under(purge_vehicle_after=True)


def without(answer: Answer, name: str) -> Answer:
    """The answer with a value left out."""
    content = json.loads(answer[1])
    content.pop(name)
    return answer[0], json.dumps(content).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: changed(answer, sha256="0" * 64),
        lambda answer: changed(answer, accepted=1),
        lambda answer: changed(answer, accepted=1, refused=1),
        lambda answer: changed(answer, accepted="many"),
        lambda answer: without(answer, "receipt"),
        lambda answer: without(answer, "refused"),
        lambda answer: (200, b"[]"),
        lambda answer: (404, b'{"error": {"code": "not_found", "message": "Nothing here."}}'),
        lambda answer: (400, b'{"error": {"code": "all_refused", "message": "None.", "rows": []}}'),
        lambda answer: (409, b'{"error": "no"}'),
    ],
    ids=["hash", "counts", "unnamed", "words", "none", "unsaid", "list", "error", "nobody", "text"],
)
def test_a_receipt_that_does_not_fit(vehicle: Vehicle, change: Callable[[Answer], Answer]) -> None:
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2), pictures=True)

    def lie(path: str, body: bytes, ask: Ask) -> Answer:
        return change(ask()) if path == READS else ask()

    with between(vehicle.address, lie) as address:
        ended = vehicle.run("--server", address, "--patience", "1")
    assert ended.returncode in (transfer.UNTRUSTED, transfer.NOT_REACHED)
    assert vehicle.names() == ["a.jsonl", "r-1.jpg", "r-2.jpg"]
    assert vehicle.lists() == []
    assert vehicle.run().returncode == transfer.DONE
    assert Detection.objects.count() == 2
    assert vehicle.names() == []


def test_a_page_that_asks_for_a_sign_in_to_the_network(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    with between(vehicle.address, lambda path, body, ask: (200, b"<html>Accept the terms")) as address:
        ended = vehicle.run("--server", address, "--patience", "1")
    assert ended.returncode == transfer.NOT_REACHED
    assert "not that of the records server" in ended.stdout
    assert vehicle.names() == ["a.jsonl"]


def test_a_busy_server_is_asked_again(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    busy = iter([(429, b'{"error": {"code": "throttled", "message": "Wait."}}'), (503, b"{}"), (500, b"")])

    def slow(path: str, body: bytes, ask: Ask) -> Answer:
        return next(busy, None) or ask()

    with between(vehicle.address, slow) as address:
        assert vehicle.run("--server", address, "--patience", "60").returncode == transfer.DONE
    assert Detection.objects.count() == 1


def test_an_answer_that_was_lost_on_the_way(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2), pictures=True)
    lost: list[str] = []

    def lose(path: str, body: bytes, ask: Ask) -> Answer:
        answer = ask()
        if path == READS and path not in lost:
            lost.append(path)
            return 502, b""
        return answer

    with between(vehicle.address, lose) as address:
        ended = vehicle.run("--server", address, "--patience", "60")
    assert ended.returncode == transfer.DONE
    assert Detection.objects.count() == 2
    assert Transfer.objects.count() == 1
    assert vehicle.names() == []


def test_a_batch_that_is_too_large_goes_in_halves(vehicle: Vehicle) -> None:
    rows = [vehicle.row(number) for number in range(9)]
    vehicle.write("a.jsonl", *rows, "cut {")
    sizes = []

    def narrow(path: str, body: bytes, ask: Ask) -> Answer:
        if path == READS:
            sizes.append(len(json.loads(body)))
            if sizes[-1] > 3:
                return 413, b'{"error": {"code": "too_large", "message": "Too large."}}'
            if json.loads(body)[0]["sender_id"] == "r-8" and sizes[-1] == 1:
                return 413, b'{"error": {"code": "too_large", "message": "Too large."}}'
        return ask()

    with between(vehicle.address, narrow) as address:
        ended = vehicle.run("--server", address)
    assert ended.returncode == transfer.SET_ASIDE
    assert max(size for size in sizes[1:] if size <= 3) <= 3
    assert Detection.objects.count() + len(vehicle.set_aside()) == 10
    assert vehicle.names() == []


def test_something_before_the_server_that_takes_no_large_requests(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))

    def proxy(path: str, body: bytes, ask: Ask) -> Answer:
        return (413, b"<html>413</html>") if path == READS else ask()

    with between(vehicle.address, proxy) as address:
        ended = vehicle.run("--server", address)
    assert ended.returncode == transfer.UNTRUSTED
    assert "before the server" in ended.stdout
    assert vehicle.names() == ["a.jsonl"]


def test_a_server_that_returned_to_an_older_copy_is_sent_everything_again(
    vehicle: Vehicle, under: Under
) -> None:
    under(purge_vehicle_after=False)
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2))
    vehicle.run()
    Detection.objects.all().delete()
    Transfer.objects.all().delete()
    under(purge_vehicle_after=True)
    assert vehicle.run().returncode == transfer.DONE
    assert Detection.objects.count() == 2
    assert vehicle.names() == []


def test_a_list_that_did_not_arrive_goes_later_under_the_new_key(
    vehicle: Vehicle, reader_key: tuple[ReaderKey, str]
) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))

    def refuse(path: str, body: bytes, ask: Ask) -> Answer:
        no: Any = {"error": {"code": "invalid", "message": "Some values cannot stand."}}
        return (400, json.dumps(no).encode()) if path.endswith("purged/") else ask()

    with between(vehicle.address, refuse) as address:
        ended = vehicle.run("--server", address)
    assert ended.returncode == transfer.UNTRUSTED
    assert "list of what was deleted" in ended.stdout
    assert vehicle.names() == []
    assert not LocalPurge.objects.exists()
    new = ReaderKey(camera=reader_key[0].camera, issued_by=reader_key[0].issued_by)
    vehicle.secret = new.make_secret()
    new.save()
    assert vehicle.run().returncode == transfer.DONE
    (path,) = vehicle.lists()
    signature = hmac.new(vehicle.secret.encode(), path.read_bytes(), hashlib.sha256).hexdigest()
    assert LocalPurge.objects.get().signature == signature
    assert path.with_suffix(".hmac").read_text().strip() == signature
