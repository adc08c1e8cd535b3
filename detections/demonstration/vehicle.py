"""Cars as a reader sees them from behind, of no make in particular.

A car stands in its own frame: 300 units wide, the middle at 0, heights counted up from the ground.
"""

from dataclasses import dataclass
from typing import Final

from PIL import Image

from detections.demonstration.canvas import BLACK, Canvas, Color, Corner, Points, mix, rounded

WHITE: Final[Color] = (255, 255, 255)
GLASS: Final[Color] = (58, 68, 76)
RUBBER: Final[Color] = (24, 25, 27)
LAMP: Final[Color] = (142, 30, 32)
LAMP_LIT: Final[Color] = (255, 58, 44)
PLATE_SIZE: Final = (78.0, 39.0)

# The color codes of the national vehicle file, with the word for each.
PAINTS: Final[dict[str, tuple[str, Color]]] = {
    "BGE": ("beige", (196, 182, 152)),
    "BLK": ("black", (40, 42, 46)),
    "BLU": ("blue", (52, 88, 142)),
    "BRO": ("brown", (98, 72, 54)),
    "BRZ": ("bronze", (132, 104, 70)),
    "CRM": ("cream", (226, 218, 194)),
    "DBL": ("dark blue", (34, 50, 92)),
    "DGR": ("dark green", (34, 68, 52)),
    "GLD": ("gold", (176, 148, 90)),
    "GRN": ("green", (58, 108, 76)),
    "GRY": ("gray", (112, 118, 124)),
    "LBL": ("light blue", (136, 170, 200)),
    "LGR": ("light green", (150, 184, 150)),
    "MAR": ("maroon", (92, 32, 40)),
    "ONG": ("orange", (206, 108, 44)),
    "PLE": ("purple", (88, 62, 112)),
    "RED": ("red", (160, 42, 42)),
    "SIL": ("silver", (182, 188, 192)),
    "TAN": ("tan", (184, 162, 128)),
    "WHI": ("white", (232, 233, 230)),
    "YEL": ("yellow", (218, 184, 66)),
}
CODES: Final = {word: code for code, (word, _) in PAINTS.items()}


@dataclass(frozen=True, slots=True)
class Body:
    """The right half of a car's outlines, from below to above, and the height of its plate."""

    cabin: tuple[Corner, ...]
    glass: tuple[Corner, ...]
    hull: tuple[Corner, ...]
    bumper: tuple[Corner, ...]
    lamp: tuple[Corner, ...]
    plate: float
    mirror: float
    rails: bool = False
    bed: bool = False


BODIES: Final = {
    "sedan": Body(
        cabin=((134, 140, 0), (124, 160, 12), (90, 222, 26), (40, 229, 30)),
        glass=((110, 160, 8), (82, 212, 16), (30, 217, 20)),
        hull=((128, 20, 10), (146, 52, 20), (150, 112, 30), (141, 158, 24), (60, 166, 30)),
        bumper=((127, 20, 10), (146, 50, 18), (149.5, 78, 6), (60, 72, 20)),
        lamp=((147, 136, 10), (96, 142, 6), (88, 122, 8), (116, 108, 8), (149, 108, 8)),
        plate=114,
        mirror=152,
    ),
    "hatchback": Body(
        cabin=((142, 130, 0), (137, 164, 16), (106, 238, 28), (50, 245, 30)),
        glass=((116, 170, 14), (97, 229, 18), (40, 235, 20)),
        hull=((124, 20, 10), (144, 52, 20), (149, 112, 30), (143, 158, 24), (60, 166, 30)),
        bumper=((123, 20, 10), (144, 50, 18), (148.5, 84, 6), (60, 80, 20)),
        lamp=((146, 164, 12), (120, 166, 10), (108, 128, 12), (118, 112, 8), (149, 110, 8)),
        plate=122,
        mirror=156,
    ),
    "suv": Body(
        cabin=((147, 150, 0), (143, 184, 14), (119, 271, 26), (50, 279, 30)),
        glass=((124, 192, 12), (107, 261, 16), (40, 267, 20)),
        hull=((130, 30, 10), (148, 60, 18), (151, 130, 24), (146, 178, 18), (60, 186, 30)),
        bumper=((129, 30, 10), (148, 58, 16), (151, 92, 6), (60, 88, 20)),
        lamp=((147, 196, 12), (130, 198, 8), (124, 124, 10), (151, 112, 10)),
        plate=136,
        mirror=178,
        rails=True,
    ),
    "pickup": Body(
        cabin=((118, 160, 0), (113, 190, 12), (94, 262, 22), (40, 268, 24)),
        glass=((95, 188, 8), (80, 252, 14), (30, 256, 16)),
        hull=((138, 46, 8), (150, 60, 10), (151, 174, 8)),
        bumper=((148, 44, 8), (152, 60, 8), (152, 84, 6)),
        lamp=((150, 168, 5), (125, 168, 5), (125, 96, 5), (150, 96, 5)),
        plate=64,
        mirror=186,
        bed=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a car stands in the picture: its middle, the ground under it, and pixels per unit."""

    middle: float
    ground: float
    scale: float

    def points(self, outline: Points) -> Points:
        """Bring an outline from the car's frame into the picture."""
        return [(self.middle + x * self.scale, self.ground - height * self.scale) for x, height in outline]


def paint_of(color: str) -> Color:
    """The paint for a color code such as `BLU` or its word `blue`; raises `ValueError` for any other."""
    code = CODES.get(color.lower(), color.upper())
    if code not in PAINTS:
        raise ValueError(f"There is no paint for the color {color!r}; choose one of: {', '.join(CODES)}.")
    return PAINTS[code][1]


def body_of(body: str) -> Body:
    """The outlines of a body such as `suv`; raises `ValueError` for one that cannot be drawn."""
    if body not in BODIES:
        raise ValueError(f"There is no drawing of the body {body!r}; choose one of: {', '.join(BODIES)}.")
    return BODIES[body]


def draw_car(canvas: Canvas, stand: Stand, body: Body, paint: Color, plate: Image.Image | None) -> Points:
    """Draw a car and give the four corners of its plate in the picture, clockwise from the upper left."""
    _wheels(canvas, stand)
    _cabin(canvas, stand, body, paint)
    _hull(canvas, stand, body, paint)
    _bumper(canvas, stand, body, paint)
    _lamps(canvas, stand, body)
    return _plate(canvas, stand, body, plate)


def mirrored(corners: tuple[Corner, ...]) -> list[Corner]:
    """The whole outline from its right half."""
    return [*corners, *((-x, height, radius) for x, height, radius in reversed(corners))]


def _block(stand: Stand, left: float, low: float, right: float, high: float, radius: float = 0.0) -> Points:
    corners = [(left, low, radius), (right, low, radius), (right, high, radius), (left, high, radius)]
    return stand.points(rounded(corners))


def _wheels(canvas: Canvas, stand: Stand) -> None:
    for spread, opacity in ((176, 0.16), (164, 0.22), (150, 0.34)):
        canvas.oval(
            (stand.middle, stand.ground),
            spread * stand.scale,
            spread / 14 * stand.scale,
            BLACK,
            opacity=opacity,
        )
    canvas.shape(_block(stand, -122, 14, 122, 60, 6), (16, 17, 18))
    for side in (-1, 1):
        canvas.shape(_block(stand, side * 112 - 21, -3, side * 112 + 21, 66, 9), RUBBER)
        canvas.shape(_block(stand, side * 112 - 15, -3, side * 112 - 11, 30, 1), mix(RUBBER, WHITE, 0.08))


def _cabin(canvas: Canvas, stand: Stand, body: Body, paint: Color) -> None:
    for side in (-1, 1):
        low = body.mirror
        canvas.shape(
            _block(stand, side * 124 - 24, low + 2, side * 124 + 24, low + 9), mix(paint, BLACK, 0.4)
        )
        canvas.shape(
            _block(stand, side * 150 - 15, low, side * 150 + 15, low + 21, 8), mix(paint, BLACK, 0.3)
        )
    if body.rails:
        for side in (-1, 1):
            canvas.shape(_block(stand, side * 98 - 8, 268, side * 98 + 6, 286, 4), (54, 57, 60))
    outline = stand.points(rounded(mirrored(body.cabin)))
    canvas.shaded(outline, mix(paint, WHITE, 0.16), mix(paint, BLACK, 0.22))
    glass = stand.points(rounded(mirrored(body.glass)))
    canvas.shaded(glass, mix(GLASS, WHITE, 0.16), mix(GLASS, BLACK, 0.42))
    low, high = body.glass[0][1] + 6, body.glass[-1][1] - 8
    slant = [(-84, low), (-58, low), (-22, high), (-52, high)]
    canvas.shape(stand.points(slant), WHITE, opacity=0.07)
    for side in (-1, 1):
        canvas.shape(_block(stand, side * 46 - 19, low - 8, side * 46 + 19, low + 22, 9), BLACK, opacity=0.28)
    center = body.glass[-1][1]
    canvas.lamp(_block(stand, -22, center - 7, 22, center - 3, 1.5), LAMP, lit=(150, 30, 26))


def _hull(canvas: Canvas, stand: Stand, body: Body, paint: Color) -> None:
    outline = stand.points(rounded(mirrored(body.hull)))
    canvas.shaded(outline, mix(paint, WHITE, 0.2), mix(paint, BLACK, 0.34))
    top = body.hull[-1][1]
    dark, light = mix(paint, BLACK, 0.4), mix(paint, WHITE, 0.34)
    if body.bed:
        canvas.shape(_block(stand, -122, 88, 122, 170, 5), dark, opacity=0.6)
        canvas.shaded(_block(stand, -120, 90, 120, 168, 5), mix(paint, WHITE, 0.12), mix(paint, BLACK, 0.24))
        canvas.shape(_block(stand, -30, 140, 30, 154, 4), mix(paint, BLACK, 0.6))
        canvas.shape(_block(stand, -148, 170, 148, 174, 2), light, opacity=0.7)
        return
    canvas.shape(_block(stand, -112, top - 8, 112, top - 4, 2), light, opacity=0.7)
    for side in (-1, 1):
        seam = [(side * 112, top - 6), (side * 114, top - 6), (side * 98, 84), (side * 96, 84)]
        canvas.shape(stand.points(seam), dark, opacity=0.7)
    if body.plate < 120:
        return
    wiper = [(-4, top + 8), (58, top + 16), (58, top + 18), (-4, top + 13)]
    canvas.shape(stand.points(wiper), RUBBER)


def _bumper(canvas: Canvas, stand: Stand, body: Body, paint: Color) -> None:
    outline = stand.points(rounded(mirrored(body.bumper)))
    if body.bed:
        canvas.shaded(outline, (168, 172, 175), (84, 88, 92))
    else:
        canvas.shaded(outline, mix(paint, WHITE, 0.04), mix(paint, BLACK, 0.42))
    low = body.bumper[0][1]
    canvas.shape(_block(stand, -112, low + 2, 112, low + 17, 8), (36, 38, 40))
    for side in (-1, 1):
        canvas.shape(_block(stand, side * 122 - 14, low + 24, side * 122 + 14, low + 30, 2.5), (120, 26, 28))
    if not body.bed:
        canvas.shape(_block(stand, 66, low + 3, 92, low + 13, 4), (96, 99, 102))
        canvas.shape(_block(stand, 69, low + 5, 89, low + 11, 3), (12, 12, 13))


def _lamps(canvas: Canvas, stand: Stand, body: Body) -> None:
    for side in (-1, 1):
        corners = [(side * x, height, radius) for x, height, radius in body.lamp]
        outline = rounded(corners)
        canvas.shape(stand.points(_swollen(outline, 1.07)), BLACK, opacity=0.35)
        canvas.lamp(stand.points(outline), LAMP, lit=(176, 24, 22))
        canvas.lamp(stand.points(_swollen(outline, 0.62)), mix(LAMP, WHITE, 0.12), lit=LAMP_LIT)
        middle = _swollen(outline, 0.2)
        canvas.lamp(stand.points(middle), mix(LAMP, WHITE, 0.45), lit=(255, 150, 120))


def _swollen(outline: Points, by: float) -> Points:
    x = (min(point[0] for point in outline) + max(point[0] for point in outline)) / 2
    y = (min(point[1] for point in outline) + max(point[1] for point in outline)) / 2
    return [(x + (px - x) * by, y + (py - y) * by) for px, py in outline]


def _plate(canvas: Canvas, stand: Stand, body: Body, plate: Image.Image | None) -> Points:
    half, rise = PLATE_SIZE[0] / 2, PLATE_SIZE[1] / 2
    low, high = body.plate - rise, body.plate + rise
    margin = 3 if body.bed else 8
    canvas.shape(
        _block(stand, -half - margin, low - margin / 2, half + margin, high + margin / 2, 6),
        BLACK,
        opacity=0.42,
    )
    corners = stand.points([(-half, high), (half, high), (half, low), (-half, low)])
    if plate is not None:
        center = stand.middle, stand.ground - body.plate * stand.scale
        canvas.paste(plate, center, (PLATE_SIZE[0] * stand.scale, PLATE_SIZE[1] * stand.scale))
    return corners
