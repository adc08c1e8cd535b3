"""What the tests of forwarding share: a department, a regional centre, and the line between them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Agency, Agreement, Member
from accounts.roles import Role
from detections.forwarding import services, sources
from detections.ingest import Read, Receipt, receive
from detections.models import Camera, Forwarding, ForwardSource
from tests.cast import enroll, found
from tests.forwarding.between import Between
from tests.hits.browsing import browser
from tests.hits.serving import server, uvicorn
from trail.actors import System

__all__ = ["browser", "server", "uvicorn"]

Feed = Callable[..., Receipt]
Forward = Callable[..., Forwarding]


def sha256(text: str) -> str:
    """In hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path) -> Path:
    """The folders of evidence images and of keys, empty; also a fresh count of requests."""
    cache.clear()
    storage = settings.STORAGES["evidence"]
    options = storage["OPTIONS"] | {"location": tmp_path / "images"}
    settings.STORAGES = settings.STORAGES | {"evidence": storage | {"OPTIONS": options}}
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path / "images"


@pytest.fixture
def centre(db: Any) -> Agency:
    """The regional centre, which has adopted a policy of its own."""
    return found("Norcal")


@pytest.fixture
def centre_address(live_server: Any, transactional_db: Any) -> str:
    """Where the centre answers."""
    address: str = live_server.url
    return address


@pytest.fixture
def centre_chief(centre: Agency) -> Member:
    """The centre's administrator, trained."""
    return enroll(centre, Role.ADMINISTRATOR, "9001", approver=centre.members.get(badge="nor-02"))


@pytest.fixture
def source(centre_chief: Member) -> ForwardSource:
    """The department, as the centre has it registered."""
    return sources.source_register(
        actor=centre_chief, agency=centre_chief.agency, name="Alder Police Department", prefix="ald",
        reference="MOU 2026-4",
    )  # fmt: skip


@pytest.fixture
def centre_key(source: ForwardSource, centre_chief: Member) -> str:
    """The secret of the key that the centre issued."""
    return sources.source_key_issue(actor=centre_chief, source=source)[1]


@pytest.fixture
def agreement(agency: Agency, administrator: Member, chief: Member) -> Agreement:
    """The memorandum with the centre, in force."""
    return Agreement.objects.create(
        agency=agency, title="Memorandum of understanding", partner_name="Norcal Regional Centre",
        purposes="Investigation of crimes", lets_forward=True, starts_on=timezone.localdate(),
        proposed_by=administrator, approved_by=chief, approved_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def second_chief(agency: Agency, chief: Member) -> Member:
    """Another administrator of the department, trained."""
    return enroll(agency, Role.ADMINISTRATOR, "1045", approver=chief)


@pytest.fixture
def forward(agreement: Agreement, administrator: Member, second_chief: Member, centre_key: str) -> Forward:
    """Begins to forward to an address: `forward("http://127.0.0.1:8000", earlier_since=…)`."""

    def begin(address: str, **terms: Any) -> Forwarding:
        given = {"secret_of_centre": centre_key} | terms
        proposed = services.forwarding_propose(
            actor=administrator, agreement=agreement, address=address, **given
        )  # fmt: skip
        return services.forwarding_approve(actor=second_chief, forwarding=proposed)

    return begin


@pytest.fixture
def feed(camera: Camera) -> Feed:
    """Has reads come in as a reader sends them: `feed("a1", "a2", image="…")`; plates by the names."""

    def send(*names: str, at: Camera = camera, minutes_ago: float = 2, **facts: Any) -> Receipt:
        moment = timezone.now() - timedelta(minutes=minutes_ago)
        reads = [
            Read(
                sender_id=name, captured_at=moment + timedelta(milliseconds=number),
                plate=f"7{sha256(name)[:5].upper()}", state="CA", content_sha256=sha256(name), confidence=0.9,
                color="blue", **facts,
            )
            for number, name in enumerate(names)
        ]  # fmt: skip
        batch = sha256("/".join((at.code, *names)))
        return receive(
            actor=System("Tests", at.agency), camera=at, reads=reads, refused=[], batch_sha256=batch
        )  # fmt: skip

    return send


@pytest.fixture
def between() -> Iterator[Between]:
    """What stands at the address of a centre and answers as it is told."""
    standing = Between()
    yield standing
    standing.stop()
