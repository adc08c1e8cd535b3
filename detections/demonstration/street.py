"""A street that leads away from the reader, with houses, trees and lamps on both sides. Lengths in meters."""

from dataclasses import dataclass
from math import exp
from random import Random
from typing import Final

from detections.demonstration.canvas import Canvas, Color, Point, Points, fade, mix

FOCUS: Final = 1560.0
EYE: Final = 1.15
CURB: Final = 5.6
HOUSES: Final = 8.6
END: Final = 90.0
NEAR: Final = 1.6

WALLS: Final[tuple[Color, ...]] = (
    (172, 160, 142), (150, 120, 102), (188, 182, 170), (138, 142, 146), (168, 142, 116), (126, 114, 108),
    (196, 188, 168), (122, 132, 132),
)  # fmt: skip
LEAVES: Final[tuple[Color, ...]] = ((86, 108, 72), (98, 116, 70), (78, 98, 76))
PANE: Final[Color] = (84, 98, 108)
PANE_LIT: Final[tuple[Color, ...]] = ((190, 154, 92), (168, 132, 76), (120, 112, 98))
LAMP_LIT: Final[Color] = (255, 222, 164)
ROAD: Final[Color] = (98, 100, 102)


@dataclass(frozen=True, slots=True)
class View:
    """Where the street vanishes in the picture, and the haze that it fades into."""

    vanish: Point
    haze: Color

    def at(self, x: float, height: float, z: float) -> Point:
        """Where a point `x` to the right, `height` above the ground and `z` ahead lies in the picture."""
        return self.vanish[0] + x * FOCUS / z, self.vanish[1] + (EYE - height) * FOCUS / z

    def hazy(self, color: Color, z: float) -> Color:
        """A color as it looks from `z` away."""
        return mix(color, self.haze, 1 - exp(-z / 80))

    def ground(self, left: float, right: float, near: float, far: float, height: float = 0.0) -> Points:
        """A level rectangle."""
        corners = ((left, near), (right, near), (right, far), (left, far))
        return [self.at(x, height, z) for x, z in corners]

    def wall(self, x: float, low: float, high: float, near: float, far: float) -> Points:
        """An upright rectangle along the street."""
        return [self.at(x, low, near), self.at(x, low, far), self.at(x, high, far), self.at(x, high, near)]

    def front(self, left: float, right: float, low: float, high: float, z: float) -> Points:
        """An upright rectangle across the street."""
        return [
            self.at(left, low, z),
            self.at(right, low, z),
            self.at(right, high, z),
            self.at(left, high, z),
        ]


def draw_street(canvas: Canvas, view: View, rng: Random, *, night: bool) -> None:
    """Draw the street without cars."""
    _sky(canvas, view, night=night)
    _skyline(canvas, view, rng)
    _ground(canvas, view)
    for side in (-1, 1):
        for near, far in reversed(_lots(rng)):
            _house(canvas, view, rng, side=side, near=near, far=far)
        for z in (52.0, 36.0, 24.0, 16.0):
            if rng.random() < 0.7:
                _tree(canvas, view, rng, side * 7.0, z + rng.uniform(-2, 2))
    for z in (70.0, 46.0, 30.0):
        _street_lamp(canvas, view, 1, z)
    _street_lamp(canvas, view, rng.choice((-1, 1)), 19.0)


def _sky(canvas: Canvas, view: View, *, night: bool) -> None:
    top = (58, 66, 98) if night else (142, 168, 194)
    canvas.image.paste(fade(canvas.image.size, top, mix(top, view.haze, 0.9)))


def _skyline(canvas: Canvas, view: View, rng: Random) -> None:
    x = -70.0
    while x < 70:
        width = rng.uniform(5, 13)
        canvas.shape(view.front(x, x + width, 0, rng.uniform(3, 13), 130), view.hazy((110, 118, 126), 110))
        x += width


def _ground(canvas: Canvas, view: View) -> None:
    canvas.shape(view.ground(-90, 90, NEAR, 400), view.hazy((140, 138, 132), 30))
    road = view.ground(-CURB, CURB, NEAR, 400)
    canvas.shaded(road, view.hazy(ROAD, 70), ROAD)
    for side in (-1, 1):
        canvas.shape(
            view.ground(side * CURB, side * (CURB + 0.35), NEAR, 200), view.hazy((176, 174, 168), 20)
        )
        canvas.shape(view.ground(side * 3.3, side * 3.42, NEAR, 120), (206, 206, 200), opacity=0.5)
    for tire in (-2.5, -0.8, 0.8, 2.5):
        canvas.shape(view.ground(tire - 0.22, tire + 0.22, NEAR, 80), (40, 42, 44), opacity=0.1)
    z = 2.2
    while z < END:
        canvas.shape(view.ground(-1.86, -1.72, z, z + 2.6), (218, 196, 120), opacity=0.75)
        z += 6.5


def _lots(rng: Random) -> list[tuple[float, float]]:
    lots, z = [], 10.0
    while z < END:
        depth = rng.uniform(8, 15)
        lots.append((z, z + depth))
        z += depth + (rng.uniform(2, 5) if rng.random() < 0.3 else 0)
    return lots


def _house(canvas: Canvas, view: View, rng: Random, *, side: int, near: float, far: float) -> None:
    wall, height = rng.choice(WALLS), rng.choice((4.4, 7.4, 7.4, 10.4))
    x, end = side * HOUSES, side * (HOUSES + 16)
    color = view.hazy(wall, near)
    canvas.shape(view.front(x, end, 0, height, near), mix(color, (40, 44, 52), 0.24))
    canvas.shape(view.wall(x, 0, height, near, far), color)
    canvas.shape(view.wall(x, height - 0.4, height + 0.15, near, far), mix(color, (255, 255, 255), 0.14))
    canvas.shape(view.wall(x, 0, 0.5, near, far), mix(color, (30, 32, 36), 0.3))
    bays = max(2, round((far - near) / 3))
    bay = (far - near) / bays
    for storey in range(round((height - 1.4) / 3)):
        low = 0.9 + storey * 3
        for index in range(bays):
            start = near + (index + 0.24) * bay
            _window(canvas, view, rng, view.wall(x, low, low + 1.7, start, start + bay * 0.52), near)


def _window(canvas: Canvas, view: View, rng: Random, pane: Points, z: float) -> None:
    color = view.hazy(mix(PANE, (214, 206, 188), rng.choice((0.0, 0.0, 0.15, 0.35))), z)
    if rng.random() < 0.28:
        canvas.lamp(pane, color, lit=rng.choice(PANE_LIT))
    else:
        canvas.shape(pane, color)


def _tree(canvas: Canvas, view: View, rng: Random, x: float, z: float) -> None:
    scale, leaves = FOCUS / z, rng.choice(LEAVES)
    canvas.shape(view.front(x - 0.14, x + 0.14, 0, 3, z), view.hazy((84, 72, 62), z))
    for layer, shade in ((0.0, 0.26), (0.35, 0.08), (0.7, -0.0)):
        for _ in range(7):
            center = view.at(x + rng.uniform(-0.9, 0.9), 3.3 + layer + rng.uniform(-0.6, 0.9), z)
            size = rng.uniform(0.5, 0.85) * scale
            canvas.oval(center, size, size * 0.85, view.hazy(mix(leaves, (20, 30, 24), shade), z))


def _street_lamp(canvas: Canvas, view: View, side: int, z: float) -> None:
    x, color = side * 6.2, view.hazy((96, 100, 104), z)
    canvas.shape(view.front(x - 0.08, x + 0.08, 0, 6.2, z), color)
    canvas.shape(view.front(x - side * 1.7, x + side * 0.08, 6.1, 6.24, z), color)
    head = view.front(x - side * 2.1, x - side * 1.4, 6.02, 6.18, z)
    canvas.lamp(head, mix(color, (255, 255, 255), 0.3), lit=LAMP_LIT)
