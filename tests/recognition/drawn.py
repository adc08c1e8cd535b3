"""A few simple plates and scenes of the project's own, for where no photographs lie."""

from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from detections.recognition.protocol import Box, Image

PLATE: Final = (320, 160)
SCENE: Final = (960, 640)
WHITE, INK, RED = (244, 244, 240), (24, 32, 84), (150, 24, 30)


def draw_plate(text: str, *, state: str = "CALIFORNIA", slogan: str = "dmv.example") -> Pictures.Image:
    """A plate alone, 320 x 160: the state's name above, the number, a slogan below."""
    plate = Pictures.new("RGB", PLATE, WHITE)
    pen = ImageDraw.Draw(plate)
    pen.rounded_rectangle((2, 2, PLATE[0] - 3, PLATE[1] - 3), radius=12, outline=INK, width=4)
    pen.text((PLATE[0] / 2, 24), state, font=ImageFont.load_default(22), fill=RED, anchor="mm")
    pen.text((PLATE[0] / 2, 84), text, font=ImageFont.load_default(68), fill=INK, anchor="mm")
    pen.text((PLATE[0] / 2, 142), slogan, font=ImageFont.load_default(16), fill=INK, anchor="mm")
    return plate


def draw_scene(text: str, *, width: int = 200, stamp: str = "2026-11-22 07:14:09") -> tuple[Image, Box]:
    """A car seen from behind with its plate, and the camera's date in a corner; the plate's box in pixels."""
    scene = Pictures.effect_noise(SCENE, 18).convert("RGB")
    pen = ImageDraw.Draw(scene)
    pen.rounded_rectangle((260, 180, 700, 560), radius=40, fill=(70, 84, 110))
    pen.rounded_rectangle((310, 200, 650, 320), radius=24, fill=(28, 32, 38))
    for lamp in (280, 630):
        pen.rectangle((lamp, 360, lamp + 50, 400), fill=(180, 20, 24))
    pen.text((12, 10), stamp, font=ImageFont.load_default(24), fill=(255, 255, 255))
    plate = draw_plate(text).resize((width, width // 2), Pictures.Resampling.LANCZOS)
    x, y = (SCENE[0] - width) // 2, 430
    scene.paste(plate, (x, y))
    return pixels(scene), (x, y, width, width // 2)


def pixels(picture: Pictures.Image) -> Image:
    """A Pillow picture as the readers take it: blue, green, red."""
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"), dtype=np.uint8)[:, :, ::-1])


def save(image: Image, path: Path) -> None:
    """Write pixels to a file in the format that its suffix names."""
    Pictures.fromarray(np.ascontiguousarray(image[:, :, ::-1])).save(path)
