"""Writes the frameworks' own sign-in signals on the trail (CJIS AU-2). `AccountsConfig.ready` connects them.

What was typed as a name is never written: a password may have been typed there.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.dispatch import Signal
from django.http import HttpRequest

from accounts.lock import member_named
from accounts.models import Member
from trail import context
from trail.services import record
from trail.verbs import Outcome, Verb

SIGNED_IN_AT, LAST_ACT = "signed_in_at", "last_act"


def connect() -> None:
    """Connect every receiver below, once each. axes has to be installed before this room: it counts first."""
    receivers: list[tuple[Signal, Any]] = [
        (auth.user_logged_in, on_signed_in),
        (auth.user_logged_out, on_signed_out),
        (auth.user_login_failed, on_failed),
        (mfa.authentication_failed, on_wrong_code),
        (account.password_changed, on_password_changed),
        (account.password_set, on_password_changed),
        (mfa.authenticator_added, on_factor_added),
        (mfa.authenticator_removed, on_factor_removed),
        (mfa.authenticator_reset, on_factor_renewed),
    ]
    for signal, receiver in receivers:
        signal.connect(receiver, dispatch_uid=f"{__name__}.{receiver.__name__}")


def on_signed_in(*, request: HttpRequest, user: Member, **rest: Any) -> None:
    """Record the sign-in with its factors, start its clocks, make the rest of the request the member's."""
    methods = [used.get("type", used["method"]) for used in get_authentication_records(request, user)]
    request.session[SIGNED_IN_AT] = request.session[LAST_ACT] = time.time()
    context.become(user)
    record(user, Verb.SIGNED_IN, elements={"factors": methods})


def on_signed_out(*, user: Member | None, **rest: Any) -> None:
    """Record that a member signed out."""
    if user is not None:
        record(user, Verb.SIGNED_OUT)


def on_failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **rest: Any) -> None:
    """Record a failed sign-in, and the lock where this failure closed it."""
    if request is None:
        return
    member = member_named(request, credentials)
    locked = getattr(request, "axes_locked_out", False)
    closed_now = locked and request.axes_failures_since_start is not None  # type: ignore[attr-defined]
    detail = "the name is locked" if locked and not closed_now else _reason(member, credentials)
    target = member or "an unknown name"
    record(None, Verb.SIGN_IN_FAILED, target, detail=detail, outcome=Outcome.FAILED)
    if closed_now:
        record(None, Verb.SIGN_IN_LOCKED, target)


def on_wrong_code(*, request: HttpRequest, user: Member, **rest: Any) -> None:
    """Count a wrong code as a failed sign-in, so that codes cannot be guessed either."""
    credentials = {"username": user.sign_in_name, "factor": "code"}
    auth.user_login_failed.send(sender=__name__, credentials=credentials, request=request)


def on_password_changed(*, user: Member, **rest: Any) -> None:
    """Record that a member changed their own password."""
    record(user, Verb.PASSWORD_CHANGED, user)


def on_factor_added(*, user: Member, authenticator: Any, **rest: Any) -> None:
    """Record a second factor that was added."""
    record(user, Verb.SECOND_FACTOR_CHANGED, user, detail=f"{_factor(authenticator)} added")


def on_factor_removed(*, user: Member, authenticator: Any, **rest: Any) -> None:
    """Record a second factor that was removed."""
    record(user, Verb.SECOND_FACTOR_CHANGED, user, detail=f"{_factor(authenticator)} removed")


def on_factor_renewed(*, user: Member, authenticator: Any, **rest: Any) -> None:
    """Record recovery codes that were made anew."""
    record(user, Verb.SECOND_FACTOR_CHANGED, user, detail=f"{_factor(authenticator)} made anew")


def _reason(member: Member | None, credentials: dict[str, Any]) -> str:
    if member is None:
        return ""
    if not member.is_active:
        return "the account is closed"
    return "wrong code" if credentials.get("factor") == "code" else "wrong password"


def _factor(authenticator: Any) -> str:
    return str(authenticator.get_type_display()).lower()
