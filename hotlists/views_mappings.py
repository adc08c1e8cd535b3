"""Mappings: the layouts of files, each described once, tried on a sample, and saved."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from hotlists import services
from hotlists.forms_lists import WhyForm
from hotlists.models import Mapping
from hotlists.showing import viewer
from hotlists.showing_mappings import Desk
from training import gate
from training.rules import rule


@rule(Permission.DESIGNATE_LISTS)
@require_GET
@never_cache
def mappings(request: HttpRequest) -> HttpResponse:
    """The mappings of the member's agency, with the lists that are read with each."""
    own = Mapping.objects.filter(agency=viewer(request).agency_id).prefetch_related("hot_lists")
    return render(request, "hotlists/mappings.html", {"mappings": own.order_by("-is_active", "name")})


@rule(Permission.DESIGNATE_LISTS)
@require_http_methods(["GET", "POST"])
@never_cache
def mapping_new(request: HttpRequest) -> HttpResponse:
    """Describe a new mapping."""
    return _described(request, None)


@rule(Permission.DESIGNATE_LISTS)
@require_http_methods(["GET", "POST"])
@never_cache
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """A mapping, to be looked at and described anew."""
    return _described(request, _found(request, pk))


@rule(Permission.DESIGNATE_LISTS)
@require_POST
def mapping_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mapping out of use."""
    found, form = _found(request, pk), WhyForm(request.POST)
    if form.is_valid():
        try:
            services.mapping_retire(actor=viewer(request), mapping=found, **form.cleaned_data)
        except ValidationError as wrong:
            form.add_error(None, wrong.messages)
        else:
            messages.success(request, f"The mapping “{found.name}” is out of use.")
            return redirect("mappings")
    return _page(request, found, Desk(viewer(request), found), why=form, status=422)


def _found(request: HttpRequest, pk: int) -> Mapping:
    member = viewer(request)
    own = Mapping.objects.filter(agency=member.agency_id).select_related("agency", "made_by")
    found: Mapping = get_object_or_404(own, pk=pk)
    gate.require(member, Permission.DESIGNATE_LISTS, on=found.agency)
    return found


def _described(request: HttpRequest, found: Mapping | None) -> HttpResponse:
    member = viewer(request)
    if request.method != "POST":
        return _page(request, found, Desk(member, found))
    step = request.POST.get("step", "look")
    desk = Desk(member, found, request.POST, request.FILES.get("file"), checks=step != "look")
    if step == "try":
        return _page(request, found, desk, status=200 if desk.try_it() else 422)
    if step == "save" and desk.form.is_valid():
        saved = _saved(desk)
        if saved is not None:
            messages.success(request, f"The mapping “{saved.name}” is saved.")
            return redirect("mapping", pk=saved.pk)
    return _page(request, found, desk, status=422 if step == "save" or desk.unread else 200)


def _saved(desk: Desk) -> Mapping | None:
    """The mapping as the page says, saved; None where it may not be, with errors in the form."""
    try:
        if desk.mapping is not None:
            return services.mapping_change(
                actor=desk.member, mapping=desk.mapping, described=desk.described()
            )
        return services.mapping_make(actor=desk.member, agency=desk.member.agency, described=desk.described())
    except ValidationError as wrong:
        desk.blame(wrong)
        return None


def _page(
    request: HttpRequest,
    found: Mapping | None,
    desk: Desk,
    *,
    why: WhyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "mapping": found,
        "desk": desk,
        "form": desk.form,
        "lists": found.hot_lists.filter(is_active=True).order_by("name") if found else [],
        "why": why or WhyForm(),
    }
    return render(request, "hotlists/mapping.html", context, status=status)
