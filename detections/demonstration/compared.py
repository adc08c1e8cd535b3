"""The demonstration department's findings: a plate at two places at once, and one on two vehicles."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Agency
from detections.demonstration.readers import seen, send
from detections.findings import comparing
from detections.models import Camera

# Out on patrol, 24 km from the city's cameras.
COUNTY_LINE = (38.2960, -122.1130)
SILVER_CAMRY = ("TOYOTA", "CAMRY", "SIL", "sedan")
RED_MAZDA, BLUE_PICKUP = ("MAZDA", "3", "RED", "hatchback"), ("FORD", "F-150", "BLU", "pickup")


def findings(agency: Agency, cameras: list[Camera], rng: random.Random) -> None:
    """Send what contradicts, and compare all that came in, as the worker does."""
    yesterday = timezone.localtime().replace(hour=14, minute=20, second=0, microsecond=0) - timedelta(days=1)
    by_code = {camera.code: camera for camera in cameras}
    quay, harbor, alder, unit = (by_code[code] for code in ("cam-03", "cam-07", "cam-12", "unit-12"))
    _read(quay, yesterday, "7TLM384", SILVER_CAMRY, rng)
    _read(unit, yesterday + timedelta(minutes=2), "7TLM384", SILVER_CAMRY, rng, at=COUNTY_LINE)
    for back, camera in ((5, harbor), (4, alder)):
        _read(camera, yesterday - timedelta(days=back), "8WPR159", RED_MAZDA, rng)
    for back, camera in ((3, quay), (2, harbor)):
        _read(camera, yesterday - timedelta(days=back), "8WPR159", BLUE_PICKUP, rng)
    comparing.compare(agency)


def _read(
    camera: Camera,
    moment: datetime,
    plate: str,
    vehicle: tuple[str, str, str, str],
    rng: random.Random,
    at: tuple[float, float] | None = None,
) -> None:
    read = seen(camera, moment, rng, plate=plate, state="CA", vehicle=vehicle)
    latitude, longitude = at or (read.latitude, read.longitude)
    send(camera, [replace(read, confidence=0.97, latitude=latitude, longitude=longitude)])
