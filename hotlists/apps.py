"""Registers the room; nothing more happens here."""

from django.apps import AppConfig


class HotlistsConfig(AppConfig):
    """The hotlists room."""

    name = "hotlists"
    verbose_name = "Hot lists"
