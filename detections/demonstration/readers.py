"""The demonstration department's cameras and two weeks of what they saw."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import Agency
from detections import images
from detections.demonstration.drawing import draw_scene, plausible_plate
from detections.ingest import Read, Receipt, receive
from detections.models import Camera, CameraGroup
from hotlists.plates import normalize
from trail.actors import System

DAYS = 14
READS_A_DAY = 24
PICTURES_A_CAMERA = 1
VEHICLES = (
    ("TOYOTA", "CAMRY", "SIL", "sedan"),
    ("HONDA", "ACCORD", "SIL", "sedan"),
    ("FORD", "F-150", "BLU", "pickup"),
    ("CHEVROLET", "TAHOE", "BLK", "suv"),
    ("NISSAN", "SENTRA", "WHI", "sedan"),
    ("MAZDA", "3", "RED", "hatchback"),
    ("HYUNDAI", "TUCSON", "GRY", "suv"),
    ("SUBARU", "OUTBACK", "GRN", "suv"),
    ("KIA", "RIO", "WHI", "hatchback"),
)
STATES = ["CA"] * 22 + ["NV", "OR", "AZ", "WA", "TX"]
DOWNTOWN, WATERFRONT, VEHICLES_OF_OURS = "Downtown", "Waterfront", "Patrol vehicles"
CAMERAS = (
    ("cam-03", "Quay St at 5th", Camera.Kind.FIXED, "northbound", 38.1041, -122.2566, WATERFRONT),
    ("cam-07", "Harbor Blvd at Pine St", Camera.Kind.FIXED, "southbound", 38.1012, -122.2521, DOWNTOWN),
    ("cam-12", "Alder Ave at 2nd", Camera.Kind.FIXED, "eastbound", 38.1079, -122.2480, DOWNTOWN),
    ("cam-15", "Ferry landing, exit", Camera.Kind.FIXED, "westbound", 38.0996, -122.2602, WATERFRONT),
    ("unit-12", "Patrol vehicle 12", Camera.Kind.MOBILE, "", 38.1030, -122.2500, VEHICLES_OF_OURS),
    ("trailer-1", "Trailer, Marina lot", Camera.Kind.TRAILER, "northbound", 38.0988, -122.2575, WATERFRONT),
)
# Read before anybody listed them, so that looking back and a preview find something: plate, vehicle, reads.
EARLIER = (
    ("9BQT661", ("TOYOTA", "RAV4", "WHI", "suv"), 3),
    ("8MVT604", ("HYUNDAI", "TUCSON", "GRY", "suv"), 2),
    ("6RNK218", ("SUBARU", "OUTBACK", "GRN", "suv"), 2),
    ("6RNT274", ("SUBARU", "FORESTER", "GRN", "suv"), 1),
)


def cameras(agency: Agency) -> list[Camera]:
    """The department's six cameras, each in its area."""
    areas = {
        name: CameraGroup.objects.create(agency=agency, name=name)
        for name in (DOWNTOWN, WATERFRONT, VEHICLES_OF_OURS)
    }
    return [
        Camera.objects.create(
            agency=agency, code=code, name=name, kind=kind, direction=direction, latitude=lat, longitude=lon,
            group=areas[area],
        )
        for code, name, kind, direction, lat, lon, area in CAMERAS
    ]  # fmt: skip


def before_they_were_listed(cameras: list[Camera], rng: random.Random) -> None:
    """Send earlier reads of vehicles that are listed later, one a day at one camera after the other."""
    now = timezone.now()
    for first, (plate, vehicle, reads) in enumerate(EARLIER):
        for day in range(reads):
            camera = cameras[(first + day) % len(cameras)]
            moment = now - timedelta(days=day + 1, hours=first)
            send(camera, [seen(camera, moment, rng, plate=plate, state="CA", vehicle=vehicle, picture=False)])


def two_weeks(cameras: list[Camera], rng: random.Random) -> None:
    """Send two weeks of plausible reads, a batch for each camera and day; the last few carry a picture."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for camera in cameras:
        for day in range(1, DAYS + 1):
            moments = _moments(today - timedelta(days=day), rng)
            pictured = PICTURES_A_CAMERA if day == 1 else 0
            reads = [
                seen(camera, moment, rng, picture=number < pictured) for number, moment in enumerate(moments)
            ]
            send(camera, reads)


def _moments(day: datetime, rng: random.Random) -> list[datetime]:
    hours = [rng.triangular(5, 23.9, 16) for _ in range(READS_A_DAY)]
    return sorted(datetime.combine(day, time(), day.tzinfo) + timedelta(hours=hour) for hour in hours)


def seen(
    camera: Camera,
    moment: datetime,
    rng: random.Random,
    *,
    plate: str = "",
    read_as: str = "",
    state: str = "",
    vehicle: tuple[str, str, str, str] | None = None,
    picture: bool = True,
) -> Read:
    """One read of one vehicle, as its camera sends it, with a drawn picture unless told not to.

    `plate` is what stands on the vehicle, `read_as` what the camera's reader made of it; both are invented
    where they are not given.
    """
    state = state or rng.choice(STATES)
    plate = plate or plausible_plate(state, rng)
    make, model, color, body = vehicle or rng.choice(VEHICLES)
    image, box = _picture(camera, moment, plate, state, color, body, rng) if picture else ("", None)
    text = normalize(read_as or plate)
    return Read(
        sender_id=f"demo-{camera.code}-{moment:%Y%m%d%H%M%S%f}",
        captured_at=moment,
        plate=text,
        content_sha256=hashlib.sha256(f"{camera.code} {moment.isoformat()} {text}".encode()).hexdigest(),
        state=state,
        confidence=round(rng.uniform(0.86, 0.99), 3),
        candidates=[{"plate": normalize(plate), "confidence": 0.46}] if read_as else [],
        make=make,
        model=model,
        color=color,
        body=body,
        direction=camera.direction,
        latitude=camera.latitude,
        longitude=camera.longitude,
        image=image,
        box=box,
    )


def _picture(
    camera: Camera, moment: datetime, plate: str, state: str, color: str, body: str, rng: random.Random
) -> tuple[str, list[int]]:
    scene = draw_scene(
        plate=plate,
        state=state,
        color=color,
        body=body,
        night=not 7 <= timezone.localtime(moment).hour < 18,
        seed=rng.randrange(1 << 30),
        camera=f"{camera.code} {camera.name}",
        captured_at=moment,
    )
    return images.store(scene.jpeg, moment), list(scene.box)


def send(camera: Camera, reads: list[Read]) -> Receipt:
    """Send one batch as the camera would."""
    together = "".join(read.content_sha256 for read in reads)
    return receive(
        actor=System("Demonstration", camera.agency),
        camera=camera,
        reads=reads,
        refused=[],
        batch_sha256=hashlib.sha256(together.encode()).hexdigest(),
    )
