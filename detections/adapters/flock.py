"""Flock Safety: reads and alerts as JSON.

The address of the picture expires and lies elsewhere: nothing is fetched, and the read comes without one.
What Flock's own lists say is left out, since hits are made here, against this agency's lists.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from detections.adapters.shape import (
    BadMessage,
    Message,
    Nothing,
    Sighting,
    Told,
    epoch,
    inside,
    json_object,
    moment,
    name,
    number,
    one_part,
    place,
    plate,
    row,
    sender_id,
    share,
)
from detections.adapters.states import state_of

KIND = "flock"
TITLE = "Flock Safety"


def read(message: Message) -> list[Told]:
    """The read, or the read behind an alert. Raises `BadMessage`."""
    told = json_object(one_part(message, ("json", "data")))
    if "ocr" not in told and "objectId" not in told:
        raise BadMessage("The message has neither “ocr” nor “objectId”, as Flock sends them.")
    ocr = inside(told, "ocr")
    read_as = plate(ocr.get("label"))
    if read_as == "":
        return [Nothing("The message has no plate.")]
    channel, captured_at = _channel(told), _captured_at(told.get("eventTime"))
    whose = told.get("objectId") or f"{channel}:{captured_at.isoformat()}"
    return [
        Sighting(
            channel=channel,
            car=_car(told),
            row=row(
                sender_id=sender_id(whose),
                captured_at=captured_at,
                plate=read_as,
                state=state_of(ocr.get("state")),
                confidence=_confidence(ocr.get("labelConfidence")),
                **place(told.get("deviceLat"), told.get("deviceLong")),
            ),
        )
    ]


def _channel(told: dict[str, Any]) -> str:
    return name(told.get("deviceName"), "deviceName") or name(
        told.get("deviceExternalId"), "deviceExternalId"
    )


def _car(told: dict[str, Any]) -> str:
    """A read and the alerts about it, one for each list, carry the same number."""
    found = name(told.get("objectId"), "objectId")
    return sender_id("object", found) if found else ""


def _captured_at(value: object) -> datetime:
    return epoch(value) if number(value) is not None else moment(value, UTC)


def _confidence(value: object) -> float | None:
    found = number(value)
    return share(found, of=100 if found is not None and found > 1 else 1)
