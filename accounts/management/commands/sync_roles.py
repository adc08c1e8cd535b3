"""Makes the roles of every agency agree with the declared table; safe to repeat, run after every update."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.grants import sync_agency
from accounts.models import Agency
from trail import context
from trail.actors import System


class Command(BaseCommand):
    """`manage.py sync_roles`."""

    help = "Make groups, grants and memberships agree with the declared table of roles."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sync every agency and say what changed."""
        for agency in Agency.objects.all():
            with context.acting(System("Roles", agency)):
                changed = sync_agency(agency)
            said = f"{changed} grants changed" if changed else "as declared"
            self.stdout.write(f"Roles of {agency}: {said}.")
