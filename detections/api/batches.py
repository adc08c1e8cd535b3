"""A request's body as a batch: its rows, the pictures that came with them, and the hash of it all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any, NoReturn, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from training.api.errors import BadRequest

MOST_ROWS = 1_000
SINGLE_PICTURE = "image"
DATA_PART = "data"


class WholeBody(BaseParser):
    """Gives a JSON body as the bytes that came, for its hash; refuses one that is too large to hold."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """The whole body, as the part `data`."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body: bytes = stream.read(limit + 1)
        if len(body) > limit:
            raise BadRequest(f"The body has more than {limit:,} bytes.", code="too_large", status=413)
        return {DATA_PART: body}


@dataclass(frozen=True)
class Batch:
    """The rows as they came, the pictures by the number of their row, and the SHA-256 of the whole.

    `beside` is what stood beside the rows, by name.
    """

    rows: list[object]
    pictures: dict[int, UploadedFile[bytes]]
    sha256: str
    beside: dict[str, object] = field(default_factory=dict)


def read_batch(request: Request) -> Batch:
    """The batch in a request: JSON, or multipart with the JSON as part `data` and pictures beside it.

    A picture's part is named by the `sender_id` of its row, or `image` where there is one row. Raises
    `BadRequest` where the body is no batch, or a picture belongs to no row.
    """
    body, files = _parts(request)
    content = _content(body)
    rows = _rows(content)
    whole = hashlib.sha256(body)
    for name in sorted(files):
        whole.update(f"\0{name}\0{sha256_of(files[name])}".encode())
    beside = content if isinstance(content, dict) else {}
    return Batch(rows=rows, pictures=_by_row(rows, files), sha256=whole.hexdigest(), beside=beside)


def form(request: Request) -> Mapping[str, Any]:
    """The values of the request's form, or of its JSON body."""
    return cast(Mapping[str, Any], request.data)


def sha256_of(file: UploadedFile[bytes]) -> str:
    """Hash of an uploaded file's content."""
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _parts(request: Request) -> tuple[bytes, dict[str, UploadedFile[bytes]]]:
    files = dict(request.FILES.items())
    part = files.pop(DATA_PART, None) or form(request).get(DATA_PART)
    if not part:
        raise BadRequest("The request holds no detections: send them as JSON, or as the part “data”.")
    if isinstance(part, UploadedFile):
        return part.read(), files
    return (part.encode() if isinstance(part, str) else part), files


def _content(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON that can be read.", code="not_json") from None


def _rows(content: Any) -> list[object]:
    if isinstance(content, dict):
        content = content.get("detections", [content])
    if not isinstance(content, list) or not content:
        raise BadRequest("Send one detection, a list of them, or an object with the list “detections”.")
    if len(content) > MOST_ROWS:
        message = f"A batch has at most {MOST_ROWS:,} detections; this has {len(content):,}."
        raise BadRequest(message, code="too_large", status=413)
    return content


def _by_row(rows: list[object], files: dict[str, UploadedFile[bytes]]) -> dict[int, UploadedFile[bytes]]:
    found, unused = {}, set(files)
    for index, row in enumerate(rows):
        name = row.get("sender_id") if isinstance(row, dict) else None
        if len(rows) == 1 and SINGLE_PICTURE in files:
            name = SINGLE_PICTURE
        if isinstance(name, str) and name in files:
            found[index] = files[name]
            unused.discard(name)
    if unused:
        message = (
            "A picture’s part is named by the sender_id of its detection, or “image” where there is one."
        )
        raise BadRequest(message, code="picture_without_detection")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
