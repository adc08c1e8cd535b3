"""Files of general lists: given, watched while they are read, and decided on where they wait."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from hotlists import restricted, services
from hotlists.forms_files import FileForm, LetGoForm
from hotlists.models import HotList, Refresh
from hotlists.moves_files import moves_open_to
from hotlists.reading import FIELDS, REQUIRED
from hotlists.showing import viewer
from hotlists.showing_files import reasons
from trail.moves import MoveRefused
from training import gate
from training.rules import rule

PROBLEMS_ON_A_PAGE = 100


@rule(Permission.LOAD_LISTS)
@require_http_methods(["GET", "POST"])
@never_cache
def hot_list_load(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a file to a general list; it is read in the background."""
    found = _list(request, pk)
    posted = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if posted else FileForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            refresh = services.refresh_receive(
                actor=viewer(request), hot_list=found, file=file, file_name=file.name, how=Refresh.How.UPLOAD
            )
        except ValidationError as wrong:
            form.add_error("file", wrong.messages)
        else:
            return redirect("hot_list_file", pk=pk, refresh=refresh.pk)
    context = {"hot_list": found, "form": form, "columns": FIELDS, "required": REQUIRED}
    return render(request, "hotlists/hot_list_load.html", context, status=422 if form.errors else 200)


@rule(Permission.LOAD_LISTS)
@require_GET
@never_cache
def hot_list_file(request: HttpRequest, pk: int, refresh: uuid.UUID) -> HttpResponse:
    """How far a file has come and what it does; the page asks again by itself while it is read."""
    found = _file(request, pk, refresh)
    part = request.headers.get("HX-Request") == "true"
    return _page(request, found, "refresh_state" if part else "hot_list_report")


@rule(Permission.LOAD_LISTS)
@require_POST
def hot_list_file_move(request: HttpRequest, pk: int, refresh: uuid.UUID, move: str) -> HttpResponse:
    """Let a file that waits be loaded, or let it go with why."""
    found, form = _file(request, pk, refresh), LetGoForm(request.POST)
    try:
        if move == "confirm":
            services.refresh_confirm(actor=viewer(request), refresh=found)
        elif not form.is_valid():
            return _page(request, found, "hot_list_report", form)
        else:
            services.refresh_let_go(actor=viewer(request), refresh=found, **form.cleaned_data)
            messages.success(request, "The file was let go. Nothing of it was loaded.")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("hot_list_file", pk=pk, refresh=refresh)


def _list(request: HttpRequest, pk: int) -> HotList:
    member = viewer(request)
    lists = restricted.known_to(member).select_related("agency", "mapping")
    found: HotList = get_object_or_404(lists, pk=pk)
    gate.require(member, Permission.LOAD_LISTS, on=found)
    return found


def _file(request: HttpRequest, pk: int, key: uuid.UUID) -> Refresh:
    files = Refresh.objects.select_related("given_by", "decided_by", "snapshot")
    refresh: Refresh = get_object_or_404(files, pk=key, hot_list=pk)
    refresh.hot_list = _list(request, pk)
    return refresh


def _page(
    request: HttpRequest, refresh: Refresh, template: str, form: LetGoForm | None = None
) -> HttpResponse:
    member, hot_list = viewer(request), refresh.hot_list
    problems = refresh.problems if restricted.sees_entries(member, hot_list) else []
    context: dict[str, Any] = {
        "hot_list": hot_list,
        "file": refresh,
        "reasons": reasons(refresh),
        "moves": [move.name for move in moves_open_to(member, refresh)],
        "problems": Paginator(problems, PROBLEMS_ON_A_PAGE).get_page(request.GET.get("page")),
        "hidden": bool(refresh.problems) and not problems,
        "form": form or LetGoForm(),
    }
    return render(request, f"hotlists/{template}.html", context, status=422 if form else 200)
