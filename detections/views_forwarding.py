"""What is forwarded to others and what others forward: proposed, approved, how it stands. No plate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Member
from accounts.permissions import Permission
from detections.forms_forwarding import KeyForm, ProposeForm, SourceForm, WhyForm
from detections.forwarding import kept, secret, services, sources, standing
from detections.forwarding.moves import MOVES
from detections.models import Forwarding, ForwardKey, ForwardSource
from detections.views_console import signed_in_member
from trail.moves import MoveRefused
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule

MAKE = Permission.MAKE_AGREEMENTS
SHOWN = 50
DONE = {
    "approve": "The forwarding is approved: detections go as they come.",
    "pause": "The forwarding is paused. What comes in waits.",
    "resume": "It forwards again, what waited first.",
    "again": "What was refused is sent again.",
    "try": "The centre is tried now.",
    "key": "The key is kept.",
    "end": "The forwarding has ended, and its key is deleted.",
}
ACTS: dict[str, Callable[..., Any]] = {
    "approve": services.forwarding_approve,
    "pause": services.forwarding_pause,
    "resume": services.forwarding_resume,
    "again": services.forwarding_again,
    "try": services.forwarding_try,
    "key": lambda secret, **given: services.forwarding_key(secret_of_centre=secret, **given),
    "end": services.forwarding_end,
}


@rule(MAKE)
@require_GET
@never_cache
def forwardings(request: HttpRequest) -> HttpResponse:
    """What goes to others and what comes from others, with how each stands."""
    agency = signed_in_member(request).agency
    context = {
        "sendings": standing.sendings(agency),
        "receivings": standing.receivings(agency),
        "may_propose": bool(services.agreements(agency)),
    }
    return render(request, "detections/forwarding/forwardings.html", context)


@rule(MAKE)
@require_http_methods(["GET", "POST"])
@never_cache
def forwarding_new(request: HttpRequest) -> HttpResponse:
    """Propose that detections go to a centre."""
    member = signed_in_member(request)
    form = ProposeForm(request.POST if request.method == "POST" else None, agency=member.agency)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        key = said.pop("secret")
        try:
            proposed = services.forwarding_propose(actor=member, secret_of_centre=key, **said)
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            messages.success(request, "The forwarding is proposed. Another person approves it.")
            return redirect("forwarding", proposed.pk)
    context = {"form": form, "agreements": services.agreements(member.agency)}
    return render(
        request, "detections/forwarding/propose.html", context, status=422 if form.is_bound else 200
    )


@rule(MAKE)
@require_GET
@never_cache
def forwarding(request: HttpRequest, pk: int) -> HttpResponse:
    """How one forwarding stands here and at the centre."""
    return _page(request, _forwarding(request, pk))


@rule(MAKE)
@require_http_methods(["GET", "POST"])
@never_cache
def forwarding_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """POST does one of the moves of `forwarding.moves`."""
    if move not in DONE:
        raise Http404
    one, member = _forwarding(request, pk), signed_in_member(request)
    if request.method == "GET":
        return _page(request, one)
    form = _form(move, request.POST)
    if not _done(form, lambda said: ACTS[move](actor=member, forwarding=one, **said), member, one):
        return _page(request, _forwarding(request, pk), move=move, form=form)
    messages.success(request, DONE[move])
    return redirect("forwarding", pk)


@rule(MAKE)
@require_http_methods(["GET", "POST"])
@never_cache
def forward_source_new(request: HttpRequest) -> HttpResponse:
    """Register an agency that forwards to us."""
    member = signed_in_member(request)
    form = SourceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = sources.source_register(actor=member, agency=member.agency, **form.cleaned_data)
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            messages.success(request, "The source is registered. It sends nothing before it has a key.")
            return redirect("forward_source", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "detections/forwarding/source_new.html", {"form": form}, status=status)


@rule(MAKE)
@require_GET
@never_cache
def forward_source(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: what came, what is kept, its cameras and keys."""
    return _source_page(request, _source(request, pk))


@rule(MAKE)
@require_POST
@never_cache
def forward_source_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Issue a key (`issue`, shown on this answer alone), revoke one (`revoke`), or `end` the source."""
    source, member = _source(request, pk), signed_in_member(request)
    form = WhyForm(request.POST) if move == "end" else forms.Form(request.POST)
    shown: list[str] = []

    def act(said: dict[str, Any]) -> None:
        if move == "issue":
            shown.append(sources.source_key_issue(actor=member, source=source)[1])
        elif move == "revoke":
            sources.source_key_revoke(actor=member, key=_key(request, source))
        else:
            sources.source_end(actor=member, source=source, **said)

    if move not in ("issue", "revoke", "end"):
        raise Http404
    done = _done(form, act, member, source)
    source = _source(request, pk)
    if not done or shown:
        return _source_page(request, source, shown="".join(shown), form=None if done else form, move=move)
    messages.success(request, "The key is revoked." if move == "revoke" else "Nothing more is taken from it.")
    return redirect("forward_source", pk)


def _key(request: HttpRequest, source: ForwardSource) -> ForwardKey:
    number = request.POST.get("key", "")
    return get_object_or_404(ForwardKey, pk=int(number) if number.isdecimal() else 0, source=source)


def _forwarding(request: HttpRequest, pk: int) -> Forwarding:
    rows = Forwarding.objects.filter(agency=signed_in_member(request).agency_id)
    return get_object_or_404(
        rows.select_related("agency", "agreement", "proposed_by", "approved_by"), pk=pk
    )  # fmt: skip


def _source(request: HttpRequest, pk: int) -> ForwardSource:
    rows = ForwardSource.objects.filter(agency=signed_in_member(request).agency_id)
    return get_object_or_404(rows.select_related("agency", "registered_by"), pk=pk)


def _form(move: str, said: Any = None) -> forms.Form:
    if move == "key":
        return KeyForm(said)
    return WhyForm(said) if move == "end" else forms.Form(said)


def _done(
    form: forms.Form, act: Callable[[dict[str, Any]], Any], member: Member, on: Forwarding | ForwardSource
) -> bool:
    """Whether the form was valid and the act was done; else the form says why not, and the trail as well."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except ValidationError as problems:
        form.add_error(None, problems if not hasattr(problems, "error_dict") else problems.messages)
    except MoveRefused as refused:
        record(member, Verb.ATTEMPTED, on, detail=str(refused), outcome=Outcome.REFUSED)
        form.add_error(None, str(refused))
    except gate.Refused as refused:
        if refused.kind != "two people":
            raise
        record(member, Verb.ATTEMPTED, on, detail=refused.reason, outcome=Outcome.REFUSED)
        form.add_error(None, refused.reason)
    return not form.errors


def _page(
    request: HttpRequest, one: Forwarding, move: str = "", form: forms.Form | None = None
) -> HttpResponse:
    member = signed_in_member(request)
    open_moves = {each.name: each for each in MOVES.open_from(one.state)}
    context = {
        "one": standing.sending(one),
        "forwarding": one,
        "moves": open_moves,
        "forms": {
            name: form if name == move else _form(name) for name in ("key", "end") if name in open_moves
        },
        "refused_form": form if form is not None and move not in ("key", "end") else None,
        "own": one.proposed_by_id == member.pk,
        "has_key": secret.is_there(one),
        "key_elsewhere": secret.by_environment(one),
        "refusals": one.refusals.select_related("camera")[:SHOWN],
        "refusals_count": one.refusals.count(),
    }
    status = 422 if form is not None else 200
    return render(request, "detections/forwarding/forwarding.html", context, status=status)


def _source_page(
    request: HttpRequest,
    source: ForwardSource,
    shown: str = "",
    form: forms.Form | None = None,
    move: str = "",
) -> HttpResponse:
    end = form if form is not None and move == "end" else WhyForm()
    context = {
        "one": standing.Receiving(source),
        "source": source,
        "stands": kept.standing(source),
        "shown": shown,
        "address": request.build_absolute_uri("/").rstrip("/"),
        "keys": source.keys.all(),
        "cameras": source.cameras.select_related("camera"),
        "end": end,
        "refused_form": form if move != "end" else None,
    }
    status = 422 if form is not None else 200
    return render(request, "detections/forwarding/source.html", context, status=status)
