"""Search: a form with the purpose first, results that only their maker opens, one detection and its pictures.

No address and no title carries a plate. Everything shown is recorded under the search's own purpose.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Member
from accounts.permissions import Permission
from detections import console, held, pictures
from detections import search as query
from detections.forms_search import SearchForm
from detections.model_hits import of_detection
from detections.models import Detection, Search
from detections.services_search import elements, search_make
from hotlists.plates import Position
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule

LISTED = 20
ORDERS = {"newest": "-id", "oldest": "id"}


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


@rule(Permission.SEARCH)
@require_http_methods(["GET", "POST"])
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """The form, and the member's last searches. `?again=<id>` fills in the questions of one of them."""
    member = _member(request)
    form = SearchForm(request.POST or None, member=member, again=_again(request, member))
    status = 200
    if request.method == "POST":
        made = _make(form, member) if form.is_valid() else None
        if made is not None:
            return redirect("search_results", made.pk)
        status = 422
    own = Search.objects.filter(inquiry__member=member).select_related("inquiry")
    context = {
        "form": form,
        "own": own[:LISTED],
        "limit": query.LIMIT,
        "broad": member.agency.policy.search,
        "may_hold": gate.allows(member, Permission.HOLD),
    }
    return render(request, "detections/search.html", context, status=status)


def _again(request: HttpRequest, member: Member) -> Search | None:
    try:
        key = uuid.UUID(request.GET.get("again", ""))
    except ValueError:
        return None
    return Search.objects.filter(pk=key, inquiry__member=member).first()


def _make(form: SearchForm, member: Member) -> Search | None:
    """Make the search of a valid form; None where it was refused, with the reason on the form."""
    inquiry = form.state_purpose()
    try:
        return search_make(actor=member, inquiry=inquiry, **form.questions())
    except ValidationError as problems:
        form.add_error(None, problems)
    except gate.Refused as refused:
        if refused.kind != "two people":
            raise
        asked = {"plate": form.cleaned_data["plate"], "state": form.cleaned_data["state"]}
        record(
            member, Verb.ATTEMPTED, refused.attempted, inquiry=inquiry, elements=asked,
            detail=refused.reason, outcome=Outcome.REFUSED,
        )  # fmt: skip
        form.add_error(None, f"{refused.reason} {refused.next_step} This attempt is recorded.")
    return None


def own_search(request: HttpRequest, pk: uuid.UUID) -> Search:
    """A search of the member's own, under a purpose that still stands; every other is out of sight."""
    member = _member(request)
    own = Search.objects.filter(inquiry__member=member).select_related("inquiry__member", "agency")
    found = get_object_or_404(own, pk=pk)
    gate.require(member, Permission.SEARCH, on=found, inquiry=found.inquiry)
    return found


@dataclass(frozen=True)
class Found:
    """One detection among the results, and how it fits what was asked."""

    search: Search
    detection: Detection

    @cached_property
    def doubts(self) -> list[Position]:
        """The places with another character than was asked for."""
        return query.doubts(self.search.pattern, self.detection.plate) or []

    @property
    def places(self) -> list[int]:
        """The places in doubt, from 1."""
        return [doubt.number for doubt in self.doubts]

    @property
    def state_unread(self) -> bool:
        """Whether a state was asked for and the reader gave none."""
        return bool(self.search.state and not self.detection.state)


@rule(Permission.SEARCH)
@require_GET
@never_cache
def search_results(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What a search finds now, newest first or, with `?order=oldest`, oldest first."""
    asked = own_search(request, pk)
    order = request.GET.get("order", "newest")
    if order not in ORDERS:
        raise Http404
    rows = query.matching(asked).select_related("camera").order_by(ORDERS[order])[: query.LIMIT + 1]
    found = [Found(asked, detection) for detection in rows]
    shown = found[: query.LIMIT]
    more = len(found) > len(shown)
    record(
        _member(request), Verb.RESULTS_VIEWED, asked, inquiry=asked.inquiry,
        elements=elements(asked) | {"shown": len(shown)},
    )  # fmt: skip
    kept = query.kept_since(asked.agency.policy, timezone.now())
    context = {
        "search": asked,
        "cameras": asked.cameras.all(),
        "found": shown,
        "plates": len({each.detection.plate for each in shown}),
        "more": more,
        "limit": query.LIMIT,
        "order": order,
        "kept": kept,
        "before_kept": asked.since < kept,
        "may_hold": gate.allows(_member(request), Permission.HOLD, on=asked),
    }
    return render(request, "detections/search_results.html", context)


def one_found(request: HttpRequest, pk: uuid.UUID, detection: uuid.UUID) -> Found:
    """One detection that the search finds; every other is out of sight, even with its id."""
    asked = own_search(request, pk)
    rows = query.matching(asked).select_related("camera", "agency")
    return Found(asked, get_object_or_404(rows, pk=detection))


@rule(Permission.SEARCH)
@require_GET
@never_cache
def search_detection(request: HttpRequest, pk: uuid.UUID, detection: uuid.UUID) -> HttpResponse:
    """One detection with its pictures, its hits and its holds."""
    found = one_found(request, pk, detection)
    member = _member(request)
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
        "kept_until": read.captured_at + timedelta(days=days),
        "may_hold": gate.allows(member, Permission.HOLD, on=read),
        "may_see_hits": gate.allows(member, Permission.SEE_HITS, on=read),
    }
    return render(request, "detections/detection.html", context)


def _record(member: Member, verb: Verb, found: Found) -> None:
    seen = found.detection
    facts: dict[str, Any] = {"plate": seen.plate, "state": seen.state, "search": str(found.search.pk)}
    record(member, verb, seen, inquiry=found.search.inquiry, elements=facts)


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
    _record(_member(request), Verb.IMAGE_VIEWED, found)
    return answer
