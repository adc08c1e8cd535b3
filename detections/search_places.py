"""The place of a search: a circle or a drawn area, and which cameras and reads lie inside.

A fixed camera's reads lie where the camera stands. Every other reader says with each read where it was; a
read that does not say so lies nowhere, nor does a fixed camera without a place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import BooleanField, F, FloatField, Func, Q, Value
from django.db.models.functions import Abs, Cos, Greatest, Power, Radians, Sin
from django.db.models.lookups import LessThanOrEqual

from detections.models import Camera, Search

MOST_METERS = 50_000
FEWEST_CORNERS, MOST_CORNERS = 3, 100
EARTH_M = 6_371_000.0
_DECIMALS = 6
_HAIR = 1e-12
Corner = tuple[float, float]


class BadPlace(ValueError):
    """A circle or an area that cannot be searched. Its message says why."""


def read_circle(circle: Sequence[Any]) -> dict[str, Any]:
    """The fields of `Search` for a circle: latitude and longitude in degrees, radius in meters.

    Raises `BadPlace` for a middle that is not on earth, and for a radius under 1 m or over 50 km.
    """
    if len(circle) != 3:
        raise BadPlace("A circle has a middle and a radius.")
    latitude, longitude = _corner(circle[:2])
    try:
        radius = round(float(circle[2]))
    except (TypeError, ValueError, OverflowError):
        radius = 0
    if not 1 <= radius <= MOST_METERS:
        raise BadPlace("The radius lies between 1 meter and 50 kilometers.")
    return {"latitude": latitude, "longitude": longitude, "radius_m": radius}


def read_area(area: Sequence[Any]) -> list[Corner]:
    """The corners of a drawn area in order, each latitude and longitude in degrees; the last joins the first.

    Raises `BadPlace` for fewer than 3 or more than 100 corners, and where the outline crosses itself or
    encloses nothing.
    """
    if len(area) > MOST_CORNERS + 1:
        raise BadPlace(f"An area has at most {MOST_CORNERS} corners; this has {len(area)}.")
    read = [_corner(corner) for corner in area]
    corners = [here for here, before in zip(read, [None, *read], strict=False) if here != before]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if not FEWEST_CORNERS <= len(corners) <= MOST_CORNERS:
        raise BadPlace(f"An area has 3 to {MOST_CORNERS} corners; this has {len(corners)}.")
    if max(corner[1] for corner in corners) - min(corner[1] for corner in corners) >= 180:
        raise BadPlace("An area may not reach around the earth.")
    if _crosses_itself(corners):
        raise BadPlace("The outline of the area crosses itself. Draw it around the place in one line.")
    return corners


def _corner(said: Any) -> Corner:
    try:
        latitude, longitude = (round(float(degrees), _DECIMALS) for degrees in said)
    except (TypeError, ValueError, OverflowError) as odd:
        raise BadPlace("A place has a latitude and a longitude in degrees.") from odd
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise BadPlace("Latitude lies between -90 and 90, longitude between -180 and 180.")
    return latitude, longitude


def _crosses_itself(corners: Sequence[Corner]) -> bool:
    count = len(corners)
    sides = [(corners[at], corners[(at + 1) % count]) for at in range(count)]
    for at, (before, here) in enumerate(sides):
        behind = sides[(at + 1) % count][1]
        if _turn(before, here, behind) == 0 and _between(before, behind, here) is False:
            return True
        others = sides[at + 2 : count - 1 if at == 0 else count]
        if any(_meet(before, here, *other) for other in others):
            return True
    return False


def _turn(a: Corner, b: Corner, c: Corner) -> int:
    """1 where the way from `a` over `b` to `c` turns left, -1 right, 0 where it goes on or back."""
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (area > 0) - (area < 0)


def _between(a: Corner, b: Corner, c: Corner) -> bool:
    """Whether `c`, on one line with both, lies between them."""
    return all(min(x, y) <= z <= max(x, y) for x, y, z in zip(a, b, c, strict=True))


def _meet(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Whether the line from `a` to `b` touches the one from `c` to `d`."""
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    touching = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _between(*line) for turn, line in zip(turns, touching, strict=True))


def condition(search: Search) -> Q:
    """The condition of the detections that lie in the place of `search`; empty where it names none."""
    if not has_place(search):
        return Q()
    inside = _inside(search)
    cameras = Camera.objects.filter(agency__in=search.searched)
    fixed = cameras.filter(inside, kind=Camera.Kind.FIXED).values_list("pk", flat=True)
    moving = cameras.exclude(kind=Camera.Kind.FIXED).values_list("pk", flat=True)
    return Q(camera__in=list(fixed)) | Q(inside, camera__in=list(moving))


def covered(search: Search, cameras: Iterable[Camera]) -> int:
    """How many of these cameras may have seen something in the place of `search`.

    Those that move count wherever they were, for where is a thing that only their reads tell.
    """
    chosen = {camera.pk: camera.kind for camera in cameras}
    if not has_place(search):
        return len(chosen)
    inside = set(Camera.objects.filter(_inside(search), pk__in=chosen).values_list("pk", flat=True))
    return sum(kind != Camera.Kind.FIXED or pk in inside for pk, kind in chosen.items())


def has_place(search: Search) -> bool:
    """Whether it asks for a circle or a drawn area."""
    return search.radius_m is not None or search.area is not None


def elements(search: Search) -> dict[str, Any]:
    """The place as the trail keeps it; nothing where there is none."""
    if search.area:
        return {"area": search.area}
    if search.radius_m is None:
        return {}
    return {"circle": [search.latitude, search.longitude], "radius_m": search.radius_m}


def _inside(search: Search) -> Q:
    """Whether the columns `latitude` and `longitude` of a row lie in the place."""
    return _in_area(search.area) if search.area else _in_circle(search)


def _in_circle(search: Search) -> Q:
    """By the haversine formula, after the latitudes that are too far anyway."""
    middle, radius = math.radians(search.latitude or 0), (search.radius_m or 0) / EARTH_M
    north = _squared(Sin(Radians(F("latitude") - search.latitude) / 2))
    east = _squared(Sin(Radians(F("longitude") - search.longitude) / 2))
    way = north + Cos(Radians(F("latitude"))) * Value(math.cos(middle), FloatField()) * east
    high = math.degrees(radius) * 1.001
    band = ((search.latitude or 0) - high, (search.latitude or 0) + high)
    return Q(LessThanOrEqual(way, math.sin(radius / 2) ** 2), latitude__range=band)


def _squared(half_chord: Sin) -> Power:
    """PostgreSQL refuses a square that is too small for it: less than a hair counts as a hair."""
    return Power(Greatest(Abs(half_chord), Value(_HAIR)), 2)


def _in_area(corners: Iterable[Corner]) -> Q:
    """By PostgreSQL's own polygons, whose sides are straight on a map of degrees; the outline is inside."""
    outline = ",".join(f"({longitude},{latitude})" for latitude, longitude in corners)
    polygon = Func(Value(f"({outline})"), template="(%(expressions)s)::polygon")
    point = Func(F("longitude"), F("latitude"), function="point")
    return Q(Func(polygon, point, template="%(expressions)s", arg_joiner=" @> ", output_field=BooleanField()))
