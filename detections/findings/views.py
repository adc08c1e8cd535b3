"""Findings for an analyst: a list without plates, and each finding under a stated purpose."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Member
from accounts.permissions import Permission
from detections import pictures
from detections.findings import services
from detections.findings.counting import by_camera
from detections.findings.forms import CloseForm
from detections.findings.moves import move_of
from detections.findings.showing import shown
from detections.forms_purpose import PurposeForm
from detections.models import Detection, Finding
from detections.views_console import signed_in_member
from trail.models import Inquiry
from trail.services import record
from trail.verbs import Verb
from training import gate
from training.rules import rule

ON_A_PAGE = 50
CLOSED = "closed"


@rule(Permission.REVIEW_FINDINGS)
@require_GET
@never_cache
def findings(request: HttpRequest) -> HttpResponse:
    """The agency's findings, open ones or (`?show=closed`) closed ones. It shows no plate and no picture."""
    member = signed_in_member(request)
    status = Finding.State.CLOSED if request.GET.get("show") == CLOSED else Finding.State.OPEN
    own = Finding.objects.filter(agency=member.agency_id)
    rows = own.filter(status=status).select_related("one_camera", "other_camera", "closed_by")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    record(member, Verb.FINDINGS_VIEWED, elements={"status": status, "shown": len(page)})
    context = {
        "page": page,
        "is_closed": status == Finding.State.CLOSED,
        "open": own.filter(status=Finding.State.OPEN).count(),
        "cameras": by_camera(member.agency),
    }
    return render(request, "detections/findings/findings.html", context)


@rule(Permission.REVIEW_FINDINGS)
@require_http_methods(["GET", "POST"])
@never_cache
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """What a finding is about without its plate, and the purpose that opens it."""
    member, one = signed_in_member(request), _found(request, pk)
    form = PurposeForm(request.POST or None, member=member)
    if request.method == "POST" and form.is_valid():
        return redirect("finding_opened", one.pk, form.state_purpose().pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "detections/findings/purpose.html", {"finding": one, "form": form}, status=status)


@rule(Permission.REVIEW_FINDINGS)
@require_GET
@never_cache
def finding_opened(request: HttpRequest, pk: int, inquiry: int) -> HttpResponse:
    """The finding with its plate, its two reads and the reasons, recorded under the purpose."""
    one, stated = _under(request, pk, inquiry)
    return _page(request, one, stated)


@rule(Permission.REVIEW_FINDINGS)
@require_POST
@never_cache
def finding_close(request: HttpRequest, pk: int, inquiry: int) -> HttpResponse:
    """Say what it was, or correct what was said."""
    one, stated = _under(request, pk, inquiry)
    form = CloseForm(request.POST)
    if form.is_valid():
        member = signed_in_member(request)
        try:
            services.finding_close(actor=member, inquiry=stated, finding=one, **form.cleaned_data)
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            messages.success(request, f"Finding {one.number} is closed with its result.")
            return redirect("finding_opened", one.pk, stated.pk)
    return _page(request, one, stated, form)


@rule(Permission.REVIEW_FINDINGS)
@require_GET
def finding_image(request: HttpRequest, pk: int, inquiry: int, detection: uuid.UUID) -> HttpResponse:
    """The whole picture of a read that the finding rests on, recorded each time."""
    return _picture(request, pk, inquiry, detection, lambda read: pictures.whole(read.image))


@rule(Permission.REVIEW_FINDINGS)
@require_GET
def finding_plate(request: HttpRequest, pk: int, inquiry: int, detection: uuid.UUID) -> HttpResponse:
    """The plate cut from such a picture and enlarged, recorded each time."""
    return _picture(request, pk, inquiry, detection, lambda read: pictures.plate(read.image, read.box))


def _picture(
    request: HttpRequest,
    pk: int,
    inquiry: int,
    detection: uuid.UUID,
    draw: Callable[[Detection], HttpResponse],
) -> HttpResponse:
    one, stated = _under(request, pk, inquiry)
    resting = one.reads.filter(detection_id=detection).values("detection_id")
    read = get_object_or_404(Detection, pk=detection, pk__in=resting, agency=one.agency_id)
    answer = draw(read)
    facts = {"plate": read.plate, "state": read.state, "finding": one.number}
    record(signed_in_member(request), Verb.IMAGE_VIEWED, read, inquiry=stated, elements=facts)
    return answer


def _found(request: HttpRequest, pk: int) -> Finding:
    """A finding of the member's own agency; every other is out of sight."""
    rows = Finding.objects.select_related("agency", "one_camera", "other_camera", "closed_by")
    return get_object_or_404(rows, pk=pk, agency=signed_in_member(request).agency_id)


def _under(request: HttpRequest, pk: int, inquiry: int) -> tuple[Finding, Inquiry]:
    """The finding, and the member's own purpose, which still stands."""
    member, one = signed_in_member(request), _found(request, pk)
    stated = get_object_or_404(Inquiry.objects.select_related("member"), pk=inquiry, member=member)
    gate.require(member, Permission.REVIEW_FINDINGS, on=one, inquiry=stated)
    return one, stated


def _page(
    request: HttpRequest, one: Finding, inquiry: Inquiry, form: CloseForm | None = None
) -> HttpResponse:
    member, found = signed_in_member(request), shown(one)
    reads = len(found.sides) + len(found.others)
    elements: dict[str, Any] = {"plate": one.plate, "state": one.state, "shown": reads}
    record(member, Verb.FINDING_VIEWED, one, inquiry=inquiry, elements=elements)
    context = _links(member, one) | {
        "finding": one,
        "inquiry": inquiry,
        "found": found,
        "form": form or CloseForm(initial={"result": one.result, "note": one.note}),
        "move": move_of(one),
    }
    status = 200 if form is None else 422
    return render(request, "detections/findings/finding.html", context, status=status)


def _links(member: Member, one: Finding) -> dict[str, Any]:
    """Where to go from here: the next open finding, and what else the member may do."""
    others = Finding.objects.filter(agency=one.agency_id, status=Finding.State.OPEN).exclude(pk=one.pk)
    return {
        "next": others.first(),
        "may_enter": gate.allows(member, Permission.ENTER_HOT_PLATES),
        "may_hold": gate.allows(member, Permission.HOLD),
    }
