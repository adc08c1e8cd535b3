"""Which zone a read lies in, and which zones lie over each other.

A zone's cameras read in it wherever they are; any other read lies where it says, or where its fixed camera
stands. Where zones overlap all the same, the longest limit counts: what is not sure is the driver's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import Agency
from detections.models import Camera, ParkingZone
from detections.reads import Read

EARTH_M = 6_371_000.0
CIRCLE_CORNERS = 48
Corner = Sequence[float]


@dataclass(frozen=True)
class Zones:
    """The zones of an agency that some reads may lie in, with the cameras named for each."""

    zones: tuple[ParkingZone, ...]
    cameras: dict[int, frozenset[int]]

    @classmethod
    def of(cls, agency: Agency, since: datetime) -> Zones:
        """Every zone that was there at `since` or later, the longest limit first."""
        rows = ParkingZone.objects.filter(agency=agency).exclude(closed_at__lte=since)
        zones = tuple(rows.order_by("-limit_minutes", "pk").prefetch_related("cameras"))
        return cls(zones, {zone.pk: frozenset(c.pk for c in zone.cameras.all()) for zone in zones})

    def at(
        self, moment: datetime, camera: Camera, latitude: float | None, longitude: float | None
    ) -> ParkingZone | None:
        """The zone in which that camera read at that moment and place, one that counts then first."""
        there = [
            zone
            for zone in self.zones
            if zone.stands_at(moment)
            and (camera.pk in self.cameras[zone.pk] or inside(zone, latitude, longitude))
        ]
        return next((zone for zone in there if zone.counts_at(moment)), there[0] if there else None)


def place_of(camera: Camera, read: Read) -> tuple[float | None, float | None]:
    """Where a read was captured: where its fixed camera stands, else as it says; None where nobody knows."""
    if camera.kind == Camera.Kind.FIXED and camera.latitude is not None:
        return camera.latitude, camera.longitude
    return read.latitude, read.longitude


def inside(zone: ParkingZone, latitude: float | None, longitude: float | None) -> bool:
    """Whether a place in degrees lies in the zone's circle or area."""
    if latitude is None or longitude is None:
        return False
    if zone.area:
        return _in_area(zone.area, latitude, longitude)
    if zone.radius_m is None or zone.latitude is None or zone.longitude is None:
        return False
    return _meters(zone.latitude, zone.longitude, latitude, longitude) <= zone.radius_m


def overlapping(zone: ParkingZone, cameras: Iterable[Camera]) -> ParkingZone | None:
    """A zone in force that lies over this one, saved or not, at the same hours of the same days; or None."""
    named = list(cameras)
    others = ParkingZone.objects.filter(agency=zone.agency, closed_at=None).exclude(pk=zone.pk)
    for other in others.prefetch_related("cameras"):
        if _same_time(zone, other) and _same_place(zone, named, other):
            return other
    return None


def _same_time(one: ParkingZone, other: ParkingZone) -> bool:
    if not set(one.days) & set(other.days):
        return False
    for first, second in ((one, other), (other, one)):
        if first.ends != first.ends.min and first.ends <= second.starts:
            return False
        if first.last_day and second.first_day and first.last_day < second.first_day:
            return False
    return True


def _same_place(zone: ParkingZone, named: list[Camera], other: ParkingZone) -> bool:
    theirs = list(other.cameras.all())
    if {camera.pk for camera in named} & {camera.pk for camera in theirs}:
        return True
    fixed = [(other, camera) for camera in named] + [(zone, camera) for camera in theirs]
    if any(
        inside(place, camera.latitude, camera.longitude)
        for place, camera in fixed
        if camera.kind == Camera.Kind.FIXED
    ):
        return True
    here, there = outline(zone), outline(other)
    if not here or not there:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::polygon && %s::polygon", [_polygon(here), _polygon(there)])
        return bool(cursor.fetchone()[0])


def outline(zone: ParkingZone) -> list[Corner]:
    """The corners of the zone's area, or of a polygon in place of its circle; none where it has neither."""
    if zone.area:
        return list(zone.area)
    if zone.radius_m is None or zone.latitude is None or zone.longitude is None:
        return []
    high = math.degrees(zone.radius_m / EARTH_M)
    wide = high / max(0.01, math.cos(math.radians(zone.latitude)))
    turns = [2 * math.pi * corner / CIRCLE_CORNERS for corner in range(CIRCLE_CORNERS)]
    return [(zone.latitude + high * math.sin(t), zone.longitude + wide * math.cos(t)) for t in turns]


def _polygon(corners: Iterable[Corner]) -> str:
    return f"({','.join(f'({longitude},{latitude})' for latitude, longitude in corners)})"


def _in_area(corners: Sequence[Corner], latitude: float, longitude: float) -> bool:
    """By the sides that a line to the east crosses: an odd number is inside."""
    within = False
    for (north, east), (north_2, east_2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (north > latitude) != (north_2 > latitude):
            crossing = east + (latitude - north) / (north_2 - north) * (east_2 - east)
            within ^= longitude < crossing
    return within


def _meters(latitude: float, longitude: float, latitude_2: float, longitude_2: float) -> float:
    """By the haversine formula."""
    here, there = math.radians(latitude), math.radians(latitude_2)
    north, east = (there - here) / 2, math.radians(longitude_2 - longitude) / 2
    way = math.sin(north) ** 2 + math.cos(here) * math.cos(there) * math.sin(east) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, way)))
