"""The same car again: readers that tell of one car in several messages give one detection all the same.

What a reader calls a car is kept for a while, beside the time of its first message, and no plate. The first
message that is stored stands, whichever it is; those after it change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from detections.models import Camera, CarSeen

SEEN_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Car:
    """A car as its reader names it, and when it was captured; `same_for` as in `shape.Sighting`."""

    name: str
    captured_at: datetime
    same_for: timedelta | None = None


def seen_before(camera: Camera, cars: Sequence[Car]) -> list[bool]:
    """For each car in turn, whether it was seen before; those that were not are noted from now on.

    A car without a name was never seen. Runs within the transaction that stores the reads, and locks the
    camera first: of two messages about one car at once, the second waits for what becomes of the first.
    """
    if not any(car.name for car in cars):
        return [False] * len(cars)
    Camera.objects.select_for_update(no_key=True).get(pk=camera.pk)
    noted = {
        seen.car: seen.captured_at
        for seen in CarSeen.objects.filter(camera=camera, car__in={car.name for car in cars})
    }
    return [bool(car.name) and _again(camera, car, noted) for car in cars]


def sweep() -> int:
    """Forget the cars that no message tells of any more, and give how many."""
    return CarSeen.objects.filter(seen_at__lt=timezone.now() - SEEN_FOR).delete()[0]


def _again(camera: Camera, car: Car, noted: dict[str, datetime]) -> bool:
    first = noted.get(car.name)
    if first is not None and (car.same_for is None or abs(car.captured_at - first) <= car.same_for):
        return True
    if first is None or car.captured_at > first:
        noted[car.name] = car.captured_at
        CarSeen.objects.update_or_create(
            camera=camera,
            car=car.name,
            defaults={"captured_at": car.captured_at, "seen_at": timezone.now()},
        )
    return False
