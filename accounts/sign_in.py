"""How allauth and axes meet our members: no sign-up, one sign-in name, a lock that a person releases."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class MemberAdapter(DefaultAccountAdapter):
    """Members are made by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always false."""
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names our members in authenticator apps by their sign-in name."""


def locked_out(request: HttpRequest, response: Any, credentials: dict[str, Any]) -> HttpResponse:
    """The page for a sign-in name that is locked."""
    return render(request, "account/locked.html", status=403)
