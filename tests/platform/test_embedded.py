"""The embedded PostgreSQL: refuses what is not its own, is shared while used, and leaves nothing running."""

import os
import signal
import stat
from pathlib import Path

import psycopg
import pytest

from alpr import embedded
from alpr.embedded import EmbeddedDatabaseError

USE_UNTIL_TOLD = """
import sys
from pathlib import Path
from alpr import embedded
embedded.ensure_running(Path(sys.argv[1]), durable=False)
print("uses it", flush=True)
sys.stdin.readline()
"""


FORK_AND_USE = """
import os, signal, sys
from pathlib import Path
from alpr import embedded
data = Path(sys.argv[1])
embedded.ensure_running(data, durable=False)
if not (child := os.fork()):
    sys.exit()
os.waitpid(child, 0)
print("after the child:", embedded.answers(data), flush=True)
if not (child := os.fork()):
    signal.pause()
embedded.leave(data)
print("beside the child:", embedded.answers(data))
os.kill(child, signal.SIGKILL)
"""


def connect(data: Path) -> psycopg.Connection:
    told = embedded.connection_settings(data)
    return psycopg.connect(host=told["HOST"], user=told["USER"], dbname=told["NAME"], autocommit=True)


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def test_refuses_a_folder_of_another_system_user(installation):
    if os.geteuid() == 0:
        cluster = installation.data / "postgres"
        cluster.mkdir(parents=True)
        os.chown(cluster, 4_000_000, 4_000_000)
        refused = installation.data
    else:
        refused = Path("/root/data")
    with pytest.raises(EmbeddedDatabaseError, match="belongs to another system user"):
        embedded.ensure_running(refused)


def test_refuses_a_folder_that_is_none(place):
    (place / "data").write_text("a file")
    with pytest.raises(EmbeddedDatabaseError, match="cannot be used"):
        embedded.ensure_running(place / "data")


@pytest.mark.parametrize(("version", "said"), [("16", "PostgreSQL 16"), (None, "an unknown version")])
def test_refuses_the_cluster_of_another_postgresql(installation, version, said):
    embedded.ensure_running(installation.data, durable=False)
    embedded.leave(installation.data)
    version_file = installation.data / "postgres" / "PG_VERSION"
    version_file.unlink()
    if version:
        version_file.write_text(f"{version}\n")
    with pytest.raises(EmbeddedDatabaseError, match=said):
        embedded.ensure_running(installation.data)


def test_refuses_a_cluster_that_is_served_from_elsewhere(installation, place):
    embedded.ensure_running(installation.data, durable=False)
    moved = installation.data.rename(place / "moved")
    with pytest.raises(EmbeddedDatabaseError, match="in use by another running installation"):
        embedded.ensure_running(moved)
    moved.rename(installation.data)


def test_refuses_a_socket_folder_that_others_may_enter(installation):
    sockets = embedded.socket_folder(installation.data)
    embedded.ensure_running(installation.data, durable=False)
    embedded.leave(installation.data)
    sockets.mkdir(parents=True, exist_ok=True)
    sockets.chmod(0o777)
    with pytest.raises(EmbeddedDatabaseError, match="open to others"):
        embedded.ensure_running(installation.data)
    sockets.chmod(0o700)


def test_only_its_own_system_user_can_reach_it_and_nothing_listens_on_the_network(installation):
    embedded.ensure_running(installation.data, durable=False)
    for folder in (embedded.socket_folder(installation.data), installation.data / "postgres"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with connect(installation.data) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_settings_touch_nothing(place):
    embedded.connection_settings(place / "data")
    assert not (place / "data").exists()


@pytest.mark.parametrize("name", ["x" * 120, 'odd, "quoted" $name', "spaced name", "Straße"])
def test_serves_a_folder_of_any_name(place, name):
    data = place / name
    embedded.ensure_running(data, durable=False)
    assert len(str(embedded.socket_folder(data))) < 90
    with connect(data) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    embedded.leave(data)
    assert not embedded.answers(data)


def test_is_shared_while_used_and_stops_with_the_last_user(installation):
    embedded.ensure_running(installation.data, durable=False)
    other = installation.start("-c", USE_UNTIL_TOLD, str(installation.data))
    assert other.stdout.readline() == "uses it\n"
    embedded.leave(installation.data)
    assert embedded.answers(installation.data), "another process still uses it"
    other.communicate("end\n")
    assert not embedded.answers(installation.data)
    assert not (installation.data / "postgres" / "postmaster.pid").exists()


def test_a_forked_child_neither_keeps_it_running_nor_stops_it(installation):
    forked = installation.start("-c", FORK_AND_USE, str(installation.data))
    told = forked.communicate()[0].splitlines()
    assert told == ["after the child: True", "beside the child: False"]


def test_stops_though_the_folders_above_were_closed_meanwhile(installation, place):
    embedded.ensure_running(installation.data, durable=False)
    place.chmod(0o700)
    embedded.leave(installation.data)
    assert not embedded.answers(installation.data)


def test_many_at_once_start_one_server(installation):
    users = [installation.start("-c", USE_UNTIL_TOLD, str(installation.data)) for _ in range(4)]
    assert [user.stdout.readline() for user in users] == ["uses it\n"] * 4
    log = (installation.data / "postgres" / "server.log").read_text()
    assert log.count("ready to accept connections") == 1
    for user in users:
        user.communicate("end\n")
    assert not embedded.answers(installation.data)


def test_comes_back_after_a_crash_with_what_was_committed(installation):
    embedded.ensure_running(installation.data)
    with connect(installation.data) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(postmaster(installation.data), signal.SIGKILL)
    embedded.ensure_running(installation.data)
    with connect(installation.data) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_starts_where_a_crash_left_a_number_that_another_program_has_now(installation):
    embedded.ensure_running(installation.data, durable=False)
    pid_file = installation.data / "postgres" / "postmaster.pid"
    told = pid_file.read_text().splitlines()
    embedded.leave(installation.data)
    pid_file.write_text("\n".join([str(os.getpid()), *told[1:]]) + "\n")
    embedded.ensure_running(installation.data, durable=False)
    assert postmaster(installation.data) != os.getpid()


def test_starts_over_where_the_first_start_was_killed(installation):
    half_made = installation.data / "postgres.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    embedded.ensure_running(installation.data, durable=False)
    assert embedded.answers(installation.data)
    assert not half_made.exists()


def test_errors_of_statements_put_no_values_into_the_servers_log(installation):
    embedded.ensure_running(installation.data, durable=False)
    with connect(installation.data) as connection:
        connection.execute("CREATE TABLE seen (plate text PRIMARY KEY)")
        connection.execute("INSERT INTO seen VALUES ('8ABC123')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO seen VALUES ('8ABC123')")
    log = (installation.data / "postgres" / "server.log").read_text()
    assert "duplicate key" in log
    assert "8ABC123" not in log
