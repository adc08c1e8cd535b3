"""The system itself as a process that is measured, and members who have signed in to it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Member

SECONDS_TO_WAIT = 60
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@contextlib.contextmanager
def server() -> Iterator[int]:
    """The system itself, on the database at hand; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "alpr.asgi:application", "--port", str(port)]
    command += ["--lifespan", "off", "--log-level", "warning", "--timeout-graceful-shutdown", "2"]
    command += ["--timeout-keep-alive", "120"]
    with running(command, os.environ | environment()):
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port


def environment() -> dict[str, str]:
    """What lets another process work on the database at hand."""
    database = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    where = urlencode({name: database[key] for name, key in names.items() if database[key]})
    return {
        "DATABASE_URL": f"postgresql:///{database['NAME']}?{where}",
        "ALPR_DATA": str(settings.DATA_DIR),
        "ALPR_SECRET_KEY": settings.SECRET_KEY,
        "ALPR_SECOND_FACTOR_REQUIRED": "0",
        "ALPR_DEMONSTRATION": "1",
    }


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """A process that runs within."""
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str) -> None:
    """Wait until a page answers at `address`; OSError where it does not within `SECONDS_TO_WAIT`."""
    until = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def session(member: Member) -> str:
    """The cookie of a member who has signed in."""
    browser = Client()
    browser.force_login(member, backend=BACKEND)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value
