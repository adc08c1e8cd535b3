"""A BagIt package (RFC 8493, version 1.0) with SHA-256 manifests and an Ed25519 signature over them.

The signature stands in `signature.json`, a tag file that no manifest can list, for it signs the manifest of
the tag files. Everything else in the package hangs on that manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from detections.evidence.archive import CHUNK, Archive, checksum

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
BAGIT, INFO = "bagit.txt", "bag-info.txt"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
SIGNATURE = "signature.json"
SIGNER, SIGNING_KEY = "Source-Organization", "Signing-Key-Fingerprint"


@dataclass(frozen=True)
class Signer:
    """Whose signature: the agency's name, and the private half of its key."""

    agency: str
    key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        return self.key.public_key().public_bytes_raw()


class Bag:
    """A package that is being written into one archive, in the folder `name` of it."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.archive = Archive(file)
        self.name = name
        self.manifest: dict[str, str] = {}
        self.payload_bytes = 0

    def __contains__(self, path: str) -> bool:
        """Whether a file of the payload is in it already."""
        return path in self.manifest

    def add(self, path: str, data: bytes) -> None:
        """Take a file into the payload: `data/` and its path, with its bytes as they are."""
        self.manifest[path] = self._put(path, data)
        self.payload_bytes += len(data)

    def add_file(self, path: str, source: Path) -> None:
        """Take a file of the disk into the payload without reading it whole."""
        digest, size = hashlib.sha256(), source.stat().st_size
        crc = checksum(chunks(source))
        self.archive.add(f"{self.name}/{path}", _hashed(chunks(source), digest), crc=crc, size=size)
        self.manifest[path] = digest.hexdigest()
        self.payload_bytes += size

    def contents_sha256(self) -> str:
        """The SHA-256 of the manifest as far as it goes: of the list of all files taken in so far."""
        return hashlib.sha256(manifest_of(self.manifest)).hexdigest()

    def close(self, info: dict[str, str], signer: Signer) -> None:
        """Write the tag files and the signature, and end the archive. `info` becomes bag-info.txt."""
        told = info | {
            SIGNER: signer.agency,
            SIGNING_KEY: fingerprint(signer.public_key),
            "Payload-Oxum": f"{self.payload_bytes}.{len(self.manifest)}",
        }
        tags = {
            BAGIT: DECLARATION,
            INFO: "".join(f"{label}: {_line(value)}\n" for label, value in told.items()).encode(),
            MANIFEST: manifest_of(self.manifest),
        }
        listed = manifest_of({path: self._put(path, data) for path, data in tags.items()})
        self._put(TAG_MANIFEST, listed)
        signature = signer.key.sign(listed)
        self._put(SIGNATURE, signature_file(signer.agency, signer.public_key, signature))
        self.archive.close()

    def _put(self, path: str, data: bytes) -> str:
        self.archive.add(f"{self.name}/{path}", [data], crc=checksum([data]), size=len(data))
        return hashlib.sha256(data).hexdigest()


def manifest_of(digests: dict[str, str]) -> bytes:
    """A manifest: a line for each file with its SHA-256, by path."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def signature_file(agency: str, public_key: bytes, signature: bytes) -> bytes:
    """The file that holds the signature, in its one form."""
    said = {
        "agency": agency,
        "algorithm": "Ed25519",
        "public_key": public_key.hex(),
        "signature": signature.hex(),
        "signs": TAG_MANIFEST,
    }
    return (json.dumps(said, indent=2) + "\n").encode()


def fingerprint(public_key: bytes) -> str:
    """How a key is named: the SHA-256 of its public half, in hexadecimal."""
    return hashlib.sha256(public_key).hexdigest()


def chunks(source: Path) -> Iterator[bytes]:
    """A file's content in parts."""
    with source.open("rb") as file:
        while part := file.read(CHUNK):
            yield part


def _hashed(parts: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for part in parts:
        digest.update(part)
        yield part


def _line(value: str) -> str:
    return " ".join(value.split())
