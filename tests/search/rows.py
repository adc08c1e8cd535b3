"""Detections stored many at once, as readers would have sent them long ago."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from detections import partitions, uuid7
from detections.models import Camera, Detection
from hotlists.plates import fold


def store(camera: Camera, reads: Iterable[tuple[str, datetime]], **facts: Any) -> list[Detection]:
    """Store these plates with their capture times, past the checks of what comes in; gives the rows."""
    reads = list(reads)
    partitions.ensure(at for _, at in reads)
    begin = Detection.objects.filter(camera=camera).count()
    rows = [
        Detection(
            id=uuid7.detection_id(at, camera=camera.pk, sender_id=f"s-{number}"), agency=camera.agency,
            camera=camera, sender_id=f"s-{number}", content_sha256="c" * 64, received_at=at, plate=plate,
            plate_key=fold(plate), **({"state": "CA"} | facts),
        )
        for number, (plate, at) in enumerate(reads, start=begin)
    ]  # fmt: skip
    return Detection.objects.bulk_create(rows, batch_size=5000)
