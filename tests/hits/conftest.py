"""What the tests of hits share: hits as readers make them, answers in words, and a real server."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext

from accounts.models import AdoptedPolicy, Agency, Member
from detections import comparison, images
from detections.demonstration.drawing import draw_scene
from detections.ingest import Read, receive
from detections.models import Camera, Hit, LookBack, ReaderKey
from hotlists.models import Entry, HotList
from hotlists.plates import fold, normalize
from tests.cast import found
from trail.models import Inquiry, Offense

REPOSITORY = Path(__file__).resolve().parents[2]
WORDS = "Still listed. Stolen Nov 14, Eastmoor PD."
MakeHit = Callable[..., Hit]


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    """These tests sign in with a password alone."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def at() -> Callable[[Member], Client]:
    """A browser's session of a member."""

    def sign_in(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def under(agency: Agency, **rules: Any) -> None:
    """Put other rules of the ladder in force: `under(agency, before_stop=["seen"])`."""
    adopted = agency.adopted
    assert adopted is not None
    changed = adopted.policy.with_values({f"ladder.{name}": value for name, value in rules.items()})
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=changed.to_dict())


@pytest.fixture
def evidence(tmp_path: Path, settings: Any) -> Path:
    """A folder of its own for the pictures."""
    folder = tmp_path / "images"
    settings.STORAGES = settings.STORAGES | {
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "file_permissions_mode": 0o600},
        }
    }
    storages._storages.pop("evidence", None)
    return folder


def stored_picture(plate: str = "8KRB412", *, night: bool = True) -> tuple[str, list[int]]:
    """A drawn street scene in the evidence storage: its name, and where the plate lies in it."""
    moment = timezone.now() - timedelta(minutes=2)
    scene = draw_scene(
        plate=plate, state="CA", color="SIL", body="sedan", night=night, seed=7, camera="cam-12",
        captured_at=moment,
    )  # fmt: skip
    return images.store(scene.jpeg, moment), list(scene.box)


@pytest.fixture
def make_hit(
    reader_key: tuple[ReaderKey, str], entry: Callable[..., Entry], specific_list: HotList, operator: Member
) -> MakeHit:
    """Makes a hit as a reader does: `make_hit("8KRB412", read="8KR8412", make="Honda")`.

    `specific` puts the plate on the department's own list; facts of the read go in `reading`.
    """
    numbers = itertools.count(1)

    def make(
        listed: str = "8KRB412",
        *,
        read: str | None = None,
        specific: bool = False,
        reading: dict[str, Any] | None = None,
        **facts: Any,
    ) -> Hit:
        if specific:
            facts = {
                "hot_list": specific_list, "snapshot": None, "entered_by": operator,
                "case_number": "26-11873", "synopsis": "Driver wanted for the Quay St robbery.",
                "expires_at": timezone.now() + timedelta(days=30),
            } | facts  # fmt: skip
        entry(listed, facts.pop("state", "CA"), **facts)
        return hit_of(reader_key[0], read or listed, f"hit-{next(numbers)}", **(reading or {}))

    return make


def hit_of(key: ReaderKey, plate: str, sender_id: str, **facts: Any) -> Hit:
    """Send one read as the camera of `key`, and give the hit it makes."""
    given = {
        "captured_at": timezone.now() - timedelta(seconds=40),
        "content_sha256": "c" * 64,
        "state": "CA",
        "confidence": 0.51,
    } | facts
    one = Read(sender_id=sender_id, plate=plate, **given)
    receipt = receive(
        actor=key, camera=key.camera, reads=[one], refused=[], batch_sha256=(sender_id * 9)[:64]
    )
    return Hit.objects.get(pk=receipt.hit_ids[0])


@pytest.fixture
def foreign_hit(db: Any) -> Callable[[], Hit]:
    """Makes a hit of another agency."""

    def make() -> Hit:
        agency = found("Westport")
        chief = agency.members.get(badge="wes-02")
        camera = Camera.objects.create(agency=agency, code="w-1", name="Pier")
        hot_list = HotList.objects.create(
            agency=agency, name="Stolen", kind="general", source="svs", designated_by=chief
        )
        plate = normalize("7FGN111")
        Entry.objects.create(
            hot_list=hot_list, plate=plate, plate_key=fold(plate), state="CA", reason="Stolen vehicle",
            state_of_entry=Entry.State.IN_USE,
        )  # fmt: skip
        key = ReaderKey(camera=camera, issued_by=chief)
        key.make_secret()
        key.save()
        return hit_of(key, plate, "foreign-1")

    return make


def past(hit: Hit) -> Hit:
    """Mark a hit as found by looking back, under an inquiry of whoever designated its list."""
    member = hit.entry.hot_list.designated_by
    inquiry = Inquiry.objects.create(
        member=member, agency=hit.agency, offense=Offense.WANTED, case_number="26-11873"
    )
    since = hit.captured_at - timedelta(days=1)
    hit.look_back = LookBack.objects.create(
        agency=hit.agency, entry=hit.entry, inquiry=inquiry, since=since, until=hit.captured_at
    )
    hit.save()
    return hit


def answers(hit: Hit, value: str = comparison.SAME, **other: str) -> dict[str, str]:
    """The same answer to every question of the hit, but for `other`."""
    asked = comparison.questions(hit, hit.agency.policy)
    return {question.name: value for question in asked} | other


class Server:
    """A real uvicorn process on the tests' database, for the tests of one module in turn.

    `contexts` are the browsers' sessions that a test opened.
    """

    def __init__(self, folder: Path) -> None:
        (folder / "static").mkdir()
        self.contexts: list[BrowserContext] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.log = (folder / "server.log").open("w+b")
        self.start()

    def start(self) -> None:
        """Start the process, at the same address each time, and wait until it answers."""
        command = [sys.executable, "-m", "uvicorn", "alpr.asgi:application", "--port", str(self.port)]
        command += ["--lifespan", "off", "--log-level", "warning", "--timeout-graceful-shutdown", "2"]
        self.process = subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | _environment(self.folder), stdout=self.log,
            stderr=self.log,
        )  # fmt: skip
        self._wait()

    def show(self, folder: Path) -> None:
        """Serve the pictures and documents of one test, which lie in `folder`."""
        for name in ("images", "documents"):
            (self.folder / name).unlink(missing_ok=True)
            (self.folder / name).symlink_to(folder / name)
        if self.process.poll() is not None:
            self.start()

    def rest(self) -> None:
        """Hear the last of a test's browsers, so that nothing of it meets the emptied tables."""
        while self.contexts:
            context = self.contexts.pop()
            if context.browser and context.browser.is_connected():
                context.close()
        until = time.monotonic() + 20
        while _others_at_work():
            assert time.monotonic() < until, "The server did not come to rest."
            time.sleep(0.02)

    def kill(self) -> None:
        """End this process as a crash would, and no other."""
        self.process.kill()
        self.process.wait(30)

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=5).close()
            except OSError:
                assert self.process.poll() is None, (self.log.seek(0), self.log.read())[1].decode()
                time.sleep(0.1)
            else:
                return
        raise AssertionError("The server did not answer within a minute.")

    def stop(self) -> None:
        """End this process and no other."""
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


def _environment(folder: Path) -> dict[str, str]:
    database = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    where = urlencode({name: database[key] for name, key in names.items() if database[key]})
    return {
        "DATABASE_URL": f"postgresql:///{database['NAME']}?{where}",
        "ALPR_DATA": str(folder),
        "ALPR_SECRET_KEY": settings.SECRET_KEY,
        "ALPR_SECOND_FACTOR_REQUIRED": "0",
        "ALPR_DEMONSTRATION": "1",
    }


def _others_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle')"
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture(scope="module")
def uvicorn(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of the module's tests."""
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture
def server(uvicorn: Server, transactional_db: Any, evidence: Path, tmp_path: Path) -> Iterator[Server]:
    """The console served by uvicorn, with the tests' database and the test's pictures."""
    uvicorn.show(tmp_path)
    yield uvicorn
    uvicorn.rest()


def session_of(member: Member) -> str:
    """The session cookie of a member who has signed in."""
    client = Client()
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value
