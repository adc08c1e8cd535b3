"""The other way round: which detections of the past an entry meets, day by day, the newest first.

Each day is one partition. Whole plates are found through its index on the folded plate, many at once; a part
of a plate through the index where its beginning is known; everything else reads the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import F, Q, Value

from accounts.models import Agency
from detections.like import Like, as_like
from detections.matching.meeting import Met, how_it_meets
from detections.model_reads import DetectionQuerySet
from detections.models import Detection
from hotlists.models import Entry
from hotlists.patterns import meets
from hotlists.plates import fold

_VEHICLE = ("state", "make", "model", "color", "body")
_CHUNK = 2_000


def days(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The partitions' days between two times, the last first, the outer ones cut."""
    start = until
    while start > since:
        end = start
        day = (end - timedelta(microseconds=1)).astimezone(UTC).date()
        start = max(since, datetime.combine(day, time(), UTC))
        yield start, end


def past_meetings(
    agency: Agency, entries: Sequence[Entry], since: datetime, until: datetime
) -> Iterator[Met]:
    """Every detection of the agency captured in this time that one of `entries` meets, the newest first.

    The time lies within one day. The entries have their lists at hand.
    """
    captured = Detection.objects.captured(since, until).filter(agency=agency).order_by("-id")
    by_key: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_key[entry.plate_key].append(entry)
    in_part = by_key.pop("", [])
    if by_key:
        for detection in captured.filter(plate_key__one_of=by_key).iterator(_CHUNK):
            yield from _met(by_key[detection.plate_key], detection)
    for several, found in (_partial(captured, in_part), _described(captured, in_part)):
        if several:
            for detection in found.iterator(_CHUNK):
                yield from _met(several, detection)


def _met(entries: Iterable[Entry], detection: Detection) -> Iterator[Met]:
    for entry in entries:
        if how := how_it_meets(entry, detection):
            yield Met(entry, detection.pk, detection, how)


def _partial(captured: DetectionQuerySet, entries: list[Entry]) -> tuple[list[Entry], DetectionQuerySet]:
    partial = [entry for entry in entries if entry.plate]
    patterns = (as_like(fold(entry.plate)) for entry in partial)
    fits = reduce(or_, (Q(Like(F("plate_key"), Value(pattern))) for pattern in patterns), Q())
    return partial, captured.filter(fits)


def _described(captured: DetectionQuerySet, entries: list[Entry]) -> tuple[list[Entry], DetectionQuerySet]:
    """Descriptions, and the detections that say of make, model, color and body what one of them may meet."""
    described = [entry for entry in entries if not entry.plate]
    if not described:
        return [], captured.none()
    said = list(captured.order_by().values_list(*_VEHICLE).distinct())
    fitting = [kind for kind in said if any(meets(entry, "", *kind) for entry in described)]
    values = zip(_VEHICLE, zip(*fitting, strict=True), strict=True) if fitting else ()
    named = {f"{name}__in": set(of_name) for name, of_name in values}
    return described, captured.filter(**named) if fitting else captured.none()
