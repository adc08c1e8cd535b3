"""What a vehicle's transfer client asks beyond sending its reads. See docs/vehicles.md."""

from __future__ import annotations

import json
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from detections import vehicles
from detections.api import described
from detections.api.authentication import reader_key
from detections.api.batches import DATA_PART, WholeBody, form
from detections.models import ReaderKey
from training.api.errors import BadRequest

LARGEST_COUNT = 2**31 - 1


@described.TERMS
@reader_key("GET")
def terms(request: Request) -> Response:
    """Whose camera the key sends for, the server's time, and what the agency's policy asks of vehicles."""
    key = _key(request)
    rule = key.agency.policy.transfer
    return Response(
        {
            "agency": str(key.agency),
            "camera": key.camera.code,
            "time": timezone.now().isoformat(),
            "transfer": {
                "mode": rule.mode.value,
                "max_days": rule.max_days,
                "purge_vehicle_after": rule.purge_vehicle_after,
            },
        }
    )


@described.HELD
@reader_key("POST", parsers=(WholeBody,))
def held(request: Request) -> Response:
    """Take what the vehicle's computer still holds: `left` reads to come, `set_aside` that were refused."""
    said = _content(request)
    counts = {name: _count(said, name) for name in ("left", "set_aside")}
    vehicles.copy_said(actor=_key(request), **counts)
    return Response(counts)


@described.RECEIPTS
@reader_key("POST", parsers=(WholeBody,))
def receipts(request: Request) -> Response:
    """Which of the client's receipts are not known here. It asks before it deletes anything."""
    asked = vehicles.receipts_of(_content(request).get("receipts"))
    return Response({"unknown": vehicles.receipts_unknown(key=_key(request), receipts=asked)})


@described.PURGED
@reader_key("POST", parsers=(WholeBody,))
def purged(request: Request) -> Response:
    """Take the signed list of what the vehicle's computer deleted: 201, or 200 where it came before."""
    said = _content(request)
    text, signature = said.get("list"), said.get("signature")
    scheme, _, secret = request.headers["Authorization"].partition(" ")
    if not isinstance(text, str) or not isinstance(signature, str) or scheme.lower() != "bearer":
        raise BadRequest("Send the list and its signature as texts, with the key as a bearer.")
    purge, fresh = vehicles.purge_told(
        actor=_key(request), text=text, signature=signature, secret=secret.strip()
    )
    return Response({"list_sha256": purge.list_sha256, "reads": purge.purged}, status=201 if fresh else 200)


def _key(request: Request) -> ReaderKey:
    return cast(ReaderKey, request.auth)


def _content(request: Request) -> dict[str, Any]:
    try:
        content = json.loads(form(request).get(DATA_PART, b""))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise BadRequest("Send an object of JSON.", code="not_json")
    return content


def _count(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_COUNT:
        raise ValidationError({name: "This is a whole number, 0 or more."})
    return value
