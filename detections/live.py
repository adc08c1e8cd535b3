"""Tells every web process of a hit, through PostgreSQL's own NOTIFY: only the hit's id travels."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

CHANNEL = "hits"


def announce(hit_ids: Iterable[int]) -> None:
    """Announce these hits when the transaction commits; nothing is sent if it rolls back."""
    with connection.cursor() as cursor:
        for hit_id in hit_ids:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(hit_id)])
