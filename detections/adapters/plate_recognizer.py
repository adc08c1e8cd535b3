"""Plate Recognizer Stream: webhooks as JSON, or as a form with the JSON as `json`, the picture as `upload`.

One message is one picture of one camera with every plate in it. Stream waits for a car's best read itself
(`memory_decay`), and names no cars. A direction in degrees is one in the picture, and not taken over.
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
    best,
    box,
    candidates,
    choices,
    inside,
    json_object,
    moment,
    name,
    number,
    objects,
    one_part,
    plate,
    row,
    sender_id,
    share,
    state,
    word,
)

KIND = "plate-recognizer"
TITLE = "Plate Recognizer Stream"
PICTURE = "upload"


def read(message: Message) -> list[Told]:
    """Every plate of the picture. Raises `BadMessage`."""
    whole = json_object(one_part(message, ("json", "data")))
    data = whole.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("results", []), list):
        raise BadMessage("The message has no “data” with “results”, as Stream sends it.")
    results = objects(data.get("results", []))
    found = [_read(data, one, index, message) for index, one in enumerate(results)]
    return [one for one in found if one is not None] or [Nothing("The picture shows no plate.")]


def _read(data: dict[str, Any], one: dict[str, Any], index: int, message: Message) -> Sighting | None:
    read_as = plate(one.get("plate"))
    if read_as == "":
        return None
    channel = name(data.get("camera_id"), "camera_id")
    region = one.get("region")
    upload = message.parts.get(PICTURE)
    return Sighting(
        channel=channel,
        car="",
        row=row(
            sender_id=sender_id(channel, data.get("filename") or "", index),
            captured_at=_captured_at(data, message),
            plate=read_as,
            state=state(region.get("code") if isinstance(region, dict) else region, alone=False),
            confidence=share(one.get("score")),
            candidates=candidates(_readings(one), but=read_as),
            vehicle=_vehicle(one),
            direction=_direction(one.get("direction")),
            box=_box(one.get("box")),
        ),
        picture=upload.content if upload else None,
    )


def _captured_at(data: dict[str, Any], message: Message) -> datetime:
    """`timestamp` is in UTC, `timestamp_local` in the camera's zone with its offset."""
    if data.get("timestamp"):
        return moment(data["timestamp"], UTC)
    return moment(data.get("timestamp_local"), message.zone)


def _readings(one: dict[str, Any]) -> list[tuple[object, float | None]]:
    return [(each.get("plate"), share(each.get("score"))) for each in choices(one.get("candidates"))]


def _vehicle(one: dict[str, Any]) -> dict[str, str]:
    kind = best(one.get("model_make"), by="score")
    found = {
        "make": word(kind.get("make"), "make"),
        "model": word(kind.get("model"), "model"),
        "color": word(best(one.get("color"), by="score").get("color"), "color"),
        "body": word(inside(one, "vehicle").get("type"), "body"),
    }
    return {of: said for of, said in found.items() if said}


def _direction(value: object) -> str:
    return word(value, "direction") if number(value) is None else ""


def _box(value: object) -> list[int] | None:
    edges = value if isinstance(value, dict) else {}
    return box(edges.get("xmin"), edges.get("ymin"), edges.get("xmax"), edges.get("ymax"))
