"""Installations of their own for the tests of the platform: real processes, folders and ports."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from alpr import embedded, environment


class Installation:
    """A data folder with the processes that a test starts on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command of Python in the repository, on this data folder and its embedded database."""
        outside = {"DATABASE_URL", "ALPR_SECRET_KEY", "ALPR_DEMONSTRATION"}
        variables = {name: value for name, value in os.environ.items() if name not in outside}
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=environment.REPOSITORY,
            env={**variables, "ALPR_DATA": str(self.data), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def close(self) -> None:
        """End what a failed test left."""
        for process in self.started:
            process.kill()
            process.communicate()
        embedded.leave(self.data)
        embedded.stop(self.data)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of the test's own. Not pytest's: each run closes the folder above those of the last to others,
    which for root shuts out the server's user."""
    made = Path(tempfile.mkdtemp(prefix="records-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def installation(place: Path) -> Iterator[Installation]:
    """A new, empty data folder."""
    made = Installation(place / "data")
    yield made
    made.close()


@pytest.fixture(scope="module")
def standing_installation() -> Iterator[Installation]:
    """A data folder that the tests of one module share, since a first start takes its time."""
    place = Path(tempfile.mkdtemp(prefix="records-"))
    made = Installation(place / "data")
    yield made
    made.close()
    shutil.rmtree(place)


@pytest.fixture
def port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
