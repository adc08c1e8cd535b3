"""The bare peer of single reads: a web process that stores each read it is sent by one INSERT, and commits.

Served by the same server as the system itself. No key, no checks, no matching, no receipt.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from psycopg_pool import AsyncConnectionPool

INSERT = """
INSERT INTO bare_detection (
    id, agency_id, camera_id, sender_id, content_sha256, received_at, plate, plate_key, state, confidence,
    candidates, make, model, color, body, direction, latitude, longitude, image, engine
) VALUES (
    %(id)s, 1, 1, %(sender_id)s, '', now(), %(plate)s, %(plate)s, %(state)s, %(confidence)s,
    '[]', '', '', '', '', %(direction)s, %(latitude)s, %(longitude)s, '', ''
)
"""
ANSWER = b'{"stored": 1}'
pool = AsyncConnectionPool(os.environ["ALPR_BENCH_DATABASE"], min_size=4, max_size=20, open=False)


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Store the read in the body of a POST; answer anything else that the process lives."""
    await pool.open()
    if scope["method"] == "POST":
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        async with pool.connection() as connection:
            await connection.execute(INSERT, json.loads(body) | {"id": _id()})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


def _id() -> uuid.UUID:
    """One of today's partition: the time in 48 bits, as in a UUIDv7, and the rest by chance."""
    return uuid.UUID(int=(int(time.time() * 1000) << 80) | uuid.uuid4().int & (1 << 80) - 1)
