"""What a message told is taken in: its reads by camera, each with its picture, and its beats; all or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from detections import health, images, parking
from detections.adapters.seen import Car, seen_before
from detections.adapters.shape import BadMessage, Beat, Sighting, Told
from detections.api import native
from detections.ingest import Receipt, receive, record_refused
from detections.models import Camera, ReaderKey
from detections.reads import Read, RefusedRow
from detections.recognition import BadImage, open_image
from trail.services import act


class UnknownCamera(BadMessage):
    """A device named a camera that its key does not know."""


@dataclass
class Taken:
    """What became of a message.

    `receipts` has one for each camera of which something stood; `refused` the reads that did not, by their
    place in the message, with their camera. `beats` is how many cameras gave a sign of life, `unknown` the
    names of those that the key does not know.
    """

    receipts: list[tuple[Camera, Receipt]] = field(default_factory=list)
    refused: list[tuple[Camera, RefusedRow]] = field(default_factory=list)
    beats: int = 0
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Checked:
    """One read that stands, and what it came from."""

    read: Read
    sighting: Sighting


def take(*, actor: ReaderKey, told: Sequence[Told], message_sha256: str) -> Taken:
    """Store what a message told, in one transaction, and say what became of it.

    `message_sha256` is the hash of the message as it came, and is kept with each of its detections. Raises
    `UnknownCamera` for a read of a camera that the key does not know, `BadMessage` for pictures that are too
    much together, and what `ingest.receive` raises; then nothing is stored.
    """
    with images.taken_back_on_error() as written:
        taken, used = _take(actor=actor, told=told, message_sha256=message_sha256)
    for name in set(written) - used:
        images.remove(name)
    return taken


@act
def _take(*, actor: ReaderKey, told: Sequence[Told], message_sha256: str) -> tuple[Taken, set[str]]:
    """What became of the message, and the pictures that detections now name."""
    channels, now, taken, used = _channels(actor), timezone.now(), Taken(), set[str]()
    sightings = [one for one in told if isinstance(one, Sighting)]
    if sum(len(one.picture or b"") for one in sightings) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise BadMessage("The pictures of the message’s reads are too much together.")
    for camera, numbered in _by_camera(actor, channels, sightings):
        checked, refused = _check(camera, numbered, now, message_sha256)
        taken.refused += [(camera, row) for row in refused]
        if not checked:
            record_refused(actor, camera, refused, of=len(numbered))
            continue
        receipt, names = _store(actor, camera, checked, refused, message_sha256)
        taken.receipts.append((camera, receipt))
        used |= names
    _note(taken, actor, channels, [one for one in told if isinstance(one, Beat)])
    return taken, used


def _channels(key: ReaderKey) -> dict[str, Camera]:
    rows = key.channels.select_related("camera__agency")
    return {row.device_name: row.camera for row in rows}


def _camera(key: ReaderKey, channels: dict[str, Camera], channel: str) -> Camera | None:
    """The camera that the device means; the key's own where it knows no names. None for a name not known."""
    return channels.get(channel) if channels else key.camera


def _by_camera(
    key: ReaderKey, channels: dict[str, Camera], sightings: Iterable[Sighting]
) -> list[tuple[Camera, list[tuple[int, Sighting]]]]:
    """The sightings with their places in the message, by camera; always in one order, against deadlocks."""
    found: dict[int, tuple[Camera, list[tuple[int, Sighting]]]] = {}
    for index, sighting in enumerate(sightings):
        camera = _camera(key, channels, sighting.channel)
        if camera is None:
            named = f"no camera “{sighting.channel}”" if sighting.channel else "not which camera this is of"
            raise UnknownCamera(f"This key knows {named}: the ALPR administrator enters its name there.")
        found.setdefault(camera.pk, (camera, []))[1].append((index, sighting))
    return [found[pk] for pk in sorted(found)]


def _check(
    camera: Camera, numbered: Sequence[tuple[int, Sighting]], now: datetime, message_sha256: str
) -> tuple[list[_Checked], list[RefusedRow]]:
    """The reads that stand, and those that do not, as the native format has it."""
    terms = native.Terms(camera=camera.code, now=now, kept_days=parking.kept_days(camera))
    checked, refused = [], []
    sizes: dict[int, tuple[int, int] | str] = {}
    for index, sighting in numbered:
        row = native.read_row(sighting.row, index, terms)
        if isinstance(row, Read) and sighting.picture is not None:
            if id(sighting.picture) not in sizes:
                sizes[id(sighting.picture)] = _size(sighting.picture)
            row = _with_picture(row, index, sizes[id(sighting.picture)])
        if isinstance(row, Read):
            checked.append(_Checked(replace(row, content_sha256=message_sha256), sighting))
        else:
            refused.append(row)
    return checked, refused


def _size(picture: bytes) -> tuple[int, int] | str:
    """Width and height, or why this is no picture that is taken."""
    try:
        pixels, _ = open_image(
            picture, max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS
        )
    except BadImage as bad:
        return str(bad)
    height, width = pixels.shape[:2]
    return width, height


def _with_picture(read: Read, index: int, size: tuple[int, int] | str) -> Read | RefusedRow:
    """The read, refused where its picture is none; without its box where that lies outside the picture,
    which was then cut from another.
    """
    if isinstance(size, str):
        return RefusedRow(index, read.sender_id, {"image": size})
    if read.box is None:
        return read
    x, y, width, height = read.box
    return read if x + width <= size[0] and y + height <= size[1] else replace(read, box=None)


def _store(
    actor: ReaderKey,
    camera: Camera,
    checked: Sequence[_Checked],
    refused: Sequence[RefusedRow],
    message_sha256: str,
) -> tuple[Receipt, set[str]]:
    """Store the reads of cars not seen before, and give the receipt and the pictures that are now named."""
    cars = [Car(one.sighting.car, one.read.captured_at, one.sighting.same_for) for one in checked]
    again = seen_before(camera, cars)
    reads = [_illustrated(one, camera) for one, seen in zip(checked, again, strict=True) if not seen]
    receipt = receive(
        actor=actor, camera=camera, reads=reads, refused=refused, batch_sha256=message_sha256,
        repeats=sum(again),
    )  # fmt: skip
    used: dict[Any, str] = {}
    for detection_id, read in zip(receipt.detection_ids, reads, strict=True):
        if detection_id in receipt.fresh:
            used.setdefault(detection_id, read.image)
    return receipt, set(used.values())


def _illustrated(one: _Checked, camera: Camera) -> Read:
    picture = one.sighting.picture
    if picture is None or parking.is_parking(camera, one.read.captured_at):
        return one.read
    image = images.store_of_read(picture, one.read.captured_at, camera.agency.policy)
    return replace(one.read, image=image)


def _note(taken: Taken, key: ReaderKey, channels: dict[str, Camera], beats: Iterable[Beat]) -> None:
    """Note the signs of life, by camera in one order, against deadlocks."""
    known: dict[int, tuple[Camera, Beat]] = {}
    for beat in beats:
        camera = _camera(key, channels, beat.channel)
        if camera is None:
            taken.unknown.append(beat.channel)
        else:
            known[camera.pk] = (camera, beat)
    for pk in sorted(known):
        camera, beat = known[pk]
        health.beat(camera, at=beat.at, received_at=timezone.now())
    taken.beats = len(known)
