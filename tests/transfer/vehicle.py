"""A vehicle's computer for the tests: a folder with reads and pictures, and the client as one file alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils import timezone
from PIL import Image

from detections.transfer import transfer

CLIENT = Path(transfer.__file__)
KILLER = Path(__file__).with_name("killer.py")


def picture(shade: int = 90) -> bytes:
    """A small JPEG, another for each shade."""
    drawn = BytesIO()
    Image.new("RGB", (64, 40), (shade, 60, 60)).save(drawn, "JPEG")
    return drawn.getvalue()


class Vehicle:
    """The computer of one patrol car, with the key of one camera."""

    def __init__(self, folder: Path, address: str, secret: str) -> None:
        self.home, self.folder = folder, folder / "reads"
        self.folder.mkdir(parents=True)
        self.client = folder / "transfer.py"
        shutil.copy(CLIENT, self.client)
        self.address, self.secret = address, secret
        self.began = timezone.now() - timedelta(minutes=20)

    def row(self, number: int, **values: Any) -> dict[str, Any]:
        """One read in the native format, captured in the order of its number."""
        captured_at: datetime = self.began + timedelta(seconds=number)
        plate = f"8KRB{number:03}"
        return {"sender_id": f"r-{number}", "captured_at": captured_at.isoformat(), "plate": plate} | values

    def write(self, name: str, *rows: Any, pictures: bool = False) -> Path:
        """A file of reads: objects as JSON, texts as they are; with a picture each, or none."""
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        if pictures:
            for number, row in enumerate(rows):
                (self.folder / f"{row['sender_id']}.jpg").write_bytes(picture(number % 250))
        path = self.folder / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    def command(self, *options: str) -> list[str]:
        """The client alone: isolated, without site packages, with nothing but its own file."""
        given = {"--server": self.address, "--settle": "0", "--patience": "3"}
        given |= dict(zip(options[::2], options[1::2], strict=True))
        named = [word for pair in given.items() for word in pair]
        return [str(self.client), str(self.folder), *named]

    def environment(self) -> dict[str, str]:
        """Nothing but the key."""
        return {"ALPR_READER_KEY": self.secret, "PATH": os.environ["PATH"]} if self.secret else {}

    def run(self, *options: str, **how: Any) -> subprocess.CompletedProcess[str]:
        """Run the client to its end."""
        command = [sys.executable, "-I", "-S", *self.command(*options)]
        return subprocess.run(
            command, env=self.environment(), text=True, capture_output=True, timeout=120, **how
        )

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Start the client."""
        command = [sys.executable, "-I", "-S", *self.command(*options)]
        return subprocess.Popen(command, env=self.environment(), text=True, stdout=subprocess.PIPE)

    def run_until(self, step: int) -> int:
        """Run the client and kill it with signal 9 before its step of that number; gives its exit status."""
        command = [sys.executable, "-I", "-S", str(KILLER), str(step), *self.command()]
        ended = subprocess.run(command, env=self.environment(), capture_output=True, timeout=120)
        return ended.returncode

    def names(self, pattern: str = "*") -> list[str]:
        """What lies in the folder of reads."""
        return sorted(path.name for path in self.folder.glob(pattern) if path.is_file())

    def set_aside(self) -> list[dict[str, Any]]:
        """The rows that were refused, as they are kept."""
        return [json.loads(path.read_text()) for path in sorted((self.folder / "refused").glob("*.json"))]

    def lists(self) -> list[Path]:
        """The lists of what was deleted."""
        return sorted((self.folder / "purged").glob("*.json"))
