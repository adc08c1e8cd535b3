"""How readers fare: each batch and each sign of life is noted in the statement that it costs, and no more.

What is noted stands beside the camera (`CameraHealth`, `CameraDay`), names no plate and outlives the
detections. `health_check` decides once a minute what is wrong.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, models

from detections.models import Camera
from detections.reads import Read, RefusedRow

# A clock is the same as before where it moved by less: reads take unlike times to come.
SAME_CLOCK = timedelta(seconds=30)
BEATS_TELL_FOR = timedelta(hours=1)
LARGEST_MS = 2_000_000_000
HOURS = 24
SECONDS = 3_600


class Problem(models.TextChoices):
    """What can be wrong with a camera."""

    SILENT = "silent", "Silent"
    CLOCK = "clock", "Clock is off"
    RATE = "rate", "Unusual number of reads"
    MISREAD = "misread", "More misreads"


BY_DAY = """
INSERT INTO detections_cameraday AS known (camera_id, day, reads, by_hour, messages)
SELECT %(camera)s, day, reads, by_hour, messages
FROM jsonb_to_recordset(%(days)s::jsonb) AS told (day date, reads int, by_hour int[], messages int[])
ORDER BY day
ON CONFLICT (camera_id, day) DO UPDATE SET
    reads = known.reads + EXCLUDED.reads,
    by_hour = (
        SELECT array_agg(of_known + of_now ORDER BY hour)
        FROM unnest(known.by_hour, EXCLUDED.by_hour) WITH ORDINALITY AS each (of_known, of_now, hour)
    ),
    messages = (
        SELECT array_agg(of_known + of_now ORDER BY hour)
        FROM unnest(known.messages, EXCLUDED.messages) WITH ORDINALITY AS each (of_known, of_now, hour)
    )
"""

HEALTH = """
WITH health AS (
    INSERT INTO detections_camerahealth AS known (
        camera_id, last_read_at, last_received_at, clock_ms, steady_ms, steady_since, steady_count,
        clock_by_beats, problems
    ) VALUES (
        %(camera)s, %(newest)s, %(received)s, %(behind)s, %(behind)s, %(received)s, 1, false, '[]'
    )
    ON CONFLICT (camera_id) DO UPDATE SET
        last_read_at = GREATEST(known.last_read_at, EXCLUDED.last_read_at),
        last_received_at = GREATEST(known.last_received_at, EXCLUDED.last_received_at),
        (clock_ms, steady_ms, steady_since, steady_count) = (
            SELECT
                CASE WHEN told THEN known.clock_ms ELSE EXCLUDED.clock_ms END,
                CASE WHEN told OR same THEN known.steady_ms ELSE EXCLUDED.steady_ms END,
                CASE WHEN told OR same THEN known.steady_since ELSE EXCLUDED.steady_since END,
                CASE WHEN told THEN known.steady_count WHEN same THEN known.steady_count + 1 ELSE 1 END
            FROM (SELECT
                known.clock_by_beats AND known.heartbeat_at > %(received)s - %(beats_tell_for)s AS told,
                COALESCE(abs(known.steady_ms::bigint - EXCLUDED.steady_ms) <= %(same)s, false) AS same
            ) AS clock
        )
)
"""
NOTE = HEALTH + BY_DAY

BEAT = """
INSERT INTO detections_camerahealth AS known (
    camera_id, heartbeat_at, clock_ms, steady_ms, steady_since, steady_count, clock_by_beats, problems
) VALUES (
    %(camera)s, %(received)s, %(behind)s, %(behind)s, %(steady_since)s, %(told)s::int, %(told)s, '[]'
)
ON CONFLICT (camera_id) DO UPDATE SET
    heartbeat_at = GREATEST(known.heartbeat_at, EXCLUDED.heartbeat_at),
    clock_by_beats = known.clock_by_beats OR %(told)s,
    (clock_ms, steady_ms, steady_since, steady_count) = (
        SELECT
            CASE WHEN %(told)s THEN EXCLUDED.clock_ms ELSE known.clock_ms END,
            CASE WHEN same THEN known.steady_ms ELSE EXCLUDED.steady_ms END,
            CASE WHEN same THEN known.steady_since ELSE EXCLUDED.steady_since END,
            CASE WHEN same THEN known.steady_count + %(told)s::int ELSE 1 END
        FROM (SELECT
            NOT %(told)s OR COALESCE(abs(known.steady_ms::bigint - EXCLUDED.steady_ms) <= %(same)s, false)
                AS same
        ) AS clock
    )
"""

REFUSED = """
INSERT INTO detections_camerahealth (camera_id, refused_at, steady_count, clock_by_beats, problems)
VALUES (%(camera)s, clock_timestamp(), 0, false, '[]')
ON CONFLICT (camera_id) DO UPDATE SET refused_at = EXCLUDED.refused_at
"""


def note(camera: Camera, *, reads: Sequence[Read], received_at: datetime) -> None:
    """Note that a batch with these reads came in, in its transaction and in one statement."""
    newest = max((read.captured_at for read in reads), default=None)
    if newest is None:
        return
    _run(
        NOTE,
        camera=camera.pk,
        newest=newest,
        received=received_at,
        behind=_milliseconds(received_at - newest),
        days=json.dumps(_days(reads, received_at)),
        beats_tell_for=BEATS_TELL_FOR,
        same=_milliseconds(SAME_CLOCK),
    )


def count(camera: Camera, *, reads: Sequence[Read]) -> None:
    """Count reads that a person gave in a file: they were made, and are no sign that the camera lives."""
    if days := _days(reads):
        _run(BY_DAY, camera=camera.pk, days=json.dumps(days))


def beat(camera: Camera, *, at: datetime | None, received_at: datetime) -> None:
    """Note a sign of life, in one statement; `at` is the time by the device's clock where it says it."""
    _run(
        BEAT,
        camera=camera.pk,
        received=received_at,
        behind=None if at is None else _milliseconds(received_at - at),
        steady_since=None if at is None else received_at,
        told=at is not None,
        same=_milliseconds(SAME_CLOCK),
    )


def refused(camera: Camera, rows: Sequence[RefusedRow]) -> None:
    """Note that reads were refused for the time that they carry, where any were."""
    if any("captured_at" in row.reasons for row in rows):
        _run(REFUSED, camera=camera.pk)


def _run(statement: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _milliseconds(span: timedelta) -> int:
    return max(-LARGEST_MS, min(LARGEST_MS, span // timedelta(milliseconds=1)))


def _days(reads: Sequence[Read], received_at: datetime | None = None) -> list[dict[str, Any]]:
    """Each day that the batch adds to: its reads by the hour of capture, itself by that of receipt.

    Where it is no message of the camera, `received_at` is None.
    """
    found: dict[date, dict[str, Any]] = {}

    def of(moment: datetime) -> dict[str, Any]:
        none = {"reads": 0, "by_hour": [0] * HOURS, "messages": [0] * HOURS}
        return found.setdefault(moment.date(), {"day": moment.date().isoformat()} | none)

    hours = Counter(int(read.captured_at.timestamp()) // SECONDS for read in reads)
    for hour, count in hours.items():
        captured = datetime.fromtimestamp(hour * SECONDS, UTC)
        day = of(captured)
        day["reads"] += count
        day["by_hour"][captured.hour] += count
    if received_at is not None:
        received = received_at.astimezone(UTC)
        of(received)["messages"][received.hour] += 1
    return list(found.values())
