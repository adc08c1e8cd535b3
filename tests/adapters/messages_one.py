"""Messages of Rekor, Plate Recognizer and Axis, made from the fields that the makers document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

AGENT = "VQG5W0U1X8DT6RK0EE3W5A7T3F4J9XHJ2S6B0C1D"
FRAME = "camera-1_screenshots/26-11-22/09-41-07.250000.jpg"


def milliseconds(moment: datetime) -> int:
    """A time as agents count it."""
    return round(moment.timestamp() * 1000)


def group(at: datetime, **values: Any) -> dict[str, Any]:
    """One car of a Rekor agent, with fields that nobody reads."""
    start = milliseconds(at)
    uuids = [f"{AGENT}-1702-{start + offset}" for offset in (39, 0, 72)]
    return {
        "version": 2,
        "data_type": "alpr_group",
        "epoch_start": start,
        "epoch_end": start + 2975,
        "frame_start": 0,
        "frame_end": 72,
        "agent_uid": AGENT,
        "agent_version": "2.8.101",
        "agent_type": "alprd",
        "company_id": "44c9274f",
        "camera_id": 1702,
        "gps_latitude": 38.1041,
        "gps_longitude": -122.2566,
        "country": "us",
        "uuids": uuids,
        "plate_indexes": [0, 0, 0],
        "candidates": [
            {"plate": "BKRB412", "confidence": 81.25, "matches_template": 0},
            {"plate": "8KRB412", "confidence": 94.5, "matches_template": 1},
            {"plate": "8KRB4I2", "confidence": 83.5, "matches_template": 0},
        ],
        "best_plate": {
            "plate": "8KRB412",
            "confidence": 94.5,
            "region": "us-ca",
            "coordinates": [
                {"x": 783, "y": 611},
                {"x": 941, "y": 614},
                {"x": 940, "y": 690},
                {"x": 782, "y": 686},
            ],
        },
        "best_confidence": 94.5,
        "best_uuid": uuids[0],
        "best_plate_number": "8KRB412",
        "best_region": "us-ca",
        "best_region_confidence": 99,
        "matches_template": True,
        "best_image_width": 1920,
        "best_image_height": 1080,
        "travel_direction": 164.2,
        "is_parked": False,
        "is_preview": False,
        "vehicle": {
            "color": [{"name": "silver-gray", "confidence": 88.1}, {"name": "white", "confidence": 7.0}],
            "make": [{"name": "kia", "confidence": 3.1}, {"name": "toyota", "confidence": 91.0}],
            "make_model": [{"name": "toyota_rav4", "confidence": 82.3}],
            "body_type": [{"name": "suv-standard", "confidence": 97.2}],
            "year": [{"name": "2015-2019", "confidence": 60.0}],
            "orientation": [{"name": "180", "confidence": 77.0}],
        },
        "web_server_config": {"camera_label": "Quay", "agent_label": "north"},
    } | values


def results(at: datetime) -> dict[str, Any]:
    """One frame of a Rekor agent."""
    start = milliseconds(at)
    return {
        "version": 2,
        "data_type": "alpr_results",
        "epoch_time": start,
        "uuid": f"{AGENT}-1702-{start}",
        "camera_id": 1702,
        "img_width": 1920,
        "img_height": 1080,
        "results": [{"plate": "8KRB412", "confidence": 92.9, "region": "us-ca", "candidates": []}],
    }


def heartbeat(at: datetime, *cameras: int) -> dict[str, Any]:
    """A sign of life of a Rekor agent; the last of its cameras does not stream."""
    return {
        "version": 1,
        "data_type": "heartbeat",
        "agent_uid": AGENT,
        "timestamp": milliseconds(at),
        "system_uptime_seconds": 2595123,
        "daemon_uptime_seconds": 2594832,
        "cpu_usage_percent": 18.5,
        "video_streams": [
            {
                "camera_id": camera,
                "fps": 12,
                "is_streaming": camera != cameras[-1],
                "url": "rtsp://10.0.0.5/1",
            }
            for camera in cameras
        ],
    }


def stream(at: datetime, *plates: str, **data: Any) -> dict[str, Any]:
    """One picture of Plate Recognizer Stream."""
    return {
        "hook": {
            "target": "https://r.example.gov",
            "id": "camera-1",
            "event": "recognition",
            "filename": FRAME,
        },
        "data": {
            "camera_id": "camera-1",
            "filename": FRAME,
            "timestamp": at.isoformat().replace("+00:00", "Z"),
            "timestamp_local": "2020-01-01 00:00:00+00:00",
            "results": [stream_result(plate) for plate in plates],
        }
        | data,
    }


def stream_result(plate: str, **values: Any) -> dict[str, Any]:
    """One plate of such a picture."""
    return {
        "plate": plate,
        "score": 0.903,
        "dscore": 0.698,
        "region": {"code": "us-ca", "score": 0.911},
        "box": {"xmin": 143, "ymin": 81, "xmax": 282, "ymax": 124},
        "vehicle": {
            "type": "Pickup Truck",
            "score": 0.8,
            "box": {"xmin": 3, "ymin": 24, "xmax": 300, "ymax": 190},
        },
        "candidates": [{"plate": plate, "score": 0.903}, {"plate": "bkrb412", "score": 0.71}],
        "model_make": [
            {"make": "Ford", "model": "F-150", "score": 0.2},
            {"make": "Chevrolet", "model": "Silverado", "score": 0.61},
        ],
        "color": [{"color": "white", "score": 0.73}, {"color": "silver", "score": 0.121}],
        "orientation": [{"orientation": "Rear", "score": 0.62}],
        "direction": 225,
        "source_url": "rtsp://10.0.0.6/stream",
        "position_sec": 4.0,
    } | values


def event(at: datetime, state: str = "new", **values: Any) -> dict[str, Any]:
    """One event of an Axis camera, its time in UTC with the offset; values as texts, as it sends them."""
    return {
        "packetCounter": "67781",
        "datetime": at.strftime("%Y%m%d %H%M%S") + f"{at.microsecond // 1000:03d} +0000",
        "plateUTF8": "8KRB412",
        "plateUnicode": "8KRB412",
        "plateText": "8KRB412",
        "plateCountry": "USA",
        "plateRegionCode": "US-CA",
        "plateConfidence": "0.927815",
        "carState": state,
        "geotag": {"lat": 38.1041, "lon": -122.2566},
        "imageType": "frame",
        "plateImageType": "jpeg",
        "plateImageSize": "0",
        "carMoveDirection": "unk" if state == "new" else "in",
        "timeProcessing": "31",
        "plateCoordinates": [143, 81, 139, 43],
        "carID": "123",
        "sensorProviderID": "gate-north",
        "roiID": "1",
        "vehicle_info": {
            "make": "Toyota",
            "model": "RAV4",
            "color": "gray",
            "type": "SUV",
            "confidenceMMR": "0.8",
        },
        "camera_info": {"SerialNumber": "ACCC8EAABBCC", "IPAddress": "10.0.0.7"},
    } | values
