"""Runs the whole installation as one process: database, web and worker, stopped together."""

import contextlib
import fcntl
import io
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from alpr import embedded, environment, supervise

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_TO_RECOVER = 20
MANAGE = [sys.executable, str(environment.REPOSITORY / "manage.py")]
# What is declared in code and kept in the database.
SYNCED = ("sync_roles", "sync_schedules")


class CannotStartError(Exception):
    """The installation cannot start here; the message is one sentence for the person at the terminal."""


class Command(BaseCommand):
    help = (
        "Start everything: the embedded PostgreSQL (unless DATABASE_URL names another), the migrations, "
        "the web server and the worker. Ctrl-C or SIGTERM stops all of it."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="Address to listen on (default: %(default)s)."
        )
        parser.add_argument(
            "--port", type=int, default=8000, help="Port to listen on (default: %(default)s)."
        )
        parser.add_argument("--demo", action="store_true", help="Load the demonstration department first.")

    def handle(self, *args: Any, host: str, port: int, demo: bool, **options: Any) -> None:
        for number in SIGNALS:
            signal.signal(number, _end)
        children: list[supervise.Child] = []
        failures = (CannotStartError, supervise.ChildEndedError, embedded.EmbeddedDatabaseError)
        try:
            _refuse_taken_port(host, port)
            with _alone_in(settings.DATA_DIR), _stopping(children):
                self._prepare()
                self._serve(children, host, port, demo=demo)
        except failures as error:
            sys.exit(str(error))

    def _prepare(self) -> None:
        """Bring up the database, its tables and the folder that the web server looks into."""
        if not settings.DATABASE_URL:
            embedded.ensure_running(settings.DATA_DIR)
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        for command in SYNCED:
            call_command(command, verbosity=0, stdout=io.StringIO())
        connection.close()

    def _serve(self, children: list[supervise.Child], host: str, port: int, *, demo: bool) -> NoReturn:
        """Start web and worker, say where they are, and watch them until a signal comes."""
        variables = {**os.environ, **({"ALPR_DEMONSTRATION": "1"} if demo else {})}
        children.append(supervise.start("web", _web_command(host, port), variables))
        children.append(supervise.start("worker", [*MANAGE, "qcluster"], variables))
        if demo:
            self._load_demonstration(children, variables)
        supervise.wait_for_answer(children, host, port, "/healthz")
        self._announce(host, port, demo=demo)
        self._watch(children)

    def _watch(self, children: list[supervise.Child]) -> NoReturn:
        """Keep the database running, and end when a child ends, unless the database had gone under it."""
        forgiven_until = time.monotonic()
        while True:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            if self._bring_back_database():
                forgiven_until = time.monotonic() + SECONDS_TO_RECOVER
            if time.monotonic() < forgiven_until:
                supervise.start_again(children)
            supervise.require_running(children)

    def _load_demonstration(self, children: list[supervise.Child], variables: Mapping[str, str]) -> None:
        loading = supervise.start("demonstration", [*MANAGE, "demo"], variables)
        children.append(loading)
        if loading.process.wait():
            supervise.require_running([loading])
        children.remove(loading)

    def _announce(self, host: str, port: int, *, demo: bool) -> None:
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"\nPlate reader records: http://{shown}:{port}/\n")
        if demo:
            from detections.demonstration import sign_ins

            self.stdout.write("\nDemonstration sign-ins:\n")
            rows = list(sign_ins())
            widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
            for name, password, what in rows:
                self.stdout.write(f"  {name:<{widths[0]}}  {password:<{widths[1]}}  {what}\n")
        self.stdout.write("\nCtrl-C stops it.\n")
        self.stdout.flush()

    def _bring_back_database(self) -> bool:
        """Start the embedded PostgreSQL again if it has gone, and return whether it had.

        A failure is said and tried again at the next look.
        """
        if settings.DATABASE_URL or embedded.answers(settings.DATA_DIR):
            return False
        self.stderr.write("The embedded PostgreSQL is gone; starting it again.")
        try:
            embedded.ensure_running(settings.DATA_DIR)
        except embedded.EmbeddedDatabaseError as error:
            self.stderr.write(str(error))
        return True


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


@contextlib.contextmanager
def _stopping(children: list[supervise.Child]) -> Iterator[None]:
    """Stop the children and then the database however the work ends; no further signal cuts that short."""
    try:
        yield
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        supervise.stop(children)
        connection.close()
        embedded.leave(settings.DATA_DIR)


def _web_command(host: str, port: int) -> list[str]:
    """Return the web server's command. Forwarded headers are judged by the application, not by the server."""
    return [
        *(sys.executable, "-m", "uvicorn", "alpr.asgi:application", "--host", host, "--port", str(port)),
        *(
            "--app-dir",
            str(environment.REPOSITORY),
            "--lifespan",
            "off",
            "--no-proxy-headers",
            "--no-server-header",
            "--no-access-log",
        ),
        *("--log-level", "warning", "--timeout-graceful-shutdown", "5"),
    ]


def _refuse_taken_port(host: str, port: int) -> None:
    if not 1 <= port <= 65535:
        raise CannotStartError(f"The port must be a number from 1 to 65535; it is {port}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStartError(
            f"Port {port} on {host} cannot be used ({error.strerror}): stop what listens there, or choose "
            "another with --port (make run PORT=8001)."
        ) from error


@contextlib.contextmanager
def _alone_in(data: Path) -> Iterator[None]:
    """Hold the data folder for this installation alone, as long as it runs."""
    file = data / "run" / "up.lock"
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStartError(
            f"The data folder {data} cannot be used ({error.strerror}): run as the system user that it "
            "belongs to, or set ALPR_DATA to a folder of your own."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(lock, 20).decode("ascii", "replace").strip()
        os.close(lock)
        raise CannotStartError(
            f"The data folder {data} is in use by another running installation (process {holder}): stop that "
            "one, or set ALPR_DATA to another folder."
        ) from error
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode("ascii"))
    try:
        yield
    finally:
        os.close(lock)
