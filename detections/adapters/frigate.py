"""Frigate: what it publishes on `frigate/tracked_object_update`, brought here by `manage.py frigate_bridge`.

As a car comes nearer its plate is read again and again: one detection, the first that comes, by the object's
id. The name that Frigate gives to known plates may be a person's, and is left out. No picture is published.
"""

from __future__ import annotations

from typing import Any

from detections.adapters.shape import (
    BadMessage,
    Message,
    Nothing,
    Sighting,
    Told,
    box,
    epoch,
    json_object,
    name,
    one_part,
    plate,
    row,
    sender_id,
    share,
)

KIND = "frigate"
TITLE = "Frigate"


def read(message: Message) -> list[Told]:
    """The plate of a tracked car; nothing for updates of other types. Raises `BadMessage`."""
    told = json_object(one_part(message, ("json", "data")))
    kind = told.get("type")
    if not isinstance(kind, str):
        raise BadMessage("The message has no “type”, as Frigate publishes it.")
    if kind != "lpr":
        return [Nothing("This is an update of another type.")]
    read_as = plate(told.get("plate"))
    if read_as == "":
        return [Nothing("The update has no plate.")]
    channel, car = name(told.get("camera"), "camera"), name(told.get("id"), "id")
    captured_at = epoch(told.get("timestamp"))
    return [
        Sighting(
            channel=channel,
            car=sender_id(channel, car) if car else "",
            row=row(
                sender_id=sender_id(channel, car or captured_at.isoformat()),
                captured_at=captured_at,
                plate=read_as,
                confidence=share(told.get("score")),
                box=_box(told.get("plate_box")),
            ),
        )
    ]


def _box(value: object) -> list[int] | None:
    """From [left, top, right, bottom]."""
    edges: list[Any] = value if isinstance(value, list) and len(value) == 4 else [None] * 4
    return box(*edges)
