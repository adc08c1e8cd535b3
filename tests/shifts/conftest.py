"""What the tests of shifts share: a patrol car, a check, and policies of transfers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AdoptedPolicy, Agency, Member
from detections.ingest import Read, receive
from detections.models import Camera, PatrolCar, ReaderKey, Shift
from detections.shifts import Check, Item, shift_begin

Under = Callable[..., None]
Send = Callable[..., None]


def check(**failed: str) -> dict[str, Check]:
    """A check in which all passed but what is named, with what was found."""
    return {item.value: Check(item.value not in failed, failed.get(item.value, "")) for item in Item}


@pytest.fixture
def under(agency: Agency) -> Under:
    """Puts another rule of transfers in force: `under(mode="max_days", max_days=30)`."""

    def put(**rules: Any) -> None:
        adopted = agency.adopted
        assert adopted is not None
        changed = adopted.policy.with_values({f"transfer.{name}": value for name, value in rules.items()})
        AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=changed.to_dict())

    return put


@pytest.fixture
def car(camera: Camera) -> PatrolCar:
    """A patrol car that carries the camera of the cast."""
    made = PatrolCar.objects.create(agency=camera.agency, unit="4K12")
    camera.patrol_car = made
    camera.save()
    return made


@pytest.fixture
def shift(car: PatrolCar, operator: Member) -> Shift:
    """A shift that the operator began an hour ago."""
    begun = shift_begin(actor=operator, car=car, checks=check())
    Shift.objects.filter(pk=begun.pk).update(began_at=timezone.now() - timedelta(hours=1))
    begun.refresh_from_db()
    return begun


@pytest.fixture
def send(reader_key: tuple[ReaderKey, str]) -> Send:
    """Sends one read of the car's camera, captured so long ago: `send("r-1", ago=timedelta(hours=2))`."""

    def make(sender_id: str = "r-1", *, ago: timedelta = timedelta(minutes=1)) -> None:
        key = ReaderKey.objects.select_related("camera__agency").get(pk=reader_key[0].pk)
        read = Read(
            sender_id=sender_id, captured_at=timezone.now() - ago, plate="8KRB412", content_sha256="c" * 64
        )
        receive(actor=key, camera=key.camera, reads=[read], refused=[], batch_sha256=(sender_id * 64)[:64])

    return make


@pytest.fixture
def at() -> Callable[[Member], Client]:
    """A browser's session of a member."""

    def sign_in(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
