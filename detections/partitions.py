"""The daily partitions of the detections, named by their day in UTC: detections_detection_20261122."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from detections import uuid7

TABLE = "detections_detection"
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


def ensure(moments: Iterable[datetime]) -> None:
    """Make the partitions that these capture times need. Two processes may do so at once."""
    days = {moment.astimezone(UTC).date() for moment in moments}
    wanted = {name(day): day for day in days}
    if not wanted.keys() - standing():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for table in sorted(wanted.keys() - standing()):
            first, after = bounds(wanted[table])
            cursor.execute(
                f"CREATE TABLE {table} PARTITION OF {TABLE} FOR VALUES FROM ('{first}') TO ('{after}')"
            )
