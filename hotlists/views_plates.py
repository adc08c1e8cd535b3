"""Hot plates: what waits, what ends, what is in use, and one page for each with its moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import services, showing
from hotlists.changes import side_by_side
from hotlists.forms_lists import WhyForm
from hotlists.forms_plates import RenewForm
from hotlists.models import Entry
from hotlists.moves import ENTRY_MOVES, decides, is_ending, moves_open_to, turn, waiting_change
from hotlists.showing import viewer
from hotlists.showing_lists import list_rows
from hotlists.wanted import cited
from trail.moves import MoveRefused
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule

SERVICES: dict[str, Callable[..., Entry]] = {
    "approve": services.hot_plate_approve,
    "decline": services.hot_plate_decline,
    "renew": services.hot_plate_renew,
    "let_go": services.hot_plate_let_go,
    "close": services.hot_plate_close,
}
DONE = {
    "approve": "Approved: {entry} is in use until the end of its last day.",
    "decline": "Declined: {entry} is not used. Who entered it sees why.",
    "renew": "Renewal asked for: {entry} takes its place once another person approves it.",
    "let_go": "{entry} is let go and matches nothing from now on.",
    "close": "{entry} is off the list and matches nothing from now on.",
}
STOPPING = frozenset({"decline", "let_go", "close"})
ON_A_PAGE = 100


@rule(Permission.SEE_LISTS)
@require_GET
@never_cache
def hot_plates(request: HttpRequest) -> HttpResponse:
    """What waits and ends, the member's own with their results, what is in use, and the lists' ages."""
    member = viewer(request)
    waiting, own, lists = showing.waiting(member), showing.own(member), list_rows(member)
    ending = showing.ending(member)
    in_use = showing.hot_plates(member).in_use()
    page = Paginator(in_use.order_by("hot_list__name", "-pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [*(each.entry for each in waiting), *(each.entry for each in own), *page]
    showing.record_shown(member, "the department’s hot plates", shown)
    context = {
        "waiting": waiting,
        "yours": sum(each.yours_to_decide for each in waiting),
        "ending": ending,
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


@rule(Permission.SEE_LISTS)
@require_GET
@never_cache
def hot_plate(request: HttpRequest, pk: int) -> HttpResponse:
    """One hot plate with the moves that are this member's."""
    return _page(request, found(request, pk))


@rule(Permission.SEE_LISTS)
@require_POST
def hot_plate_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Approve, decline, renew, let go or take off the list."""
    if move not in SERVICES:
        raise Http404
    entry, member = found(request, pk), viewer(request)
    form = _form(move, entry, request.POST)
    if not form.is_valid():
        return _page(request, entry, {move: form}, status=422)
    try:
        made = SERVICES[move](actor=member, entry=entry, **form.cleaned_data)
    except ValidationError as wrong:
        if set(getattr(wrong, "error_dict", {"": ""})) <= set(form.fields):
            form.add_error(None, wrong)
            return _page(request, entry, {move: form}, status=422)
        return refused(request, entry, move, wrong)
    except MoveRefused as late:
        return refused(request, entry, move, late)
    messages.success(request, DONE[move].format(entry=str(made).capitalize()))
    return redirect("hot_plate", pk=made.pk)


def found(request: HttpRequest, pk: int) -> Entry:
    """The hot plate, or 404 where it is out of the member's sight."""
    member = viewer(request)
    rows = showing.hot_plates(member).select_related(
        "decided_by", "closed_by", "hot_list__agency", "entered_by__supervisor", "replaces__hot_list"
    )
    entry: Entry = get_object_or_404(rows, pk=pk)
    gate.require(member, Permission.SEE_LISTS, on=entry)
    return entry


def refused(
    request: HttpRequest, entry: Entry, move: str, why: ValidationError | MoveRefused
) -> HttpResponse:
    """Somebody else was first, or the list was closed: say so on the page, and record the attempt."""
    words = " ".join(why.messages) if isinstance(why, ValidationError) else str(why)
    attempted = f"“{ENTRY_MOVES.table[move].label}” on {entry}"
    record(viewer(request), Verb.ATTEMPTED, attempted, detail=words, outcome=Outcome.REFUSED)
    messages.error(request, words)
    return _page(request, found(request, entry.pk), status=409)


def _page(
    request: HttpRequest, entry: Entry, given: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    member, given = viewer(request), given or {}
    old = entry.replaces
    showing.record_shown(member, entry.hot_list, [entry, *([old] if old else [])])
    context = _moves(member, entry, given) | {
        "entry": entry,
        "own": showing.with_results([entry])[0],
        "is_own": entry.entered_by_id == member.pk,
        "yours_to_decide": entry.state_of_entry == Entry.State.WAITING and decides(member, entry),
        "turn": turn(entry),
        "clause": cited(entry.agency, "specific_update_approval"),
        "lines": side_by_side(old, entry) if old else [],
        "predecessors": showing.predecessors(entry),
        "change": waiting_change(entry),
        "successor": entry.replaced_by.exclude(decided_at=None).exclude(state_of_entry="declined").first(),
        "look_back": getattr(entry, "look_back", None),
        "sees_hits": gate.allows(member, Permission.SEE_HITS, on=entry),
        "policy": entry.agency.policy.hot_lists,
    }
    return render(request, "hotlists/hot_plate.html", context, status=status)


def _moves(member: Member, entry: Entry, given: dict[str, forms.Form]) -> dict[str, Any]:
    """What the page offers of the table of moves, each with its form and whether it ends something."""
    moves = moves_open_to(member, entry)
    names = {move.name for move in moves}
    asked = [
        (move, given.get(move.name) or _form(move.name, entry), move.name in STOPPING)
        for move in moves
        if move.name != "change"
    ]
    ending = bool(names & {"renew", "let_go"}) and is_ending(entry)
    return {"asked": asked, "may_change": "change" in names, "ending": ending}


def _form(move: str, entry: Entry, typed: Any = None) -> forms.Form:
    """What a move asks: why, a last day, or nothing."""
    if move == "renew":
        return RenewForm(typed, auto_id="id_renew_%s", agency=entry.agency)
    if move in ("decline", "close"):
        return WhyForm(typed, auto_id=f"id_{move}_%s")
    return forms.Form({} if typed is None else typed)
