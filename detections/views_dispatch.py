"""The dispatcher's queue: what officers ask, answered in place, and what was answered lately."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Member
from accounts.permissions import Permission
from detections import console as shown
from detections import dispatch
from detections.forms_hits import DispatchForm
from detections.models import Hit
from detections.services_hits import hit_validate
from detections.views_console import signed_in_member
from trail.moves import MoveRefused
from trail.services import record
from trail.verbs import Outcome, Verb
from training import gate
from training.rules import rule

PURPOSE = "Answering for the live status of hits"


@rule(Permission.ANSWER_STATUS)
@require_GET
@never_cache
def dispatch_queue(request: HttpRequest) -> HttpResponse:
    """The hits whose live status officers ask for, longest wait first, and the answers of the last hour."""
    return render(request, "detections/dispatch.html", _context(signed_in_member(request)))


@rule(Permission.ANSWER_STATUS)
@require_GET
@never_cache
def dispatch_list(request: HttpRequest) -> HttpResponse:
    """The queue alone, for a page that polls; 204 where `have` says that nothing changed."""
    member = signed_in_member(request)
    if request.GET.get("have") == _fingerprint(member):
        return HttpResponse(status=204)
    return render(request, "detections/dispatch_list.html", _context(member))


@rule(Permission.ANSWER_STATUS)
@require_POST
def dispatch_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a dispatcher's answer on one hit of the queue, and come back to the queue."""
    member = signed_in_member(request)
    hit = get_object_or_404(shown.visible(member), pk=pk)
    gate.require(member, Permission.CONFIRM_HITS, on=hit)
    form = DispatchForm(request.POST, hit=hit, policy=hit.agency.policy)
    if not form.is_valid():
        return _again(request, member, form, status=422)
    try:
        hit_validate(actor=member, hit=hit, **form.arguments)
    except ValidationError as wrong:
        for name, errors in wrong.message_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return _again(request, member, form, status=422)
    except MoveRefused as refused:
        record(member, Verb.ATTEMPTED, f"an answer on {hit}", detail=str(refused), outcome=Outcome.REFUSED)
        return _again(request, member, form, refused=str(refused), status=409)
    messages.success(request, f"The answer on hit {hit.number} is recorded; the officer sees it now.")
    return redirect("dispatch_queue")


def _again(
    request: HttpRequest, member: Member, form: DispatchForm, *, refused: str = "", status: int
) -> HttpResponse:
    context = _context(member, form) | {"refused": refused, "second": form}
    return render(request, "detections/dispatch.html", context, status=status)


def _fingerprint(member: Member) -> str:
    return dispatch.fingerprint(dispatch.asked(member)[: dispatch.MOST_SHOWN], dispatch.answered(member))


def _context(member: Member, bound: DispatchForm | None = None) -> dict[str, Any]:
    """What the queue shows, recorded before it is shown."""
    hits = list(dispatch.asked(member)[: dispatch.MOST_SHOWN])
    answers = dispatch.answered(member)
    plates = [hit.plate for hit in hits] + [given.step.hit.plate for given in answers]
    detail = f"{len(hits)} in the dispatcher’s queue"
    record(member, Verb.HITS_VIEWED, purpose=PURPOSE, elements={"plates": plates}, detail=detail)
    return {
        "rows": [(hit, shown.reason(hit.entry), _form(hit, bound)) for hit in hits],
        "answered": answers,
        "fingerprint": dispatch.fingerprint(hits, answers),
        "may_answer": gate.allows(member, Permission.CONFIRM_HITS),
        "policy": member.agency.policy,
        "now": timezone.now(),
        "last": _last(member),
    }


def _form(hit: Hit, bound: DispatchForm | None) -> DispatchForm:
    if bound is not None and bound.hit.pk == hit.pk:
        return bound
    return DispatchForm(hit=hit, policy=hit.agency.policy)


def _last(member: Member) -> int:
    newest = Hit.objects.filter(agency_id=member.agency_id).order_by("-pk").first()
    return newest.pk if newest else 0
