"""What the tests of evidence packages share: a hold with its data, and packages in each state."""

from __future__ import annotations

import json
import resource
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Agency, Member
from accounts.roles import Role
from detections.evidence.building import build
from detections.evidence.services import evidence_ask, evidence_book, evidence_decide
from detections.holds import hold_place
from detections.models import Detection, EvidencePackage, Hold
from hotlists.models import Entry
from tests.cast import enroll
from tests.search.conftest import Detect, detect, evidence, inquiry, search_for, sign_in

__all__ = ["detect", "evidence", "inquiry", "search_for", "sign_in"]

PLATE = "8KRB412"
WHY = "It shows the getaway car of the Quay St robbery."
FOR = "The district attorney asks for it for the preliminary hearing."
BOOKED = {
    "property_number": "P-26-0412",
    "received_by": "Evidence technician R. Marsh",
    "medium": "USB drive, serial 0412",
}
Make = Callable[..., EvidencePackage]


@pytest.fixture
def places(evidence: Any, settings: Any, tmp_path: Path) -> Path:
    """Packages, keys and workplaces lie in a folder of the test, which is given."""
    place = {"OPTIONS": {"location": tmp_path / "packages", "file_permissions_mode": 0o600}}
    settings.STORAGES = settings.STORAGES | {"packages": settings.STORAGES["packages"] | place}
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def reads(places: Path, detect: Detect, entry: Callable[..., Entry]) -> list[Detection]:
    """Three reads of a listed car, two of them with a picture, and one of another car."""
    entry(PLATE)
    listed = [detect(PLATE, hours_ago=hours, pictured=hours < 30) for hours in (40, 20, 3)]
    return [*listed, detect("9BQT661", hours_ago=2, pictured=True)]


@pytest.fixture
def hold(reads: list[Detection], custodian: Member) -> Hold:
    """A hold over that car's plate."""
    return hold_place(
        actor=custodian, kind=Hold.Kind.PLATE, ground="evidence", case_number="26-11873", reason=WHY,
        plate=PLATE,
    )  # fmt: skip


@pytest.fixture
def asked(hold: Hold, custodian: Member) -> EvidencePackage:
    """A package of it that the custodian asks for."""
    return evidence_ask(actor=custodian, hold=hold, reason=FOR)


@pytest.fixture
def approved(asked: EvidencePackage, administrator: Member) -> EvidencePackage:
    """The same, approved by the administrator."""
    return evidence_decide(actor=administrator, package=asked, approve=True)


@pytest.fixture
def built(approved: EvidencePackage) -> EvidencePackage:
    """The same, built."""
    assert build(approved.pk)
    approved.refresh_from_db()
    return approved


@pytest.fixture
def booked(built: EvidencePackage, custodian: Member) -> EvidencePackage:
    """The same, booked."""
    return evidence_book(actor=custodian, package=built, **BOOKED)


@pytest.fixture
def second_custodian(agency: Agency, chief: Member) -> Member:
    """Another custodian of the department."""
    return enroll(agency, Role.CUSTODIAN, "1211", approver=chief)


def kept_at(places: Path) -> list[Path]:
    """The archives that are kept."""
    return sorted((places / "packages").rglob("*.*"))


def opened(package: EvidencePackage, places: Path) -> zipfile.ZipFile:
    """The archive of a built package."""
    return zipfile.ZipFile(places / "packages" / package.file)


def rows(package: EvidencePackage, places: Path, name: str) -> Any:
    """One of its records."""
    with opened(package, places) as archive:
        return json.loads(archive.read(f"evidence-{package.pk}/data/records/{name}.json"))


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process may grow over `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
