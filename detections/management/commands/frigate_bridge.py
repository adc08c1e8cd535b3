"""Brings what Frigate reads from its MQTT broker to a records server."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from detections.adapters.bridge import TOPIC, Bridge, Broker, Queue
from detections.transfer.transfer import Server, Stop, key_of


class Command(BaseCommand):
    """`manage.py frigate_bridge --broker HOST --server URL`, until it is ended. See docs/readers.md.

    The reader's key comes from ALPR_READER_KEY, the broker's password from ALPR_MQTT_PASSWORD.
    """

    help = "Bring Frigate's reads from its MQTT broker to a records server. See docs/readers.md."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The two sides, and where messages wait."""
        parser.add_argument("--broker", required=True, metavar="HOST[:PORT]", help="where Frigate publishes")
        parser.add_argument(
            "--server", required=True, metavar="URL", help="such as https://records.example.gov"
        )
        parser.add_argument("--topic", default=TOPIC, help="default: %(default)s")
        parser.add_argument("--user", default="", help="at the broker; its password is ALPR_MQTT_PASSWORD")
        parser.add_argument("--tls", action="store_true", help="speak TLS with the broker")
        parser.add_argument("--ca-file", metavar="FILE", help="certificates to trust for both sides")
        parser.add_argument("--queue", metavar="FILE", help="where messages wait; default: in the data")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal ends it."""
        try:
            server = Server(options["server"], key_of(None), patience=0, ca=options["ca_file"])
            queue = Queue(_queue_file(options["queue"]))
        except (Stop, OSError) as stop:
            raise CommandError(str(stop)) from stop
        bridge = Bridge(_broker(options), server, queue, self._say)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: bridge.ended.set())
        bridge.run()
        self._say(f"Ended; {len(queue):,} messages wait.")
        queue.close()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        sys.stdout.flush()


def _queue_file(given: str | None) -> Path:
    return Path(given) if given else Path(settings.DATA_DIR) / "frigate-bridge" / "queue.sqlite3"


def _broker(options: dict[str, Any]) -> Broker:
    host, _, port = options["broker"].partition(":")
    if not host or not (port or "1883").isdecimal():
        raise CommandError("Give the broker as HOST or HOST:PORT.")
    whose = f"{socket.gethostname()} {_queue_file(options['queue']).resolve()}"
    return Broker(
        host=host,
        port=int(port or (8883 if options["tls"] else 1883)),
        topic=options["topic"],
        client=f"alpr-{hashlib.sha256(whose.encode()).hexdigest()[:12]}",
        user=options["user"],
        password=os.environ.get("ALPR_MQTT_PASSWORD", ""),
        tls=options["tls"],
        ca=options["ca_file"],
    )
