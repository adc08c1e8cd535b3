"""One read of a plate on its way in, and one row that was turned away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One read of a plate, checked and ready to be stored.

    `sender_id` names it for its sender, at that camera and time (to the millisecond); `content_sha256` is the
    hash of the message as it came, by which another read under the same id is told from the same one sent
    again. `plate` is normalized, `state` a code of `hotlists.plates.STATES` or empty, `confidence` runs from
    0 to 1. `candidates` holds other readings, best first: `{"plate", "confidence"}`. `box` is x, y, width,
    height in pixels of `image`, a name given by `images.store`. `engine` says what read the plate, where that
    was this system.
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
    """One row that was not stored: its place in the batch from 0, its sender's id, and why, by field."""

    index: int
    sender_id: str
    reasons: dict[str, str]
