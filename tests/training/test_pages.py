"""Where a member lands, the member's own record, and the theme."""

from django.test import Client

from accounts.models import Member


def sign_in(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_nobody_signed_in_is_led_to_sign_in() -> None:
    pass
