"""How allauth and axes meet our members: no sign-up, one sign-in name, a lock that a person releases."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.lock import is_locked
from accounts.models import Member
from trail import context
from trail.services import record
from trail.verbs import Outcome, Verb


class MemberAdapter(DefaultAccountAdapter):
    """Members are made by an administrator; nobody signs up; nothing is mailed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always false."""
        return False

    def login(self, request: HttpRequest, user: Member) -> None:
        """Sign in after the last factor, unless the name is locked: by passkey and by code as well."""
        if is_locked(request, user):
            record(None, Verb.SIGN_IN_FAILED, user, detail="the name is locked", outcome=Outcome.REFUSED)
            raise ImmediateHttpResponse(locked_out(request, None, {}))
        super().login(request, user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address as the trail knows it; empty where none is known."""
        return context.client_address(request) or ""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: the trail holds it."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names our members in authenticator apps by their sign-in name."""


def locked_out(request: HttpRequest, response: Any, credentials: dict[str, Any]) -> HttpResponse:
    """The page for a sign-in name that is locked."""
    return render(request, "account/locked.html", status=403)
