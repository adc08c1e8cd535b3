"""The map of the moment, as a page and as the console's panel. It shows no plate."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from detections.console_board import Board, board
from detections.console_map import Map, map_of
from detections.views_console import list_context, signed_in_member
from trail.services import record
from trail.verbs import Verb
from training.rules import rule


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def console_map(request: HttpRequest) -> HttpResponse:
    """The cameras in their places with the hits that wait there, and the same in a table."""
    member = signed_in_member(request)
    shown = board(member)
    context = list_context(member, board=shown) | _context(shown, map_of(shown))
    return render(request, "detections/console_map.html", context)


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def console_map_panel(request: HttpRequest) -> HttpResponse:
    """The map alone, for a page that heard of a hit; 204 where `have` says that nothing changed."""
    shown = board(signed_in_member(request))
    drawn = map_of(shown)
    if request.GET.get("have") == drawn.fingerprint:
        return HttpResponse(status=204)
    return render(request, "detections/console_map_panel.html", _context(shown, drawn))


def _context(shown: Board, drawn: Map) -> dict[str, Any]:
    """What the templates need, recorded before it is shown."""
    count = len(shown.hits)
    record(
        shown.member,
        Verb.HITS_VIEWED,
        purpose="Verifying hits",
        elements={"hits": [hit.pk for hit in shown.hits]},
        detail=f"{count} on the map, without plates",
    )
    return {"map": drawn, "board": shown, "map_count": count}
