"""Invented pictures for the demonstration department: a street, a car, its plate, the reader's stamp.

Everything is drawn here, so that no real car, plate or person appears in a demonstration.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from detections.demonstration.canvas import BLACK, FINER, Canvas, Color, Point, Points, lettering
from detections.demonstration.plates import check_plate, design_of, draw_plate, plausible_plate
from detections.demonstration.street import FOCUS, View, draw_street
from detections.demonstration.vehicle import (
    BODIES,
    CODES,
    PAINTS,
    Body,
    Stand,
    body_of,
    draw_car,
    paint_of,
)

__all__ = ["BODIES", "CODES", "PAINTS", "Scene", "draw_plate", "draw_scene", "plausible_plate"]

WIDTH: Final = 1280
HEIGHT: Final = 800
# Drawn larger than shown, so that a tilted camera finds no empty corner.
OVERSCAN: Final = 36
TILT: Final = 14.0
GROUND: Final = 736.0
CAR_SCALE: Final = 2.15
JPEG_QUALITY: Final = 82
GRAIN: Final = 5
STAMP: Final = 36
LIGHT_STEP: Final = 16

NIGHT_AIR: Final[Color] = (60, 66, 82)
HEADLIGHTS: Final[Color] = (136, 133, 124)
PLATE_LIGHT: Final[Color] = (216, 216, 206)


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawn picture. `box` is the plate's (x, y, width, height) in pixels of the picture."""

    jpeg: bytes
    box: tuple[int, int, int, int]
    width: int
    height: int


def draw_scene(
    *,
    plate: str,
    state: str,
    color: str,
    body: str,
    night: bool,
    seed: int,
    camera: str,
    captured_at: datetime,
) -> Scene:
    """Draw what a reader's camera may have seen when it read a plate.

    Takes 1 to 8 characters A-Z and 0-9, a state with a plate design, a color as the vehicle file's code or
    its word, a body (`sedan`, `suv`, `pickup`, `hatchback`), the camera's name and an aware time.
    The same arguments give the same bytes. Gives a JPEG of 1280 x 800 pixels with the plate's place in it.
    Raises `ValueError` with a sentence for what cannot be drawn.
    """
    paint, shape = paint_of(color), body_of(body)
    design_of(state)
    check_plate(plate)
    if captured_at.tzinfo is None:
        raise ValueError("The time of a picture needs its time zone.")
    rng = Random(seed)  # noqa: S311 - chance for a drawing, not for a secret
    canvas = Canvas(WIDTH + 2 * OVERSCAN, HEIGHT + 2 * OVERSCAN)
    corners = _compose(canvas, rng, shape, paint, draw_plate(plate, state), night=night)
    frame = _frame(rng)
    image = _seen(_shine(canvas) if night else canvas.image, frame, rng, night=night)
    _stamp(image, f"{camera}   {captured_at.isoformat(sep=' ', timespec='milliseconds')}")
    return Scene(jpeg=_encoded(image), box=_box(corners, frame), width=WIDTH, height=HEIGHT)


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()


def _compose(
    canvas: Canvas, rng: Random, body: Body, paint: Color, plate: Image.Image, *, night: bool
) -> Points:
    middle = canvas.width / 2
    haze = (86, 92, 118) if night else rng.choice(((206, 212, 214), (214, 210, 200), (196, 204, 212)))
    view = View((middle + rng.uniform(-60, 60), 338.0), haze)
    draw_street(canvas, view, rng, night=night)
    for side, away in ((1, rng.uniform(34, 46)), (1, rng.uniform(18, 24)), (-1, rng.uniform(13, 18))):
        if rng.random() < 0.6:
            _parked(canvas, view, rng, side * 4.5, away)
    stand = Stand(
        middle + rng.uniform(-70, 70), GROUND + rng.uniform(-8, 8), CAR_SCALE * rng.uniform(0.94, 1.04)
    )
    corners = draw_car(canvas, stand, body, paint, plate)
    if night:
        canvas.light_by(_light(canvas, corners))
    return corners


def _parked(canvas: Canvas, view: View, rng: Random, x: float, away: float) -> None:
    middle, ground = view.at(x, 0, away)
    paint = view.hazy(PAINTS[rng.choice(("GRY", "SIL", "BLK", "WHI", "BLU", "TAN"))][1], away)
    body = BODIES[rng.choice(tuple(BODIES))]
    draw_car(canvas, Stand(middle, ground, FOCUS / away / 162), body, paint, None)


def _light(canvas: Canvas, plate: Points) -> Image.Image:
    """The light at night: the air's, the reader's headlights low in the middle, the plate's lamp."""
    light = Image.new("RGB", (canvas.width // LIGHT_STEP * 2, canvas.height // LIGHT_STEP * 2), NIGHT_AIR)
    step = canvas.width / light.width
    ink = ImageDraw.Draw(light)
    (left, top), (right, bottom) = plate[0], plate[2]
    middle = (left + right) / 2
    ink.ellipse([(middle - 430) / step, 360 / step, (middle + 430) / step, 800 / step], fill=HEADLIGHTS)
    light = light.filter(ImageFilter.GaussianBlur(110 / step))
    ink = ImageDraw.Draw(light)
    margin = 10
    ink.rectangle(
        [(left - margin) / step, (top - margin) / step, (right + margin) / step, (bottom + margin) / step],
        fill=PLATE_LIGHT,
    )
    return light.filter(ImageFilter.GaussianBlur(9 / step))


def _shine(canvas: Canvas) -> Image.Image:
    """Add the lamps: each itself, a narrow halo and a wide one."""
    small = canvas.lamps.reduce(8)
    image = ImageChops.screen(canvas.image, canvas.lamps)
    for radius, gain in ((4, 0.9), (22, 0.8)):
        halo = small.filter(ImageFilter.GaussianBlur(radius)).point(
            lambda value, gain=gain: round(value * gain)
        )
        image = ImageChops.screen(image, halo.resize(image.size, Image.Resampling.BICUBIC))
    return image


def _frame(rng: Random) -> Points:
    """The corners of what the camera shows, within the larger drawing, clockwise from the upper left."""
    turn, lean = rng.uniform(-TILT, TILT), rng.uniform(-TILT, TILT)
    rim = OVERSCAN
    right, bottom = rim + WIDTH, rim + HEIGHT
    return [
        (rim - lean / 2, rim + turn),
        (right + lean / 2, rim - turn + lean / 2),
        (right - lean / 2 - turn / 2, bottom - turn),
        (rim + lean / 2 - turn / 2, bottom + turn - lean / 2),
    ]


def _seen(image: Image.Image, frame: Points, rng: Random, *, night: bool) -> Image.Image:
    """The drawing as the camera takes it: tilted, a little soft, with grain."""
    size = WIDTH * FINER, HEIGHT * FINER
    matrix = _perspective(_outer(*size), [(x * FINER, y * FINER) for x, y in frame])
    image = image.transform(size, Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BILINEAR)
    image = image.reduce(FINER).filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 0.9)))
    grain = Image.frombytes("L", image.size, rng.randbytes(WIDTH * HEIGHT))
    strength = GRAIN * (1.5 if night else 1.0) / 128
    grain = grain.point(lambda value: 128 + round((value - 128) * strength))
    return ImageChops.add(image, Image.merge("RGB", [grain] * 3), offset=-128)


def _outer(width: float, height: float) -> Points:
    return [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]


def _perspective(start: Points, end: Points) -> list[float]:
    """The eight numbers of the perspective that takes four points to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(start, end, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(number) for number in np.linalg.solve(np.array(rows), np.array(values))]


def _box(corners: Points, frame: Points) -> tuple[int, int, int, int]:
    a, b, c, d, e, f, g, h = _perspective(frame, _outer(WIDTH, HEIGHT))
    seen: list[Point] = [
        ((a * x + b * y + c) / (g * x + h * y + 1), (d * x + e * y + f) / (g * x + h * y + 1))
        for x, y in corners
    ]
    left, top = (int(min(axis)) for axis in zip(*seen, strict=True))
    right, bottom = (int(max(axis)) + 1 for axis in zip(*seen, strict=True))
    return left, top, right - left, bottom - top


def _stamp(image: Image.Image, line: str) -> None:
    ink = ImageDraw.Draw(image, "RGBA")
    ink.rectangle((0, HEIGHT - STAMP, WIDTH, HEIGHT), fill=(*BLACK, 176))
    ink.text((18, HEIGHT - STAMP / 2), line, font=lettering(20), fill=(232, 234, 230), anchor="lm")
    ink.rounded_rectangle((WIDTH - 190, 14, WIDTH - 14, 42), 4, fill=(*BLACK, 140))
    ink.text((WIDTH - 102, 28), "DEMONSTRATION", font=lettering(18), fill=(232, 234, 230), anchor="mm")
