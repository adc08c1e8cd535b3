#!/usr/bin/env python
"""Runs the management commands; starts or joins the embedded PostgreSQL unless DATABASE_URL is set."""

import os
import signal
import sys
from types import FrameType

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from alpr import embedded, environment

WITHOUT_DATABASE = {
    "help", "--help", "-h", "version", "--version", "transfer", "frigate_bridge", "verify_evidence",
}  # fmt: skip


def main() -> None:
    """Run one management command; what is wrong with the installation ends it with one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alpr.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command == "up":
            # It starts the database itself, after it has made sure of the port and of the data folder.
            use_kept_secret()
        elif command not in WITHOUT_DATABASE and not environment.text("DATABASE_URL", ""):
            signal.signal(signal.SIGTERM, end)
            embedded.ensure_running(environment.data_folder())
            use_kept_secret()
        execute_from_command_line(sys.argv)
    except (embedded.EmbeddedDatabaseError, ImproperlyConfigured) as error:
        sys.exit(str(error))


def use_kept_secret() -> None:
    """Take the secret key of the data folder where the environment gives none."""
    if not environment.text("ALPR_SECRET_KEY", ""):
        os.environ["ALPR_SECRET_KEY"] = environment.kept_secret(environment.data_folder())


def end(number: int, frame: FrameType | None) -> None:
    """End as the signal would, but with what is registered for the end of the process done first."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
