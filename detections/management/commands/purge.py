"""Purges what is past its time and prints the certificate; the worker does the same every day."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Agency
from alpr.templatetags.look import clock, day
from detections import retention
from detections.models import PurgeRun
from trail import context


class Command(BaseCommand):
    """`manage.py purge [--agency NAME]`. Run again after a break, it goes on where it stopped."""

    help = "Purge what is past its time under each agency's adopted policy, and print the certificates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The agency, where only one is meant."""
        parser.add_argument("--agency", default="", metavar="NAME", help="short name of one agency")

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge each agency; one without a policy is named and passed over."""
        for agency in self._agencies(options["agency"]):
            if agency.adopted is None:
                self.stdout.write(f"{agency} has adopted no policy: nothing was purged.")
                continue
            try:
                with context.acting(None, request_id=context.new_request_id()):
                    run = retention.purge(agency)
            except retention.PurgeRunning as running:
                raise CommandError(str(running)) from running
            self.stdout.write(certificate(run))

    def _agencies(self, name: str) -> list[Agency]:
        agencies = Agency.objects.filter(short_name=name) if name else Agency.objects.all()
        if not (found := list(agencies)):
            raise CommandError(f"No agency is called {name}." if name else "There is no agency yet.")
        return found


def certificate(run: PurgeRun) -> str:
    """The certificate of one run as text."""
    hits = f"captured before {_moment(run.hits_before)}" if run.hits_before else "kept indefinitely"
    lines = [
        f"{run.agency}: purge of {_moment(run.ran_at)} under {run.policy_version}",
        f"  Detections captured before {_moment(run.captured_before)}: "
        f"{run.due} due, {run.held} held, {run.rows_gone} deleted",
        f"  Hits {hits}: {run.hits_due} due, {run.hits_held} held, {run.hits_gone} deleted",
        f"  Photographs’ jobs: {run.jobs_gone} deleted",
        f"  Pictures: {run.files_gone} deleted, {len(run.files_left)} could not be",
    ]
    return "\n".join(lines)


def _moment(moment: Any) -> str:
    local = timezone.localtime(moment)
    return f"{day(local)}, {clock(local)}"
