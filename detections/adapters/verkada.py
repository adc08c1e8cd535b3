"""Verkada: webhooks of the type `lpr`, as JSON.

The picture is an address elsewhere, and nothing is fetched; the part of it that shows the plate (`crop`)
therefore marks nothing, and only tells two plates of one moment apart.
"""

from __future__ import annotations

from typing import Any

from detections.adapters.shape import (
    BadMessage,
    Message,
    Nothing,
    Sighting,
    Told,
    epoch,
    json_object,
    name,
    number,
    one_part,
    plate,
    row,
    sender_id,
    share,
    state,
)

KIND = "verkada"
TITLE = "Verkada"


def read(message: Message) -> list[Told]:
    """The read of a notification; nothing for those of other types. Raises `BadMessage`."""
    whole = json_object(one_part(message, ("json", "data")))
    kind, data = whole.get("webhook_type"), whole.get("data")
    if not isinstance(kind, str):
        raise BadMessage("The message has no “webhook_type”, as Verkada sends it.")
    if kind.lower() != "lpr":
        return [Nothing("This is a notification of another type.")]
    if not isinstance(data, dict):
        raise BadMessage("The message has no “data”, as Verkada sends it.")
    read_as = plate(data.get("license_plate_number"))
    if read_as == "":
        return [Nothing("The message has no plate.")]
    channel = name(data.get("camera_id"), "camera_id")
    captured_at = epoch(data.get("detected") or data.get("created"))
    return [
        Sighting(
            channel=channel,
            car="",
            row=row(
                sender_id=sender_id(channel, int(captured_at.timestamp() * 1000), *_crop(data)),
                captured_at=captured_at,
                plate=read_as,
                state=state(data.get("license_plate_state")),
                confidence=share(data.get("confidence")),
            ),
        )
    ]


def _crop(data: dict[str, Any]) -> list[float]:
    sides = data.get("crop")
    found = [number(side) for side in sides[:4]] if isinstance(sides, list) else []
    return [round(side, 4) for side in found if side is not None]
