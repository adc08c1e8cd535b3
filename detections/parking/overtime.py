"""Overtime hits: made once for each stay past its limit, whatever the order in which its reads come in.

New reads may begin, lengthen or break stays of their day. So the days of the vehicles they are of are judged
anew, and the hits are made to agree: one is made where none is, an open one takes the newest read, and one
whose stay is broken says so. A closed hit stays as it was closed.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency
from detections.model_parking_zones import begins, local
from detections.models import ParkingHit, ParkingRead
from detections.parking import counts
from detections.parking.stays import Day, Sight, Stay, of_day

Group = tuple[str, date]
EXACT, POSSIBLE = ParkingHit.Match.EXACT, ParkingHit.Match.POSSIBLE
OPEN, BROKEN = ParkingHit.Status.OPEN, ParkingHit.Status.BROKEN


@dataclass(frozen=True)
class Judged:
    """One folded plate's day: its reads by id, and its stays."""

    day: date
    reads: dict[uuid.UUID, ParkingRead]
    stays: Day


def judge(agency: Agency, fresh: Sequence[ParkingRead]) -> None:
    """Make the overtime hits of the days of these reads agree with all that was read.

    A day of which reads are purged already is left as it is: what was deleted cannot speak for the driver.
    """
    whole_from = local(timezone.now()).date() - timedelta(days=agency.policy.retention.parking_reads_days - 1)
    groups = {(row.plate_key, local(row.captured_at).date()) for row in fresh if row.is_placed}
    groups = {group for group in groups if group[1] >= whole_from}
    if not groups:
        return
    reads, hits = _reads(agency, groups), _hits(agency, groups)
    for group in sorted(groups):
        rows = {row.pk: row for row in reads[group]}
        _agree(agency, Judged(group[1], rows, of_day(map(_sight, rows.values()))), hits[group])


def _reads(agency: Agency, groups: Iterable[Group]) -> dict[Group, list[ParkingRead]]:
    keys, days = {key for key, _ in groups}, {day for _, day in groups}
    rows = ParkingRead.objects.filter(
        Q(zone__isnull=False) | Q(latitude__isnull=False),
        agency=agency, plate_key__in=keys, captured_at__gte=begins(min(days)),
        captured_at__lt=begins(max(days) + timedelta(days=1)),
    )  # fmt: skip
    found = defaultdict(list)
    for row in rows.select_related("zone", "camera").order_by("captured_at", "pk"):
        found[row.plate_key, local(row.captured_at).date()].append(row)
    return found


def _hits(agency: Agency, groups: Iterable[Group]) -> dict[Group, list[ParkingHit]]:
    keys, days = {key for key, _ in groups}, {day for _, day in groups}
    rows = ParkingHit.objects.filter(
        agency=agency, kind=ParkingHit.Kind.OVERTIME, plate_key__in=keys, day__in=days
    )
    found = defaultdict(list)
    for hit in rows.select_for_update(of=("self",)).order_by("pk"):
        found[hit.plate_key, hit.day].append(hit)
    return found


def _sight(row: ParkingRead) -> Sight:
    if row.zone is None:
        return Sight(row.pk, row.captured_at, row.plate, row.state, None)
    counted = row.zone.counts_at(row.captured_at)
    return Sight(row.pk, row.captured_at, row.plate, row.state, row.zone_id, counted, row.zone.limit)


def _agree(agency: Agency, judged: Judged, hits: list[ParkingHit]) -> None:
    standing = [hit for hit in hits if hit.broken_at is None]
    for hit in standing:
        if not any(stay.holds(hit.zone_id, hit.first_at, hit.last_at) for stay in _stays_of(hit, judged)):
            _break(hit)
    standing = [hit for hit in standing if hit.broken_at is None]
    for stay in judged.stays.overtime:
        same = [hit for hit in standing if _of_stay(hit, stay) and (not hit.is_exact or _same(hit, stay))]
        exact = [hit for hit in same if hit.is_exact]
        raised = [hit for hit in same if not hit.is_exact and hit.status == OPEN]
        _write(agency, judged, stay, EXACT, next(iter(exact or raised), None))
    for stay in judged.stays.possible:
        known = [hit for hit in standing if _of_stay(hit, stay)]
        if not any(hit.is_exact for hit in known):
            _write(agency, judged, stay, POSSIBLE, next(iter(known), None))


def _stays_of(hit: ParkingHit, judged: Judged) -> list[Stay]:
    """The stays of the hit's vehicle; of a possible one, those of all that are alike."""
    return [stay for stay in judged.stays.exact if _same(hit, stay)] if hit.is_exact else judged.stays.alike


def _of_stay(hit: ParkingHit, stay: Stay) -> bool:
    return stay.holds(hit.zone_id, hit.first_at, hit.last_at) or (
        not hit.is_exact and hit.zone_id == stay.zone and stay.first.at <= hit.last_at <= stay.last.at
    )


def _same(hit: ParkingHit, stay: Stay) -> bool:
    return (hit.plate, hit.state) == (stay.last.plate, stay.last.state)


def _break(hit: ParkingHit) -> None:
    """A later read shows the vehicle elsewhere in between: it cannot be cited for this stay any more."""
    hit.broken_at = timezone.now()
    if hit.status == OPEN:
        hit.status = BROKEN
    hit.save(update_fields=["broken_at", "status"])


def _write(agency: Agency, judged: Judged, stay: Stay, match: str, hit: ParkingHit | None) -> None:
    """Make the hit of a stay, or let an open one say what is known now."""
    if hit is not None and hit.status != OPEN:
        return
    first, last = judged.reads[stay.first.key], judged.reads[stay.last.key]
    assert first.zone is not None
    is_new = hit is None
    hit = hit or ParkingHit(agency=agency, kind=ParkingHit.Kind.OVERTIME, day=judged.day)
    hit.match, hit.plate_key, hit.reads = match, last.plate_key, len(stay.sights)
    hit.zone, hit.zone_name, hit.limit_minutes = first.zone, first.zone.name, first.zone.limit_minutes
    copy_first(hit, first)
    copy_last(hit, last)
    hit.save()
    if is_new:
        counts.add(agency, judged.day, "overtime_hits")


def copy_first(hit: ParkingHit, read: ParkingRead) -> None:
    """Let the hit have its own copy of the read that began it."""
    hit.first_read, hit.first_at, hit.first_camera = read.pk, read.captured_at, read.camera
    hit.first_plate, hit.first_state, hit.first_vehicle = read.plate, read.state, read.vehicle
    hit.first_latitude, hit.first_longitude = read.latitude, read.longitude


def copy_last(hit: ParkingHit, read: ParkingRead) -> None:
    """Let the hit have its own copy of its newest read."""
    hit.last_read, hit.last_at, hit.last_camera = read.pk, read.captured_at, read.camera
    hit.plate, hit.state, hit.vehicle = read.plate, read.state, read.vehicle
    hit.latitude, hit.longitude = read.latitude, read.longitude
