"""What the tests of parking share: a parking reader, a zone, a list, and reads at given minutes of a day."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Agency, Member
from detections.ingest import Read, Receipt, receive
from detections.models import Camera, ParkingZone, Program, ProgramChange, ScofflawList
from detections.parking.scofflaw import list_load, list_make
from detections.parking.zones import zone_make
from trail.actors import System

QUAY, PINE = (38.1041, -122.2566), (38.1141, -122.2466)
LONG_AGO = timezone.now() - timedelta(days=200)
Send = Callable[..., Receipt]
At = Callable[[Member], Client]
Load = Callable[..., ScofflawList]


def yesterday(hours: int, minutes: float = 0) -> datetime:
    """A moment of yesterday in the department's time."""
    day = timezone.localdate() - timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(day, time(0)))
    return midnight + timedelta(hours=hours, minutes=minutes)


@pytest.fixture
def at() -> At:
    """A browser's session of a member."""

    def sign_in(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def cart(agency: Agency, administrator: Member) -> Camera:
    """A reader on a parking vehicle, of the program for long."""
    made = Camera.objects.create(
        agency=agency, code="park-1", name="Parking vehicle 1", kind=Camera.Kind.MOBILE,
        program=Program.PARKING, program_since=LONG_AGO,
    )  # fmt: skip
    ProgramChange.objects.create(camera=made, program=Program.PARKING, since=LONG_AGO, by=administrator)
    return made


@pytest.fixture
def zones(agency: Agency, administrator: Member) -> tuple[ParkingZone, ParkingZone]:
    """Two hours around Quay St and around Pine St, every day from 8 to 18, for long."""
    made = [
        zone_make(
            actor=administrator, agency=agency, name=name, limit_minutes=120, days=range(1, 8),
            starts=time(8), ends=time(18), circle=(*place, 200),
        )
        for name, place in (("Quay St", QUAY), ("Pine St", PINE))
    ]  # fmt: skip
    ParkingZone.objects.update(opened_at=LONG_AGO)
    return ParkingZone.objects.get(pk=made[0].pk), ParkingZone.objects.get(pk=made[1].pk)


def read(
    at: datetime, plate: str = "8KRB412", *, place: tuple[float, float] | None = QUAY, state: str = "CA",
    sender_id: str = "", **facts: Any,
) -> Read:  # fmt: skip
    """One read, by default on Quay St."""
    latitude, longitude = place or (None, None)
    name = sender_id or f"{plate}-{at.timestamp()}"
    return Read(
        sender_id=name, captured_at=at, plate=plate, state=state, latitude=latitude, longitude=longitude,
        content_sha256=f"{abs(hash((name, plate))):064x}", **facts,
    )  # fmt: skip


@pytest.fixture
def send(cart: Camera) -> Send:
    """Sends reads of the parking vehicle in one batch: `send(read(...), read(...))`."""

    def make(*reads: Read, camera: Camera = cart) -> Receipt:
        named = "".join(sorted(one.sender_id for one in reads))
        return receive(
            actor=System("Tests", camera.agency), camera=camera, reads=reads, refused=[],
            batch_sha256=f"{abs(hash(named)):x}"[:64],
        )  # fmt: skip

    return make


@pytest.fixture
def load(agency: Agency, administrator: Member) -> Callable[..., ScofflawList]:
    """Loads lines of CSV onto the list: `load("plate,state", "8KRB412,CA")`."""

    def make(*lines: str, confirmed: bool = False) -> ScofflawList:
        found = ScofflawList.objects.filter(agency=agency).first()
        found = found or list_make(actor=administrator, agency=agency, name="Unpaid citations")
        file = io.BytesIO("\n".join(lines).encode())
        list_load(
            actor=administrator, scofflaw_list=found, file=file, file_name="owed.csv", confirmed=confirmed
        )
        found.refresh_from_db()
        return found

    return make
