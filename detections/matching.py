"""Meeting the hot lists: what a new read matches becomes a hit in the same transaction.

Plates meet under the key that folds confusable characters (`hotlists.plates.fold`). A hit is exact where the
plate is the same character by character and the states do not contradict each other; all others are possible.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping

from accounts.models import Agency
from detections.models import Camera, Hit
from detections.reads import Read
from hotlists.models import Entry
from hotlists.plates import fold

COPIED = (
    "captured_at", "plate", "state", "confidence", "candidates", "make", "model", "color", "body",
    "direction", "image", "box", "engine",
)  # fmt: skip


def match(*, camera: Camera, reads: Mapping[uuid.UUID, Read]) -> list[int]:
    """Make a hit for each entry in use that one of these reads meets, and give the ids of those made now.

    `reads` holds the camera's newly stored detections by id. Only lists of the camera's agency are met; a
    plate on several lists makes several hits. A hit outlives its detection, so one that stands is not made
    again.
    """
    waiting: dict[str, list[uuid.UUID]] = defaultdict(list)
    for detection_id, read in reads.items():
        waiting[fold(read.plate)].append(detection_id)
    hits = [
        _hit(camera, detection_id, reads[detection_id], entry)
        for entry in _entries(camera.agency, waiting)
        for detection_id in waiting[entry.plate_key]
    ]
    return [hit.pk for hit in Hit.objects.bulk_create(_not_standing(hits))] if hits else []


def is_exact(entry: Entry, read: Read) -> bool:
    """Whether read and entry name the same plate, in states that do not contradict each other."""
    contradicts = bool(entry.state and read.state and entry.state != read.state)
    return entry.plate == read.plate and not contradicts


def _entries(agency: Agency, keys: Iterable[str]) -> Iterable[Entry]:
    """The agency's entries in use under these keys."""
    return (
        Entry.objects.in_use()
        .filter(hot_list__agency=agency, plate_key__one_of=keys)
        .select_related("hot_list")
        .order_by("pk")
    )


def _hit(camera: Camera, detection_id: uuid.UUID, read: Read, entry: Entry) -> Hit:
    return Hit(
        agency_id=camera.agency_id,
        camera=camera,
        entry=entry,
        detection_id=detection_id,
        match=Hit.Match.EXACT if is_exact(entry, read) else Hit.Match.POSSIBLE,
        priority=entry.rings,
        last_read_at=read.captured_at,
        list_loaded_at=entry.hot_list.source_at,
        **{name: getattr(read, name) for name in COPIED},
    )


def _not_standing(hits: list[Hit]) -> list[Hit]:
    detections = {hit.detection_id for hit in hits}
    standing = set(
        Hit.objects.filter(detection_id__one_of=detections).values_list("detection_id", "entry_id")
    )
    return [hit for hit in hits if (hit.detection_id, hit.entry_id) not in standing]
