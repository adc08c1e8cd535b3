"""Registers the room; nothing more happens here."""

from django.apps import AppConfig


class DetectionsConfig(AppConfig):
    """The detections room."""

    name = "detections"
    verbose_name = "Detections and hits"
