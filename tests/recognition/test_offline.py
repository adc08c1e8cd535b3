"""No process that reads plates opens a connection or leaves an identifier behind.

One library on the way (urllib3, which rapidocr imports) opens a socket on its own machine at import to see
whether there is IPv6; it connects nowhere. So the filter here forbids connecting and sending.
"""

import signal
from pathlib import Path

import pytest

from tests.recognition.drawn import draw_scene, save
from tests.recognition.no_network import forbid_internet_sockets, run_filtered

READ = """
import sys
from pathlib import Path
from detections.recognition import get_reader, open_image
image, _ = open_image(Path(sys.argv[1]).read_bytes())
print(get_reader("rapidocr").read(image)[0].text)
"""

REACHING = {
    "a connection": "socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect_ex(('127.0.0.1', 9))",
    "a connection over IPv6": "socket.socket(socket.AF_INET6, socket.SOCK_STREAM).connect_ex(('::1', 9))",
    "a packet": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
    "a look-up": "socket.getaddrinfo('plates.example', 443)",
}
KILLED = -signal.SIGSYS


@pytest.mark.parametrize("reach", REACHING.values(), ids=REACHING)
def test_the_filter_kills_a_child_that_reaches_out(reach: str, tmp_path: Path) -> None:
    child = run_filtered(f"import socket; {reach}; print('out')", env={"HOME": str(tmp_path)})

    assert (child.returncode, child.stdout) == (KILLED, "")


def test_the_filter_kills_a_grandchild_as_well(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        f'inner = "import socket; {REACHING["a connection"]}"\n'
        "print(subprocess.run([sys.executable, '-c', inner]).returncode)"
    )

    child = run_filtered(code, env={"HOME": str(tmp_path)})

    assert child.stdout.strip() == str(KILLED), child.stderr


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_the_stricter_filter_kills_at_the_socket(family: str, tmp_path: Path) -> None:
    code = f"import socket; socket.socket(socket.{family}, socket.SOCK_STREAM); print('open')"

    child = run_filtered(code, env={"HOME": str(tmp_path)}, forbid=forbid_internet_sockets)

    assert (child.returncode, child.stdout) == (KILLED, "")


def test_the_stricter_filter_leaves_sockets_within_the_machine_alone(tmp_path: Path) -> None:
    code = "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_STREAM); print('open')"

    child = run_filtered(code, env={"HOME": str(tmp_path)}, forbid=forbid_internet_sockets)

    assert (child.returncode, child.stdout.strip()) == (0, "open"), child.stderr


def test_reading_a_plate_opens_no_connection_and_writes_nothing_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, picture = tmp_path / "home", tmp_path / "scene.png"
    home.mkdir()
    image, _ = draw_scene("7KRB412")
    save(image, picture)
    # The package itself must turn the telemetry off, not whoever starts the process.
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)

    child = run_filtered(READ, str(picture), env=_at_home(home))

    assert (child.returncode, child.stdout.strip()) == (0, "7KRB412"), child.stderr
    assert list(home.rglob("*")) == []


def _at_home(home: Path) -> dict[str, str]:
    folders = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    return {name: str(home) for name in folders}
