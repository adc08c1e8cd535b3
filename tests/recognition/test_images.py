"""Pictures that nobody vouches for: what is refused, in which words, and what is opened."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pictures

from detections.recognition import BadImage, open_image


def encoded(format_: str, size: tuple[int, int] = (64, 32), **options: object) -> bytes:
    buffer = io.BytesIO()
    Pictures.new("RGB", size, (200, 100, 50)).save(buffer, format_, **options)
    return buffer.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header says it is enormous."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"plate,7KRB412\n", "The file is not a JPEG, PNG or WebP picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "The file is not a JPEG, PNG or WebP picture."),
        (encoded("GIF"), "The file is not a JPEG, PNG or WebP picture."),
        (encoded("TIFF"), "The file is not a JPEG, PNG or WebP picture."),
        (encoded("BMP"), "The file is not a JPEG, PNG or WebP picture."),
        (encoded("PNG", (4, 400)), "The picture is 4 x 400 pixels, too small to hold a plate."),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(data: bytes, sentence: str) -> None:
    with pytest.raises(BadImage) as refused:
        open_image(data)

    assert str(refused.value) == sentence


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_picture_is_refused(format_: str, share: float) -> None:
    noise = Pictures.effect_noise((256, 256), 80)
    buffer = io.BytesIO()
    noise.save(buffer, format_)
    data = buffer.getvalue()

    with pytest.raises(BadImage, match=r"damaged or cut short|not a JPEG"):
        open_image(data[: int(len(data) * share)])


def test_a_file_over_the_limit_is_refused_unopened() -> None:
    data = encoded("PNG")

    with pytest.raises(BadImage, match=rf"has {len(data)} bytes; the limit is {len(data) - 1}"):
        open_image(data, max_bytes=len(data) - 1)


@pytest.mark.parametrize("size", [(50_000, 50_000), (8001, 5001), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(BadImage, match="the limit"):
        open_image(png_claiming(*size))


def test_the_limit_on_pixels_is_the_callers() -> None:
    data = encoded("PNG", (100, 100))

    assert open_image(data, max_pixels=10_000)[1] == "PNG"
    with pytest.raises(BadImage, match=r"100 x 100 pixels, 10,000 in all; the limit is 9,999"):
        open_image(data, max_pixels=9_999)


@given(st.binary(max_size=200), st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 10_000))
def test_no_bytes_do_more_than_refuse(garbage: bytes, format_: str, place: int) -> None:
    data = encoded(format_)
    place %= len(data)

    for attempt in (garbage, data[:place] + garbage + data[place + len(garbage) :]):
        try:
            image, _ = open_image(attempt)
        except BadImage:
            continue
        assert image.ndim == 3


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_the_formats_that_cameras_send_are_opened_in_blue_green_red(format_: str) -> None:
    image, name = open_image(encoded(format_))

    assert name == format_
    assert image.shape == (32, 64, 3)
    assert image.dtype == np.uint8
    assert np.allclose(image[16, 32], (50, 100, 200), atol=6)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_every_kind_of_pixel_becomes_three_channels(mode: str) -> None:
    buffer = io.BytesIO()
    Pictures.new("RGB", (64, 32), (200, 100, 50)).convert(mode).save(
        buffer, "JPEG" if mode == "CMYK" else "PNG"
    )

    assert open_image(buffer.getvalue())[0].shape == (32, 64, 3)


def test_a_picture_is_turned_upright_as_its_exif_says() -> None:
    picture = Pictures.new("RGB", (64, 32), (0, 0, 0))
    picture.paste((255, 255, 255), (0, 0, 32, 32))
    exif = Pictures.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)

    image, _ = open_image(buffer.getvalue())

    assert image.shape == (64, 32, 3)
    assert image[8].mean() > 250
    assert image[56].mean() < 5
