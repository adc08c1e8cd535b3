"""Says of an evidence package whether it is whole and who signed it. It needs no database."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from detections.evidence import verifying
from detections.evidence.verifying import Verdict

SHOWN = 50


class Command(BaseCommand):
    """`manage.py verify_evidence PATH [--key FINGERPRINT]`. Ends with 0 where all holds, else with 1."""

    help = "Check an evidence package (the .zip, or the folder it was unpacked to) against its signature."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The package, and the key that one trusts."""
        parser.add_argument("path", metavar="PATH", type=Path, help="the .zip, or the unpacked folder")
        parser.add_argument(
            "--key", default="", metavar="FINGERPRINT", help="the fingerprint that the agency itself gave"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found."""
        trusted = re.sub(r"[\s:]", "", options["key"]).lower()
        if options["key"] and not re.fullmatch(r"[0-9a-f]{64}", trusted):
            raise CommandError("A fingerprint has 64 characters, 0 to 9 and a to f.")
        try:
            verdict = verifying.verify(options["path"])
        except OSError as error:
            raise CommandError(f"{options['path']} cannot be read ({error.strerror}).") from error
        self.stdout.write("\n".join(told(verdict, trusted)))
        if not verdict.is_whole or (trusted and trusted != verdict.fingerprint):
            sys.exit(1)


def told(verdict: Verdict, trusted: str) -> list[str]:
    """The verdict in lines; `trusted` is the fingerprint that the key must have, empty where unknown."""
    said = ["WHOLE: every file is there and unchanged, and none was added."]
    if not verdict.is_whole:
        said = [f"NOT WHOLE: {len(verdict.findings)} finding{'' if len(verdict.findings) == 1 else 's'}."]
    said += [f"  {finding.kind}: {printable(finding.what)}" for finding in verdict.findings[:SHOWN]]
    if len(verdict.findings) > SHOWN:
        said.append(f"  and {len(verdict.findings) - SHOWN} more")
    said.append(f"Files: {verdict.files:,}, with {verdict.bytes:,} bytes looked at")
    said.append(f"Manifest hash: {verdict.contents_sha256}")
    return said + signed(verdict, trusted)


def signed(verdict: Verdict, trusted: str) -> list[str]:
    """Who signed."""
    if not verdict.signature_holds:
        return ["Signature: does not hold. Nothing says whose this is."]
    said = [f"Signed as: {printable(verdict.agency)}", f"Key fingerprint: {verdict.fingerprint}"]
    if not trusted:
        return [*said, "Whose key that is, a package cannot prove: ask the agency, and give it as --key."]
    if trusted == verdict.fingerprint:
        return [*said, "The key is the one you gave."]
    return [*said, "ANOTHER KEY than the one you gave signed this package."]


def printable(text: str) -> str:
    """The text without characters that could play tricks on a terminal."""
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text)
