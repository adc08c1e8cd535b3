"""A browser at the door: the test client, with what a person does to sign in."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from tests.cast import PASSWORD

Door = Callable[..., Client]


@pytest.fixture
def browser(db: None) -> Callable[[], Client]:
    """Makes a browser that has read and acknowledged the notice."""

    def make(address: str = "198.51.100.7") -> Client:
        client = Client(REMOTE_ADDR=address)
        client.post(reverse("notice"))
        return client

    return make


@pytest.fixture
def sign_in(browser: Callable[..., Client]) -> Callable[..., Client]:
    """Types a name and a password at the door and returns the browser, signed in or not."""

    def at_the_door(
        member: Member | str, password: str = PASSWORD, *, address: str = "198.51.100.7"
    ) -> Client:
        client = browser(address)
        name = member.sign_in_name if isinstance(member, Member) else member
        client.post(reverse("account_login"), {"login": name, "password": password})
        return client

    return at_the_door


def is_signed_in(client: Client) -> bool:
    """Whether the browser gets its own record."""
    return client.get(reverse("my_record")).status_code == 200
