"""What the tests of search share: detections as a reader sends them, purposes, signed-in members."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import Member
from accounts.services import purpose_state
from detections import images
from detections.ingest import Read, receive
from detections.models import Camera, Detection, Search
from detections.services_search import search_make
from trail.actors import System
from trail.models import Inquiry

REASON = "Witness to the Quay St robbery gave this plate; where was the car before 16:40?"
Detect = Callable[..., Detection]
SearchFor = Callable[..., Search]
SignIn = Callable[[Member], Client]


def picture() -> bytes:
    """A small plain picture."""
    out = io.BytesIO()
    Image.new("RGB", (320, 200), "gray").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def evidence(settings: Any, tmp_path: Any) -> Any:
    """Pictures lie in a folder of the test."""
    place = {"OPTIONS": {"location": tmp_path / "images"}}
    settings.STORAGES = settings.STORAGES | {"evidence": settings.STORAGES["evidence"] | place}
    return tmp_path / "images"


@pytest.fixture
def detect(camera: Camera, evidence: Any) -> Detect:
    """Stores a detection as the camera's reader sends it: `detect("8KRB412", hours_ago=3, state="")`."""
    numbers = count(1)

    def make(
        plate: str = "8KRB412",
        *,
        hours_ago: float = 1,
        at: datetime | None = None,
        camera: Camera = camera,
        pictured: bool = False,
        **facts: Any,
    ) -> Detection:
        captured_at = at or timezone.now() - timedelta(hours=hours_ago)
        if pictured:
            facts |= {"image": images.store(picture(), captured_at), "box": [40, 40, 120, 60]}
        number = f"r-{next(numbers)}"
        read = Read(
            sender_id=number, captured_at=captured_at, plate=plate, content_sha256="c" * 64,
            **({"state": "CA"} | facts),
        )  # fmt: skip
        receipt = receive(
            actor=System("Tests"), camera=camera, reads=[read], refused=[], batch_sha256=number.rjust(64, "0")
        )
        return Detection.objects.get(pk=receipt.detection_ids[0])

    return make


@pytest.fixture
def inquiry(operator: Member) -> Inquiry:
    """The operator's stated purpose."""
    return purpose_state(actor=operator, offense="robbery", case_number="26-11873", reason=REASON)


@pytest.fixture
def search_for(operator: Member, inquiry: Inquiry) -> SearchFor:
    """Searches as the operator: `search_for("9BQT6*", state="CA")`."""

    def make(plate: str, **asked: Any) -> Search:
        return search_make(actor=operator, inquiry=inquiry, plate=plate, **asked)

    return make


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which the member is signed in."""

    def make(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
