"""Loads the demonstration department, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from detections.demonstration import department


class Command(BaseCommand):
    """`manage.py demo`, allowed only where ALPR_DEMONSTRATION is set."""

    help = "Load the demonstration department: invented people, plates and pictures."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or say that it stands."""
        if not settings.DEMONSTRATION:
            raise CommandError(
                "Set ALPR_DEMONSTRATION=1: the demonstration is never loaded into a real system."
            )
        try:
            made = department.make()
        except department.NotEmpty as taken:
            raise CommandError(str(taken)) from taken
        self.stdout.write("The demonstration department is ready." if made else "It stands already.")
