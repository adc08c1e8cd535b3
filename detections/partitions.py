"""The daily partitions of the detections, named by their day in UTC: detections_detection_20261122."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db import OperationalError, connection, transaction

from detections import uuid7

TABLE = "detections_detection"
_DAYS = """
SELECT to_date(right(child.relname, 8), 'YYYYMMDD') - date '1970-01-01' AS day
FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
WHERE inhparent = 'detections_detection'::regclass ORDER BY day
"""
_LOCK = 7_310_001


def name(day: date) -> str:
    """The partition's table name."""
    return f"{TABLE}_{day:%Y%m%d}"


def bounds(day: date) -> tuple[str, str]:
    """The first id of `day` and the first of the day after, as text."""
    start = datetime.combine(day, time(), UTC)
    return str(uuid7.floor(start)), str(uuid7.floor(start + timedelta(days=1)))


def standing() -> set[str]:
    """The names of the partitions that exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid "
            "WHERE inhparent = %s::regclass",
            [TABLE],
        )
        return {row[0] for row in cursor.fetchall()}


def day_numbers() -> list[int]:
    """The days that have a partition, in order, counted from January 1, 1970."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        return [day for (day,) in cursor.fetchall()]


def ensure(moments: Iterable[datetime]) -> None:
    """Make the partitions that these capture times need. Two processes may do so at once.

    A table is made beside and then attached, which keeps nobody from reading or storing detections meanwhile.
    """
    days = {name(day): day for day in {moment.astimezone(UTC).date() for moment in moments}}
    if not _missing(days):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for table in _missing(days):
            first, after = bounds(days[table])
            cursor.execute(f"CREATE TABLE {table} (LIKE {TABLE} INCLUDING ALL)")
            cursor.execute(
                f"ALTER TABLE {TABLE} ATTACH PARTITION {table} FOR VALUES FROM ('{first}') TO ('{after}')"
            )


def days_before(before: datetime) -> list[date]:
    """The days, in UTC, that have a partition and end at `before` or earlier, the oldest first."""
    last = name(before.astimezone(UTC).date())
    return [_day(table) for table in sorted(standing()) if table < last]


def drop(day: date, *, rows: int) -> bool:
    """Drop the partition of `day` in this transaction; False where it is gone or does not hold `rows` rows.

    It waits a short while for searches under way, and raises OperationalError where they last longer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        # The whole table first, as every query does: then none waits for another in a ring.
        cursor.execute(f"LOCK TABLE ONLY {TABLE} IN ACCESS EXCLUSIVE MODE")
        if name(day) not in standing():
            return False
        cursor.execute(f"SELECT count(*) FROM {name(day)}")  # noqa: S608
        if cursor.fetchone()[0] != rows:
            return False
        cursor.execute(f"DROP TABLE {name(day)}")
        return True


def _day(table: str) -> date:
    return datetime.strptime(f"{table[-8:]} +0000", "%Y%m%d %z").date()


def drop_empty(before: datetime) -> list[str]:
    """Drop the partitions of the days that end at `before` or earlier and hold nothing; gives their names.

    It waits a short while for searches under way, and leaves it to the next time where they last longer.
    """
    last = name(before.astimezone(UTC).date())
    if not (empty := [table for table in sorted(standing()) if table < last and _is_empty(table)]):
        return []
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            # The whole table first, as every query does: then none waits for another in a ring.
            cursor.execute(f"LOCK TABLE ONLY {TABLE} IN ACCESS EXCLUSIVE MODE")
            still = standing()
            empty = [table for table in empty if table in still and _is_empty(table)]
            for table in empty:
                cursor.execute(f"DROP TABLE {table}")
            return empty
    except OperationalError:
        return []


def _is_empty(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS (SELECT FROM {table})")  # noqa: S608
        return bool(cursor.fetchone()[0])


def _missing(tables: Iterable[str]) -> list[str]:
    # Asked of pg_class, for `to_regclass` may answer from before the lock was granted.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted FROM unnest(%s::name[]) wanted WHERE NOT EXISTS "
            "(SELECT FROM pg_class WHERE relname = wanted AND pg_table_is_visible(oid)) ORDER BY wanted",
            [list(tables)],
        )
        return [row[0] for row in cursor.fetchall()]
