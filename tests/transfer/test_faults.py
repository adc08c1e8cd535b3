"""What goes wrong on a vehicle: keys, clocks, disks, networks, files. A clear word, and nothing is lost."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from detections.models import Detection, ReaderKey, Transfer
from detections.transfer import transfer
from tests.hits.serving import Server
from tests.transfer.conftest import Under
from tests.transfer.vehicle import Vehicle, picture


@pytest.fixture(autouse=True)
def deletes(under: Under) -> None:
    """In every one of these tests the policy has local copies deleted."""
    under(purge_vehicle_after=True)


def untouched(vehicle: Vehicle) -> bool:
    """Whether the one file of reads is still there, and nothing was deleted."""
    return vehicle.names("*.jsonl") == ["a.jsonl"] and vehicle.lists() == []


def test_a_key_that_nobody_issued(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    vehicle.secret = "nobody-issued-this"
    ended = vehicle.run()
    assert ended.returncode == transfer.KEY
    assert "The server refuses this key" in ended.stdout
    assert untouched(vehicle)


def test_a_revoked_key(vehicle: Vehicle, reader_key: tuple[ReaderKey, str]) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    reader_key[0].revoke()
    reader_key[0].save()
    ended = vehicle.run()
    assert ended.returncode == transfer.KEY
    assert "revoked" in ended.stdout
    assert untouched(vehicle)


def test_no_key_and_a_key_that_others_may_read(vehicle: Vehicle, tmp_path: Path) -> None:
    secret, vehicle.secret = vehicle.secret, ""
    assert vehicle.run().returncode == transfer.USAGE
    file = tmp_path / "key"
    file.write_text(secret)
    file.chmod(0o640)
    ended = vehicle.run("--key-file", str(file))
    assert ended.returncode == transfer.USAGE
    assert "0600" in ended.stdout
    file.chmod(0o600)
    assert vehicle.run("--key-file", str(file)).returncode == transfer.DONE


@pytest.mark.parametrize("address", ["http://records.example.gov", "ftp://localhost", "records", "https://"])
def test_an_address_to_which_no_key_goes(vehicle: Vehicle, address: str) -> None:
    assert vehicle.run("--server", address).returncode == transfer.USAGE


def test_a_folder_of_another_camera(vehicle: Vehicle, reader_key: tuple[ReaderKey, str]) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    camera = reader_key[0].camera
    (vehicle.folder / ".transfer").mkdir()
    owner = {"do": "owner", "owner": f"{camera.agency}, camera other"}
    (vehicle.folder / ".transfer" / "journal.jsonl").write_text(json.dumps(owner) + "\n")
    ended = vehicle.run()
    assert ended.returncode == transfer.USAGE
    assert "camera other" in ended.stdout
    assert untouched(vehicle)


@pytest.mark.parametrize("shift", [3600, -3600])
def test_a_wrong_clock_sends_nothing(vehicle: Vehicle, shift: int) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    wrong = (
        "import runpy, sys, time; right = time.time; "
        f"time.time = lambda: right() + {shift}; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-I", "-S", "-c", wrong, *vehicle.command()]
    ended = subprocess.run(command, env=vehicle.environment(), text=True, capture_output=True, timeout=60)
    assert ended.returncode == transfer.CLOCK
    assert ("ahead of" if shift > 0 else "behind") in ended.stdout
    assert untouched(vehicle)
    assert not Detection.objects.exists()


def test_one_transfer_at_a_time(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    (vehicle.folder / ".transfer").mkdir()
    with (vehicle.folder / ".transfer" / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        ended = vehicle.run()
    assert ended.returncode == transfer.BUSY
    assert untouched(vehicle)
    assert vehicle.run().returncode == transfer.DONE


def test_no_server_and_no_folder(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    began = time.monotonic()
    ended = vehicle.run("--server", "http://127.0.0.1:9", "--patience", "2")
    assert ended.returncode == transfer.NOT_REACHED
    assert "run again" in ended.stdout
    assert time.monotonic() - began < 60
    assert untouched(vehicle)
    vehicle.folder = vehicle.folder / "none"
    assert vehicle.run().returncode == transfer.USAGE


def test_the_server_dies_and_comes_back(
    server: Server, reader_key: tuple[ReaderKey, str], tmp_path: Path
) -> None:
    vehicle = Vehicle(tmp_path / "vehicle", server.address, reader_key[1])
    vehicle.write("a.jsonl", *(vehicle.row(number) for number in range(30)), pictures=True)
    server.kill()
    running = vehicle.start("--patience", "240")
    server.start()
    assert running.wait(240) == transfer.DONE
    assert Detection.objects.count() == 30
    assert vehicle.names() == []


def test_lines_that_are_no_reads_are_set_aside_with_their_reasons(vehicle: Vehicle) -> None:
    deep = "[" * 100_000
    bad = [
        '{"sender_id": "cut',
        "\u00e9 not json",
        "[1, 2]",
        '{"confidence": NaN}',
        '{"confidence": 1e999}',
        deep,
    ]
    path = vehicle.write("a.jsonl", vehicle.row(1), *bad, vehicle.row(2), vehicle.row(3, plate=""), "{}")
    with path.open("ab") as file:
        file.write(b"\xff\xfe broken\n")
        file.write(json.dumps(vehicle.row(4)).encode()[:-9])
    ended = vehicle.run()
    assert ended.returncode == transfer.SET_ASIDE
    assert set(Detection.objects.values_list("sender_id", flat=True)) == {"r-1", "r-2"}
    aside = {one["line"].strip(): one["reasons"] for one in vehicle.set_aside()}
    assert len(aside) == len(bad) + 4
    assert "plate" in aside[json.dumps(vehicle.row(3, plate=""))]
    assert "cut off" in aside['{"sender_id": "cut'][""]
    assert vehicle.names() == []
    assert vehicle.run().returncode == transfer.DONE
    assert len(vehicle.set_aside()) == len(bad) + 4


def test_a_refused_read_keeps_its_picture_beside_it(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2, confidence=7), pictures=True)
    (vehicle.folder / "r-1.jpg").write_bytes(b"no picture")
    before = (vehicle.folder / "r-2.jpg").read_bytes()
    assert vehicle.run().returncode == transfer.SET_ASIDE
    kept = {one["line"].split('"')[3]: one for one in vehicle.set_aside()}
    assert set(kept) == {"r-1", "r-2"}
    assert "image" in kept["r-1"]["reasons"]
    assert (vehicle.folder / "refused" / kept["r-2"]["picture"]).read_bytes() == before
    assert (vehicle.folder / "refused" / kept["r-1"]["picture"]).read_bytes() == b"no picture"
    assert vehicle.names() == []


def test_another_read_under_the_same_id_is_set_aside(vehicle: Vehicle) -> None:
    one = vehicle.row(1)
    vehicle.write("a.jsonl", one, one | {"plate": "OTHER1"}, one)
    assert vehicle.run().returncode == transfer.SET_ASIDE
    (kept,) = vehicle.set_aside()
    assert "OTHER1" in kept["line"]
    assert Detection.objects.count() == 1


def test_a_full_disk_deletes_nothing_and_goes_on_when_there_is_room(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", *(vehicle.row(number) for number in range(50)), pictures=True)

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    ended = vehicle.run(preexec_fn=little)
    assert ended.returncode == transfer.NO_ROOM, ended.stdout
    assert "The disk is full" in ended.stdout
    assert len(vehicle.names("*.jpg")) == 50
    assert untouched(vehicle)
    assert vehicle.run().returncode == transfer.DONE
    assert Detection.objects.count() == 50
    assert vehicle.names() == []


def test_the_reserve_makes_room_once(tmp_path: Path) -> None:
    (tmp_path / ".transfer").mkdir()
    journal = transfer.Journal(tmp_path / ".transfer")
    assert journal.reserve.stat().st_size == transfer.RESERVE
    written = []

    def write() -> None:
        if journal.reserve.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(1)

    journal.with_room(write)
    assert written == [1]
    with pytest.raises(OSError, match="No space"):
        journal.with_room(_full)
    with pytest.raises(PermissionError):
        journal.with_room(_forbidden)


def _full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _forbidden() -> None:
    raise PermissionError(errno.EACCES, "no")


def test_a_file_that_changed_after_it_came_in_is_not_deleted(vehicle: Vehicle, under: Under) -> None:
    under(purge_vehicle_after=False)
    path = vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2), pictures=True)
    vehicle.run()
    (vehicle.folder / "r-1.jpg").write_bytes(picture(200))
    path.write_text(json.dumps(vehicle.row(7)) + "\n")
    under(purge_vehicle_after=True)
    assert vehicle.run().returncode == transfer.DONE
    assert Detection.objects.count() == 3
    assert vehicle.names() == ["r-1.jpg", "r-2.jpg"]


def test_a_picture_that_changed_after_it_came_in_is_not_deleted(vehicle: Vehicle, under: Under) -> None:
    under(purge_vehicle_after=False)
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2), pictures=True)
    vehicle.run()
    (vehicle.folder / "r-1.jpg").write_bytes(picture(200))
    under(purge_vehicle_after=True)
    vehicle.run()
    assert vehicle.names() == ["r-1.jpg"]


@pytest.mark.parametrize(
    "make", [lambda path: path.write_bytes(b""), lambda path: path.unlink()], ids=["empty", "gone"]
)
def test_a_journal_that_is_gone_costs_time_and_no_read(
    vehicle: Vehicle, make: Callable[[Path], None], under: Under
) -> None:
    under(purge_vehicle_after=False)
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2))
    vehicle.run()
    make(vehicle.folder / ".transfer" / "journal.jsonl")
    assert vehicle.run().returncode == transfer.DONE
    assert (Detection.objects.count(), Transfer.objects.count()) == (2, 1)
