"""A hit's pictures: the whole one as it came, and its plate enlarged from it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
from django.conf import settings
from PIL import Image, UnidentifiedImageError

from detections import images
from detections.models import Detection, Hit
from detections.recognition.images import BadImage, open_image

ORIENTATION = 0x0112
LYING = frozenset({5, 6, 7, 8})
MARGIN = 0.18
HALO = 0.12
LARGE = 480
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class NoPicture(Exception):
    """The hit has no such picture, or it cannot be opened any more."""


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


def measure(hit: Hit | Detection) -> Picture | None:
    """Size and mark of the read's picture, read from its header; None where there is none to show."""
    if not hit.image:
        return None
    try:
        with images.open(hit.image) as file, Image.open(file) as picture:
            width, height = picture.size
            if picture.getexif().get(ORIENTATION) in LYING:
                width, height = height, width
    except (OSError, ValueError, UnidentifiedImageError):
        return None
    return Picture(width, height, _mark(hit.box, width, height))


def whole(hit: Hit) -> tuple[bytes, str]:
    """The picture as it came, with its content type. Raises `NoPicture`."""
    if not hit.image:
        raise NoPicture("No picture came with this read.")
    try:
        with images.open(hit.image) as file:
            return file.read(), TYPES[hit.image.rsplit(".", 1)[-1]]
    except (OSError, ValueError, KeyError) as gone:
        raise NoPicture("The picture is not there any more.") from gone


def plate(hit: Hit) -> tuple[bytes, str]:
    """The plate cut out with a margin and enlarged, otherwise unchanged, as JPEG. Raises `NoPicture`."""
    data, _ = whole(hit)
    try:
        picture, _ = open_image(
            data, max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS
        )
    except BadImage as bad:
        raise NoPicture(str(bad)) from bad
    rows, columns = picture.shape[:2]
    mark = _mark(hit.box, columns, rows)
    if mark is None or not hit.box:
        raise NoPicture("The reader did not mark the plate.")
    x, y, width, height = (int(side) for side in hit.box)
    along = round(height * MARGIN)
    across = max(round(width * MARGIN / 2), round(height + 2 * along - width / 2))
    piece = picture[max(0, y - along) : y + height + along, max(0, x - across) : x + width + across]
    scale = max(1.0, LARGE / piece.shape[1])
    enlarged = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    _, jpeg = cv2.imencode(".jpg", enlarged, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return jpeg.tobytes(), TYPES["jpg"]


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
