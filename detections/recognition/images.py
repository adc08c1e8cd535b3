"""Opening pictures that nobody vouches for: cameras, uploads and folders send what they like."""

import io
import warnings
from typing import Final

import numpy as np
from PIL import Image as Pictures
from PIL import ImageOps, UnidentifiedImageError

from detections.recognition.protocol import Image

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MAX_BYTES: Final = 20 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
MIN_SIDE: Final = 8


class BadImage(ValueError):
    """The bytes are no picture that may be read; the message is a sentence for the sender."""


def open_image(data: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> tuple[Image, str]:
    """Open an untrusted picture.

    Takes the file's bytes and the limits in bytes and in pixels (width x height). Gives the pixels in blue,
    green, red order, turned upright as the picture's EXIF orientation says, and the format ("JPEG", "PNG"
    or "WEBP"). Raises `BadImage` for anything else: the size in the header is checked before any pixel is
    decoded, so that a small file cannot ask for much memory.
    """
    if not data:
        raise BadImage("The file is empty.")
    if len(data) > max_bytes:
        raise BadImage(f"The file has {len(data):,} bytes; the limit is {max_bytes:,}.")
    with warnings.catch_warnings():
        # Pillow's own limit on pixels warns first; ours refuses.
        warnings.simplefilter("ignore")
        try:
            return _decoded(data, max_pixels=max_pixels)
        except UnidentifiedImageError:
            raise BadImage("The file is not a JPEG, PNG or WebP picture.") from None
        except Pictures.DecompressionBombError:
            raise BadImage(f"The picture has more than {max_pixels:,} pixels, which is the limit.") from None
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            if isinstance(error, BadImage):
                raise
            raise BadImage("The picture is damaged or cut short and cannot be opened.") from error


def _decoded(data: bytes, *, max_pixels: int) -> tuple[Image, str]:
    with Pictures.open(io.BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > max_pixels:
            raise BadImage(
                f"The picture is {width} x {height} pixels, {width * height:,} in all; "
                f"the limit is {max_pixels:,}."
            )
        if min(width, height) < MIN_SIDE:
            raise BadImage(f"The picture is {width} x {height} pixels, too small to hold a plate.")
        name = str(picture.format)
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    return np.ascontiguousarray(np.asarray(upright, dtype=np.uint8)[:, :, ::-1]), name
