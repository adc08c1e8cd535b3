"""A web process keeps its connections to the database, and lends each request one.

A connection that has opened a year of daily partitions answers in milliseconds; a new one takes about a
second for that. Every request runs on a thread of its own, so connections are kept for the process and not by
thread. Workers and commands keep none: they begin other processes, which must not share what is kept.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

# Beyond these the next request waits; beyond the wait it is told that the database cannot be reached.
SECONDS_TO_WAIT = 10
SECONDS_TO_CONNECT = 1
KEPT_WHILE_IDLE = 2


def keep_connections() -> None:
    """Let this process keep up to `ALPR_CONNECTIONS` connections. Called before it opens the first.

    Each is tried before it is lent, so that one that broke is replaced and no request meets it.
    """
    database: dict[str, Any] = settings.DATABASES["default"]
    database["CONN_HEALTH_CHECKS"] = True
    database["OPTIONS"]["pool"] = {
        "min_size": min(KEPT_WHILE_IDLE, settings.CONNECTIONS_KEPT),
        "max_size": settings.CONNECTIONS_KEPT,
        "timeout": SECONDS_TO_WAIT,
        "reconnect_timeout": SECONDS_TO_CONNECT,
        "name": "web",
    }
