"""Evidence packages: asked for, decided by a second person, downloaded, booked, and handed on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Member
from accounts.permissions import Permission
from detections import forms_evidence as forms
from detections import held
from detections.evidence import services, signing
from detections.evidence.archive import CHUNK
from detections.evidence.moves import MOVES
from detections.models import EvidencePackage, Hold
from detections.views_console import signed_in_member
from trail.moves import MoveRefused
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule

State = EvidencePackage.State
MARKS = {
    State.ASKED: "wait", State.APPROVED: "now", State.DECLINED: "off", State.BUILT: "wait",
    State.FAILED: "stop", State.BOOKED: "ok",
}  # fmt: skip
ACTS: dict[str, Callable[..., Any]] = {
    "retry": services.evidence_retry,
    "book": services.evidence_book,
    "hand-on": services.evidence_hand_on,
}
DONE = {
    "retry": "The package is being built again.",
    "book": "The package is booked into evidence. Its chain of custody begins here.",
    "hand-on": "The step is recorded in the chain of custody.",
}


@rule(Permission.HOLD)
@require_GET
@never_cache
def evidence(request: HttpRequest) -> HttpResponse:
    """The agency's packages with their states, the newest first. It shows no plate and no picture."""
    packages = list(_own(request))
    for package in packages:
        _dress(package)
    waiting = [one for one in packages if one.state == State.BUILT and one.file]
    return render(request, "detections/evidence.html", {"packages": packages, "to_book": len(waiting)})


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def evidence_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a package of what a hold keeps."""
    member = signed_in_member(request)
    hold = get_object_or_404(Hold.objects.select_related("agency"), pk=pk, agency=member.agency_id)
    form = forms.AskForm(request.POST or None)
    made: list[EvidencePackage] = []

    def ask(said: dict[str, Any]) -> None:
        made.append(services.evidence_ask(actor=member, hold=hold, **said))

    if request.method == "POST" and _done(form, ask, member, hold):
        messages.success(request, "Another person decides. The package is built once it is approved.")
        return redirect("evidence_package", made[0].pk)
    keeps = {"detections": held.held_detections(hold).count(), "hits": held.held_hits(hold).count()}
    context = {"hold": hold, "form": form, "keeps": keeps}
    return render(request, "detections/evidence_ask.html", context, status=422 if form.is_bound else 200)


@rule(Permission.HOLD)
@require_GET
@never_cache
def evidence_package(request: HttpRequest, pk: int) -> HttpResponse:
    """One package: its state, what is in it, what may be done now, and its chain of custody."""
    return _page(request, _found(request, pk))


@rule(Permission.APPROVE_EVIDENCE)
@require_http_methods(["GET", "POST"])
@never_cache
def evidence_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a package that another person asks for, or decline it."""
    package, member = _found(request, pk), signed_in_member(request)
    form = forms.DecisionForm(request.POST or None)
    approve = request.POST.get("decision") == "approve"

    def decide(said: dict[str, Any]) -> None:
        services.evidence_decide(actor=member, package=package, approve=approve, note=said["note"])

    if request.method == "POST" and _done(form, decide, member, package):
        done = "The package is approved and being built." if approve else "The package is declined."
        messages.success(request, done)
        return redirect("waiting")
    hold = package.hold
    context = {
        "package": package, "form": form, "hold": hold, "own": package.asked_by_id == member.pk,
        "waits": package.state == State.ASKED,
        "keeps": {"detections": held.held_detections(hold).count(), "hits": held.held_hits(hold).count()},
    }  # fmt: skip
    return render(request, "detections/evidence_decide.html", context, status=422 if form.is_bound else 200)


@rule(Permission.HOLD)
@require_http_methods(["GET", "POST"])
@never_cache
def evidence_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """POST has a package built again (`retry`), books it (`book`), or records a step (`hand-on`)."""
    if move not in DONE:
        raise Http404
    package, member = _found(request, pk), signed_in_member(request)
    if request.method == "GET":
        return _page(request, package)
    form = _form(move, package, request.POST)
    if not _done(form, lambda said: ACTS[move](actor=member, package=package, **said), member, package):
        return _page(request, _found(request, pk), move=move, form=form)
    messages.success(request, DONE[move])
    if move == "hand-on" and package.custody.latest("id").sha256 != package.sha256:
        messages.warning(request, "The hash of the copy is not that of the package: the chain says so.")
    return redirect("evidence_package", package.pk)


@rule(Permission.HOLD)
@require_GET
@never_cache
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The package itself, hashed again and put on the trail before it goes out."""
    package, member = _found(request, pk), signed_in_member(request)
    try:
        file = services.evidence_take(actor=member, package=package)
    except MoveRefused as refused:
        raise Http404(str(refused)) from refused
    except services.PackageChanged as changed:
        record(member, Verb.EVIDENCE_TAKEN, package, detail=str(changed), outcome=Outcome.FAILED)
        return _page(request, package, changed=str(changed))
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="evidence-{package.pk}.zip"',
        "Content-Length": str(package.size),
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(_parts(file), content_type="application/zip", headers=headers)


@rule(Permission.HOLD)
@require_GET
@never_cache
def evidence_chain(request: HttpRequest, pk: int) -> HttpResponse:
    """The chain of custody on a page to be printed, with room for signatures."""
    package = _found(request, pk)
    if not package.custody.exists():
        raise Http404("Nothing is booked yet.")
    return render(request, "detections/evidence_chain.html", _context(package))


async def _parts(file: File[bytes]) -> AsyncIterator[bytes]:
    """The file in parts, read beside the server's loop."""
    try:
        while part := await asyncio.to_thread(file.read, CHUNK):
            yield part
    finally:
        file.close()


def _own(request: HttpRequest) -> QuerySet[EvidencePackage]:
    rows = EvidencePackage.objects.filter(agency=signed_in_member(request).agency_id)
    return rows.select_related(
        "agency", "hold__hit", "hold__camera", "hold__search", "hold__placed_by", "hold__release_asked_by",
        "hold__released_by", "asked_by", "decided_by", "signed_with",
    )  # fmt: skip


def _found(request: HttpRequest, pk: int) -> EvidencePackage:
    return get_object_or_404(_own(request), pk=pk)


def _done(
    form: Form, act: Callable[[dict[str, Any]], Any], member: Member, on: Hold | EvidencePackage
) -> bool:
    """Whether the form was valid and the act was done; else the form says why not, and the trail as well."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except ValidationError as problems:
        form.add_error(None, problems)
        return False
    except (MoveRefused, services.PackageChanged) as refused:
        return _refuse(form, str(refused), member, on)
    except gate.Refused as refused:
        if refused.kind != "two people":
            raise
        return _refuse(form, refused.reason, member, on)
    return True


def _refuse(form: Form, why: str, member: Member, on: Hold | EvidencePackage) -> bool:
    record(member, Verb.ATTEMPTED, on, detail=why, outcome=Outcome.REFUSED)
    form.add_error(None, why)
    return False


def _form(move: str, package: EvidencePackage, said: Any = None) -> Form:
    if move == "book":
        return forms.BookForm(said, agency=package.agency)
    if move == "hand-on":
        return forms.HandOnForm(said, kept=bool(package.file))
    return Form(said)


def _dress(package: EvidencePackage) -> EvidencePackage:
    """Give a package the mark of its state."""
    package.mark = MARKS[State(package.state)]  # type: ignore[attr-defined]
    return package


def _context(package: EvidencePackage) -> dict[str, Any]:
    key = package.signed_with
    return {
        "package": _dress(package),
        "hold": package.hold,
        "chain": [(step, step.sha256 == package.sha256) for step in package.custody.select_related("by")],
        "fingerprint": signing.fingerprint(key) if key else "",
    }


def _page(
    request: HttpRequest,
    package: EvidencePackage,
    move: str = "",
    form: Form | None = None,
    changed: str = "",
) -> HttpResponse:
    """The page of a package; with a form that was refused, or with why its archive was not handed out."""
    open_moves = {each.name for each in MOVES.open_from(package.state)}
    forms_open = {
        name.replace("-", "_"): form if name == move else _form(name, package)
        for name in DONE
        if name in open_moves
    }
    member = signed_in_member(request)
    context = _context(package) | {
        "forms": forms_open,
        "refused": form if move and move not in open_moves else None,
        "changed": changed,
        "may_decide": package.state == State.ASKED
        and package.asked_by_id != member.pk
        and gate.allows(member, Permission.APPROVE_EVIDENCE, on=package),
    }
    status = 422 if form is not None else 409 if changed else 200
    return render(request, "detections/evidence_package.html", context, status=status)
