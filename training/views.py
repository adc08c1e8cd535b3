"""The notice before sign-in, where a member lands, their own record, and how pages are painted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import NOTICE_READ
from accounts.models import Member
from training.context import first_place
from training.records import record_of
from training.rules import public, signed_in

A_YEAR = 365 * 24 * 3600


@public("the notice that stands before sign-in")
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest) -> HttpResponse:
    """Show the notice of use and monitoring; once acknowledged, go on to sign in (CJIS AC-8)."""
    if request.method == "POST":
        request.session[NOTICE_READ] = True
        back = request.POST.get("next", "")
        return redirect(
            f"{reverse('account_login')}?{urlencode({'next': back})}" if back else "account_login"
        )
    return render(request, "accounts/notice.html", {"next": request.GET.get("next", "")})


@signed_in("leads to the first place that the member may open, or says what is missing")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Go where the member's work is; where nothing is open to them, say why and whom to ask."""
    place, refusal = first_place(_member(request))
    if refusal is None:
        return redirect(place)
    _, reason, next_step = refusal
    return render(request, "training/closed.html", {"reason": reason, "next_step": next_step, "place": place})


@signed_in("the member's own certificates, roles and acts")
@require_GET
def my_record(request: HttpRequest) -> HttpResponse:
    """What the system holds on the member who looks: training, roles in words, what they did last."""
    return render(request, "training/my_record.html", {"record": record_of(_member(request))})


@public("how pages are painted; nothing of the data")
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme with the member, or in a cookie before sign-in, and go back to the page."""
    chosen = request.POST.get("theme", "")
    if chosen not in Member.Theme.values:
        return HttpResponseBadRequest("The theme is light, dark or night.")
    answer = redirect(_way_back(request))
    if isinstance(request.user, Member):
        Member.objects.filter(pk=request.user.pk).update(theme=chosen)
    else:
        answer.set_cookie(
            "theme", chosen, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return answer


def _way_back(request: HttpRequest) -> str:
    """The page named by `next` where it is one of ours, else the first page."""
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return back if ours else reverse("home")


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user
