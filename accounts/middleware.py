"""What stands between a signed-in session and every page: the idle lock and the second factor."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import Member
from trail import context
from trail.services import record
from trail.verbs import Verb

LAST_ACT = "last_act"
Answer = Callable[[HttpRequest], HttpResponse]


class IdleLockMiddleware:
    """Signs a session out that has stood idle longer than the policy allows (CJIS AC-11: 30 minutes).

    Requests that a page makes by itself (header `X-Background`) are no activity. Where the policy spares
    vehicles and dispatch, the networks in `IDLE_LOCK_EXEMPT_NETWORKS` are spared.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out and ask to sign in again, or note the activity and pass on."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, last = time.time(), request.session.get(LAST_ACT)
        if last is not None and now - last > self._allowed(request):
            record(request.user, Verb.SESSION_LOCKED)
            logout(request)
            messages.info(request, "You were signed out because nothing was done here for a while.")
            return redirect(settings.LOGIN_URL)
        if last is None or request.headers.get("X-Background") != "1":
            request.session[LAST_ACT] = now
        return self.get_response(request)

    def _allowed(self, request: HttpRequest) -> float:
        assert isinstance(request.user, Member)
        adopted = request.user.agency.adopted
        if adopted is None:
            return 30 * 60
        sessions = adopted.policy.sessions
        address = context.current().address
        spared = sessions.idle_lock_spares_vehicles_and_dispatch
        if (
            spared
            and address is not None
            and context.in_networks(address, settings.IDLE_LOCK_EXEMPT_NETWORKS)
        ):
            return float("inf")
        return sessions.idle_lock_minutes * 60


class SecondFactorMiddleware:
    """Leads a member without a second factor to set one up before anything else (CJIS IA-2)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on where none is required, one is set up, or the page is where it is set up."""
        if self._open(request) or is_mfa_enabled(request.user):
            return self.get_response(request)
        messages.info(request, "Set up a second factor first: an authenticator app or a passkey.")
        return redirect("mfa_index")

    def _open(self, request: HttpRequest) -> bool:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return True
        paths = ("mfa_index", "account_logout", "account_reauthenticate")
        return request.path.startswith((settings.STATIC_URL, *(reverse(name) for name in paths)))
