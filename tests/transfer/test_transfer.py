"""A folder of a vehicle's computer comes in, with its pictures, and goes only where the policy says so."""

from __future__ import annotations

import ast
import hashlib
import hmac
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from detections.models import Detection, LocalPurge, ReaderKey, Transfer, VehicleCopy
from detections.transfer import transfer
from tests.transfer.conftest import Under
from tests.transfer.vehicle import CLIENT, Vehicle
from trail.models import Event
from trail.verbs import Verb

REPOSITORY = Path(__file__).resolve().parents[2]


def stored() -> list[str]:
    """The sender's ids of what has come in, in the order of capture."""
    return list(Detection.objects.order_by("id").values_list("sender_id", flat=True))


def test_reads_and_pictures_come_in_and_stay_on_the_vehicle_where_the_policy_is_silent(
    vehicle: Vehicle, evidence: Path
) -> None:
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2), pictures=True)
    vehicle.write("b.jsonl", vehicle.row(3))
    ended = vehicle.run()
    assert ended.returncode == transfer.DONE, ended.stdout
    assert "Reads that came in: 3." in ended.stdout
    assert stored() == ["r-1", "r-2", "r-3"]
    first = Detection.objects.get(sender_id="r-1")
    assert (evidence / first.image).read_bytes() == (vehicle.folder / "r-1.jpg").read_bytes()
    assert vehicle.names() == ["a.jsonl", "b.jsonl", "r-1.jpg", "r-2.jpg"]
    assert vehicle.lists() == []


def test_what_has_come_in_is_not_sent_again(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2))
    vehicle.run()
    with (vehicle.folder / "a.jsonl").open("a") as file:
        file.write(json.dumps(vehicle.row(3)) + "\n")
    ended = vehicle.run()
    assert "Reads that came in: 1. Come in before: 0." in ended.stdout
    assert stored() == ["r-1", "r-2", "r-3"]
    assert Transfer.objects.count() == 2


def test_another_file_under_the_same_name_is_sent_whole(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2))
    vehicle.run()
    vehicle.write("a.jsonl", vehicle.row(3), vehicle.row(4), vehicle.row(5))
    vehicle.run()
    assert stored() == ["r-1", "r-2", "r-3", "r-4", "r-5"]


def test_local_copies_go_once_they_have_come_in_and_leave_a_signed_list(
    vehicle: Vehicle, under: Under
) -> None:
    under(purge_vehicle_after=True)
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2), pictures=True)
    vehicle.write("b.jsonl", vehicle.row(3), "")
    ended = vehicle.run()
    assert ended.returncode == transfer.DONE, ended.stdout
    assert vehicle.names() == []
    assert stored() == ["r-1", "r-2", "r-3"]
    first, second = vehicle.lists()
    for path in (first, second):
        signature = hmac.new(vehicle.secret.encode(), path.read_bytes(), hashlib.sha256).hexdigest()
        assert path.with_suffix(".hmac").read_text().strip() == signature
        told = LocalPurge.objects.get(signature=signature)
        assert told.list_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    listed = json.loads(first.read_text())["reads"] + json.loads(second.read_text())["reads"]
    kept = set(Detection.objects.values_list("content_sha256", flat=True))
    assert {content for _, content, _ in listed} == kept
    assert sorted(LocalPurge.objects.values_list("purged", "pictures")) == [(1, 0), (2, 2)]
    assert Event.objects.filter(verb=Verb.VEHICLE_PURGED).count() == 2
    assert "8KRB" not in first.read_text()


def test_the_server_knows_what_the_vehicle_still_holds(vehicle: Vehicle) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    vehicle.write("b.jsonl.part", vehicle.row(2), vehicle.row(3))
    ended = vehicle.run()
    assert "Still to come: 2." in ended.stdout
    copy = VehicleCopy.objects.get()
    assert (copy.left, copy.set_aside) == (2, 0)


def test_a_file_that_is_still_written_is_left_alone(vehicle: Vehicle, under: Under) -> None:
    under(purge_vehicle_after=True)
    vehicle.write("a.jsonl.part", vehicle.row(1))
    vehicle.write("young.jsonl", vehicle.row(2))
    old = vehicle.write("old.jsonl", vehicle.row(3))
    os.utime(old, (1_000_000_000, 1_000_000_000))
    ended = vehicle.run("--settle", "3600")
    assert ended.returncode == transfer.DONE
    assert stored() == ["r-3"]
    assert vehicle.names() == ["a.jsonl.part", "young.jsonl"]


def test_a_read_waits_for_its_picture_while_that_is_written(vehicle: Vehicle, evidence: Path) -> None:
    vehicle.write("a.jsonl", vehicle.row(1), vehicle.row(2), vehicle.row(3), pictures=True)
    whole = vehicle.folder / "r-2.jpg"
    whole.rename(vehicle.folder / "r-2.jpg.part")
    vehicle.run()
    assert stored() == ["r-1"]
    (vehicle.folder / "r-2.jpg.part").rename(whole)
    vehicle.run()
    assert stored() == ["r-1", "r-2", "r-3"]
    assert (evidence / Detection.objects.get(sender_id="r-2").image).read_bytes() == whole.read_bytes()


def test_a_picture_that_was_never_finished_does_not_hold_up_its_read(vehicle: Vehicle, under: Under) -> None:
    under(purge_vehicle_after=True)
    vehicle.write("a.jsonl", vehicle.row(1))
    part = vehicle.folder / "r-1.jpg.part"
    part.write_bytes(b"half")
    os.utime(part, (1_000_000_000, 1_000_000_000))
    vehicle.run()
    assert stored() == ["r-1"]
    assert vehicle.names() == ["r-1.jpg.part"]


@pytest.mark.parametrize("name", ["data", "image", "Ünder weg", 'a"b', "a/b", "../up"])
def test_pictures_come_in_under_any_name_that_a_reader_gives(
    vehicle: Vehicle, evidence: Path, name: str
) -> None:
    shown = vehicle.write("plain.jsonl", vehicle.row(1), pictures=True)
    os.replace(shown.with_name("r-1.jpg"), vehicle.folder / f"{transfer.quote(name, safe='')}.jpg")
    vehicle.write("plain.jsonl", vehicle.row(0), vehicle.row(1, sender_id=name), vehicle.row(2))
    ended = vehicle.run()
    assert ended.returncode == transfer.DONE, ended.stdout
    found = Detection.objects.get(sender_id=name)
    assert (evidence / found.image).stat().st_size > 0
    assert found.image
    assert Detection.objects.count() == 3


def test_more_reads_and_pictures_than_a_batch_holds(vehicle: Vehicle, under: Under) -> None:
    under(purge_vehicle_after=True)
    many = [vehicle.row(number) for number in range(transfer.MOST_READS + 30)]
    vehicle.write("a.jsonl", *many)
    for number in range(transfer.MOST_PICTURES + 5):
        (vehicle.folder / f"r-{number}.jpg").write_bytes(b"")
    ended = vehicle.run()
    assert ended.returncode == transfer.SET_ASIDE
    assert len(vehicle.set_aside()) == transfer.MOST_PICTURES + 5
    assert Detection.objects.count() == len(many) - transfer.MOST_PICTURES - 5


def test_the_command_of_the_server_is_the_very_same(
    vehicle: Vehicle, reader_key: tuple[ReaderKey, str]
) -> None:
    vehicle.write("a.jsonl", vehicle.row(1))
    options = vehicle.command()[1:]
    ended = subprocess.run(
        [sys.executable, "manage.py", "transfer", *options], cwd=REPOSITORY, text=True, capture_output=True,
        env=os.environ | {"ALPR_READER_KEY": vehicle.secret, "DATABASE_URL": ""}, timeout=120,
    )  # fmt: skip
    assert ended.returncode == transfer.DONE, ended.stderr
    assert stored() == ["r-1"]
    refused = subprocess.run(
        [sys.executable, "manage.py", "transfer", *options], cwd=REPOSITORY, text=True, capture_output=True,
        env=os.environ | {"ALPR_READER_KEY": "unknown", "DATABASE_URL": ""}, timeout=120,
    )  # fmt: skip
    assert refused.returncode == transfer.KEY


def test_the_client_is_python_of_3_9_and_nothing_else() -> None:
    tree = ast.parse(CLIENT.read_text(), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)
