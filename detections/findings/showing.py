"""What the page of a finding shows: the two reads side by side, where they were made, and the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from detections import held, pictures
from detections.console_map import METERS_IN_A_MILE, Bar, Plane
from detections.findings import apart, unlike
from detections.findings.around import Readers
from detections.findings.seen import Seen
from detections.models import Detection, Finding
from detections.pictures import Picture
from hotlists import vocabulary

KM_IN_A_MILE = METERS_IN_A_MILE / 1_000
LISTED = 20


@dataclass(frozen=True)
class Side:
    """One of the two reads, with its letter on the map, and whether its words for the vehicle contradict."""

    letter: str
    detection: Detection
    seen: Seen
    is_held: bool

    @cached_property
    def picture(self) -> Picture | None:
        """Size of the picture and place of the plate in it; None where there is none to show."""
        return pictures.measure(self.detection.image, self.detection.box)

    @property
    def latitude(self) -> float | None:
        """Where it was made, in degrees."""
        return self.seen.place.latitude if self.seen.place else None

    @property
    def longitude(self) -> float | None:
        """Where it was made, in degrees."""
        return self.seen.place.longitude if self.seen.place else None


@dataclass(frozen=True)
class Pin:
    """One of the two places on the map, in percent."""

    letter: str
    x: float
    y: float
    name: str


@dataclass(frozen=True)
class Sheet:
    """The map: the places, and the scale."""

    pins: list[Pin]
    bars: list[Bar]


@dataclass(frozen=True)
class Shown:
    """One finding with what it rests on, as far as it stands."""

    finding: Finding
    sides: list[Side]
    others: list[Detection]

    @property
    def sheet(self) -> Sheet | None:
        """The map of the two places; None where one has none."""
        if len(self.sides) < 2 or any(side.seen.place is None for side in self.sides):
            return None
        plane = Plane.around(self.sides)
        pins = [Pin(side.letter, *plane.place(side), side.detection.camera.name) for side in self.sides]
        return Sheet(pins, plane.bars())

    @property
    def reasons(self) -> list[str]:
        """Why it is a finding, in sentences."""
        if len(self.sides) < 2:
            return []
        one, other = (side.seen for side in self.sides)
        kind = self.finding.kind
        return _why_apart(self.finding, one, other) if kind == Finding.Kind.APART else _why_unlike(one, other)

    @property
    def doubts(self) -> list[str]:
        """What weakens it, in sentences."""
        return [Finding.Doubt(doubt).label for doubt in self.finding.doubts]


def shown(finding: Finding) -> Shown:
    """The finding as its page shows it."""
    keys = set(finding.reads.values_list("detection_id", flat=True)) | {finding.one, finding.other}
    rows = Detection.objects.filter(
        agency=finding.agency_id, pk__in=keys, pk__gte=min(keys), pk__lte=max(keys)
    )
    reads = {read.pk: read for read in rows.select_related("camera", "agency")}
    readers = Readers.of(finding.agency)
    pair = [reads.pop(key) for key in (finding.one, finding.other) if key in reads]
    sides = [
        Side(letter, read, readers.read(read), held.is_held(read))
        for letter, read in zip("AB", pair, strict=False)
    ]
    return Shown(finding, sides, sorted(reads.values(), key=lambda read: str(read.pk), reverse=True)[:LISTED])


def distance(kilometers: float) -> str:
    """A distance in miles, and in kilometers."""
    return f"{kilometers / KM_IN_A_MILE:.1f} miles ({kilometers:.1f} km)"


def speed(kmh: float) -> str:
    """A speed in miles an hour, and in kilometers."""
    return f"{kmh / KM_IN_A_MILE:,.0f} mph ({kmh:,.0f} km/h)"


def between(one: Seen, other: Seen) -> str:
    """The time between two reads: `9 minutes 20 seconds`."""
    seconds = round(abs(other.captured_at - one.captured_at) / timedelta(seconds=1))
    hours, rest = divmod(seconds, 3_600)
    parts = ((hours, "hour"), (rest // 60, "minute"), (rest % 60, "second"))
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(said[:2]) or "no time"


def _why_apart(finding: Finding, one: Seen, other: Seen) -> list[str]:
    allowed = 2 * apart.CLOCK_ERROR // timedelta(minutes=1)
    return [
        f"{distance(finding.kilometers or 0)} apart in a straight line, with {between(one, other)} between.",
        f"One vehicle would need {speed(finding.weight)} at least. {allowed} minutes are allowed for the "
        f"clocks, {2 * apart.PLACE_ERROR_KM:.0f} km for the places.",
    ]


def _why_unlike(one: Seen, other: Seen) -> list[str]:
    found = unlike.compare(unlike.Look.of(one), unlike.Look.of(other))
    said = []
    for name in ("body", "make", "color"):
        if getattr(found, name):
            words = (vocabulary.in_words(name, getattr(seen, name)) for seen in (one, other))
            said.append(f"{name.capitalize()}: {' and '.join(f'“{word}”' for word in words)}.")
    return said
