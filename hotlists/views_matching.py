"""How fuzzy a list is: its setting, and the misreads that it would accept, seen before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from hotlists import services
from hotlists.forms_matching import MatchingForm
from hotlists.fuzziness import misreads
from hotlists.models import HotList
from hotlists.plates import differences
from hotlists.showing import viewer
from training import gate
from training.rules import rule

SHOWN = 60
PREVIEW = "preview"


@dataclass(frozen=True)
class Misread:
    """An accepted misread, with the places that differ."""

    plate: str
    differs: list[int]


@rule(Permission.DESIGNATE_LISTS)
@require_http_methods(["GET", "POST"])
@never_cache
def hot_list_matching(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; the misreads of a plate that is tried; or the setting saved."""
    member = viewer(request)
    found = get_object_or_404(HotList.objects.visible_to(member).select_related("agency"), pk=pk)
    gate.require(member, Permission.DESIGNATE_LISTS, on=found)
    form = MatchingForm(request.POST if request.method == "POST" else None, hot_list=found)
    context: dict[str, Any] = {"hot_list": found, "form": form}
    if form.is_valid():
        if request.POST.get("choice") == PREVIEW:
            context |= _tried(form)
        elif _saved(request, form, found):
            return redirect("hot_list", pk=pk)
    return render(request, "hotlists/hot_list_matching.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: MatchingForm, found: HotList) -> bool:
    try:
        services.list_matching_set(actor=viewer(request), hot_list=found, **form.setting)
    except ValidationError as wrong:
        form.add_error(None, wrong)
        return False
    messages.success(request, f"{found} matches in this way from now on. Hits that stand stay.")
    return True


def _tried(form: MatchingForm) -> dict[str, Any]:
    """The plate that was tried with its misreads; without a plate the form says that one is needed."""
    plate = form.cleaned_data["plate"]
    if not plate:
        form.add_error("plate", "Type a plate to try it on.")
        return {}
    known = misreads(plate, **form.setting, limit=SHOWN + 1)
    shown = [Misread(each, [place.number for place in differences(plate, each)]) for each in known[:SHOWN]]
    return {"tried": plate, "misreads": shown, "more": len(known) > SHOWN}
