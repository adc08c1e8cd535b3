"""Gives every picture of a folder to be read for one camera, and reads them here with a progress bar."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from detections.models import Camera, ImageJob
from detections.reading import read_waiting
from detections.recognition import ReaderUnavailable
from detections.services_images import image_give
from trail.actors import System

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


class Command(BaseCommand):
    """`manage.py read_images DIR --camera CODE [--agency NAME]`. Run again, it goes on where it stopped."""

    help = "Read every picture of a folder, for one camera."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, the camera, and the agency where several have a camera of that code."""
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--camera", required=True, metavar="CODE")
        parser.add_argument("--agency", default="", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read them; a picture that cannot be read is named with its reason and the rest go on."""
        camera = self._camera(options["camera"], options["agency"])
        pictures = self._pictures(options["folder"])
        counts: Counter[str] = Counter()
        console = Console(stderr=True)
        for path in track(pictures, description="Reading", console=console):
            counts[self._read(path, camera)] += 1
        summary = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        self.stdout.write(f"{len(pictures)} pictures: {summary}.")

    def _camera(self, code: str, agency: str) -> Camera:
        found = Camera.objects.filter(code=code, is_active=True)
        if agency:
            found = found.filter(agency__short_name=agency)
        if found.count() != 1:
            problem = "No active camera has" if not found else "Several agencies have a camera with"
            raise CommandError(f"{problem} the code {code}.")
        return found.get()

    def _pictures(self, folder: Path) -> list[Path]:
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        pictures = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        if not pictures:
            raise CommandError(f"{folder} holds no JPEG, PNG or WebP pictures.")
        return pictures

    def _read(self, path: Path, camera: Camera) -> str:
        captured_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        actor = System("Reading of a folder", camera.agency)
        try:
            job = image_give(actor=actor, camera=camera, data=path.read_bytes(), captured_at=captured_at)
            read_waiting(job.pk)
        except (ValidationError, OSError) as problem:
            reason = "; ".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)
            self.stderr.write(f"{path.name}: {reason}")
            return "refused"
        except ReaderUnavailable as unavailable:
            raise CommandError(str(unavailable)) from unavailable
        job.refresh_from_db()
        return ImageJob.State(job.state).label.lower()
