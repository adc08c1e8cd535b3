"""The console's live line: server-sent events that say which hit is new or changed, and nothing of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from detections.live import CHOSEN, NEW, RESUMED, Notice, listener
from detections.live_access import Sight, desk, let_go, look
from training.rules import rule

SECONDS_BETWEEN_BEATS = 12.0
MOST_MISSED = 200
MOST_TOLD = 2_000
LIVE = b"event: live\ndata: now\n\n"
BEAT = f": still here\nevent: beat\ndata: {SECONDS_BETWEEN_BEATS:.0f}\n\n".encode()


@rule(Permission.SEE_HITS)
@require_GET
def console_live(request: HttpRequest) -> StreamingHttpResponse:
    """A stream of events: `hit` with the id of a new hit, `change` of one that moved, `choice` of settings.

    Only hits that the member may see are spoken of. The event's id is the hit's: a console that comes back
    with Last-Event-ID (or, the first time, with the last hit it shows as `after`) hears of those it missed,
    then `live`. A `beat` keeps the line open. Access is asked for at each of them, and `ended` closes the
    stream when it is gone.
    """
    last = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    watch = Watch(
        request.user.pk or 0, request.session.session_key or "", int(last) if last.isdecimal() else None
    )
    response = StreamingHttpResponse(watch.events(), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


class Watch:
    """One open console: whose it is, under which session, and which hits it has heard of."""

    def __init__(self, member_id: int, session_key: str, last: int | None) -> None:
        self.member_id, self.session_key = member_id, session_key
        self.look = partial(look, member_id, session_key)
        self.stamp: str | None = None
        self.last = last
        self.told: set[int] = set()
        self.sight: Sight | None = None
        self.next_beat = time.monotonic() + SECONDS_BETWEEN_BEATS

    async def events(self) -> AsyncIterator[bytes]:
        """The stream, from the first comment until access ends or the reader goes."""
        yield b"retry: 2000\n: connected\n\n"
        # The request's own thread stays as long as the stream; its connection need not.
        await sync_to_async(let_go)()
        try:
            async with desk.open(self.member_id, self.session_key), listener.follow() as queue:
                async for lines in self._answers(queue):
                    yield lines
        except (TimeoutError, OperationalError, InterfaceError):
            # The database is away: the console says so, and comes back by itself.
            return

    async def _answers(self, queue: asyncio.Queue[Notice]) -> AsyncIterator[bytes]:
        notices = [Notice(RESUMED)]
        while (sight := await self._sight_for(notices)) is not None:
            if lines := await self._lines(notices, sight):
                yield lines
            notices = await self._next(queue)
        yield b"event: ended\ndata: access\n\n"

    async def _sight_for(self, notices: Sequence[Notice]) -> Sight | None:
        """What the member may hear of: the gate's last answer, or a new one where its stamp is another."""
        since = max((notice.heard_at for notice in notices), default=time.monotonic() - 1)
        stamp = await desk.stamp(self.session_key, since=since)
        if stamp is None or stamp != self.stamp:
            self.stamp, self.sight = stamp, await desk.ask(self.look)
        return self.sight

    async def _next(self, queue: asyncio.Queue[Notice]) -> list[Notice]:
        """What is heard next, with all that waits behind it; nothing once it is time for a beat."""
        try:
            async with asyncio.timeout(max(0.0, self.next_beat - time.monotonic())):
                notices = [await queue.get()]
        except TimeoutError:
            self.next_beat = time.monotonic() + SECONDS_BETWEEN_BEATS
            return []
        while not queue.empty():
            notices.append(queue.get_nowait())
        return notices

    async def _lines(self, notices: Sequence[Notice], sight: Sight) -> bytes:
        if not notices:
            return BEAT
        lines = b""
        for notice in notices:
            if notice.kind == RESUMED:
                missed = await desk.ask(partial(self._missed, sight))
                lines += self._new(missed) + LIVE
            elif sight.hears(notice):
                lines += self._line(notice)
        return lines

    def _line(self, notice: Notice) -> bytes:
        if notice.kind == NEW:
            return self._new([notice.hit_id])
        if notice.kind == CHOSEN:
            return b"event: choice\ndata: own\n\n"
        return f"event: change\ndata: {notice.hit_id}\n\n".encode()

    def _missed(self, sight: Sight) -> list[int]:
        """The hits made since the last that the console knows of."""
        known = sight.hits().order_by("pk").values_list("pk", flat=True)
        if self.last is None:
            self.last = known.last() or 0
        return list(known.filter(pk__gt=self.last)[:MOST_MISSED])

    def _new(self, hit_ids: Sequence[int]) -> bytes:
        """One event for each of these that was not told before."""
        fresh = [pk for pk in hit_ids if pk not in self.told]
        self.told.update(fresh)
        if len(self.told) > MOST_TOLD:
            self.told = set(sorted(self.told)[MOST_TOLD // 2 :])
        self.last = max([self.last or 0, *fresh])
        return "".join(f"id: {pk}\nevent: hit\ndata: {pk}\n\n" for pk in fresh).encode()
