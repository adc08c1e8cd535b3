"""Pictures that are given to be read: taken in at once, read in the background."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections import images, parking
from detections.models import Camera, ImageJob
from detections.recognition import BadImage, open_image
from trail.actors import Actor
from trail.models import Inquiry
from trail.services import act, record
from trail.verbs import Verb
from training import gate

CLOCK_TOLERANCE = timedelta(minutes=2)


def photograph_camera(agency: Agency) -> Camera:
    """The agency's camera that stands for its members' photographs."""
    return Camera.objects.get_or_create(
        agency=agency,
        code="photographs",
        defaults={"name": "Photographs by members", "kind": Camera.Kind.PHOTOGRAPH},
    )[0]


def photograph_give(
    *, actor: Member, inquiry: Inquiry, data: bytes, captured_at: datetime | None = None
) -> ImageJob:
    """A member gives a photograph under a stated purpose; it is read in the background.

    Raises `Refused` at the gate and ValidationError for a picture or time that cannot be.
    """
    gate.require(actor, Permission.GIVE_PICTURES, on=actor.agency, inquiry=inquiry)
    camera = photograph_camera(actor.agency)
    sender_id = f"{inquiry.pk}-{hashlib.sha256(data).hexdigest()[:32]}"
    return image_give(
        actor=actor, camera=camera, data=data, sender_id=sender_id, captured_at=captured_at, inquiry=inquiry
    )


def image_give(
    *,
    actor: Actor,
    camera: Camera,
    data: bytes,
    sender_id: str = "",
    captured_at: datetime | None = None,
    inquiry: Inquiry | None = None,
) -> ImageJob:
    """Store one picture and queue its reading. The same `sender_id` again answers the first job.

    `sender_id` defaults to the picture's SHA-256, `captured_at` to now. Raises ValidationError, by field, for
    bytes that are no picture, for a time in the future or before retention, for a camera of the parking
    program, and for other bytes under a `sender_id` already used.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    sender_id = sender_id or sha256
    captured_at = captured_at or timezone.now()
    check_time(camera.agency, captured_at)
    if parking.is_parking(camera, captured_at):
        raise ValidationError({"image": "This camera reads for parking, of which no picture is kept."})
    try:
        open_image(data, max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS)
    except BadImage as bad:
        raise ValidationError({"image": str(bad)}) from bad
    with images.taken_back_on_error() as written:
        job = _taken_in(
            actor=actor,
            camera=camera,
            data=data,
            sha256=sha256,
            sender_id=sender_id,
            captured_at=captured_at,
            inquiry=inquiry,
        )
        for name in written:
            if name != job.image:
                images.remove(name)
    return job


def check_time(agency: Agency, captured_at: datetime) -> None:
    """Raise ValidationError for a capture time in the future, or so old that it would be purged at once."""
    now = timezone.now()
    if captured_at > now + CLOCK_TOLERANCE:
        raise ValidationError({"captured_at": "This time lies in the future; check the device's clock."})
    days = agency.policy.retention.detections_days
    if captured_at < now - timedelta(days=days):
        raise ValidationError(
            {"captured_at": f"This time is past retention: detections are kept {days} days."}
        )


@act
def _taken_in(
    *,
    actor: Actor,
    camera: Camera,
    data: bytes,
    sha256: str,
    sender_id: str,
    captured_at: datetime,
    inquiry: Inquiry | None,
) -> ImageJob:
    defaults: dict[str, Any] = {
        "sha256": sha256,
        "image": lambda: images.store(data, captured_at),
        "captured_at": captured_at,
        "given_by": actor if isinstance(actor, Member) else None,
        "inquiry": inquiry,
    }
    job, created = ImageJob.objects.get_or_create(camera=camera, sender_id=sender_id, defaults=defaults)
    if not created and job.sha256 != sha256:
        taken = ValidationError("Another picture came under this id before; it is kept.", code="conflict")
        raise ValidationError({"sender_id": taken})
    if created:
        record(actor, Verb.IMAGE_RECEIVED, job, inquiry=inquiry, elements={"sha256": sha256})
        transaction.on_commit(lambda: enqueue(job.pk))
    return job


def enqueue(job_id: int) -> None:
    """Queue the reading of one picture; only its id travels."""
    async_task("detections.tasks.read_image", job_id, task_name=f"photograph {job_id}")
