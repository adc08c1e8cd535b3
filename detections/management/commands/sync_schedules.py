"""Makes the worker's schedules agree with the table; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from detections import schedules


class Command(BaseCommand):
    """`manage.py sync_schedules`."""

    help = "Make the worker's schedules agree with detections/schedules.py."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sync and say how many there are."""
        schedules.sync()
        self.stdout.write(f"{len(schedules.TABLE)} schedules stand.")
