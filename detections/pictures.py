"""Evidence pictures: the whole one as it came, and the plate enlarged from it.

Whoever calls has asked the gate, and records the view before the answer goes out.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
from django.conf import settings
from django.http import Http404, HttpResponse
from PIL import Image, ImageOps, UnidentifiedImageError

from detections import images
from detections.recognition.images import BadImage, open_image
from detections.recognition.protocol import Image as Pixels

ORIENTATION = 0x0112
LYING = frozenset({5, 6, 7, 8})
MARGIN = 0.18
HALO = 0.12
LARGE = 480
SMALL = (240, 160)
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class NoPicture(Http404):
    """There is no such picture, or it cannot be opened any more."""


@dataclass(frozen=True)
class Mark:
    """Where the plate lies in the whole picture, in parts of a hundred of its width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """The whole picture's size in pixels, upright, and the plate's place in it where the reader gave one."""

    width: int
    height: int
    mark: Mark | None


def measure(name: str, box: list[int] | None) -> Picture | None:
    """Size and mark of a picture, read from its header; None where there is none to show."""
    if not name:
        return None
    try:
        with images.open(name) as file, Image.open(file) as picture:
            width, height = picture.size
            if picture.getexif().get(ORIENTATION) in LYING:
                width, height = height, width
    except (OSError, ValueError, UnidentifiedImageError):
        return None
    return Picture(width, height, _mark(box, width, height))


def whole(name: str) -> HttpResponse:
    """The picture as it came, byte for byte. Raises `NoPicture`."""
    return _private(_stored(name), TYPES[name.rsplit(".", 1)[-1]])


def plate(name: str, box: list[int] | None) -> HttpResponse:
    """The plate cut out by `box` with a margin and enlarged, otherwise unchanged, as JPEG.

    `box` is x, y, width, height in pixels of the upright picture. Raises `NoPicture`.
    """
    try:
        picture, _ = open_image(
            _stored(name), max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS
        )
    except BadImage as bad:
        raise NoPicture(str(bad)) from bad
    rows, columns = picture.shape[:2]
    if not box or _mark(box, columns, rows) is None:
        raise NoPicture("The reader did not mark the plate.")
    piece = _around(picture, *(int(side) for side in box))
    scale = max(1.0, LARGE / piece.shape[1])
    enlarged = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    _, jpeg = cv2.imencode(".jpg", enlarged, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return _private(jpeg.tobytes(), TYPES["jpg"])


def small(name: str) -> HttpResponse:
    """The whole picture, upright and small enough for a row of a table, as JPEG. Raises `NoPicture`."""
    try:
        with Image.open(io.BytesIO(_stored(name))) as picture:
            picture.draft("RGB", SMALL)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError) as bad:
        raise NoPicture("The picture cannot be opened any more.") from bad
    upright.thumbnail(SMALL)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82)
    return _private(out.getvalue(), TYPES["jpg"])


def _stored(name: str) -> bytes:
    if not name:
        raise NoPicture("No picture came with this read.")
    try:
        with images.open(name) as file:
            data: bytes = file.read()
            return data
    except (OSError, ValueError) as gone:
        raise NoPicture("The picture is not there any more.") from gone


def _around(picture: Pixels, x: int, y: int, width: int, height: int) -> Pixels:
    along = round(height * MARGIN)
    across = max(round(width * MARGIN / 2), round(height + 2 * along - width / 2))
    return picture[max(0, y - along) : y + height + along, max(0, x - across) : x + width + across]


def _private(data: bytes, kind: str) -> HttpResponse:
    headers = {
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
    }
    return HttpResponse(data, content_type=kind, headers=headers)


def _mark(box: list[int] | None, columns: int, rows: int) -> Mark | None:
    if not box or len(box) != 4:
        return None
    x, y, width, height = box
    if width <= 0 or height <= 0 or not (0 <= x < columns and 0 <= y < rows):
        return None
    wide, high = width * HALO, height * HALO * 2
    return Mark(
        100 * (x - wide / 2) / columns,
        100 * (y - high / 2) / rows,
        100 * (width + wide) / columns,
        100 * (height + high) / rows,
    )
