"""Batches of detections with matching, against a bare COPY of the same rows into the same kind of table."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import cast

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AdoptedPolicy, Agency, Member
from alpr.policy import load_preset
from benchmarks.measuring import Row, seconds, turns
from detections import ingest, partitions, uuid7
from detections.ingest import Read, receive
from detections.models import Camera, Detection, Hit, ReaderKey, Transfer
from hotlists.models import Entry, HotList, Snapshot
from hotlists.plates import fold

ENTRIES = 50_000
BATCHES = 40
BATCH = 500
WARM_UP = 2
LISTED_IN = 200
BARE = "bare_detection"
COPY_BARE = ingest.COPY.replace(partitions.TABLE, BARE)
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
DICE = random.Random(20261122)


def run() -> list[Row]:
    """Receive the batches and copy the same rows bare, by turns; one plate in 200 is on the hot list.

    Bare is measured twice: batch by batch, as detections come, and all at once.
    """
    camera = _camera()
    listed = _hot_list(camera.agency)
    batches = [_batch(number, listed) for number in range(WARM_UP + BATCHES)]
    _bare_table(batches)
    received = [partial(_receive, _key(camera), number, reads) for number, reads in enumerate(batches)]
    copied = [partial(_copy, camera, reads) for reads in batches]
    turns(received[:WARM_UP], copied[:WARM_UP])
    ours, bare = turns(received[WARM_UP:], copied[WARM_UP:])
    _check(batches)
    at_once = _all_at_once(camera, batches[WARM_UP:]) / BATCHES
    name = f"Batches of {BATCH}, matched against {ENTRIES:,} entries"
    return [
        Row(name, "bare COPY, batch by batch", BATCH, ours, bare),
        Row(name, "one bare COPY of all batches", BATCH, ours, at_once),
    ]


def _camera() -> Camera:
    agency = Agency.objects.create(name="Benchmark", short_name="Benchmark")
    proposer, approver = (
        Member.objects.create(agency=agency, sign_in_name=badge, badge=badge, roles=["administrator"])
        for badge in ("1", "2")
    )
    AdoptedPolicy.objects.create(
        agency=agency, version=1, preset="vallejo", rules=load_preset("vallejo").to_dict(),
        proposed_by=proposer, approved_by=approver, effective_from=timezone.now(),
    )  # fmt: skip
    camera = Camera.objects.create(agency=agency, code="cam-1", name="Benchmark")
    ReaderKey.objects.create(camera=camera, issued_by=proposer)
    return camera


def _hot_list(agency: Agency) -> list[str]:
    """A general list; gives its plates."""
    member = agency.members.get(badge="1")
    hot_list = HotList.objects.create(
        agency=agency,
        name="Stolen",
        kind=HotList.Kind.GENERAL,
        source=HotList.Source.SVS,
        designated_by=member,
    )
    snapshot = Snapshot.objects.create(
        hot_list=hot_list, file_name="bench.csv", sha256="0" * 64, loaded_by=member
    )
    plates = sorted({_plate() for _ in range(ENTRIES)})
    Entry.objects.bulk_create(
        [
            Entry(
                hot_list=hot_list, snapshot=snapshot, plate=plate, plate_key=fold(plate), state="CA",
                reason="Stolen vehicle", state_of_entry=Entry.State.IN_USE,
            )
            for plate in plates
        ],
        batch_size=5_000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return plates


def _plate() -> str:
    digits = f"{DICE.randrange(10_000):04}"
    return digits[0] + "".join(DICE.choices(LETTERS, k=3)) + digits[1:]


def _batch(number: int, listed: list[str]) -> list[Read]:
    now = timezone.now()
    return [
        Read(
            sender_id=f"{number}-{place}",
            captured_at=now - timedelta(seconds=DICE.randrange(86_400)),
            plate=DICE.choice(listed) if DICE.randrange(LISTED_IN) == 0 else _plate(),
            content_sha256=f"{DICE.getrandbits(256):064x}",
            state="CA",
            confidence=0.93,
            make="HONDA",
            model="CIVIC",
            color="GRAY",
            direction="northbound",
            latitude=38.104,
            longitude=-122.256,
        )
        for place in range(BATCH)
    ]


def _bare_table(batches: list[list[Read]]) -> None:
    """A table like that of the detections, with the same partitions and indexes."""
    partitions.ensure(read.captured_at for reads in batches for read in reads)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {BARE} (LIKE {partitions.TABLE} INCLUDING ALL) PARTITION BY RANGE (id)")
        for table in sorted(partitions.standing()):
            cursor.execute(
                "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = %s::regclass", [table]
            )
            (bounds,) = cursor.fetchone()
            cursor.execute(f"CREATE TABLE bare_{table} PARTITION OF {BARE} {bounds}")


def _receive(key: ReaderKey, number: int, reads: list[Read]) -> None:
    receive(actor=key, camera=key.camera, reads=reads, refused=[], batch_sha256=f"{number:064}")


def _key(camera: Camera) -> ReaderKey:
    """The camera's key, read afresh as each request does."""
    return ReaderKey.objects.select_related("camera__agency").get(camera=camera)


def _copy(camera: Camera, reads: list[Read]) -> None:
    transfer = cast(Transfer, SimpleNamespace(pk=1, received_at=timezone.now()))
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(COPY_BARE) as copy:
        for read in reads:
            key = uuid7.detection_id(read.captured_at, camera=camera.pk, sender_id=read.sender_id)
            copy.write_row(ingest.in_columns(key, read, camera, transfer))


def _all_at_once(camera: Camera, batches: list[list[Read]]) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {BARE}")
    return seconds(lambda: _copy(camera, [read for reads in batches for read in reads]))


def _check(batches: list[list[Read]]) -> None:
    sent = sum(map(len, batches))
    if Detection.objects.count() != sent or not sent / LISTED_IN / 2 < Hit.objects.count():
        raise RuntimeError("Not everything that was sent was stored and matched.")
