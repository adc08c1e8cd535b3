"""How detections come in: one batch, one transaction, one receipt."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from detections.models import Camera, Transfer
from trail.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One read of a plate, checked and ready to be stored.

    `sender_id` names it for its sender, at that camera and time; `content_sha256` is the hash of the message
    as it came, by which a second read under the same id is told from the same one sent again. `plate` is
    normalized, `state` a code of `hotlists.plates.STATES` or empty, `confidence` runs from 0 to 1.
    `candidates` holds other readings, best first: `{"plate", "confidence"}`. `box` is x, y, width, height in
    pixels of `image`, a name given by `images.store`. `engine` says what read it, where that was this system.
    """

    sender_id: str
    captured_at: datetime
    plate: str
    content_sha256: str
    state: str = ""
    confidence: float | None = None
    candidates: list[dict[str, Any]] = field(default_factory=list)
    make: str = ""
    model: str = ""
    color: str = ""
    body: str = ""
    direction: str = ""
    latitude: float | None = None
    longitude: float | None = None
    image: str = ""
    box: list[int] | None = None
    engine: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row of a batch that was not stored: its place in the batch, its sender's id if any, and why."""

    index: int
    sender_id: str
    reasons: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one batch.

    `detection_ids` stands in the order of the reads, whether they are new or were there before; `fresh` are
    those stored now; `conflicts` are the sender's ids under which something else was stored before (the first
    is kept); `hit_ids` are the hits made now.
    """

    transfer: Transfer
    detection_ids: list[uuid.UUID]
    fresh: frozenset[uuid.UUID]
    conflicts: list[str]
    hit_ids: list[int]
    refused: list[RefusedRow]


def receive(
    *, actor: Actor, camera: Camera, reads: list[Read], refused: list[RefusedRow], batch_sha256: str
) -> Receipt:
    """Store one batch with its hits, in one transaction, and give its receipt."""
    raise NotImplementedError
