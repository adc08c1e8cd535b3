"""Time-limited zones: made, changed by a successor, ended. What was captured under one stays under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections import search_places
from detections.models import Camera, ParkingZone
from detections.parking.places import overlapping
from trail.services import act, record
from trail.verbs import Verb
from training import gate

TERMS = (
    "name", "limit_minutes", "days", "starts", "ends", "first_day", "last_day", "latitude", "longitude",
    "radius_m", "area",
)  # fmt: skip


@act
def zone_make(
    *, actor: Member, agency: Agency, name: str, limit_minutes: int, days: Iterable[int], starts: time,
    ends: time, first_day: date | None = None, last_day: date | None = None,
    cameras: Iterable[Camera] = (), circle: tuple[float, float, float] | None = None, area: Any = None,
) -> ParkingZone:  # fmt: skip
    """Make a zone, which counts what is captured from now on.

    The place is what `cameras` read, and a `circle` (latitude, longitude, meters) or an `area` (its corners);
    one of them is needed. Raises `Refused`, and ValidationError by field, also on `name` for a zone that lies
    over another at the same hours.
    """
    gate.require(actor, Permission.MANAGE_CAMERAS, on=agency)
    zone = ParkingZone(
        agency=agency, name=" ".join(name.split()), limit_minutes=limit_minutes, days=sorted(set(days)),
        starts=starts, ends=ends, first_day=first_day, last_day=last_day, made_by=actor,
    )  # fmt: skip
    return _open(zone, list(cameras), circle, area)


@act
def zone_change(*, actor: Member, zone: ParkingZone, **terms: Any) -> ParkingZone:
    """Let a successor with these terms (those of `zone_make`) take the zone's place from now on.

    Whoever stands there begins a stay anew, under the new terms; what was captured before is judged by the
    old ones. Raises as `zone_make`, and ValidationError for a zone that was ended.
    """
    zone = _standing(actor, zone)
    now = timezone.now()
    zone.closed_at = now
    zone.save()
    made = zone_make(actor=actor, agency=zone.agency, **terms)
    ParkingZone.objects.filter(pk=made.pk).update(opened_at=now)
    zone.successor = made
    zone.save()
    return ParkingZone.objects.get(pk=made.pk)


@act
def zone_end(*, actor: Member, zone: ParkingZone) -> ParkingZone:
    """End a zone from now on; its hits stay. Raises ValidationError for one that was ended."""
    zone = _standing(actor, zone)
    zone.closed_at = timezone.now()
    zone.save()
    record(actor, Verb.CHANGED, zone, detail="ended")
    return zone


def terms_of(zone: ParkingZone) -> dict[str, Any]:
    """The zone's terms, as the trail keeps them."""
    cameras = sorted(camera.code for camera in zone.cameras.all())
    return {name: _plain(getattr(zone, name)) for name in TERMS} | {"cameras": cameras}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value


def _standing(actor: Member, zone: ParkingZone) -> ParkingZone:
    gate.require(actor, Permission.MANAGE_CAMERAS, on=zone)
    zone = ParkingZone.objects.select_for_update(of=("self",)).select_related("agency").get(pk=zone.pk)
    if zone.closed_at is not None:
        raise ValidationError("This zone was ended, or changed meanwhile.")
    return zone


def _open(
    zone: ParkingZone, cameras: list[Camera], circle: tuple[float, float, float] | None, area: Any
) -> ParkingZone:
    for name, value in _place(circle, area).items():
        setattr(zone, name, value)
    if not cameras and circle is None and not area:
        raise ValidationError({"cameras": "Say where it is: cameras, a circle or an area."})
    if any(camera.agency_id != zone.agency_id for camera in cameras):
        raise ValidationError({"cameras": "Choose cameras of your own department."})
    if not zone.days:
        raise ValidationError({"days": "Choose the days on which the limit counts."})
    zone.full_clean()
    if other := overlapping(zone, cameras):
        message = f"It lies over zone {other.name} at the same hours: a vehicle would stand in both."
        raise ValidationError({"name": message})
    zone.save()
    zone.cameras.set(cameras)
    record(zone.made_by, Verb.CREATED, zone, elements=terms_of(zone))
    return zone


def _place(circle: tuple[float, float, float] | None, area: Any) -> Mapping[str, Any]:
    if circle is not None and area:
        raise ValidationError({"area": "Give a circle or an area, not both."})
    try:
        if circle is not None:
            return search_places.read_circle(circle)
        return {"area": search_places.read_area(area)} if area else {}
    except search_places.BadPlace as bad:
        raise ValidationError({"circle" if circle is not None else "area": str(bad)}) from bad
