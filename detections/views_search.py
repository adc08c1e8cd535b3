"""Search: a form with the purpose first, and results that only their maker opens.

No address and no title carries a plate. Everything shown is recorded under the search's own purpose.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Member
from accounts.permissions import Permission
from detections import search as query
from detections import uuid7
from detections.console_choice import choice_of, keys_of
from detections.forms_search import SearchForm
from detections.models import Camera, Detection, Search
from detections.search_agencies import by_agency, deleted_before, record_access, require_search
from detections.search_map import BadSpot, SearchMap, Spot, ground_of, map_of
from detections.search_words import Asked
from detections.services_search import elements, search_make, why_broad
from detections.thumbnails import leave_to_see
from detections.views_console import signed_in_member
from hotlists.plates import Position
from trail.services import record
from trail.verbs import Verb
from training import gate
from training.rules import rule

LISTED = 20
MOST_SPOTS = 50


@rule(Permission.SEARCH)
@require_http_methods(["GET", "POST"])
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """The form, and the member's last searches. `?again=<id>` fills in the questions of one of them.

    A search that needs a second person is made only once the page has said so.
    """
    member = signed_in_member(request)
    form = SearchForm(request.POST or None, member=member, again=_again(request, member))
    broad = ""
    if request.method == "POST" and form.is_valid():
        broad = _broad(form, member)
        made = _make(form, member) if not form.errors and (not broad or form.cleaned_data["ask"]) else None
        if made is not None:
            return redirect("search_results", made.pk)
    own = Search.objects.filter(inquiry__member=member).select_related("inquiry", "agency")
    context = {
        "form": form,
        "broad": broad,
        "own": [Asked(one) for one in own.prefetch_related("cameras", "agencies")[:LISTED]],
        "limit": query.LIMIT,
        "rules": member.agency.policy.search,
        "ground": ground_of(Camera.objects.filter(agency__in=form.choosable)),
        "may_hold": gate.allows(member, Permission.HOLD),
        "may_approve": gate.allows(member, Permission.APPROVE_SEARCHES),
        "may_review": gate.allows(member, Permission.REVIEW_FINDINGS),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "detections/search.html", context, status=status)


def _again(request: HttpRequest, member: Member) -> Search | None:
    try:
        key = uuid.UUID(request.GET.get("again", ""))
    except ValueError:
        return None
    return Search.objects.filter(pk=key, inquiry__member=member).first()


def _broad(form: SearchForm, member: Member) -> str:
    """Why the search of the form needs a second person; where it cannot be asked, the form says why."""
    try:
        return why_broad(agency=member.agency, **form.questions())
    except ValidationError as problems:
        form.add_error(None, problems)
    return ""


def _make(form: SearchForm, member: Member) -> Search | None:
    """Make the search of a valid form; None where it was refused, with the reason on the form."""
    try:
        return search_make(actor=member, inquiry=form.state_purpose(), **form.questions())
    except ValidationError as problems:
        form.add_error(None, problems)
    return None


@rule(Permission.SEARCH)
@require_POST
@never_cache
def search_fit(request: HttpRequest) -> HttpResponse:
    """Whether what is typed so far needs a second person, as a piece of the form. It looks at no data."""
    member = signed_in_member(request)
    form = SearchForm(request.POST, member=member)
    broad = "" if _is_unclear(form) else _broad(form, member)
    context = {"form": form, "broad": broad, "unclear": _is_unclear(form)}
    return render(request, "detections/search_fit.html", context)


def _is_unclear(form: SearchForm) -> bool:
    """Whether something of the question, not of the purpose, cannot be read."""
    return bool(set(form.errors) - {"case_number", "offense", "reason"})


def own_search(request: HttpRequest, pk: uuid.UUID) -> Search:
    """A search of the member's own, under a purpose that still stands; every other is out of sight."""
    member = signed_in_member(request)
    own = Search.objects.filter(inquiry__member=member).select_related(
        "inquiry__member", "agency", "decided_by"
    )
    found = get_object_or_404(own, pk=pk)
    require_search(member, found, found.inquiry)
    return found


def one_found(request: HttpRequest, pk: uuid.UUID, detection: uuid.UUID) -> Found:
    """One detection that the search finds; every other is out of sight, even with its id."""
    asked = own_search(request, pk)
    if not asked.is_open:
        raise Http404
    rows = query.matching(asked).select_related("camera", "agency")
    return Found(asked, get_object_or_404(rows, pk=detection))


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
    def agency(self) -> str:
        """Whose detection it is, where the search looks through others' as well; else empty."""
        named = self.search.searched if self.search.others else []
        return next((str(agency) for agency in named if agency.pk == self.detection.agency_id), "")

    @property
    def state_unread(self) -> bool:
        """Whether a state was asked for and the reader gave none."""
        return bool(self.search.state and not self.detection.state)


@dataclass(frozen=True)
class Row(Found):
    """One row of the table: its letter on the map, and the leave to load its small picture."""

    letter: str = ""
    leave: str = ""


@dataclass(frozen=True)
class Where:
    """Which page of the results the address asks for."""

    order: str
    after: uuid.UUID | None
    before: uuid.UUID | None
    spots: Sequence[Spot]

    @classmethod
    def of(cls, request: HttpRequest, asked: Search) -> Where:
        """Read it. Raises Http404 for what was tampered with: keys lie in the search's time."""
        order = request.GET.get("order", "newest")
        after, before = (_key(request.GET.get(name), asked) for name in ("after", "before"))
        texts = request.GET.getlist("at")
        if order not in query.ORDERS or (after and before) or len(texts) > MOST_SPOTS:
            raise Http404
        searched = Camera.objects.filter(agency__in=asked.searched)
        cameras = {camera.pk: camera for camera in searched} if texts else {}
        try:
            return cls(order, after, before, [Spot.read(text, cameras) for text in texts])
        except BadSpot as odd:
            raise Http404(str(odd)) from odd

    @property
    def narrowed(self) -> Q | None:
        """The condition of the detections that lie at the chosen spots; None for all."""
        return reduce(or_, (spot.condition for spot in self.spots)) if self.spots else None

    @property
    def is_first(self) -> bool:
        """Whether it is the newest page of all results."""
        return self.order == "newest" and not (self.after or self.before or self.spots)

    def page(self, asked: Search) -> query.Page:
        """The page. Raises `NotApproved`."""
        return query.page(asked, self.order, self.after, self.before, narrowed=self.narrowed)

    @property
    def at(self) -> str:
        """The chosen spots, as the rest of an address."""
        return "".join(f"&at={spot.key}" for spot in self.spots)


def _key(text: str | None, asked: Search) -> uuid.UUID | None:
    if text is None:
        return None
    try:
        key = uuid.UUID(text)
    except ValueError as odd:
        raise Http404("There is no such page of results.") from odd
    if not uuid7.floor(asked.since) <= key < uuid7.floor(asked.until):
        raise Http404("There is no such page of results.")
    return key


@rule(Permission.SEARCH)
@require_GET
@never_cache
def search_results(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One page of what a search finds now, with its map; or where it stands while a second person decides."""
    asked = own_search(request, pk)
    if not asked.is_open:
        return _shut(request, asked)
    where = Where.of(request, asked)
    newest = list(query.walk(asked, limit=query.LIMIT + 1))
    found = newest[: query.LIMIT]
    drawn = map_of(asked, found, where.spots)
    page = query.first_page(newest) if where.is_first else where.page(asked)
    context = {
        "search": asked,
        "asked": Asked(asked),
        "count": len(found),
        "plates": len({each.plate for each in found}),
        "more": len(newest) > len(found),
        "limit": query.LIMIT,
        "map": drawn,
        "page": page,
        "where": where,
        "rows": _shown(request, asked, page.rows, where, drawn),
        "keys": keys_of(choice_of(signed_in_member(request))),
        "may_hold": not asked.others and gate.allows(signed_in_member(request), Permission.HOLD, on=asked),
        "deleted_before": deleted_before(asked),
    }
    return render(request, "detections/search_results.html", context)


def _shut(request: HttpRequest, asked: Search) -> HttpResponse:
    """Where a broad search stands while it is not approved: what it asks, and the decision."""
    record(
        signed_in_member(request), Verb.SEARCH_VIEWED, asked, inquiry=asked.inquiry, elements=elements(asked)
    )
    return render(request, "detections/search_waits.html", {"search": asked, "asked": Asked(asked)})


def _shown(
    request: HttpRequest, asked: Search, reads: list[Detection], where: Where, drawn: SearchMap
) -> list[Row]:
    """The rows of a page, recorded as one act with how many detections and small pictures it shows."""
    member = signed_in_member(request)
    event: dict[str, Any] = elements(asked) | {
        "shown": len(reads), "pictures": sum(bool(read.image) for read in reads), "order": where.order,
    }  # fmt: skip
    if where.spots:
        event["at"] = [spot.key for spot in where.spots]
    record_access(member, Verb.RESULTS_VIEWED, asked, elements=event, shown=by_agency(reads))
    return [_row(member, asked, read, drawn) for read in reads]


def _row(member: Member, asked: Search, read: Detection, drawn: SearchMap) -> Row:
    leave = leave_to_see(member, asked, read.pk) if read.image else ""
    return Row(asked, read, drawn.letter_of(read), leave)
