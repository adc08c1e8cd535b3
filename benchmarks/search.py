"""Searches in a year of detections: in the database, and as a page of results that a browser gets.

In the environment: SIZE, `small`, `full` (20 million) or a number of detections; KEEP, a folder in which the
filled database stays for the next run; COUNT, how many different inquiries of each kind; ONLY, a word of the
kinds that are asked. Against each page stands a bare SELECT of the same rows by their keys.
"""

from __future__ import annotations

import http.client
import os
import statistics
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection

from benchmarks.inquiries import Asked, Asker
from benchmarks.measuring import seconds
from benchmarks.serving import SECONDS_TO_WAIT, server, session
from benchmarks.year import filled
from detections import search as query
from detections.models import Search

WARM_UP = 3
FRESH_IN = 5
BARE = "SELECT * FROM detections_detection WHERE id = ANY(%s) ORDER BY id DESC"


@dataclass
class Figures:
    """Seconds of each inquiry of one kind: of its page's queries, of the bare SELECT, and of the whole page.

    `beside` are those of the queries that found something, beside which a bare SELECT stands; `fresh` are
    those where each is the first of its connection, of one inquiry in five.
    """

    kind: str
    database: list[float] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        ratio = sum(self.bare) / sum(self.beside) if self.beside else 0
        return (
            f"{self.kind} ({len(self.rows)} inquiries, {statistics.mean(self.rows):.0f} rows each): "
            f"in the database {_spread(self.database)}, {ratio:.2f} of bare SELECTs by key "
            f"({_spread(self.bare)}), in a new connection {_spread(self.fresh)}, "
            f"as a page {_spread(self.page)}"
        )


def _spread(took: list[float]) -> str:
    """Median and 95th of 100 in milliseconds."""
    if len(took) < 2:
        return "not enough"
    return f"{statistics.median(took) * 1000:.1f}/{statistics.quantiles(took, n=20)[-1] * 1000:.1f} ms"


def run() -> Iterator[Figures]:
    """Fill the year where it is not there, and ask each kind."""
    year = filled()
    count = int(os.environ.get("COUNT", "203" if os.environ.get("SIZE") == "full" else "43"))
    asker = Asker(year, count)
    print(f"{year.size:,} detections; figures are median/95th of 100", flush=True)
    cookie = session(year.member)
    connection.close()
    with server() as port:
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_WAIT)
        for kind, make in _kinds(asker).items():
            yield _measured(kind, make(), partial(_get, browser, cookie))


def _kinds(asker: Asker) -> dict[str, Callable[[], list[Asked]]]:
    kinds: dict[str, Callable[[], list[Asked]]] = {
        "Whole plate": asker.exact,
        "Whole plate, confusable": asker.confusable,
        "Beginning of a plate": asker.beginning,
        "Three characters within": asker.middle,
        "End of a plate": asker.end,
        "Three characters within, at three cameras": asker.part_and_camera,
        "End of a plate, by color and make": asker.part_and_vehicle,
        "Circle and hour": asker.place,
        "Drawn area and hour": asker.area,
        "Camera and hour": asker.camera,
        "Vehicle without plate, and hour": asker.vehicle,
        "Page 2": partial(asker.deep, 1),
        "Page 10": partial(asker.deep, 9),
        "Page 100": partial(asker.deep, 99),
    }
    only = os.environ.get("ONLY", "").lower()
    return {kind: make for kind, make in kinds.items() if only in kind.lower()}


def _measured(kind: str, asked: Sequence[Asked], get: Callable[[str], None]) -> Figures:
    figures = Figures(kind)
    for number, one in enumerate(asked):
        took = _once(one, get)
        if number >= WARM_UP:
            for name, value in took.items():
                getattr(figures, name).append(value)
    for one in asked[WARM_UP::FRESH_IN]:
        connection.close()
        search = _opened(one)
        with _in_database() as fresh:
            query.page(search, after=one.after)
        figures.fresh.append(sum(fresh))
    return figures


def _opened(one: Asked) -> Search:
    return Search.objects.select_related("agency").get(pk=one.search.pk)


def _once(one: Asked, get: Callable[[str], None]) -> dict[str, Any]:
    """One inquiry in the connection at hand, bare, and as a page."""
    search = _opened(one)
    with _in_database() as database:
        rows = query.page(search, after=one.after).rows
    bare = _bare([row.pk for row in rows])
    address = f"/searches/{search.pk}/" + (f"?after={one.after}" if one.after else "")
    page = seconds(lambda: get(address))
    took = {"database": sum(database), "page": page, "rows": len(rows)}
    return took | ({"bare": bare, "beside": sum(database)} if rows else {})


@contextmanager
def _in_database() -> Iterator[list[float]]:
    """Gives the seconds of each query that is made within, with planning and fetching."""
    took: list[float] = []

    def clock(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took.append(time.perf_counter() - begun)

    with connection.execute_wrapper(clock):
        yield took


def _bare(keys: list[uuid.UUID]) -> float:
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(BARE, [keys])
        cursor.fetchall()
    return time.perf_counter() - begun


def _get(browser: http.client.HTTPConnection, cookie: str, address: str) -> None:
    """One page of results, as a browser in which the member is signed in gets it."""
    browser.request("GET", address, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
    answer = browser.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"The page was not given: {answer.status} {said[:300]!r}")
