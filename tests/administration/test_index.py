"""The index opens with what waits, for those whom the gate lets see it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member

pytestmark = pytest.mark.django_db


def test_the_index_opens(client: Client, administrator: Member) -> None:
    client.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("admin:index"))
    assert page.status_code == 200
