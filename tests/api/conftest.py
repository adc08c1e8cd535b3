"""What the API's tests share: a reader that sends, one row that stands, one small picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from detections.models import ReaderKey

Post = Callable[..., Any]
ADDRESS = "/api/v1/detections/"
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
def post(reader_key: tuple[ReaderKey, str]) -> Post:
    """Sends as the reader: `post(content)`, as JSON or, told so, as multipart."""
    client = Client()

    def send(content: Any, path: str = ADDRESS, multipart: bool = False, kind: str = JSON) -> Any:
        headers = {"Authorization": f"Bearer {reader_key[1]}"}
        if multipart:
            return client.post(path, content, headers=headers)
        return client.post(path, content, content_type=kind, headers=headers)

    return send


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """Makes a row in the native format that stands: `row("r-1", plate="8KRB412")`."""

    def make(sender_id: str = "r-1", **values: Any) -> dict[str, Any]:
        captured_at = (timezone.now() - timedelta(minutes=5)).isoformat()
        return {
            "sender_id": sender_id,
            "captured_at": captured_at,
            "plate": "8KRB412",
            "state": "CA",
        } | values

    return make


@pytest.fixture
def picture() -> bytes:
    """A small JPEG."""
    return jpeg()


def jpeg(color: str = "gray", size: tuple[int, int] = (64, 40)) -> bytes:
    """A JPEG of one color."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG")
    return out.getvalue()


def files(folder: Path) -> list[Path]:
    """Every file under a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []
