"""One vehicle over everything that is kept: its reads by day, and the gaps that say nothing about it.

That a vehicle was not read says where it was not only while the cameras read others. So the history names the
fixed cameras that sent nothing on a day, as far back as that is counted, and from when on reads are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.db.models import Max, Min
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections import plates_seen, search_days, uuid7
from detections import search as query
from detections.models import Camera, CameraDay, Detection, Search
from detections.search_agencies import by_agency, record_access
from detections.services_search import require_open
from trail.models import Inquiry
from trail.services import act
from trail.verbs import Verb
from training import gate

MOST_READS = 500
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """One local day on which the vehicle was read: its reads, newest first, and the silent cameras."""

    day: date
    reads: list[Detection]
    silent: list[Camera]


@dataclass(frozen=True)
class Gap:
    """A stretch of local days, the first and last included, on which these cameras sent nothing at all."""

    first: date
    last: date
    cameras: list[Camera]


@dataclass(frozen=True)
class Unknown:
    """What the data of one agency do not say.

    Reads captured before `purged_before` are deleted, unless they are held. `watched_since` is the first
    whole day of which it is known which cameras sent nothing, None where there is none yet: of days before,
    and of today, nothing is said.
    """

    agency: Agency
    gaps: list[Gap]
    purged_before: datetime
    watched_since: date | None


@dataclass(frozen=True)
class History:
    """A vehicle's reads, and of each agency that was searched what is not known of it.

    `more` where older reads than those listed are kept.
    """

    detection: Detection
    days: list[Day]
    unknown: list[Unknown]
    more: bool

    @property
    def count(self) -> int:
        """How many reads are listed."""
        return sum(len(day.reads) for day in self.days)


@act
def search_history(*, actor: Member, inquiry: Inquiry, detection: Detection, search: Search) -> History:
    """The kept reads of the vehicle of `detection`, which `search` finds: newest first, `MOST_READS` at most.

    They are those of the agencies that the search looks through. The same vehicle is the same folded plate,
    in the same state or in one that was not read; it may be another where the plate has a character in doubt
    (`search.doubts`). Recorded as viewed. Raises `Refused` as opening the search's results does,
    `Detection.DoesNotExist` where the search does not find it.
    """
    gate.require(actor, Permission.SEARCH, on=search, inquiry=inquiry)
    require_open(actor, search)
    detection = query.matching(search).select_related("camera").get(pk=detection.pk)
    reads = list(_reads(detection, search.searched))
    shown, watches = reads[:MOST_READS], [Watch(agency) for agency in search.searched]
    unknown = [Unknown(watch.agency, watch.gaps(), watch.purged_before, watch.first) for watch in watches]
    history = History(detection, _days(shown, watches), unknown, more=len(reads) > MOST_READS)
    facts = {"plate": detection.plate, "state": detection.state, "shown": history.count}
    record_access(actor, Verb.HISTORY_VIEWED, search, elements=facts, shown=by_agency(shown))
    return history


def _reads(detection: Detection, agencies: Sequence[Agency]) -> Iterator[Detection]:
    """At most one more than are listed."""
    first, after = uuid7.floor(plates_seen.first_moment(0)), uuid7.floor(timezone.now() + _DAY)
    found = Detection.objects.filter(agency__in=agencies, plate_key=detection.plate_key)
    if detection.state:
        found = found.filter(state__in=["", detection.state])
    keys = [agency.pk for agency in agencies]
    return search_days.Walk(keys, detection.plate_key, found, found, first, after).rows(MOST_READS + 1)


def _days(reads: Iterable[Detection], watches: Sequence[Watch]) -> list[Day]:
    by_day = groupby(reads, key=lambda read: timezone.localtime(read.captured_at).date())
    return [
        Day(day, list(rows), [camera for watch in watches for camera in watch.silent(day)])
        for day, rows in by_day
    ]


class Watch:
    """Which fixed cameras of an agency sent nothing on which local days, as far back as reads are kept.

    Reads are counted by day in UTC: a camera is silent on a local day where it sent nothing on either day in
    UTC that the local one lies in. It is watched from the day after its first reads, and one out of service
    until its last.
    """

    def __init__(self, agency: Agency) -> None:
        now = timezone.now()
        self.agency = agency
        self.purged_before = query.kept_since(agency.policy, now)
        fixed = Camera.objects.filter(agency=agency, kind=Camera.Kind.FIXED)
        self._cameras = {camera.pk: camera for camera in fixed}
        sent = CameraDay.objects.filter(camera__in=fixed, reads__gt=0).order_by()
        spans = sent.values_list("camera").annotate(Min("day"), Max("day"))
        self._spans: dict[int, tuple[date, date]] = {pk: (begun, ended) for pk, begun, ended in spans}
        self._sent: dict[date, set[int]] = defaultdict(set)
        kept = sent.filter(day__gte=self.purged_before.date() - _DAY)
        for pk, day in kept.values_list("camera", "day"):
            self._sent[day].add(pk)
        begun = min((begun for begun, _ in self._spans.values()), default=None)
        self.first, self._last = self._watched(begun, now)

    def _watched(self, begun: date | None, now: datetime) -> tuple[date | None, date]:
        """The first and the last whole local day that is counted."""
        last = timezone.localtime(now).date() - _DAY
        while _utc_days(last)[-1] >= now.astimezone(UTC).date():
            last -= _DAY
        if begun is None:
            return None, last
        first = timezone.localtime(self.purged_before).date() + _DAY
        first = max(first, begun)
        while _utc_days(first)[0] <= begun:
            first += _DAY
        return (first if first <= last else None), last

    def silent(self, day: date) -> list[Camera]:
        """The cameras that sent nothing on that local day; none where that is not counted."""
        if self.first is None or not self.first <= day <= self._last:
            return []
        days = _utc_days(day)
        sent = {pk for each in days for pk in self._sent.get(each, ())}
        return [
            camera
            for pk, camera in self._cameras.items()
            if pk in self._spans and pk not in sent and self._is_watched(camera, days)
        ]

    def _is_watched(self, camera: Camera, days: list[date]) -> bool:
        begun, ended = self._spans[camera.pk]
        return begun < days[0] and (camera.is_active or days[-1] <= ended)

    def gaps(self) -> list[Gap]:
        """The days on which some camera sent nothing, the newest first, equal ones together."""
        if self.first is None:
            return []
        days = [self._last - _DAY * ago for ago in range((self._last - self.first).days + 1)]
        together = groupby(days, key=self.silent)
        runs = ((list(run), cameras) for cameras, run in together if cameras)
        return [Gap(run[-1], run[0], cameras) for run, cameras in runs]


def _utc_days(day: date) -> list[date]:
    """The days in UTC that a local day lies in."""
    first, after = (timezone.make_aware(datetime.combine(each, time())) for each in (day, day + _DAY))
    last = (after - timedelta(microseconds=1)).astimezone(UTC).date()
    return sorted({first.astimezone(UTC).date(), last})
