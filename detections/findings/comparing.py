"""The job: every stored read is looked at once, in the order in which batches came in, late ones too.

A batch says for itself whether it waits (`Transfer.to_compare`), so that none is passed over because it was
committed late. A step takes a few batches, makes its findings and lets the batches go in one transaction: a
worker that is killed has done a step whole or not at all, and two never do the same one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Agency
from detections.findings import apart, unlike
from detections.findings.around import MOST_APART, MOST_UNLIKE, Readers, judged, reads_of, stored_with
from detections.findings.seen import Contradiction, Limits, Seen, by_state, is_sure
from detections.findings.services import finding_make
from detections.models import Transfer
from trail import context
from trail.actors import System

MOST_BATCHES, MOST_READS = 1_000, 5_000
# Well within what the queue gives a job; what is left waits for the next.
SECONDS = 80
_LOCK = 7_310_021
Plates = Mapping[str, list[Seen]]


def limits() -> Limits:
    """What this installation asks of a finding (`ALPR_FINDING_KMH`, `ALPR_FINDING_CONFIDENCE`)."""
    return Limits(kmh=settings.FINDING_KMH, confidence=settings.FINDING_CONFIDENCE / 100)


def compare_everywhere(seconds: float = SECONDS) -> int:
    """Look at what came in at every agency with a policy; gives how many batches were done. May run twice."""
    stop_at, done = time.monotonic() + seconds, 0
    with context.acting(None, request_id=context.new_request_id()):
        for agency in Agency.objects.all():
            if agency.adopted is not None:
                done += compare(agency, stop_at)
    return done


def compare(agency: Agency, stop_at: float | None = None) -> int:
    """Look at what came in at one agency, until nothing waits or the time is over; gives how many batches.

    Nothing where another process does so already.
    """
    done = 0
    while stop_at is None or time.monotonic() < stop_at:
        batches = _step(agency)
        done += batches
        if not batches:
            break
    return done


@transaction.atomic
def _step(agency: Agency) -> int:
    if not _alone(agency) or not (batches := _next(agency)):
        return 0
    readers = Readers.of(agency)
    actor = System("Findings", agency)
    for fresh in _by_day(stored_with(readers, batches)):
        for found in contradictions(readers, fresh, limits()):
            finding_make(actor=actor, agency=agency, found=found)
    Transfer.objects.filter(pk__in=[batch.pk for batch in batches]).update(to_compare=False)
    return len(batches)


def _alone(agency: Agency) -> bool:
    """Whether nobody else does so; the lock goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, agency.pk])
        return bool(cursor.fetchone()[0])


def _next(agency: Agency) -> list[Transfer]:
    """The next batches that wait, as many as have together no more reads than one step takes."""
    waiting = Transfer.objects.filter(to_compare=True, camera__agency=agency).order_by("pk")
    taken: list[Transfer] = []
    reads = 0
    for batch in waiting[:MOST_BATCHES]:
        reads += batch.accepted
        if taken and reads > MOST_READS:
            break
        taken.append(batch)
    return taken


def _by_day(stored: Plates) -> Iterator[dict[str, list[Seen]]]:
    """The new reads day by day of their capture, so that each look-up opens few partitions."""
    days: dict[date, dict[str, list[Seen]]] = {}
    for key, reads in stored.items():
        for seen in reads:
            days.setdefault(seen.captured_at.astimezone(UTC).date(), {}).setdefault(key, []).append(seen)
    return iter(days[day] for day in sorted(days))


def contradictions(readers: Readers, fresh: Plates, asked: Limits) -> list[Contradiction]:
    """Everything that these new reads of one day contradict, of either kind."""
    sure = {
        key: kept
        for key, reads in fresh.items()
        if (kept := [seen for seen in reads if is_sure(seen, asked)])
    }
    if not sure:
        return []
    moments = [seen.captured_at for reads in sure.values() for seen in reads]
    since, until = min(moments), max(moments)
    near = reads_of(readers, sure, since - apart.WITHIN, until + apart.WITHIN, MOST_APART)
    told = [key for key, reads in sure.items() if any(unlike.Look.of(seen).is_known for seen in reads)]
    known = reads_of(readers, told, since - unlike.WITHIN, until + unlike.WITHIN, MOST_UNLIKE)
    found = [*_apart(sure, near, asked), *_unlike(sure, known, asked)]
    return _unjudged(readers.agency, found, sure, near, known, asked)


def _apart(fresh: Plates, around: Plates, asked: Limits) -> Iterator[Contradiction]:
    for key, reads in fresh.items():
        for plate, _, group in _groups(around.get(key, [])):
            new = {seen.key for seen in reads if seen.plate == plate}
            mine = [seen for seen in group if seen.key in new and seen.plate == plate]
            if mine and (found := apart.of_plate(mine, group, asked)):
                yield found


def _unlike(fresh: Plates, around: Plates, asked: Limits) -> Iterator[Contradiction]:
    for key, reads in fresh.items():
        new = {seen.key for seen in reads}
        for plate, state, group in _groups(around.get(key, [])):
            if found := unlike.of_plate(new, group, asked, plate, state):
                yield found


def _groups(around: Sequence[Seen]) -> Iterator[tuple[str, str, list[Seen]]]:
    """Each plate under each state, with its reads and with those of plates that readers confuse with it."""
    for plate in sorted({seen.plate for seen in around}):
        others = [seen for seen in around if seen.plate != plate]
        for state, group in by_state(seen for seen in around if seen.plate == plate).items():
            yield plate, state, [*group, *others]


def _unjudged(
    agency: Agency,
    found: Sequence[Contradiction],
    fresh: Plates,
    near: Plates,
    known: Plates,
    asked: Limits,
) -> list[Contradiction]:
    """The same without the reads that an analyst has looked at already, where there are any."""
    closed = judged(agency, _keys(found))
    if not closed:
        return list(found)

    def without(plates: Plates) -> Plates:
        return {key: [seen for seen in reads if seen.key not in closed] for key, reads in plates.items()}

    again = [*_apart(fresh, without(near), asked), *_unlike(fresh, without(known), asked)]
    return _unjudged(agency, again, fresh, without(near), without(known), asked)


def _keys(found: Iterable[Contradiction]) -> set[UUID]:
    return {seen.key for one in found for seen in one.reads}
