"""The system as a newcomer starts it, with its database, web server and worker; and a browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from alpr import embedded, environment
from detections.demonstration import sign_ins

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
OUTSIDE = {"DATABASE_URL", "ALPR_SECRET_KEY", "ALPR_DEMONSTRATION"}


@pytest.fixture(scope="package")
def system() -> Iterator[str]:
    """The running demonstration; gives its address."""
    data = environment.REPOSITORY / "data" / f"browser-{os.getpid()}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    log = environment.REPOSITORY / "data" / f"browser-{os.getpid()}.log"
    log.parent.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--demo", "--port", str(port)],
        cwd=environment.REPOSITORY,
        env={**variables, "ALPR_DATA": str(data), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=log.open("w"),
        stderr=subprocess.STDOUT,
    )
    try:
        _await_announcement(process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        _stop(process, data)
        shutil.rmtree(data, ignore_errors=True)
        log.unlink()


def _await_announcement(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300
    while "Ctrl-C stops it" not in log.read_text():
        assert process.poll() is None, f"The system did not start:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"The system did not start in time:\n{log.read_text()}"
        time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes], data: Path) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    embedded.stop(data)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, not for the whole run: its loop keeps other tests from the database."""
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing. As root: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield started
        started.close()


SignIn = Callable[[str], Page]


@pytest.fixture
def sign_in(browser: Browser, system: str) -> Iterator[SignIn]:
    """Signs a person of the demonstration in, each in a browser of their own, and gives the page."""
    opened: list[BrowserContext] = []
    passwords = {name: password for name, password, _ in sign_ins()}

    def enter(name: str) -> Page:
        size = {"width": 1366, "height": 768}
        context = browser.new_context(viewport=size, reduced_motion="reduce")
        context.set_default_timeout(20_000)
        opened.append(context)
        page = context.new_page()
        page.goto(f"{system}/accounts/login/")
        acknowledge = page.get_by_role("button", name="I have read this")
        if acknowledge.count():
            acknowledge.click()
        page.get_by_label("Sign-in name").fill(name)
        page.get_by_role("textbox", name="Password").fill(passwords[name])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda address: "/accounts/" not in address)
        return page

    yield enter
    for context in opened:
        context.close()
