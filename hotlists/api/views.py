"""What a source asks: its file in, and what became of it. See docs/hot-list-refresh.md."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from rest_framework.request import Request
from rest_framework.response import Response

from hotlists import service_refresh
from hotlists.api import described
from hotlists.api.authentication import list_key
from hotlists.models import ListKey, Refresh
from hotlists.services import refresh_receive
from training.api.errors import BadRequest

PROBLEMS_TOLD = 100
NAMELESS = "file"


@described.FILE
@list_key("PUT")
def file(request: Request, pk: int) -> Response:
    """Take in the body as a file for the key's list, piece by piece, and answer 202 with where it stands."""
    key = _key(request, pk)
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > service_refresh.LARGEST:
        raise _too_large()
    try:
        received = refresh_receive(
            actor=key,
            hot_list=key.hot_list,
            file=request._request,
            file_name=_name(request),
            how=Refresh.How.API,
            source_at=_source_time(request),
        )
    except ValidationError as wrong:
        if getattr(wrong, "code", "") == service_refresh.TOO_LARGE:
            raise _too_large() from None
        raise
    return Response(_standing(received), status=202)


@described.REFRESH
@list_key("GET")
def refresh(request: Request, pk: int, refresh: uuid.UUID) -> Response:
    """Where a file of the key's list stands, with its counts and first bad lines. No plate is told."""
    key = _key(request, pk)
    return Response(_standing(get_object_or_404(Refresh, pk=refresh, hot_list=key.hot_list)))


def _key(request: Request, pk: int) -> ListKey:
    key = cast(ListKey, request.auth)
    if key.hot_list_id != pk:
        raise Http404
    return key


def _too_large() -> BadRequest:
    most = service_refresh.LARGEST
    return BadRequest(f"The file has more than {most:,} bytes.", code="too_large", status=413)


def _name(request: Request) -> str:
    """The file's name as the source says; the last part of it, if it gives a path."""
    said = request.headers.get("X-File-Name", "").replace("\\", "/").rpartition("/")[2]
    plain = "".join(character for character in said if character.isprintable()).strip()
    return plain[:200] or NAMELESS


def _source_time(request: Request) -> datetime | None:
    said = request.headers.get("X-Source-Time", "").strip()
    if not said:
        return None
    try:
        moment = parse_datetime(said)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        why = "This is no time with its zone, such as 2026-11-22T06:00:00-08:00."
        raise ValidationError({"X-Source-Time": why})
    return moment


def _standing(found: Refresh) -> dict[str, Any]:
    counts = ("good", "bad", "left_out", "added", "changed", "removed", "unchanged")
    return {
        "refresh": {
            "id": found.pk,
            "state": found.state,
            "url": reverse("api_hot_list_refresh", args=[found.hot_list_id, found.pk]),
            "percent": found.percent,
            "counts": {name: getattr(found, name) for name in counts},
            "waits_for": found.waits_for,
            "why": found.why,
            "problems": [{"line": line, "why": why} for line, why in found.problems[:PROBLEMS_TOLD]],
            "finished_at": found.finished_at,
        },
        "receipt": {
            "file_name": found.file_name,
            "sha256": found.sha256,
            "bytes": found.size,
            "source_at": found.source_at,
            "received_at": found.received_at,
        },
    }
