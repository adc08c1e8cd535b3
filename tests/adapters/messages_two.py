"""Messages of Hikvision, Genetec, Blue Iris, Flock, Verkada and Frigate, made from the documented fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from tests.adapters.messages_one import milliseconds

UUID = "46dd0716-1dd2-11b2-821f-8ba17e6f56b7"
ALERT = """<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="{namespace}">
<ipAddress>10.0.0.8</ipAddress>
<macAddress>c0:56:e3:aa:bb:cc</macAddress>
<channelID>1</channelID>
<dateTime>{dateTime}</dateTime>
<activePostCount>1</activePostCount>
<eventType>{kind}</eventType>
<eventState>{state}</eventState>
<eventDescription>ANPR</eventDescription>
<channelName>{channel}</channelName>
<ANPR>
<country>30</country>
<licensePlate>{plate}</licensePlate>
<line>1</line>
<direction>forward</direction>
<confidenceLevel>{confidence}</confidenceLevel>
<plateType>unknown</plateType>
<plateColor>white</plateColor>
<vehicleType>{body}</vehicleType>
<vehicleInfo><index>563</index><color>{color}</color><speed>0</speed></vehicleInfo>
<pictureInfoList>
<pictureInfo><fileName>licensePlatePicture.jpg</fileName><type>licensePlatePicture</type>
<plateRect><X>1</X><Y>2</Y><width>3</width><height>4</height></plateRect></pictureInfo>
<pictureInfo><fileName>detectionPicture.jpg</fileName><type>detectionPicture</type>
<plateRect><X>{x}</X><Y>450</Y><width>250</width><height>100</height></plateRect>
<vehicelRect><X>241</X><Y>86</Y><width>547</width><height>765</height></vehicelRect></pictureInfo>
</pictureInfoList>
<originalLicensePlate>{original}</originalLicensePlate>
</ANPR>
<UUID>{uuid}</UUID>
<picNum>2</picNum>
</EventNotificationAlert>
"""
READ = """<?xml version="1.0" encoding="utf-8"?>
<AutoVu>
  <Plate>{Plate}</Plate>
  <State>{State}</State>
  <UTCDate>{UTCDate}</UTCDate>
  <UTCTime>{UTCTime}</UTCTime>
  <CameraName>Context Camera</CameraName>
  <SourceName>{SourceName}</SourceName>
  <ContextImage>{ContextImage}</ContextImage>
  <PlateImage>{PlateImage}</PlateImage>
  <LongitudeX>-122.2566</LongitudeX>
  <LatitudeY>38.1041</LatitudeY>
  <Guid>{Guid}</Guid>
  <ConfidenceScore>{ConfidenceScore}</ConfidenceScore>
  <RelativeMotion>{RelativeMotion}</RelativeMotion>
  <Lane>-</Lane>
</AutoVu>
"""


def alert(at: datetime, **values: Any) -> bytes:
    """One alert of a Hikvision camera, with fields that nobody reads."""
    known = {
        "namespace": "http://www.isapi.org/ver20/XMLSchema",
        "dateTime": at.replace(microsecond=0).isoformat(),
        "kind": "ANPR",
        "state": "active",
        "channel": "Gate north",
        "plate": "8KRB412",
        "original": "8KRB412",
        "confidence": 93,
        "body": "SUVMPV",
        "color": "gray",
        "x": 500,
        "uuid": UUID,
    }
    return ALERT.format(**{key: escape(str(value)) for key, value in (known | values).items()}).encode()


def autovu(at: datetime, **values: Any) -> bytes:
    """One read of a SharpV by our template."""
    known = {
        "Plate": "8KRB412",
        "State": "CA",
        "UTCDate": at.strftime("%Y:%m:%d"),
        "UTCTime": at.strftime("%H:%M:%S.") + f"{at.microsecond // 1000:03d}",
        "SourceName": "SHARPV12345",
        "ContextImage": "",
        "PlateImage": "",
        "Guid": "6ee17b00-82c1-466b-9fd6-003417bc82c4",
        "ConfidenceScore": 91,
        "RelativeMotion": "Closer",
    }
    return READ.format(**{key: escape(str(value)) for key, value in (known | values).items()}).encode()


def prediction(plate: str, confidence: float = 0.91) -> dict[str, Any]:
    """A plate found in one frame of an alert."""
    box = {"x_min": 40, "y_min": 60, "x_max": 120, "y_max": 90}
    return {"confidence": confidence, "label": f"Plate: {plate}", "plate": plate} | box


def blue_iris(at: datetime, *plates: str, **values: Any) -> dict[str, Any]:
    """One alert of Blue Iris: a frame with objects, then a frame with plates."""
    return {
        "ai_dump": [
            {"api": "objects", "found": {"success": True, "predictions": [{"label": "car"}], "code": 200}},
            {"api": "alpr", "found": {"success": True, "predictions": [prediction(one) for one in plates]}},
        ],
        "Image": "",
        "camera": "LPR-North",
        "ALERT_PATH": "LPR-North.20261122_094107.jpg",
        "ALERT_CLIP": "@117423541.bvr",
        "timestamp": at.isoformat(),
    } | values


def flock(at: datetime, **values: Any) -> dict[str, Any]:
    """One read of Flock's."""
    return {
        "deviceLat": 38.1041,
        "deviceLong": -122.2566,
        "deviceName": "#04 Quay St NB",
        "deviceExternalId": "f2b6",
        "networkName": "Port Ellis PD",
        "objectId": "b2c9a1f0-0f1e-4b7e-9a6b-8d2f6c1a0e55",
        "eventTime": at.isoformat().replace("+00:00", "Z"),
        "imageUrl": "https://images.example.com/1.jpg",
        "imageExpiration": "2026-12-22T00:00:00Z",
        "ocr": {"label": "8KRB412", "labelConfidence": 0.94, "state": "CA", "stateConfidence": 0.8},
        "sources": [{"name": "Custom", "reason": "Stolen vehicle", "caseNumber": "26-1"}],
    } | values


def verkada(at: datetime, **data: Any) -> dict[str, Any]:
    """One notification of Verkada's."""
    return {
        "org_id": "01ec0956-b7cf-415d-bd78-43c8d373cd65",
        "webhook_type": "lpr",
        "created_at": milliseconds(at) // 1000 + 1,
        "webhook_id": "a73b17d4-d7ae-4631-8365-d72776bd5f4c",
        "data": {
            "camera_id": "38718198-8a78-4718-a60f-68e1a8de30ac",
            "created": milliseconds(at) // 1000,
            "detected": milliseconds(at),
            "license_plate_number": "8KRB412",
            "confidence": 0.9630414285714286,
            "crop": [0.3066789507865906, 0.3320710361003876, 0.5294789671897888, 0.558437705039978],
            "image_url": "https://images.example.com/1.jpg",
            "license_plate_state": "us-ca",
        }
        | data,
    }


def frigate(at: datetime, **values: Any) -> dict[str, Any]:
    """One update of a tracked car that Frigate publishes."""
    return {
        "type": "lpr",
        "id": "1607123955.475377-mxklsc",
        "name": "Neighbor",
        "plate": "8KRB412",
        "score": 0.95,
        "camera": "driveway",
        "timestamp": at.timestamp(),
        "plate_box": [917, 487, 1029, 529],
    } | values
