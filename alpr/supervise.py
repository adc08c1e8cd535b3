"""Child processes that end with their parent: each in a group of its own, watched and stopped together."""

import contextlib
import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PR_SET_PDEATHSIG = 1
SECONDS_TO_STOP = 30
SECONDS_TO_ANSWER = 60


class ChildEndedError(Exception):
    """A child process that should run for good has ended, or does not answer; the message says which."""


@dataclass(frozen=True)
class Child:
    """A process that was started, and what it is called when something is said about it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]


def start(name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
    """Start a child in a session of its own, so that a Ctrl-C at the terminal reaches it through the parent.

    On Linux it also gets a SIGTERM should the parent be killed outright.
    """
    process = subprocess.Popen(
        list(command),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    return Child(name, command, environment, process)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def require_running(children: Iterable[Child]) -> None:
    """Raise ChildEndedError if one of the children has ended."""
    for child in children:
        code = child.process.poll()
        if code is not None:
            how = f"was ended by signal {-code}" if code < 0 else f"ended with exit status {code}"
            raise ChildEndedError(f"The {child.name} process {how}.")


def start_again(children: list[Child]) -> None:
    """Start those of the children again that have ended."""
    for place, child in enumerate(children):
        if child.process.poll() is not None:
            children[place] = start(child.name, child.command, child.environment)


def wait_for_answer(children: Sequence[Child], host: str, port: int, path: str) -> None:
    """Wait until the address answers without an error of its own; raises ChildEndedError after a minute."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not _answers(host, port, path):
        require_running(children)
        if time.monotonic() > deadline:
            raise ChildEndedError(f"No answer from {path} on port {port} within {SECONDS_TO_ANSWER} s.")
        time.sleep(0.1)


def _answers(host: str, port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def stop(children: Sequence[Child]) -> None:
    """Ask every child to end and wait for the work in hand; end what is left after half a minute by force."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))
        # The group outlives its first process where that was killed; a group that is gone raises.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
