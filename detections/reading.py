"""Reading one waiting picture: its plates become detections exactly once, however often it is tried."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from detections import images
from detections.ingest import InactiveCamera, Read, Receipt, receive
from detections.models import ImageJob
from detections.recognition import BadImage, PlateRead, PlateReader, get_reader, open_image
from trail.actors import Actor, System
from trail.services import record
from trail.verbs import Outcome, Verb

MOST_ATTEMPTS = 5
LEAST_CONFIDENCE = 0.5
MOST_PLATES = 8


def read_waiting(job_id: int) -> None:
    """Read the picture of one job.

    The row stays locked while it is read: a second worker finds it taken and leaves it, and a worker that is
    killed leaves it waiting. Attempts are counted beforehand, so that a picture which kills its reader is
    given up after five. Raises `ReaderUnavailable`, which leaves the picture waiting.
    """
    counted = ImageJob.objects.filter(pk=job_id, state=ImageJob.State.WAITING)
    if not counted.update(attempts=F("attempts") + 1):
        return
    with transaction.atomic():
        waiting = ImageJob.objects.select_for_update(skip_locked=True, of=("self",))
        job = (
            waiting.select_related("camera__agency", "given_by__agency", "inquiry")
            .filter(pk=job_id, state=ImageJob.State.WAITING)
            .first()
        )
        if job is None:
            return
        if job.attempts > MOST_ATTEMPTS:
            _fail(job, "The reader stopped five times on this picture; it is kept and not tried again.")
            return
        _read(job, get_reader())


def _read(job: ImageJob, reader: PlateReader) -> None:
    try:
        with images.open(job.image) as file:
            data = file.read()
        pixels, _ = open_image(data, max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS)
    except FileNotFoundError:
        _fail(job, "The picture's file is missing.")
        return
    except BadImage as bad:
        _fail(job, str(bad))
        return
    plates = [plate for plate in reader.read(pixels) if _counts(plate)][:MOST_PLATES]
    actor = _actor(job)
    try:
        found = _detected(job, plates, reader, actor).detection_ids if plates else []
    except InactiveCamera as inactive:
        _fail(job, str(inactive))
        return
    _finish(job, ImageJob.State.READ if found else ImageJob.State.NOTHING)
    job.detection_ids = [str(key) for key in found]
    job.save()
    record(
        actor, Verb.IMAGE_READ, job, inquiry=job.inquiry, detail=f"{len(found)} plates by {_engine(reader)}"
    )


def _counts(plate: PlateRead) -> bool:
    return plate.confidence >= LEAST_CONFIDENCE and 2 <= len(plate.text) <= 10


def _detected(job: ImageJob, plates: list[PlateRead], reader: PlateReader, actor: Actor) -> Receipt:
    kept = job.agency.policy.retention.images_on_server
    reads = [
        Read(
            sender_id=f"{job.sender_id}#{number}",
            captured_at=job.captured_at,
            plate=plate.text,
            content_sha256=job.sha256,
            confidence=round(plate.confidence, 4),
            candidates=_candidates(plate),
            direction=job.camera.direction,
            latitude=job.camera.latitude,
            longitude=job.camera.longitude,
            image=job.image if kept else "",
            box=list(plate.box),
            engine=_engine(reader),
        )
        for number, plate in enumerate(plates, start=1)
    ]
    return receive(actor=actor, camera=job.camera, reads=reads, refused=[], batch_sha256=job.sha256)


def _candidates(plate: PlateRead) -> list[dict[str, object]]:
    """Other readings of the plate: each doubted character replaced by its runner-up, likeliest first."""
    others = []
    for place, choices in enumerate(plate.candidates):
        for character, probability in choices[1:2]:
            text = plate.text[:place] + character + plate.text[place + 1 :]
            others.append({"plate": text, "confidence": round(probability, 4)})
    return sorted(others, key=lambda other: -float(str(other["confidence"])))[:5]


def _engine(reader: PlateReader) -> str:
    return f"{reader.name} {reader.version}"[:40]


def _actor(job: ImageJob) -> Actor:
    return job.given_by or System("Image reading", job.camera.agency)


def _finish(job: ImageJob, state: ImageJob.State) -> None:
    job.state, job.finished_at, job.error = state, timezone.now(), ""


def _fail(job: ImageJob, why: str) -> None:
    _finish(job, ImageJob.State.FAILED)
    job.error = why
    job.save()
    record(_actor(job), Verb.IMAGE_FAILED, job, inquiry=job.inquiry, detail=why, outcome=Outcome.FAILED)
