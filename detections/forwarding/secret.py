"""The key that the centre issued: in the environment or in a file of its own, never in the database.

Where `ALPR_FORWARDING_KEY_<number>` is set it holds the key of that forwarding; else it lies in
`forwarding/<number>.key` of the data folder, readable by its owner alone.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from alpr import environment
from detections.models import Forwarding

LONGEST = 200


class NoSecret(Exception):
    """The key cannot be used; the message says why and what to do."""


def of(forwarding: Forwarding) -> str:
    """The key. Raises `NoSecret` where there is none, or where others may read it."""
    if given := environment.text(_variable(forwarding), ""):
        return _plain(given)
    file = _file(forwarding)
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise NoSecret("Others may read the file of the centre’s key: ask for a new key, and close it.")
        return _plain(file.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise NoSecret("The centre’s key is not entered here.") from None
    except (OSError, UnicodeDecodeError):
        raise NoSecret("The file of the centre’s key cannot be read.") from None


def is_there(forwarding: Forwarding) -> bool:
    """Whether a key stands that can be used."""
    try:
        return bool(of(forwarding))
    except NoSecret:
        return False


def by_environment(forwarding: Forwarding) -> bool:
    """Whether the environment holds the key, which then stands before any that is entered."""
    return bool(environment.text(_variable(forwarding), ""))


def checked(secret: str) -> str:
    """A key as a person entered it, without space around it. Raises ValidationError for none."""
    secret = secret.strip()
    if not secret or len(secret) > LONGEST or not secret.isascii() or not secret.isprintable():
        raise ValidationError({"secret": "This is no key: enter it as the centre shows it."})
    return secret


def keep(forwarding: Forwarding, secret: str) -> None:
    """Put the key in its file, whole, in place of one before."""
    file = _file(forwarding)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
            target.write(checked(secret))
            target.flush()
            os.fsync(target.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def forget(forwarding: Forwarding) -> None:
    """Delete the file of the key."""
    _file(forwarding).unlink(missing_ok=True)


def _plain(secret: str) -> str:
    if not secret.isascii() or not secret.isprintable() or not secret:
        raise NoSecret("The centre’s key cannot be read.")
    return secret


def _variable(forwarding: Forwarding) -> str:
    return f"ALPR_FORWARDING_KEY_{forwarding.pk}"


def _file(forwarding: Forwarding) -> Path:
    return Path(settings.DATA_DIR) / "forwarding" / f"{forwarding.pk}.key"
