"""Who is acting now, in which request and from where: one context variable, set at each boundary."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from trail.actors import Actor


@dataclass(frozen=True)
class Act:
    """The circumstances of what happens now."""

    actor: Actor | None = None
    request_id: str = ""
    address: str | None = None


NOBODY = Act()
_act: ContextVar[Act] = ContextVar("act")


def current() -> Act:
    """The circumstances in force; an empty `Act` outside any boundary."""
    return _act.get(NOBODY)


@contextmanager
def acting(actor: Actor | None, **circumstances: Any) -> Iterator[None]:
    """Everything recorded within carries `actor`, and the `request_id` and `address` where given."""
    token = _act.set(replace(current(), actor=actor, **circumstances))
    try:
        yield
    finally:
        _act.reset(token)


def become(actor: Actor) -> None:
    """Set the actor for the rest of the request: for a token that is read after the request began."""
    _act.set(replace(current(), actor=actor))


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
