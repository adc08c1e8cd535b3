"""What an adapter takes in and gives out, and how the values of makers are translated on the way.

An adapter translates and never judges: its rows go through `native.read_row` as every reader's do. A value
beside plate and time that does not translate is left out, since the read matters more than its trimmings.
Nothing is fetched from outside: addresses of pictures are left where they are.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NoReturn, Protocol

from django.conf import settings

from hotlists.plates import BadPlate, normalize, normalize_state

MOST_TOLD = 100
MOST_CANDIDATES = 20
LONGEST_NAME = 100
LONGEST_NUMBER = 32
LARGEST_PIXEL = 100_000
LONGEST_VALUE = {"make": 40, "model": 40, "color": 20, "body": 20, "direction": 20}
# A count of seconds since 1970 reaches this in the year 5138, one of milliseconds in March 1973.
FIRST_OF_MILLISECONDS = 100_000_000_000
COUNTRIES = ("us", "ca")
UNKNOWN = frozenset({"", "unknown", "unk", "none", "null", "n/a"})


class BadMessage(ValueError):
    """A message that its maker would not send. Its sentence says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body: its field's name, the file's name if it is a file, and its bytes."""

    name: str
    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came: the body, or its parts where it was multipart (`body` is then empty).

    `zone` is what a time without an offset is read in: the installation's own time zone.
    """

    body: bytes
    content_type: str = ""
    parts: Mapping[str, Part] = field(default_factory=dict)
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Sighting:
    """One read. `row` is in the native format (docs/api.md) as JSON values, without `camera`.

    `channel` is the device's own name of the camera, empty where it names none. `car` names the car for the
    device where one car gives several messages, of which the first is stored; else it is empty. `same_for`
    is how far apart two captures may lie and be of the same car, where the device counts its cars anew.
    """

    channel: str
    car: str
    row: dict[str, Any]
    picture: bytes | None = None
    same_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life, with the time by the device's clock where it says it."""

    channel: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """A message that is well-formed and holds no read, and why."""

    why: str


Told = Sighting | Beat | Nothing


class Adapter(Protocol):
    """A module that reads one maker's messages. `read` raises `BadMessage` and nothing else."""

    KIND: str
    TITLE: str

    def read(self, message: Message) -> list[Told]:
        """What the message tells."""


def json_object(text: bytes) -> dict[str, Any]:
    """The object that a JSON text in UTF-8 holds. Raises `BadMessage`."""
    try:
        content = json.loads(text.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadMessage("The message is not JSON that can be read.") from None
    if not isinstance(content, dict):
        raise BadMessage("The message is not an object with named values.")
    return content


def inside(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object under that name; empty where there is none."""
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def objects(value: object, *, most: int = MOST_TOLD) -> list[dict[str, Any]]:
    """The objects of a list, what else it holds left out; an object alone is one. Too many: `BadMessage`."""
    found = value if isinstance(value, list) else [value]
    if len(found) > most:
        raise BadMessage(
            f"The message holds {len(found):,} reads or readings at once; at most {most} are taken."
        )
    return [one for one in found if isinstance(one, dict)]


def choices(value: object) -> list[dict[str, Any]]:
    """The objects among the first hundred of a list, such as other readings or colors; empty for no list."""
    found = value[:MOST_TOLD] if isinstance(value, list) else []
    return [one for one in found if isinstance(one, dict)]


def name(value: object, what: str) -> str:
    """The name of a device, camera or car, a text or whole number; or empty. Raises `BadMessage` for `what`.

    Longer than 100 characters it is refused, since half a name could be another's.
    """
    if value is None:
        return ""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) > LONGEST_NAME or not _is_written(text):
        raise BadMessage(f"“{what}” is a name of up to {LONGEST_NAME} characters.")
    return text.strip()


def sender_id(*names: object) -> str:
    """A read's name made of what names it for its device, such as its camera and number there.

    What is neither text nor number counts as empty. What is too long to be kept is hashed.
    """
    whole = ":".join(str(one) if isinstance(one, str | int | float) else "" for one in names)
    if len(whole) <= LONGEST_NAME and _is_written(whole):
        return whole
    return hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()


def plate(value: object) -> Any:
    """The plate as it came, not judged; empty where the device says that it read none."""
    said_unknown = isinstance(value, str) and value.strip().lower() in UNKNOWN
    return "" if value is None or said_unknown else value


def word(value: object, of: str) -> str:
    """A value in words (`of` one of `LONGEST_VALUE`), or empty: not said, unknown, or longer than is kept."""
    if not isinstance(value, str) or len(value) > LONGEST_VALUE[of] or not _is_written(value):
        return ""
    return "" if value.strip().lower() in UNKNOWN else value.strip()


def state(value: object, *, alone: bool = True) -> str:
    """A state's or province's code from `us-ca` or `CA`; empty for other countries and for what is none.

    `alone=False` where the maker writes countries so, and `de` is Germany.
    """
    if not isinstance(value, str) or len(value) > 12:
        return ""
    country, dash, code = value.strip().lower().partition("-")
    if country == "mx":
        return "MX"
    if (dash and country not in COUNTRIES) or not (dash or alone):
        return ""
    try:
        return normalize_state(code or country)
    except BadPlate:
        return ""


def number(value: object) -> float | None:
    """A finite number, also one written as text; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > LONGEST_NUMBER:
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def share(value: object, *, of: float = 1) -> float | None:
    """A confidence as a part of 1 (`of=100` for percent); None where it lies outside."""
    found = number(value)
    return round(found / of, 4) if found is not None and 0 <= found <= of else None


def place(latitude: object, longitude: object) -> dict[str, float]:
    """`latitude` and `longitude` in degrees; neither for a place that is none, or for 0, 0 as unset."""
    north, east = number(latitude), number(longitude)
    if north is None or east is None or (north, east) == (0, 0):
        return {}
    return {"latitude": north, "longitude": east} if abs(north) <= 90 and abs(east) <= 180 else {}


def box(left: object, top: object, right: object, bottom: object) -> list[int] | None:
    """[x, y, width, height] from the edges in pixels; None for what is no box."""
    edges = [number(edge) for edge in (left, top, right, bottom)]
    known = [max(0, round(edge)) for edge in edges if edge is not None and edge <= LARGEST_PIXEL]
    if len(known) < 4:
        return None
    x, y, end, foot = known
    return [x, y, end - x, foot - y] if end > x and foot > y else None


def box_of_corners(corners: object) -> list[int] | None:
    """[x, y, width, height] around a list of corners `{"x", "y"}`; None where there are none."""
    points = [
        (number(one.get("x")), number(one.get("y")))
        for one in (corners if isinstance(corners, list) else [])[:8]
        if isinstance(one, dict)
    ]
    across, down = [x for x, _ in points if x is not None], [y for _, y in points if y is not None]
    return box(min(across), min(down), max(across), max(down)) if across and down else None


def candidates(pairs: Iterable[tuple[object, float | None]], *, but: object) -> list[dict[str, Any]]:
    """Other readings than the plate `but`, in their order, up to 20; those that are no plates left out."""
    found: list[dict[str, Any]] = []
    known = {_plain(but)}
    for text, confidence in pairs:
        plain = _plain(text)
        if plain and plain not in known and len(found) < MOST_CANDIDATES:
            known.add(plain)
            found.append({"plate": plain} | ({} if confidence is None else {"confidence": confidence}))
    return found


def best(value: object, by: str = "confidence") -> dict[str, Any]:
    """The likeliest of `[{"name", "confidence"}, …]`, as readers tell make or color; empty for none."""
    return max(choices(value), key=lambda one: number(one.get(by)) or 0, default={})


def epoch(value: object) -> datetime:
    """The time of a count since 1970, seconds or milliseconds by its size. Raises `BadMessage`."""
    count = number(value)
    if count is None or not 0 < count < FIRST_OF_MILLISECONDS * 1000:
        raise BadMessage("The time is not in seconds or milliseconds since 1970.")
    if count >= FIRST_OF_MILLISECONDS:
        count /= 1000
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=round(count * 1000))


def moment(text: object, zone: tzinfo) -> datetime:
    """The time of an ISO 8601 text, in `zone` where it names no offset. Raises `BadMessage`."""
    try:
        found = datetime.fromisoformat(text.strip()) if isinstance(text, str) and len(text) <= 40 else None
    except ValueError:
        found = None
    if found is None:
        raise BadMessage("The time is not written as in 2026-11-22T09:41:07-08:00.")
    return in_zone(found, zone)


def in_zone(found: datetime, zone: tzinfo) -> datetime:
    """The time itself, or where it names no offset, in `zone`. Raises `BadMessage` outside the calendar."""
    try:
        return (found if found.utcoffset() is not None else found.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        raise BadMessage("The time lies outside the calendar.") from None


def picture(text: object) -> bytes | None:
    """A picture in base64, with or without its `data:` heading; None where none came. Raises `BadMessage`."""
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise BadMessage("The picture is not in base64.")
    if len(text) > settings.IMAGE_MAX_BYTES * 3 // 2:
        raise BadMessage(f"The picture has more than {settings.IMAGE_MAX_BYTES:,} bytes.")
    head, _, tail = text.partition(",")
    try:
        return base64.b64decode((tail if head.startswith("data:") else text).strip(), validate=False) or None
    except (binascii.Error, ValueError):
        raise BadMessage("The picture is not in base64.") from None


def one_part(message: Message, names: Sequence[str]) -> bytes:
    """The body, or of a multipart message the first part of those names. Raises `BadMessage`."""
    if not message.parts:
        return message.body
    for one in names:
        if one in message.parts:
            return message.parts[one].content
    raise BadMessage(f"The form has no part named “{'” or “'.join(names)}”.")


def row(*, sender_id: str, captured_at: datetime, plate: Any, **values: Any) -> dict[str, Any]:
    """A row of the native format; what is empty or None is left out."""
    known = {name: value for name, value in values.items() if value not in (None, "", [], {})}
    return {"sender_id": sender_id, "captured_at": captured_at.isoformat(), "plate": plate} | known


def _plain(text: object) -> str:
    try:
        return normalize(text) if isinstance(text, str) and len(text) <= 2 * MOST_CANDIDATES else ""
    except BadPlate:
        return ""


def _is_written(text: str) -> bool:
    """Whether the text can be stored: no control characters, no halves of characters."""
    return text.isprintable()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
