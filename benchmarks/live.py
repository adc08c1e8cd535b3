"""From the POST of a detection to the event at each of 200 consoles, against a bare line to as many sockets.

A real server process on the scratch database, 200 members who have signed in, each with an open live line,
and one reader that posts listed plates one by one through the API. The bare peer is another process that
passes one line on to 200 sockets, without a database, a gate or a match; the two are measured by turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.grants import place_in_groups
from accounts.models import AdoptedPolicy, Agency, Member
from accounts.roles import Role
from accounts.services import agency_found
from alpr.policy import load_preset
from benchmarks.serving import SECONDS_TO_WAIT, free_port, running, server, session
from detections.models import Camera, ReaderKey
from hotlists.models import Entry, HotList
from hotlists.plates import fold
from trail.actors import System
from training.models import Certificate, Course, Session

CONSOLES = 200
HITS = 50
WARM_UP = 3
AT_ONCE = 10
SECONDS_TO_OPEN = 300
EVENT = b"event: hit\n"


@dataclass(frozen=True)
class Lag:
    """Seconds from the sending to each of the listeners, ours and bare."""

    ours: list[float]
    bare: list[float]
    posted: list[float]

    def __str__(self) -> str:
        (median, late), (plain, plain_late) = _spread(self.ours), _spread(self.bare)
        return (
            f"From the POST to the event at {CONSOLES} consoles: median {median * 1000:.0f} ms, "
            f"95 of 100 within {late * 1000:.0f} ms; {median / plain:.1f} and {late / plain_late:.1f} times "
            f"a bare line to as many sockets ({plain * 1000:.1f} and {plain_late * 1000:.1f} ms); "
            f"the POST itself {statistics.median(self.posted) * 1000:.0f} ms"
        )


def _spread(seconds: list[float]) -> tuple[float, float]:
    """The median, and what 95 of 100 stay within."""
    return statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]


def run() -> list[Lag]:
    """Open the consoles, post the hits one by one, and give how long each took to arrive everywhere."""
    members, camera, plates = _department()
    secret = _key(camera)
    cookies = [session(member) for member in members]
    connection.close()
    with server() as port, _bare() as bare:
        return [asyncio.run(_measure(port, bare, cookies, secret, plates))]


def _department() -> tuple[list[Member], Camera, list[str]]:
    """An agency with a member for each console, a camera, and a hot list with a plate for each hit."""
    agency = agency_found(actor=System("Benchmark"), name="Live Police Department", short_name="Live")
    chief = _member(agency, 0, None)
    rules, now = load_preset("vallejo").to_dict(), timezone.now()
    AdoptedPolicy.objects.create(
        agency=agency, version=1, preset="vallejo", rules=rules, proposed_by=_member(agency, 1, chief),
        approved_by=chief, approved_at=now, effective_from=now,
    )  # fmt: skip
    members = [_member(agency, number, chief) for number in range(2, CONSOLES + 2)]
    today = timezone.localdate()
    course = Course.objects.create(agency=agency, name="ALPR operator", topics=["Law", "Policy"])
    session = Session.objects.create(course=course, held_on=today, trainer="Benchmark")
    Certificate.objects.bulk_create(
        Certificate(member=member, session=session, completed_on=today, certified_by=chief)
        for member in members
    )
    return members, Camera.objects.create(agency=agency, code="live-1", name="Live"), _listed(agency, chief)


def _member(agency: Agency, number: int, approver: Member | None) -> Member:
    name = f"live-{number}"
    member = Member(agency=agency, sign_in_name=name, badge=name, roles=[Role.OPERATOR], approved_by=approver)
    member.approved_at = timezone.now() if approver else None
    member.set_unusable_password()
    member.save()
    place_in_groups(member)
    return member


def _listed(agency: Agency, chief: Member) -> list[str]:
    hot_list = HotList.objects.create(
        agency=agency, name="Stolen", kind=HotList.Kind.GENERAL, source=HotList.Source.SVS,
        designated_by=chief, source_at=timezone.now(),
    )  # fmt: skip
    plates = [f"9LVE{number:03}" for number in range(WARM_UP + HITS)]
    Entry.objects.bulk_create(
        Entry(
            hot_list=hot_list, plate=plate, plate_key=fold(plate), state="CA", reason="Stolen vehicle",
            state_of_entry=Entry.State.IN_USE,
        )
        for plate in plates
    )  # fmt: skip
    return plates


def _key(camera: Camera) -> str:
    key = ReaderKey(camera=camera, issued_by=camera.agency.members.get(badge="live-0"))
    secret = key.make_secret()
    key.save()
    return secret


# The bare process


@contextlib.contextmanager
def _bare() -> Iterator[int]:
    """A process that passes each line it gets on to every socket; gives its port."""
    port = free_port()
    with running([sys.executable, "-m", "benchmarks.bare_line", str(port)], dict(os.environ)):
        yield port


# The listeners


@dataclass
class Ears:
    """What the listeners of one kind hear: how many follow, and when each line came to each of them."""

    following: int = 0
    heard: list[float] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """One more listener follows."""
        self.following += 1
        self.changed.set()

    def hear(self) -> None:
        """One listener has heard."""
        self.heard.append(time.perf_counter())
        self.changed.set()

    async def until(self, count: Callable[[], int], *, seconds: float = SECONDS_TO_WAIT) -> None:
        """Wait until it counts all listeners; TimeoutError where it does not within `seconds`."""
        async with asyncio.timeout(seconds):
            while count() < CONSOLES:
                self.changed.clear()
                await self.changed.wait()

    async def since(self, sent: float) -> list[float]:
        """The seconds since `sent` after which each listener heard, once all have."""
        await self.until(lambda: len(self.heard))
        took = [moment - sent for moment in self.heard]
        self.heard.clear()
        return took


async def _measure(port: int, bare: int, cookies: list[str], secret: str, plates: list[str]) -> Lag:
    hits, lines, few = Ears(), Ears(), asyncio.Semaphore(AT_ONCE)
    _, say = await _connect(bare)
    async with asyncio.TaskGroup() as group:
        listeners = [group.create_task(_console(port, cookie, hits, few)) for cookie in cookies]
        listeners += [group.create_task(_socket(bare, lines)) for _ in cookies]
        await hits.until(lambda: hits.following, seconds=SECONDS_TO_OPEN)
        await lines.until(lambda: lines.following)
        api = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_WAIT)
        lag = await _by_turns(hits, lines, say, partial(_post, api, secret), plates)
        api.close()
        for listener in listeners:
            listener.cancel()
    return lag


async def _by_turns(
    hits: Ears, lines: Ears, say: asyncio.StreamWriter, post: Callable[[str], float], plates: list[str]
) -> Lag:
    lag = Lag([], [], [])
    for number, plate in enumerate(plates):
        sent = time.perf_counter()
        say.write(EVENT)
        plain = await lines.since(sent)
        sent = time.perf_counter()
        posting = asyncio.create_task(asyncio.to_thread(post, plate))
        took = await hits.since(sent)
        done = await posting
        if number >= WARM_UP:
            lag.bare.extend(plain)
            lag.ours.extend(took)
            lag.posted.append(done - sent)
    return lag


def _post(api: http.client.HTTPConnection, secret: str, plate: str) -> float:
    """Send one detection as a reader does; gives when the answer was here."""
    captured = (timezone.now() - timedelta(seconds=5)).isoformat()
    row = {"sender_id": plate, "captured_at": captured, "plate": plate, "state": "CA"}
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    api.request("POST", "/api/v1/detections/", json.dumps([row]), headers)
    answer = api.getresponse()
    said = answer.read()
    if answer.status not in (200, 201, 202):
        raise RuntimeError(f"The detection was not taken: {answer.status} {said[:300]!r}")
    return time.perf_counter()


async def _console(port: int, cookie: str, ears: Ears, few: asyncio.Semaphore) -> None:
    """One console: its live line, as a browser opens and reads it."""
    async with few:
        reader, writer = await _connect(port)
        asked = "GET /console/live/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
        writer.write(f"{asked}Cookie: {settings.SESSION_COOKIE_NAME}={cookie}\r\n\r\n".encode())
        while (line := await reader.readline()) != b"event: live\n":
            if not line:
                raise RuntimeError("A live line ended before it began.")
    ears.begin()
    while line := await reader.readline():
        if line == EVENT:
            ears.hear()
    raise RuntimeError("A live line ended.")


async def _socket(port: int, ears: Ears) -> None:
    """One listener of the bare process."""
    reader, _ = await _connect(port)
    ears.begin()
    while await reader.readline():
        ears.hear()


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket to a process that may just be starting."""
    async with asyncio.timeout(SECONDS_TO_WAIT):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.1)
