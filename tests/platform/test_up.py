"""`manage.py up`: refuses what is taken, starts everything, and leaves no process behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from alpr import embedded

PATIENCE_S = 90


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.1)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Return what the process printed up to the line with these words."""
    printed = ""
    for line in process.stdout:
        printed += line
        if words in line:
            return printed
    raise AssertionError(f"{words!r} never came:\n{printed}")


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            json.load(answer)
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def processes_on(data: Path) -> dict[int, str]:
    """Return the commands of the processes that were started with this data folder, by number."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"ALPR_DATA={data}\0".encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def test_refuses_a_taken_port(installation, port):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        process = installation.start("manage.py", "up", "--port", str(port))
        printed, _ = process.communicate()
    assert process.returncode == 1
    assert printed.startswith(f"Port {port} on 127.0.0.1 cannot be used")
    assert len(printed.splitlines()) == 1


@pytest.mark.parametrize("port", ["0", "70000"])
def test_refuses_a_port_that_is_none(installation, port):
    process = installation.start("manage.py", "up", "--port", port)
    printed, _ = process.communicate()
    assert (process.returncode, printed) == (1, f"The port must be a number from 1 to 65535; it is {port}.\n")


def test_refuses_a_data_folder_that_is_none(installation, port):
    installation.data.write_text("a file")
    process = installation.start("manage.py", "up", "--port", str(port))
    printed, _ = process.communicate()
    assert process.returncode == 1
    assert printed.startswith(f"The data folder {installation.data} cannot be used")
    assert len(printed.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_starts_everything_and_stops_all_of_it(standing_installation, port, number):
    process = standing_installation.start("manage.py", "up", "--port", str(port))
    printed = read_until(process, "Ctrl-C stops it.")
    assert f"http://127.0.0.1:{port}/" in printed
    assert status(port, "/healthz") == status(port, "/readyz") == 200
    commands = " ".join(processes_on(standing_installation.data).values())
    assert "uvicorn" in commands
    assert "qcluster" in commands
    process.send_signal(number)
    rest, _ = process.communicate()
    assert process.returncode == 0, rest
    assert "Traceback" not in printed + rest
    assert processes_on(standing_installation.data) == {}
    assert not embedded.answers(standing_installation.data)
    assert status(port, "/healthz") == 0


def test_refuses_a_data_folder_in_use_and_ends_when_a_child_dies(standing_installation, port):
    first = standing_installation.start("manage.py", "up", "--port", str(port))
    read_until(first, "Ctrl-C stops it.")
    second = standing_installation.start("manage.py", "up", "--port", str(port + 1 if port < 65535 else 1024))
    printed, _ = second.communicate()
    assert second.returncode == 1
    assert printed.startswith(f"The data folder {standing_installation.data} is in use")
    assert f"(process {first.pid})" in printed
    assert len(printed.splitlines()) == 1

    (web,) = [key for key, value in processes_on(standing_installation.data).items() if "uvicorn" in value]
    os.kill(web, signal.SIGKILL)
    printed, _ = first.communicate()
    assert first.returncode == 1
    assert "The web process was ended by signal 9." in printed
    assert processes_on(standing_installation.data) == {}
    assert not embedded.answers(standing_installation.data)


def test_brings_the_database_back(standing_installation, port):
    process = standing_installation.start("manage.py", "up", "--port", str(port))
    read_until(process, "Ctrl-C stops it.")
    postmaster = standing_installation.data / "postgres" / "postmaster.pid"
    os.kill(int(postmaster.read_text().splitlines()[0]), signal.SIGKILL)
    read_until(process, "The embedded PostgreSQL is gone; starting it again.")
    wait_until(lambda: status(port, "/readyz") == 200, "ready again")
    process.terminate()
    process.communicate()
    assert process.returncode == 0
    assert processes_on(standing_installation.data) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
def test_children_end_with_a_parent_that_is_killed(standing_installation, port):
    process = standing_installation.start("manage.py", "up", "--port", str(port))
    read_until(process, "Ctrl-C stops it.")
    process.kill()
    wait_until(lambda: processes_on(standing_installation.data) == {}, "no process left")


def test_other_commands_leave_no_server_behind(standing_installation):
    process = standing_installation.start("manage.py", "check", "--database", "default")
    printed, _ = process.communicate()
    assert process.returncode == 0, printed
    assert not embedded.answers(standing_installation.data)


def test_a_terminated_command_leaves_no_server_behind(standing_installation):
    script = "import time; print('waits', flush=True); time.sleep(600)"
    process = standing_installation.start("manage.py", "shell", "--command", script)
    read_until(process, "waits")
    process.terminate()
    process.communicate()
    assert not embedded.answers(standing_installation.data)


def test_a_wrong_setting_is_said_in_one_sentence(standing_installation, monkeypatch):
    monkeypatch.setenv("ALPR_DEBUG", "maybe")
    process = standing_installation.start("manage.py", "up")
    printed, _ = process.communicate()
    assert process.returncode == 1
    assert printed.startswith("ALPR_DEBUG must be one of")
    assert len(printed.splitlines()) == 1
