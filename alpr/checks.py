"""What is wrong with a deployment: `manage.py check --deploy` says it, by number.

The numbers last: they stand in docs/administration.md, and a check that goes leaves its number free.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


def secret_key(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E001: a key made up at the start ends every session and drops queued jobs with it."""
    if not settings.SECRET_KEY_IS_MADE_UP:
        return []
    return [
        Error(
            "The secret key was made up for this start.",
            hint="Set ALPR_SECRET_KEY, the same on every machine, and keep it.",
            id="alpr.E001",
        )
    ]


def second_factor(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E002: a second factor for everyone (CJIS IA-2), outside the demonstration."""
    if settings.SECOND_FACTOR_REQUIRED or settings.DEMONSTRATION:
        return []
    return [
        Error(
            "No second factor is asked for at sign-in (CJIS IA-2).",
            hint="Remove ALPR_SECOND_FACTOR_REQUIRED, or set it to 1.",
            id="alpr.E002",
        )
    ]


def demonstration(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E003: demonstration mode, whose sign-ins are printed, is no place for real data."""
    if not settings.DEMONSTRATION:
        return []
    return [
        Error(
            "Demonstration mode is on: its sign-ins are public and a second factor may be missing.",
            hint="Remove ALPR_DEMONSTRATION. Begin with an empty data folder.",
            id="alpr.E003",
        )
    ]


def debugging(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E004: error pages in debug mode show plates and settings to whoever meets them."""
    if not settings.DEBUG:
        return []
    return [Error("Debug mode is on.", hint="Remove ALPR_DEBUG.", id="alpr.E004")]


def https(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """W001: without HTTPS, passwords and plates travel in the clear (CJIS SC-8)."""
    if settings.HTTPS:
        return []
    return [
        Warning(
            "HTTPS is off: passwords, plates and images travel in the clear.",
            hint="Put a server that speaks TLS before this one and set ALPR_HTTPS and ALPR_TRUSTED_PROXIES.",
            id="alpr.W001",
        )
    ]


def data_folder(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E005: images and documents are open to the system user who runs the server, and to nobody else."""
    open_to_others = [
        folder
        for folder in (settings.DATA_DIR / "images", settings.DATA_DIR / "documents")
        if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077
    ]
    return [
        Error(
            f"Other users of this machine can open {folder}.",
            hint=f"chmod 700 {folder}",
            id="alpr.E005",
        )
        for folder in open_to_others
    ]


def register_all() -> None:
    """Register every check of this file for `check --deploy`."""
    for check in (secret_key, second_factor, demonstration, debugging, https, data_folder):
        register(check, Tags.security, deploy=True)
