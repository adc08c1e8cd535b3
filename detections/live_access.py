"""Who may hear of which hit on the live line, asked for all consoles of a process by one thread.

Two hundred consoles that each asked the gate at each notice would hold two hundred connections and answer
late. So the gate's answer for a console is kept with a stamp of everything that it rests on: session, member,
groups, grants, certificates, policies, lists, the day. At each notice one question fetches the stamps of all
consoles; where a stamp is another, or none, the gate is asked again before that console hears anything.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from detections.live import Notice
from detections.models import Hit
from hotlists.models import HotList
from training import gate

# A row that is written gets a new xmin, and where one is deleted the count is another. The sum, since a
# transaction that began before another may be committed after it, with an xmin that is not the highest.
STAMPS = """
    WITH shared AS (
        SELECT concat_ws('/',
            (SELECT max(id) FROM accounts_adoptedpolicy WHERE effective_from <= now()),
            (SELECT concat(count(*), ',', sum(xmin::text::bigint)) FROM accounts_adoptedpolicy),
            (SELECT concat(count(*), ',', sum(xmin::text::bigint)) FROM guardian_groupobjectpermission),
            (SELECT concat(count(*), ',', sum(xmin::text::bigint)) FROM hotlists_hotlist),
            (SELECT concat(count(*), ',', sum(xmin::text::bigint)) FROM training_course),
            (SELECT concat(count(*), ',', sum(xmin::text::bigint)) FROM training_session)) AS stamp
    )
    SELECT console.key, concat_ws('/', %s::text, shared.stamp, member.xmin,
        (SELECT concat(count(*), ',', sum(xmin::text::bigint))
            FROM training_certificate WHERE member_id = member.id),
        (SELECT concat(count(*), ',', sum(xmin::text::bigint))
            FROM accounts_member_groups WHERE member_id = member.id),
        (SELECT concat(count(*), ',', sum(xmin::text::bigint))
            FROM guardian_userobjectpermission WHERE user_id = member.id))
    FROM unnest(%s::text[], %s::bigint[]) AS console (key, member_id)
    JOIN django_session AS held ON held.session_key = console.key AND held.expire_date > now()
    JOIN accounts_member AS member ON member.id = console.member_id
    CROSS JOIN shared
"""

T = TypeVar("T")


@dataclass(frozen=True)
class Sight:
    """What a member may hear of, as the gate and the lists' grants answered."""

    member_id: int
    agency_id: int
    lists: frozenset[int]

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
    member = Member.objects.select_related("agency").filter(pk=member_id).first()
    session = Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now())
    if member is None or not session.exists() or not gate.allows(member, Permission.SEE_HITS):
        return None
    lists = HotList.objects.visible_to(member).values_list("pk", flat=True)
    return Sight(member.pk, member.agency_id, frozenset(lists))


def stamps(consoles: dict[str, int]) -> dict[str, str]:
    """The stamp of each of these consoles (session key and member), but for sessions that are over."""
    with connection.cursor() as cursor:
        cursor.execute(STAMPS, [timezone.localdate(), list(consoles), list(consoles.values())])
        return dict(cursor.fetchall())


class Desk:
    """One thread with one connection to the database, which asks for all consoles of this process in turn.

    It comes with the first console and lets thread and connection go with the last.
    """

    def __init__(self) -> None:
        self._consoles: Counter[tuple[str, int]] = Counter()
        self._thread: ThreadPoolExecutor | None = None
        self._asked_at = 0.0
        self._stamps: asyncio.Future[dict[str, str]] | None = None

    @asynccontextmanager
    async def open(self, member_id: int, session_key: str) -> AsyncIterator[None]:
        """Keep the desk open for one console, until the block ends."""
        console = session_key, member_id
        self._consoles[console] += 1
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="consoles")
        try:
            yield
        finally:
            self._consoles -= Counter([console])
            if not self._consoles:
                thread, self._thread, self._stamps = self._thread, None, None
                thread.submit(let_go)
                thread.shutdown(wait=False)

    async def ask(self, question: Callable[[], T]) -> T:
        """The database's answer, asked on the desk's thread. Raises OperationalError without a database."""
        assert self._thread is not None
        return await asyncio.get_running_loop().run_in_executor(self._thread, _asked, question)

    async def stamp(self, session_key: str, *, since: float) -> str | None:
        """The stamp of a console, asked for at `since` (monotonic) or later; None where its session is over.

        Consoles that heard the same notice share one question.
        """
        if self._stamps is None or self._asked_at < since or _failed(self._stamps):
            self._asked_at = time.monotonic()
            consoles = dict(self._consoles.keys())
            self._stamps = asyncio.ensure_future(self.ask(lambda: stamps(consoles)))
        return (await asyncio.shield(self._stamps)).get(session_key)


def _failed(answer: asyncio.Future[dict[str, str]]) -> bool:
    return answer.done() and (answer.cancelled() or answer.exception() is not None)


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
