"""A hit's own copy of the read that made it."""

from __future__ import annotations

from detections.matching.meeting import Met
from detections.models import Camera, Hit

COPIED = (
    "captured_at", "plate", "state", "confidence", "candidates", "make", "model", "color", "body",
    "direction", "image", "box", "engine",
)  # fmt: skip


def hit_of(camera: Camera, met: Met) -> Hit:
    """A new hit, not yet stored: the read as it was, the entry's priority and the age of its list."""
    return Hit(
        agency_id=camera.agency_id,
        camera=camera,
        entry=met.entry,
        detection_id=met.detection_id,
        match=met.match.value,
        priority=met.entry.rings,
        last_read_at=met.read.captured_at,
        list_loaded_at=met.entry.hot_list.source_at,
        **{name: getattr(met.read, name) for name in COPIED},
    )
