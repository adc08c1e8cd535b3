"""Genetec AutoVu SharpV: XML by the template that the administrator pastes into the camera.

The template is the camera's own with a few more lines, and asks for the time in UTC. What a camera sends
without it has a time that names no zone, and is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from detections.adapters.safe_xml import local_name, root, said
from detections.adapters.shape import (
    BadMessage,
    Message,
    Nothing,
    Sighting,
    Told,
    name,
    one_part,
    picture,
    place,
    plate,
    row,
    sender_id,
    share,
    word,
)
from detections.adapters.states import state_of

KIND = "genetec"
TITLE = "Genetec AutoVu SharpV"
TEMPLATE = """\
<?xml version="1.0" encoding="utf-8"?>
<AutoVu>
  <Plate>#PLATE_READ#</Plate>
  <State>#CUSTOM_FIELDS#{State Name}</State>
  <UTCDate>#DATE_UTC#{yyyy:MM:dd}</UTCDate>
  <UTCTime>#TIME_UTC#{HH:mm:ss.fff}</UTCTime>
  <CameraName>#CAMERA_NAME#</CameraName>
  <SourceName>#SHARP_NAME#</SourceName>
  <ContextImage>#CONTEXT_IMAGE#</ContextImage>
  <PlateImage>#PLATE_IMAGE#</PlateImage>
  <LongitudeX>#LONGITUDE#</LongitudeX>
  <LatitudeY>#LATITUDE#</LatitudeY>
  <Guid>#GUID#</Guid>
  <ConfidenceScore>#CUSTOM_FIELDS#{Confidence Score}</ConfidenceScore>
  <RelativeMotion>#CUSTOM_FIELDS#{Relative Motion}</RelativeMotion>
</AutoVu>
"""
# What stands where the camera knows nothing, and what it leaves where it does not know a field.
NOT_KNOWN = re.compile(r"-|#.*", re.DOTALL)
DATE = re.compile(r"(\d{4})[:/.-](\d{2})[:/.-](\d{2})", re.ASCII)
TIME = re.compile(r"(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,6})\d*)?", re.ASCII)


def read(message: Message) -> list[Told]:
    """The read of a message; nothing where it has no plate. Raises `BadMessage`."""
    told = root(one_part(message, ("xml", "data", "file")))
    if local_name(told) != "AutoVu":
        raise BadMessage("The XML is not made by the template for this camera: paste it once more.")
    read_as = plate(_known(told, "Plate"))
    if read_as == "":
        return [Nothing("The message has no plate.")]
    captured_at, unit = _captured_at(told), _channel(told)
    return [
        Sighting(
            channel=unit,
            car="",
            row=row(
                sender_id=sender_id(_known(told, "Guid") or f"{unit}:{captured_at.isoformat()}"),
                captured_at=captured_at,
                plate=read_as,
                state=state_of(_known(told, "State")),
                confidence=share(_known(told, "ConfidenceScore"), of=100),
                direction=word(_known(told, "RelativeMotion"), "direction"),
                **place(_known(told, "LatitudeY"), _known(told, "LongitudeX")),
            ),
            picture=picture(_known(told, "ContextImage")) or picture(_known(told, "PlateImage")),
        )
    ]


def _known(told: Element, field: str) -> str:
    """What a field says; empty where the camera left it open."""
    written = said(told, field)
    return "" if NOT_KNOWN.fullmatch(written) else written


def _channel(told: Element) -> str:
    """The unit's name; that of its camera is the same in every unit as it leaves the works."""
    return name(_known(told, "SourceName"), "SourceName") or name(_known(told, "CameraName"), "CameraName")


def _captured_at(told: Element) -> datetime:
    day, clock = DATE.fullmatch(said(told, "UTCDate")), TIME.fullmatch(said(told, "UTCTime"))
    if day is None or clock is None:
        raise BadMessage("“UTCDate” and “UTCTime” are not written as in 2026:11:22 and 17:41:07.250.")
    fraction = (clock.group(4) or "").ljust(6, "0")
    written = f"{''.join(day.groups())}{''.join(clock.group(1, 2, 3))}{fraction}"
    try:
        return datetime.strptime(written, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        raise BadMessage("“UTCDate” and “UTCTime” name no time.") from None
