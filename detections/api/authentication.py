"""A reader signs in with its key, for its one camera."""

from __future__ import annotations

from django.db.models import QuerySet

from detections.ingest import InactiveCamera
from detections.models import ReaderKey
from training.api.keys import KeyAuthentication, KeyThrottle, for_keys


class ReaderKeyAuthentication(KeyAuthentication[ReaderKey]):
    """Lets the standing key of a camera in service in."""

    realm = "readers"

    def keys(self) -> QuerySet[ReaderKey]:
        """Readers' keys with their camera."""
        return ReaderKey.objects.select_related("camera__agency")

    def check(self, key: ReaderKey) -> None:
        """Raise `InactiveCamera` for a camera out of service."""
        if not key.camera.is_active:
            raise InactiveCamera(f"Camera {key.camera.code} is out of service; nothing is taken from it.")


class ReaderThrottle(KeyThrottle):
    """So many requests a key and minute (`ALPR_READER_RATE`), counted in each web process."""

    scope = "reader"


reader_key = for_keys("reader key", ReaderKeyAuthentication, ReaderThrottle)
