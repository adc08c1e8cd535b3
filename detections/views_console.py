"""The live console: the list of hits, what it asks by itself, and its settings."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Member
from accounts.permissions import Permission
from detections import console as shown
from detections import results
from detections import services_hits as services
from detections.console_board import Board, board_context, midnight
from detections.console_board import board as board_of
from detections.models import Hit
from trail.services import record
from trail.verbs import Verb
from training.rules import rule

SAID = (
    "ladder.alert_permits_following",
    "ladder.before_stop",
    "ladder.compare",
    "ladder.status_from",
    "ladder.person_check_lists",
    "ladder.exigent_may_skip",
    "ladder.result_required",
)


def signed_in_member(request: HttpRequest) -> Member:
    """Who asks; 404 for nobody, which the gate has refused before."""
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


def list_context(
    member: Member, *, open_hit: Hit | None = None, board: Board | None = None
) -> dict[str, Any]:
    """What the list shows (or this `board`, just made), recorded before it is shown."""
    board = board or board_of(member)
    count = len(board.plates)
    record(
        member,
        Verb.HITS_VIEWED,
        purpose="Verifying hits",
        elements={"plates": board.plates},
        detail=f"{count} in the list",
    )
    return board_context(board, open_hit=open_hit)


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def console(request: HttpRequest) -> HttpResponse:
    """The hits that wait, none of them open."""
    member = signed_in_member(request)
    policy = member.agency.policy
    rules = [(policy.describe(name), policy.clause(name).source) for name in SAID]
    context = list_context(member) | {"results": results.shown_to(member), "rules": rules}
    return render(request, "detections/console.html", context)


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def console_list(request: HttpRequest) -> HttpResponse:
    """The list alone, for a console that heard of a hit; 204 where `have` says that nothing changed."""
    member = signed_in_member(request)
    board = board_of(member)
    if request.GET.get("have") == board.fingerprint:
        return HttpResponse(status=204)
    number = request.GET.get("open", "")
    open_hit = shown.visible(member).filter(pk=int(number)).first() if number.isdecimal() else None
    context = list_context(member, open_hit=open_hit, board=board)
    return render(request, "detections/console_list.html", context)


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def console_closed(request: HttpRequest) -> HttpResponse:
    """The hits closed today, with their results."""
    member = signed_in_member(request)
    closed = shown.visible(member).filter(status=Hit.Status.CLOSED, closed_at__gte=midnight())
    hits = list(closed.order_by("-closed_at")[:200])
    elements = {"plates": [hit.plate for hit in hits]}
    record(member, Verb.HITS_VIEWED, purpose="Verifying hits", elements=elements, detail="closed today")
    context = {"rows": shown.rows(hits), "results": results.shown_to(member)}
    return render(request, "detections/console_closed.html", context)


def back(request: HttpRequest) -> HttpResponse:
    """To the settings, the open hit or the list, wherever a choice was sent from."""
    if request.POST.get("back") == "settings":
        return redirect("console_settings")
    hit = request.POST.get("hit", "")
    return redirect("hit", pk=int(hit)) if hit.isdecimal() else redirect("console")


@rule(Permission.SEE_HITS)
@require_POST
def console_keys(request: HttpRequest) -> HttpResponse:
    """Switch the single keys on or off, and come back."""
    services.keys_switch(actor=signed_in_member(request), on=request.POST.get("keys") == "on")
    return back(request)
