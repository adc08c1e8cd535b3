"""The running system reaches for nothing outside its machine: not the web server, not the worker.

The kernel reports every address that the processes connect or send to, while people sign in, look at pages,
a photograph is read and a list is refreshed.
"""

from __future__ import annotations

import html
import http.cookiejar
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alpr import environment
from detections.demonstration import sign_ins
from tests.platform.conftest import Installation
from tests.platform.test_up import PATIENCE_S, read_until

OUTSIDE = {
    "a connection": "socket.socket().connect(('192.0.2.1', 443))",
    "a connection over IPv6": "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 443))",
    "a packet": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "a message": "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 53))",
    "any address": "socket.socket().connect(('0.0.0.0', 443))",
}
INSIDE = {
    "the loopback": "socket.socket().connect_ex(('127.0.0.1', 9))",
    "the loopback over IPv6": "socket.socket(socket.AF_INET6).connect_ex(('::1', 9))",
    "a socket of the machine": "socket.socket(socket.AF_UNIX).connect_ex('/nowhere')",
    "a packet": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
}


def watched(log: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a child of a child, watched."""
    inner = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {code!r}]))"
    command = [sys.executable, "-m", "tests.platform.watching", str(log), sys.executable, "-c", inner]
    return subprocess.run(
        command, cwd=environment.REPOSITORY, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


@pytest.mark.parametrize("reach", OUTSIDE.values(), ids=OUTSIDE)
def test_who_reaches_outside_is_seen_and_refused(reach: str, tmp_path: Path) -> None:
    ended = watched(tmp_path / "log", f"import socket; {reach}; print('out')")
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    assert "Operation not permitted" in ended.stderr
    assert [line.split()[0] for line in (tmp_path / "log").read_text().splitlines()] == ["outside"]


@pytest.mark.parametrize("reach", INSIDE.values(), ids=INSIDE)
def test_what_stays_within_the_machine_goes_on(reach: str, tmp_path: Path) -> None:
    ended = watched(tmp_path / "log", f"import socket; {reach}; print('in')")
    assert (ended.returncode, ended.stdout.strip()) == (0, "in"), ended.stderr
    assert [line.split()[0] for line in (tmp_path / "log").read_text().splitlines()] == ["inside"]


class Person:
    """Somebody of the demonstration, signed in, with a browser's cookies and no scripts."""

    def __init__(self, address: str, name: str) -> None:
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        page = self.open("/accounts/login/")
        if 'name="login"' not in page:
            page = self.send(page, {})
        passwords = {who: password for who, password, _ in sign_ins()}
        self.send(page, {"login": name, "password": passwords[name]})

    def open(self, path: str) -> str:
        """The page at an address."""
        with self.browser.open(self.address + path, timeout=PATIENCE_S) as answer:
            self.at = answer.url
            return str(answer.read().decode())

    def send(self, page: str, values: dict[str, str], *, to: str = "", file: str = "") -> str:
        """What a form of the page that was opened last answers: the first, or the one that leads `to`."""
        forms = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', _main(page), re.DOTALL)
        form = next(form for form in forms if to in form.split(">")[0])
        hidden = re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
        action = re.search(r'action="([^"]*)"', form.split(">")[0])
        target = urllib.parse.urljoin(self.at, html.unescape(action[1]) if action and action[1] else "")
        data, kind = _body({**dict(hidden), **values}, file)
        asked = urllib.request.Request(target, data, {"Referer": self.at, "Content-Type": kind})
        with self.browser.open(asked, timeout=PATIENCE_S) as answer:
            self.at = answer.url
            return str(answer.read().decode())


def _body(values: dict[str, str], file: str) -> tuple[bytes, str]:
    if not file:
        return urllib.parse.urlencode(values).encode(), "application/x-www-form-urlencoded"
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in values.items()
    ]
    parts.append(
        'Content-Disposition: form-data; name="file"; filename="list.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{file}"
    )
    body = "".join(f"--part\r\n{part}\r\n" for part in parts) + "--part--\r\n"
    return body.encode(), "multipart/form-data; boundary=part"


def _main(page: str) -> str:
    return page[page.index("<main") :]


@pytest.fixture
def system(installation: Installation, port: int, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The demonstration under watch: its address, and the file of what it reached for."""
    log = tmp_path / "reached"
    up = ("manage.py", "up", "--demo", "--port", str(port))
    process = installation.start("-m", "tests.platform.watching", str(log), sys.executable, *up)
    read_until(process, "Ctrl-C stops it.")
    yield f"http://127.0.0.1:{port}", log
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_S)


def eventually(look: Callable[[], str], words: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while words not in (page := look()):
        assert time.monotonic() < deadline, page
        time.sleep(0.3)


def _refresh_a_list(admin: Person) -> None:
    """Give a file by hand, and confirm it once the worker has read it."""
    alerts = re.search(r'href="(/hot-lists/\d+/)"[^>]*>\s*Amber alerts', admin.open("/hot-lists/"))
    assert alerts is not None
    page = admin.open(f"{alerts[1]}load/")
    admin.send(page, {}, file="plate,state,reason\n7RZC935,CA,Child abduction\n7RZC936,CA,Child abduction\n")
    report = urllib.parse.urlsplit(admin.at).path
    eventually(lambda: admin.open(report), f'action="{report}confirm/"')
    admin.send(admin.open(report), {}, to="confirm/")
    eventually(lambda: _main(admin.open(alerts[1])), "2 entries in use")


def test_the_system_reaches_for_nothing_outside_its_machine(system: tuple[str, Path]) -> None:
    address, log = system
    operator, admin = Person(address, "operator"), Person(address, "admin")
    for path in ("/console/", "/hot-plates/", "/photographs/", "/my-record/", "/static/css/tokens.css"):
        operator.open(path)
    for path in ("/admin/", "/quality/", "/hot-lists/", "/admin/accounts/member/"):
        admin.open(path)
    photograph = re.search(r'href="(/photographs/\d+/)"', operator.open("/photographs/"))
    assert photograph is not None
    eventually(lambda: operator.open(photograph[1]), "7NHD082")
    _refresh_a_list(admin)
    reached = log.read_text().splitlines()
    assert [line for line in reached if not line.startswith("inside ")] == []
    assert any(line.startswith("inside unix") for line in reached)
