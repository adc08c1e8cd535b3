"""Sends a folder of reads and pictures to a records server: the client of vehicles, run from here."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand

from detections.transfer import transfer


class Command(BaseCommand):
    """`manage.py transfer DIR --server URL`. The very same as detections/transfer/transfer.py alone."""

    help = "Send the reads and pictures of a folder to a records server. See docs/vehicles.md."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Those of the client."""
        transfer.arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Transfer, and end with the client's exit code."""
        code = transfer.transfer(Namespace(**options), self.stdout.write)
        if code:
            sys.exit(code)
