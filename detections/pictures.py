"""Answers with an evidence image. Whoever calls has asked the gate and recorded the view."""

from __future__ import annotations

import io

from django.http import Http404, HttpResponse
from PIL import Image, ImageOps

from detections import images

KINDS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
MARGIN = 0.15


def whole(name: str) -> HttpResponse:
    """The picture as it was received, byte for byte. Raises Http404 where there is none."""
    try:
        with images.open(name) as file:
            data = file.read()
    except (FileNotFoundError, ValueError) as missing:
        raise Http404("There is no image.") from missing
    return _private(data, KINDS[name.rsplit(".", 1)[-1]])


def plate(name: str, box: list[int] | None) -> HttpResponse:
    """The plate cut out by `box` (x, y, width, height in pixels) with a margin, enlarged, nothing else.

    Raises Http404 where there is no picture or no box.
    """
    if not box:
        raise Http404("Where the plate is was not sent.")
    try:
        with images.open(name) as file, Image.open(file) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            cut = upright.crop(_around(box, upright.size))
    except (FileNotFoundError, ValueError, OSError) as missing:
        raise Http404("There is no image.") from missing
    scale = max(1, round(400 / max(1, cut.width)))
    cut = cut.resize((cut.width * scale, cut.height * scale), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    cut.save(out, "JPEG", quality=92)
    return _private(out.getvalue(), "image/jpeg")


def _around(box: list[int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    x, y, width, height = box
    dx, dy = round(width * MARGIN), round(height * MARGIN)
    left, top = max(0, x - dx), max(0, y - dy)
    right, bottom = min(size[0], x + width + dx), min(size[1], y + height + dy)
    if right <= left or bottom <= top:
        raise ValueError("The box lies outside the picture.")
    return left, top, right, bottom


def _private(data: bytes, kind: str) -> HttpResponse:
    headers = {
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
    }
    return HttpResponse(data, content_type=kind, headers=headers)
