"""A reader signs in with its key: `Authorization: Bearer <key>`. No session, no cookie."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.keys import digest
from detections.ingest import InactiveCamera
from detections.models import ReaderKey
from trail import context
from trail.services import record
from trail.verbs import Outcome, Verb

if TYPE_CHECKING:
    from rest_framework.views import APIView

NOTED_EVERY = timedelta(minutes=1)


class ReaderKeyAuthentication(BaseAuthentication):
    """Lets a standing key in, for its one camera. Attempts with one that stands no more are recorded."""

    def authenticate(self, request: Request) -> tuple[ReaderKey, ReaderKey] | None:
        """The key, which becomes the trail's actor; None where none was sent.

        Raises AuthenticationFailed for a key that nobody issued, PermissionDenied for a revoked one and
        `InactiveCamera` for one of a camera out of service.
        """
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            return None
        keys = ReaderKey.objects.select_related("camera__agency")
        key = keys.filter(digest=digest(secret.strip())).first()
        if key is None:
            raise AuthenticationFailed("This key is not known here.")
        context.become(key)
        self._check(key)
        self._note_use(key)
        return key, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="readers"'

    def _check(self, key: ReaderKey) -> None:
        if key.is_revoked:
            reason = "This key was revoked. The ALPR administrator issues another."
            record(key, Verb.ATTEMPTED, "to send", detail=reason, outcome=Outcome.REFUSED)
            raise PermissionDenied(reason, code="revoked_key")
        if not key.camera.is_active:
            raise InactiveCamera(f"Camera {key.camera.code} is out of service; nothing is taken from it.")

    def _note_use(self, key: ReaderKey) -> None:
        now = timezone.now()
        if key.last_used_at is None or now - key.last_used_at > NOTED_EVERY:
            ReaderKey.objects.filter(pk=key.pk).update(last_used_at=now)


class ReaderThrottle(SimpleRateThrottle):
    """So many requests a key and minute (`ALPR_READER_RATE`), counted in each web process."""

    scope = "reader"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """One count a key."""
        return f"reader-{request.auth.pk}"
