"""The reads that a rule looks at: by plate and time, over the index of plates, in the days that are meant."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Agency
from detections import uuid7
from detections.findings.seen import Place, Seen, rivals_of
from detections.health import Problem
from detections.models import Camera, Detection, FindingRead, Transfer

# The newest reads of one plate that are looked at: what is read more often is looked at in part.
MOST_APART, MOST_UNLIKE = 60, 20
FIELDS = (
    "id", "plate", "state", "confidence", "candidates", "camera_id", "latitude", "longitude", "make", "color",
    "body", "plate_key",
)  # fmt: skip
# Each batch looks in the index of its camera, from its first read to its last, so that one that came late
# makes no other look further. OFFSET 0 keeps it that way.
STORED = """
SELECT read.id, read.plate, read.state, read.confidence, read.candidates, read.camera_id, read.latitude,
    read.longitude, read.make, read.color, read.body, read.plate_key
FROM unnest(%(batches)s::bigint[], %(cameras)s::bigint[], %(firsts)s::uuid[], %(afters)s::uuid[])
    asked(batch, camera, first, after)
CROSS JOIN LATERAL (
    SELECT * FROM detections_detection
    WHERE camera_id = asked.camera AND id >= asked.first AND id < asked.after
    AND id >= %(first)s AND id < %(after)s AND transfer_id = asked.batch AND agency_id = %(agency)s
    OFFSET 0
) read
"""
AROUND = """
SELECT read.id, read.plate, read.state, read.confidence, read.candidates, read.camera_id, read.latitude,
    read.longitude, read.make, read.color, read.body, read.plate_key
FROM unnest(%(plates)s::varchar[]) asked(plate_key)
CROSS JOIN LATERAL (
    SELECT * FROM detections_detection
    WHERE plate_key = asked.plate_key AND agency_id = %(agency)s AND id >= %(first)s AND id < %(after)s
    ORDER BY id DESC LIMIT %(most)s
) read
"""
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Readers:
    """The agency's cameras, as far as a read's place and time hang on them."""

    agency: Agency
    cameras: Mapping[int, Camera]
    clock_off: frozenset[int]

    @classmethod
    def of(cls, agency: Agency) -> Readers:
        """All but those that stand for members' photographs, whose time and place nobody vouches for."""
        cameras = Camera.objects.filter(agency=agency).exclude(kind=Camera.Kind.PHOTOGRAPH)
        off = cameras.filter(health__problems__contains=[{"kind": Problem.CLOCK.value}])
        return cls(
            agency, {camera.pk: camera for camera in cameras}, frozenset(off.values_list("pk", flat=True))
        )

    def seen(self, row: Sequence[Any]) -> Seen:
        """One read, from a row of the queries of this module."""
        key, plate, state, confidence, candidates, camera, latitude, longitude, make, color, body, _ = row
        said = json.loads(candidates) if isinstance(candidates, str) else candidates
        return Seen(
            key=key, plate=plate, state=state, captured_at=uuid7.captured_at(key), camera=camera,
            confidence=confidence, rivals=rivals_of(plate, said), make=make, color=color, body=body,
            place=self._place(camera, latitude, longitude), clock_is_off=camera in self.clock_off,
        )  # fmt: skip

    def read(self, detection: Detection) -> Seen:
        """A stored detection as a rule looks at it."""
        return self.seen([getattr(detection, name) for name in FIELDS])

    def _place(self, camera: int, latitude: float | None, longitude: float | None) -> Place | None:
        """Where a read was made: a fixed camera's where it stands, every other's where it says."""
        one = self.cameras[camera]
        if one.kind == Camera.Kind.FIXED:
            latitude, longitude = one.latitude, one.longitude
        return None if latitude is None or longitude is None else Place(latitude, longitude)


def stored_with(readers: Readers, batches: Sequence[Transfer]) -> dict[str, list[Seen]]:
    """The reads that came with these batches, by folded plate."""
    spans = {
        batch: (uuid7.floor(batch.captured_from), uuid7.floor(batch.captured_to + _MILLISECOND))
        for batch in batches
        if batch.captured_from and batch.captured_to
    }
    if not spans:
        return {}
    facts: dict[str, Any] = {
        "batches": [batch.pk for batch in spans], "cameras": [batch.camera_id for batch in spans],
        "firsts": [first for first, _ in spans.values()], "afters": [after for _, after in spans.values()],
    }  # fmt: skip
    facts |= {"first": min(facts["firsts"]), "after": max(facts["afters"])}
    return _read(readers, STORED, facts)


def reads_of(
    readers: Readers, plates: Iterable[str], since: datetime, until: datetime, most: int
) -> dict[str, list[Seen]]:
    """The newest reads of each folded plate from `since` up to `until`, as many as `most` of each."""
    bounds = {"first": uuid7.floor(since), "after": uuid7.floor(until + _MILLISECOND)}
    return _read(readers, AROUND, bounds | {"plates": sorted(plates), "most": most})


def judged(agency: Agency, keys: Iterable[UUID]) -> set[UUID]:
    """Those of these detections that an analyst has looked at already, in a finding that is closed."""
    rows = FindingRead.objects.filter(finding__agency=agency, finding__status="closed")
    return set(rows.filter(detection_id__in=list(keys)).values_list("detection_id", flat=True))


def _read(readers: Readers, query: str, facts: dict[str, Any]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(query, facts | {"agency": readers.agency.pk})
        for row in cursor.fetchall():
            if row[5] in readers.cameras:
                found[row[-1]].append(readers.seen(row))
    return found
