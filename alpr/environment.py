"""Strict readers of environment variables: a wrong value stops the start with one sentence that names it.

An empty variable counts as one that is not set, so that `NAME= make run` means the default.
"""

import contextlib
import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}
REPOSITORY = Path(__file__).resolve().parent.parent


def text(name: str, default: str | None = None) -> str:
    """Return the variable without surrounding space; with no default it must be set."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} must be set.")
    return default


def flag(name: str, default: bool) -> bool:
    """Return true for 1, true, yes, on and false for 0, false, no, off, in any case."""
    value = text(name, "").lower()
    if not value:
        return default
    if value not in YES | NO:
        raise ImproperlyConfigured(
            f"{name} must be one of 1, true, yes, on, 0, false, no, off; it is {value!r}."
        )
    return value in YES


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number of at least `minimum`, written in plain digits."""
    value = text(name, "")
    if not value:
        return default
    if not re.fullmatch(r"-?[0-9]{1,18}", value) or int(value) < minimum:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {minimum}; it is {value!r}.")
    return int(value)


def csv(name: str, default: str = "") -> list[str]:
    """Return the values between commas, without surrounding space; empty ones are left out."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for `postgresql://user:password@host:port/name?option=value`.

    The host may be left out for a local socket; `?host=/folder` names the socket's folder. Other options go
    to libpq as they are; unless they say otherwise, an attempt to connect takes 10 s at most. Raises
    ImproperlyConfigured without the address, which may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("DATABASE_URL is not an address that can be read.") from error
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql://; no other database is supported."
        )
    options = {"connect_timeout": "10", **dict(parse_qsl(parts.query, keep_blank_values=True))}
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured(
            "DATABASE_URL must name a database after the host: postgresql://host/name."
        )
    return {
        "ENGINE": "alpr.database",
        "NAME": name,
        "USER": options.pop("user", unquote(parts.username or "")),
        "PASSWORD": options.pop("password", unquote(parts.password or "")),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(port or "")),
        "OPTIONS": options,
    }


def data_folder() -> Path:
    """Return the folder of the embedded database, the images and the sockets: ALPR_DATA, or `data` here."""
    return Path(text("ALPR_DATA", str(REPOSITORY / "data"))).resolve()


def passing_secret() -> str:
    """Return a new secret key that nothing keeps: sessions and queued jobs signed with it end with it."""
    return secrets.token_urlsafe(50)


def kept_secret(data: Path) -> str:
    """Return the secret key kept in the data folder, readable by its owner alone; the first call makes it."""
    file = data / "secret-key"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            _keep_new_secret(file)
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {data} cannot be used ({error.strerror}): run as the system user that it "
            "belongs to, or set ALPR_DATA to a folder of your own."
        ) from error


def _keep_new_secret(file: Path) -> None:
    """Put a new key in place whole; where two processes come at once the first one's key stands."""
    draft = file.with_name(f".secret-key.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as target:
        target.write(passing_secret())
    with contextlib.suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
