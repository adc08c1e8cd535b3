"""Invented license plates in the colors of a few states."""

from dataclasses import dataclass
from random import Random
from typing import Final

from PIL import Image, ImageDraw

from detections.demonstration.canvas import Color, Point, fade, lettering

WIDTH: Final = 480
HEIGHT: Final = 240
LONGEST: Final = 8
CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
# States leave out the letters that are taken for digits.
LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"

CELL: Final = 62
CAP_HEIGHT: Final = 118
LINE: Final = 137
RIM: Final = 14
BOLTS: Final[tuple[Point, ...]] = ((110, 22), (370, 22), (110, 221), (370, 221))
NAME_LINE: Final = 30


@dataclass(frozen=True, slots=True)
class Design:
    """How a state's plate looks. In `pattern` 0 stands for a digit and A for a letter."""

    name: str
    pattern: str
    top: Color
    bottom: Color
    ink: Color
    name_ink: Color
    hills: Color | None = None
    tabs: tuple[Color, Color] = ((196, 76, 60), (214, 164, 60))


DESIGNS: Final = {
    "CA": Design("CALIFORNIA", "0AAA000", (247, 247, 243), (242, 243, 240), (32, 40, 98), (178, 44, 48)),
    "NV": Design(
        "NEVADA", "000A00", (196, 214, 232), (236, 232, 222), (24, 44, 92), (24, 44, 92), (182, 196, 214)
    ),
    "OR": Design(
        "OREGON", "000AAA", (206, 222, 236), (238, 240, 240), (30, 38, 96), (30, 38, 96), (190, 210, 196)
    ),
    "AZ": Design(
        "ARIZONA", "AAA0000", (216, 204, 226), (246, 226, 200), (18, 62, 66), (92, 40, 96), (204, 186, 208)
    ),
    "WA": Design(
        "WASHINGTON",
        "AAA0000",
        (246, 248, 250),
        (238, 243, 248),
        (26, 48, 108),
        (168, 40, 48),
        (206, 222, 236),
    ),
    "TX": Design("TEXAS", "AAA0000", (246, 246, 244), (238, 238, 236), (28, 28, 30), (28, 28, 30)),
}


def plausible_plate(state: str, rng: Random) -> str:
    """Invent a plate number in a state's format, such as 7KRB412 for CA.

    Takes a state that has a design and the source of chance; the same seed gives the same number.
    Raises `ValueError` for any other state.
    """
    pattern = design_of(state).pattern
    return "".join(rng.choice("0123456789") if sign == "0" else rng.choice(LETTERS) for sign in pattern)


def draw_plate(plate: str, state: str) -> Image.Image:
    """Draw a plate, 480 x 240 pixels, RGBA with transparent corners: the state above, the number large.

    Takes 1 to 8 characters A-Z and 0-9 and a state that has a design. Raises `ValueError` otherwise.
    """
    design = design_of(state)
    check_plate(plate)
    image = fade((WIDTH, HEIGHT), design.top, design.bottom)
    ink = ImageDraw.Draw(image)
    _hills(ink, design)
    ink.text((WIDTH / 2, NAME_LINE), design.name, font=lettering(34), fill=design.name_ink, anchor="mm")
    for left, color in zip((30, WIDTH - 74), design.tabs, strict=True):
        ink.rounded_rectangle((left, 14, left + 44, 42), 4, fill=color)
    for x, y in BOLTS:
        ink.ellipse((x - 6, y - 6, x + 6, y + 6), fill=(120, 122, 126), outline=(90, 92, 96))
    ink.rounded_rectangle((4, 4, WIDTH - 5, HEIGHT - 5), RIM, outline=design.ink, width=3)
    _number(image, plate, design.ink)
    image.putalpha(_rounded_off())
    return image


def design_of(state: str) -> Design:
    """The design of a state's plate; raises `ValueError` where there is none."""
    if state not in DESIGNS:
        raise ValueError(
            f"There is no plate design for the state {state!r}; choose one of: {', '.join(DESIGNS)}."
        )
    return DESIGNS[state]


def check_plate(plate: str) -> None:
    """Raise `ValueError` for a number that does not fit a plate."""
    if not 1 <= len(plate) <= LONGEST:
        raise ValueError(f"The plate {plate!r} has {len(plate)} characters; a plate holds 1 to {LONGEST}.")
    if not CHARACTERS.issuperset(plate):
        raise ValueError(f"The plate {plate!r} may hold the letters A to Z and the digits 0 to 9 alone.")


def _hills(ink: ImageDraw.ImageDraw, design: Design) -> None:
    if design.hills is None:
        return
    ridge = (
        (0, 206),
        (70, 176),
        (120, 196),
        (205, 150),
        (250, 172),
        (300, 140),
        (372, 190),
        (430, 170),
        (480, 200),
    )
    ink.polygon([*ridge, (WIDTH, HEIGHT), (0, HEIGHT)], fill=design.hills)


def _number(image: Image.Image, plate: str, color: Color) -> None:
    font = lettering(200)
    _, top, _, bottom = font.getbbox("H", anchor="ls")
    size = CAP_HEIGHT / (bottom - top)
    cell = min(CELL, (WIDTH - 36) / len(plate))
    advance = font.getlength("H")
    strip = Image.new("L", (round(advance * len(plate)), round(1.2 * (bottom - top))))
    ImageDraw.Draw(strip).text(
        (0, strip.height / 2 - (top + bottom) / 2), plate, font=font, fill=255, anchor="ls"
    )
    strip = strip.resize((round(cell * len(plate)), round(strip.height * size)), Image.Resampling.LANCZOS)
    corner = round((WIDTH - strip.width) / 2), round(LINE - strip.height / 2)
    image.paste(color, corner, strip)


def _rounded_off() -> Image.Image:
    mask = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, WIDTH - 1, HEIGHT - 1), RIM + 4, fill=255)
    return mask
