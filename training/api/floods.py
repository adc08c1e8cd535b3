"""No key takes the whole of a web process: beyond a few requests at once it is told to wait.

A camera's batches wait for each other at its row, each with a connection to the database in hand. Without a
limit one reader that floods would hold all of them, and no other could send.
"""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

AT_ONCE = 8
WAIT_SECONDS = 1

_under_way: Counter[str] = Counter()
_lock = threading.Lock()


def limited(
    name: Callable[[HttpRequest], str],
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """The view answers 429 where `AT_ONCE` requests of the same `name` are under way in this process.

    Asked before anything else, so that a request turned away costs no connection. An empty name passes.
    """

    def declare(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def counted(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            with _place(name(request)) as there_is:
                return view(request, *args, **kwargs) if there_is else _wait()

        return counted

    return declare


@contextmanager
def _place(name: str) -> Iterator[bool]:
    with _lock:
        there_is = not name or _under_way[name] < AT_ONCE
        if name and there_is:
            _under_way[name] += 1
    try:
        yield there_is
    finally:
        if name and there_is:
            with _lock:
                _under_way[name] -= 1
                if not _under_way[name]:
                    del _under_way[name]


def _wait() -> HttpResponse:
    message = f"{AT_ONCE} requests of this key are under way. Send again when they are answered."
    error = {"error": {"code": "throttled", "message": message}}
    return JsonResponse(error, status=429, headers={"Retry-After": str(WAIT_SECONDS)})
