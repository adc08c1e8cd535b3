"""What is wrong with cameras, decided once a minute; each fault's begin and end is on the trail once.

A judge answers with what is wrong, with `RIGHT`, or with None where nothing can be told now: what stood then
stays. docs/cameras.md has the rules in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from statistics import median, quantiles
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import Agency
from alpr.templatetags.look import age, day, percent
from detections import quality
from detections.health import Problem
from detections.models import Camera, CameraDay, CameraHealth
from trail.actors import System
from trail.services import act, record
from trail.verbs import Verb

BEATS_WITHIN = timedelta(minutes=15)
QUIETEST = timedelta(minutes=15)
# So many messages a camera has usually sent in the time in which it sent none: chance does not explain it.
ENOUGH_MESSAGES = 6
USUAL_DAYS = 28
FEWEST_DAYS = 5
CLOCK_OFF = timedelta(seconds=60)
STEADY_FOR, STEADY_MESSAGES = timedelta(minutes=10), 3
WEEKS, FEWEST_WEEKS = 8, 3
RATE, RATE_OVER, FEWEST_READS = 3, 2, 50
LATELY, BEFORE = timedelta(days=14), timedelta(days=90)
MISREAD_MORE = 0.15
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Facts:
    """What is known of one camera: its health, its days (by UTC), and the misread share lately and before."""

    camera: Camera
    health: CameraHealth
    days: Mapping[date, CameraDay]
    misread: tuple[quality.Shares, quality.Shares]
    now: datetime
    zone: tzinfo = field(default_factory=timezone.get_default_timezone)

    def stands(self, problem: Problem) -> bool:
        """Whether it was found before."""
        return any(one["kind"] == problem for one in self.health.problems)

    def reads(self, since: datetime, until: datetime) -> int:
        """Reads captured in the whole hours from `since` until `until`."""
        found, hour = 0, since.astimezone(UTC)
        while hour < until:
            known = self.days.get(hour.date())
            found += known.by_hour[hour.hour] if known else 0
            hour += HOUR
        return found

    def usual_messages(self, since: datetime) -> float | None:
        """How many messages it sends from the hour of `since` until now, as on the quieter of its days.

        None where it was heard on too few days to say.
        """
        first = since.astimezone(UTC).date() - timedelta(days=USUAL_DAYS)
        heard = [
            one.messages
            for when, one in self.days.items()
            if first <= when < since.astimezone(UTC).date() and any(one.messages)
        ]
        if len(heard) < FEWEST_DAYS:
            return None
        usual = [quantiles(of_hour, n=4)[0] for of_hour in zip(*heard, strict=True)]
        found, moment = 0.0, since.astimezone(UTC)
        while moment < self.now and found < ENOUGH_MESSAGES:
            until = min(self.now, moment.replace(minute=0, second=0, microsecond=0) + HOUR)
            found += usual[moment.hour] * ((until - moment) / HOUR)
            moment = until
        return found


@dataclass(frozen=True)
class Judgement:
    """What is so, in a sentence that stays true, and since when."""

    says: str
    since: datetime


RIGHT = Judgement("", datetime.min.replace(tzinfo=UTC))


def silent(facts: Facts) -> Judgement | None:
    """Whether it gave no sign of life for longer than it usually does at that hour.

    Mobile readers are quiet whenever their car stands; their transfers are watched instead. A camera that
    was never heard is not silent.
    """
    alive, health = facts.health.alive_at, facts.health
    if alive is None or facts.camera.kind == Camera.Kind.MOBILE or facts.now - alive < QUIETEST:
        return RIGHT
    quiet, said = facts.now - alive, f"Nothing has come from it since {_moment(alive)}."
    if health.heartbeat_at and alive - health.heartbeat_at < BEATS_WITHIN:
        return Judgement(f"{said} It gives signs of life otherwise.", alive)
    usual = facts.usual_messages(alive)
    if usual is None:
        limit = 2 * timedelta(days=_longest_gap(facts.days))
        return Judgement(f"{said} That is longer than before.", alive) if quiet > limit else RIGHT
    if usual < ENOUGH_MESSAGES:
        return RIGHT
    return Judgement(f"{said} It usually sends in that time.", alive)


def clock(facts: Facts) -> Judgement | None:
    """Whether its clock is off, by its signs of life or by reads that come in step with ours.

    Reads of the past, sent at once or caught up, come in no such step and say nothing of the clock.
    """
    health = facts.health
    heard = health.alive_at
    if health.refused_at and facts.camera.kind != Camera.Kind.MOBILE and _refuses(facts):
        return Judgement("Its reads are refused for the time that they carry.", health.refused_at)
    if health.clock_ms is None or heard is None:
        return RIGHT
    if facts.now - heard > BEATS_WITHIN:
        return None
    behind = timedelta(milliseconds=health.clock_ms)
    if abs(behind) <= CLOCK_OFF:
        return RIGHT
    since = health.steady_since
    if since is None or health.steady_count < STEADY_MESSAGES or heard - since < STEADY_FOR:
        return None
    way = "behind" if behind > timedelta() else "ahead of"
    subject = "Its clock runs" if health.clock_by_beats else "The times of its reads lie"
    return Judgement(f"{subject} {age(abs(behind))} {way} ours.", since)


def rate(facts: Facts) -> Judgement | None:
    """Whether it has read far more or far less today than by this hour on the same weekday."""
    if facts.camera.kind == Camera.Kind.MOBILE or facts.health.last_read_at is None:
        return RIGHT
    if silent(facts) is not RIGHT:
        return None
    return _rate(facts)


def _rate(facts: Facts) -> Judgement | None:
    midnight, until = _today(facts)
    weeks = [timedelta(weeks=number) for number in range(1, WEEKS + 1)]
    whole = [(facts.reads(midnight - back, until - back), midnight - back) for back in weeks]
    past = [reads for reads, since in whole if _read_that_day(facts, since)]
    if len(past) < FEWEST_WEEKS:
        return RIGHT
    now, usual = facts.reads(midnight, until), median(past)
    if max(now, usual) < FEWEST_READS:
        return None
    if now >= RATE * usual or usual >= RATE * now:
        hour, weekday = until.astimezone(facts.zone), midnight.astimezone(facts.zone)
        said = f"{now:,} reads by {hour:%H:%M}, where {usual:,.0f} are usual on a {weekday:%A}."
        return Judgement(said, facts.now)
    return None if now >= RATE_OVER * usual or usual >= RATE_OVER * now else RIGHT


def misread(facts: Facts) -> Judgement | None:
    """Whether far more of its closed hits were misread lately than before."""
    lately, before = facts.misread
    now, then = (shares.share(shares.of(quality.Finding.MISREAD)) for shares in facts.misread)
    if now is None or then is None:
        return RIGHT
    more = MISREAD_MORE / 2 if facts.stands(Problem.MISREAD) else MISREAD_MORE
    if now < then + more:
        return RIGHT
    said = (
        f"{lately.of(quality.Finding.MISREAD)} of the {lately.closed} hits closed in {LATELY.days} days were "
        f"misread, {percent(now)}; before, {percent(then)} of {before.closed}."
    )
    return Judgement(said, facts.now)


JUDGES = {Problem.SILENT: silent, Problem.CLOCK: clock, Problem.RATE: rate, Problem.MISREAD: misread}


def check(agency: Agency, now: datetime | None = None) -> int:
    """Judge every camera of the agency, and give how many faults began or ended."""
    now = now or timezone.now()
    lately = _misread(agency, now - LATELY, now)
    before = _misread(agency, now - LATELY - BEFORE, now - LATELY)
    none, found = quality.Shares({}), 0
    for camera in _cameras(agency, now):
        shares = (lately.get(camera.pk, none), before.get(camera.pk, none))
        days = {one.day: one for one in camera.days.all()}
        judged = judge(Facts(camera, camera.health, days, shares, now))
        if _changes(camera.health.problems, judged):
            found += faults_note(actor=System("Cameras", agency), camera=camera, judged=judged)
    _checked(agency, now)
    return found


def judge(facts: Facts) -> dict[Problem, Judgement | None]:
    """The judgement on each kind of problem; a camera out of service has none."""
    if not facts.camera.is_active:
        return dict.fromkeys(Problem, RIGHT)
    return {problem: ask(facts) for problem, ask in JUDGES.items()}


@act
def faults_note(*, actor: System, camera: Camera, judged: Mapping[Problem, Judgement | None]) -> int:
    """Put what began and what ended beside the camera and on the trail; gives how many."""
    health = CameraHealth.objects.select_for_update(of=("self",)).get(pk=camera.pk)
    standing = {one["kind"]: one for one in health.problems}
    changed = _changes(health.problems, judged)
    for problem in changed:
        judgement = judged[problem]
        if judgement is not None and problem not in standing:
            standing[problem] = _as_kept(problem, judgement)
        else:
            standing.pop(problem)
        _record(actor, camera, problem, judgement)
    health.problems = [standing[problem] for problem in Problem if problem in standing]
    health.save(update_fields=["problems"])
    return len(changed)


def _changes(
    problems: Sequence[Mapping[str, Any]], judged: Mapping[Problem, Judgement | None]
) -> list[Problem]:
    standing = {one["kind"] for one in problems}
    return [
        problem
        for problem, judgement in judged.items()
        if judgement is not None and (judgement is not RIGHT) != (problem in standing)
    ]


def _as_kept(problem: Problem, judgement: Judgement) -> dict[str, str]:
    return {"kind": problem.value, "since": judgement.since.isoformat(), "says": judgement.says}


def _record(actor: System, camera: Camera, problem: Problem, judgement: Judgement | None) -> None:
    begins = judgement is not None and judgement is not RIGHT
    record(
        actor,
        Verb.CAMERA_FAULT,
        camera,
        detail=f"{problem.label}: {judgement.says if judgement and begins else 'over.'}",
        elements={"fault": problem.value, "stands": begins},
    )


def _cameras(agency: Agency, now: datetime) -> Iterable[Camera]:
    """The agency's readers that were ever heard, with their days as far back as anything is compared."""
    since = now.date() - timedelta(weeks=WEEKS, days=2)
    days = Prefetch("days", CameraDay.objects.filter(day__gte=since).order_by("day"))
    heard = Camera.objects.filter(agency=agency, health__isnull=False).exclude(kind=Camera.Kind.PHOTOGRAPH)
    return heard.select_related("health").prefetch_related(days)


def _misread(agency: Agency, since: datetime, until: datetime) -> dict[object, quality.Shares]:
    return {group.key: group.shares for group in quality.figures(agency, since, until).by_camera}


def _checked(agency: Agency, now: datetime) -> None:
    """Note when they were looked at; a row that a batch writes to now waits for the next minute."""
    free = CameraHealth.objects.filter(camera__agency=agency)
    free = free.select_for_update(skip_locked=True, of=("self",))
    with transaction.atomic():
        rows = list(free.values_list("pk", flat=True))
        CameraHealth.objects.filter(pk__in=rows).update(checked_at=now)


def _refuses(facts: Facts) -> bool:
    """Whether reads were refused for their times within a day, and none came in since."""
    refused, good = facts.health.refused_at, facts.health.last_received_at
    assert refused is not None
    return facts.now - refused < timedelta(days=1) and (good is None or refused - good > CLOCK_OFF)


def _longest_gap(days: Mapping[date, CameraDay]) -> int:
    """The most days from one on which it was heard to the next; 1 for fewer than two."""
    heard = [when for when, one in days.items() if any(one.messages)]
    return max(((later - one).days for one, later in pairwise(heard)), default=1)


def _today(facts: Facts) -> tuple[datetime, datetime]:
    """Midnight where the agency is, and the last whole hour that its reads have come in for.

    A reader that sends its reads in the night is compared up to the last of them; one that usually sends by
    now, and sent none, up to now.
    """
    local = facts.now.astimezone(facts.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    last, received = facts.health.last_read_at, facts.health.last_received_at
    assert last is not None
    assert received is not None
    usual = facts.usual_messages(received)
    until = facts.now if usual is not None and usual >= ENOUGH_MESSAGES else min(facts.now, last)
    return midnight, max(midnight, until.replace(minute=0, second=0, microsecond=0))


def _read_that_day(facts: Facts, midnight: datetime) -> bool:
    return facts.reads(midnight, midnight + timedelta(days=1)) > 0


def _moment(moment: datetime) -> str:
    return f"{day(moment)}, {timezone.localtime(moment):%H:%M}"
