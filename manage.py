#!/usr/bin/env python
"""Runs the management commands; starts or joins the embedded PostgreSQL unless DATABASE_URL is set."""

import os
import sys


def main() -> None:
    """Run one management command from the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alpr.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
