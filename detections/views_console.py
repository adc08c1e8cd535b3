"""The live console: the list of hits, what it asks by itself, and its settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Member
from accounts.permissions import Permission
from detections import console as shown
from detections import services_hits as services
from detections.models import Hit, HitStep
from trail.services import record
from trail.verbs import Verb
from training.rules import rule

SAID = (
    "ladder.alert_permits_following",
    "ladder.before_stop",
    "ladder.compare",
    "ladder.status_from",
    "ladder.person_check_lists",
    "ladder.exigent_may_skip",
    "ladder.result_required",
)
RESULTS_FOR = timedelta(days=7)


def signed_in_member(request: HttpRequest) -> Member:
    """Who asks; 404 for nobody, which the gate has refused before."""
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


def list_context(member: Member, *, open_hit: Hit | None = None) -> dict[str, Any]:
    """What the list shows, recorded before it is shown."""
    hits = list(shown.waiting(member)[: shown.MOST_IN_LIST])
    total = shown.waiting(member).count()
    record(
        member,
        Verb.HITS_VIEWED,
        purpose="Verifying hits",
        elements={"plates": [hit.plate for hit in hits]},
        detail=f"{len(hits)} in the list",
    )
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "rows": shown.rows(hits),
        "count": total,
        "older": total - len(hits),
        "closed_today": _closed(member).filter(closed_at__gte=midnight).count(),
        "fingerprint": shown.fingerprint(hits),
        "last": max((hit.pk for hit in hits), default=_newest(member)),
        "open_hit": open_hit,
    }


def _newest(member: Member) -> int:
    newest = Hit.objects.filter(agency_id=member.agency_id).order_by("-pk").first()
    return newest.pk if newest else 0


def _closed(member: Member) -> Any:
    return shown.visible(member).filter(status=Hit.Status.CLOSED)


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def console(request: HttpRequest) -> HttpResponse:
    """The hits that wait, none of them open."""
    member = signed_in_member(request)
    policy = member.agency.policy
    rules = [(policy.describe(name), policy.clause(name).source) for name in SAID]
    context = list_context(member) | {"results": _results(member), "rules": rules}
    return render(request, "detections/console.html", context)


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def console_list(request: HttpRequest) -> HttpResponse:
    """The list alone, for a console that heard of a hit; 204 where `have` says that nothing changed."""
    member = signed_in_member(request)
    if request.GET.get("have") == shown.fingerprint(shown.waiting(member)[: shown.MOST_IN_LIST]):
        return HttpResponse(status=204)
    number = request.GET.get("open", "")
    open_hit = shown.visible(member).filter(pk=int(number)).first() if number.isdigit() else None
    return render(request, "detections/console_list.html", list_context(member, open_hit=open_hit))


@rule(Permission.SEE_HITS)
@require_GET
@never_cache
def console_closed(request: HttpRequest) -> HttpResponse:
    """The hits closed today, with their results."""
    member = signed_in_member(request)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    hits = list(_closed(member).filter(closed_at__gte=midnight).order_by("-closed_at")[:200])
    elements = {"plates": [hit.plate for hit in hits]}
    record(member, Verb.HITS_VIEWED, purpose="Verifying hits", elements=elements, detail="closed today")
    return render(
        request, "detections/console_closed.html", {"rows": shown.rows(hits), "results": _results(member)}
    )


def _results(member: Member) -> list[HitStep]:
    """What became of the plates that this member entered, where the policy has them told (426.4(f)(3))."""
    if not member.agency.policy.ladder.tell_entering_member:
        return []
    closings = HitStep.objects.filter(
        move="close",
        hit__agency=member.agency,
        hit__entry__entered_by=member,
        at__gte=timezone.now() - RESULTS_FOR,
    )
    return list(closings.select_related("hit__entry", "by").order_by("-pk")[:20])


@rule(Permission.SEE_HITS)
@require_POST
def console_keys(request: HttpRequest) -> HttpResponse:
    """Switch the single keys on or off, and come back."""
    services.keys_switch(actor=signed_in_member(request), on=request.POST.get("keys") == "on")
    back = request.POST.get("hit", "")
    return redirect("hit", pk=int(back)) if back.isdigit() else redirect("console")
