"""Single reads over HTTP from 50 cameras at once, against bare INSERTs behind the same kind of server.

Each camera has a key and a connection that it keeps. The reads come when they come, whether the one before
was answered or not as far as other cameras go: at a mean rate below what the machine can take, at times drawn
beforehand. Each is timed from when it was due. A year of daily partitions stands, as in an installation.
The two servers are measured by turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.db import connection
from django.utils import timezone

from accounts.models import AdoptedPolicy, Agency, Member
from alpr.policy import load_preset
from benchmarks.ingest import BARE, LETTERS, bare_table
from benchmarks.serving import free_port, running, server, wait_for
from detections import partitions
from detections.models import Camera, Detection, ReaderKey

CAMERAS = 50
RATE = float(os.environ.get("ALPR_BENCH_READS_A_SECOND", "20"))
TURNS = 5
SECONDS_A_TURN = 8
DAYS = 365
DICE = random.Random(20261122)


@dataclass(frozen=True)
class Singles:
    """Seconds from when each read was due to its receipt, ours and bare."""

    ours: list[float]
    bare: list[float]

    def __str__(self) -> str:
        ours, bare = _spread(self.ours), _spread(self.bare)
        return (
            f"Single reads of {CAMERAS} cameras, {RATE:.0f} a second: {_words(ours)}; "
            f"{ours[0] / bare[0]:.1f}, {ours[1] / bare[1]:.1f} and {ours[2] / bare[2]:.1f} times "
            f"a bare INSERT behind the same server ({_words(bare)})"
        )


def _spread(took: list[float]) -> tuple[float, float, float]:
    """The median, and what 95 and 99 of 100 stay within."""
    hundredths = statistics.quantiles(took, n=100)
    return hundredths[49], hundredths[94], hundredths[98]


def _words(spread: tuple[float, float, float]) -> str:
    median, most, nearly_all = (1000 * each for each in spread)
    return f"median {median:.1f} ms, 95 of 100 within {most:.1f} ms, 99 within {nearly_all:.1f} ms"


@dataclass
class Line:
    """One camera's connection to one server, and what it sends along with each read."""

    port: int
    path: str
    head: str
    took: list[float] = field(default_factory=list)
    ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, due: float, body: bytes) -> None:
        """Send one read and note how long after `due` it was answered. RuntimeError where it was not taken.

        A connection that the server closed meanwhile is opened again, as any reader does.
        """
        length = f"Content-Length: {len(body)}\r\n\r\n"
        request = f"POST {self.path} HTTP/1.1\r\n{self.head}{length}".encode() + body
        try:
            said, content = await self._ask(request)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.ends = None
            said, content = await self._ask(request)
        self.took.append(time.perf_counter() - due)
        if " 201 " not in said.splitlines()[0]:
            raise RuntimeError(f"A read was not taken: {said.splitlines()[0]} {content[:300]!r}")

    async def _ask(self, request: bytes) -> tuple[str, bytes]:
        if self.ends is None or self.ends[0].at_eof():
            self.ends = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.ends
        writer.write(request)
        said = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        return said, await reader.readexactly(int(said.split("content-length: ")[1].split("\r\n")[0]))


def run() -> list[Singles]:
    """Let the cameras send to one server and the other by turns, after a turn that warms both up."""
    now = timezone.now()
    partitions.ensure(now - timedelta(days=days) for days in range(-1, DAYS))
    bare_table()
    secrets = _cameras()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()
    with server() as port, _bare() as bare:
        ours, plain = asyncio.run(_measure(port, bare, secrets))
    _check(len(ours), len(plain))
    return [Singles(ours, plain)]


def _cameras() -> list[str]:
    """An agency with a policy in force and cameras; gives the secret of each one's key."""
    agency = Agency.objects.create(name="Benchmark of single reads", short_name="Singles")
    members = [
        Member.objects.create(agency=agency, sign_in_name=f"s-{badge}", badge=badge, roles=["administrator"])
        for badge in ("1", "2")
    ]
    now = timezone.now()
    AdoptedPolicy.objects.create(
        agency=agency, version=1, preset="vallejo", rules=load_preset("vallejo").to_dict(),
        proposed_by=members[0], approved_by=members[1], approved_at=now, effective_from=now,
    )  # fmt: skip
    secrets = []
    for number in range(CAMERAS):
        camera = Camera.objects.create(agency=agency, code=f"s-{number}", name="Benchmark")
        key = ReaderKey(camera=camera, issued_by=members[0])
        secrets.append(key.make_secret())
        key.save()
    return secrets


@contextlib.contextmanager
def _bare() -> Iterator[int]:
    """The bare process, behind the same server program; gives its port."""
    port = free_port()
    at = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    where = urlencode({name: at[key] for name, key in names.items() if at[key]})
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare_insert:application", "--port", str(port)]
    command += ["--lifespan", "off", "--log-level", "warning"]
    database = {"ALPR_BENCH_DATABASE": f"postgresql:///{at['NAME']}?{where}"}
    with running(command, os.environ | database):
        wait_for(f"http://127.0.0.1:{port}/")
        yield port


async def _measure(port: int, bare: int, secrets: list[str]) -> tuple[list[float], list[float]]:
    kind = "Host: 127.0.0.1\r\nContent-Type: application/json\r\n"
    heads = [f"{kind}Authorization: Bearer {secret}\r\n" for secret in secrets]
    ours = [Line(port, "/api/v1/detections/", head) for head in heads]
    plain = [Line(bare, "/", kind) for _ in secrets]
    for turn in range(TURNS + 1):
        for lines in (ours, plain):
            await _turn(turn, lines)
        if not turn:
            for line in [*ours, *plain]:
                line.took.clear()
    return [took for line in ours for took in line.took], [took for line in plain for took in line.took]


async def _turn(turn: int, lines: list[Line]) -> None:
    """One turn of all cameras at times drawn beforehand, the mean rate of all being `RATE`."""
    begin = time.perf_counter() + 0.1
    async with asyncio.TaskGroup() as group:
        for number, line in enumerate(lines):
            group.create_task(_camera(line, begin, _times(), f"{turn}-{number}"))


def _times() -> list[float]:
    """When one camera sends within a turn, in seconds from its begin."""
    times, at = [], DICE.expovariate(RATE / CAMERAS)
    while at < SECONDS_A_TURN:
        times.append(at)
        at += DICE.expovariate(RATE / CAMERAS)
    return times


async def _camera(line: Line, begin: float, times: list[float], name: str) -> None:
    for number, at in enumerate(times):
        await asyncio.sleep(max(0, begin + at - time.perf_counter()))
        await line.send(begin + at, _read(f"{name}-{number}"))


def _read(sender_id: str) -> bytes:
    letters = "".join(DICE.choices(LETTERS, k=3))
    plate = f"{DICE.randrange(10)}{letters}{DICE.randrange(1000):03}"
    row = {
        "sender_id": sender_id, "captured_at": timezone.now().isoformat(), "plate": plate, "state": "CA",
        "confidence": 0.93, "direction": "northbound", "latitude": 38.104, "longitude": -122.256,
    }  # fmt: skip
    return json.dumps(row).encode()


def _check(ours: int, plain: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {BARE}")
        if Detection.objects.count() < ours or cursor.fetchone()[0] < plain:
            raise RuntimeError("Not every read that was answered is stored.")
