"""Many detections loaded as they come: the memory of the process that takes them in must not grow.

300,000 unless SIZE says otherwise (`make bench SIZE=full`: ten million), in batches of 1,000 with matching
and receipts, over the 30 days before now. Then 100,000 of the month before in one transfer, as a vehicle
sends that was away: once into days of which the partition stands, and once into days that have none.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from benchmarks.ingest import LETTERS, camera_of, listed_plates
from detections import partitions
from detections.ingest import Read, receive
from detections.models import Detection, ReaderKey
from trail import context

SIZES = {"": 300_000, "small": 300_000, "full": 10_000_000}
BATCH = 1_000
MARKS = (0.1, 0.5, 1.0)
DAYS = 30
LATE = 100_000
LATE_DAYS = 30
# Python's own memory varies by a few MiB; a batch that stayed would be some 700 bytes a detection.
MOST_GROWTH = 32
DICE = random.Random(20261122)


@dataclass(frozen=True)
class Volume:
    """So many detections, how long they took, and the memory in MiB after each part of them."""

    rows: int
    seconds: float
    memory: dict[int, int]

    def __str__(self) -> str:
        memory = ", ".join(f"{mebibytes} MiB after {rows:,}" for rows, mebibytes in self.memory.items())
        rate = self.rows / self.seconds
        return f"{self.rows:,} detections in {self.seconds:,.0f} s ({rate:,.0f} a second): {memory}"


@dataclass(frozen=True)
class Late:
    """Seconds that a month's detections took, late, where their partitions stand and where none does."""

    stands: float
    missing: float

    def __str__(self) -> str:
        return (
            f"{LATE:,} detections of {LATE_DAYS} days before, late: {self.stands:.0f} s into partitions that "
            f"stand, {self.missing:.0f} s where they are missing ({self.missing / self.stands:.2f} times)"
        )


def run() -> Iterator[Volume | Late]:
    """Load them all, then what is late."""
    camera = camera_of("Volume")
    listed_plates(camera.agency)
    key = ReaderKey.objects.get(camera=camera)
    now, before = timezone.now(), Detection.objects.count()
    size = SIZES.get(os.environ.get("SIZE", ""), 0) or int(os.environ["SIZE"])
    yield _load(key, size, now)
    last = now - timedelta(days=DAYS + 5)
    _empty(last)
    partitions.ensure(last - timedelta(days=days) for days in range(LATE_DAYS + 1))
    stands = _take(key, "stands", LATE, last, LATE_DAYS)
    _empty(last - timedelta(days=LATE_DAYS + 5))
    yield Late(stands, _take(key, "missing", LATE, last - timedelta(days=LATE_DAYS + 5), LATE_DAYS))
    if Detection.objects.count() != before + size + 2 * LATE:
        raise RuntimeError("Not everything that was sent is stored.")


def _load(key: ReaderKey, size: int, now: datetime) -> Volume:
    memory: dict[int, int] = {}
    took = _take(key, "load", size, now, DAYS, memory)
    least, most = min(memory.values()), max(memory.values())
    if most - least > MOST_GROWTH:
        raise RuntimeError(f"Memory grew from {least} to {most} MiB while detections came in.")
    return Volume(size, took, memory)


def _empty(before: datetime) -> None:
    """No partition of a day that ends before: none stands whose rows are somebody else's."""
    partitions.drop_empty(before + timedelta(days=1))


def _take(
    key: ReaderKey, name: str, size: int, until: datetime, days: int, memory: dict[int, int] | None = None
) -> float:
    """Receive so many reads of the days before `until`, batch by batch; gives the seconds that it took."""
    marks = [int(size * mark) for mark in MARKS]
    took = 0.0
    for first in range(0, size, BATCH):
        batch = _batch(name, first, min(BATCH, size - first), until - timedelta(days=days), days / size)
        start = time.perf_counter()
        with context.acting(key, request_id=f"{name}-{first}"):
            receive(actor=key, camera=key.camera, reads=batch, refused=[], batch_sha256=f"{first:064}")
        took += time.perf_counter() - start
        if memory is not None and first + len(batch) >= marks[0]:
            memory[first + len(batch)] = _mebibytes_now()
            marks.pop(0)
            marks = marks or [size + 1]
    return took


def _batch(name: str, first: int, count: int, since: datetime, days_each: float) -> list[Read]:
    return [
        Read(
            sender_id=f"{name}-{number}",
            captured_at=_milliseconds(since + timedelta(days=number * days_each)),
            plate=_plate(), content_sha256=f"{DICE.getrandbits(256):064x}", state="CA", confidence=0.93,
            make="HONDA", model="CIVIC", color="GRAY", direction="northbound", latitude=38.104,
            longitude=-122.256,
        )
        for number in range(first, first + count)
    ]  # fmt: skip


def _milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _plate() -> str:
    digits = f"{DICE.randrange(10_000):04}"
    return digits[0] + "".join(DICE.choices(LETTERS, k=3)) + digits[1:]


def _mebibytes_now() -> int:
    """What this process holds now."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) // 1024
