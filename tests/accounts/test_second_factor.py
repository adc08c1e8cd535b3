"""A second factor for everybody (CJIS IA-2): required by a setting, off only in the demonstration."""

import base64
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client, TestCase
from django.urls import reverse
from pytest_django import Settings

from accounts.access import Refused
from accounts.models import Member
from accounts.services import member_reset_second_factor
from tests.accounts.conftest import is_signed_in
from tests.cast import PASSWORD
from trail.models import Event
from trail.verbs import Verb

Door = Callable[..., Client]


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    """As in production. Used codes are remembered in the cache, which a test must not hand on."""
    settings.SECOND_FACTOR_REQUIRED = True
    cache.clear()


def code(secret: str) -> str:
    """What an authenticator app shows now for `secret`."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def confirm(client: Client) -> None:
    """Give the password once more, as every change of the sign-in asks."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def add_app(client: Client) -> str:
    """Set up an authenticator app the way a person does; returns its secret."""
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer.status_code == 302
    cache.clear()
    return secret


@pytest.mark.parametrize("page", ["home", "my_record", "admin:index", "account_change_password"])
def test_every_page_leads_to_setting_one_up(sign_in: Door, administrator: Member, page: str) -> None:
    answer = sign_in(administrator).get(reverse(page))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("mfa_index")


def test_a_wrong_code_sets_up_nothing(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    confirm(client)
    client.get(reverse("mfa_activate_totp"))
    client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert not Authenticator.objects.exists()


def test_an_app_opens_the_pages_and_is_asked_for_at_the_next_sign_in(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    secret = add_app(client)
    assert is_signed_in(client)
    added = Event.objects.filter(verb=Verb.SECOND_FACTOR_CHANGED).earliest("id")
    assert added.sentence == (
        "Operator 4127 changed the second factor of Operator 4127: totp authenticator added"
    )
    again = sign_in(operator)
    assert not is_signed_in(again)
    again.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert is_signed_in(again)
    assert Event.objects.filter(verb=Verb.SIGNED_IN).latest("id").elements == {
        "factors": ["password", "totp"]
    }


def test_the_password_alone_signs_nobody_in_on_the_trail(sign_in: Door, operator: Member) -> None:
    add_app(sign_in(operator))
    before = Event.objects.filter(verb=Verb.SIGNED_IN).count()
    sign_in(operator)
    assert Event.objects.filter(verb=Verb.SIGNED_IN).count() == before


def test_wrong_codes_lock_the_name_as_wrong_passwords_do(sign_in: Door, operator: Member) -> None:
    secret = add_app(sign_in(operator))
    guessing = sign_in(operator)
    for _ in range(5):
        guessing.post(reverse("mfa_authenticate"), {"code": "000000"})
    cache.clear()
    answer = guessing.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert answer.status_code == 403
    assert not is_signed_in(guessing)
    assert Event.objects.filter(verb=Verb.SIGN_IN_FAILED, detail="wrong code").count() == 5
    assert Event.objects.filter(verb=Verb.SIGN_IN_LOCKED).count() == 1


def test_the_page_for_a_passkey_renders(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    assert client.get(reverse("mfa_add_webauthn"))["Location"].startswith(reverse("account_reauthenticate"))
    confirm(client)
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200
    assert "passkey" in client.get(reverse("mfa_index")).content.decode().lower()


def test_an_administrator_removes_a_lost_factor_and_nobody_else(
    sign_in: Door, operator: Member, supervisor: Member, administrator: Member
) -> None:
    add_app(sign_in(operator))
    with pytest.raises(Refused):
        member_reset_second_factor(actor=supervisor, member=operator)
    member_reset_second_factor(actor=administrator, member=operator)
    assert not Authenticator.objects.filter(user=operator).exists()
    assert Event.objects.filter(verb=Verb.SECOND_FACTOR_CHANGED, actor=administrator).exists()
    assert sign_in(operator).get(reverse("home"))["Location"] == reverse("mfa_index")


def test_the_demonstration_asks_none_and_says_so_on_every_page(
    sign_in: Door, settings: Settings, operator: Member
) -> None:
    settings.SECOND_FACTOR_REQUIRED, settings.DEMONSTRATION = False, True
    client = sign_in(operator)
    for page in (client.get(reverse("my_record")), Client().get(reverse("notice")), client.get("/nothing/")):
        assert "A second factor is not asked for here" in page.content.decode()
    settings.DEMONSTRATION = False
    assert "A second factor is not asked" not in client.get(reverse("my_record")).content.decode()


def test_the_secret_of_the_app_is_the_apps_own(sign_in: Door, operator: Member) -> None:
    secret = add_app(sign_in(operator))
    assert len(base64.b32decode(secret)) >= 10
    stored = Authenticator.objects.get(user=operator, type=Authenticator.Type.TOTP)
    assert TOTP(stored).validate_code("000000") is False
