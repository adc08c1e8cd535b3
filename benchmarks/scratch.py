"""A database of its own for one run: made beside the others, dropped after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

NAME = "alpr_bench"


@contextmanager
def database() -> Iterator[None]:
    """Everything within runs in an empty, migrated database that is gone afterwards."""
    default = settings.DATABASES["default"]["NAME"]
    _administer(f"DROP DATABASE IF EXISTS {NAME}", f"CREATE DATABASE {NAME}")
    _use(NAME)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connections.close_all()
        _use(default)
        _administer(f"DROP DATABASE IF EXISTS {NAME}")


@contextmanager
def kept() -> Iterator[None]:
    """Everything within runs in the migrated database of the data folder, which stays."""
    call_command("migrate", verbosity=0)
    yield


def join() -> None:
    """Let this process work in the database that another made."""
    _use(NAME)


def _administer(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def version() -> str:
    """Of the server that is measured."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])
