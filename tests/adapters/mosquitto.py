"""A real broker for the tests, and the bridge as a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from paho.mqtt import publish
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from pytest_django.live_server_helper import LiveServer

REPOSITORY = Path(__file__).resolve().parents[2]
USER, PASSWORD = "frigate", "tide-mark-44"
BINARY = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def until(holds: Callable[[], bool], what: str, seconds: float = 300) -> None:
    """Wait until something holds; the time only bounds a test that fails."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"Within {seconds} seconds not: {what}"
        time.sleep(0.05)


def spare_port() -> int:
    """A port of the loopback address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Records:
    """A records server in a thread, at the same address each time it is started."""

    def __init__(self) -> None:
        self._at = f"127.0.0.1:{spare_port()}"
        self.address = f"http://{self._at}"
        self._running: LiveServer | None = None
        self.start()

    def start(self) -> None:
        """Listen."""
        self._running = LiveServer(self._at)

    def stop(self) -> None:
        """Go away, if it is there."""
        if self._running is not None:
            self._running.stop()
        self._running = None


class Broker:
    """Mosquitto on a spare loopback port, which keeps what waits for those who come back."""

    def __init__(self, folder: Path) -> None:
        if BINARY is None:
            pytest.fail("Debian’s mosquitto is missing: apt-get install mosquitto, or make broker as root.")
        folder.mkdir()
        self.port = spare_port()
        self.config = folder / "mosquitto.conf"
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        subprocess.run(["mosquitto_passwd", "-b", passwords, USER, PASSWORD], check=True)
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous false", f"password_file {passwords}"]
        lines += ["persistence true", f"persistence_location {folder}/", "autosave_interval 1"]
        lines += ["autosave_on_changes true"]
        lines += ["user root"] if os.getuid() == 0 else []
        self.config.write_text("\n".join(lines) + "\n")
        self.start()

    def start(self) -> None:
        """Start it, at the same port each time, and wait until it answers."""
        assert BINARY is not None
        self.process = subprocess.Popen(
            [BINARY, "-c", self.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers, "that the broker answers")

    def stop(self) -> None:
        """End this process and no other; it writes down what waits."""
        self.process.terminate()
        self.process.wait(30)

    def publish(self, payload: str | bytes, topic: str = "frigate/tracked_object_update") -> None:
        """Publish as Frigate does, and wait until the broker has it."""
        auth: dict[str, str] = {"username": USER, "password": PASSWORD}
        publish.single(topic, payload, qos=1, hostname="127.0.0.1", port=self.port, auth=auth)

    def _answers(self) -> bool:
        assert self.process.poll() is None, "The broker ended."
        client = Client(CallbackAPIVersion.VERSION2)
        try:
            client.connect("127.0.0.1", self.port)
        except OSError:
            return False
        client.disconnect()
        return True


class BridgeProcess:
    """`manage.py frigate_bridge` between a broker and a server; `said` is what it has said so far."""

    def __init__(self, folder: Path, broker: Broker, server: str, key: str) -> None:
        self.folder, self.queue = folder, folder / "waiting" / "queue.sqlite3"
        self._log = folder / "bridge.log"
        self.command = [sys.executable, "manage.py", "frigate_bridge", "--broker", f"127.0.0.1:{broker.port}"]
        self.command += ["--server", server, "--user", USER, "--queue", str(self.queue)]
        self.environment = os.environ | {
            "ALPR_DATA": str(folder),
            "ALPR_READER_KEY": key,
            "ALPR_MQTT_PASSWORD": PASSWORD,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        """Start it, and wait until it listens or says why it does not."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=REPOSITORY, env=self.environment | environment, stdout=log, stderr=log
            )

    @property
    def said(self) -> str:
        """All that it has said."""
        return self._log.read_text()

    def listens(self, times: int = 1) -> None:
        """Wait until it has begun to listen so often."""
        until(lambda: self.said.count("Listening to") >= times, f"that it listens: {self.said}")

    def says(self, words: str) -> None:
        """Wait until it has said so."""
        until(lambda: words in self.said, f"that it says “{words}”")

    def kill(self) -> None:
        """End it as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    def stop(self) -> None:
        """End it as its service manager does; it says how many wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(90)
