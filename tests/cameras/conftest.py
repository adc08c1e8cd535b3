"""What the tests of cameras share: reads, days of the past, a browser's session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Member
from detections.ingest import Read, receive
from detections.models import Camera, CameraHealth, ReaderKey

# A Wednesday in the morning, where no clock changes within two months.
NOW = datetime(2026, 8, 19, 17, 20, tzinfo=UTC)
Take = Callable[..., Any]


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    """These tests sign in with a password alone."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def at() -> Callable[[Member], Client]:
    """A browser's session of a member."""

    def sign_in(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def take(reader_key: tuple[ReaderKey, str]) -> Take:
    """Sends a batch as the reader: `take(read(), read("r-2"))`."""
    key = reader_key[0]

    def send(*reads: Read, batch: str = "b") -> Any:
        return receive(
            actor=key, camera=key.camera, reads=list(reads), refused=[], batch_sha256=batch.ljust(64, "0")
        )

    return send


def read(sender_id: str = "r-1", ago: timedelta = timedelta(seconds=2)) -> Read:
    """A read captured so long ago."""
    moment = timezone.now() - ago
    captured_at = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return Read(sender_id=sender_id, plate="8KRB412", content_sha256="c" * 64, captured_at=captured_at)


@pytest.fixture
def health(camera: Camera) -> Callable[..., CameraHealth]:
    """Says how the camera fares: `health(last_received_at=…)`."""

    def say(of: Camera = camera, **facts: Any) -> CameraHealth:
        return CameraHealth.objects.update_or_create(camera=of, defaults=facts)[0]

    return say
