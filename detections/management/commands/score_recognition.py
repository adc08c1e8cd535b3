"""Scores an engine on a folder of pictures whose plates are known."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from detections.recognition import ENGINES, ReaderUnavailable, get_reader
from detections.recognition.score import NoTruth, Result, Score, results, score, truths, write_csv


class Command(BaseCommand):
    """`manage.py score_recognition DIR [--engine NAME] [--csv FILE] [--limit N]`."""

    help = "Read a folder of pictures whose plates are known, and say how many were read right."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, the engine, where to write one line per picture, and how many pictures to take."""
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--engine", choices=ENGINES, default=None)
        parser.add_argument("--csv", type=Path, metavar="FILE", default=None)
        parser.add_argument("--limit", type=int, metavar="N", default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Score and print; a folder without truth or an engine that cannot run ends with its sentence."""
        limit = options["limit"]
        if limit is not None and limit < 1:
            raise CommandError("--limit takes a whole number from 1.")
        try:
            known = truths(options["folder"])[:limit]
            reader = get_reader(options["engine"])
            console = Console(stderr=True)
            reading = results(reader, known)
            outcome = list(track(reading, description="Reading", total=len(known), console=console))
            self._print(score(outcome), engine=f"{reader.name} {reader.version}")
        except (NoTruth, ReaderUnavailable) as error:
            raise CommandError(str(error)) from error
        if options["csv"]:
            self._write(options["csv"], outcome)

    def _print(self, total: Score, *, engine: str) -> None:
        found = "not known, the folder has no boxes"
        if total.found is not None:
            found = f"{total.found:.1%} (centre of the first read inside the plate's box)"
        self.stdout.write(
            f"engine                 {engine}\n"
            f"pictures               {total.pictures}\n"
            f"exact                  {total.exact:.1%}\n"
            f"exact, O and 0 alike   {total.exact_but_for_o:.1%}\n"
            f"plate found            {found}\n"
            f"time an image          median {total.median_ms:.0f} ms, p95 {total.p95_ms:.0f} ms\n"
            f"processor time         median {total.median_processor_ms:.0f} ms, "
            f"p95 {total.p95_processor_ms:.0f} ms"
        )

    def _write(self, path: Path, outcome: list[Result]) -> None:
        try:
            with path.open("w", newline="", encoding="utf-8") as file:
                write_csv(outcome, file)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"one line per picture in {path}")
