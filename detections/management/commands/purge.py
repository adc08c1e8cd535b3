"""Purges what is past its time and prints the certificate; the worker does the same every day.

With `--preview` it says what would go, and changes nothing.
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Agency
from alpr.templatetags.look import clock, day
from detections import due, retention
from detections.models import ParkingPurge, PurgeRun
from detections.parking.retention import Due
from trail import context


class Command(BaseCommand):
    """`manage.py purge [--agency NAME] [--preview]`. Run again after a break, it goes on where it stopped."""

    help = "Purge what is past its time under each agency's adopted policy, and print the certificates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The agency, where only one is meant, and whether anything goes."""
        parser.add_argument("--agency", default="", metavar="NAME", help="short name of one agency")
        parser.add_argument("--preview", action="store_true", help="say what would go, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge each agency; one without a policy is named and passed over."""
        for agency in self._agencies(options["agency"]):
            if agency.adopted is None:
                self.stdout.write(f"{agency} has adopted no policy: nothing was purged.")
                continue
            if options["preview"]:
                self.stdout.write(foretold(agency, due.preview(agency)))
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


def foretold(agency: Agency, preview: due.Preview) -> str:
    """What a purge would do now, as text."""
    lines = preview.lines
    said = [
        f"{agency}: what a purge would delete now under {preview.policy_version}",
        f"  {preview.authority}",
        f"  Detections captured before {_moment(lines.captured_before)}: "
        f"{preview.due} due, {preview.held} held",
        f"  Hits {_hits(lines.hits_before)}: {preview.hits_due} due, {preview.hits_held} held",
        f"  Pictures {_pictures(lines.pictures_before)}: {preview.pictures_due} due before their detections",
        f"  Photographs’ jobs: {preview.jobs_due} due",
        f"  Findings: {preview.findings_due} due with the detections they rest on",
        f"  Searches that lose their plate: {preview.searches_due}",
        *_parking_due(preview.parking),
        *_cases(preview.held_for),
        "  Nothing was changed.",
    ]
    return "\n".join(said)


def certificate(run: PurgeRun) -> str:
    """The certificate of one run as text."""
    days = ", ".join(day["day"] for day in run.days_dropped) or "none"
    lines = [
        f"{run.agency}: purge of {_moment(run.ran_at)} under {run.policy_version}",
        f"  {run.authority}",
        f"  Detections captured before {_moment(run.captured_before)}: "
        f"{run.due} due, {run.held} held, {run.rows_gone} deleted",
        f"  Days that went whole: {days}",
        f"  Hits {_hits(run.hits_before)}: {run.hits_due} due, {run.hits_held} held, {run.hits_gone} deleted",
        f"  Pictures {_pictures(run.pictures_before)}: {run.pictures_gone} taken from detections that stay",
        f"  Photographs’ jobs: {run.jobs_gone} deleted",
        f"  Findings: {run.findings_gone} deleted with the detections they rested on",
        f"  Pictures: {run.files_gone} deleted, {len(run.files_left)} could not be, {run.strays_gone} strays",
        f"  Searches and released holds that lost their plate: {run.plates_forgotten}",
        *_parking_gone(run),
        *_cases(run.held_for),
        f"  SHA-256 of the list: {run.list_sha256 or 'nothing went'}",
    ]
    return "\n".join(lines)


def _parking_due(parking: Due | None) -> list[str]:
    if parking is None:
        return []
    counts = parking.counts
    return [
        f"  Parking reads captured before {_moment(parking.reads_before)}: "
        f"{counts['reads']} due, {counts['reads_held']} held",
        f"  Parking hits {_hits(parking.hits_before)}: {counts['hits']} due, {counts['hits_held']} held",
    ]


def _parking_gone(run: PurgeRun) -> list[str]:
    parking = ParkingPurge.objects.filter(run=run).first()
    if parking is None:
        return []
    return [
        f"  Parking reads captured before {_moment(parking.reads_before)}: "
        f"{parking.reads_due} due, {parking.reads_held} held, {parking.reads_gone} deleted",
        f"  Parking hits captured before {_moment(parking.hits_before)}: "
        f"{parking.hits_due} due, {parking.hits_held} held, {parking.hits_gone} deleted",
    ]


def _hits(before: datetime | None) -> str:
    return f"captured before {_moment(before)}" if before else "kept indefinitely"


def _pictures(before: datetime | None) -> str:
    return f"captured before {_moment(before)}" if before else "kept as long as what they show"


def _cases(held_for: dict[str, dict[str, int]]) -> list[str]:
    return [
        f"  Held for case {case}: {kept['detections']} detections, {kept['hits']} hits"
        for case, kept in held_for.items()
    ]


def _moment(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{day(local)}, {clock(local)}"
