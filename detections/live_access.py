"""Who may hear of which hit on the live line, asked for all consoles of a process by one thread.

Two hundred consoles that each asked the gate at each notice would hold two hundred connections and answer
late. So a notice is judged by the gate's last answer for that console, which is asked again every
`SECONDS_BETWEEN` seconds and counts for nothing once it is older than `SECONDS_VALID`. Whoever has lost the
access hears, for that long at most, that there is a hit with some number, and nothing of the hit: what a
console shows passes the gate at each request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from detections.live import Notice
from detections.models import Hit
from hotlists.models import HotList
from training import gate

SECONDS_BETWEEN = 12.0
SECONDS_VALID = 15.0

T = TypeVar("T")


@dataclass(frozen=True)
class Sight:
    """What a member may hear of, as the gate and the lists' grants answered at `asked_at` (monotonic).

    `newest_list` is the last list that stood then: a hit on one made since calls for a new answer.
    """

    member_id: int
    agency_id: int
    lists: frozenset[int]
    newest_list: int
    asked_at: float

    def decides(self, notice: Notice, now: float) -> bool:
        """Whether this answer still counts at `now`, and covers the notice."""
        return now - self.asked_at < SECONDS_VALID and notice.list_id <= self.newest_list

    def hears(self, notice: Notice) -> bool:
        """Whether the notice is for this member: the own choice, or a hit in sight."""
        if notice.member_id:
            return notice.member_id == self.member_id
        return notice.agency_id == self.agency_id and notice.list_id in self.lists

    def hits(self) -> QuerySet[Hit]:
        """The hits in sight."""
        return Hit.objects.filter(agency_id=self.agency_id, entry__hot_list__in=self.lists)


def look(member_id: int, session_key: str) -> Sight | None:
    """Ask session, gate and grants; None where the member may hear nothing (any more)."""
    asked_at = time.monotonic()
    member = Member.objects.select_related("agency").filter(pk=member_id).first()
    session = Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now())
    if member is None or not session.exists() or not gate.allows(member, Permission.SEE_HITS):
        return None
    newest = HotList.objects.filter(agency=member.agency).aggregate(Max("pk"))["pk__max"]
    lists = HotList.objects.visible_to(member).values_list("pk", flat=True)
    return Sight(member.pk, member.agency_id, frozenset(lists), newest or 0, asked_at)


class Desk:
    """One thread with one connection to the database, which asks for all consoles of this process in turn.

    It comes with the first console and lets thread and connection go with the last.
    """

    def __init__(self) -> None:
        self._consoles = 0
        self._thread: ThreadPoolExecutor | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep the desk open for one console, until the block ends."""
        self._consoles += 1
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="consoles")
        try:
            yield
        finally:
            self._consoles -= 1
            if not self._consoles:
                thread, self._thread = self._thread, None
                thread.submit(let_go)
                thread.shutdown(wait=False)

    async def ask(self, question: Callable[[], T]) -> T:
        """The database's answer, asked on the desk's thread. Raises OperationalError without a database."""
        assert self._thread is not None
        return await asyncio.get_running_loop().run_in_executor(self._thread, _asked, question)


def let_go() -> None:
    """Close the calling thread's own connection to the database."""
    connection.close()


def _asked(question: Callable[[], T]) -> T:
    """Ask once more on a fresh connection where the kept one broke since."""
    try:
        return question()
    except (OperationalError, InterfaceError):
        connection.close()
        return question()


desk = Desk()
