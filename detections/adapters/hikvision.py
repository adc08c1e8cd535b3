"""Hikvision cameras and recorders (ISAPI): a form with `anpr.xml` and pictures, or the XML alone.

Where a camera could read no plate it sends the word “unknown”. Rectangles are in thousandths of the whole
picture, `detectionPicture.jpg`. A rectangle of a cut-out says nothing of where the plate was.
"""

from __future__ import annotations

import io
from datetime import datetime
from xml.etree.ElementTree import Element

from PIL import Image

from detections.adapters.safe_xml import every, local_name, root, said, within
from detections.adapters.shape import (
    BadMessage,
    Beat,
    Message,
    Nothing,
    Part,
    Sighting,
    Told,
    box,
    candidates,
    moment,
    name,
    number,
    plate,
    row,
    sender_id,
    share,
    word,
)

KIND = "hikvision"
TITLE = "Hikvision ANPR (ISAPI)"
WHOLE = "detectionPicture"
# Best first: what shows most of the scene.
PICTURES = (WHOLE.lower(), "vehiclepicture", "licenseplatepicture")
THOUSANDTHS = 1000
BEATS = ("heartbeat", "videoloss")


def read(message: Message) -> list[Told]:
    """The car of an alert; nothing where its plate is unknown. Raises `BadMessage`."""
    alert, parts = _alert(message)
    if local_name(alert) != "EventNotificationAlert":
        raise BadMessage("The XML is no EventNotificationAlert, as these cameras send it.")
    kind, channel = said(alert, "eventType").lower(), _channel(alert)
    if kind in BEATS and said(alert, "eventState").lower() != "active":
        return [Beat(channel, _beat_at(alert, message))]
    anpr = within(alert, "ANPR")
    if kind != "anpr" or anpr is None:
        return [Nothing("This is an event of another kind than a plate.")]
    read_as = plate(said(anpr, "licensePlate"))
    if read_as == "":
        return [Nothing("The camera could read no plate.")]
    captured_at = moment(said(alert, "dateTime"), message.zone)
    return [_car(alert, anpr, parts, captured_at)]


def _car(alert: Element, anpr: Element, parts: list[Part], captured_at: datetime) -> Sighting:
    channel, read_as = _channel(alert), said(anpr, "licensePlate")
    shown = _picture(parts)
    return Sighting(
        channel=channel,
        car="",
        row=row(
            sender_id=_sender_id(alert, channel, captured_at),
            captured_at=captured_at,
            plate=read_as,
            confidence=share(said(anpr, "confidenceLevel"), of=100),
            candidates=candidates([(said(anpr, "originalLicensePlate"), None)], but=read_as),
            vehicle=_vehicle(anpr),
            direction=word(said(anpr, "direction"), "direction"),
            box=_box(anpr, shown),
        ),
        picture=shown.content if shown else None,
    )


def _alert(message: Message) -> tuple[Element, list[Part]]:
    """The alert and the pictures beside it; the part with the alert begins as XML does."""
    if not message.parts:
        return root(message.body), []
    parts = list(message.parts.values())
    for part in parts:
        if part.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            return root(part.content), [other for other in parts if other is not part]
    raise BadMessage("The form has no part with the alert as XML, such as anpr.xml.")


def _channel(alert: Element) -> str:
    return name(said(alert, "channelName"), "channelName") or name(said(alert, "channelID"), "channelID")


def _beat_at(alert: Element, message: Message) -> datetime | None:
    return moment(said(alert, "dateTime"), message.zone) if said(alert, "dateTime") else None


def _sender_id(alert: Element, channel: str, captured_at: datetime) -> str:
    """The event's UUID; of older cameras without one, device, channel, time and lane."""
    if uuid := said(alert, "UUID"):
        return sender_id(uuid)
    lane = said(alert, "ANPR", "line")
    return sender_id(said(alert, "macAddress"), channel, captured_at.isoformat(), lane)


def _vehicle(anpr: Element) -> dict[str, str]:
    kind = said(anpr, "vehicleType")
    found = {
        "color": word(said(anpr, "vehicleInfo", "color"), "color"),
        "body": word(kind, "body") if kind.lower() != "vehicle" else "",
    }
    return {of: written for of, written in found.items() if written}


def _picture(parts: list[Part]) -> Part | None:
    """The picture that shows most, of those that came as files and are not empty."""
    found = [part for part in parts if part.file_name and part.content]
    return min(found, key=_rank, default=None)


def _rank(part: Part) -> int:
    named = f"{part.name} {part.file_name}".lower()
    return next((place for place, kind in enumerate(PICTURES) if kind in named), len(PICTURES))


def _box(anpr: Element, shown: Part | None) -> list[int] | None:
    """The plate within the whole picture, if that is what came."""
    if shown is None or _rank(shown) != 0:
        return None
    for info in every(within(anpr, "pictureInfoList"), "pictureInfo"):
        if WHOLE.lower() in f"{said(info, 'type')} {said(info, 'fileName')}".lower():
            return _in_pixels(within(info, "plateRect"), _size(shown.content))
    return None


def _in_pixels(rectangle: Element | None, size: tuple[int, int] | None) -> list[int] | None:
    sides = [number(said(rectangle, side)) for side in ("X", "Y", "width", "height")]
    known = [side / THOUSANDTHS for side in sides if side is not None and 0 <= side <= THOUSANDTHS]
    if size is None or len(known) < 4:
        return None
    x, y, width, height = known
    return box(
        x * size[0], y * size[1], min(1, x + width) * size[0], min(1, y + height) * size[1]
    )  # fmt: skip


def _size(picture: bytes) -> tuple[int, int] | None:
    """Width and height as the picture's head says; whether it is a picture is checked where it is kept."""
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP")) as head:
            return head.size
    # What a damaged head raises differs from format to format.
    except Exception:
        return None
