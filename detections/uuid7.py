"""UUIDv7 (RFC 9562) that carries the capture time, so that a partition by id is a partition by day.

The bits after the time are a hash of who sent it and under which id: the same detection sent twice has the
same key, and the database itself keeps it from being stored twice.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime, timedelta

_TAIL_BITS = 74
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def detection_id(captured_at: datetime, *, camera: int, sender_id: str) -> uuid.UUID:
    """The id of one detection: its time in milliseconds, then 74 bits of a hash of camera and sender's id."""
    digest = hashlib.sha256(f"{camera}\0{sender_id}".encode()).digest()
    return _compose(captured_at, int.from_bytes(digest, "big") % (1 << _TAIL_BITS))


def floor(moment: datetime) -> uuid.UUID:
    """The smallest id of a detection captured at `moment` or later: the bound of ranges and partitions.

    An id carries no time before 1970.
    """
    return _compose(max(moment, _EPOCH), 0)


def captured_at(key: uuid.UUID) -> datetime:
    """The capture time in UTC that an id carries."""
    milliseconds = key.int >> 80
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _compose(moment: datetime, tail: int) -> uuid.UUID:
    milliseconds = (moment - _EPOCH) // _MILLISECOND
    high, low = tail >> 62, tail & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
