"""How detections come in: one batch, one transaction, one receipt.

The camera's row is locked first, so that batches of one camera follow each other. What is stored already is
looked up, and the rest is copied straight into the partitions: the same batch again changes nothing.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from detections import health, late, live, matching, parking, partitions, plates_seen, uuid7
from detections.asked import Asked
from detections.forwarding import outbox
from detections.models import Camera, Detection, Transfer
from detections.parking import taking as parking_reads
from detections.reads import Read, RefusedRow
from hotlists.plates import fold
from trail.actors import Actor
from trail.services import act, record
from trail.verbs import Outcome, Verb
from training.api.errors import Closed

__all__ = ["InactiveCamera", "Read", "Receipt", "RefusedRow", "receive", "record_refused"]

COLUMNS = (
    "id", "agency_id", "camera_id", "transfer_id", "sender_id", "content_sha256", "received_at", "plate",
    "plate_key", "state", "confidence", "candidates", "make", "model", "color", "body", "direction",
    "latitude", "longitude", "image", "box", "engine",
)  # fmt: skip
COPY = f"COPY {partitions.TABLE} ({', '.join(COLUMNS)}) FROM STDIN"


class InactiveCamera(Closed):
    """The camera is out of service, and nothing is taken from it."""

    code = "inactive_camera"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one batch.

    `detection_ids` stands in the order of the reads, whether stored now or before; `fresh` are those stored
    now. `conflicts` are the sender's ids under which another read stands, which is kept. `hit_ids` are the
    hits made now, not those that a further read joined. `transfer` has the counts, those of the first time
    where the same batch came again.
    """

    transfer: Transfer
    detection_ids: list[uuid.UUID]
    fresh: frozenset[uuid.UUID]
    conflicts: list[str]
    hit_ids: list[int]
    refused: list[RefusedRow]


@act
def receive(
    *,
    actor: Actor,
    camera: Camera,
    reads: Sequence[Read],
    refused: Sequence[RefusedRow],
    batch_sha256: str,
    repeats: int = 0,
    by_hand: bool = False,
) -> Receipt:
    """Store one batch with its hits, and give its receipt.

    `refused` are the rows of the batch that did not come through its checks; `repeats` is how many told of
    cars that were taken before, which count as duplicates; `batch_sha256` is the hash of the whole batch as
    it came. What a person gives `by_hand` is no sign of the camera's life, and hides no fault of it. The same
    batch again has the same receipt; a read whose sender's id is taken by another at that camera and time is
    a conflict, and the first stays. Raises `InactiveCamera`.
    """
    camera = _locked(camera)
    ids = [uuid7.detection_id(r.captured_at, camera=camera.pk, sender_id=r.sender_id) for r in reads]
    fresh, conflicts = _sort_out(ids, reads, parking.contents(camera, ids))
    earlier = None if fresh else Transfer.objects.filter(camera=camera, batch_sha256=batch_sha256).last()
    if earlier is not None:
        return Receipt(
            transfer=earlier, detection_ids=ids, fresh=frozenset(), conflicts=conflicts, hit_ids=[],
            refused=list(refused),
        )  # fmt: skip
    parked = parking.of_program(camera, fresh)
    police = {key: read for key, read in fresh.items() if key not in parked} if parked else fresh
    matched = matching.match(camera=camera, reads=police)
    moments = [read.captured_at for read in police.values()]
    transfer = Transfer.objects.create(
        camera=camera,
        batch_sha256=batch_sha256,
        sent_by=actor.trail_label,
        accepted=len(fresh),
        duplicates=len(reads) - len(fresh) - len(conflicts) + repeats,
        refused=len(refused) + len(conflicts),
        hits=len(matched.made),
        captured_from=min(moments, default=None),
        captured_to=max(moments, default=None),
        to_compare=bool(moments),
    )
    plates_seen.unlist(camera.agency_id, moments)
    _copy(camera, transfer, police)
    outbox.queue(camera, transfer, police.keys())
    parking_reads.store(camera=camera, transfer=transfer, reads=parked)
    _note(camera, list(fresh.values()), transfer, by_hand=by_hand)
    live.announce(matched.made)
    for hit_id in matched.joined:
        live.announce_change(hit_id)
    _record(actor, transfer, conflicts, refused)
    return Receipt(
        transfer=transfer, detection_ids=ids, fresh=frozenset(fresh), conflicts=conflicts,
        hit_ids=matched.made, refused=list(refused),
    )  # fmt: skip


def record_refused(actor: Actor, camera: Camera, refused: Sequence[RefusedRow], *, of: int) -> None:
    """Put on the trail that rows of a batch of `of` were turned away: how many and for which fields."""
    fields = sorted({name for row in refused for name in row.reasons})
    health.refused(camera, refused)
    record(
        actor,
        Verb.ATTEMPTED,
        f"to send detections of camera {camera.code}",
        detail=f"{len(refused)} of {of} detections had values that cannot stand: {', '.join(fields)}.",
        elements={"refused": len(refused), "of": of, "fields": fields},
        outcome=Outcome.REFUSED,
    )


def _locked(camera: Camera) -> Camera:
    locked = Camera.objects.select_for_update(no_key=True).get(pk=camera.pk)
    locked.agency = camera.agency
    if not locked.is_active:
        raise InactiveCamera(f"Camera {locked.code} is out of service; nothing was stored.")
    return locked


def _sort_out(
    ids: list[uuid.UUID], reads: Sequence[Read], parked: Mapping[uuid.UUID, str]
) -> tuple[dict[uuid.UUID, Read], list[str]]:
    """The reads to be stored, by id, and the sender's ids of those in conflict; the first of an id wins."""
    contents = {**_contents(ids), **parked}
    fresh: dict[uuid.UUID, Read] = {}
    conflicts = []
    for detection_id, read in zip(ids, reads, strict=True):
        if detection_id not in contents:
            contents[detection_id] = read.content_sha256
            fresh[detection_id] = read
        elif contents[detection_id] != read.content_sha256:
            conflicts.append(read.sender_id)
    return fresh, conflicts


def _stored(ids: list[uuid.UUID], first: uuid.UUID, last: uuid.UUID) -> QuerySet[Any, Any]:
    stored = Detection.objects.filter(id__one_of=ids, id__gte=first, id__lte=last)
    return stored.order_by().values_list("id", "content_sha256")


_STORED = Asked(_stored, ids=[uuid.UUID(int=1)], first=uuid.UUID(int=2), last=uuid.UUID(int=3))


def _contents(ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Hash of the content of those that are stored, by id. The bounds let PostgreSQL pass over other days."""
    if not ids:
        return {}
    return dict(_STORED(ids=ids, first=min(ids), last=max(ids)))


def _copy(camera: Camera, transfer: Transfer, fresh: Mapping[uuid.UUID, Read]) -> None:
    if not fresh:
        return
    partitions.ensure(read.captured_at for read in fresh.values())
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(COPY) as copy:
        for detection_id, read in fresh.items():
            copy.write_row(in_columns(detection_id, read, camera, transfer))


def in_columns(detection_id: uuid.UUID, read: Read, camera: Camera, transfer: Transfer) -> tuple[Any, ...]:
    """A read under its id, in the order of `COLUMNS`."""
    return (
        detection_id, camera.agency_id, camera.pk, transfer.pk, read.sender_id, read.content_sha256,
        transfer.received_at, read.plate, fold(read.plate), read.state, read.confidence,
        json.dumps(read.candidates), read.make, read.model, read.color, read.body, read.direction,
        read.latitude, read.longitude, read.image, None if read.box is None else json.dumps(read.box),
        read.engine,
    )  # fmt: skip


def _note(camera: Camera, reads: Sequence[Read], transfer: Transfer, *, by_hand: bool) -> None:
    if by_hand:
        health.count(camera, reads=reads)
        late.settle(camera)
    else:
        health.note(camera, reads=reads, received_at=transfer.received_at)
        late.note(camera=camera, reads=reads, received_at=transfer.received_at)


def _record(
    actor: Actor, transfer: Transfer, conflicts: Sequence[str], refused: Sequence[RefusedRow]
) -> None:
    counts = {name: getattr(transfer, name) for name in ("accepted", "duplicates", "refused", "hits")}
    elements = {"camera": transfer.camera.code, "conflicts": len(conflicts)} | counts
    record(actor, Verb.DETECTIONS_RECEIVED, transfer, elements=elements)
    if refused:
        of = transfer.accepted + transfer.duplicates + transfer.refused
        record_refused(actor, transfer.camera, refused, of=of)
