"""Registers the room; nothing more happens here."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts room."""

    name = "accounts"
    verbose_name = "People and policy"
