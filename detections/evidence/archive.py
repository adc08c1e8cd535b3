"""The one file that a package is: a ZIP archive of one form alone.

Nothing is compressed, no entry has a time or an attribute of its own, and no byte is free: the same files in
the same order always give the same archive, and `is_as_written` finds any byte that was changed, also where
no file's content is touched. Any program that opens ZIP archives opens it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20
MOST_IN_FILE = 0xFFFFFFFE
_FULL, _MANY = 0xFFFFFFFF, 0xFFFF
_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
_OLDEST_DAY = 0x0021
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3 << 8


class TooLarge(ValueError):
    """One file of a package would have 4 GiB or more."""


@dataclass(frozen=True)
class Entry:
    """One file in the archive: its path, CRC-32, size in bytes, and where its header begins."""

    name: str
    crc: int
    size: int
    offset: int

    def local(self) -> bytes:
        """The header before the content."""
        name = self.name.encode("ascii")
        fields = (20, 0, 0, 0, _OLDEST_DAY, self.crc, self.size, self.size, len(name), 0)
        return struct.pack("<4s5H3L2H", _LOCAL, *fields) + name

    def central(self) -> bytes:
        """Its line in the directory at the end."""
        name, far = self.name.encode("ascii"), self.offset >= _FULL
        extra = struct.pack("<2HQ", 1, 8, self.offset) if far else b""
        version = 45 if far else 20
        fields = (
            _UNIX | version, version, 0, 0, 0, _OLDEST_DAY, self.crc, self.size, self.size, len(name),
            len(extra), 0, 0, 0, _PLAIN_FILE, min(self.offset, _FULL),
        )  # fmt: skip
        return struct.pack("<4s6H3L5H2L", _CENTRAL, *fields) + name + extra


class Archive:
    """An archive that is being written, from its first byte to its last."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = 0
        self.entries: list[Entry] = []

    def add(self, name: str, parts: Iterable[bytes], *, crc: int, size: int) -> None:
        """Write one file, whose CRC-32 and size are those of `parts` together. Raises `TooLarge`."""
        if size > MOST_IN_FILE:
            raise TooLarge(f"{name} would have {size:,} bytes; 4 GiB is the most that one file may have.")
        entry = Entry(name, crc, size, self.size)
        self._write(entry.local())
        for part in parts:
            self._write(part)
        self.entries.append(entry)

    def close(self) -> None:
        """Write the directory and the end."""
        start = self.size
        for entry in self.entries:
            self._write(entry.central())
        self._write(_end(len(self.entries), start, self.size - start))

    def _write(self, data: bytes) -> None:
        self.file.write(data)
        self.size += len(data)


def checksum(parts: Iterable[bytes]) -> int:
    """The CRC-32 of `parts` together."""
    crc = 0
    for part in parts:
        crc = zlib.crc32(part, crc)
    return crc


def is_as_written(file: BinaryIO) -> bool:
    """Whether every byte around the files' contents is as `Archive` writes it.

    `file` stands at its beginning. The contents are not looked at: whoever reads them checks them.
    """
    entries: list[Entry] = []
    at, size = 0, file.seek(0, 2)
    while (entry := _entry(file, at)) is not None:
        entries.append(entry)
        at += len(entry.local()) + entry.size
        if at > size:
            return False
    file.seek(at)
    length = 0
    for entry in entries:
        line = entry.central()
        length += len(line)
        if file.read(len(line)) != line:
            return False
    end = _end(len(entries), at, length)
    return file.read(len(end) + 1) == end


def _entry(file: BinaryIO, at: int) -> Entry | None:
    """The file whose header begins here; None where there is none of this form."""
    file.seek(at)
    head = file.read(30)
    if len(head) < 30 or head[:4] != _LOCAL:
        return None
    *_, crc, size, _, length, _ = struct.unpack("<5H3L2H", head[4:])
    name = file.read(length)
    if not name.isascii():
        return None
    entry = Entry(name.decode("ascii"), crc, size, at)
    return entry if entry.local() == head + name else None


def _end(count: int, start: int, length: int) -> bytes:
    """The end of the archive: `count` lines of a directory of `length` bytes that begins at `start`."""
    large = b""
    if count >= _MANY or start >= _FULL or length >= _FULL:
        large = struct.pack(
            "<4sQ2H2L4Q", b"PK\x06\x06", 44, _UNIX | 45, 45, 0, 0, count, count, length, start
        ) + struct.pack("<4sLQL", b"PK\x06\x07", 0, start + length, 1)
    counted = min(count, _MANY)
    numbers = (0, 0, counted, counted, min(length, _FULL), min(start, _FULL), 0)
    return large + struct.pack("<4s4H2LH", b"PK\x05\x06", *numbers)
