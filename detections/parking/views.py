"""The parking officer’s pages, used at the curb: the newest hits, one hit with what to compare, its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from detections.models import ParkingHit, ScofflawList
from detections.parking import closing
from detections.parking.forms import FORMS
from detections.parking.moves import MOVES
from detections.views_console import signed_in_member
from trail.moves import MoveRefused
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule

SHOWN = 30
OPEN = (ParkingHit.Status.OPEN, ParkingHit.Status.BROKEN)
SERVICES: dict[str, Callable[..., ParkingHit]] = {"cite": closing.hit_cite, "none": closing.hit_end}


@rule(Permission.ENFORCE_PARKING)
@require_GET
@never_cache
def parking(request: HttpRequest) -> HttpResponse:
    """The open hits of the agency, the newest first; `ended` shows those that were ended."""
    member = signed_in_member(request)
    ended = request.GET.get("show") == "ended"
    rows = closing.visible_to(member)
    rows = rows.exclude(status__in=OPEN).order_by("-closed_at") if ended else rows.filter(status__in=OPEN)
    page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    shown = list(page)
    record(
        member, Verb.PARKING_VIEWED, purpose=closing.PURPOSE,
        elements={"shown": len(shown), "ended": ended, "plates": sorted({hit.plate for hit in shown})},
    )  # fmt: skip
    lists = ScofflawList.objects.filter(agency=member.agency_id, ended_at=None)
    context = {"page": page, "hits": shown, "ended": ended, "lists": lists}
    return render(request, "detections/parking/hits.html", context)


@rule(Permission.ENFORCE_PARKING)
@require_GET
@never_cache
def parking_hit(request: HttpRequest, pk: int) -> HttpResponse:
    """One hit with what to compare, and how it may be ended."""
    return _page(request, _found(request, pk))


@rule(Permission.ENFORCE_PARKING)
@require_POST
@never_cache
def parking_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """End one hit by a move of the table."""
    if move not in MOVES.table:
        raise Http404
    hit, member = _found(request, pk), signed_in_member(request)
    form = FORMS[move](request.POST)
    if not form.is_valid():
        return _page(request, hit, forms={move: form}, status=422)
    try:
        SERVICES[move](actor=member, hit=hit, **form.cleaned_data)
    except ValidationError as wrong:
        for name, errors in wrong.message_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return _page(request, hit, forms={move: form}, status=422)
    except MoveRefused as refused:
        attempted = f"“{MOVES.table[move].label}” on {hit}"
        record(member, Verb.ATTEMPTED, attempted, detail=str(refused), outcome=Outcome.REFUSED)
        return _page(request, _found(request, pk), refused=str(refused), status=409)
    messages.success(request, f"{hit.number} is ended.")
    return redirect("parking")


def _found(request: HttpRequest, pk: int) -> ParkingHit:
    """The hit, if it is the member's to see: out of sight is 404."""
    member = signed_in_member(request)
    hit = get_object_or_404(closing.visible_to(member), pk=pk)
    gate.require(member, Permission.ENFORCE_PARKING, on=hit)
    return hit


def _page(
    request: HttpRequest, hit: ParkingHit, *, forms: dict[str, Any] | None = None, refused: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    told = {"plate": hit.plate, "state": hit.state, "compared": list(hit.compared)}
    record(signed_in_member(request), Verb.PARKING_HIT_VIEWED, hit, purpose=closing.PURPOSE, elements=told)
    given = forms or {}
    offered = {move.name: given.get(move.name) or FORMS[move.name]() for move in MOVES.open_from(hit.status)}
    context = {
        "hit": hit,
        "refused": refused,
        "forms": offered,
        "differing": [place.number for place in hit.differing],
        "states_differ": bool(hit.compared[1] and hit.state and hit.compared[1] != hit.state),
        "wrong": next(iter(given.values()), None),
    }
    return render(request, "detections/parking/hit.html", context, status=status)
