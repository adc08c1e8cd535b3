"""Looking back: a new entry held against past detections, where policy and list allow, under an inquiry.

A hot plate asks for it when it is entered, for its own case. For a general list whose settings say so, it is
done for what a file added, in the name of the member who designated the list. What is found is marked
(`Hit.look_back`), rings on no console, and can carry no stop by itself.

A job may be killed and run again: all it writes, it writes in one transaction at its end.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from django.db import Error
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Agency
from detections.matching import Met
from detections.matching.backwards import days, past_meetings
from detections.matching.same_vehicle import Alert, gather, not_standing, store, window_of
from detections.models import Camera, Detection, Hit, LookBack
from detections.search import kept_since
from hotlists.model_entries import EntryQuerySet
from hotlists.models import Entry, HotList, Snapshot
from hotlists.sources import Source
from hotlists.wanted import longest_look_back
from trail.actors import System
from trail.models import Inquiry, Offense
from trail.services import act, record
from trail.verbs import Outcome, Verb

logger = logging.getLogger(__name__)
JOB = "Looking back"
MOST_ENTRIES = 50_000
MOST_HITS = 1_000
MOST_READS = 10_000
SECONDS = 45
RECENT = timedelta(days=1)
OFFENSES: dict[str, Offense] = {
    **dict.fromkeys((Source.SVS, Source.SLR, Source.NCIC_VEHICLE, Source.NCIC_PLATE), Offense.STOLEN),
    **dict.fromkeys((Source.AMBER, Source.SILVER, Source.NCIC_MISSING), Offense.MISSING),
    **dict.fromkeys((Source.SFR, Source.NCIC_WANTED), Offense.WANTED),
    **dict.fromkeys((Source.NCIC_PROTECTION, Source.NCIC_RISK), Offense.DOMESTIC),
    Source.DMV: Offense.ADMINISTRATIVE,
}


def due(agency: Agency) -> list[LookBack]:
    """The look-backs of one agency that wait now; those that have become due are made."""
    if agency.adopted is None:
        return []
    actor = System(JOB, agency)
    for entry in _hot_plates(agency):
        if (back := longest_look_back(entry.hot_list)) and entry.look_back_days and entry.inquiry:
            back = min(back, entry.look_back_days)
            look_back_entry(actor=actor, entry=entry, inquiry=entry.inquiry, back_days=back)
    for snapshot in _snapshots(agency):
        if back := longest_look_back(snapshot.hot_list):
            look_back_snapshot(actor=actor, snapshot=snapshot, back_days=back)
    return list(LookBack.objects.filter(agency=agency, state=LookBack.State.WAITING).order_by("pk"))


def _hot_plates(agency: Agency) -> Iterable[Entry]:
    asked = Entry.objects.hot_plates().in_use().filter(look_back_days__isnull=False, inquiry__isnull=False)
    return asked.filter(hot_list__agency=agency, look_back=None).select_related("hot_list__agency", "inquiry")


def _snapshots(agency: Agency) -> Iterable[Snapshot]:
    """Files loaded lately that added entries; what a list began with is no news."""
    earlier = Snapshot.objects.filter(hot_list=OuterRef("hot_list"), loaded_at__lt=OuterRef("loaded_at"))
    hot_lists = HotList.objects.filter(
        agency=agency, is_active=True, kind=HotList.Kind.GENERAL, look_back_days__isnull=False
    )
    return Snapshot.objects.filter(
        Exists(earlier),
        hot_list__in=hot_lists,
        loaded_at__gt=timezone.now() - RECENT,
        added__gt=0,
        look_back=None,
    ).select_related("hot_list__agency", "hot_list__designated_by")


@act
def look_back_entry(*, actor: System, entry: Entry, inquiry: Inquiry, back_days: int) -> LookBack:
    """Let a hot plate in use be held against the detections of the last `back_days` days."""
    times = _until_now(back_days)
    made, _ = LookBack.objects.get_or_create(
        entry=entry, defaults={"agency": entry.agency, "inquiry": inquiry, **times}
    )
    return made


@act
def look_back_snapshot(*, actor: System, snapshot: Snapshot, back_days: int) -> LookBack:
    """Let what a file added be held against the detections of the last `back_days` days.

    The inquiry is stated by rule, in the name of the member who designated the list, and says so.
    """
    Snapshot.objects.select_for_update(no_key=True).get(pk=snapshot.pk)
    if standing := LookBack.objects.filter(snapshot=snapshot).first():
        return standing
    hot_list = snapshot.hot_list
    inquiry = Inquiry.objects.create(
        member=hot_list.designated_by,
        agency=hot_list.agency,
        offense=OFFENSES.get(hot_list.source, Offense.OTHER),
        reason=f"By rule, for {hot_list.designated_by.trail_label}, who designated {hot_list}: "
        f"what {snapshot.file_name} added is held against the detections of the last {back_days} days.",
    )
    record(actor, Verb.PURPOSE_STATED, inquiry, inquiry=inquiry)
    return LookBack.objects.create(
        agency=hot_list.agency, snapshot=snapshot, inquiry=inquiry, **_until_now(back_days)
    )


def _until_now(back_days: int) -> dict[str, datetime]:
    """The time of a look-back. Its entries match by now.

    What was read between their decision or load and the end of its transaction met the list as it was.
    """
    now = timezone.now()
    return {"since": now - timedelta(days=back_days), "until": now}


@act
def look_back_run(*, actor: System, look_back: LookBack) -> LookBack | None:
    """Hold the entries of one look-back against past detections, and make hits of what met them.

    At most `MOST_HITS` alerts, the newest; `found` counts every detection that met. Nothing past its time of
    retention is read. None where another process has it in hand or it is done.
    """
    waiting = LookBack.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "agency", "inquiry", "entry__hot_list__agency", "snapshot__hot_list__agency"
    )
    found = waiting.filter(pk=look_back.pk, state=LookBack.State.WAITING).first()
    if found is None:
        return None
    harvest = _harvest(found)
    made = _make_hits(found, harvest.met)
    found.state, found.finished_at = LookBack.State.DONE, timezone.now()
    found.found, found.why = harvest.count, harvest.why
    found.save()
    _record(actor, found, Outcome.DONE, hits=made)
    return found


def attempt(look_back: LookBack) -> LookBack | None:
    """Run one look-back, and note it as failed where the database gives an error."""
    actor = System(JOB, look_back.agency)
    try:
        return look_back_run(actor=actor, look_back=look_back)
    except Error as error:
        logger.exception("Look-back %s failed.", look_back.pk)
        look_back_fail(actor=actor, look_back=look_back, why=f"The database gave {type(error).__name__}.")
        return None


@act
def look_back_fail(*, actor: System, look_back: LookBack, why: str) -> None:
    """Note that a look-back could not be done, so that it does not wait for ever."""
    found = LookBack.objects.select_for_update().get(pk=look_back.pk)
    if found.state == LookBack.State.WAITING:
        found.state, found.finished_at, found.why = LookBack.State.FAILED, timezone.now(), why[:300]
        found.save()
        _record(actor, found, Outcome.FAILED, hits=0)


@dataclass
class Harvest:
    """What was met: how many detections, the newest of them, and what was left out."""

    met: list[Met] = field(default_factory=list)
    count: int = 0
    why: str = ""


def _harvest(look_back: LookBack) -> Harvest:
    harvest = Harvest()
    if look_back.snapshot is not None and look_back.snapshot.added > MOST_ENTRIES:
        harvest.why = (
            f"The file added more than {MOST_ENTRIES:,} entries: too many to be held against the past."
        )
        return harvest
    entries = _entries(look_back)
    if not entries:
        harvest.why = "Nothing of it is in use any more, or policy and list no longer allow it."
        return harvest
    kept = kept_since(look_back.agency.policy, timezone.now())
    stop_at = time.monotonic() + SECONDS
    for since, until in days(max(look_back.since, kept), look_back.until):
        if time.monotonic() > stop_at:
            harvest.why = f"Only detections since {until:%Y-%m-%d %H:%M} UTC: the rest was too much to read."
            break
        for met in past_meetings(look_back.agency, entries, since, until):
            harvest.count += 1
            if len(harvest.met) < MOST_READS:
                harvest.met.append(met)
    return harvest


def _entries(look_back: LookBack) -> list[Entry]:
    """The entries still in use of one look-back, where policy and list still allow it."""
    in_use = Entry.objects.in_use().select_related("hot_list")
    of = look_back.entry or look_back.snapshot
    if of is None or not longest_look_back(of.hot_list):
        return []
    return list(_added(in_use, of) if isinstance(of, Snapshot) else in_use.filter(pk=of.pk))


def _added(in_use: EntryQuerySet, snapshot: Snapshot) -> EntryQuerySet:
    """What a file added, without what it only changed: that was closed at the same time."""
    same = {name: OuterRef(name) for name in ("hot_list", "plate", "state")}
    changed = Entry.objects.filter(closed_at=OuterRef("entered_at"), **same)
    return in_use.filter(~Exists(changed), snapshot=snapshot)


def _make_hits(look_back: LookBack, met: list[Met]) -> int:
    """Make the newest alerts of these meetings, repeated reads of a vehicle in one, and give how many."""
    by_camera: dict[int, list[Met]] = defaultdict(list)
    for one in sorted(_news(met), key=lambda one: (one.read.captured_at, one.entry.pk)):
        by_camera[cast(Detection, one.read).camera_id].append(one)
    cameras = Camera.objects.select_related("agency").in_bulk(list(by_camera))
    alerts: list[Alert] = []
    for key, of_camera in by_camera.items():
        alerts += gather(cameras[key], of_camera, window_of(cameras[key]), {})
    newest = sorted(alerts, key=lambda alert: alert.hit.captured_at)[-MOST_HITS:]
    for alert in newest:
        alert.hit.look_back = look_back
    return len(store(newest).made)


def _news(met: list[Met]) -> list[Met]:
    """Those that made no hit yet, neither of their entry nor of the one that it replaced."""
    replaced = {one.entry.replaces_id for one in met} - {None}
    known = set(
        Hit.objects.filter(entry__in=replaced).values_list("detection_id", "entry_id") if replaced else ()
    )
    return [one for one in not_standing(met) if (one.detection_id, one.entry.replaces_id) not in known]


def _record(actor: System, look_back: LookBack, outcome: Outcome, *, hits: int) -> None:
    entry = look_back.entry
    asked = {"plate": entry.plate, "state": entry.state} if entry is not None else {}
    record(
        actor,
        Verb.LOOKED_BACK,
        entry or look_back.snapshot,
        inquiry=look_back.inquiry,
        elements=asked
        | {"since": look_back.since, "until": look_back.until, "found": look_back.found, "hits": hits},
        detail=look_back.why,
        outcome=outcome,
    )
