"""What waits for whoever is signed in: a page, and the number of things for the masthead."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Member
from accounts.permissions import Permission
from alpr import waiting as waits
from training.rules import signed_in


@signed_in("what is the member's own to do; counts and links, no plates")
@require_GET
@never_cache
def waiting(request: HttpRequest) -> HttpResponse:
    """Everything that is the member's to do, what presses first."""
    asker = _asker(request)
    found = waits.yours(asker)
    context = {
        "waits": found,
        "lede": waits.lede(found, "you"),
        "now": timezone.now(),
        "oversees": Permission.OVERSEE in asker.permitted,
    }
    return render(request, "waiting/waiting.html", context)


@signed_in("the number of things that are the member's own to do")
@require_GET
@never_cache
def waiting_count(request: HttpRequest) -> HttpResponse:
    """The number for the masthead, which asks again each minute; without the masthead's own questions."""
    context = {"count": len(waits.yours(_asker(request))), "trigger": "every 60s"}
    return HttpResponse(render_to_string("waiting/_count.html", context))


def _asker(request: HttpRequest) -> waits.Asker:
    if not isinstance(request.user, Member):
        raise Http404
    return waits.ask(request.user)
