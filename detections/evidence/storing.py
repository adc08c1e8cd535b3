"""Where built packages lie, and where they are built: closed to others, and without a public address."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from detections.evidence.archive import CHUNK
from detections.models import EvidencePackage

if TYPE_CHECKING:
    Bytes = File[bytes]
else:
    Bytes = File


class Built(Bytes):
    """A file that the storage may take as it lies, without copying it where both are on one disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        """Where it lies, for Django's storage of files."""
        return str(self.path)


def put(package: EvidencePackage, path: Path) -> str:
    """Take a built archive into the storage, and give its name there."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    name = f"{package.agency_id}/evidence-{package.pk}-{package.attempts}.zip"
    remove(name)
    with Built(path) as built:
        return _packages().save(name, built)


def open(name: str) -> File[bytes]:
    """A built archive, to be read and closed. Raises FileNotFoundError."""
    file: File[bytes] = _packages().open(name, "rb")
    return file


def sha256(file: File[bytes]) -> str:
    """The SHA-256 of an open archive, from its beginning."""
    found = hashlib.sha256()
    for part in file.chunks(CHUNK):
        found.update(part)
    return found.hexdigest()


def remove(name: str) -> bool:
    """Take an archive away, and say whether none is left."""
    _packages().delete(name)
    return not _packages().exists(name)


def stored() -> Iterator[tuple[int, str]]:
    """Every archive there: the number of its package, and its name."""
    packages = _packages()
    for folder in _listed(packages, "")[0]:
        for name in _listed(packages, folder)[1]:
            number = name.split("-")[1] if name.startswith("evidence-") else ""
            if number.isdigit():
                yield int(number), f"{folder}/{name}"


def workplace(package: EvidencePackage) -> Path:
    """The folder in which this package is built."""
    return _workplaces() / f"evidence-{package.pk}"


def make(folder: Path) -> None:
    """Make a workplace anew: what an earlier attempt left there is gone."""
    clear(folder)
    folder.mkdir(mode=0o700, parents=True)


def workplaces() -> list[tuple[int, Path]]:
    """The folders that there are, each with the number of its package."""
    return [(int(found.name.split("-")[1]), found) for found in _workplaces().glob("evidence-*")]


def clear(folder: Path) -> None:
    """Remove a folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def _workplaces() -> Path:
    return Path(settings.DATA_DIR) / "building"


def _packages() -> Storage:
    return storages["packages"]


def _listed(packages: Storage, folder: str) -> tuple[list[str], list[str]]:
    try:
        return packages.listdir(folder)
    except FileNotFoundError:
        return [], []
