"""The run that forwards: what waits goes out in order, each batch until its receipt is checked.

It can be killed at any moment and run again: nothing leaves the queue but in the transaction that keeps the
receipt, and the centre knows a detection that comes twice. One run of a forwarding at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django import db
from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from detections import uuid7
from detections.forwarding import line, outbox, secret, services, wire
from detections.forwarding.wire import Parcel, Told
from detections.models import Camera, Forwarding, ForwardRefused
from detections.services_images import CLOCK_TOLERANCE
from trail import context
from trail.actors import System
from trail.services import act, record
from trail.verbs import Outcome, Verb

_LOCK = 0x464F5257
RUN_SECONDS = 30
CLOCK = timedelta(minutes=2)
MARGIN = timedelta(seconds=15)
ASK_EVERY = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = 15.0, 900.0
REFUSED_KEY = {401, 403}
ABOUT_ROWS = {400, 409, 413, 422}
State = Forwarding.State


class Stop(Exception):
    """The run ends here without success. `wait` is in seconds, where the centre asked for it."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class TooMuch(Exception):
    """The centre cannot take a batch as it is; half of it may go."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


def run_everywhere() -> None:
    """Every minute: queue a run of every forwarding, since kicks can be lost; a paused one sends nothing."""
    for forwarding in Forwarding.objects.exclude(state__in=[State.PROPOSED, State.ENDED]):
        if forwarding.state == State.PAUSED:
            run(forwarding.pk)
        else:
            outbox.kick(forwarding.pk)


def run(forwarding_id: int) -> int:
    """Forward what waits; gives how many detections are settled. Left to the other where one runs."""
    with context.acting(None, request_id=context.new_request_id()), _alone(forwarding_id) as alone:
        if not alone:
            return 0
        Forwarding.objects.filter(pk=forwarding_id).update(kicked_at=None)
        return _run(forwarding_id)


def _run(forwarding_id: int) -> int:
    stop_at, sent, most = time.monotonic() + RUN_SECONDS, 0, wire.MOST_ROWS
    while (forwarding := _ready(forwarding_id)) is not None:
        try:
            step = _once(forwarding, most)
            most = min(wire.MOST_ROWS, most * 2)
        except TooMuch as much:
            most = max(1, much.count // 2)
            continue
        except Stop as stop:
            note_failure(actor=_system(forwarding), forwarding=forwarding, why=str(stop), wait=stop.wait)
            return sent
        sent += step
        if not step:
            return sent
        if time.monotonic() > stop_at:
            outbox.kick(forwarding_id)
            return sent
    return sent


def _ready(forwarding_id: int) -> Forwarding | None:
    """The forwarding as it now stands, where it goes on; it ends here where its agreement is over."""
    rows = Forwarding.objects.select_related("agreement", "agency")
    forwarding = rows.get(pk=forwarding_id)
    if forwarding.state not in (State.ACTIVE, State.PAUSED):
        return None
    if services.is_over(forwarding.agreement):
        why = f"The {forwarding.agreement} is not in force any more."
        services.end(actor=_system(forwarding), forwarding=forwarding, why=why)
        return None
    begun = forwarding.agreement.starts_on <= timezone.localdate()
    return forwarding if begun and forwarding.state == State.ACTIVE else None


def _once(forwarding: Forwarding, most: int) -> int:
    """Forward one batch, and give how many detections of it are settled; 0 where nothing waits."""
    if forwarding.earlier_since and forwarding.earlier_queued_at is None:
        outbox.queue_earlier(forwarding)
    now = timezone.now()
    if forwarding.said_at is None or now - forwarding.said_at > ASK_EVERY or forwarding.failures:
        ask_standing(forwarding)
        forwarding.refresh_from_db(fields=["ahead_ms"])
    ahead = timedelta(milliseconds=max(0, forwarding.ahead_ms or 0))
    until = now + CLOCK_TOLERANCE - MARGIN - ahead
    steps = outbox.waiting(forwarding, most, until)
    if not steps:
        _settle_failure(forwarding)
        return 0
    return _send(forwarding, steps, most)


def _send(forwarding: Forwarding, steps: list[outbox.Step], most: int) -> int:
    there = [one for step in steps for one in step.taken]
    parcel = wire.parcel(there[:most], with_pictures=forwarding.with_pictures)
    steps = _cut(steps, len(parcel.detections))
    settled = len(parcel.detections) + sum(step.gone for step in steps)
    if not parcel.detections:
        keep(actor=_system(forwarding), forwarding=forwarding, steps=steps, parcel=parcel, told=None)
        return settled
    cameras = {step.queued.camera_id: step.queued.camera for step in steps}
    told = _exchange(forwarding, parcel, cameras)
    keep(actor=_system(forwarding), forwarding=forwarding, steps=steps, parcel=parcel, told=told)
    return settled


def _cut(steps: list[outbox.Step], most: int) -> list[outbox.Step]:
    """The steps as far as `most` detections go; a step that is cut goes on where it was."""
    found = []
    for step in steps:
        if len(step.taken) > most:
            if most:
                found.append(outbox.Step(step.queued, step.taken[:most], step.taken[most].id))
            break
        found.append(step)
        most -= len(step.taken)
    return found


def _exchange(forwarding: Forwarding, parcel: Parcel, cameras: dict[int, Camera]) -> Told:
    """Send a parcel and check its receipt. A single detection that cannot be taken is refused.

    Raises `Stop`, and `TooMuch` where something in it cannot be taken.
    """
    count, oldest = outbox.oldest(forwarding)
    packed = wire.packed(parcel, cameras, (max(0, count - len(parcel.detections)), oldest))
    try:
        answer = line.ask(forwarding.address, secret.of(forwarding), body=packed.body, kind=packed.kind)
        if answer.status in (200, 201):
            return wire.told(answer.content, parcel, packed.sha256)
    except (line.Unreachable, secret.NoSecret, wire.WrongReceipt) as fault:
        raise Stop(str(fault), getattr(fault, "wait", None)) from None
    _refuse_key(answer)
    if answer.status not in ABOUT_ROWS or not answer.is_error:
        raise Stop(f"The centre answers {answer.status}. {answer.words}".strip())
    if len(parcel.detections) > 1:
        raise TooMuch(len(parcel.detections))
    reasons = {"": answer.words or f"The centre answers {answer.status}."}
    return Told(0, 0, {parcel.detections[0].id: reasons}, {"sha256": packed.sha256, "refused": 1})


def ask_standing(forwarding: Forwarding) -> None:
    """Ask the centre how it stands there, and note it with how far our clock runs ahead. Raises `Stop`."""
    before = timezone.now()
    try:
        answer = line.ask(forwarding.address, secret.of(forwarding))
    except (line.Unreachable, secret.NoSecret) as fault:
        raise Stop(str(fault), getattr(fault, "wait", None)) from None
    _refuse_key(answer)
    after = timezone.now()
    said = answer.content
    theirs = _moment(said.get("time"))
    if answer.status != 200 or theirs is None:
        raise Stop("What answers at this address is no regional centre. Correct the address.")
    ahead = before + (after - before) / 2 - theirs
    noted = {"ahead_ms": max(-(2**31), min(2**31 - 1, round(ahead.total_seconds() * 1000))), "said_at": after}
    Forwarding.objects.filter(pk=forwarding.pk).update(said=standing_said(said), **noted)
    if abs(ahead) > CLOCK:
        way = "ahead of" if ahead > timedelta() else "behind"
        seconds = f"{abs(ahead).total_seconds():,.0f}"
        raise Stop(f"Our clock is {seconds} s {way} the centre’s. Nothing is sent until it is set right.")


def standing_said(said: dict[str, Any]) -> dict[str, Any]:
    """What the centre says of what it keeps, each value of its kind or left out."""
    texts = {name: str(said[name])[:200] for name in ("agency", "policy", "ends_on") if said.get(name)}
    counts = {
        name: value
        for name in ("detections_days", "received", "refused", "purged", "held", "pictures_days")
        if isinstance(value := said.get(name), int) and not isinstance(value, bool) and 0 <= value < 2**63
    }
    flags = {name: said[name] for name in ("keeps_pictures",) if isinstance(said.get(name), bool)}
    moments = {
        name: value.isoformat()
        for name in ("purged_before", "counted_at")
        if (value := _moment(said.get(name))) is not None
    }
    return texts | counts | flags | moments


@act
def keep(
    *, actor: System, forwarding: Forwarding, steps: list[outbox.Step], parcel: Parcel, told: Told | None
) -> None:
    """Take a batch out of the queue with its receipt, its refusals and its line on the trail, in one."""
    now, gone = timezone.now(), sum(step.gone for step in steps)
    Forwarding.objects.select_for_update(no_key=True, of=("self",)).get(pk=forwarding.pk)
    outbox.done(steps)
    counts: dict[str, Any] = {"gone": F("gone") + gone}
    elements: dict[str, Any] = {"gone": gone} if gone else {}
    if told is not None:
        _keep_refused(forwarding, parcel, told, now)
        counts |= {
            "came_in": F("came_in") + told.accepted + told.duplicates,
            "refused": F("refused") + len(told.refused),
            "pictures": F("pictures") + len(parcel.pictures),
            "pictures_gone": F("pictures_gone") + parcel.pictures_gone,
            "receipt": told.receipt,
            "receipt_at": now,
        }
        sent = {"sent": len(parcel.detections), "pictures": len(parcel.pictures)}
        elements |= sent | {name: told.receipt.get(name) for name in ("sha256", "accepted", "duplicates")}
        elements["refused"] = len(told.refused)
    clear = {"failures": 0, "failing_since": None, "failure": "", "next_try_at": None}
    Forwarding.objects.filter(pk=forwarding.pk).update(**counts, **clear)
    elements["forwarding"] = forwarding.pk
    detail = f"Deleted here before they could be forwarded: {gone}." if gone else ""
    record(
        actor, Verb.FORWARDED, _named(forwarding, len(parcel.detections)), elements=elements, detail=detail
    )


def _keep_refused(forwarding: Forwarding, parcel: Parcel, told: Told, now: datetime) -> None:
    by_id = {one.id: one for one in parcel.detections}
    forwarding.refusals.filter(detection_id__in=list(by_id)).delete()
    ForwardRefused.objects.bulk_create(
        ForwardRefused(
            forwarding=forwarding, camera_id=by_id[key].camera_id, detection_id=key, reasons=reasons,
            refused_at=now,
        )
        for key, reasons in told.refused.items()
    )  # fmt: skip


@act
def note_failure(*, actor: System, forwarding: Forwarding, why: str, wait: float | None) -> None:
    """Note that the centre could not be served, and when to try again; a new reason goes on the trail."""
    now, tries = timezone.now(), forwarding.failures + 1
    pause = wait if wait is not None else min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 10))
    Forwarding.objects.filter(pk=forwarding.pk).update(
        failures=tries,
        failing_since=forwarding.failing_since or now,
        failure=why[:300],
        next_try_at=now + timedelta(seconds=pause),
    )
    if forwarding.failure != why[:300]:
        named, elements = _named(forwarding), {"forwarding": forwarding.pk}
        record(
            actor, Verb.FORWARDING_FAILED, named, detail=why, elements=elements, outcome=Outcome.FAILED
        )  # fmt: skip


def sweep() -> int:
    """Forget the refusals of detections that are past retention here; gives how many. Daily."""
    count = 0
    for forwarding in Forwarding.objects.select_related("agency"):
        if forwarding.agency.adopted is not None:
            days = forwarding.agency.policy.retention.detections_days
            old = uuid7.floor(timezone.now() - timedelta(days=days))
            count += forwarding.refusals.filter(detection_id__lt=old).delete()[0]
        if forwarding.state == State.ENDED:
            forwarding.queued.all().delete()
    return count


def _settle_failure(forwarding: Forwarding) -> None:
    """Nothing waits and the centre answers: what failed before is over."""
    if forwarding.failures:
        clear = {"failures": 0, "failing_since": None, "failure": "", "next_try_at": None}
        Forwarding.objects.filter(pk=forwarding.pk).update(**clear)


def _refuse_key(answer: line.Answer) -> None:
    if answer.status in REFUSED_KEY:
        raise Stop(f"The centre refuses the key. {answer.words}".strip(), LONGEST_WAIT)


def _moment(text: object) -> datetime | None:
    try:
        found = parse_datetime(text) if isinstance(text, str) and len(text) <= 40 else None
    except ValueError:
        return None
    return found if found is not None and found.utcoffset() is not None else None


def _named(forwarding: Forwarding, count: int | None = None) -> str:
    many = "detections" if count is None else "1 detection" if count == 1 else f"{count:,} detections"
    return f"{many} to {forwarding.agreement.partner_name}"


def _system(forwarding: Forwarding) -> System:
    return System("Forwarding", forwarding.agency)


@contextmanager
def _alone(forwarding_id: int) -> Iterator[bool]:
    """One run of a forwarding at a time; the database lets go by itself where the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, forwarding_id])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got:
            with suppress(db.Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, forwarding_id])
