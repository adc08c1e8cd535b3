"""What the readers of other makers send, each in its own words: `POST /api/v1/readers/<kind>/`."""

from __future__ import annotations

import hashlib
from typing import Any, NoReturn, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, QueryDict
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from detections.adapters import ADAPTERS
from detections.adapters.shape import BadMessage, Message, Nothing, Part, Told
from detections.adapters.taking import Taken, UnknownCamera, take
from detections.api import described, receipts
from detections.api.authentication import reader_key
from detections.api.batches import DATA_PART, WholeBody, form
from detections.api.mixed import PARTS, MixedParts
from detections.ingest import RefusedRow, record_refused
from detections.models import Camera, ReaderKey
from training.api.errors import BadRequest


class AnyBody(WholeBody):
    """Gives a body of any kind as the bytes that came: devices name what they send as they please."""

    media_type = "*/*"


@described.READERS
@reader_key("POST", parsers=(MultiPartParser, MixedParts, AnyBody))
def readers(request: Request, kind: str) -> Response:
    """Take in one message of a maker's reader, and answer with the receipts, one for each camera.

    201 with something new; 200 with nothing new, for a sign of life, and for a message without a read.
    """
    if kind not in ADAPTERS:
        raise Http404
    key = cast(ReaderKey, request.auth)
    message = _message(request)
    try:
        told = ADAPTERS[kind].read(message)
        taken = take(actor=key, told=told, message_sha256=_sha256(message))
    except UnknownCamera as unknown:
        _refuse_camera(key, unknown)
    except BadMessage as bad:
        raise BadRequest(str(bad), code="bad_message") from None
    if taken.refused and not taken.receipts:
        rows = [_refused(camera, row) for camera, row in taken.refused]
        raise BadRequest(f"None of the {len(rows)} reads was stored.", code="all_refused", rows=rows)
    status = receipts.status_of(*(receipt for _, receipt in taken.receipts)) if taken.receipts else 200
    return Response(_answer(taken, told), status=status)


def _message(request: Request) -> Message:
    """The body as it came, or its parts by name; the second of a name is named “name 2”."""
    zone = timezone.get_default_timezone()
    data = form(request)
    if PARTS in data and not isinstance(data, QueryDict):
        parts = _by_name(data[PARTS])
        return Message(body=b"", content_type=request.content_type, parts=parts, zone=zone)
    if not isinstance(data, QueryDict):
        return Message(body=data.get(DATA_PART, b""), content_type=request.content_type, zone=zone)
    files = [(name, file) for name, files in request.FILES.lists() for file in files]
    if sum(file.size or 0 for _, file in files) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raise BadRequest(f"The files have more than {most:,} bytes.", code="too_large", status=413)
    found = [Part(name, _file_name(file), file.read()) for name, file in files]
    for name, values in data.lists():
        found += [Part(name, "", _bytes(value)) for value in values if not isinstance(value, UploadedFile)]
    return Message(body=b"", content_type=request.content_type, parts=_by_name(found), zone=zone)


def _by_name(parts: list[Part]) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for part in parts:
        number = sum(1 for name in found if found[name].name == part.name) + 1
        found[part.name if number == 1 else f"{part.name} {number}"] = part
    return found


def _file_name(file: UploadedFile[bytes]) -> str:
    return file.name or ""


def _bytes(value: object) -> bytes:
    return str(value).encode(errors="replace")


def _sha256(message: Message) -> str:
    """Hash of the message as it came; of a form, that of its parts' names and hashes, whatever parts them."""
    whole = hashlib.sha256(message.body)
    for name in sorted(message.parts):
        content = hashlib.sha256(message.parts[name].content).hexdigest()
        whole.update(f"\0{name}\0{content}".encode(errors="surrogatepass"))
    return whole.hexdigest()


def _answer(taken: Taken, told: list[Told]) -> dict[str, Any]:
    """The receipts by camera, refused reads beside them, beats, and why there was nothing to store."""
    of_receipts = [{"camera": camera.code} | receipts.of_batch(receipt) for camera, receipt in taken.receipts]
    having = {camera.pk for camera, _ in taken.receipts}
    return {
        "receipts": of_receipts,
        "refused": [_refused(camera, row) for camera, row in taken.refused if camera.pk not in having],
        "heartbeats": taken.beats,
        "unknown_cameras": taken.unknown,
        "nothing": [one.why for one in told if isinstance(one, Nothing)],
    }


def _refused(camera: Camera, row: RefusedRow) -> dict[str, Any]:
    return {"camera": camera.code} | receipts.of_refused(row)


def _refuse_camera(key: ReaderKey, unknown: UnknownCamera) -> NoReturn:
    """Refuse reads of a camera that the key does not know, and put it on the trail."""
    record_refused(key, key.camera, [RefusedRow(0, "", {"camera": str(unknown)})], of=1)
    raise BadRequest(str(unknown), code="unknown_camera") from None
