"""What stands between a session and every page: the notice, the end of a session, the second factor."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Member
from accounts.sign_in_events import LAST_ACT, SIGNED_IN_AT
from alpr.policy.rules import Sessions
from trail import context
from trail.services import record
from trail.verbs import Verb

NOTICE_READ = "notice_read"
# The last act is written down no more often than this, so that a busy page does not write at every request.
GRAIN_SECONDS = 15
IDLE_MINUTES = 30
SIGN_IN_HOURS = 12
Answer = Callable[[HttpRequest], HttpResponse]


class NoticeMiddleware:
    """Shows the notice, to be acknowledged, before anybody can sign in (CJIS AC-8)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead from every page that takes credentials to the notice, until it was read in this session."""
        if (
            request.user.is_authenticated
            or request.session.get(NOTICE_READ)
            or not _takes_credentials(request)
        ):
            return self.get_response(request)
        return redirect(f"{reverse('notice')}?{urlencode({'next': request.GET.get('next', '')})}")


def _takes_credentials(request: HttpRequest) -> bool:
    return request.path in (reverse("account_login"), reverse("mfa_login_webauthn"))


class SessionEndMiddleware:
    """Ends a session that stood idle too long (CJIS AC-11) or began too long ago (IA-11), as the policy says.

    Requests that a page makes by itself (header `X-Background`, or a stream of events) are no activity. Where
    the policy spares vehicles and dispatch, `IDLE_LOCK_EXEMPT_NETWORKS` are spared the idle lock alone.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out and ask to sign in again, or note the activity and pass on."""
        if not isinstance(request.user, Member):
            return self.get_response(request)
        now = time.time()
        sessions = _sessions(request.user)
        if now - request.session.get(SIGNED_IN_AT, 0) > _hours(sessions) * 3600:
            return _end(request, "It is time to sign in again.", "signed in too long ago")
        last = request.session[LAST_ACT]
        if now - last > _minutes(sessions) * 60 and not _spared(sessions):
            return _end(request, "You were signed out because nothing was done here for a while.", "idle")
        if now - last > GRAIN_SECONDS and not _background(request):
            request.session[LAST_ACT] = now
        return self.get_response(request)


def _sessions(member: Member) -> Sessions | None:
    adopted = member.agency.adopted
    return adopted.policy.sessions if adopted else None


def _hours(sessions: Sessions | None) -> int:
    return sessions.reauthenticate_hours if sessions else SIGN_IN_HOURS


def _minutes(sessions: Sessions | None) -> int:
    return sessions.idle_lock_minutes if sessions else IDLE_MINUTES


def _spared(sessions: Sessions | None) -> bool:
    address = context.current().address
    if address is None or sessions is None or not sessions.idle_lock_spares_vehicles_and_dispatch:
        return False
    return context.in_networks(address, settings.IDLE_LOCK_EXEMPT_NETWORKS)


def _background(request: HttpRequest) -> bool:
    streams = "text/event-stream" in request.headers.get("Accept", "")
    return streams or request.headers.get("X-Background") == "1"


def _end(request: HttpRequest, message: str, why: str) -> HttpResponse:
    assert isinstance(request.user, Member)
    record(request.user, Verb.SESSION_LOCKED, detail=why)
    request.session.flush()
    request.user = AnonymousUser()
    messages.info(request, message)
    back = request.get_full_path() if request.method == "GET" and not _background(request) else ""
    return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}" if back else "account_login")


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
        paths = ("mfa_index", "account_logout", "account_reauthenticate", "theme")
        return request.path.startswith((settings.STATIC_URL, *(reverse(name) for name in paths)))
