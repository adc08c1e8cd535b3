"""Holds: what is kept past its time as evidence, for custodians."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Member
from accounts.permissions import Permission
from detections.forms_search import HoldReleaseForm
from detections.models import Hold
from detections.retention import hold_release
from training.rules import rule


@rule(Permission.HOLD)
@require_GET
@never_cache
def holds(request: HttpRequest) -> HttpResponse:
    """The holds that stand, the oldest first. It shows no plate and no picture."""
    member = request.user
    assert isinstance(member, Member)
    standing = Hold.objects.filter(agency=member.agency_id, released_at=None).select_related("placed_by")
    return render(request, "detections/holds.html", {"holds": standing.order_by("placed_at")})


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """One hold; POST releases it, with the reason."""
    member = request.user
    assert isinstance(member, Member)
    rows = Hold.objects.select_related("agency", "placed_by", "released_by")
    one = get_object_or_404(rows, pk=pk, agency=member.agency_id)
    form = HoldReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hold_release(actor=member, hold=one, why=form.cleaned_data["why"])
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            messages.success(request, "The hold is released. What it kept is deleted when its time is up.")
            return redirect("holds")
    return render(
        request, "detections/hold.html", {"hold": one, "form": form}, status=422 if form.is_bound else 200
    )
