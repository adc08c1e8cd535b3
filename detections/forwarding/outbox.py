"""What waits to be forwarded: noted in the transaction that stores it, taken in the order of arrival.

So nothing that is stored can be forgotten, whatever dies in between; and what is late is forwarded as well.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Min, Q, QuerySet, Sum
from django.utils import timezone
from django_q.tasks import async_task

from detections import uuid7
from detections.models import Camera, Detection, Forwarding, ForwardQueued, Transfer

RUN = "detections.forwarding.sending.run"
LOST_AFTER = timedelta(minutes=2)
AHEAD = 500
QUEUE = """
INSERT INTO detections_forwardqueued
    (forwarding_id, camera_id, transfer_id, first_id, last_id, count, queued_at)
SELECT forwarding.id, %(camera)s, %(transfer)s, %(first)s, %(last)s, %(count)s, %(at)s
FROM detections_forwarding forwarding JOIN accounts_agreement agreement
    ON agreement.id = forwarding.agreement_id
WHERE forwarding.agency_id = %(agency)s AND forwarding.state IN ('active', 'paused')
    AND agreement.lets_forward AND agreement.approved_by_id IS NOT NULL AND agreement.ended_at IS NULL
    AND agreement.starts_on <= %(today)s AND (agreement.ends_on IS NULL OR agreement.ends_on >= %(today)s)
    AND NOT EXISTS (SELECT FROM detections_forwardedcamera WHERE camera_id = %(camera)s)
RETURNING forwarding_id
"""


@dataclass
class Step:
    """How far one queued row has been taken: which detections, and where it goes on, if it does."""

    queued: ForwardQueued
    taken: list[Detection] = field(default_factory=list)
    next_id: uuid.UUID | None = None

    @property
    def gone(self) -> int:
        """How many of the row are not there any more; known once it is read to its end."""
        return 0 if self.next_id else max(0, self.queued.count - len(self.taken))


def queue(camera: Camera, transfer: Transfer, fresh: Collection[uuid.UUID]) -> None:
    """Note what a batch stored for every forwarding of the agency under an agreement in force.

    In the transaction that stores it. What another agency forwarded to us goes no further: it is theirs.
    Photographs by members belong to their inquiries and stay.
    """
    if not fresh or camera.kind == Camera.Kind.PHOTOGRAPH:
        return
    facts: dict[str, Any] = {
        "camera": camera.pk, "transfer": transfer.pk, "agency": camera.agency_id, "first": min(fresh),
        "last": max(fresh), "count": len(fresh), "at": transfer.received_at, "today": timezone.localdate(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, facts)
        found = [row[0] for row in cursor.fetchall()]
    for forwarding_id in found:
        transaction.on_commit(partial(kick, forwarding_id))


def kick(forwarding_id: int) -> None:
    """Queue a run, unless one is queued that has not begun, or the centre is to be left alone for now."""
    now = timezone.now()
    due = Forwarding.objects.filter(pk=forwarding_id, state=Forwarding.State.ACTIVE)
    due = due.filter(Q(kicked_at=None) | Q(kicked_at__lt=now - LOST_AFTER))
    if due.filter(Q(next_try_at=None) | Q(next_try_at__lte=now)).update(kicked_at=now):
        async_task(RUN, forwarding_id, task_name=f"forwarding {forwarding_id}")


def queue_earlier(forwarding: Forwarding) -> int:
    """Note what came in before the forwarding was approved, where that was asked for; gives how many rows.

    One row a camera and day of capture in UTC.
    """
    now, until = timezone.now(), forwarding.approved_at
    if forwarding.earlier_since is None or until is None:
        return 0
    rows = [row for camera in _own_cameras(forwarding) for row in _days(forwarding, camera, until)]
    with transaction.atomic():
        locked = Forwarding.objects.select_for_update(no_key=True, of=("self",)).get(pk=forwarding.pk)
        if locked.earlier_queued_at is not None or locked.state != Forwarding.State.ACTIVE:
            return 0
        ForwardQueued.objects.bulk_create(rows)
        Forwarding.objects.filter(pk=forwarding.pk).update(earlier_queued_at=now)
    return len(rows)


def settle() -> None:
    """Wait for the batches that are under way, in the transaction of an approval.

    So that what is not queued as it comes has come in before, and is there when it is looked for.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE detections_transfer IN SHARE MODE")


def _own_cameras(forwarding: Forwarding) -> Sequence[Camera]:
    own = Camera.objects.filter(agency=forwarding.agency_id, forwarded=None)
    return list(own.exclude(kind=Camera.Kind.PHOTOGRAPH))


def _days(forwarding: Forwarding, camera: Camera, until: datetime) -> Iterator[ForwardQueued]:
    since = forwarding.earlier_since
    assert since is not None
    start = datetime(since.year, since.month, since.day, tzinfo=UTC)
    while start < until + timedelta(days=1):
        end = start + timedelta(days=1)
        first, last = uuid7.floor(start), uuid.UUID(int=uuid7.floor(end).int - 1)
        there = Detection.objects.filter(camera=camera, id__gte=first, id__lte=last, received_at__lte=until)
        if count := there.count():
            yield ForwardQueued(
                forwarding=forwarding, camera=camera, first_id=first, last_id=last, count=count,
                queued_at=until,
            )  # fmt: skip
        start = end


def waiting(forwarding: Forwarding, most: int, until: datetime) -> list[Step]:
    """The next detections to be forwarded, `most` at most, captured before `until`, by the rows they wait in.

    A row of which nothing is left is given as well, so that what is gone is counted.
    """
    rows = list(forwarding.queued.select_related("camera")[:AHEAD])
    singles = _singles([row.first_id for row in rows if row.transfer_id and row.first_id == row.last_id])
    steps: list[Step] = []
    bound, room = uuid7.floor(until), most
    for row in rows:
        if not room:
            break
        if row.first_id >= bound:
            continue
        step = _step(row, singles, room, bound)
        if step.taken or step.next_id is None:
            steps.append(step)
        room -= len(step.taken)
    return steps


def _singles(ids: list[uuid.UUID]) -> dict[uuid.UUID, Detection]:
    """Rows of one detection each, which is how readers send: found in one query."""
    if not ids:
        return {}
    found = Detection.objects.filter(id__one_of=ids, id__gte=min(ids), id__lte=max(ids))
    return {each.id: each for each in found}


def _step(row: ForwardQueued, singles: dict[uuid.UUID, Detection], room: int, bound: uuid.UUID) -> Step:
    if row.transfer_id and row.first_id == row.last_id:
        one = singles.get(row.first_id)
        return Step(row, [one] if one is not None else [])
    there = list(_detections(row)[: room + 1])
    taken = [each for each in there[:room] if each.id < bound]
    left = there[len(taken) :]
    return Step(row, taken, left[0].id if left else None)


def _detections(row: ForwardQueued) -> QuerySet[Detection]:
    rows = Detection.objects.filter(camera=row.camera_id, id__gte=row.first_id, id__lte=row.last_id)
    if row.transfer_id:
        return rows.filter(transfer=row.transfer_id).order_by("id")
    return rows.filter(received_at__lte=row.queued_at).order_by("id")


def done(steps: Sequence[Step]) -> None:
    """Take what was forwarded out of the queue, in the transaction that keeps its receipt."""
    ended = [step.queued.pk for step in steps if step.next_id is None]
    ForwardQueued.objects.filter(pk__in=ended).delete()
    for step in steps:
        if step.next_id is not None:
            kept = ForwardQueued.objects.filter(pk=step.queued.pk)
            kept.update(first_id=step.next_id, count=F("count") - len(step.taken))


def again(forwarding: Forwarding, refused: Sequence[tuple[int, uuid.UUID]], at: datetime) -> None:
    """Queue detections that the centre refused, each by its camera and id."""
    ForwardQueued.objects.bulk_create(
        ForwardQueued(
            forwarding=forwarding, camera_id=camera, first_id=detection, last_id=detection, count=1,
            queued_at=at,
        )
        for camera, detection in refused
    )  # fmt: skip


def oldest(forwarding: Forwarding) -> tuple[int, datetime | None]:
    """How many detections wait, and when the oldest of them came in."""
    facts = forwarding.queued.aggregate(count=Sum("count"), oldest=Min("queued_at"))
    return facts["count"] or 0, facts["oldest"]
