"""What goes over the line: detections in the native format, their cameras, their pictures, and the receipt.

A detection goes under its own id here, so that both sides speak of the same one.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from detections import images
from detections.models import Camera, Detection

MOST_ROWS, MOST_PICTURES, MOST_BYTES = 200, 80, 12 * 1024 * 1024
MOST_REASONS, LONGEST_REASON = 6, 200
LINE = b"\r\n"


class WrongReceipt(Exception):
    """The receipt is not one for what was sent; nothing of it counts."""


@dataclass
class Parcel:
    """One batch on its way: its detections, the pictures that could be read, and how many were gone."""

    detections: list[Detection] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    pictures_gone: int = 0


@dataclass(frozen=True)
class Packed:
    """A body with its type, and the hash that the receipt must carry."""

    body: bytes
    kind: str
    sha256: str


@dataclass(frozen=True)
class Told:
    """What a checked receipt says: how many the centre has now, had before, and which it refused, why."""

    accepted: int
    duplicates: int
    refused: dict[uuid.UUID, dict[str, str]]
    receipt: dict[str, Any]


def parcel(detections: Sequence[Detection], *, with_pictures: bool) -> Parcel:
    """As many of the detections as fit one body, from the first on, with their pictures."""
    found, size = Parcel(), 0
    for one in detections:
        picture = _picture(one) if with_pictures and one.image else None
        if picture and found.detections and size + len(picture) > MOST_BYTES:
            break
        found.detections.append(one)
        if picture:
            found.pictures[str(one.id)] = picture
            size += len(picture)
        elif with_pictures and one.image:
            found.pictures_gone += 1
        if len(found.detections) == MOST_ROWS or len(found.pictures) == MOST_PICTURES:
            break
    return found


def packed(parcel: Parcel, cameras: Mapping[int, Camera], waiting: tuple[int, datetime | None]) -> Packed:
    """The body of a parcel: JSON, or a form with the pictures beside it. `waiting` is what stays behind."""
    named = {one.camera_id: cameras[one.camera_id] for one in parcel.detections}
    content = {
        "cameras": {camera.code: of_camera(camera) for camera in named.values()},
        "waiting": {"count": waiting[0], "oldest": waiting[1].isoformat() if waiting[1] else None},
        "detections": [
            of_detection(one, cameras[one.camera_id].code, parcel.pictures.get(str(one.id)))
            for one in parcel.detections
        ],
    }
    data = json.dumps(content, allow_nan=False, separators=(",", ":")).encode()
    whole = hashlib.sha256(data)
    for name in sorted(parcel.pictures):
        whole.update(f"\0{name}\0{hashlib.sha256(parcel.pictures[name]).hexdigest()}".encode())
    if not parcel.pictures:
        return Packed(data, "application/json", whole.hexdigest())
    return _form(data, parcel.pictures, whole.hexdigest())


def of_camera(camera: Camera) -> dict[str, Any]:
    """A camera as the centre learns of it."""
    return {
        "name": camera.name,
        "kind": camera.kind,
        "direction": camera.direction,
        "latitude": camera.latitude,
        "longitude": camera.longitude,
    }


def of_detection(one: Detection, code: str, picture: bytes | None) -> dict[str, Any]:
    """A detection as a row of the native format, with its camera and the hash of its picture."""
    row: dict[str, Any] = {
        "sender_id": str(one.id),
        "camera": code,
        "captured_at": one.captured_at.isoformat(timespec="milliseconds"),
        "plate": one.plate,
        "state": one.state or None,
        "confidence": one.confidence,
        "candidates": one.candidates,
        "vehicle": {name: getattr(one, name) for name in ("make", "model", "color", "body")},
        "direction": one.direction,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "engine": one.engine,
    }
    if picture is not None:
        row |= {"box": one.box, "picture_sha256": hashlib.sha256(picture).hexdigest()}
    return row


def told(content: dict[str, Any], sent: Parcel, sha256: str) -> Told:
    """What a receipt says. Raises `WrongReceipt` where it is not one for exactly what was sent."""
    receipt = content.get("receipt")
    if not isinstance(receipt, dict) or receipt.get("sha256") != sha256:
        raise WrongReceipt("The receipt is not for what was sent: its hash is another.")
    counts: list[Any] = [receipt.get(name) for name in ("accepted", "duplicates", "refused")]
    if any(not isinstance(count, int) or isinstance(count, bool) or count < 0 for count in counts):
        raise WrongReceipt("The receipt has no counts.")
    accepted, duplicates, refused = counts
    if accepted + duplicates + refused != len(sent.detections):
        raise WrongReceipt("The receipt does not account for every detection that was sent.")
    reasons = _reasons(content, {str(one.id) for one in sent.detections})
    if len(reasons) != refused:
        raise WrongReceipt("The receipt does not say which detections were refused.")
    known = {name: receipt.get(name) for name in ("received_at", "transfers")}
    said = {name: value for name, value in known.items() if len(json.dumps(value)) <= 4000}
    counted = {"sha256": sha256, "accepted": accepted, "duplicates": duplicates, "refused": refused}
    return Told(accepted, duplicates, {uuid.UUID(name): why for name, why in reasons.items()}, said | counted)


def _reasons(content: dict[str, Any], sent: set[str]) -> dict[str, dict[str, str]]:
    """Which detections were refused, with the centre's reasons cut to what a page can bear."""
    rows = content.get("refused")
    found: dict[str, dict[str, str]] = {}
    for row in rows if isinstance(rows, list) else []:
        name = row.get("sender_id") if isinstance(row, dict) else None
        if not isinstance(name, str) or name not in sent:
            raise WrongReceipt("The receipt refuses a detection that was not sent.")
        reasons = row.get("reasons")
        said = list(reasons.items())[:MOST_REASONS] if isinstance(reasons, dict) else []
        found[name] = {str(field)[:40]: str(why)[:LONGEST_REASON].replace("\0", "") for field, why in said}
    return found


def _picture(one: Detection) -> bytes | None:
    try:
        with images.open(one.image) as file:
            data: bytes = file.read()
            return data
    except (OSError, ValueError):
        return None


def _form(data: bytes, pictures: Mapping[str, bytes], sha256: str) -> Packed:
    edge = uuid.uuid4().hex
    whole = bytearray()
    for name, content, kind in [
        ("data", data, "application/json"),
        *((name, picture, "application/octet-stream") for name, picture in pictures.items()),
    ]:
        whole += f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'.encode()
        whole += f"Content-Type: {kind}\r\n\r\n".encode() + content + LINE
    whole += f"--{edge}--\r\n".encode()
    return Packed(bytes(whole), f"multipart/form-data; boundary={edge}", sha256)
