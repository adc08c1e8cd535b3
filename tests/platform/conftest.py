"""Installations of their own for the tests of the platform: real processes, folders and ports."""

import os
import socket
import subprocess
import sys
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
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A new, empty data folder."""
    made = Installation(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture(scope="module")
def standing_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A data folder that the tests of one module share, since a first start takes its time."""
    made = Installation(tmp_path_factory.mktemp("standing") / "data")
    yield made
    made.close()


@pytest.fixture
def port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
