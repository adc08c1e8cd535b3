"""Hot lists: designated, approved and closed here; a general one is loaded from a file, checked first."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from hotlists import services
from hotlists.forms_lists import ListForm, WhyForm
from hotlists.models import Entry, HotList
from hotlists.showing import viewer
from training import gate
from training.rules import rule

SNAPSHOTS_SHOWN = 30


@rule(Permission.SEE_LISTS)
@require_GET
@never_cache
def hot_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: where it comes from, who designated and approved it, and the files loaded into it."""
    return _page(request, _found(request, pk))


@rule(Permission.DESIGNATE_LISTS)
@require_http_methods(["GET", "POST"])
def hot_list_new(request: HttpRequest) -> HttpResponse:
    """The form to designate a list."""
    member = viewer(request)
    form = ListForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = services.list_designate(actor=member, agency=member.agency, **form.cleaned_data)
        except ValidationError as wrong:
            form.add_error(None, wrong)
        else:
            messages.success(request, f"{made} is designated.")
            return redirect("hot_list", pk=made.pk)
    return render(request, "hotlists/hot_list_new.html", {"form": form}, status=422 if form.errors else 200)


@rule(Permission.DESIGNATE_LISTS)
@require_POST
def hot_list_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a specific list."""
    found = _found(request, pk)
    try:
        services.list_approve(actor=viewer(request), hot_list=found)
    except ValidationError as wrong:
        messages.error(request, " ".join(wrong.messages))
    else:
        messages.success(request, f"{found} is approved and takes hot plates.")
    return redirect("hot_list", pk=pk)


@rule(Permission.DESIGNATE_LISTS)
@require_POST
def hot_list_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a list out of use."""
    found, form = _found(request, pk), WhyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    services.list_deactivate(actor=viewer(request), hot_list=found, **form.cleaned_data)
    messages.success(request, f"{found} is out of use: its entries match nothing from now on.")
    return redirect("hot_list", pk=pk)


def _found(request: HttpRequest, pk: int) -> HotList:
    member = viewer(request)
    lists = HotList.objects.visible_to(member).select_related("agency", "designated_by", "approved_by")
    found: HotList = get_object_or_404(lists, pk=pk)
    gate.require(member, Permission.SEE_LISTS, on=found)
    return found


def _page(
    request: HttpRequest, found: HotList, form: WhyForm | None = None, status: int = 200
) -> HttpResponse:
    member, last = viewer(request), found.last_snapshot
    designates = gate.allows(member, Permission.DESIGNATE_LISTS, on=found)
    context = {
        "hot_list": found,
        "last": last,
        "is_old": found.is_active and found.is_old(),
        "in_use": Entry.objects.in_use().filter(hot_list=found).count(),
        "snapshots": found.snapshots.select_related("loaded_by")[:SNAPSHOTS_SHOWN],
        "may_load": found.takes_files and gate.allows(member, Permission.LOAD_LISTS, on=found),
        "may_approve": designates and found.waits and found.designated_by_id != member.pk,
        "may_close": designates and found.is_active,
        "form": form or WhyForm(),
    }
    return render(request, "hotlists/hot_list.html", context, status=status)
