"""The purge of the parking program: reads after their days, hits after theirs, by the policy in force.

Part of the agency's daily purge, with lines of its own on the certificate. A standing hold over a plate,
or over a camera and a time, keeps parking reads and hits as it keeps detections.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from alpr.policy import Policy
from detections import held
from detections.models import Hold, ParkingDay, ParkingHit, ParkingPurge, ParkingRead, PurgeRun
from trail.actors import System
from trail.services import record
from trail.verbs import Outcome, Verb

BATCH = 5_000
RULES = ("retention.parking_reads_days", "retention.parking_hits_days")
COUNTS = ("reads_due", "reads_held", "reads_gone", "hits_due", "hits_held", "hits_gone")


@dataclass(frozen=True)
class Due:
    """What of the parking program is past its time, held or not. Making it changes nothing."""

    reads_before: datetime
    hits_before: datetime
    reads: QuerySet[ParkingRead]
    hits: QuerySet[ParkingHit]
    reads_held: QuerySet[ParkingRead]
    hits_held: QuerySet[ParkingHit]

    @property
    def counts(self) -> dict[str, int]:
        """How much is due, and how much of it is held."""
        names = ("reads", "reads_held", "hits", "hits_held")
        return {name: getattr(self, name).count() for name in names}


def has_program(agency: Agency) -> bool:
    """Whether the agency ever read anything for parking."""
    return ParkingDay.objects.filter(agency=agency).exists()


def due(agency: Agency) -> Due:
    """What is due now. Raises `NoPolicy` where no policy says how long it is kept."""
    now, rules = timezone.now(), agency.policy.retention
    return _due(
        agency,
        now - timedelta(days=rules.parking_reads_days),
        now - timedelta(days=rules.parking_hits_days),
    )


def _due(agency: Agency, reads_before: datetime, hits_before: datetime) -> Due:
    reads = ParkingRead.objects.filter(agency=agency, captured_at__lt=reads_before)
    hits = ParkingHit.objects.filter(agency=agency, last_at__lt=hits_before)
    return Due(
        reads_before, hits_before, reads, hits,
        reads.filter(_held(agency, _read_of)), hits.filter(_held(agency, _hit_of)),
    )  # fmt: skip


def purge(run: PurgeRun) -> ParkingPurge | None:
    """Delete what is due and not held, in batches, and give the numbers; None for an agency without parking.

    Runs within the agency's purge. After a crash the next run begins anew: what went is gone and counted.
    """
    if not has_program(run.agency):
        return None
    now = due(run.agency)
    made, _ = ParkingPurge.objects.get_or_create(
        run=run,
        defaults={
            "reads_before": now.reads_before,
            "hits_before": now.hits_before,
            "authority": authority(run.agency.policy),
        },
    )
    while _delete(made, "reads") or _delete(made, "hits"):
        pass
    return _finish(made)


def authority(policy: Policy) -> str:
    """The rules that set both times, each as it reads, with its clause, in at most 400 characters."""
    said = []
    for name in RULES:
        clause = policy.clause(name)
        where = f"clause {clause.number}" if clause.number else clause.source.lower()
        said.append(f"{policy.describe(name)} ({where})")
    return f"{policy.label}: {' '.join(said)}"[:400]


@transaction.atomic
def _delete(made: ParkingPurge, what: str) -> bool:
    """Delete one batch of reads or of hits, and say whether there was one."""
    agency = made.run.agency
    held.keep_holds_out(agency)
    now = _due(agency, made.reads_before, made.hits_before)
    rows: QuerySet[Any]
    kept: QuerySet[Any]
    rows, kept = (now.reads, now.reads_held) if what == "reads" else (now.hits, now.hits_held)
    stays: Any = kept.values("pk")
    free = rows.exclude(pk__in=stays).order_by("pk")
    gone: Any = list(free.values_list("pk", flat=True)[:BATCH])
    if not gone:
        return False
    rows.model._default_manager.filter(pk__in=gone).delete()
    setattr(made, f"{what}_gone", getattr(made, f"{what}_gone") + len(gone))
    lines = [f"parking {what.removesuffix('s')} {key}" for key in gone]
    made.list_sha256 = hashlib.sha256("\n".join([made.list_sha256, *lines]).encode()).hexdigest()
    made.save()
    return True


@transaction.atomic
def _finish(made: ParkingPurge) -> ParkingPurge:
    now = _due(made.run.agency, made.reads_before, made.hits_before).counts
    made.reads_held, made.hits_held = now["reads_held"], now["hits_held"]
    made.reads_due, made.hits_due = made.reads_gone + now["reads"], made.hits_gone + now["hits"]
    made.finished_at = timezone.now()
    made.save()
    numbers = {name: getattr(made, name) for name in COUNTS} | {"list_sha256": made.list_sha256}
    actor = System("Purge", made.run.agency)
    record(actor, Verb.PURGED, made, elements=numbers, outcome=Outcome.DONE)
    return made


def _held(agency: Agency, of_hold: Any) -> Q:
    """The condition of the rows that a standing hold keeps."""
    holds: Iterable[Hold] = held.standing(agency).filter(kind__in=held.RANGED)
    condition = Q(pk__in=[])
    for hold in holds:
        condition |= of_hold(hold)
    return condition


def _read_of(hold: Hold) -> Q:
    subject = Q(camera=hold.camera_id) if hold.kind == Hold.Kind.CAMERA else _plate(hold)
    return subject & _span(hold, "captured_at", "captured_at")


def _hit_of(hold: Hold) -> Q:
    cameras = Q(last_camera=hold.camera_id) | Q(first_camera=hold.camera_id)
    subject = cameras if hold.kind == Hold.Kind.CAMERA else _plate(hold)
    return subject & _span(hold, "first_at", "last_at")


def _plate(hold: Hold) -> Q:
    return Q(plate_key=hold.plate_key) & ~Q(plate_key="")


def _span(hold: Hold, first: str, last: str) -> Q:
    condition = Q()
    if hold.since is not None:
        condition &= Q(**{f"{last}__gte": hold.since})
    if hold.until is not None:
        condition &= Q(**{f"{first}__lt": hold.until})
    return condition
