"""Batches of detections with matching, against a bare COPY of the same rows into the same kind of table."""

from __future__ import annotations

import random
from collections.abc import Iterator
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
from trail import context

ENTRIES = 50_000
BATCHES = 40
BATCH_SIZES = (500, 1_000)
WARM_UP = 2
LISTED_IN = 200
BARE = "bare_detection"
COPY_BARE = ingest.COPY.replace(partitions.TABLE, BARE)
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
DICE = random.Random(20261122)


def run() -> Iterator[Row]:
    """Receive the batches and copy the same rows bare, by turns; one plate in 200 is on the hot list.

    Bare is measured twice: batch by batch, as detections come, and all at once. Batches are of the size that
    a busy reader sends, and as large as the interface takes them.
    """
    camera = camera_of("Benchmark")
    listed = listed_plates(camera.agency)
    for size in BATCH_SIZES:
        yield from _measured(camera, listed, size)


def _measured(camera: Camera, listed: list[str], size: int) -> list[Row]:
    batches = [_batch(number, listed, size) for number in range(WARM_UP + BATCHES)]
    partitions.ensure(read.captured_at for reads in batches for read in reads)
    bare_table()
    before = Detection.objects.count(), Hit.objects.count()
    received = [partial(_receive, _key(camera), f"{size}-{n}", reads) for n, reads in enumerate(batches)]
    copied = [partial(_copy, camera, reads) for reads in batches]
    turns(received[:WARM_UP], copied[:WARM_UP])
    ours, bare = turns(received[WARM_UP:], copied[WARM_UP:])
    _check(batches, *before)
    at_once = _all_at_once(camera, batches[WARM_UP:]) / BATCHES
    name = f"Batches of {size:,}, matched against {ENTRIES:,} entries"
    return [
        Row(name, "bare COPY, batch by batch", size, ours, bare),
        Row(name, "one bare COPY of all batches", size, ours, at_once),
    ]


def camera_of(name: str) -> Camera:
    """A camera with a key, of a new agency of that name with a policy in force."""
    agency = Agency.objects.create(name=name, short_name=name)
    proposer, approver = (
        Member.objects.create(
            agency=agency, sign_in_name=f"{name} {badge}", badge=badge, roles=["administrator"]
        )
        for badge in ("1", "2")
    )
    AdoptedPolicy.objects.create(
        agency=agency, version=1, preset="vallejo", rules=load_preset("vallejo").to_dict(),
        proposed_by=proposer, approved_by=approver, approved_at=timezone.now(), effective_from=timezone.now(),
    )  # fmt: skip
    camera = Camera.objects.create(agency=agency, code="cam-1", name="Benchmark")
    key = ReaderKey(camera=camera, issued_by=proposer)
    key.make_secret()
    key.save()
    return camera


def listed_plates(agency: Agency) -> list[str]:
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


def _batch(number: int, listed: list[str], size: int) -> list[Read]:
    now = timezone.now()
    return [
        Read(
            sender_id=f"{size}-{number}-{place}",
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
        for place in range(size)
    ]


def bare_table() -> None:
    """A table like that of the detections, with the partitions that stand now and the same indexes, empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {BARE}")
        cursor.execute(f"CREATE TABLE {BARE} (LIKE {partitions.TABLE} INCLUDING ALL) PARTITION BY RANGE (id)")
        for table in sorted(partitions.standing()):
            cursor.execute(
                "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = %s::regclass", [table]
            )
            (bounds,) = cursor.fetchone()
            cursor.execute(f"CREATE TABLE bare_{table} PARTITION OF {BARE} {bounds}")


def _receive(key: ReaderKey, name: str, reads: list[Read]) -> None:
    """As in a request, which asks for the policy in force once."""
    with context.acting(key, request_id=name):
        receive(actor=key, camera=key.camera, reads=reads, refused=[], batch_sha256=f"{name:0>64}")


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


def _check(batches: list[list[Read]], stored: int, made: int) -> None:
    """RuntimeError where not all of the batches were stored and matched beside what was there before."""
    sent = sum(map(len, batches))
    hits = Hit.objects.count() - made
    if Detection.objects.count() - stored != sent or not sent / LISTED_IN / 2 < hits:
        raise RuntimeError("Not everything that was sent was stored and matched.")
