"""Entering and changing hot plates: a whole plate in one step, any other after its preview."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from hotlists import services
from hotlists.forms_plates import ChangeForm, HotPlateForm
from hotlists.models import Entry, HotList
from hotlists.moves import ENTRY_MOVES, moves_open_to, permissions_for, turn
from hotlists.past import DAYS
from hotlists.showing import record_shown, viewer
from hotlists.showing_previews import columns
from hotlists.views_plates import found, refused
from hotlists.wanted import is_whole
from trail.moves import MoveRefused
from training import gate
from training.rules import rule

Page = Callable[[int], HttpResponse]
# The steps of the form, by the button that was pressed.
BACK, ENTER = "back", "enter"


@rule(Permission.ENTER_HOT_PLATES)
@require_http_methods(["GET", "POST"])
@never_cache
def hot_plate_new(request: HttpRequest) -> HttpResponse:
    """The form for a hot plate; a part of a plate, or a description, shows its preview first."""
    member = viewer(request)
    form = HotPlateForm(request.POST if request.method == "POST" else None, member=member)
    opened = HotList.objects.visible_to(member).open_for_hot_plates().exists()
    page = partial(_render, request, "hotlists/hot_plate_new.html", {"form": form, "open_lists": opened})
    if not _goes_on(request, form):
        return page(422 if form.errors else 200)
    hot_list = form.cleaned_data["hot_list"]
    enter = partial(services.hot_plate_enter, actor=member, hot_list=hot_list)
    return _steps(request, form, hot_list, enter, page)


@rule(Permission.ENTER_HOT_PLATES)
@require_http_methods(["GET", "POST"])
@never_cache
def hot_plate_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for a change of a hot plate in use, which stays in force until the change is approved."""
    entry, member = found(request, pk), viewer(request)
    for needed in permissions_for(ENTRY_MOVES.table["change"], entry, member):
        gate.require(member, needed, on=entry)
    if "change" not in {move.name for move in moves_open_to(member, entry)}:
        return redirect("hot_plate", pk=pk)
    form = ChangeForm(request.POST if request.method == "POST" else None, entry=entry, member=member)
    record_shown(member, entry.hot_list, [entry])
    page = partial(_render, request, "hotlists/hot_plate_change.html", {"form": form, "entry": entry})
    if not _goes_on(request, form):
        return page(422 if form.errors else 200)
    enter = partial(services.hot_plate_change, actor=member, entry=entry)
    try:
        return _steps(request, form, entry.hot_list, enter, page)
    except MoveRefused as late:
        return refused(request, entry, "change", late)


def _goes_on(request: HttpRequest, form: HotPlateForm) -> bool:
    """Whether the form is whole and its member did not go back to it."""
    return form.is_valid() and request.POST.get("choice") != BACK


def _steps(
    request: HttpRequest, form: HotPlateForm, hot_list: HotList, enter: Callable[..., Entry], page: Page
) -> HttpResponse:
    """Preview what is not whole until its member enters it from there; enter everything else."""
    wanted = form.wanted
    try:
        if not is_whole(wanted["plate"]) and request.POST.get("choice") != ENTER:
            preview = services.hot_plate_preview(actor=viewer(request), hot_list=hot_list, **wanted)
            return _preview(request, form, preview)
        entry = enter(**wanted)
    except ValidationError as wrong:
        form.take(wrong)
        return page(422)
    messages.success(request, f"Entered. It matches nothing until {turn(entry)} approves it.")
    return redirect("hot_plate", pk=entry.pk)


def _preview(request: HttpRequest, form: HotPlateForm, preview: services.Preview) -> HttpResponse:
    context = {
        "form": form,
        "preview": preview,
        "entry": preview.entry,
        "past": preview.past,
        "columns": columns(preview.past),
        "days": DAYS,
    }
    return render(request, "hotlists/hot_plate_preview.html", context)


def _render(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, template, context, status=status)
