"""The console's live line: server-sent events that say which hit is new or changed, and nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import Member
from accounts.permissions import Permission
from detections.live import CHANGED, RESUMED, Notice, listener
from detections.models import Hit
from training import gate
from training.rules import rule

SECONDS_BETWEEN_HEARTBEATS = 15.0
MOST_MISSED = 200

P = ParamSpec("P")
T = TypeVar("T")


@rule(Permission.SEE_HITS)
@require_GET
def console_live(request: HttpRequest) -> StreamingHttpResponse:
    """A stream of events: `hit` with the id of a new hit of the member's agency, `change` of one that moved.

    The event's id is the hit's: a console that comes back with Last-Event-ID (or, the first time, with the
    last hit it shows as `after`) hears of those it missed. A comment and a beat every 15 seconds keep the
    line open; access is asked again at each of them, and the stream ends when it is gone.
    """
    last = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    watch = Watch(
        request.user.pk or 0, request.session.session_key or "", int(last) if last.isdigit() else None
    )
    response = StreamingHttpResponse(watch.events(), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


class Watch:
    """One open console: whose it is, under which session, and the last hit it has heard of."""

    def __init__(self, member_id: int, session_key: str, last: int | None) -> None:
        self.member_id = member_id
        self.session_key = session_key
        self.last = last

    async def events(self) -> AsyncIterator[bytes]:
        """The stream, from the first comment until access ends or the reader goes."""
        yield b"retry: 2000\n: connected\n\n"
        try:
            async with listener.follow() as queue:
                async for lines in self._answers(queue):
                    yield lines
        except (TimeoutError, OperationalError):
            # The database is away: the console says so, and comes back by itself.
            return

    async def _answers(self, queue: asyncio.Queue[Notice]) -> AsyncIterator[bytes]:
        notice: Notice | None = Notice(RESUMED)
        while (lines := await _off_the_loop(self.answer, notice)) is not None:
            yield lines
            try:
                notice = await asyncio.wait_for(queue.get(), SECONDS_BETWEEN_HEARTBEATS)
            except TimeoutError:
                notice = None
        yield b"event: ended\ndata: access\n\n"

    def answer(self, notice: Notice | None) -> bytes | None:
        """What to send for this notice, a comment where it is not this agency's; None once access is gone."""
        member = Member.objects.select_related("agency").filter(pk=self.member_id).first()
        session = Session.objects.filter(session_key=self.session_key, expire_date__gt=timezone.now())
        if not (session.exists() and gate.allows(member, Permission.SEE_HITS)):
            return None
        hits = Hit.objects.filter(agency=member.agency) if member else Hit.objects.none()
        if notice is None:
            return b": still here\nevent: beat\ndata: 15\n\n"
        if notice.kind == RESUMED:
            return self._missed(hits.order_by("pk"))
        if not hits.filter(pk=notice.hit_id).exists():
            return b": nothing here\n\n"
        if notice.kind == CHANGED:
            return f"event: change\ndata: {notice.hit_id}\n\n".encode()
        return self._new([notice.hit_id])

    def _missed(self, hits: QuerySet[Hit]) -> bytes:
        known = hits.values_list("pk", flat=True)
        if self.last is None:
            self.last = known.last() or 0
        return self._new(list(known.filter(pk__gt=self.last)[:MOST_MISSED])) or b": nothing missed\n\n"

    def _new(self, hit_ids: list[int]) -> bytes:
        self.last = max([self.last or 0, *hit_ids])
        return "".join(f"id: {pk}\nevent: hit\ndata: {pk}\n\n" for pk in hit_ids).encode()


async def _off_the_loop(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Ask the database in a thread, and give its connection back at once: a console stays open for hours."""

    def asked() -> T:
        try:
            return ask(*args, **kwargs)
        finally:
            connection.close()

    return await sync_to_async(asked)()
