"""Two places, too far apart for the time: the speed that one vehicle would need, in favor of the vehicle.

Each clock may be off by as much as nobody would notice, and each place by as much as a map is wrong; what is
left has to be faster than the department's limit. docs/findings.md has the rule in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from detections.findings.seen import Contradiction, Limits, Place, Seen, is_confusable, is_sure, may_be_one
from detections.models import Finding

# Two reads further apart in time are never compared: no department reaches that far at the least speed.
WITHIN = timedelta(hours=2)
# Of each clock: as long as `health_check.CLOCK_OFF`, under which a clock counts as right.
CLOCK_ERROR = timedelta(seconds=60)
PLACE_ERROR_KM = 0.5
LEAST_KM = 5.0
EARTH_KM = 6_371.0
Doubt = Finding.Doubt


@dataclass(frozen=True, slots=True)
class Apart:
    """Two reads, the earlier first, their distance in km, and the least speed in km/h that joins them."""

    one: Seen
    other: Seen
    kilometers: float
    kmh: float


def great_circle_km(one: Place, other: Place) -> float:
    """The distance on the earth's surface, by the haversine formula."""
    north = math.radians(other.latitude - one.latitude) / 2
    east = math.radians(other.longitude - one.longitude) / 2
    along = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    chord = math.sin(north) ** 2 + along * math.sin(east) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def apart(one: Seen, other: Seen, limits: Limits) -> Apart | None:
    """Whether one vehicle cannot have been at both; None where it can, or where that cannot be told."""
    one, other = sorted((one, other), key=_order)
    if not _is_comparable(one, other) or not (is_sure(one, limits) and is_sure(other, limits)):
        return None
    assert one.place is not None
    assert other.place is not None
    kilometers = great_circle_km(one.place, other.place)
    if kilometers < LEAST_KM:
        return None
    hours = (other.captured_at - one.captured_at + 2 * CLOCK_ERROR) / timedelta(hours=1)
    kmh = (kilometers - 2 * PLACE_ERROR_KM) / hours
    return Apart(one, other, kilometers, kmh) if kmh > limits.kmh else None


def _is_comparable(one: Seen, other: Seen) -> bool:
    placed = one.place is not None and other.place is not None
    right = not one.clock_is_off and not other.clock_is_off
    near = other.captured_at - one.captured_at <= WITHIN
    return placed and right and near and one.camera != other.camera and may_be_one(one, other)


def of_plate(fresh: Iterable[Seen], around: Sequence[Seen], limits: Limits) -> Contradiction | None:
    """What the new reads of one plate contradict among all reads about then; None where nothing.

    `around` has the reads of the same plate, and of those that readers confuse with it. The order of the
    reads makes no difference.
    """
    pairs = [found for seen in fresh for other in around if (found := apart(seen, other, limits))]
    if not pairs:
        return None
    most = max(pairs, key=lambda pair: (pair.kmh, str(pair.one.key), str(pair.other.key)))
    reads = {seen.key: seen for pair in pairs for seen in (pair.one, pair.other)}
    return Contradiction(
        kind=Finding.Kind.APART, plate=most.one.plate, state=most.one.state or most.other.state,
        one=most.one, other=most.other, reads=tuple(sorted(reads.values(), key=_order)),
        weight=round(most.kmh, 1), kilometers=round(most.kilometers, 2),
        doubts=doubts(most.one, most.other, around),
    )  # fmt: skip


def doubts(one: Seen, other: Seen, around: Iterable[Seen]) -> tuple[str, ...]:
    """What weakens a contradiction of these two reads."""
    found = [] if one.state and other.state else [Doubt.STATE.value]
    return (*found, Doubt.CONFUSABLE.value) if is_confusable(one.plate, around) else tuple(found)


def _order(seen: Seen) -> tuple[datetime, str]:
    return seen.captured_at, str(seen.key)
