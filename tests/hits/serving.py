"""A real web server for the tests of pages, on the tests' database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext

from accounts.models import Member

REPOSITORY = Path(__file__).resolve().parents[2]


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
