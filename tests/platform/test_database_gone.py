"""The database gone for a while: the web process says so plainly, keeps running, and comes back by itself."""

import json
import urllib.error
import urllib.request
from typing import Any

import psycopg
import pytest

from alpr import embedded
from alpr.cluster import SUPERUSER, socket_folder
from tests.platform.test_up import read_until, wait_until


def ask(port: int, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


OURS = "datname = 'alpr' AND backend_type = 'client backend' AND pid <> pg_backend_pid()"


def kept(installation, *, end: bool = False) -> set[int]:
    """The connections that the web process keeps, by the server's process numbers; `end` ends them."""
    what = "pid, pg_terminate_backend(pid)" if end else "pid"
    at = {"host": str(socket_folder(installation.data)), "user": SUPERUSER, "dbname": "postgres"}
    with psycopg.connect(**at, autocommit=True) as administrator:
        return {row[0] for row in administrator.execute(f"SELECT {what} FROM pg_stat_activity WHERE {OURS}")}


@pytest.fixture
def web(installation, port):
    """A web process alone, on a database that nobody brings back."""
    embedded.ensure_running(installation.data, durable=False)
    server = "alpr.asgi:application"
    process = installation.start("-m", "uvicorn", server, "--port", str(port), "--lifespan", "off")
    read_until(process, "Uvicorn running")
    return process


@pytest.fixture
def migrated(installation):
    migrating = installation.start("manage.py", "migrate", "--verbosity", "0")
    printed, _ = migrating.communicate()
    assert migrating.returncode == 0, printed


def test_not_ready_before_the_migrations(web, port):
    code, body = ask(port, "/readyz")
    assert code == 503
    assert "run manage.py migrate" in body["reason"]


@pytest.mark.usefixtures("migrated")
def test_connections_are_kept_and_replaced_while_the_database_comes_and_goes(installation, web, port):
    code, body = ask(port, "/readyz")
    assert (code, body["status"]) == (200, "ready")
    assert body["queue"] == {"waiting": 0, "oldest_age_s": None}
    assert body["last_purge_at"] is None
    first = kept(installation)
    assert ask(port, "/readyz")[0] == 200
    assert first & kept(installation), "the next request is lent the same connection"
    ended = kept(installation, end=True)
    wait_until(lambda: not ended & kept(installation), "they have ended")
    assert ask(port, "/readyz")[0] == 200, "the first request after the break meets none of them"
    embedded.stop(installation.data)
    code, body = ask(port, "/readyz")
    assert (code, body) == (503, {"status": "not ready", "reason": "The database does not answer."})
    assert ask(port, "/healthz")[0] == 200, "the process itself is well"
    embedded.ensure_running(installation.data, durable=False)
    wait_until(lambda: ask(port, "/readyz")[0] == 200, "ready again")
    assert web.poll() is None
