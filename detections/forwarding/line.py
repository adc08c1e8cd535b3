"""The line to the centre: one request, one answer, within bounds. No redirect is followed, no proxy used."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

API = "/api/v1/forwarded/"
STANDING = "standing/"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
LARGEST_ANSWER = 4 * 1024 * 1024
TIMEOUT = 20
DEADLINE = 30
LONGEST_WAIT = 3600
LONGEST_WORDS = 200


class Unreachable(Exception):
    """The centre gave no answer that can be used. `wait` is how long it asked to be left alone, in s."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True)
class Answer:
    """The status of an answer and its object."""

    status: int
    content: dict[str, Any]

    @property
    def words(self) -> str:
        """The sentence of an error, cut short: it is the centre's, and goes on a page."""
        error = self.content.get("error")
        said = error.get("message") if isinstance(error, dict) else ""
        return " ".join(said.split())[:LONGEST_WORDS] if isinstance(said, str) else ""

    @property
    def is_error(self) -> bool:
        """Whether it is an error as the records server gives them."""
        return isinstance(self.content.get("error"), dict)


def check(address: str) -> str:
    """An address as it is kept, or ValidationError where keys and reads would go in the clear or nowhere."""
    address = address.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        valid = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid or parts.scheme not in ("http", "https") or len(address) > 200 or not address.isascii():
        raise ValidationError({"address": "Give the address as https://centre.example.gov."})
    if (
        parts.username
        or parts.password
        or parts.query
        or parts.fragment
        or " " in address
        or not address.isprintable()
    ):
        raise ValidationError({"address": "The address holds no name, no key and no question."})
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValidationError(
            {"address": "Use https: over http the key and the reads would go in the clear."}
        )
    return address


def ask(address: str, secret: str, *, body: bytes = b"", kind: str = "application/json") -> Answer:
    """Send a body with POST, or ask without one how we stand. Raises `Unreachable`, which names no data."""
    parts = urlsplit(address)
    tls = ssl.create_default_context() if parts.scheme == "https" else None
    assert parts.hostname is not None
    line: http.client.HTTPConnection
    if tls is None:
        line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)
    else:
        line = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT, context=tls)
    headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
    if body:
        headers["Content-Type"] = kind
    path = parts.path.rstrip("/") + API + ("" if body else STANDING)
    try:
        line.request("POST" if body else "GET", path, body or None, headers)
        answer = line.getresponse()
        raw = _read(answer)
    except ssl.SSLCertVerificationError:
        raise Unreachable("The centre’s certificate cannot be trusted.") from None
    except TimeoutError:
        raise Unreachable("The centre does not answer in time.") from None
    except (OSError, http.client.HTTPException) as lost:
        raise Unreachable(f"The centre cannot be reached ({type(lost).__name__}).") from None
    finally:
        line.close()
    return _answered(answer, raw)


def _read(answer: http.client.HTTPResponse) -> bytes:
    """The whole answer, within a deadline and a size: a slow line may not hold the worker."""
    raw, stop_at = b"", time.monotonic() + DEADLINE
    while part := answer.read1(65536):
        raw += part
        if len(raw) > LARGEST_ANSWER:
            raise Unreachable("The centre’s answer is too large.")
        if time.monotonic() > stop_at:
            raise TimeoutError
    if answer.length:
        raise http.client.IncompleteRead(raw)
    return raw


def _answered(answer: http.client.HTTPResponse, raw: bytes) -> Answer:
    if 300 <= answer.status < 400:
        raise Unreachable("The address leads elsewhere, which is not followed: correct the address.")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        content = None
    if answer.status in (408, 425, 429) or answer.status >= 500:
        wait = _wait(answer.getheader("Retry-After", ""))
        raise Unreachable(f"The centre asks to be tried later (status {answer.status}).", wait)
    if not isinstance(content, dict):
        raise Unreachable(f"The answer {answer.status} is not that of a records server.")
    return Answer(answer.status, content)


def _wait(text: str) -> float | None:
    """Seconds to wait, as a number or until a date."""
    if text.strip().isdecimal():
        return min(float(LONGEST_WAIT), float(text))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(float(LONGEST_WAIT), max(0.0, (until - datetime.now(UTC)).total_seconds()))
