"""What the tests of hot lists share: hot plates in words, files as bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.roles import Role
from hotlists.models import Entry, HotList
from hotlists.services import hot_plate_enter
from tests.cast import enroll

SignIn = Callable[[Member], Client]
SYNOPSIS = "Two men robbed the Quay St pharmacy and left in this car northbound."


def csv(*lines: str, header: str = "plate,state,reason") -> io.BytesIO:
    """A file with a header and these lines."""
    return io.BytesIO("\n".join([header, *lines, ""]).encode())


def facts(**other: Any) -> dict[str, Any]:
    """The facts of a hot plate that may be entered."""
    return {
        "plate": "8KRB412",
        "state": "CA",
        "reason": "Robbery, armed suspects",
        "case_number": "26-11873",
        "synopsis": SYNOPSIS,
        "expires_on": timezone.localdate() + timedelta(days=7),
        "offense": "robbery",
    } | other


@pytest.fixture
def media(settings: Any, tmp_path: Any) -> Any:
    """Kept files lie in a folder of the test."""
    stores = settings.STORAGES
    location = {"OPTIONS": {"location": tmp_path / "documents"}}
    settings.STORAGES = stores | {"default": stores["default"] | location}
    return tmp_path / "documents"


@pytest.fixture
def second_administrator(agency: Agency, chief: Member) -> Member:
    """Another administrator, trained: the one who approves what the first designates."""
    return enroll(agency, Role.ADMINISTRATOR, "1045", approver=chief)


@pytest.fixture
def enter(specific_list: HotList, operator: Member) -> Callable[..., Entry]:
    """Enters a hot plate as the operator: `enter(plate="7ABC123")`."""

    def make(**other: Any) -> Entry:
        given = {"actor": operator, "hot_list": specific_list} | facts(**other)
        entry: Entry = hot_plate_enter(**given)
        return entry

    return make


@pytest.fixture
def sign_in(db: Any) -> SignIn:
    """A browser in which a member is signed in."""

    def make(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
