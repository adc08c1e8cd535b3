"""Which plates were read on which days: listed once a day is over, looked up by searches, forgotten in time.

Detections lie in one partition a day, and a year of partitions takes longer to open than a search may last.
So a search asks here first on which days its plate, or one that fits its pattern, was read. A day is listed
by the worker, apart from how detections come in. A read of a day before today takes its day off the list,
and a search looks through every day that is not listed. docs/decisions/0008-finding-parts-of-plates.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Agency
from detections import partitions, uuid7
from detections.like import as_like
from detections.models import ListedDay, SeenPlate
from hotlists.patterns import is_partial

GRAM = 3
MOST_KEYS = 10_000
DAYS_AT_ONCE = 64
# A batch that began before midnight is stored by then, and its reads are listed with their day.
SETTLED_AFTER = timedelta(hours=1)
_LOCK = 7_310_011
_EPOCH = date(1970, 1, 1)
_SECONDS = 86_400
_UNLIST = "DELETE FROM detections_listedday WHERE agency_id = %s AND day = ANY(%s)"
_DAY_OF_ID = "(('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint / 86400000)::int"
_LIST = """
INSERT INTO detections_seenplate AS seen (agency_id, plate_key, grams, days)
SELECT %(agency)s, plate_key, ARRAY(
    SELECT DISTINCT substr(plate_key, place, %(gram)s)
    FROM generate_series(1, length(plate_key) - %(gram)s + 1) place
), ARRAY[%(day)s]
FROM (
    SELECT DISTINCT plate_key FROM detections_detection
    WHERE id >= %(first)s AND id < %(after)s AND agency_id = %(agency)s
) read
ON CONFLICT (agency_id, plate_key) DO UPDATE
SET days = ARRAY(SELECT DISTINCT unnest(seen.days || excluded.days) ORDER BY 1)
WHERE NOT seen.days @> excluded.days
"""
# Days up to the cut-off's own stay only where a detection of the plate still stands: a held one, or one of
# that day that is not due yet. A UUIDv7 begins with its milliseconds in 48 bits.
_FORGET = """
WITH standing AS (
    SELECT plate_key, array_agg(DISTINCT (
        ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 86400000
    )::int) AS days
    FROM detections_detection WHERE id < %(after)s AND agency_id = %(agency)s GROUP BY plate_key
), old AS (
    SELECT seen.id, ARRAY(
        SELECT day FROM unnest(seen.days) day
        WHERE day > %(last)s OR day = ANY(standing.days) ORDER BY day
    ) AS days
    FROM detections_seenplate seen LEFT JOIN standing USING (plate_key)
    WHERE seen.agency_id = %(agency)s AND seen.days[1] <= %(last)s
)
UPDATE detections_seenplate seen SET days = old.days FROM old
WHERE seen.id = old.id AND seen.days <> old.days
"""
# Which plates fit, and on which days they were read, the days that come first first.
_SEEN = """
WITH fits AS MATERIALIZED (
    SELECT plate_key, days FROM detections_seenplate
    WHERE agency_id = ANY(%(agencies)s) AND days[1] <= %(last)s AND days[cardinality(days)] >= %(first)s
        AND {asked}
    LIMIT %(most)s + 1
), seen AS (
    SELECT day, string_agg(DISTINCT plate_key, ' ') AS keys FROM fits, unnest(days) day
    WHERE day BETWEEN %(first)s AND %(last)s GROUP BY day ORDER BY day {direction} LIMIT %(at_once)s
)
SELECT NULL, count(*)::text FROM fits UNION ALL SELECT day, keys FROM seen
"""
_WHOLE = "plate_key = %(plate)s"
_PART = "grams @> %(grams)s::varchar[] AND plate_key LIKE %(like)s"
_UNLISTED = """
SELECT day FROM unnest(%s::int[]) day
EXCEPT SELECT day FROM detections_listedday WHERE agency_id = ANY(%s) GROUP BY day HAVING count(*) = %s
"""


def is_told(pattern: str) -> bool:
    """Whether it is known where a folded plate or a part of one was read: three known characters together."""
    return bool(pattern) and (not is_partial(pattern) or bool(grams(pattern)))


def where_seen(
    agencies: Sequence[int], pattern: str, first: int, last: int, *, newest_first: bool = True
) -> dict[int, list[str]] | None:
    """The plates that fit a folded plate or a part of one, by the days of their reads from `first` to `last`.

    At most `DAYS_AT_ONCE` days, the newest or oldest; days that are not listed may be among them. None where
    that cannot be told: no three known characters stand together, or too many plates fit.
    """
    if not is_told(pattern):
        return None
    text = _SEEN.format(
        asked=_PART if is_partial(pattern) else _WHOLE, direction="DESC" if newest_first else "ASC"
    )
    asked: dict[str, Any] = {
        "agencies": list(agencies), "first": first, "last": last, "most": MOST_KEYS, "plate": pattern,
        "grams": grams(pattern), "like": as_like(pattern), "at_once": DAYS_AT_ONCE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(text, asked)
        (_, count), *seen = cursor.fetchall()
    return {day: keys.split() for day, keys in seen} if int(count) <= MOST_KEYS else None


def unlisted(agencies: Sequence[int], first: int, last: int) -> set[int]:
    """The days from `first` to `last` of which detections may be stored and that are not listed.

    Listed is what is listed for each of the agencies.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNLISTED, [kept_days(first, last), list(agencies), len(agencies)])
        return {day for (day,) in cursor.fetchall()}


def kept_days(first: int, last: int) -> list[int]:
    """The days from `first` to `last` of which detections may be stored, of whatever agency."""
    return [day for day in partitions.day_numbers() if first <= day <= last]


def day_number(moment: datetime) -> int:
    """The day in UTC, counted from January 1, 1970."""
    return (moment.astimezone(UTC).date() - _EPOCH).days


def first_moment(day: int) -> datetime:
    """When the day of this number begins."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)


def grams(pattern: str) -> list[str]:
    """Every three known characters that stand together in a folded plate or a part of one."""
    runs = re.split(r"[?*]", pattern)
    return sorted({run[at : at + GRAM] for run in runs for at in range(len(run) - GRAM + 1)})


def list_days(agency: Agency, now: datetime | None = None) -> list[int]:
    """List every day of the agency that is over and not listed yet; gives those listed now. May run twice."""
    over = day_number((now or timezone.now()) - SETTLED_AFTER)
    listed = set(ListedDay.objects.filter(agency=agency).values_list("day", flat=True))
    due = [day for day in partitions.day_numbers() if day < over and day not in listed]
    for day in due:
        _list_day(agency, day)
    return due


def list_everywhere() -> None:
    """List the days of every agency; what the worker does by the clock."""
    for agency in Agency.objects.all():
        list_days(agency)


@transaction.atomic
def _list_day(agency: Agency, day: int) -> None:
    _lock(agency.pk)
    first, after = uuid7.floor(first_moment(day)), uuid7.floor(first_moment(day + 1))
    facts: dict[str, Any] = {"agency": agency.pk, "day": day, "gram": GRAM, "first": first, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(_LIST, facts)
    ListedDay.objects.get_or_create(agency=agency, day=day)


def unlist(agency_id: int, moments: Iterable[datetime]) -> None:
    """Take the days of reads that come late off the list, in the transaction that stores the reads.

    Nobody lists a day of the agency before that transaction ends.
    """
    today = day_number(timezone.now())
    late = {day for day in {int(moment.timestamp()) // _SECONDS for moment in moments} if day < today}
    if late:
        _lock(agency_id, shared=True)
        with connection.cursor() as cursor:
            cursor.execute(_UNLIST, [agency_id, sorted(late)])


@transaction.atomic
def forget(agency: Agency, before: datetime) -> int:
    """Forget where the plates were read of which no detection stands any more; gives how many plates went.

    `before` is the purge's cut-off: what is later is not looked at. May run twice.
    """
    _lock(agency.pk)
    last = day_number(before)
    after = uuid7.floor(first_moment(last + 1))
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"agency": agency.pk, "last": last, "after": after})
    ListedDay.objects.filter(agency=agency, day__lt=last).delete()
    return SeenPlate.objects.filter(agency=agency, days=[]).delete()[0]


def _lock(agency_id: int, *, shared: bool = False) -> None:
    """Until the transaction ends: late batches beside each other, listing and forgetting one by one."""
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_LOCK, agency_id])
