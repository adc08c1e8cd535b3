"""What the tests of transfers share: a vehicle before a server that really listens, and policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import AdoptedPolicy, Agency
from detections.models import Camera, PatrolCar, ReaderKey
from tests.hits.serving import Server
from tests.transfer.vehicle import Vehicle

Under = Callable[..., None]


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path) -> Path:
    """The folder of evidence images, empty; also a fresh count of requests."""
    cache.clear()
    storage = settings.STORAGES["evidence"]
    options = storage["OPTIONS"] | {"location": tmp_path / "images"}
    settings.STORAGES = settings.STORAGES | {"evidence": storage | {"OPTIONS": options}}
    return tmp_path / "images"


@pytest.fixture
def under(agency: Agency) -> Under:
    """Puts another rule of transfers in force: `under(mode="each_shift", purge_vehicle_after=True)`."""

    def put(**rules: Any) -> None:
        adopted = agency.adopted
        assert adopted is not None
        changed = adopted.policy.with_values({f"transfer.{name}": value for name, value in rules.items()})
        AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=changed.to_dict())

    return put


@pytest.fixture
def car(camera: Camera) -> PatrolCar:
    """A patrol car that carries the camera."""
    made = PatrolCar.objects.create(agency=camera.agency, unit="4K12")
    camera.patrol_car = made
    camera.save()
    return made


@pytest.fixture
def vehicle(
    transactional_db: Any, live_server: Any, reader_key: tuple[ReaderKey, str], tmp_path: Path
) -> Vehicle:
    """The computer of a patrol car, whose key is that of the camera."""
    return Vehicle(tmp_path / "vehicle", live_server.url, reader_key[1])


@pytest.fixture
def server(transactional_db: Any, evidence: Path, tmp_path: Path) -> Iterator[Server]:
    """The records server as a process of its own, with the tests' database."""
    running = Server(tmp_path)
    yield running
    running.stop()
