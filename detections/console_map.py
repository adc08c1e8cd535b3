"""A map of the moment: cameras in their places with the hits that wait there. No tiles, no roads, no lines.

Places are projected onto a plane, north up, which is true enough for a department's area. Positions are
shares of the drawing in percent, so that shapes and letters keep their size on every screen.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Protocol, TypeVar

from detections.console_board import Board
from detections.models import Camera, Hit
from hotlists.models import Priority

ASPECT = 1.5
LEAST_METERS = 800.0
MARGIN = 1.25
CLOSE_PERCENT = 4.5
METERS_IN_A_DEGREE = 111_320.0
METERS_IN_A_MILE = 1_609.344
LONGEST_BAR_PERCENT = 30.0


class Placed(Protocol):
    """What has a place, in degrees."""

    @property
    def latitude(self) -> float | None:
        """North of the equator."""

    @property
    def longitude(self) -> float | None:
        """East of Greenwich."""


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True)
class Point:
    """One mark on the map: the cameras that stand there, and the hits that wait at them.

    `x` and `y` are percent from the left and from the top; `letter` stands in the table as well.
    """

    letter: str
    x: float
    y: float
    cameras: list[Camera]
    hits: list[Hit] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The places in words."""
        return ", ".join(camera.name for camera in self.cameras)

    @property
    def areas(self) -> list[str]:
        """The areas that these cameras belong to."""
        return sorted({camera.group.name for camera in self.cameras if camera.group})

    @property
    def priority(self) -> str:
        """The highest priority of what waits here, as a word; empty where nothing waits."""
        return Priority(min(hit.priority for hit in self.hits)).label.lower() if self.hits else ""

    @property
    def label(self) -> str:
        """What a screen reader says of it."""
        count = len(self.hits)
        if not count:
            return f"{self.letter}, {self.name}: no open hit"
        hits = "1 open hit" if count == 1 else f"{count} open hits"
        return f"{self.letter}, {self.name}: {hits}, {self.priority} priority"


@dataclass(frozen=True)
class Area:
    """The name of an area, above the middle of its cameras."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Bar:
    """One bar of the scale: what it says, and its length in percent of the map's width."""

    label: str
    length: float


@dataclass(frozen=True)
class Map:
    """All that is drawn and listed. `unplaced` are cameras without a place, with their hits."""

    points: list[Point]
    areas: list[Area]
    bars: list[Bar]
    unplaced: list[Point]

    @property
    def rows(self) -> list[Point]:
        """The table beside the map: what waits first, then the rest as lettered."""
        return sorted((*self.points, *self.unplaced), key=lambda point: not point.hits)

    @property
    def fingerprint(self) -> str:
        """A short hash of what the map says, by which a console that asks learns that nothing changed."""
        said = [(p.label, p.x, p.y, [(hit.pk, hit.status) for hit in p.hits]) for p in self.rows]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def map_of(board: Board) -> Map:
    """The map of one member's board: the hits of the list, at their cameras."""
    waiting: dict[int, list[Hit]] = defaultdict(list)
    for hit in board.hits:
        waiting[hit.camera_id].append(hit)
    cameras = [
        camera
        for camera in Camera.objects.filter(agency_id=board.member.agency_id).select_related("group")
        if camera.pk in waiting or (camera.is_active and camera.kind != Camera.Kind.PHOTOGRAPH)
    ]
    placed = [c for c in cameras if c.latitude is not None and c.longitude is not None]
    plane = Plane.around(placed)
    points = [
        Point(letter(number), *plane.place(group[0]), group, [h for c in group for h in waiting[c.pk]])
        for number, group in enumerate(plane.groups(placed))
    ]
    unplaced = [Point("", 0, 0, [camera], waiting[camera.pk]) for camera in cameras if camera not in placed]
    return Map(points, _areas(placed, plane), plane.bars() if placed else [], unplaced)


@dataclass(frozen=True)
class Plane:
    """A flat piece of the earth: its middle in degrees, and its width in meters. It is 2 high for 3 wide."""

    latitude: float
    longitude: float
    width: float

    @classmethod
    def around(cls, places: Sequence[Placed]) -> Plane:
        """The least plane that holds these places with a margin, and never less than 800 m wide."""
        if not places:
            return cls(0, 0, LEAST_METERS)
        latitudes, longitudes = [_latitude(p) for p in places], [_longitude(p) for p in places]
        middle = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
        high = (max(latitudes) - min(latitudes)) * METERS_IN_A_DEGREE
        wide = (max(longitudes) - min(longitudes)) * METERS_IN_A_DEGREE * math.cos(math.radians(middle[0]))
        return cls(*middle, max(wide * MARGIN, high * ASPECT * MARGIN, LEAST_METERS))

    def place(self, placed: Placed) -> tuple[float, float]:
        """Where something lies, in percent from the left and from the top."""
        shrink = math.cos(math.radians(self.latitude))
        east = (_longitude(placed) - self.longitude) * METERS_IN_A_DEGREE * shrink
        north = (_latitude(placed) - self.latitude) * METERS_IN_A_DEGREE
        height = self.width / ASPECT
        return round(50 + east / self.width * 100, 2), round(50 - north / height * 100, 2)

    def groups(self, places: Iterable[P]) -> list[list[P]]:
        """The places, those together that would lie on each other."""
        groups: list[tuple[tuple[float, float], list[P]]] = []
        for each in places:
            here = self.place(each)
            near = next((group for first, group in groups if _is_close(first, here)), None)
            if near is None:
                groups.append((here, [each]))
            else:
                near.append(each)
        return [group for _, group in groups]

    def bars(self) -> list[Bar]:
        """The scale in miles and in kilometers."""
        return [self._bar("mi", METERS_IN_A_MILE), self._bar("km", 1_000.0)]

    def _bar(self, unit: str, meters: float) -> Bar:
        longest = self.width * LONGEST_BAR_PERCENT / 100 / meters
        power = 10.0 ** math.floor(math.log10(longest))
        nice = max(step * power for step in (1, 2, 5) if step * power <= longest)
        return Bar(f"{nice:g} {unit}", round(nice * meters / self.width * 100, 2))


def _is_close(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two places on the sheet, in percent, would lie on each other."""
    return math.hypot(one[0] - other[0], (one[1] - other[1]) / ASPECT) < CLOSE_PERCENT


def _areas(cameras: Sequence[Camera], plane: Plane) -> list[Area]:
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for camera in cameras:
        if camera.group is not None:
            groups[camera.group.name].append(plane.place(camera))
    return [
        Area(
            name,
            round(sum(x for x, _ in places) / len(places), 2),
            max(5.0, round(min(y for _, y in places) - 7, 2)),
        )
        for name, places in sorted(groups.items())
    ]


def letter(number: int) -> str:
    """The mark of the place `number`, from 0: A to Z, then AA, AB and on."""
    more, last = divmod(number, len(ascii_uppercase))
    return (letter(more - 1) if more else "") + ascii_uppercase[last]


def _latitude(placed: Placed) -> float:
    return placed.latitude or 0.0


def _longitude(placed: Placed) -> float:
    return placed.longitude or 0.0
