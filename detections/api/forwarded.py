"""The centre's address: another installation forwards its detections here. See docs/forwarding.md."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from detections.api import described_forwarded as described
from detections.api import receipts
from detections.api.batches import WholeBody, read_batch
from detections.forwarding import kept
from detections.forwarding.sources import is_open
from detections.forwarding.taking import Batch, Damaged, Taken, take
from detections.models import ForwardKey
from detections.recognition import BadImage, open_image
from training.api.errors import BadRequest, Closed
from training.api.keys import KeyAuthentication, KeyThrottle, for_keys


class EndedSource(Closed):
    """The agreement under which the source sends is over, and nothing is taken from it."""

    code = "agreement_ended"


class ForwardKeyAuthentication(KeyAuthentication[ForwardKey]):
    """Lets the standing key of a source in, while its agreement lasts."""

    realm = "forwarding"

    def keys(self) -> QuerySet[ForwardKey]:
        """Sources' keys with their source."""
        return ForwardKey.objects.select_related("source__agency")

    def check(self, key: ForwardKey) -> None:
        """Raise `EndedSource` where nothing is taken any more."""
        if not is_open(key.source):
            raise EndedSource("The agreement is over: nothing is taken from this source any more.")


class ForwardThrottle(KeyThrottle):
    """So many requests a key and minute, as readers have (`ALPR_READER_RATE`), counted apart."""

    scope = "reader"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """One count a key."""
        return f"forwarding-{request.auth.pk}"


forward_key = for_keys("forwarding key", ForwardKeyAuthentication, ForwardThrottle)


@described.STANDS
@forward_key("GET")
def standing(request: Request) -> Response:
    """How the source stands here: under which policy its detections are kept, how much is gone. No plate."""
    return Response(kept.standing(cast(ForwardKey, request.auth).source))


@described.FORWARDED
@forward_key("POST", parsers=(WholeBody, MultiPartParser))
def forwarded(request: Request) -> Response:
    """Store a batch and answer with its receipt: 201 with something new, 200 with nothing new."""
    key = cast(ForwardKey, request.auth)
    batch, no_pictures = _batch(request)
    try:
        taken = take(actor=key, batch=batch, pictures_refused=no_pictures)
    except Damaged as damaged:
        raise BadRequest(str(damaged), code="damaged", status=503) from None
    return Response(_receipt(batch, taken), status=201 if taken.accepted else 200)


def _batch(request: Request) -> tuple[Batch, dict[int, str]]:
    """The batch as it came, and why pictures of it are none, by the number of their row."""
    came = read_batch(request)
    pictures: dict[int, bytes] = {}
    refused: dict[int, str] = {}
    for index, file in came.pictures.items():
        if (file.size or 0) > settings.IMAGE_MAX_BYTES:
            refused[index] = f"The picture has more than {settings.IMAGE_MAX_BYTES:,} bytes."
            continue
        file.seek(0)
        data = file.read()
        try:
            open_image(data, max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS)
        except BadImage as bad:
            refused[index] = str(bad)
        else:
            pictures[index] = data
    cameras = came.beside.get("cameras")
    told = cameras if isinstance(cameras, dict) else {}
    return Batch(came.rows, pictures, came.sha256, told, came.beside.get("waiting")), refused


def _receipt(batch: Batch, taken: Taken) -> dict[str, Any]:
    return {
        "receipt": {
            "sha256": batch.sha256,
            "received_at": timezone.now(),
            "accepted": taken.accepted,
            "duplicates": taken.duplicates,
            "refused": len(taken.refused),
            "transfers": taken.transfers,
        },
        "refused": [receipts.of_refused(row) for row in taken.refused],
    }
