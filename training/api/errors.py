"""One shape for every error of the API: `{"error": {"code", "message", "fields"?}}`."""

from __future__ import annotations

import errno
import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.models import NoPolicy
from trail import context
from trail.services import record
from trail.verbs import Outcome, Verb
from training.gate import Refused
from training.refusals import record_refusal

log = logging.getLogger(__name__)

RETRY_AFTER = 10
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Closed(Exception):
    """What the key opens is out of use for now. `code` names it in the answer."""

    code = "refused"


class BadRequest(APIException):
    """A request of which nothing is taken; `fields` says what is wrong where, `rows` for which detections."""

    status_code = 400
    default_code = "bad_request"

    def __init__(self, message: str, *, code: str = "bad_request", status: int = 400, **parts: Any) -> None:
        super().__init__(message, code)
        self.status_code = status
        self.code = code
        self.parts = parts


def answer(exception: Exception, circumstances: dict[str, Any]) -> Response | None:
    """The answer to an exception that a view raised; None leaves it to Django, as an error of ours.

    A database that cannot be reached, or a full disk, is 503 with Retry-After: the sender keeps its batch and
    sends it again.
    """
    if isinstance(exception, OperationalError | InterfaceError):
        connection.close()
        return _unavailable("The database cannot be reached.")
    if isinstance(exception, OSError) and exception.errno in FULL:
        log.error("A file could not be stored: the disk is full.")
        return _unavailable("There is no room to store it.")
    if isinstance(exception, BadRequest):
        return _error(exception.status_code, exception.code, str(exception.detail), **exception.parts)
    if isinstance(exception, APIException):
        code = exception.get_codes()
        name = code if isinstance(code, str) else exception.default_code
        return _error(exception.status_code, name, str(exception.detail), headers=_headers(exception))
    if isinstance(exception, ValidationError):
        return _error(400, "invalid", "Some values cannot stand.", fields=_fields(exception))
    if isinstance(exception, SuspiciousOperation):
        status = 413 if isinstance(exception, RequestDataTooBig) else 400
        return _error(status, "too_large", "The request has too much data or too many parts.")
    if isinstance(exception, Http404):
        return _error(404, "not_found", "There is nothing of yours at this address.")
    return _forbidden(exception)


def _forbidden(exception: Exception) -> Response | None:
    if isinstance(exception, Refused):
        record_refusal(exception)
        return _error(403, "refused", exception.reason)
    if isinstance(exception, Closed | NoPolicy | PermissionDenied):
        code = "no_policy" if isinstance(exception, NoPolicy) else getattr(exception, "code", "refused")
        actor = context.current().actor
        record(actor, Verb.ATTEMPTED, "to send", detail=str(exception), outcome=Outcome.REFUSED)
        return _error(403, code, str(exception))
    return None


def _unavailable(why: str) -> Response:
    headers = {"Retry-After": str(RETRY_AFTER)}
    return _error(503, "unavailable", f"{why} Keep what you have and send it again.", headers=headers)


def _error(
    status: int, code: str, message: str, *, headers: dict[str, str] | None = None, **parts: Any
) -> Response:
    return Response(
        {"error": {"code": code, "message": message, **parts}}, status=status, headers=headers or {}
    )


def _headers(exception: APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return headers


def _fields(invalid: ValidationError) -> dict[str, str]:
    by_field = invalid.message_dict if hasattr(invalid, "error_dict") else {"": invalid.messages}
    return {name: " ".join(messages) for name, messages in by_field.items()}
