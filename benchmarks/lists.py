"""A general list of a million entries, loaded and loaded again, against a bare COPY of the same file.

Each load runs in a process of its own, as in a fresh worker, so that its memory is its own.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone

ROWS = 1_000_000
CHANGED = 100
HEADER = "plate,state,reason,make,model,year,color,vin,entering_agency,case_number,record_number\n"
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
CARS = ("HOND,CIVIC", "TOYT,CAMRY", "FORD,F-150", "CHEV,TAHOE", "NISS,SENTRA")
COLORS = ("WHI", "BLK", "GRY", "SIL", "BLU", "RED")


def run() -> Iterator[object]:
    """Load a million rows into an empty list, and again with one in a hundred changed, each beside bare."""
    from benchmarks.measuring import Row

    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        hot_list = _hot_list()
        for name, changed in (("into an empty list", False), ("again, 1 in 100 changed", True)):
            path = Path(folder) / "list.csv"
            _write(path, changed)
            bare = _bare(path)
            ours, peak = _loaded(hot_list, path)
            _check(hot_list, changed)
            yield Row(f"{ROWS:,} rows {name}", "bare COPY and its index", ROWS, ours, bare, peak)


def _hot_list() -> int:
    """An empty general list of an agency of its own; gives its number."""
    from accounts.models import AdoptedPolicy, Agency, Member
    from alpr.policy import load_preset
    from hotlists.models import HotList

    agency = Agency.objects.create(name="Lists", short_name="Lists")
    proposer, approver = (
        Member.objects.create(agency=agency, sign_in_name=badge, badge=badge, roles=["administrator"])
        for badge in ("lists-1", "lists-2")
    )
    AdoptedPolicy.objects.create(
        agency=agency, version=1, preset="vallejo", rules=load_preset("vallejo").to_dict(),
        proposed_by=proposer, approved_by=approver, approved_at=timezone.now(),
        effective_from=timezone.now(),
    )  # fmt: skip
    made = HotList.objects.create(
        agency=agency, name="A million", kind=HotList.Kind.GENERAL, source=HotList.Source.SVS,
        designated_by=proposer,
    )  # fmt: skip
    return int(made.pk)


def _write(path: Path, changed: bool) -> None:
    dice = random.Random(20261122)
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(ROWS):
            plate = f"{number % 10}{''.join(dice.choices(LETTERS, k=3))}{number // 10:05}"[:10]
            reason = "Stolen plate" if changed and number % CHANGED == 0 else "Stolen vehicle"
            file.write(
                f"{plate},CA,{reason},{dice.choice(CARS)},{1990 + number % 35},{dice.choice(COLORS)},"
                f"1HGCM{number:012},Alder PD,26-{number % 90_000:05},V{number:09}\n"
            )


def _bare(path: Path) -> float:
    """Seconds for the file into a table without anything, and the index on its plates."""
    from benchmarks.measuring import seconds

    def copy() -> None:
        with connection.cursor() as cursor, path.open("rb") as file:
            cursor.execute("DROP TABLE IF EXISTS bare_list")
            columns = ", ".join(f"{name} text" for name in HEADER.strip().split(","))
            cursor.execute(f"CREATE TABLE bare_list ({columns})")
            with cursor.copy("COPY bare_list FROM STDIN (FORMAT csv, HEADER)") as into:
                while piece := file.read(1 << 16):
                    into.write(piece)
            cursor.execute("CREATE INDEX ON bare_list (plate)")

    return seconds(copy)


def _loaded(hot_list: int, path: Path) -> tuple[float, int]:
    """Seconds and peak memory in MiB of a fresh process that loads the file."""
    command = [sys.executable, "-m", "benchmarks.lists", str(hot_list), str(path)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return float(said[0]), int(said[1])


def _check(hot_list: int, changed: bool) -> None:
    from hotlists.models import Refresh

    last = Refresh.objects.filter(hot_list=hot_list).latest("received_at")
    expected = (0, ROWS // CHANGED, ROWS - ROWS // CHANGED) if changed else (ROWS, 0, 0)
    if (last.added, last.changed, last.unchanged) != expected:
        raise RuntimeError(f"The list was not loaded as it should be: {last.state}, {last.why}")


def _worker(hot_list: int, file: BinaryIO) -> None:
    """What the fresh process does: receive the file, run its job, and say how long and how large."""
    from benchmarks import scratch
    from benchmarks.measuring import peak_mebibytes, seconds
    from hotlists import tasks
    from hotlists.models import HotList, Refresh
    from hotlists.services import refresh_receive
    from trail.actors import System

    scratch.join()
    found = HotList.objects.select_related("agency").get(pk=hot_list)
    refresh = refresh_receive(
        actor=System("Benchmark", found.agency), hot_list=found, file=file, file_name="list.csv",
        how=Refresh.How.FOLDER, source_at=timezone.now(),
    )  # fmt: skip
    took = seconds(lambda: tasks.refresh(str(refresh.pk)))
    print(took, peak_mebibytes())


if __name__ == "__main__":
    django.setup()
    with open(sys.argv[2], "rb") as given:
        _worker(int(sys.argv[1]), given)
