"""One vehicle over all that is kept, from one result of a search: its reads by day, and what nobody saw."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from detections import search as query
from detections.console_choice import choice_of, keys_of
from detections.models import Camera, Detection
from detections.search_history import MOST_READS, search_history
from detections.views_console import signed_in_member
from detections.views_search import one_found
from hotlists.plates import Position
from training.rules import rule


@dataclass(frozen=True)
class Seen:
    """One read of the vehicle beside the one the history began from; `is_found` where the search finds it.

    `agency` is whose it is, where others' detections are searched as well.
    """

    origin: Detection
    detection: Detection
    is_found: bool
    agency: str = ""

    @cached_property
    def doubts(self) -> list[Position]:
        """The places where it was read otherwise."""
        return query.doubts(self.origin.plate, self.detection.plate) or []

    @property
    def places(self) -> list[int]:
        """The places in doubt, from 1."""
        return [doubt.number for doubt in self.doubts]

    @property
    def state_unread(self) -> bool:
        """Whether the reader gave no state where it did before."""
        return bool(self.origin.state and not self.detection.state)


@dataclass(frozen=True)
class SeenDay:
    """One day with reads, and the cameras that sent nothing that day."""

    day: date
    reads: list[Seen]
    silent: list[Camera]


@rule(Permission.SEARCH)
@require_GET
@never_cache
def search_vehicle(request: HttpRequest, pk: uuid.UUID, detection: uuid.UUID) -> HttpResponse:
    """The history of the vehicle of one result, recorded under the search's purpose."""
    found = one_found(request, pk, detection)
    asked, origin = found.search, found.detection
    history = search_history(
        actor=signed_in_member(request), inquiry=asked.inquiry, detection=origin, search=asked
    )
    reads = [read for day in history.days for read in day.reads]
    known = query.matching(asked).filter(pk__in=[read.pk for read in reads])
    mine = set(known.values_list("pk", flat=True))
    names = {agency.pk: str(agency) for agency in asked.searched} if asked.others else {}

    def seen(read: Detection) -> Seen:
        return Seen(origin, read, read.pk in mine, names.get(read.agency_id, ""))

    context = {
        "search": asked,
        "found": found,
        "detection": origin,
        "history": history,
        "days": [SeenDay(day.day, [seen(read) for read in day.reads], day.silent) for day in history.days],
        "cameras": len({read.camera_id for read in reads}),
        "most": MOST_READS,
        "keys": keys_of(choice_of(signed_in_member(request))),
    }
    return render(request, "detections/search_vehicle.html", context)
