"""One detection among the results of a search, and its pictures, each recorded under the search's purpose."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Member
from accounts.permissions import Permission
from detections import console, held, pictures
from detections.model_hits import of_detection
from detections.models import Detection
from detections.search_agencies import record_access
from detections.thumbnails import has_leave
from detections.views_console import signed_in_member
from detections.views_search import Found, one_found
from trail.verbs import Verb
from training import gate
from training.rules import rule


@rule(Permission.SEARCH)
@require_GET
@never_cache
def search_detection(request: HttpRequest, pk: uuid.UUID, detection: uuid.UUID) -> HttpResponse:
    """One detection with its pictures, its hits and its holds."""
    found = one_found(request, pk, detection)
    member = signed_in_member(request)
    _record(member, Verb.DETECTION_VIEWED, found)
    read = found.detection
    days = read.agency.policy.retention.detections_days
    hits = console.visible(member).filter(of_detection(read.pk))
    context = {
        "search": found.search,
        "found": found,
        "detection": read,
        "picture": pictures.measure(read.image, read.box),
        "hits": hits,
        "holds": held.holds_of(read),
        "is_own": read.agency_id == member.agency_id,
        "kept_until": read.captured_at + timedelta(days=days),
        "may_hold": gate.allows(member, Permission.HOLD, on=read),
        "may_see_hits": gate.allows(member, Permission.SEE_HITS, on=read),
    }
    return render(request, "detections/detection.html", context)


def _record(member: Member, verb: Verb, found: Found) -> None:
    seen = found.detection
    facts: dict[str, Any] = {"plate": seen.plate, "state": seen.state, "search": str(found.search.pk)}
    record_access(member, verb, found.search, elements=facts, target=seen)


@rule(Permission.SEARCH)
@require_GET
def search_image(request: HttpRequest, pk: uuid.UUID, detection: uuid.UUID) -> HttpResponse:
    """The whole picture as it came, recorded each time."""
    return _picture(request, pk, detection, lambda seen: pictures.whole(seen.image))


@rule(Permission.SEARCH)
@require_GET
def search_plate(request: HttpRequest, pk: uuid.UUID, detection: uuid.UUID) -> HttpResponse:
    """The plate cut from the picture and enlarged, recorded each time."""
    return _picture(request, pk, detection, lambda seen: pictures.plate(seen.image, seen.box))


def _picture(
    request: HttpRequest,
    pk: uuid.UUID,
    detection: uuid.UUID,
    draw: Callable[[Detection], HttpResponse],
) -> HttpResponse:
    found = one_found(request, pk, detection)
    answer = draw(found.detection)
    _record(signed_in_member(request), Verb.IMAGE_VIEWED, found)
    return answer


@rule(Permission.SEARCH)
@require_GET
def search_thumbnail(request: HttpRequest, pk: uuid.UUID, detection: uuid.UUID) -> HttpResponse:
    """The small picture of a row, with the leave that its recorded page gave; without it there is none."""
    found = one_found(request, pk, detection)
    leave = request.GET.get("leave", "")
    if not has_leave(signed_in_member(request), found.search, detection, leave):
        raise Http404
    return pictures.small(found.detection.image)
