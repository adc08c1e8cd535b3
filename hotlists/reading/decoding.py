"""From bytes to lines: what kind of file it is, how its characters are written, and its lines as a stream."""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, Protocol

from hotlists.reading.results import BadFile

LARGEST = 1024**3
LONGEST_LINE = 4_000
NAMES = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "cp037": "EBCDIC (037)",
}
_CHUNK = 1 << 18
_COMPRESSED = "This is a compressed file or an archive. Unpack it first, and give the list inside."
_WORKBOOK = "This is a workbook. Save the list as CSV in UTF-8."
_KINDS = (
    (b"PK\x03\x04", "This is a workbook or an archive. Save the list as CSV in UTF-8."),
    (b"PK\x05\x06", _COMPRESSED),
    (b"PK\x07\x08", _COMPRESSED),
    (b"\x1f\x8b", _COMPRESSED),
    (b"\x1f\x9d", _COMPRESSED),
    (b"BZh", _COMPRESSED),
    (b"\xfd7zXZ\x00", _COMPRESSED),
    (b"(\xb5/\xfd", _COMPRESSED),
    (b"7z\xbc\xaf\x27\x1c", _COMPRESSED),
    (b"Rar!\x1a\x07", _COMPRESSED),
    (b"\xd0\xcf\x11\xe0", _WORKBOOK),
    (b"%PDF-", "This is a PDF. Ask the source for its list as text, one entry on a line."),
    (b"{\\rtf", "This is a formatted document. Save the list as plain text."),
    (codecs.BOM_UTF32_LE, "This text is in UTF-32. Save the list as CSV in UTF-8."),
    (codecs.BOM_UTF32_BE, "This text is in UTF-32. Save the list as CSV in UTF-8."),
)
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|!--|html|head|body|\?xml|[a-z]+[ >])", re.IGNORECASE)
_NO_TEXT = "This is no text file. Save the list as CSV in UTF-8."


class Readable(Protocol):
    """Whatever gives bytes piece by piece: a file, an upload, the body of a request."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


def encoding_of(file: BinaryIO, said: str = "") -> str:
    """How the file's characters are written: a key of `NAMES`.

    A byte order mark decides, then what is `said`, then whether every byte is valid UTF-8; else Windows-1252.
    Reads the file once, in pieces. Raises `BadFile` for one that is empty, too large or no text.
    """
    start = _start(file)
    if said == "cp037":
        return said
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if said == "utf-16":
        return "utf-16-le"
    is_utf8 = _is_utf8(file)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8"
    return said or ("utf-8" if is_utf8 else "cp1252")


def _start(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END) or file.tell()
    if size > LARGEST:
        raise BadFile(f"The file is larger than {LARGEST // 1024**2:,} MB.")
    file.seek(0)
    start = file.read(4096)
    if not start:
        raise BadFile("The file is empty.")
    for mark, sentence in _KINDS:
        if start.startswith(mark):
            raise BadFile(sentence)
    if _WEB_PAGE.match(start.removeprefix(codecs.BOM_UTF8)):
        raise BadFile("This is a web page or XML, likely an error page of the source, and no list.")
    return start


def _is_utf8(file: BinaryIO) -> bool:
    """Whether the bytes are UTF-8, be the last letter cut off. Raises `BadFile` for a zero byte."""
    file.seek(0)
    decoder, valid = codecs.getincrementaldecoder("utf-8")(), True
    while chunk := file.read(_CHUNK):
        if b"\0" in chunk:
            raise BadFile(_NO_TEXT)
        if valid:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                valid = False
    return valid


class Lines:
    """The lines of a file as a stream, whether they end in LF, CRLF or CR, without their ends.

    `bytes_read` grows as it goes. `is_ended` says, after the last line, whether that one had its end. A line
    that is longer than `LONGEST_LINE` comes cut, but longer than that, so that memory stays bounded. What
    cannot be decoded comes as U+FFFD.
    """

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.file = file
        self.encoding = encoding
        self.bytes_read = 0
        self.is_ended = True

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._batches())

    def _batches(self) -> Iterator[list[str]]:
        codec = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)("replace"), translate=True)
        self.file.seek(0)
        self.bytes_read, self.is_ended, rest, is_last = 0, True, "", False
        while not is_last:
            chunk = self.file.read(_CHUNK)
            is_last = not chunk
            self.bytes_read += len(chunk)
            text = decoder.decode(chunk, is_last)
            if self.encoding == "cp037":
                text = text.replace("\x85", "\n")
            batch = (rest + text).split("\n")
            rest = batch.pop()[: LONGEST_LINE + 1]
            yield batch
        if rest:
            self.is_ended = False
            yield [rest]
