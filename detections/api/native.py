"""The native format: one plain documented row a read, checked value by value. See docs/api.md.

Nothing is guessed and nothing is cut to fit: a row stands as it was sent, or is refused with every reason.
Fields that the format does not know pass unread; their hash is kept with the row's.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from detections.reads import Read, RefusedRow
from detections.services_images import CLOCK_TOLERANCE
from hotlists.plates import BadPlate, normalize, normalize_state

LONGEST = {"sender_id": 100, "make": 40, "model": 40, "color": 20, "body": 20, "direction": 20, "camera": 30}
MOST_CANDIDATES = 20
LARGEST_PIXEL = 100_000
LONGEST_PLATE_AS_SENT = 20


@dataclass(frozen=True)
class Terms:
    """What the rows of one batch are held against: the key's camera, the time, the days of retention."""

    camera: str
    now: datetime
    kept_days: int


def read_row(raw: object, index: int, terms: Terms, *, picture_sha256: str = "") -> Read | RefusedRow:
    """One row of a batch, whatever it is, as a read, or with the reasons why it is none.

    `index` counts from 0. `picture_sha256` is the hash of the picture that came with the row, if one did.
    """
    if not isinstance(raw, dict):
        return RefusedRow(index, "", {"": "A detection is an object with named values."})
    row = Row(raw)
    values = _values(row, terms)
    if row.reasons:
        return RefusedRow(index, values["sender_id"], row.reasons)
    try:
        return Read(**values, content_sha256=content_sha256(raw, picture_sha256))
    except RecursionError:
        return RefusedRow(index, values["sender_id"], {"": "Its values lie too deep within each other."})


def content_sha256(raw: dict[str, Any], picture_sha256: str = "") -> str:
    """Hash of a row as it came, whatever the order of its values and the space between them."""
    plain = json.dumps(raw, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{plain}\n{picture_sha256}".encode()).hexdigest()


def moment(text: object) -> datetime:
    """The time that an ISO 8601 text with an offset names. Raises ValueError, with the reason."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) and len(text) <= 40 else None
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        raise ValueError("Give the time in ISO 8601 with its offset: 2026-11-22T09:41:07.250-08:00.")
    return found


def _values(row: Row, terms: Terms) -> dict[str, Any]:
    vehicle = row.inside("vehicle")
    latitude, longitude = row.number("latitude", -90, 90), row.number("longitude", -180, 180)
    if (latitude is None) != (longitude is None) and not {"latitude", "longitude"} & row.reasons.keys():
        row.refuse("latitude", "Give latitude and longitude together, or neither.")
    if row.raw.get("camera") not in (None, terms.camera):
        row.refuse("camera", f"This key sends for camera {terms.camera} and no other.")
    return {
        "sender_id": row.text("sender_id", required=True),
        "captured_at": _captured_at(row, terms),
        "plate": _plate(row, "plate", row.raw.get("plate")),
        "state": _state(row),
        "confidence": row.number("confidence", 0, 1),
        "candidates": _candidates(row),
        "direction": row.text("direction"),
        "latitude": latitude,
        "longitude": longitude,
        "box": _box(row),
        **{name: vehicle.text(name) for name in ("make", "model", "color", "body")},
    }


class Row:
    """The values of one row by name and type; what is wrong gathers in `reasons`. Null is as absent."""

    def __init__(self, raw: dict[str, Any], within: str = "", reasons: dict[str, str] | None = None) -> None:
        self.raw = raw
        self.within = within
        self.reasons: dict[str, str] = {} if reasons is None else reasons

    def refuse(self, name: str, why: str) -> None:
        """Note why the value of `name` cannot stand."""
        self.reasons.setdefault(f"{self.within}{name}", why)

    def inside(self, name: str) -> Row:
        """The row within this row; an empty one where there is none."""
        raw = self.raw.get(name)
        if raw is not None and not isinstance(raw, dict):
            self.refuse(name, "This is an object with named values.")
        return Row(raw if isinstance(raw, dict) else {}, f"{name}.", self.reasons)

    def text(self, name: str, *, required: bool = False) -> str:
        """A text without control characters, of at most `LONGEST[name]` characters."""
        value = self.raw.get(name)
        if value is None or value == "":
            if required:
                self.refuse(name, "This is required.")
            return ""
        if not isinstance(value, str):
            self.refuse(name, "This is a text.")
        elif len(value) > LONGEST[name]:
            self.refuse(name, f"This has at most {LONGEST[name]} characters.")
        elif not _is_plain(value):
            self.refuse(name, "This holds characters that cannot be written.")
        else:
            return value
        return ""

    def number(self, name: str, least: float, most: float) -> float | None:
        """A number from `least` to `most`, or None."""
        value = self.raw.get(name)
        if value is None:
            return None
        if not _is_number(value) or not least <= value <= most:
            self.refuse(name, f"This is a number from {least} to {most}.")
            return None
        return float(value)


def _captured_at(row: Row, terms: Terms) -> datetime | None:
    try:
        found = moment(row.raw.get("captured_at"))
    except ValueError as wrong:
        row.refuse("captured_at", str(wrong))
        return None
    if found > terms.now + CLOCK_TOLERANCE:
        minutes = CLOCK_TOLERANCE.seconds // 60
        row.refuse("captured_at", f"This lies over {minutes} minutes ahead: check the reader’s clock.")
        return None
    if found < terms.now - timedelta(days=terms.kept_days):
        row.refuse("captured_at", f"This lies before retention: detections are kept {terms.kept_days} days.")
        return None
    found = found.astimezone(UTC)
    return found.replace(microsecond=found.microsecond // 1000 * 1000)


def _plate(row: Row, name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        row.refuse(name, "Give the plate as text.")
    elif len(value) > LONGEST_PLATE_AS_SENT:
        row.refuse(name, f"A plate has at most 10 characters; this has {len(value)}.")
    else:
        try:
            return normalize(value)
        except BadPlate as bad:
            row.refuse(name, str(bad))
    return ""


def _state(row: Row) -> str:
    value = row.raw.get("state")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 12:
        row.refuse("state", "Give the state as its code, such as CA.")
        return ""
    try:
        return normalize_state(value)
    except BadPlate:
        row.refuse("state", "This is no code of a state or province, such as CA.")
        return ""


def _candidates(row: Row) -> list[dict[str, Any]]:
    value = row.raw.get("candidates")
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST_CANDIDATES:
        row.refuse("candidates", f"This is a list of at most {MOST_CANDIDATES} other readings.")
        return []
    found = []
    for one in value:
        if not isinstance(one, dict):
            row.refuse("candidates", 'Each is an object: {"plate": "8KRB412", "confidence": 0.41}.')
            return []
        reading = Row(one, "candidates.", row.reasons)
        plate, confidence = _plate(reading, "plate", one.get("plate")), reading.number("confidence", 0, 1)
        found.append({"plate": plate, "confidence": confidence})
    return found


def _box(row: Row) -> list[int] | None:
    value = row.raw.get("box")
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 4 or not all(_is_pixel(one) for one in value):
        row.refuse("box", "This is [x, y, width, height] in whole pixels of the picture.")
        return None
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pixel(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_PIXEL


def _is_plain(text: str) -> bool:
    if text.isascii():
        return text.isprintable()
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
