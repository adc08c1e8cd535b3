"""Who may send: a standing key, for its one camera, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AdoptedPolicy, Member
from detections.models import Camera, Detection, ReaderKey
from trail.models import Event
from trail.verbs import Outcome, Verb

ADDRESSES = [("post", "/api/v1/detections/"), ("post", "/api/v1/images/"), ("get", "/api/v1/images/1/")]


def refusals() -> list[Event]:
    return list(Event.objects.filter(outcome=Outcome.REFUSED))


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), ADDRESSES)
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer unknown", "Basic dTpw", "Bearer \x00é"])
def test_without_a_known_key_nothing_opens(method: str, path: str, header: str) -> None:
    answer = getattr(Client(), method)(path, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert set(answer.json()["error"]) == {"code", "message"}


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_a_signed_in_member_is_nobody_here(method: str, path: str, operator: Member) -> None:
    client = Client()
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    assert getattr(client, method)(path).status_code == 401


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_a_revoked_key_is_refused_and_recorded(
    method: str, path: str, reader_key: tuple[ReaderKey, str]
) -> None:
    key, secret = reader_key
    key.revoke()
    key.save()
    answer = getattr(Client(), method)(path, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "revoked_key"
    (event,) = refusals()
    assert event.actor_kind == "reader"
    assert event.actor_label == key.trail_label
    assert secret not in event.sentence


def test_a_camera_out_of_service_is_refused_and_recorded(post, row, camera: Camera) -> None:
    Camera.objects.update(is_active=False)
    answer = post(row())
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "inactive_camera"
    assert len(refusals()) == 1
    assert not Detection.objects.exists()


def test_an_agency_without_a_policy_takes_nothing(post, row) -> None:
    AdoptedPolicy.objects.update(effective_from=timezone.now() + timedelta(days=1))
    answer = post(row())
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "no_policy"
    assert len(refusals()) == 1


def test_the_trail_names_the_key_and_not_a_member(post, row, reader_key: tuple[ReaderKey, str]) -> None:
    assert post(row()).status_code == 201
    event = Event.objects.get(verb=Verb.DETECTIONS_RECEIVED)
    assert (event.actor_kind, event.actor, event.actor_label) == ("reader", None, reader_key[0].trail_label)
    assert event.agency == reader_key[0].agency
    assert event.cid
    assert event.remote_addr == "127.0.0.1"


def test_use_is_noted_once_a_minute(post, row, reader_key: tuple[ReaderKey, str]) -> None:
    key, _ = reader_key
    post(row())
    key.refresh_from_db()
    noted = key.last_used_at
    assert noted is not None
    post(row())
    key.refresh_from_db()
    assert key.last_used_at == noted
    earlier = timezone.now() - timedelta(minutes=2)
    ReaderKey.objects.update(last_used_at=earlier)
    post(row())
    key.refresh_from_db()
    assert key.last_used_at > earlier


def test_a_key_that_asks_too_often_waits(post, row, monkeypatch: pytest.MonkeyPatch) -> None:
    from detections.api.authentication import ReaderThrottle

    monkeypatch.setattr(ReaderThrottle, "THROTTLE_RATES", {"reader": "2/min"})
    assert [post(row()).status_code for _ in range(3)] == [201, 201, 429]
    answer = post(row())
    assert answer.json()["error"]["code"] == "throttled"
    assert 0 < int(answer["Retry-After"]) <= 60


def test_no_session_and_no_cookie_is_made(post, row) -> None:
    answer = post(row())
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/detections", "/api/v1/plates/", "/api/v1/images/x/"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_address_that_is_not_there_says_so_in_the_one_shape(
    client: Client, method: str, path: str
) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["error"]["code"] == "not_found"
    assert set(answer.json()["error"]) == {"code", "message"}
