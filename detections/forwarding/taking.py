"""A batch that another installation forwards: its cameras made known, its detections stored as any others.

They are matched, held, purged and searched under our policy, as detections of the source's cameras.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from detections import images
from detections.api import native
from detections.forwarding.cameras import CameraRefused, camera_of
from detections.ingest import Read, RefusedRow, receive, record_refused
from detections.models import Camera, Detection, ForwardKey, ForwardSource
from trail.services import act, record
from trail.verbs import Outcome, Verb

HASH = "picture_sha256"
LARGEST_COUNT = 2**62


class Damaged(Exception):
    """A picture is not the one that was sent; the batch is to be sent again."""


@dataclass
class Taken:
    """What became of a batch: counts, the batches it was stored as, and the rows that were refused."""

    accepted: int = 0
    duplicates: int = 0
    transfers: list[int] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass(frozen=True)
class Batch:
    """A batch as it came: rows, pictures by the number of their row, and what it tells of its cameras."""

    rows: Sequence[object]
    pictures: Mapping[int, bytes]
    sha256: str
    cameras: Mapping[str, Any]
    waiting: object = None


def take(*, actor: ForwardKey, batch: Batch, pictures_refused: Mapping[int, str]) -> Taken:
    """Store a batch and give what became of each row. The same batch again changes nothing.

    `pictures_refused` says why a picture is none, by row. Raises `Damaged`.
    """
    with images.taken_back_on_error() as written:
        taken, used = _take(actor=actor, batch=batch, pictures_refused=pictures_refused)
    for name in set(written) - used:
        images.remove(name)
    return taken


@act
def _take(*, actor: ForwardKey, batch: Batch, pictures_refused: Mapping[int, str]) -> tuple[Taken, set[str]]:
    _lock(actor.source)
    taken, used, now = Taken(), set[str](), timezone.now()
    for code, numbered in sorted(_by_camera(batch.rows, taken).items()):
        try:
            camera = camera_of(actor.source, code, batch.cameras.get(code))
        except CameraRefused as refused:
            rows = [RefusedRow(index, _name(row), {"camera": str(refused)}) for index, row in numbered]
            taken.refused += rows
            _record_refused(actor, code, str(refused), len(rows))
            continue
        used |= _store(actor, camera, numbered, batch, pictures_refused, now, taken)
    taken.refused.sort(key=lambda row: row.index)
    _note(actor.source, batch, taken, now)
    return taken, used


def _lock(source: ForwardSource) -> None:
    """One batch of a source at a time, so that its cameras become known once and its counts are true."""
    ForwardSource.objects.select_for_update(no_key=True).get(pk=source.pk)


def _by_camera(rows: Sequence[object], taken: Taken) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            taken.refused.append(RefusedRow(index, "", {"": "A detection is an object with named values."}))
            continue
        checked = native.Row(row)
        code = checked.text("camera", required=True)
        if checked.reasons:
            taken.refused.append(RefusedRow(index, _name(row), checked.reasons))
        else:
            found.setdefault(code, []).append((index, row))
    return found


def _store(
    actor: ForwardKey,
    camera: Camera,
    numbered: Sequence[tuple[int, dict[str, Any]]],
    batch: Batch,
    pictures_refused: Mapping[int, str],
    now: datetime,
    taken: Taken,
) -> set[str]:
    """Store the rows of one camera; gives the pictures that detections now name."""
    reads: dict[int, Read] = {}
    refused: list[RefusedRow] = []
    for index, row in numbered:
        read = _read(camera, row, index, batch.pictures.get(index), pictures_refused.get(index, ""), now)
        if isinstance(read, Read):
            reads[index] = read
        else:
            refused.append(read)
    taken.refused += refused
    if not reads:
        record_refused(actor, camera, refused, of=len(numbered))
        return set()
    receipt = receive(
        actor=actor, camera=camera, reads=list(reads.values()), refused=refused, batch_sha256=batch.sha256
    )
    if receipt.conflicts:
        taken.refused += _conflicts(reads, receipt.detection_ids)
    taken.accepted += len(receipt.fresh)
    taken.duplicates += len(reads) - len(receipt.fresh) - len(receipt.conflicts)
    taken.transfers.append(receipt.transfer.pk)
    used: dict[Any, str] = {}
    for key, read in zip(receipt.detection_ids, reads.values(), strict=True):
        if key in receipt.fresh:
            used.setdefault(key, read.image)
    return set(used.values())


def _conflicts(reads: Mapping[int, Read], ids: Sequence[uuid.UUID]) -> list[RefusedRow]:
    """The rows under whose id another read stands."""
    there = Detection.objects.filter(id__one_of=ids, id__gte=min(ids), id__lte=max(ids))
    stored = dict(there.values_list("id", "content_sha256"))
    reason = {"sender_id": "Another read came under this id before; it is kept."}
    return [
        RefusedRow(index, read.sender_id, reason)
        for (index, read), key in zip(reads.items(), ids, strict=True)
        if stored.get(key) != read.content_sha256
    ]


def _read(
    camera: Camera, row: dict[str, Any], index: int, picture: bytes | None, no_picture: str, now: datetime
) -> Read | RefusedRow:
    """One row as a read, with its picture stored where the policy keeps any."""
    policy = camera.agency.policy
    terms = native.Terms(camera=str(row["camera"]), now=now, kept_days=policy.retention.detections_days)
    sha256 = hashlib.sha256(picture).hexdigest() if picture is not None else ""
    if picture is not None and row.get(HASH) != sha256:
        raise Damaged("A picture is not the one whose hash was sent: send the batch again.")
    read = native.read_row(row, index, terms, picture_sha256=sha256)
    if not isinstance(read, Read):
        return read
    if no_picture:
        return RefusedRow(index, read.sender_id, {"image": no_picture})
    engine = row.get("engine")
    if isinstance(engine, str) and len(engine) <= 40 and engine.isprintable():
        read = replace(read, engine=engine)
    if picture is None:
        return replace(read, box=None)
    return replace(read, image=images.store_of_read(picture, read.captured_at, policy))


def _record_refused(actor: ForwardKey, code: str, why: str, count: int) -> None:
    record(
        actor,
        Verb.ATTEMPTED,
        f"to send detections of camera {code}",
        detail=why,
        elements={"refused": count, "of": count, "fields": ["camera"]},
        outcome=Outcome.REFUSED,
    )


def _note(source: ForwardSource, batch: Batch, taken: Taken, now: datetime) -> None:
    counts = {"accepted": taken.accepted, "duplicates": taken.duplicates, "refused": len(taken.refused)}
    waiting = batch.waiting if isinstance(batch.waiting, dict) else {}
    count, since = waiting.get("count"), waiting.get("oldest")
    try:
        oldest = native.moment(since) if since else None
    except ValueError:
        oldest = None
    ForwardSource.objects.filter(pk=source.pk).update(
        **{name: F(name) + value for name, value in counts.items()},
        receipt={"sha256": batch.sha256, "transfers": taken.transfers} | counts,
        receipt_at=now,
        waiting_there=count if type(count) is int and 0 <= count < LARGEST_COUNT else None,
        waiting_since=oldest,
    )


def _name(row: dict[str, Any]) -> str:
    """The sender's id of a row, or nothing where it is none."""
    return native.Row(row).text("sender_id")
