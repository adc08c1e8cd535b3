"""Parking reads as they come in: stored without a picture, counted, and held against zones and lists."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial

from django.db import connection, transaction

from accounts.models import Agency
from detections import images
from detections.model_parking_zones import local
from detections.models import Camera, ParkingRead, Transfer
from detections.parking import counts, overtime, places, scofflaw
from detections.reads import Read
from hotlists.plates import fold

_LOCK = 7_310_011


def store(*, camera: Camera, transfer: Transfer, reads: Mapping[uuid.UUID, Read]) -> None:
    """Store reads that the camera captured in the parking program, new ones alone, and make their hits.

    Runs within the transaction of the batch. Two batches of one agency follow each other, since each may be
    what makes the other's read overtime.
    """
    if not reads:
        return
    _wait_for_others(camera.agency)
    rows = _rows(camera, transfer, reads)
    ParkingRead.objects.bulk_create(rows, batch_size=1_000)
    counts.add_reads(camera.agency, [local(row.captured_at).date() for row in rows])
    for name in {read.image for read in reads.values() if read.image}:
        transaction.on_commit(partial(images.remove, name))
    overtime.judge(camera.agency, rows)
    scofflaw.meet(camera.agency, rows)


def _wait_for_others(agency: Agency) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, agency.pk])


def _rows(camera: Camera, transfer: Transfer, reads: Mapping[uuid.UUID, Read]) -> list[ParkingRead]:
    zones = places.Zones.of(camera.agency, min(read.captured_at for read in reads.values()))
    rows = []
    for key, read in reads.items():
        latitude, longitude = places.place_of(camera, read)
        rows.append(
            ParkingRead(
                id=key, agency=camera.agency, camera=camera, transfer=transfer, sender_id=read.sender_id,
                zone=zones.at(read.captured_at, camera, latitude, longitude),
                content_sha256=read.content_sha256, captured_at=read.captured_at, plate=read.plate,
                plate_key=fold(read.plate), state=read.state, make=read.make, model=read.model,
                color=read.color, body=read.body, latitude=latitude, longitude=longitude,
            )
        )  # fmt: skip
    return rows
