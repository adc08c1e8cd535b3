"""Vendors' files of reads: looked at first, then taken in; and the layouts by which they are read."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Member
from accounts.permissions import Permission
from detections import services_read_files as services
from detections.adapters.shape import BadMessage
from detections.forms_read_files import ReadFileForm, ReadMappingForm, initial_of
from detections.ingest import InactiveCamera
from detections.models import ReadMapping
from detections.views_console import signed_in_member
from hotlists.reading.results import Problem
from training import gate
from training.rules import rule


@rule(Permission.MANAGE_CAMERAS)
@require_http_methods(["GET", "POST"])
@never_cache
def read_files(request: HttpRequest) -> HttpResponse:
    """The layouts and a file: POST shows its first lines (`look`), or takes it in (`take`)."""
    member = signed_in_member(request)
    form = ReadFileForm(request.POST or None, request.FILES or None, agency=member.agency)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        given = {"mapping": form.cleaned_data["mapping"], "camera": form.cleaned_data["camera"]}
        file = cast(BinaryIO, form.cleaned_data["file"].file)
        try:
            if request.POST.get("step") == "take":
                context["result"] = services.file_take(actor=member, file=file, **given)
            else:
                context["preview"] = _shown(member, file, given)
        except (BadMessage, InactiveCamera) as bad:
            form.add_error("file", str(bad))
    context["mappings"] = ReadMapping.objects.filter(agency=member.agency).select_related("saved_by")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "detections/read_files.html", context, status=status)


def _shown(member: Member, file: BinaryIO, given: dict[str, Any]) -> list[tuple[int, Any, str]]:
    """The first lines as the page shows them: number, the read or none, and why it is none."""
    found = services.preview(actor=member, file=file, **given)
    return [
        (each.line, None, each.why) if isinstance(each, Problem) else (each.line, each, "") for each in found
    ]


@rule(Permission.MANAGE_CAMERAS)
@require_http_methods(["GET", "POST"])
@never_cache
def read_mapping_new(request: HttpRequest) -> HttpResponse:
    """Describe how a vendor's files are laid out."""
    return _described(request, None)


@rule(Permission.MANAGE_CAMERAS)
@require_http_methods(["GET", "POST"])
@never_cache
def read_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """A layout, to be looked at and described anew."""
    member = signed_in_member(request)
    found = get_object_or_404(ReadMapping.objects.select_related("agency"), pk=pk, agency=member.agency)
    gate.require(member, Permission.MANAGE_CAMERAS, on=found.agency)
    return _described(request, found)


def _described(request: HttpRequest, mapping: ReadMapping | None) -> HttpResponse:
    member = signed_in_member(request)
    initial = initial_of(mapping) if mapping else None
    form = ReadMappingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            services.mapping_save(
                actor=member, agency=member.agency, name=name, layout=form.layout(), mapping=mapping
            )
        except ValidationError as wrong:
            form.blame(wrong)
        else:
            messages.success(request, "The layout is saved.")
            return redirect("read_files")
    status = 422 if form.is_bound else 200
    context = {"form": form, "mapping": mapping}
    return render(request, "detections/read_files_mapping.html", context, status=status)
