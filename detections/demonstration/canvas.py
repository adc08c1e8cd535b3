"""A sheet to draw on: points in picture units, drawn larger and reduced later for smooth edges."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFont

Point = tuple[float, float]
Points = Sequence[Point]
Corner = tuple[float, float, float]
Color = tuple[int, int, int]

FINER: Final = 2
FONT: Final = Path(__file__).parent / "fonts" / "overpass-mono-bold.woff2"
BLACK: Final[Color] = (0, 0, 0)
CURVE_STEPS: Final = 10


@cache
def lettering(size: int) -> ImageFont.FreeTypeFont:
    """The one typeface of the pictures at a size in pixels; it keeps O and 0, I and 1 apart."""
    return ImageFont.truetype(str(FONT), size, layout_engine=ImageFont.Layout.BASIC)


def mix(one: Color, other: Color, part: float) -> Color:
    """`part` of the way from one color to the other, 0 to 1."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def rounded(corners: Sequence[Corner]) -> list[Point]:
    """The outline of a closed shape from its corners (x, y, radius)."""
    outline: list[Point] = []
    for index, (x, y, radius) in enumerate(corners):
        before = _towards((x, y), corners[index - 1][:2], radius)
        after = _towards((x, y), corners[(index + 1) % len(corners)][:2], radius)
        for step in range(CURVE_STEPS + 1):
            t = step / CURVE_STEPS
            near, middle, far = (1 - t) ** 2, 2 * t * (1 - t), t**2
            outline.append(
                (
                    near * before[0] + middle * x + far * after[0],
                    near * before[1] + middle * y + far * after[1],
                )
            )
    return outline


def _towards(start: Point, end: Point, distance: float) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    part = min(0.5, distance / max(1e-6, float((dx * dx + dy * dy) ** 0.5)))
    return start[0] + dx * part, start[1] + dy * part


class Canvas:
    """A picture and, on a second sheet, the lamps in it that would shine at night.

    What is drawn in front of a lamp hides it on both sheets.
    """

    def __init__(self, width: int, height: int) -> None:
        size = width * FINER, height * FINER
        self.width, self.height = width, height
        self.image = Image.new("RGB", size)
        self.lamps = Image.new("RGB", size)
        self._ink = ImageDraw.Draw(self.image, "RGBA")
        self._lamp_ink = ImageDraw.Draw(self.lamps, "RGBA")

    def shape(self, points: Iterable[Point], color: Color, *, opacity: float = 1.0) -> None:
        """Fill a closed shape."""
        outline, alpha = _fine(points), round(255 * opacity)
        self._ink.polygon(outline, fill=(*color, alpha))
        self._lamp_ink.polygon(outline, fill=(*BLACK, alpha))

    def lamp(self, points: Iterable[Point], color: Color, *, lit: Color) -> None:
        """Fill a closed shape that has one color by day and shines in another at night."""
        outline = _fine(points)
        self._ink.polygon(outline, fill=color)
        self._lamp_ink.polygon(outline, fill=lit)

    def oval(self, center: Point, across: float, down: float, color: Color, *, opacity: float = 1.0) -> None:
        """Fill an oval that reaches `across` and `down` from its center."""
        box = _fine([(center[0] - across, center[1] - down), (center[0] + across, center[1] + down)])
        alpha = round(255 * opacity)
        self._ink.ellipse(box, fill=(*color, alpha))
        self._lamp_ink.ellipse(box, fill=(*BLACK, alpha))

    def shaded(self, points: Iterable[Point], top: Color, bottom: Color) -> None:
        """Fill a closed shape from one color at its top to another at its bottom."""
        outline = _fine(points)
        left, upper = (max(0, int(min(axis))) for axis in zip(*outline, strict=True))
        right = min(self.image.width, int(max(x for x, _ in outline)) + 1)
        lower = min(self.image.height, int(max(y for _, y in outline)) + 1)
        size = right - left, lower - upper
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([(x - left, y - upper) for x, y in outline], fill=255)
        self.image.paste(fade(size, top, bottom), (left, upper), mask)
        self._lamp_ink.polygon(outline, fill=BLACK)

    def paste(self, picture: Image.Image, center: Point, size: tuple[float, float]) -> None:
        """Lay a picture with transparent corners down around a center."""
        width, height = round(size[0] * FINER), round(size[1] * FINER)
        piece = picture.resize((width, height), Image.Resampling.LANCZOS)
        corner = round(center[0] * FINER - width / 2), round(center[1] * FINER - height / 2)
        self.image.paste(piece, corner, piece.getchannel("A"))
        self.lamps.paste(BLACK, corner, piece.getchannel("A"))

    def light_by(self, light: Image.Image) -> None:
        """Darken the picture to the light that falls on it, given as a smaller picture of the light alone."""
        self.image = ImageChops.multiply(self.image, light.resize(self.image.size, Image.Resampling.BICUBIC))
        self._ink = ImageDraw.Draw(self.image, "RGBA")


def fade(size: tuple[int, int], top: Color, bottom: Color) -> Image.Image:
    """A picture that runs from one color at its top to another at its bottom."""
    column = 1, size[1]
    steps = Image.linear_gradient("L").resize(column)
    return Image.composite(Image.new("RGB", column, bottom), Image.new("RGB", column, top), steps).resize(
        size, Image.Resampling.NEAREST
    )


def _fine(points: Iterable[Point]) -> list[Point]:
    return [(x * FINER, y * FINER) for x, y in points]
