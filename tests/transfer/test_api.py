"""What the transfer client asks of the server: for its own camera alone, and only what can be so."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from detections.models import Camera, LocalPurge, PatrolCar, ReaderKey, Transfer, VehicleCopy
from tests.transfer.conftest import Under
from trail.models import Event
from trail.verbs import Verb

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]
TRANSFER = "/api/v1/transfer/"


@pytest.fixture
def ask(reader_key: tuple[ReaderKey, str], client: Client) -> Ask:
    """Asks as the vehicle: `ask("held/", {...})`, or by GET where nothing is said."""

    def make(path: str = "", content: Any = None, *, secret: str = reader_key[1]) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        if content is None:
            return client.get(TRANSFER + path, headers=headers)
        body = content if isinstance(content, bytes) else json.dumps(content)
        return client.post(TRANSFER + path, body, content_type="application/json", headers=headers)

    return make


def listed(**parts: Any) -> str:
    """A list of one deleted read with its picture, and one without."""
    content: dict[str, Any] = {
        "format": "vehicle-purge 1", "camera": "Alder, camera cam-12", "purged_at": "2026-11-22T10:00:00Z",
        "receipts": [], "reads": [["2026-11-22T09:00:00Z", "a" * 64, "b" * 64], ["", "c" * 64, None]],
    }  # fmt: skip
    return json.dumps(content | parts)


def signed(text: str, secret: str) -> dict[str, str]:
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {"list": text, "signature": signature}


@pytest.mark.parametrize("path", ["", "held/", "receipts/", "purged/"])
def test_nothing_is_told_without_a_key(path: str, client: Client, operator: Member) -> None:
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(TRANSFER + path).status_code in (401, 405)
    assert client.post(TRANSFER + path, {}, content_type="application/json").status_code in (401, 405)


@pytest.mark.parametrize(
    "said",
    [{}, {"left": 1}, [], *({"left": left, "set_aside": 0} for left in (-1, True, 2**31, 1.5, "1", None))],
)
def test_what_is_held_is_two_whole_numbers(ask: Ask, said: Any) -> None:
    assert ask("held/", said).status_code == 400
    assert not VehicleCopy.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[" * 100_000, b"7"], ids=["none", "words", "deep", "number"]
)
@pytest.mark.parametrize("path", ["held/", "receipts/", "purged/"])
def test_bodies_that_are_no_object(ask: Ask, path: str, body: bytes) -> None:
    assert ask(path, body).status_code == 400


@pytest.mark.parametrize(
    "receipts", [None, 7, "text", [7], [{}], [{"id": "1", "sha256": "x"}], [{"id": True, "sha256": "x"}],
                 [{"id": -1, "sha256": "x"}], [{"id": 2**63, "sha256": "x"}], [{"id": [], "sha256": "x"}]],
    ids=["none", "number", "text", "numbers", "empty", "word", "bool", "negative", "large", "list"],
)  # fmt: skip
def test_receipts_that_are_none(ask: Ask, receipts: Any) -> None:
    assert ask("receipts/", {"receipts": receipts}).status_code == 400


def test_receipts_of_another_camera_or_with_another_hash_are_unknown(ask: Ask, camera: Camera) -> None:
    other = Camera.objects.create(agency=camera.agency, code="cam-13", name="Rear")
    own = Transfer.objects.create(camera=camera, batch_sha256="a" * 64, sent_by="x")
    foreign = Transfer.objects.create(camera=other, batch_sha256="a" * 64, sent_by="x")
    asked = [{"id": each.pk, "sha256": "a" * 64} for each in (own, foreign)]
    assert ask("receipts/", {"receipts": asked}).json() == {"unknown": [foreign.pk]}
    assert ask("receipts/", {"receipts": [{"id": own.pk, "sha256": "b" * 64}]}).json() == {
        "unknown": [own.pk]
    }


NO_LISTS = {
    "empty": "",
    "list": "[]",
    "number": "7",
    "deep": "[" * 100_000,
    "format": listed(format="other"),
    "reads": listed(reads=7),
    "read": listed(reads=[7]),
    "short": listed(reads=[["a", "b"]]),
    "receipts": listed(receipts=7),
    "offset": listed(purged_at="2026-11-22T10:00:00"),
    "no time": listed(purged_at=None),
}


@pytest.mark.parametrize("text", NO_LISTS.values(), ids=NO_LISTS)
def test_a_list_that_is_none(ask: Ask, text: str, reader_key: tuple[ReaderKey, str]) -> None:
    assert ask("purged/", signed(text, reader_key[1])).status_code == 400
    assert not LocalPurge.objects.exists()


def test_a_list_under_another_key_is_refused(ask: Ask) -> None:
    for said in (signed(listed(), "another"), {"list": listed(), "signature": ""}, {"list": listed()}):
        assert ask("purged/", said).status_code == 400
    assert ask("purged/", {"list": listed(), "signature": "é"}).status_code == 400
    assert not LocalPurge.objects.exists()


def test_a_list_is_kept_once_and_stands_on_the_trail(ask: Ask, reader_key: tuple[ReaderKey, str]) -> None:
    said = signed(listed(), reader_key[1])
    assert [ask("purged/", said).status_code for _ in range(2)] == [201, 200]
    kept = LocalPurge.objects.get()
    assert (kept.purged, kept.pictures, kept.signature) == (2, 1, said["signature"])
    event = Event.objects.get(verb=Verb.VEHICLE_PURGED)
    assert event.elements["reads"] == 2
    assert event.detail == ""


def test_a_list_with_receipts_unknown_here_is_kept_and_says_so(
    ask: Ask, reader_key: tuple[ReaderKey, str]
) -> None:
    text = listed(receipts=[{"id": 4711, "sha256": "a" * 64}])
    assert ask("purged/", signed(text, reader_key[1])).status_code == 201
    assert "1 receipt" in Event.objects.get(verb=Verb.VEHICLE_PURGED).detail


def test_the_terms_are_those_of_the_policy_in_force(ask: Ask, under: Under) -> None:
    under(mode="max_days", max_days=30, purge_vehicle_after=True)
    terms = ask().json()
    assert terms["transfer"] == {"mode": "max_days", "max_days": 30, "purge_vehicle_after": True}
    assert (terms["agency"], terms["camera"]) == ("Alder", "cam-12")


def test_what_is_held_is_kept_for_the_keys_camera(ask: Ask, camera: Camera, car: PatrolCar) -> None:
    assert ask("held/", {"left": 12, "set_aside": 1}).json() == {"left": 12, "set_aside": 1}
    ask("held/", {"left": 0, "set_aside": 1})
    copy = VehicleCopy.objects.get()
    assert (copy.camera, copy.left, copy.set_aside) == (camera, 0, 1)
