"""Scofflaw lists: loaded from files that replace each other by comparison, met by parking reads alone.

They are no hot lists: no officer of the police works them, they enter no console and no look-back, and what
leaves them is deleted at once, since a hit has its own copy.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections.model_parking_zones import local
from detections.models import ParkingHit, ParkingRead, ScofflawEntry, ScofflawList, ScofflawLoad
from detections.parking import counts
from detections.parking.overtime import EXACT, OPEN, POSSIBLE, copy_first, copy_last
from detections.parking.scofflaw_files import Listed, read
from hotlists.plates import fold
from hotlists.reading.results import Problem
from trail.services import act, record
from trail.verbs import Verb
from training import gate

PROBLEMS_TOLD = 200
NOTABLY_SHORTER = 0.5
FACTS = ("reason", "amount", "permit")


@act
def list_make(*, actor: Member, agency: Agency, name: str, fresh_days: int = 7) -> ScofflawList:
    """Make a list, which is empty until a file is loaded. Raises ValidationError for a name in use."""
    gate.require(actor, Permission.DESIGNATE_LISTS, on=agency)
    made = ScofflawList(agency=agency, name=" ".join(name.split()), fresh_days=fresh_days)
    made.full_clean()
    made.save()
    record(actor, Verb.CREATED, made)
    return made


@act
def list_end(*, actor: Member, scofflaw_list: ScofflawList) -> ScofflawList:
    """End a list: its entries are deleted, its hits stay. Again changes nothing."""
    gate.require(actor, Permission.DESIGNATE_LISTS, on=scofflaw_list)
    scofflaw_list = ScofflawList.objects.select_for_update().get(pk=scofflaw_list.pk)
    if scofflaw_list.ended_at is None:
        gone, _ = scofflaw_list.entries.all().delete()
        scofflaw_list.ended_at, scofflaw_list.size = timezone.now(), 0
        scofflaw_list.save()
        record(actor, Verb.CHANGED, scofflaw_list, detail="ended", elements={"removed": gone})
    return scofflaw_list


@act
def list_load(
    *, actor: Member, scofflaw_list: ScofflawList, file: BinaryIO, file_name: str, confirmed: bool = False
) -> ScofflawLoad:
    """Let a file replace what stands on the list, by comparison and in one transaction.

    Bad lines are left out and said by their numbers; the same vehicle twice counts once. Raises
    ValidationError on `file` for what is no such file, for one without a good line, and, unless `confirmed`,
    for one with less than half of the vehicles that stand: it may be cut off.
    """
    gate.require(actor, Permission.LOAD_LISTS, on=scofflaw_list)
    scofflaw_list = ScofflawList.objects.select_for_update(of=("self",)).get(pk=scofflaw_list.pk)
    if scofflaw_list.ended_at is not None:
        raise ValidationError("This list was ended.")
    listed, problems, sha256 = _read(file)
    _refuse_odd(scofflaw_list, listed, confirmed)
    load = ScofflawLoad(
        scofflaw_list=scofflaw_list, file_name=file_name[:200], sha256=sha256, loaded_by=actor,
        refused=len(problems), problems=[[one.line, one.why] for one in problems[:PROBLEMS_TOLD]],
    )  # fmt: skip
    _replace(load, listed)
    load.save()
    scofflaw_list.loaded_at, scofflaw_list.size = load.loaded_at, len(listed)
    scofflaw_list.save()
    numbers = {name: getattr(load, name) for name in ("added", "changed", "removed", "unchanged", "refused")}
    record(actor, Verb.LIST_LOADED, scofflaw_list, elements=numbers | {"sha256": sha256})
    return load


def meet(agency: Agency, fresh: Iterable[ParkingRead]) -> None:
    """Make the scofflaw hits of these reads: one for each listed vehicle and day, which further reads join.

    An exact read of a possible one makes it exact while it is open; else it is a hit of its own.
    """
    by_key = defaultdict(list)
    for row in sorted(fresh, key=lambda row: (row.captured_at, row.pk)):
        by_key[row.plate_key].append(row)
    asked = ScofflawEntry.objects.filter(scofflaw_list__agency=agency, scofflaw_list__ended_at=None)
    entries = asked.filter(plate_key__in=by_key).select_related("scofflaw_list").order_by("pk")
    for entry in entries:
        for row in by_key[entry.plate_key]:
            _meet(agency, entry, row)


def _meet(agency: Agency, entry: ScofflawEntry, row: ParkingRead) -> None:
    match = EXACT if entry.plate == row.plate and _one_state(entry, row) else POSSIBLE
    day = local(row.captured_at).date()
    hits = ParkingHit.objects.select_for_update(of=("self",)).filter(
        agency=agency, plate_key=row.plate_key, day=day, kind=ParkingHit.Kind.SCOFFLAW,
        scofflaw_list=entry.scofflaw_list, listed_plate=entry.plate, listed_state=entry.state,
    )  # fmt: skip
    usable = Q(match=EXACT) | Q(status=OPEN) if match == EXACT else Q()
    hit = hits.filter(usable).order_by("match", "-pk").first()
    if hit is not None and hit.status != OPEN:
        return
    if hit is None:
        hit = _hit_of(agency, entry, row)
        hit.match = match
        copy_first(hit, row)
        copy_last(hit, row)
        hit.save()
        counts.add(agency, day, "scofflaw_hits")
        return
    hit.reads += 1
    raised = match == EXACT and not hit.is_exact
    if raised or (match == hit.match and row.captured_at >= hit.last_at):
        hit.match = match
        copy_last(hit, row)
    if row.captured_at < hit.first_at:
        copy_first(hit, row)
    hit.save()


def _one_state(entry: ScofflawEntry, row: ParkingRead) -> bool:
    return not (entry.state and row.state and entry.state != row.state)


def _hit_of(agency: Agency, entry: ScofflawEntry, row: ParkingRead) -> ParkingHit:
    of_list = entry.scofflaw_list
    return ParkingHit(
        agency=agency, kind=ParkingHit.Kind.SCOFFLAW, plate_key=row.plate_key,
        day=local(row.captured_at).date(), scofflaw_list=of_list, list_loaded_at=of_list.loaded_at,
        listed_plate=entry.plate, listed_state=entry.state, reason_listed=entry.reason,
        amount=entry.amount, permit=entry.permit,
    )  # fmt: skip


def _read(file: BinaryIO) -> tuple[dict[tuple[str, str], Listed], list[Problem], str]:
    listed: dict[tuple[str, str], Listed] = {}
    problems = []
    for one in read(file):
        if isinstance(one, Problem):
            problems.append(one)
        else:
            listed.setdefault((one.plate, one.state), one)
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 18):
        digest.update(chunk)
    return listed, problems, digest.hexdigest()


def _refuse_odd(of_list: ScofflawList, listed: dict[tuple[str, str], Listed], confirmed: bool) -> None:
    if not listed:
        raise ValidationError({"file": "The file has no line that is a vehicle."})
    if not confirmed and len(listed) < of_list.size * NOTABLY_SHORTER:
        sizes = f"The file has {len(listed):,} vehicles, the list {of_list.size:,}."
        raise ValidationError({"file": f"{sizes} It may be cut off: confirm that it is whole."})


def _replace(load: ScofflawLoad, listed: dict[tuple[str, str], Listed]) -> None:
    """Delete, change and add what differs, and count it on the load."""
    standing = {(entry.plate, entry.state): entry for entry in load.scofflaw_list.entries.all()}
    gone = [entry.pk for key, entry in standing.items() if key not in listed]
    changed, new = [], []
    for key, said in listed.items():
        facts: dict[str, Any] = {name: getattr(said, name) for name in FACTS}
        entry = standing.get(key)
        if entry is None:
            plate, state = key
            new.append(
                ScofflawEntry(
                    scofflaw_list=load.scofflaw_list, plate=plate, plate_key=fold(plate), state=state, **facts
                )
            )
        elif any(getattr(entry, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(entry, name, value)
            changed.append(entry)
    ScofflawEntry.objects.filter(pk__in=gone).delete()
    ScofflawEntry.objects.bulk_update(changed, FACTS, batch_size=2_000)
    ScofflawEntry.objects.bulk_create(new, batch_size=2_000)
    load.removed, load.changed, load.added = len(gone), len(changed), len(new)
    load.unchanged = len(listed) - len(new) - len(changed)
