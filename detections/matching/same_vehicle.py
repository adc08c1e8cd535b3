"""The same vehicle again: further reads of it by one camera join its hit, so that a parked car rings once.

The same vehicle is one entry and one plate (confusable characters aside) at one camera. A read joins where it
was captured within the policy's window of the hit's first to last read, whenever it comes in, and also where
the hit is closed by then. An exact read does not join a possible hit: that is more than was known, and rings.
A photograph that a member gives never joins, and what a look-back found takes no further reads.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, Min, QuerySet
from django.db.models.functions import Greatest

from detections.asked import Asked
from detections.matching.alerts import hit_of
from detections.matching.meeting import Met, Seen, meetings
from detections.models import Camera, Hit, HitRead
from hotlists.patterns import Meeting
from hotlists.plates import fold


@dataclass(frozen=True, slots=True)
class Matched:
    """The ids of the hits made now, and of those still open that further reads joined."""

    made: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Alert:
    """A hit, stored or about to be, from its first read to its last, and the reads that join it now."""

    hit: Hit
    first: datetime
    last: datetime
    joining: list[Met] = field(default_factory=list)

    def takes(self, met: Met, window: timedelta) -> bool:
        """Whether this read is of the same alert."""
        more = met.match == Meeting.EXACT and self.hit.match != Hit.Match.EXACT
        return not more and self.first - window <= met.read.captured_at <= self.last + window

    def take(self, met: Met) -> None:
        """Let the read join."""
        self.joining.append(met)
        self.first = min(self.first, met.read.captured_at)
        self.last = max(self.last, met.read.captured_at)


# By entry and folded plate: one vehicle at one camera.
Alerts = dict[tuple[int, str], list[Alert]]


def match(*, camera: Camera, reads: Mapping[uuid.UUID, Seen]) -> Matched:
    """Make a hit for each entry in use that one of these reads meets, or let the read join one.

    `reads` holds the camera's newly stored detections by id; the camera's row is locked, so that no two
    batches of it do this at once. Only lists of the camera's agency are met. A hit outlives its detection, so
    a read that made one or joined one does neither again.
    """
    met = not_standing(meetings(camera.agency, reads))
    if not met:
        return Matched()
    window = window_of(camera)
    standing: Alerts = {} if window is None else _standing(camera, met, window)
    return store(gather(camera, met, window, standing))


def gather(camera: Camera, met: Iterable[Met], window: timedelta | None, standing: Alerts) -> list[Alert]:
    """These meetings of one camera, by time of capture, as alerts: those that stand and new ones."""
    alerts = defaultdict(list, standing)
    for one in met:
        of_vehicle = alerts[one.entry.pk, fold(one.read.plate)]
        alert = next((each for each in of_vehicle if window and each.takes(one, window)), None)
        if alert is None:
            of_vehicle.append(Alert(hit_of(camera, one), one.read.captured_at, one.read.captured_at))
        else:
            alert.take(one)
    return [alert for of_vehicle in alerts.values() for alert in of_vehicle]


def window_of(camera: Camera) -> timedelta | None:
    """How long after one read of a vehicle the next is of the same alert; None where every read is one."""
    adopted = camera.agency.adopted
    if camera.kind == Camera.Kind.PHOTOGRAPH or adopted is None:
        return None
    minutes = adopted.policy.ladder.same_vehicle_minutes
    return None if minutes is None else timedelta(minutes=minutes)


def _made(detections: list[uuid.UUID]) -> QuerySet[Any, Any]:
    hits = Hit.objects.filter(detection_id__one_of=detections)
    return hits.order_by().values_list("detection_id", "entry_id")


def _joined(detections: list[uuid.UUID]) -> QuerySet[Any, Any]:
    reads = HitRead.objects.filter(detection_id__one_of=detections)
    return reads.order_by().values_list("detection_id", "hit__entry_id")


_MADE = Asked(_made, detections=[uuid.UUID(int=1)])
_JOINED = Asked(_joined, detections=[uuid.UUID(int=1)])


def not_standing(met: list[Met]) -> list[Met]:
    """Those that made no hit yet and joined none."""
    detections = {one.detection_id for one in met}
    if not detections:
        return []
    keys = list(detections)
    standing = {*_MADE(detections=keys), *_JOINED(detections=keys)}
    return [one for one in met if (one.detection_id, one.entry.pk) not in standing]


def _near(camera: int, entries: list[int], since: datetime) -> QuerySet[Any, Any]:
    hits = Hit.objects.filter(camera=camera, entry__pk__one_of=entries, last_read_at__gte=since)
    return hits.filter(look_back=None).order_by().values_list("pk")


_NEAR = Asked(_near, camera=-1, entries=[-1], since=datetime(1, 1, 1, tzinfo=UTC))


def _standing(camera: Camera, met: list[Met], window: timedelta) -> Alerts:
    """The hits that these reads may join, newest first, locked so that none is purged meanwhile."""
    alerts: Alerts = defaultdict(list)
    since = min(one.read.captured_at for one in met) - window
    near = _NEAR(camera=camera.pk, entries=list({one.entry.pk for one in met}), since=since)
    if not near:
        return alerts
    named = Hit.objects.filter(pk__in=[pk for (pk,) in near])
    hits = list(named.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    reads = HitRead.objects.filter(hit__in=hits).values_list("hit").order_by().annotate(Min("captured_at"))
    first = dict(reads)
    for hit in reversed(hits):
        since = min(hit.captured_at, first.get(hit.pk, hit.captured_at))
        alerts[hit.entry_id, fold(hit.plate)].append(Alert(hit, since, hit.last_read_at))
    return alerts


def store(alerts: list[Alert]) -> Matched:
    """Store new hits, and let the reads join that join."""
    stored = [alert for alert in alerts if alert.hit.pk is not None and alert.joining]
    new = sorted((a for a in alerts if a.hit.pk is None), key=lambda a: (a.hit.captured_at, a.hit.entry_id))
    for alert in new:
        alert.hit.reads, alert.hit.last_read_at = 1 + len(alert.joining), alert.last
    Hit.objects.bulk_create([alert.hit for alert in new])
    for alert in stored:
        more, last = len(alert.joining), alert.last
        Hit.objects.filter(pk=alert.hit.pk).update(
            reads=F("reads") + more, last_read_at=Greatest("last_read_at", last)
        )
    HitRead.objects.bulk_create(_further(alert.hit, met) for alert in alerts for met in alert.joining)
    open_ones = [alert.hit.pk for alert in stored if alert.hit.status == Hit.Status.OPEN]
    return Matched([alert.hit.pk for alert in new], open_ones)


def _further(hit: Hit, met: Met) -> HitRead:
    read = met.read
    return HitRead(
        hit=hit, detection_id=met.detection_id, captured_at=read.captured_at, plate=read.plate,
        state=read.state, confidence=read.confidence, image=read.image, box=read.box,
    )  # fmt: skip
