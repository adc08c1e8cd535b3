"""Something that stands between a vehicle and the records server, and may change what passes."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Answer = tuple[int, bytes]
Change = Callable[[str, bytes, Callable[[], Answer]], Answer]


@contextmanager
def between(address: str, change: Change) -> Iterator[str]:
    """Stand there: `change(path, body, ask)` gives the answer; `ask()` is that of the server itself."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.pass_on()

        def do_POST(self) -> None:
            self.pass_on()

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))

            def ask() -> Answer:
                line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
                kept = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
                line.request(self.command, self.path, body or None, kept)
                answer = line.getresponse()
                return answer.status, answer.read()

            status, content = change(self.path, body, ask)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def changed(answer: Answer, **parts: Any) -> Answer:
    """The answer with other values in its receipt."""
    content = json.loads(answer[1])
    content["receipt"] |= parts
    return answer[0], json.dumps(content).encode()
