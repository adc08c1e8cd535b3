"""Holds: what is kept past its time as evidence. Custodians place and review, and two people release."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Member
from accounts.permissions import Permission
from detections import console, held
from detections import forms_holds as forms
from detections import holds as services
from detections.models import Hold
from detections.views_console import signed_in_member
from detections.views_search import one_found, own_search
from trail.moves import MoveRefused
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule

REVIEW, RELEASE = "review", "release"


@rule(Permission.HOLD)
@require_GET
@never_cache
def holds(request: HttpRequest) -> HttpResponse:
    """The holds that stand, those first that are to be reviewed first. It shows no plate and no picture."""
    member = signed_in_member(request)
    standing = held.standing(member.agency).select_related("placed_by", "release_asked_by")
    context = {
        "holds": standing.order_by("review_by", "placed_at"),
        "today": timezone.localdate(),
        "may_oversee": gate.allows(member, Permission.OVERSEE),
    }
    return render(request, "detections/holds.html", context)


@rule(Permission.HOLD)
@require_GET
@never_cache
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """One hold with what it keeps, its review and the asking for its release."""
    return _page(request, _found(request, pk))


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def hold_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """POST reviews a hold (`review`), or asks for its release (`release`)."""
    if move not in (REVIEW, RELEASE):
        raise Http404
    one = _found(request, pk)
    if request.method == "GET":
        return _page(request, one)
    member, form = signed_in_member(request), _form(move, one, request.POST)
    service: Callable[..., Any] = services.hold_review if move == REVIEW else services.hold_release_ask
    if not _done(form, lambda said: service(actor=member, hold=one, **said), member, one):
        return _page(request, one, move=move, form=form)
    if move == REVIEW:
        messages.success(request, "The review is recorded, and the hold stands.")
    else:
        messages.success(
            request, "Another person decides whether it is released. Until then the hold stands."
        )
    return redirect("hold", one.pk)


@rule(Permission.APPROVE_EVIDENCE)
@require_http_methods(["GET", "POST"])
@never_cache
def hold_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a hold for which another person asks, or decline."""
    one, member = _found(request, pk), signed_in_member(request)
    form = forms.HoldDecisionForm(request.POST or None)
    approve = request.POST.get("decision") == "release"

    def decide(said: dict[str, Any]) -> None:
        services.hold_release_decide(actor=member, hold=one, approve=approve, note=said["note"])

    if request.method == "POST" and _done(form, decide, member, one):
        ends = "What it kept is deleted when its time is up."
        messages.success(request, f"The hold is released. {ends}" if approve else "The hold stands.")
        return redirect("waiting")
    context = {"hold": one, "form": form, "keeps": _keeps(one), "own": one.release_asked_by_id == member.pk}
    return render(request, "detections/hold_decide.html", context, status=422 if form.is_bound else 200)


@dataclass(frozen=True)
class Subject:
    """What is to be held: its kind, the service's arguments, and how the page speaks of it."""

    kind: Hold.Kind
    title: str
    explains: str
    arguments: dict[str, Any]
    form: type[forms.HoldForm] = forms.HoldForm


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def hold_plate(request: HttpRequest) -> HttpResponse:
    """Hold every detection of a plate."""
    explains = "What was captured of it and what is yet to come, with its pictures and hits."
    return _place(
        request, Subject(Hold.Kind.PLATE, "Hold a plate", explains, {}, forms.HoldPlateForm)
    )  # fmt: skip


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def hold_camera(request: HttpRequest) -> HttpResponse:
    """Hold what a camera captures in a time."""
    explains = "Every detection of one camera in a time, with its pictures and hits."
    title = "Hold a camera’s detections"
    return _place(
        request, Subject(Hold.Kind.CAMERA, title, explains, {}, forms.HoldCameraForm)
    )  # fmt: skip


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def hold_hit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold a hit that the member may know of; every other is out of sight."""
    hit = get_object_or_404(console.visible(signed_in_member(request)), pk=pk)
    explains = "The hit with its steps, its reads and their pictures, also reads that join it later."
    return _place(request, Subject(Hold.Kind.HIT, f"Hold hit {hit.number}", explains, {"hit": hit}))


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def hold_finding(request: HttpRequest) -> HttpResponse:
    """Hold the detections that a finding rests on, by its number, which an analyst tells."""
    explains = "Every detection that the finding rests on, with its pictures and hits."
    return _place(
        request,
        Subject(Hold.Kind.FINDING, "Hold a finding’s detections", explains, {}, forms.HoldFindingForm),
    )


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def hold_search(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Hold what a search of one's own finds now."""
    asked = own_search(request, pk)
    explains = "Every detection that the search finds now, with its pictures and hits."
    return _place(
        request, Subject(Hold.Kind.SEARCH, "Hold the results of a search", explains, {"search": asked})
    )


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def hold_detection(request: HttpRequest, pk: uuid.UUID, detection: uuid.UUID) -> HttpResponse:
    """Hold one detection that a search of one's own finds."""
    found = one_found(request, pk, detection).detection
    explains = "The detection with its picture and its hits."
    return _place(request, Subject(Hold.Kind.DETECTION, "Hold a detection", explains, {"detection": found}))


def _place(request: HttpRequest, subject: Subject) -> HttpResponse:
    """The form that places a hold; none of these pages shows a plate."""
    member = signed_in_member(request)
    form = subject.form(request.POST or None, agency=member.agency)
    placed: list[Hold] = []

    def place(said: dict[str, Any]) -> None:
        placed.append(services.hold_place(actor=member, kind=subject.kind, **subject.arguments, **said))

    if request.method == "POST" and _done(form, place, member, subject.title):
        messages.success(request, "The hold is placed: what it keeps stays until it is released.")
        return redirect("hold", placed[0].pk)
    context = {"subject": subject, "form": form}
    return render(request, "detections/hold_place.html", context, status=422 if form.is_bound else 200)


def _done(form: Form, act: Callable[[dict[str, Any]], Any], member: Member, on: Hold | str) -> bool:
    """Whether the form was valid and the act was done; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except ValidationError as problems:
        form.add_error(None, problems)
        return False
    except (MoveRefused, gate.Refused) as refused:
        if isinstance(refused, gate.Refused) and refused.kind != "two people":
            raise
        why = refused.reason if isinstance(refused, gate.Refused) else str(refused)
        record(member, Verb.ATTEMPTED, on, detail=why, outcome=Outcome.REFUSED)
        form.add_error(None, why)
        return False
    return True


def _found(request: HttpRequest, pk: int) -> Hold:
    rows = Hold.objects.select_related(
        "agency", "camera", "hit", "search", "placed_by", "release_asked_by", "released_by"
    )
    return get_object_or_404(rows, pk=pk, agency=signed_in_member(request).agency_id)


def _form(move: str, one: Hold, said: Any = None) -> Form:
    if move == REVIEW:
        return forms.HoldReviewForm(said, agency=one.agency, prefix=REVIEW)
    return forms.HoldReleaseForm(said, prefix=RELEASE)


def _page(request: HttpRequest, one: Hold, move: str = "", form: Form | None = None) -> HttpResponse:
    """The page of a hold. The plate of one that keeps a plate is shown here alone, and that is recorded."""
    if one.plate:
        elements = {"plate": one.plate}
        purpose = f"case {one.case_number}"
        record(signed_in_member(request), Verb.DETECTION_VIEWED, one, purpose=purpose, elements=elements)
    context = {
        "hold": one,
        "keeps": _keeps(one),
        "review": form if move == REVIEW else _form(REVIEW, one),
        "release": form if move == RELEASE else _form(RELEASE, one),
        "may_decide": gate.allows(signed_in_member(request), Permission.APPROVE_EVIDENCE, on=one)
        and one.release_asked_by_id != signed_in_member(request).pk,
    }
    return render(request, "detections/hold.html", context, status=422 if form is not None else 200)


def _keeps(one: Hold) -> dict[str, int]:
    """How many detections and hits it keeps now."""
    return {"detections": held.held_detections(one).count(), "hits": held.held_hits(one).count()}
