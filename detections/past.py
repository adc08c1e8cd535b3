"""What an entry would have met lately: the answer to `hotlists.past`, from the detections themselves.

What may fit is counted by the database, within the days asked for, and held against the entry as new reads
are (`hotlists.patterns.meets`). A plate whose beginning is known is found through the index; every other
pattern, and a description, reads those days once, for no longer than `SECONDS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from detections import partitions, uuid7
from detections.like import as_like
from detections.models import Camera
from detections.search import kept_since, too_broad
from hotlists.models import Entry
from hotlists.past import Past
from hotlists.patterns import ANY, meets
from hotlists.plates import fold

SECONDS = 5
MOST_GROUPS = 50_000
MOST_PLATES = 20
_WITHIN = f"FROM {partitions.TABLE} WHERE id >= %s AND id < %s AND agency_id = %s"
_VEHICLES = (
    "SELECT plate, state, make, model, color, body, width_bucket(id, %s::uuid[]), count(*) "
    f"{_WITHIN} AND {{fits}} GROUP BY 1, 2, 3, 4, 5, 6, 7 LIMIT {MOST_GROUPS + 1}"
)
_KINDS = f"SELECT state, make, model, color, body {_WITHIN} GROUP BY 1, 2, 3, 4, 5 LIMIT {MOST_GROUPS + 1}"
_OF_KINDS = (
    "(state, make, model, color, body) IN "
    "(SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]))"
)


class TooBroad(Exception):
    """More would have been met than can be counted in the time given."""


def past(entry: Entry, days: int) -> Past:
    """The answer to `hotlists.past.past`: `entry`, saved or not, against today and the days before it.

    Where that is too much to be counted, the answer says so (`Past.is_counted`).
    """
    dates = [timezone.localdate() - timedelta(days=back) for back in reversed(range(days))]
    midnights = [timezone.make_aware(datetime(day.year, day.month, day.day)) for day in dates]
    until = timezone.now()
    since = max(midnights[0], kept_since(entry.agency.policy, until))
    try:
        groups = _groups(entry, midnights, since, until)
    except TooBroad:
        return Past(days, 0, 0, is_counted=False)
    plates: Counter[str] = Counter()
    by_day: Counter[date] = Counter(dict.fromkeys(dates, 0))
    vehicles: dict[date, set[str]] = {day: set() for day in dates}
    for plate, state, make, model, color, body, number, reads in groups:
        if meets(entry, plate, state, make, model, color, body):
            plates[plate] += reads
            by_day[dates[number - 1]] += reads
            vehicles[dates[number - 1]].add(plate)
    return Past(
        days,
        reads=plates.total(),
        vehicles=len(plates),
        by_day=tuple(by_day.items()),
        vehicles_by_day=tuple((day, len(seen)) for day, seen in vehicles.items()),
        plates=tuple(plates.most_common(MOST_PLATES)),
        covered=max(1.0, (until - since) / timedelta(days=1)),
        withheld=_withheld(entry, until - since),
    )


def _withheld(entry: Entry, span: timedelta) -> str:
    """Why a search of every camera for the same would need a second person; a description names no plate."""
    cameras = Camera.objects.filter(agency=entry.agency).count()
    return too_broad(entry.agency.policy, pattern=entry.plate or ANY, cameras=cameras, span=span)


def _groups(
    entry: Entry, midnights: Sequence[datetime], since: datetime, until: datetime
) -> list[tuple[Any, ...]]:
    """Every vehicle that may be met, by day from 1, with its reads. Raises `TooBroad`."""
    within = [uuid7.floor(since), uuid7.floor(until), entry.agency.pk]
    if entry.plate:
        fits = "plate_key LIKE %s"
        asked: list[Any] = [as_like(fold(entry.plate))]
    else:
        kinds = [kind for kind in _rows(_KINDS, within) if meets(entry, "", *kind)]
        fits, asked = _OF_KINDS, [list(column) for column in zip(*kinds, strict=True)]
        if not kinds:
            return []
    days = [uuid7.floor(moment) for moment in midnights]
    return _rows(_VEHICLES.format(fits=fits), [days, *within, *asked])


def _rows(query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """What the database answers within the time. Raises `TooBroad`."""
    try:
        # The limit of time goes with the savepoint, whether the query came to its end or not.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{int(SECONDS * 1000)}ms'")
            cursor.execute(query, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            transaction.set_rollback(True)
    except OperationalError as stopped:
        if getattr(stopped.__cause__, "sqlstate", "") == "57014":
            raise TooBroad from stopped
        raise
    if len(rows) > MOST_GROUPS:
        raise TooBroad
    return rows
