"""Hot plates: what waits, what is in use, one form to enter, one page for each with its moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from hotlists import services, showing
from hotlists.forms_lists import WhyForm
from hotlists.forms_plates import HotPlateForm
from hotlists.models import Entry, HotList
from hotlists.moves import ENTRY_MOVES, moves_open_to
from hotlists.showing import viewer
from hotlists.showing_lists import list_rows
from trail.moves import MoveRefused
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule

SERVICES: dict[str, Callable[..., Entry]] = {
    "approve": services.hot_plate_approve,
    "decline": services.hot_plate_decline,
    "close": services.hot_plate_close,
}
DONE = {
    "approve": "Approved: {entry} is in use until the end of its last day.",
    "decline": "Declined: {entry} is not used. Who entered it sees why.",
    "close": "{entry} is off the list and matches nothing from now on.",
}
ON_A_PAGE = 100


@rule(Permission.SEE_LISTS)
@require_GET
@never_cache
def hot_plates(request: HttpRequest) -> HttpResponse:
    """What waits for approval, the member's own with their results, what is in use, and the lists' ages."""
    member = viewer(request)
    waiting, own, lists = showing.waiting(member), showing.own(member), list_rows(member)
    in_use = showing.hot_plates(member).in_use()
    page = Paginator(in_use.order_by("hot_list__name", "-pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [*(each.entry for each in waiting), *(each.entry for each in own), *page]
    showing.record_shown(member, "the department’s hot plates", shown)
    context = {
        "waiting": waiting,
        "yours": sum(each.yours_to_decide for each in waiting),
        "own": own,
        "page": page,
        "lists": lists,
        "old": sum(row.is_old for row in lists),
        "lists_waiting": [row.hot_list for row in lists if row.hot_list.waits],
        "may_enter": gate.allows(member, Permission.ENTER_HOT_PLATES),
        "may_load": gate.allows(member, Permission.LOAD_LISTS),
        "may_designate": gate.allows(member, Permission.DESIGNATE_LISTS),
    }
    return render(request, "hotlists/hot_plates.html", context)


@rule(Permission.ENTER_HOT_PLATES)
@require_http_methods(["GET", "POST"])
@never_cache
def hot_plate_new(request: HttpRequest) -> HttpResponse:
    """The form for a hot plate."""
    member = viewer(request)
    form = HotPlateForm(request.POST if request.method == "POST" else None, member=member)
    if form.is_valid():
        try:
            entry = services.hot_plate_enter(actor=member, **form.cleaned_data)
        except ValidationError as wrong:
            form.add_error(None, wrong)
        else:
            messages.success(request, "Entered. It matches nothing until another person approves it.")
            return redirect("hot_plate", pk=entry.pk)
    context = {"form": form, "open_lists": HotList.objects.visible_to(member).open_for_hot_plates().exists()}
    return render(request, "hotlists/hot_plate_new.html", context, status=422 if form.errors else 200)


@rule(Permission.SEE_LISTS)
@require_GET
@never_cache
def hot_plate(request: HttpRequest, pk: int) -> HttpResponse:
    """One hot plate with the moves that are this member's."""
    return _page(request, _found(request, pk))


@rule(Permission.SEE_LISTS)
@require_POST
def hot_plate_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Approve, decline or take off the list."""
    if move not in SERVICES:
        raise Http404
    entry, member = _found(request, pk), viewer(request)
    form = WhyForm(request.POST) if move != "approve" else None
    if form is not None and not form.is_valid():
        return _page(request, entry, {move: form}, status=422)
    given = form.cleaned_data if form is not None else {}
    try:
        SERVICES[move](actor=member, entry=entry, **given)
    except (MoveRefused, ValidationError) as refused:
        return _refused(request, entry, move, refused)
    messages.success(request, DONE[move].format(entry=str(entry).capitalize()))
    return redirect("hot_plate", pk=pk)


def _found(request: HttpRequest, pk: int) -> Entry:
    member = viewer(request)
    entry: Entry = get_object_or_404(
        showing.hot_plates(member).select_related("decided_by", "closed_by", "hot_list__agency"), pk=pk
    )
    gate.require(member, Permission.SEE_LISTS, on=entry)
    return entry


def _page(
    request: HttpRequest, entry: Entry, forms: dict[str, WhyForm] | None = None, status: int = 200
) -> HttpResponse:
    member, forms = viewer(request), forms or {}
    showing.record_shown(member, entry.hot_list, [entry])
    moves = moves_open_to(member, entry)
    context = {
        "entry": entry,
        "own": showing.with_results(entry),
        "is_own": entry.entered_by_id == member.pk,
        "may_approve": any(move.name == "approve" for move in moves) and not entry.is_expired,
        "asked": [(m, forms.get(m.name, _why(m.name))) for m in moves if m.name != "approve"],
        "wrong": next(iter(forms), ""),
        "policy": entry.agency.policy.hot_lists,
    }
    return render(request, "hotlists/hot_plate.html", context, status=status)


def _why(move: str) -> WhyForm:
    return WhyForm(auto_id=f"id_{move}_%s")


def _refused(request: HttpRequest, entry: Entry, move: str, refused: Any) -> HttpResponse:
    """Somebody else was first, or the list was closed: say so, and record the attempt."""
    why = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
    attempted = f"“{ENTRY_MOVES.table[move].label}” on {entry}"
    record(viewer(request), Verb.ATTEMPTED, attempted, detail=why, outcome=Outcome.REFUSED)
    messages.error(request, why)
    return _page(request, _found(request, entry.pk), status=409)
