"""The lock on a sign-in name after too many failures, until an administrator releases it (CJIS AC-7).

django-axes counts and locks; the policy of the member's agency says how many failures within how many
minutes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Member, NoPolicy

FAILURES = 5
WITHIN_MINUTES = 15
Credentials = dict[str, Any] | None


class NameLock(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts failures by name within the policy's minutes; what has locked a name is never forgotten."""

    def clean_expired_user_attempts(
        self, request: HttpRequest | None = None, credentials: Credentials = None
    ) -> int:
        """Forget failures that are too old to count with the next one; return how many were forgotten."""
        if request is None or self.is_locked(request, credentials):
            return 0
        old = timezone.now() - timedelta(minutes=_window(request, credentials))
        attempts = self.filter_user_attempts(request, credentials)
        return sum(counted.filter(attempt_time__lt=old).delete()[0] for counted in attempts)


def is_locked(request: HttpRequest, member: Member) -> bool:
    """Whether the member's sign-in name is locked."""
    return bool(AxesProxyHandler.is_locked(request, {"username": member.sign_in_name}))


def counted_name(request: HttpRequest, credentials: Credentials) -> str:
    """The name under which axes counts a failure.

    A member's own sign-in name, however it was typed; else a digest, since what is typed as a name may be a
    password.
    """
    given = credentials or {}
    typed = str(given.get("username") or given.get("login") or request.POST.get("login", "")).strip().lower()
    if not typed or Member.objects.filter(sign_in_name=typed).exists():
        return typed
    return f"unknown {salted_hmac('accounts.lock', typed).hexdigest()[:32]}"


def failures_allowed(request: HttpRequest, credentials: Credentials) -> int:
    """How many failures lock the name, under the policy of the member's agency."""
    member = member_named(request, credentials)
    try:
        return member.agency.policy.sessions.lock_after_failures if member else FAILURES
    except NoPolicy:
        return FAILURES


def _window(request: HttpRequest, credentials: Credentials) -> int:
    member = member_named(request, credentials)
    try:
        return member.agency.policy.sessions.failures_within_minutes if member else WITHIN_MINUTES
    except NoPolicy:
        return WITHIN_MINUTES


def member_named(request: HttpRequest, credentials: Credentials) -> Member | None:
    """The member whose sign-in name was given, or None."""
    name = counted_name(request, credentials)
    return Member.objects.select_related("agency").filter(sign_in_name=name).first()
