"""A machine signs in with its key: `Authorization: Bearer <key>`. No session, no cookie.

A device that can set no header gives the key as the password of HTTP Basic; the name is not looked at.
"""

from __future__ import annotations

import base64
import binascii
import functools
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import api_view, authentication_classes, parser_classes, throttle_classes
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from accounts.keys import HashedKey, digest
from trail import context
from trail.services import record
from trail.verbs import Outcome, Verb
from training.api.errors import BadRequest
from training.api.floods import limited

if TYPE_CHECKING:
    from rest_framework.views import APIView

NOTED_EVERY = timedelta(minutes=1)
Key = TypeVar("Key", bound=HashedKey)
View = Callable[..., Response]


class KeyAuthentication(BaseAuthentication, ABC, Generic[Key]):
    """Lets a standing key in, for what it opens. Attempts with one that stands no more are recorded.

    A room says which keys: `keys` with what they open, `realm` for a 401, and `check`.
    """

    realm: ClassVar[str]

    @abstractmethod
    def keys(self) -> QuerySet[Key]:
        """The keys that this room knows, with what each opens."""

    def check(self, key: Key) -> None:
        """Raise `training.api.errors.Closed` where what the key opens is out of use."""

    def authenticate(self, request: Request) -> tuple[Key, Key] | None:
        """The key, which becomes the trail's actor; None where none was sent.

        Raises AuthenticationFailed for a key that nobody issued, PermissionDenied for a revoked one, and
        what `check` raises.
        """
        secret = secret_in(request.headers.get("Authorization", ""))
        if not secret:
            return None
        key = self.keys().filter(digest=digest(secret)).first()
        if key is None:
            raise AuthenticationFailed("This key is not known here.")
        context.become(key)  # type: ignore[arg-type]
        if key.is_revoked:
            reason = "This key was revoked. The ALPR administrator issues another."
            record(key, Verb.ATTEMPTED, "to send", detail=reason, outcome=Outcome.REFUSED)  # type: ignore[arg-type]
            raise PermissionDenied(reason, code="revoked_key")
        self.check(key)
        self._note_use(key)
        return key, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for: devices that know Basic alone send nothing before they are asked."""
        return f'Bearer realm="{self.realm}", Basic realm="{self.realm}", charset="UTF-8"'

    def _note_use(self, key: Key) -> None:
        now = timezone.now()
        if key.last_used_at is None or now - key.last_used_at > NOTED_EVERY:
            self.keys().filter(pk=key.pk).update(last_used_at=now)


def secret_in(authorization: str) -> str:
    """The key in an `Authorization` header, as a bearer or as Basic's password; empty where there is none."""
    scheme, _, said = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return said.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(said.strip(), validate=True).decode().partition(":")[2].strip()
    except (binascii.Error, ValueError):
        return ""


class KeyThrottle(SimpleRateThrottle):
    """So many requests a key and minute, by the rate of its `scope`, counted in each web process."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """One count a key."""
        return f"{self.scope}-{request.auth.pk}"


def _name(request: HttpRequest) -> str:
    """What tells keys apart before they are looked up."""
    secret = secret_in(request.headers.get("Authorization", ""))
    return digest(secret) if secret else ""


def for_keys(
    rule: str, authentication: type[KeyAuthentication[Any]], throttle: type[KeyThrottle]
) -> Callable[..., Callable[[View], View]]:
    """The decorator of a room's views: `for_keys(…)("POST", parsers…)`.

    No key has more than a few requests under way at once (`floods`). Bodies come with their length, so that
    none is half there.
    """

    def of(*methods: str, parsers: tuple[type, ...] = ()) -> Callable[[View], View]:
        def declare(view: View) -> View:
            @functools.wraps(view)
            def measured(request: Request, *args: Any, **kwargs: Any) -> Response:
                if "Transfer-Encoding" in request.headers:
                    raise BadRequest(
                        "Send the body with its Content-Length.", code="length_required", status=411
                    )
                return view(request, *args, **kwargs)

            guarded = parser_classes(parsers)(measured)
            guarded = authentication_classes([authentication])(throttle_classes([throttle])(guarded))
            answered = cast(View, limited(_name)(api_view(list(methods))(guarded)))
            answered.rule = rule  # type: ignore[attr-defined]
            return answered

        return declare

    return of
