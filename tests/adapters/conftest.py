"""What the adapters' tests share: a key that sends as a maker's reader does, times and pictures."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from detections.models import Camera, ReaderChannel, ReaderKey

Send = Callable[..., Any]
JSON = "application/json"


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path) -> Path:
    """The folder of evidence images, empty; also a fresh count of requests."""
    cache.clear()
    storage = settings.STORAGES["evidence"]
    options = storage["OPTIONS"] | {"location": tmp_path / "images"}
    settings.STORAGES = settings.STORAGES | {"evidence": storage | {"OPTIONS": options}}
    return tmp_path / "images"


@pytest.fixture
def send(reader_key: tuple[ReaderKey, str]) -> Send:
    """Sends as the reader: `send("rekor", content)`, or `send("axis", form, multipart=True)`."""
    client = Client()

    def post(kind: str, content: Any, *, multipart: bool = False, content_type: str = JSON) -> Any:
        headers = {"Authorization": f"Bearer {reader_key[1]}"}
        path = f"/api/v1/readers/{kind}/"
        if multipart:
            return client.post(path, content, headers=headers)
        body = content if isinstance(content, bytes | str) else json.dumps(content)
        return client.post(path, body, content_type=content_type, headers=headers)

    return post


@pytest.fixture
def second_camera(camera: Camera) -> Camera:
    """Another camera of the agency."""
    return Camera.objects.create(agency=camera.agency, code="cam-13", name="Quay St at 6th")


@pytest.fixture
def channel(reader_key: tuple[ReaderKey, str]) -> Callable[[str, Camera], ReaderChannel]:
    """Enters a device's own name of a camera under the key: `channel("1702", camera)`."""
    return lambda name, camera: ReaderChannel.objects.create(
        key=reader_key[0], device_name=name, camera=camera
    )


def some_time_ago(minutes: float = 5) -> datetime:
    """A time that stands, in whole milliseconds."""
    moment = timezone.now() - timedelta(minutes=minutes)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def jpeg(size: tuple[int, int] = (320, 200), color: str = "gray") -> bytes:
    """A JPEG of one color."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG")
    return out.getvalue()


def in_base64(picture: bytes) -> str:
    """A picture as it lies within JSON."""
    return base64.b64encode(picture).decode()


def files(folder: Path) -> list[Path]:
    """Every file under a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []
