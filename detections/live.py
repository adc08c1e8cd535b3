"""Tells every web process of a hit, through PostgreSQL's own NOTIFY: only ids travel.

Each process holds one connection that listens, shared by all its open consoles. A notice carries the ids of
the hit, its agency and its hot list, so that a process decides who hears of it without asking the database.
What a console shows it asks for itself, so that every access passes the gate and stands on the trail.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection

CHANNEL = "hits"
CHANGES = "hit_changes"
CHOICES = "console_choices"
SECONDS_BEFORE_RETRY = 1.0
# Django's own, which a bare connection does not take.
_NOT_FOR_PSYCOPG = frozenset(
    {"cursor_factory", "context", "assume_role", "isolation_level", "server_side_binding", "pool"}
)
logger = logging.getLogger(__name__)


ABOUT_HITS = """
    SELECT pg_notify(%s, concat_ws(' ', hit.id, hit.agency_id, entry.hot_list_id))
    FROM detections_hit AS hit JOIN hotlists_entry AS entry ON entry.id = hit.entry_id
    WHERE hit.id = ANY(%s) ORDER BY hit.id
"""


def announce(hit_ids: Iterable[int]) -> None:
    """Announce these new hits when the transaction commits; nothing is sent if it rolls back."""
    _notify(CHANNEL, hit_ids)


def announce_change(hit_id: int) -> None:
    """Announce a move of this hit when the transaction commits, so that open consoles ask for it again."""
    _notify(CHANGES, [hit_id])


def announce_choice(member_id: int) -> None:
    """Announce that this member chose sound, keys or filters anew, so that all their consoles follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHOICES, str(member_id)])


def _notify(channel: str, hit_ids: Iterable[int]) -> None:
    if ids := list(hit_ids):
        with connection.cursor() as cursor:
            cursor.execute(ABOUT_HITS, [channel, ids])


NEW, CHANGED, CHOSEN, RESUMED = "hit", "change", "choice", "resumed"
KINDS = {CHANNEL: NEW, CHANGES: CHANGED}


@dataclass(frozen=True)
class Notice:
    """What a listener hears: a new hit or a changed one, a member's choice, or that something was missed."""

    kind: str
    hit_id: int = 0
    agency_id: int = 0
    list_id: int = 0
    member_id: int = 0
    heard_at: float = field(default_factory=time.monotonic, compare=False)


def read_notice(channel: str, payload: str) -> Notice | None:
    """The notice in what PostgreSQL passed on; None for what nobody here sends."""
    numbers = payload.split()
    if not all(number.isdecimal() for number in numbers):
        return None
    if channel == CHOICES and len(numbers) == 1:
        return Notice(CHOSEN, member_id=int(payload))
    if channel not in KINDS or len(numbers) != 3:
        return None
    hit_id, agency_id, list_id = map(int, numbers)
    return Notice(KINDS[channel], hit_id, agency_id, list_id)


class Listener:
    """One listening connection of this process, and the queues of those who follow it.

    It connects with the first follower, connects again whenever the connection breaks (and then tells all
    that they may have missed something), and lets go with the last.
    """

    def __init__(self) -> None:
        self._followers: set[asyncio.Queue[Notice]] = set()
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    @asynccontextmanager
    async def follow(self, *, seconds_to_connect: float = 10.0) -> AsyncIterator[asyncio.Queue[Notice]]:
        """A queue of notices, from now on until the block ends. Raises TimeoutError without a connection."""
        queue: asyncio.Queue[Notice] = asyncio.Queue()
        self._followers.add(queue)
        try:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._listen())
            await asyncio.wait_for(self._listening.wait(), seconds_to_connect)
            yield queue
        finally:
            self._followers.discard(queue)
            if not self._followers:
                await self._let_go()

    async def _let_go(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                logger.warning("The listening connection broke: %s", type(error).__name__)
            finally:
                self._listening.clear()
            await asyncio.sleep(SECONDS_BEFORE_RETRY)

    async def _listen_once(self) -> None:
        async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as listening:
            for channel in (CHANNEL, CHANGES, CHOICES):
                await listening.execute(f"LISTEN {channel}")
            self._listening.set()
            self._tell(Notice(RESUMED))
            async for notify in listening.notifies():
                if notice := read_notice(notify.channel, notify.payload):
                    self._tell(notice)

    def _tell(self, notice: Notice) -> None:
        for queue in self._followers:
            queue.put_nowait(notice)


def _parameters() -> dict[str, Any]:
    """How Django connects, for a connection of our own."""
    given = connection.get_connection_params()
    return {name: value for name, value in given.items() if name not in _NOT_FOR_PSYCOPG}


listener = Listener()
