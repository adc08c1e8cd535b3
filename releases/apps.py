"""Registers the room; nothing more happens here."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """The releases room."""

    name = "releases"
    verbose_name = "Releases"
