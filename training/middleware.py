"""Where a refusal meets the web: recorded after the rollback, answered with its reason."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Member
from trail.services import record
from trail.verbs import Outcome, Verb
from training.gate import Refused
from training.refusals import record_refusal


class RefusalMiddleware:
    """Turns `Refused` into a page that says what is missing and whom to ask, and records the attempt."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 403 with the reason for a refusal of the gate; leave every other error alone."""
        if isinstance(exception, Refused):
            record_refusal(exception)
            return render(request, "errors/refused.html", {"refused": exception}, status=403)
        if isinstance(exception, PermissionDenied) and isinstance(request.user, Member):
            record(
                request.user, Verb.ATTEMPTED, "to open a page", detail=str(exception), outcome=Outcome.REFUSED
            )
        return None
