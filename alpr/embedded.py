"""The PostgreSQL that comes with the installation: started, joined and stopped in the data folder.

Every process that uses it holds a shared lock for its life; the last one to leave stops the server.
See docs/decisions/0001-postgresql-only-and-embedded.md.
"""

import atexit
import contextlib
import fcntl
import functools
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from alpr import cluster
from alpr.cluster import EmbeddedDatabaseError, socket_folder

__all__ = ["EmbeddedDatabaseError", "answers", "connection_settings", "ensure_running", "leave", "stop"]

DATABASE = "alpr"
SECONDS_FOR_LEFTOVERS = 5

_held: dict[Path, IO[bytes]] = {}


def connection_settings(data: Path) -> dict[str, Any]:
    """Return Django's settings for the embedded database of this data folder; nothing is touched."""
    return {
        "ENGINE": "alpr.database",
        "NAME": DATABASE,
        "USER": cluster.SUPERUSER,
        "PASSWORD": "",
        "HOST": str(socket_folder(data)),
        "PORT": "",
        "OPTIONS": {},
    }


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
    with _exclusive(data), users, contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        cluster.stop(data)


def stop(data: Path) -> None:
    """Stop the server of this data folder whoever uses it; open connections are cut, commits are kept."""
    data = data.resolve()
    if (data / "run").is_dir():
        with _exclusive(data):
            cluster.stop(data)


def answers(data: Path) -> bool:
    """Return whether the embedded server of this data folder takes connections."""
    try:
        _connect(data, "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(data: Path, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(socket_folder(data)),
        user=cluster.SUPERUSER,
        dbname=database,
        autocommit=True,
        connect_timeout=10,
    )


def _make_folders(data: Path) -> None:
    """Make the data folder, the folder of locks and the folder of the socket, each closed to other users."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    run = data / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    server = cluster.server_user()
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
        cluster.let_server_user_reach(sockets)
        cluster.let_server_user_reach(cluster.folder(data))
        cluster.let_server_user_reach(cluster.programs())


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
    atexit.register(functools.partial(leave, data))


def _forget_in_fork() -> None:
    """A forked child uses the server on its parent's account: it holds no lock and stops nothing."""
    while _held:
        _held.popitem()[1].close()


os.register_at_fork(after_in_child=_forget_in_fork)


def _refuse_foreign(data: Path) -> None:
    """Refuse a cluster of another system user, of another PostgreSQL, or one served from elsewhere."""
    folder = cluster.folder(data)
    if not folder.exists():
        return
    if folder.stat().st_uid != cluster.server_user().pw_uid:
        raise EmbeddedDatabaseError(
            f"The data folder {data} belongs to another system user: run as that user, or set ALPR_DATA to a "
            "folder of your own."
        )
    version_file = folder / "PG_VERSION"
    version = version_file.read_text().strip() if version_file.exists() else "an unknown version"
    if version != cluster.MAJOR:
        raise EmbeddedDatabaseError(
            f"The data folder {data} was made by PostgreSQL {version}, and this release runs "
            f"{cluster.MAJOR}: see docs/operations.md for how to move it, or set ALPR_DATA to another folder."
        )
    served = cluster.postmaster(data)
    if served is not None and served[1] != str(socket_folder(data)):
        raise EmbeddedDatabaseError(
            f"The data folder {data} is in use by another running installation (process {served[0]}): stop "
            "that one, or set ALPR_DATA to another folder."
        )


def _start(data: Path, *, durable: bool) -> None:
    if not cluster.folder(data).exists():
        cluster.make(data, durable=durable)
    begun = time.monotonic()
    while not answers(data):
        waited = time.monotonic() - begun
        if waited > cluster.SECONDS_TO_START:
            raise EmbeddedDatabaseError(
                f"The embedded PostgreSQL does not answer after {waited:.0f} s: "
                f"see {cluster.folder(data)}/server.log."
            )
        try:
            if cluster.postmaster(data) is None:
                cluster.start(data, durable=durable)
        except EmbeddedDatabaseError:
            # After a crash the last processes of the old server may still be ending.
            if waited > SECONDS_FOR_LEFTOVERS:
                raise
        time.sleep(0.05)


def _ensure_database(data: Path) -> None:
    with _connect(data, "postgres") as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
