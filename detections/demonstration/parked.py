"""The demonstration department's parking program: a vehicle, two zones, a scofflaw list, a week's hits."""

from __future__ import annotations

import hashlib
import io
import random
from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import Agency
from detections.demonstration.drawing import plausible_plate
from detections.demonstration.hits import People
from detections.demonstration.readers import VEHICLES, VEHICLES_OF_OURS
from detections.ingest import Read, receive
from detections.models import Camera, CameraGroup, ParkingHit, ParkingZone, Program, ProgramChange
from detections.parking import camera_set_program
from detections.parking.closing import hit_cite, hit_end
from detections.parking.scofflaw import list_load, list_make
from detections.parking.zones import zone_make
from hotlists.plates import normalize
from trail.actors import System

QUAY, FERRY = (38.1041, -122.2566), (38.0996, -122.2602)
DAYS = 7
READS_A_DAY = 30
OWED = (
    ("6PKM204", "CA", "Seven unpaid citations", "614.00"),
    ("4TRB880", "CA", "Five unpaid citations", "412.50"),
    ("2WLD117", "NV", "Nine unpaid citations", "980.00"),
)


def week(agency: Agency, people: People, rng: random.Random) -> None:
    """Make the program as it has run for a week, with hits of every ending and a few that are open."""
    vehicle = _vehicle(agency, people)
    _zones(agency, people)
    _list(agency, people)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(DAYS, 0, -1):
        _send(vehicle, _day(midnight - timedelta(days=back), rng))
    now = timezone.localtime()
    _send(vehicle, _stay("5SNV377", now - timedelta(minutes=110), now - timedelta(minutes=6), FERRY, rng))
    _send(vehicle, [_read("BTRB880", now - timedelta(minutes=3), FERRY, rng)])
    _end(people)


def _vehicle(agency: Agency, people: People) -> Camera:
    area = CameraGroup.objects.get(agency=agency, name=VEHICLES_OF_OURS)
    made = Camera.objects.create(
        agency=agency, code="park-1", name="Parking vehicle 1", kind=Camera.Kind.MOBILE, group=area
    )
    moved = camera_set_program(actor=people["admin"], camera=made, program=Program.PARKING)
    moved.program_since = timezone.now() - timedelta(days=60)
    moved.save()
    ProgramChange.objects.filter(camera=moved).update(since=moved.program_since)
    return moved


def _zones(agency: Agency, people: People) -> None:
    zone_make(
        actor=people["admin"], agency=agency, name="Quay St, 2 hours", limit_minutes=120, days=range(1, 8),
        starts=time(8), ends=time(18), circle=(*QUAY, 250),
    )  # fmt: skip
    zone_make(
        actor=people["admin"], agency=agency, name="Ferry landing, 90 minutes", limit_minutes=90,
        days=range(1, 8), starts=time(0), ends=time(0), circle=(*FERRY, 200),
    )  # fmt: skip
    ParkingZone.objects.filter(agency=agency).update(opened_at=timezone.now() - timedelta(days=60))


def _list(agency: Agency, people: People) -> None:
    owed = list_make(actor=people["admin"], agency=agency, name="Unpaid citations")
    lines = ["plate,state,reason,amount", *(",".join(line) for line in OWED)]
    file = io.BytesIO("\n".join(lines).encode())
    list_load(actor=people["admin"], scofflaw_list=owed, file=file, file_name="unpaid.csv")


def _day(midnight: datetime, rng: random.Random) -> list[Read]:
    nine = midnight + timedelta(hours=9)
    reads = [
        _read(normalize(plausible_plate("CA", rng)), nine + timedelta(minutes=rng.uniform(0, 500)), QUAY, rng)
        for _ in range(READS_A_DAY)
    ]
    over = nine + timedelta(minutes=rng.uniform(125, 200))
    reads += _stay(normalize(plausible_plate("CA", rng)), nine, over, QUAY, rng)
    if midnight.toordinal() % 2:
        reads.append(_read(OWED[0][0], nine + timedelta(minutes=30), FERRY, rng))
    return sorted(reads, key=lambda read: read.captured_at)


def _stay(
    plate: str, first: datetime, last: datetime, place: tuple[float, float], rng: random.Random
) -> list[Read]:
    """Two reads of one vehicle in one place."""
    vehicle = rng.choice(VEHICLES)
    return [_read(plate, moment, place, rng, vehicle=vehicle) for moment in (first, last)]


def _read(
    plate: str, moment: datetime, place: tuple[float, float], rng: random.Random,
    vehicle: tuple[str, str, str, str] | None = None,
) -> Read:  # fmt: skip
    make, model, color, body = vehicle or rng.choice(VEHICLES)
    name = f"{plate}-{moment:%Y%m%d%H%M%S}"
    return Read(
        sender_id=name, captured_at=moment, plate=plate, state="CA", make=make, model=model, color=color,
        body=body, confidence=0.94, latitude=place[0] + rng.uniform(-8e-4, 8e-4),
        longitude=place[1] + rng.uniform(-8e-4, 8e-4),
        content_sha256=hashlib.sha256(name.encode()).hexdigest(),
    )  # fmt: skip


def _send(vehicle: Camera, reads: list[Read]) -> None:
    names = "\n".join(read.sender_id for read in reads)
    receive(
        actor=System("Demonstration", vehicle.agency), camera=vehicle, reads=reads, refused=[],
        batch_sha256=hashlib.sha256(names.encode()).hexdigest(),
    )  # fmt: skip


def _end(people: People) -> None:
    """End the hits of all days but the last, a third of them with a citation."""
    officer, yesterday = people["parking"], timezone.localdate() - timedelta(days=1)
    earlier = ParkingHit.objects.filter(agency=officer.agency, day__lt=yesterday).order_by("pk")
    for number, hit in enumerate(earlier):
        if number % 3 == 0:
            hit_cite(actor=officer, hit=hit, citation_number=f"PA-{44_712 + number}")
        else:
            hit_end(actor=officer, hit=hit, reason="gone" if number % 3 == 1 else "permit")
