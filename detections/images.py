"""Evidence images: written before the row that names them, taken away when that row never came to be.

Each picture gets a name of its own, never shared by its content, so that taking one away can never take
another detection's evidence with it. They lie in `STORAGES["evidence"]`, which has no public address.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages

from alpr.policy import Policy
from detections.recognition import BadImage

NAME = re.compile(r"\d{4}/\d{2}/\d{2}/[0-9a-f]{32}\.(?:jpg|png|webp)")

_written: ContextVar[list[str] | None] = ContextVar("written", default=None)


def store(data: bytes, captured_at: datetime) -> str:
    """Write one picture and give its name, `YYYY/MM/DD/<random>.jpg|png|webp` by the day of capture in UTC.

    It is on the disk when this returns, so that a row written after it never names a missing file. Where it
    raises, as on a full disk (OSError), no part of it is left. `BadImage` is for bytes of another kind;
    whether the picture can be opened is `recognition.open_image`'s.
    """
    name = f"{captured_at.astimezone(UTC):%Y/%m/%d}/{uuid.uuid4().hex}.{_suffix(data)}"
    evidence = _evidence()
    try:
        written = evidence.save(name, ContentFile(data))
        _settle(evidence, written)
    except BaseException:
        with suppress(OSError):
            evidence.delete(name)
        raise
    if (names := _written.get()) is not None:
        names.append(written)
    return written


def store_of_read(data: bytes, captured_at: datetime, policy: Policy) -> str:
    """Write the picture of a read as `store` where `policy` keeps any; else the name is empty."""
    return store(data, captured_at) if policy.retention.images_on_server else ""


def open(name: str) -> File[bytes]:
    """The picture of that name, to be read and closed. Raises FileNotFoundError or ValueError."""
    file: File[bytes] = _evidence().open(_checked(name), "rb")
    return file


def remove(name: str) -> bool:
    """Take one picture away, and say whether none is left. Not there any more counts as gone."""
    evidence = _evidence()
    evidence.delete(_checked(name))
    return not evidence.exists(name)


def stored_before(day: date) -> Iterator[list[str]]:
    """The names of the pictures captured before `day` in UTC, one list for each day that has any."""
    evidence, last = _evidence(), f"{day:%Y/%m/%d}"
    for folder in _folders(evidence, depth=3):
        if folder < last:
            names = (f"{folder}/{name}" for name in evidence.listdir(folder)[1])
            if found := [name for name in names if NAME.fullmatch(name)]:
                yield found


def _folders(evidence: Storage, depth: int, parent: str = "") -> Iterator[str]:
    if depth == 0:
        yield parent
        return
    try:
        names = sorted(evidence.listdir(parent)[0])
    except FileNotFoundError:
        return
    for name in names:
        yield from _folders(evidence, depth - 1, f"{parent}/{name}" if parent else name)


@contextmanager
def taken_back_on_error() -> Iterator[list[str]]:
    """Take away every picture stored within when the block raises: put it around the transaction.

    Gives the names stored so far. A process that dies within leaves a file without a row, never a row without
    its file.
    """
    names: list[str] = []
    token = _written.set(names)
    try:
        yield names
    except BaseException:
        for name in names:
            remove(name)
        raise
    finally:
        _written.reset(token)


def _evidence() -> Storage:
    return storages["evidence"]


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError("This is no name of an evidence image.")
    return name


def _suffix(data: bytes) -> str:
    if data[:3] == b"\xff\xd8\xff":
        return "jpg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    raise BadImage("The file is not a JPEG, PNG or WebP picture.")


def _settle(evidence: Storage, name: str) -> None:
    """Wait until a picture on a local disk outlives a power cut; other storages answer for themselves."""
    try:
        path = Path(evidence.path(name))
    except NotImplementedError:
        return
    for part in (path, path.parent):
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
