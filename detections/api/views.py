"""What readers ask: detections in, pictures in, and what became of a picture. See docs/api.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from detections import images, parking
from detections.api import described, native, receipts
from detections.api.authentication import reader_key
from detections.api.batches import Batch, WholeBody, form, read_batch, sha256_of
from detections.ingest import Read, Receipt, RefusedRow, receive, record_refused
from detections.models import Camera, ImageJob, ReaderKey
from detections.recognition import BadImage, open_image
from detections.services_images import image_give
from training.api.errors import BadRequest


@described.DETECTIONS
@reader_key("POST", parsers=(WholeBody, MultiPartParser))
def detections(request: Request) -> Response:
    """Store a batch of reads and answer with its receipt: 201 with something new, 200 with nothing new."""
    key = _key(request)
    batch = read_batch(request)
    reads, refused = _checked(batch, key)
    if not reads:
        record_refused(key, key.camera, refused, of=len(batch.rows))
        message = f"None of the {len(batch.rows)} detections was stored."
        raise BadRequest(message, code="all_refused", rows=[receipts.of_refused(row) for row in refused])
    receipt = _stored(batch, key, reads, refused)
    return Response(receipts.of_batch(receipt), status=receipts.status_of(receipt))


@described.IMAGES
@reader_key("POST", parsers=(MultiPartParser,))
def images_to_read(request: Request) -> Response:
    """Take in one picture to be read in the background, and answer 202 with its job and receipt."""
    key = _key(request)
    file = request.FILES.get("image")
    if file is None:
        raise BadRequest("Send the picture as the part “image”.", fields={"image": "This is required."})
    try:
        _check_size(file)
        job = image_give(
            actor=key,
            camera=key.camera,
            data=file.read(),
            sender_id=_sender_id(request),
            captured_at=_moment(request),
        )
    except (ValidationError, BadImage) as problem:
        raise _refused_picture(problem, key) from None
    return Response(_job(job), status=202)


@described.IMAGE
@reader_key("GET")
def image(request: Request, job_id: int) -> Response:
    """Where the reading of one of the camera's own pictures stands. No plate is told."""
    return Response(_job(get_object_or_404(ImageJob, pk=job_id, camera=_key(request).camera)))


def _key(request: Request) -> ReaderKey:
    return cast(ReaderKey, request.auth)


def _checked(batch: Batch, key: ReaderKey) -> tuple[dict[int, Read], list[RefusedRow]]:
    """The rows that stand, by their number, and those that do not."""
    days = parking.kept_days(key.camera)
    terms = native.Terms(camera=key.camera.code, now=timezone.now(), kept_days=days)
    reads: dict[int, Read] = {}
    refused = []
    for index, raw in enumerate(batch.rows):
        picture = batch.pictures.get(index)
        row = native.read_row(raw, index, terms, picture_sha256=sha256_of(picture) if picture else "")
        if isinstance(row, Read) and picture is not None:
            row = _with_picture(row, index, picture)
        if isinstance(row, Read):
            reads[index] = row
        else:
            refused.append(row)
    return reads, refused


def _with_picture(read: Read, index: int, picture: UploadedFile[bytes]) -> Read | RefusedRow:
    try:
        _check_size(picture)
        picture.seek(0)
        open_image(picture.read(), max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS)
    except BadImage as bad:
        return RefusedRow(index, read.sender_id, {"image": str(bad)})
    return read


def _check_size(picture: UploadedFile[bytes]) -> None:
    """Raise `BadImage` before a file that is too large is read into memory."""
    if (picture.size or 0) > settings.IMAGE_MAX_BYTES:
        raise BadImage(f"The file has {picture.size:,} bytes; the limit is {settings.IMAGE_MAX_BYTES:,}.")


def _stored(batch: Batch, key: ReaderKey, reads: dict[int, Read], refused: list[RefusedRow]) -> Receipt:
    """Store pictures, then rows; no picture stays whose row was stored before or not at all."""
    with images.taken_back_on_error() as written:
        with_images = [
            _illustrated(read, batch.pictures.get(index), key.camera) for index, read in reads.items()
        ]
        receipt = receive(
            actor=key, camera=key.camera, reads=with_images, refused=refused, batch_sha256=batch.sha256
        )
    used: dict[Any, str] = {}
    for detection_id, read in zip(receipt.detection_ids, with_images, strict=True):
        if detection_id in receipt.fresh:
            used.setdefault(detection_id, read.image)
    for name in set(written) - set(used.values()):
        images.remove(name)
    return receipt


def _illustrated(read: Read, picture: UploadedFile[bytes] | None, camera: Camera) -> Read:
    if picture is None or parking.is_parking(camera, read.captured_at):
        return read
    picture.seek(0)
    image = images.store_of_read(picture.read(), read.captured_at, camera.agency.policy)
    return replace(read, image=image)


def _job(job: ImageJob) -> dict[str, Any]:
    return {
        "job": {
            "id": job.pk,
            "state": job.state,
            "url": reverse("api_image", args=[job.pk]),
            "plates_found": len(job.detection_ids),
            "error": job.error,
            "finished_at": job.finished_at,
        },
        "receipt": {
            "sender_id": job.sender_id,
            "sha256": job.sha256,
            "captured_at": job.captured_at,
            "received_at": job.received_at,
        },
    }


def _sender_id(request: Request) -> str:
    row = native.Row({"sender_id": form(request).get("sender_id")})
    sender_id = row.text("sender_id")
    if row.reasons:
        raise ValidationError(row.reasons)
    return sender_id


def _moment(request: Request) -> datetime | None:
    text = form(request).get("captured_at")
    try:
        return native.moment(text) if text else None
    except ValueError as wrong:
        raise ValidationError({"captured_at": str(wrong)}) from wrong


def _refused_picture(problem: ValidationError | BadImage, key: ReaderKey) -> BadRequest:
    """The answer to a picture that was not taken in, and its line on the trail. 409 where its id is taken."""
    invalid = ValidationError({"image": str(problem)}) if isinstance(problem, BadImage) else problem
    reasons = {name: " ".join(messages) for name, messages in invalid.message_dict.items()}
    record_refused(key, key.camera, [RefusedRow(0, "", reasons)], of=1)
    taken = any(error.code == "conflict" for errors in invalid.error_dict.values() for error in errors)
    code, status = ("conflict", 409) if taken else ("invalid", 400)
    return BadRequest("The picture was not taken in.", code=code, status=status, fields=reasons)
