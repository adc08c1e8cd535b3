"""Registers the room; nothing more happens here."""

from django.apps import AppConfig
from django.db.models import Field


class DetectionsConfig(AppConfig):
    """The detections room."""

    name = "detections"
    verbose_name = "Detections and hits"

    def ready(self) -> None:
        """Register the look-up of `detections.lookups`, and who answers `hotlists.past`."""
        from detections.lookups import OneOf
        from detections.past import past
        from hotlists.past import register

        Field.register_lookup(OneOf)
        register(past)
