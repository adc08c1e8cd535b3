"""Registers the room; nothing more happens here."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """The audits room."""

    name = "audits"
    verbose_name = "Audits"
