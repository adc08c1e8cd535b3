"""Blue Iris: the body of an alert's web request, as JSON; it may name itself plain text.

One alert holds what was found in several frames: every plate once, as the likeliest frame has it. Where in
a frame a plate was says nothing of the alert's own picture, which is larger.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from detections.adapters.shape import (
    BadMessage,
    Message,
    Nothing,
    Sighting,
    Told,
    choices,
    epoch,
    in_zone,
    inside,
    json_object,
    moment,
    name,
    number,
    objects,
    one_part,
    picture,
    plate,
    row,
    sender_id,
    share,
)

KIND = "blue-iris"
TITLE = "Blue Iris"
BODY = (
    '{"ai_dump": &JSON, "Image": "&ALERT_JPEG", "camera": "&CAM", "ALERT_PATH": "&ALERT_PATH", '
    '"ALERT_CLIP": "&ALERT_CLIP", "timestamp": "&ALERT_TIME"}'
)
# Paths come with single backslashes, which JSON does not know.
LONE_BACKSLASH = re.compile(rb'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
# An alert without an analysis leaves its place empty.
NO_ANALYSIS = re.compile(rb'("ai_dump"\s*:\s*)(?=[,}])')
WRITTEN = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %I:%M:%S %p")


def read(message: Message) -> list[Told]:
    """Every plate of an alert. Raises `BadMessage`."""
    alert = _alert(one_part(message, ("json", "data")))
    if "ai_dump" not in alert:
        raise BadMessage("The message has no “ai_dump”, as the request for this address has it.")
    found = _plates(alert)
    if not found:
        return [Nothing("The alert has no plate.")]
    channel, captured_at = name(alert.get("camera"), "camera"), _captured_at(alert, message.zone)
    shown = picture(alert.get("Image"))
    whose = alert.get("ALERT_CLIP") or alert.get("ALERT_PATH") or captured_at.isoformat()
    return [
        Sighting(
            channel=channel,
            car="",
            row=row(
                sender_id=sender_id(channel, whose, place),
                captured_at=captured_at,
                plate=read_as,
                confidence=confidence,
            ),
            picture=shown,
        )
        for place, (read_as, confidence) in enumerate(found)
    ]


def _alert(body: bytes) -> dict[str, Any]:
    try:
        return json_object(body)
    except BadMessage:
        return json_object(NO_ANALYSIS.sub(rb"\1null", LONE_BACKSLASH.sub(rb"\\\\", body)))


def _plates(alert: dict[str, Any]) -> list[tuple[Any, float | None]]:
    """Every plate with its best confidence, in the order in which they were first found."""
    best: dict[str, tuple[Any, float | None]] = {}
    for prediction in _predictions(alert.get("ai_dump")):
        read_as, confidence = plate(prediction.get("plate")), share(prediction.get("confidence"))
        if read_as == "":
            continue
        known = best.setdefault(str(read_as).upper(), (read_as, confidence))
        if (confidence or 0) > (known[1] or 0):
            best[str(read_as).upper()] = (read_as, confidence)
    return list(best.values())


def _predictions(dump: object) -> Iterator[dict[str, Any]]:
    """What was found in each frame; the analysis may come as text within the JSON."""
    if isinstance(dump, str):
        try:
            dump = json.loads(dump)
        except (ValueError, RecursionError):
            return
    for frame in objects(dump):
        yield from choices(inside(frame, "found").get("predictions"))


def _captured_at(alert: dict[str, Any], zone: tzinfo) -> datetime:
    """ISO 8601, a count since 1970, or as Windows writes it in the United States."""
    written = alert.get("timestamp")
    if number(written) is not None:
        return epoch(written)
    for pattern in WRITTEN:
        try:
            return in_zone(datetime.strptime(str(written)[:40], pattern), zone)
        except BadMessage:
            raise
        except ValueError:
            continue
    return moment(written, zone)
