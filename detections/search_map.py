"""The map of a search: where its detections were made, and what was searched. No tiles, no roads, no lines.

A fixed camera's detections lie where it stands; those of every other reader where each was made, in pieces of
a thousandth of a degree, about a hundred meters. Sightings are never joined: the road between is not known.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from detections.console_map import METERS_IN_A_DEGREE, Bar, Plane, letter
from detections.models import Camera, Detection, Search

STEPS_IN_A_DEGREE = 1_000
_OUTLINE = 48


class BadSpot(ValueError):
    """A text that names no spot."""


@dataclass(frozen=True)
class Spot:
    """Where detections of one camera lie: at the camera, or in a piece of a thousandth of a degree.

    `north` and `east` count thousandths of a degree; both are None for a fixed camera, and for a read of
    another that did not say where it was.
    """

    camera: Camera
    north: int | None = None
    east: int | None = None

    @classmethod
    def of(cls, camera: Camera, latitude: float | None, longitude: float | None) -> Spot:
        """The spot of one detection."""
        if camera.kind == Camera.Kind.FIXED or latitude is None or longitude is None:
            return cls(camera)
        return cls(camera, _step(latitude), _step(longitude))

    @classmethod
    def read(cls, text: str, cameras: dict[int, Camera]) -> Spot:
        """The spot that `key` wrote, at one of `cameras`. Raises `BadSpot`."""
        try:
            number, *place = (int(part) for part in text.split(","))
            camera = cameras[number]
        except (ValueError, KeyError) as odd:
            raise BadSpot("There is no such place.") from odd
        if len(place) not in (0, 2) or not all(abs(step) <= 180 * STEPS_IN_A_DEGREE for step in place):
            raise BadSpot("There is no such place.")
        return cls(camera, *place)

    @property
    def key(self) -> str:
        """The spot in an address: the camera's number, and the piece."""
        return ",".join(str(part) for part in (self.camera.pk, self.north, self.east) if part is not None)

    @property
    def latitude(self) -> float | None:
        """Degrees; None where it has no place. Of a piece, its middle."""
        if self.north is not None:
            return (self.north + 0.5) / STEPS_IN_A_DEGREE
        return self.camera.latitude if self.camera.kind == Camera.Kind.FIXED else None

    @property
    def longitude(self) -> float | None:
        """Degrees; None where it has no place. Of a piece, its middle."""
        if self.east is not None:
            return (self.east + 0.5) / STEPS_IN_A_DEGREE
        return self.camera.longitude if self.camera.kind == Camera.Kind.FIXED else None

    @property
    def condition(self) -> Q:
        """The condition of the detections that lie here."""
        here = Q(camera=self.camera.pk)
        if self.camera.kind == Camera.Kind.FIXED:
            return here
        if self.north is None or self.east is None:
            return here & (Q(latitude=None) | Q(longitude=None))
        return here & Q(
            latitude__gte=self.north / STEPS_IN_A_DEGREE, latitude__lt=(self.north + 1) / STEPS_IN_A_DEGREE,
            longitude__gte=self.east / STEPS_IN_A_DEGREE, longitude__lt=(self.east + 1) / STEPS_IN_A_DEGREE,
        )  # fmt: skip


def _step(degrees: float) -> int:
    """The piece in which a degree lies, by the same comparisons that the database makes."""
    step = math.floor(degrees * STEPS_IN_A_DEGREE)
    while degrees < step / STEPS_IN_A_DEGREE:
        step -= 1
    while degrees >= (step + 1) / STEPS_IN_A_DEGREE:
        step += 1
    return step


@dataclass(frozen=True)
class Point:
    """One mark: the spots that would lie on each other, and how many detections were made there."""

    letter: str
    x: float
    y: float
    spots: list[Spot]
    count: int = 0
    is_chosen: bool = False

    @property
    def name(self) -> str:
        """The places in words."""
        return ", ".join(dict.fromkeys(spot.camera.name for spot in self.spots))

    @property
    def keys(self) -> list[str]:
        """The spots as an address names them."""
        return [spot.key for spot in self.spots]

    @property
    def label(self) -> str:
        """What a screen reader says of it."""
        made = "1 detection" if self.count == 1 else f"{self.count or 'no'} detections"
        return f"{self.letter}, {self.name}: {made}{', shown alone' if self.is_chosen else ''}"


@dataclass(frozen=True)
class SearchMap:
    """All that is drawn and listed.

    `unplaced` are detections of which nobody said where they were made, `others` cameras that made none.
    `outline` is the place asked for: a polygon in percent of the sheet, as SVG writes it.
    """

    points: list[Point]
    unplaced: list[Point]
    others: list[Point]
    outline: str
    bars: list[Bar]

    @property
    def rows(self) -> list[Point]:
        """Everything with detections, as lettered, then what has no place."""
        return [*self.points, *self.unplaced]

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letter of each spot, by its key."""
        return {spot.key: point.letter for point in self.points for spot in point.spots}

    def letter_of(self, detection: Detection) -> str:
        """The letter under which a detection stands on the map; empty where it has no place."""
        return self.letters.get(
            Spot.of(detection.camera, detection.latitude, detection.longitude).key, ""
        )  # fmt: skip


def map_of(search: Search, found: Iterable[Detection], chosen: Sequence[Spot] = ()) -> SearchMap:
    """Where these detections were made, the searched cameras that made none, and the place asked for."""
    counts = Counter(Spot.of(read.camera, read.latitude, read.longitude) for read in found)
    spots = sorted(counts, key=lambda spot: (spot.camera.code, spot.key))
    placed = [spot for spot in spots if spot.latitude is not None and spot.longitude is not None]
    silent = [spot for spot in _searched(search) if spot not in counts]
    corners = corners_of(search)
    plane = Plane.around([*placed, *silent, *corners])
    picked = {spot.key for spot in chosen}

    def point(name: str, at: tuple[float, float], group: list[Spot]) -> Point:
        is_chosen = any(spot.key in picked for spot in group)
        return Point(name, *at, group, sum(counts[spot] for spot in group), is_chosen)

    return SearchMap(
        points=[
            point(letter(at), plane.place(group[0]), group) for at, group in enumerate(plane.groups(placed))
        ],
        unplaced=[point("", (0, 0), [spot]) for spot in spots if spot not in placed],
        others=[point("", plane.place(group[0]), group) for group in plane.groups(silent)],
        outline=_outline(corners, plane),
        bars=plane.bars() if placed or silent or corners else [],
    )


def _searched(search: Search) -> list[Spot]:
    """The fixed cameras with a place that the search asked, whether or not they read anything."""
    fixed = Camera.objects.filter(agency__in=search.searched, kind=Camera.Kind.FIXED, latitude__isnull=False)
    chosen = search.cameras.all()
    asked = fixed.filter(pk__in=chosen) if chosen else fixed.filter(is_active=True)
    return [Spot(camera) for camera in asked]


@dataclass(frozen=True)
class Corner:
    """One corner of a place, in degrees."""

    latitude: float
    longitude: float


def corners_of(search: Search) -> list[Corner]:
    """The corners of the place asked for, of a circle so many that it looks round; none for anywhere."""
    if search.area:
        return [Corner(*corner) for corner in search.area]
    if search.radius_m is None or search.latitude is None or search.longitude is None:
        return []
    high = search.radius_m / METERS_IN_A_DEGREE
    wide = high / max(0.01, math.cos(math.radians(search.latitude)))
    turns = [2 * math.pi * at / _OUTLINE for at in range(_OUTLINE)]
    return [
        Corner(search.latitude + high * math.sin(turn), search.longitude + wide * math.cos(turn))
        for turn in turns
    ]


def _outline(corners: Sequence[Corner], plane: Plane) -> str:
    return " ".join("{:.2f},{:.2f}".format(*plane.place(corner)) for corner in corners)


@dataclass(frozen=True)
class Ground:
    """The map on which a place is drawn: the department's cameras, and what a script needs to measure."""

    plane: Plane
    points: list[Point]
    bars: list[Bar]


def ground_of(cameras: Iterable[Camera]) -> Ground | None:
    """The map of these cameras; None where none has a place."""
    spots = [Spot(camera) for camera in cameras if camera.kind == Camera.Kind.FIXED and camera.is_active]
    placed = [spot for spot in spots if spot.latitude is not None and spot.longitude is not None]
    if not placed:
        return None
    plane = Plane.around(placed)
    points = [Point("", *plane.place(group[0]), group) for group in plane.groups(placed)]
    return Ground(plane, points, plane.bars())
