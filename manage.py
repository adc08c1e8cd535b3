#!/usr/bin/env python
"""Runs the management commands; starts or joins the embedded PostgreSQL unless DATABASE_URL is set."""

import os
import signal
import sys
from types import FrameType

from alpr import embedded, environment

WITHOUT_DATABASE = {"help", "--help", "-h", "version", "--version"}


def main() -> None:
    """Run one management command from the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alpr.settings")
    from django.core.management import execute_from_command_line

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    # `up` starts the database itself, after it has made sure of the port and of the data folder.
    if command not in WITHOUT_DATABASE | {"up"} and not environment.text("DATABASE_URL", ""):
        use_embedded_database()
    execute_from_command_line(sys.argv)


def use_embedded_database() -> None:
    """Start or join the embedded PostgreSQL, with its kept secret key, and leave it also at a SIGTERM."""
    data = environment.data_folder()
    signal.signal(signal.SIGTERM, end)
    try:
        embedded.ensure_running(data)
    except embedded.EmbeddedDatabaseError as error:
        sys.exit(str(error))
    os.environ.setdefault("ALPR_SECRET_KEY", environment.kept_secret(data))


def end(number: int, frame: FrameType | None) -> None:
    """End as the signal would, but with what is registered for the end of the process done first."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
