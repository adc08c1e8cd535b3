"""AXIS License Plate Verifier and other applications of FF Group: JSON by HTTP POST, pictures or none.

A car gives several events: `new` at its first read, `update` as its direction or plate changes, `lost` when
it has gone; or `lost` alone where the camera is set so. They are one detection, the first that comes, by
sensor and `carID`. The camera counts cars anew when it starts: the same number an hour later is another car.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from detections.adapters.shape import (
    BadMessage,
    Message,
    Nothing,
    Part,
    Sighting,
    Told,
    box,
    choices,
    epoch,
    in_zone,
    inside,
    json_object,
    moment,
    name,
    number,
    picture,
    place,
    plate,
    row,
    sender_id,
    share,
    state,
    word,
)

KIND = "axis"
TITLE = "AXIS License Plate Verifier, FF Group"
SAME_FOR = timedelta(hours=1)
WRITTEN = re.compile(r"(\d{8}) (\d{6})(\d{3})?\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
PLATES = ("plateUTF8", "plateUnicode", "plateText")
# Best first: what shows most of the scene. Plates are marked in the whole frame alone.
PICTURES = ("frame", "vehicle", "mmrcrop", "plate")
BITMAP = b"BM"


def read(message: Message) -> list[Told]:
    """The car of an event; nothing where it has no plate. Raises `BadMessage`."""
    event, parts = _event(message)
    if not any(given in event for given in (*PLATES, "carState", "carID")):
        raise BadMessage("The message has neither plate nor car, as these cameras send them.")
    read_as = next(filter(None, (plate(event.get(given)) for given in PLATES)), "")
    if read_as == "":
        return [Nothing("The event has no plate.")]
    return [_car(event, parts, read_as, message)]


def _car(event: dict[str, Any], parts: list[Part], read_as: Any, message: Message) -> Sighting:
    sensor, car = name(event.get("sensorProviderID"), "sensorProviderID"), name(event.get("carID"), "carID")
    shown, data = _picture(event, parts)
    named = sender_id(sensor, car) if car else ""
    return Sighting(
        channel=sensor,
        car=named,
        row=row(
            sender_id=named or sender_id(sensor, "packet", event.get("packetCounter")),
            captured_at=_captured_at(event, message),
            plate=read_as,
            state=state(event.get("plateRegionCode")) or state(event.get("plateRegion")),
            confidence=_confidence(event.get("plateConfidence")),
            vehicle=_vehicle(inside(event, "vehicle_info")),
            direction=word(event.get("carMoveDirection"), "direction"),
            box=_box(event.get("plateCoordinates")) if shown == "frame" else None,
            **_place(inside(event, "geotag")),
        ),
        picture=data,
        same_for=SAME_FOR,
    )


def _event(message: Message) -> tuple[dict[str, Any], list[Part]]:
    """The event and the other parts of the form; the part with the event begins as JSON does."""
    if not message.parts:
        return json_object(message.body), []
    parts = list(message.parts.values())
    for part in parts:
        if part.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
            return json_object(part.content), [other for other in parts if other is not part]
    raise BadMessage("The form has no part with the event as JSON.")


def _captured_at(event: dict[str, Any], message: Message) -> datetime:
    """`datetime`; where it names no offset, `capture_timestamp` if that is about the same, else our zone."""
    text = event.get("datetime")
    if text is None:
        return epoch(event.get("capture_timestamp"))
    written = WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
    if written is None:
        return moment(text, message.zone)
    found = _clock(*written.groups())
    if found.tzinfo is not None:
        return in_zone(found, UTC)
    return _known_instant(found, event.get("capture_timestamp")) or in_zone(found, message.zone)


def _clock(day: str, clock: str, thousandths: str | None, offset: str | None) -> datetime:
    """The time as written, with its offset where it has one."""
    try:
        found = datetime.strptime(f"{day}{clock}", "%Y%m%d%H%M%S")
        zone = datetime.strptime(offset, "%z").tzinfo if offset else None
    except ValueError:
        raise BadMessage("“datetime” is not written as in 20261122 094107250 -0800.") from None
    return found.replace(microsecond=int(thousandths or 0) * 1000, tzinfo=zone)


def _known_instant(clock: datetime, count: object) -> datetime | None:
    """The instant that the count tells, where it is of the same time within the zones of the earth."""
    try:
        instant = epoch(count)
    except BadMessage:
        return None
    return instant if abs(instant - clock.replace(tzinfo=UTC)) < timedelta(hours=15) else None


def _confidence(value: object) -> float | None:
    found = number(value)
    return share(found, of=100 if found is not None and found > 1 else 1)


def _vehicle(told: dict[str, Any]) -> dict[str, str]:
    found = {of: word(told.get(of), of) for of in ("make", "model", "color")}
    found["body"] = word(told.get("type"), "body")
    return {of: said for of, said in found.items() if said}


def _place(geotag: dict[str, Any]) -> dict[str, float]:
    return place(geotag.get("lat"), geotag.get("lon"))


def _box(value: object) -> list[int] | None:
    """From [left, top, width, height]."""
    sides = [number(side) for side in value] if isinstance(value, list) and len(value) == 4 else []
    known = [side for side in sides if side is not None]
    if len(known) < 4:
        return None
    left, top, width, height = known
    return box(left, top, left + width, top + height)


def _picture(event: dict[str, Any], parts: list[Part]) -> tuple[str, bytes | None]:
    """What the picture shows, and the picture: within the event or beside it. Bitmaps are left out."""
    pictures = sorted(_pictures(event, parts), key=lambda each: _rank(each[0]))
    return pictures[0] if pictures else ("", None)


def _pictures(event: dict[str, Any], parts: list[Part]) -> Iterator[tuple[str, bytes]]:
    for inner in choices(event.get("ImageArray")):
        data = picture(inner.get("BinaryImage"))
        if data and data[:2] != BITMAP:
            yield _lower(inner.get("ImageType")), data
    for part in parts:
        if part.content and part.file_name and part.content[:2] != BITMAP:
            yield _kind(event, part), part.content


def _kind(event: dict[str, Any], part: Part) -> str:
    """What a part shows: by its own name, else as the event says of the one picture beside it."""
    named = f"{part.name} {part.file_name}".lower()
    return next((kind for kind in PICTURES if kind in named), _lower(event.get("imageType")))


def _lower(value: object) -> str:
    return value.lower() if isinstance(value, str) else ""


def _rank(kind: str) -> int:
    return PICTURES.index(kind) if kind in PICTURES else len(PICTURES)
