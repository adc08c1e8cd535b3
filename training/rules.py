"""Every view declares its rule: a permission, signed in, or open to all with the reason why.

A test walks every address and finds the rule on each view (`view.rule`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest

from accounts.permissions import Permission
from training import gate

View = TypeVar("View", bound=Callable[..., Any])


def rule(permission: Permission) -> Callable[[View], View]:
    """The view is for members whom the gate admits with `permission` at their own agency.

    A view that shows or changes the data of one row still calls `gate.require` on that row, with its inquiry.
    """

    def declare(view: View) -> View:
        @login_required
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            gate.admit(request.user, permission, on=request.user.agency)  # type: ignore[arg-type, union-attr]
            return view(request, *args, **kwargs)

        guarded.rule = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def signed_in(why: str) -> Callable[[View], View]:
    """The view is for every signed-in member and shows no ALPR data; `why` says what it is for."""

    def declare(view: View) -> View:
        guarded = login_required(view)
        guarded.rule = f"signed in: {why}"  # type: ignore[attr-defined]
        return guarded

    return declare


def public(why: str) -> Callable[[View], View]:
    """The view is open to all and shows nothing of the data; `why` says what it is for."""

    def declare(view: View) -> View:
        view.rule = f"public: {why}"  # type: ignore[attr-defined]
        return view

    return declare
