"""The cameras of a source, as they become known here: when the source first names one, and as it says it is.

The key stands for the agreement, so nobody approves each camera; each is on the trail, on the source's page
and among the cameras, where an administrator can put it out of service. There is a most of them.
"""

from __future__ import annotations

import hashlib
from typing import Any

from detections.api.native import Row
from detections.models import Camera, ForwardedCamera, ForwardSource

MOST_CAMERAS = 1_000
KINDS = {Camera.Kind.FIXED, Camera.Kind.MOBILE, Camera.Kind.TRAILER}
LONGEST_CODE = 30


class CameraRefused(Exception):
    """Nothing is taken of this camera; the message says why."""


def camera_of(source: ForwardSource, code: str, told: object) -> Camera:
    """The camera here of the source's `code`, made known where it is new, and as the source says it is now.

    Raises `CameraRefused` where it is out of service, where it is new and the source says nothing of it, and
    where the source has too many.
    """
    known = source.cameras.select_related("camera__agency").filter(code=code).first()
    facts = _facts(told)
    if known is None:
        return _made_known(source, code, facts)
    camera = known.camera
    if not camera.is_active:
        raise CameraRefused(f"The centre takes nothing of camera {code}: it is out of service there.")
    if facts and facts != known.told:
        for name, value in facts.items():
            setattr(camera, name, value)
        camera.save(update_fields=list(facts))
        known.told = facts
        known.save(update_fields=["told"])
    return camera


def code_here(source: ForwardSource, code: str) -> str:
    """The code of a source's camera among ours: short enough, and its own alone."""
    named = f"{source.prefix}-{code}"
    if len(named) <= LONGEST_CODE:
        return named
    tail = hashlib.sha256(code.encode()).hexdigest()[:6]
    return f"{named[: LONGEST_CODE - 7]}-{tail}"


def _made_known(source: ForwardSource, code: str, facts: dict[str, Any] | None) -> Camera:
    if not facts:
        raise CameraRefused(f"The batch says nothing of camera {code}, which is not known here.")
    if source.cameras.count() >= MOST_CAMERAS:
        raise CameraRefused(f"No more than {MOST_CAMERAS:,} cameras of one source are taken.")
    named = code_here(source, code)
    if Camera.objects.filter(agency=source.agency_id, code=named).exists():
        raise CameraRefused(f"The centre has another camera called {named}.")
    camera = Camera.objects.create(agency=source.agency, code=named, **facts)
    ForwardedCamera.objects.create(source=source, code=code, camera=camera, told=facts)
    return camera


def _facts(told: object) -> dict[str, Any] | None:
    """Name, kind, direction and place as the source says them; None where it says nothing that can stand."""
    if not isinstance(told, dict):
        return None
    row = Row(told)
    latitude, longitude = row.number("latitude", -90, 90), row.number("longitude", -180, 180)
    name, kind = told.get("name"), told.get("kind")
    if not isinstance(name, str) or not 0 < len(name) <= 120 or not name.isprintable() or kind not in KINDS:
        return None
    direction = row.text("direction")
    if row.reasons or (latitude is None) != (longitude is None):
        return None
    return {
        "name": name, "kind": kind, "direction": direction, "latitude": latitude, "longitude": longitude,
    }  # fmt: skip
