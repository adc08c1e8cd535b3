"""Whether a package is whole and who signed it. Needs no database, and nothing but the package itself."""

from __future__ import annotations

import errno
import hashlib
import json
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from detections.evidence import archive, bag

LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")
MOST_IN_TAG_FILE = 1 << 28
MISSING, CHANGED, EXTRA, BROKEN = "missing", "changed", "extra", "broken"
REPORT = "data/report.pdf"
# What zipfile raises for an archive that was meddled with.
UNREADABLE = (
    OSError, EOFError, ValueError, KeyError, RuntimeError, OverflowError, zipfile.BadZipFile, zlib.error,
    lzma.LZMAError, struct.error,
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is not as it was signed: `missing`, `changed`, `extra` or `broken`, and what."""

    kind: str
    what: str


@dataclass
class Verdict:
    """What was found: the package is whole where there is no finding."""

    found: set[Finding] = field(default_factory=set)
    agency: str = ""
    fingerprint: str = ""
    signature_holds: bool = False
    files: int = 0
    bytes: int = 0
    contents_sha256: str = ""

    @property
    def findings(self) -> list[Finding]:
        """What is not as it was signed, in order."""
        return sorted(self.found)

    @property
    def is_whole(self) -> bool:
        """Every file is there and unchanged, none was added, and the signature holds."""
        return self.signature_holds and not self.found

    def add(self, kind: str, what: str) -> None:
        """Note a finding."""
        self.found.add(Finding(kind, what))


class Source(Protocol):
    """Where the files of a package lie: an archive or a folder."""

    def names(self) -> list[str]:
        """The path of every file in the package, each as often as it is there."""

    def open(self, name: str) -> IO[bytes]:
        """One file, to be read and closed."""


class Folder:
    """A package that was unpacked."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> list[str]:
        """Every file below; a link counts as a file, and is not followed."""
        found: list[str] = []
        for folder, below, files in os.walk(self.root, onerror=_stop):
            here = Path(folder)
            links = [name for name in below if (here / name).is_symlink()]
            found += [(here / name).relative_to(self.root).as_posix() for name in files + links]
        return found

    def open(self, name: str) -> IO[bytes]:
        """Raises OSError for what is no plain file."""
        path = self.root / name
        if path.is_symlink() or not path.is_file():
            raise OSError("This is no plain file.")
        return path.open("rb")


class Zipped:
    """A package in its archive; nothing is unpacked."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self.file = file
        self.top = min((name.split("/", 1)[0] for name in file.namelist()), default="") + "/"

    def names(self) -> list[str]:
        """Every file, by its path within the one folder; `../` stands before what lies beside that folder."""
        plain = [name for name in self.file.namelist() if not name.endswith("/")]
        return [name.removeprefix(self.top) if name.startswith(self.top) else f"../{name}" for name in plain]

    def open(self, name: str) -> IO[bytes]:
        """One file. Raises BadZipFile while it is read where its content does not fit its CRC-32."""
        return self.file.open(self.top + name)


def verify(path: Path) -> Verdict:
    """Look at a package: the archive, or the folder that was unpacked from it.

    Raises OSError where there is nothing that can be read at `path`, and for what is neither file nor folder.
    """
    verdict, there = Verdict(), path.stat()
    if stat.S_ISDIR(there.st_mode):
        _examine(Folder(path), verdict)
        return verdict
    if not stat.S_ISREG(there.st_mode):
        raise OSError(errno.EINVAL, "It is neither a file nor a folder")
    with path.open("rb") as file:
        written = archive.is_as_written(file)
        try:
            with zipfile.ZipFile(file) as opened:
                _examine_archive(opened, there.st_size, verdict)
        except UNREADABLE:
            verdict.add(BROKEN, "the archive cannot be read")
        if not written:
            verdict.add(BROKEN, "the archive around the files is not as it was written")
    return verdict


def _examine_archive(opened: zipfile.ZipFile, size: int, verdict: Verdict) -> None:
    """Look into an archive, unless its files say that they are larger than itself: none is compressed."""
    if sum(entry.file_size for entry in opened.infolist()) > size:
        verdict.add(
            BROKEN, "the archive’s files would be larger than the archive: nothing in it was looked at"
        )
        return
    _examine(Zipped(opened), verdict)


def _examine(source: Source, verdict: Verdict) -> None:
    """Compare the files with their manifests, the manifests with the signature."""
    names = source.names()
    there = set(names)
    verdict.found |= {Finding(EXTRA, name) for name, times in Counter(names).items() if times > 1}
    signed = _read(source, there, bag.TAG_MANIFEST, verdict)
    _look_at_signature(source, there, signed, verdict)
    tags = _listed(signed, bag.TAG_MANIFEST, verdict)
    payload = _listed(_read(source, there, bag.MANIFEST, verdict), bag.MANIFEST, verdict)
    _compare(source, there, tags, verdict)
    _compare(source, there, payload, verdict)
    for name in (bag.BAGIT, bag.INFO, bag.MANIFEST):
        if name not in tags:
            verdict.add(BROKEN, f"{bag.TAG_MANIFEST} does not name {name}")
    known = {*tags, *payload, bag.TAG_MANIFEST, bag.SIGNATURE}
    verdict.found |= {Finding(EXTRA, name) for name in there - known}
    verdict.files = len(payload)
    others = {name: digest for name, digest in payload.items() if name != REPORT}
    verdict.contents_sha256 = hashlib.sha256(bag.manifest_of(others)).hexdigest()


def _look_at_signature(source: Source, there: set[str], signed: bytes, verdict: Verdict) -> None:
    """Whether the signature is over this manifest, and by the key and agency that the package names."""
    data = _read(source, there, bag.SIGNATURE, verdict)
    try:
        said = json.loads(data)
        public_key, signature = bytes.fromhex(said["public_key"]), bytes.fromhex(said["signature"])
        verdict.agency, verdict.fingerprint = str(said["agency"]), bag.fingerprint(public_key)
        in_its_form = data == bag.signature_file(verdict.agency, public_key, signature)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (ValueError, TypeError, KeyError, RecursionError):
        verdict.add(BROKEN, f"{bag.SIGNATURE} holds no signature")
        return
    except InvalidSignature:
        verdict.add(BROKEN, "the signature does not hold")
        return
    info = _info(_read(source, there, bag.INFO, verdict))
    named = (info.get(bag.SIGNER), info.get(bag.SIGNING_KEY))
    if not in_its_form or named != (" ".join(verdict.agency.split()), verdict.fingerprint):
        verdict.add(CHANGED, bag.SIGNATURE)
        return
    verdict.signature_holds = True


def _compare(source: Source, there: set[str], listed: dict[str, str], verdict: Verdict) -> None:
    for name, digest in listed.items():
        if name not in there:
            verdict.add(MISSING, name)
            continue
        found = hashlib.sha256()
        try:
            with source.open(name) as file:
                while part := file.read(archive.CHUNK):
                    found.update(part)
                    verdict.bytes += len(part)
        except UNREADABLE:
            verdict.add(CHANGED, name)
            continue
        if found.hexdigest() != digest:
            verdict.add(CHANGED, name)


def _read(source: Source, there: set[str], name: str, verdict: Verdict) -> bytes:
    """A tag file whole; empty, and a finding, where it is not there or cannot be read."""
    if name not in there:
        verdict.add(MISSING, name)
        return b""
    try:
        with source.open(name) as file:
            data = file.read(MOST_IN_TAG_FILE)
    except UNREADABLE:
        verdict.add(CHANGED, name)
        return b""
    return data


def _listed(data: bytes, name: str, verdict: Verdict) -> dict[str, str]:
    """The files that a manifest lists with their SHA-256; a line that is none is a finding."""
    found: dict[str, str] = {}
    try:
        *lines, last = data.decode().split("\n")
    except UnicodeDecodeError:
        verdict.add(BROKEN, f"{name} is no text")
        return found
    if last:
        verdict.add(BROKEN, f"{name}, its end")
    for number, line in enumerate(lines, start=1):
        match = LINE.fullmatch(line)
        if match is None or match[2] in found:
            verdict.add(BROKEN, f"{name}, line {number}")
        else:
            found[match[2]] = match[1]
    return found


def _info(data: bytes) -> dict[str, str]:
    lines = (line.partition(": ") for line in data.decode(errors="replace").splitlines())
    return {label: value for label, _, value in lines}


def _stop(error: OSError) -> None:
    raise error
