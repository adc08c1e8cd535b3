"""Registers the room and what it writes of the frameworks' sign-ins; nothing more happens here."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts room."""

    name = "accounts"
    verbose_name = "People and policy"

    def ready(self) -> None:
        """Connect the sign-in signals of Django, allauth and axes to the trail."""
        from accounts import sign_in_events

        sign_in_events.connect()
