"""Who is acting now, in which request and from where: one context variable, set at each boundary."""

from __future__ import annotations

import ipaddress
import time
import uuid
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest

from trail.actors import Actor

REMEMBERED_SECONDS = 2.0
Found = TypeVar("Found")


@dataclass(frozen=True)
class Act:
    """The circumstances of what happens now; `found` is what one request or job need not ask again."""

    actor: Actor | None = None
    request_id: str = ""
    address: str | None = None
    found: dict[Hashable, tuple[float, Any]] | None = field(default=None, compare=False, repr=False)


NOBODY = Act()
_act: ContextVar[Act] = ContextVar("act")


def current() -> Act:
    """The circumstances in force; an empty `Act` outside any boundary."""
    return _act.get(NOBODY)


@contextmanager
def acting(actor: Actor | None, **circumstances: Any) -> Iterator[None]:
    """Everything recorded within carries `actor`, and the `request_id` and `address` where given.

    With a `request_id` begins a request or job, which remembers what it found (`remembered`).
    """
    if "request_id" in circumstances:
        circumstances["found"] = {}
    token = _act.set(replace(current(), actor=actor, **circumstances))
    try:
        yield
    finally:
        _act.reset(token)


def become(actor: Actor) -> None:
    """Set the actor for the rest of the request: for a token that is read after the request began."""
    _act.set(replace(current(), actor=actor))


def remembered(key: Hashable, find: Callable[[], Found | None]) -> Found | None:
    """What `find` gives, asked once in a request or job, and anew after `REMEMBERED_SECONDS`.

    For what every part of a page asks and nothing but a person changes. Outside a request or job it is asked
    each time, and so is what was not found.
    """
    found, now = current().found, time.monotonic()
    if found is None:
        return find()
    until, answer = cast("tuple[float, Found | None]", found.get(key, (now, None)))
    if until <= now:
        answer = find()
        if answer is not None:
            found[key] = now + REMEMBERED_SECONDS, answer
    return answer


def forget(key: Hashable) -> None:
    """Ask anew from now on in this request or job: for whoever changed it."""
    if (found := current().found) is not None:
        found.pop(key, None)


def new_request_id() -> str:
    """A fresh identifier, written on every event of one request or job."""
    return uuid.uuid4().hex


def client_address(request: HttpRequest) -> str | None:
    """The address that a request came from.

    A forwarded header counts only when the connection itself comes from a proxy named in
    `TRUSTED_PROXIES` (addresses or networks); then the last address that is no such proxy is taken.
    A malformed header is passed over. Returns None where no address is known (a Unix socket).
    """
    direct = _address(request.META.get("REMOTE_ADDR", ""))
    if direct is None or not _trusted(direct):
        return direct
    for part in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        hop = _address(part)
        if hop is None:
            break
        if not _trusted(hop):
            return hop
    return direct


def _address(text: str) -> str | None:
    """The address in its shortest form, without a zone; an IPv4 address inside an IPv6 one as itself."""
    try:
        found = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)


def _trusted(address: str) -> bool:
    return in_networks(address, settings.TRUSTED_PROXIES)


def in_networks(address: str, networks: list[str]) -> bool:
    """Whether `address` lies in one of `networks` (addresses or CIDR networks)."""
    found = ipaddress.ip_address(address)
    return any(found in ipaddress.ip_network(network, strict=False) for network in networks)
