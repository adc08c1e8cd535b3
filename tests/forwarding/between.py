"""What may stand at a centre's address: it passes requests on, or answers as a broken line or server does."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Answer = tuple[int, dict[str, str], bytes]
Fault = Callable[["Handler", bytes], Answer | None]


class Handler(BaseHTTPRequestHandler):
    """One request: a fault of the list first, else the answer of the centre behind."""

    server: Any
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """How the source stands."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A batch."""
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def pass_on(self, body: bytes) -> Answer:
        """Ask the centre behind."""
        behind = urlsplit(self.server.behind)
        line = http.client.HTTPConnection(behind.hostname or "", behind.port, timeout=60)
        names = ("Authorization", "Content-Type")
        headers = {name: self.headers[name] for name in names if self.headers[name]}
        line.request(self.command, self.path, body or None, headers)
        answer = line.getresponse()
        found = answer.status, {"Content-Type": "application/json"}, answer.read()
        line.close()
        return found

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, body: bytes) -> None:
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        faults = self.server.faults if self.command == "POST" else self.server.faults_of_asking
        fault = faults.pop(0) if faults else None
        try:
            answer = (fault(self, body) if fault else None) or self.pass_on(body)
        except OSError:
            self.close_connection = True
            return
        status, headers, content = answer
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


class Between:
    """The server of `Handler`: `faults` are used up one a batch, `faults_of_asking` one a question."""

    def __init__(self) -> None:
        self.server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.behind, self.server.faults, self.server.faults_of_asking = "", [], []
        self.server.asked = []
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def before(self, behind: str, *faults: Fault, asking: tuple[Fault, ...] = ()) -> str:
        """Stand before a centre with these faults; gives the address."""
        self.server.behind = behind
        self.server.faults[:], self.server.faults_of_asking[:] = faults, asking
        return self.address

    @property
    def asked(self) -> list[tuple[str, str, dict[str, str], bytes]]:
        """Every request so far: method, path, headers, body."""
        return list(self.server.asked)

    def stop(self) -> None:
        """Close it."""
        self.server.shutdown()
        self.server.server_close()


def says(status: int, content: Any = None, **headers: str) -> Fault:
    """Answer with this instead of the centre."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, sent: (status, named, body)


def cut_before(handler: Handler, sent: bytes) -> Answer:
    """The line breaks before the centre has anything."""
    raise OSError


def cut_after(handler: Handler, sent: bytes) -> Answer:
    """The centre stores the batch, and the receipt is lost."""
    handler.pass_on(sent)
    raise OSError


def cut_short(handler: Handler, sent: bytes) -> Answer:
    """Half of the receipt comes."""
    status, headers, content = handler.pass_on(sent)
    return status, headers | {"Content-Length": str(len(content)), "Connection": "close"}, content[:20]


def another_receipt(**changed: Any) -> Fault:
    """The receipt comes changed."""

    def answer(handler: Handler, sent: bytes) -> Answer:
        status, headers, content = handler.pass_on(sent)
        told = json.loads(content)
        told["receipt"] |= changed
        return status, headers, json.dumps(told).encode()

    return answer


def at_another_time(seconds: float) -> Fault:
    """The centre's clock is another."""

    def answer(handler: Handler, sent: bytes) -> Answer:
        status, headers, content = handler.pass_on(sent)
        told = json.loads(content)
        moment = datetime.fromisoformat(told["time"]) + timedelta(seconds=seconds)
        return status, headers, json.dumps(told | {"time": moment.isoformat()}).encode()

    return answer
