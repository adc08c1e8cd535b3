"""Signing in: the notice first, what goes on the trail, and what ends a session."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Agency, Member
from accounts.services import (
    member_deactivate,
    member_give_password,
    member_reactivate,
    policy_approve,
    policy_propose,
)
from accounts.sign_in_events import LAST_ACT, SIGNED_IN_AT
from alpr.policy import load_preset
from tests.accounts.conftest import is_signed_in
from tests.cast import PASSWORD
from trail.models import Event
from trail.verbs import Verb

Door = Callable[..., Client]
NEW_PASSWORD = "another long sentence 8"


def wind_back(client: Client, key: str, seconds: float) -> None:
    """As if the client's session had got its mark `key` so much earlier."""
    session = client.session
    session[key] = time.time() - seconds
    session.save()


# The notice


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["account_login", "mfa_login_webauthn"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_takes_credentials_before_the_notice_is_acknowledged(page: str, method: str) -> None:
    client = Client()
    answer = getattr(client, method)(reverse(page), {"login": "4127", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("notice"))


@pytest.mark.django_db
def test_the_notice_says_what_the_law_wants_said() -> None:
    text = Client().get(reverse("notice")).content.decode()
    for said in ("monitored", "posted policy", "1798.90.5", "Penal Code 502", "you agree to the monitoring"):
        assert said in text


@pytest.mark.django_db
def test_the_notice_leads_on_to_the_page_that_was_wanted() -> None:
    client = Client()
    first = client.get(reverse("account_login"), {"next": "/my-record/"})
    assert "%2Fmy-record%2F" in first["Location"]
    answer = client.post(reverse("notice"), {"next": "/my-record/"})
    assert answer["Location"] == f"{reverse('account_login')}?next=%2Fmy-record%2F"
    assert client.get(answer["Location"]).status_code == 200


def test_the_notice_stands_again_after_signing_out(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    client.post(reverse("account_logout"))
    assert client.get(reverse("account_login"))["Location"].startswith(reverse("notice"))


@pytest.mark.parametrize(
    "name", ["account_signup", "account_reset_password", "account_email", "account_set_password"]
)
def test_nobody_signs_up_or_gets_a_password_by_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


# The trail


def test_signing_in_and_out_is_recorded_with_request_and_address(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    client.post(reverse("account_logout"))
    signed_in = Event.objects.get(verb=Verb.SIGNED_IN)
    assert signed_in.sentence == "Operator 4127 signed in"
    assert signed_in.actor == operator
    assert signed_in.remote_addr == "198.51.100.7"
    assert len(signed_in.cid) == 32
    assert signed_in.elements == {"factors": ["password"]}
    assert "Vallejo" in signed_in.policy_version
    assert Event.objects.get(verb=Verb.SIGNED_OUT).actor == operator


def test_a_changed_password_is_recorded_without_it(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    words = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(reverse("account_change_password"), words)
    event = Event.objects.get(verb=Verb.PASSWORD_CHANGED)
    assert event.sentence == "Operator 4127 changed the password of Operator 4127"
    assert not Event.objects.filter(changes__icontains=NEW_PASSWORD).exists()
    assert not Event.objects.filter(changes__has_key="password").exists()


# What ends a session


def test_a_deactivated_members_session_ends_at_once(
    sign_in: Door, operator: Member, administrator: Member
) -> None:
    client = sign_in(operator)
    member_deactivate(actor=administrator, member=operator, why="left the department")
    assert not is_signed_in(client)
    assert not is_signed_in(sign_in(operator))


def test_a_member_who_comes_back_waits_for_approval(
    sign_in: Door, operator: Member, administrator: Member
) -> None:
    member_deactivate(actor=administrator, member=operator, separated_on=timezone.localdate())
    member_reactivate(actor=administrator, member=operator, why="back from leave")
    answer = sign_in(operator).get(reverse("home"))
    assert "waits for approval by a second person" in answer.content.decode()


def test_a_session_does_not_outlive_a_password_changed_elsewhere(
    sign_in: Door, operator: Member, administrator: Member
) -> None:
    here, elsewhere = sign_in(operator), sign_in(operator)
    words = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    here.post(reverse("account_change_password"), words)
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    member_give_password(actor=administrator, member=operator, password="given by the captain 9")
    assert not is_signed_in(here)


def test_an_idle_session_ends_and_says_why(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    assert is_signed_in(client)
    wind_back(client, LAST_ACT, 30 * 60 + 5)
    answer = client.get(reverse("my_record"))
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next=%2Fmy-record%2F"
    shown = client.get(answer["Location"], follow=True).content.decode()
    assert "nothing was done here for a while" in shown
    event = Event.objects.get(verb=Verb.SESSION_LOCKED)
    assert (event.actor, event.detail) == (operator, "idle")
    assert not Event.objects.filter(verb=Verb.SIGNED_OUT).exists()


def test_a_session_in_use_goes_on(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    wind_back(client, LAST_ACT, 29 * 60)
    assert is_signed_in(client)
    assert time.time() - client.session[LAST_ACT] < 60


@pytest.mark.parametrize("headers", [{"X-Background": "1"}, {"Accept": "text/event-stream"}])
def test_what_a_page_asks_by_itself_is_no_activity(
    sign_in: Door, operator: Member, headers: dict[str, str]
) -> None:
    client = sign_in(operator)
    wind_back(client, LAST_ACT, 29 * 60)
    assert client.get(reverse("my_record"), headers=headers).status_code == 200
    assert time.time() - client.session[LAST_ACT] > 28 * 60


def spare(agency: Agency, custodian: Member, administrator: Member) -> None:
    rules = load_preset("vallejo").with_values({"sessions.idle_lock_spares_vehicles_and_dispatch": True})
    proposed = policy_propose(actor=custodian, agency=agency, policy=rules, preset="vallejo")
    policy_approve(actor=administrator, proposed=proposed)


def test_a_vehicles_network_is_spared_only_where_the_policy_says_so(
    sign_in: Door,
    settings: Settings,
    operator: Member,
    agency: Agency,
    custodian: Member,
    administrator: Member,
) -> None:
    settings.IDLE_LOCK_EXEMPT_NETWORKS = ["10.20.0.0/16"]
    rules = load_preset("vallejo").with_values({"sessions.idle_lock_spares_vehicles_and_dispatch": False})
    proposed = policy_propose(actor=custodian, agency=agency, policy=rules, preset="vallejo")
    policy_approve(actor=administrator, proposed=proposed)
    client = sign_in(operator, address="10.20.3.4")
    wind_back(client, LAST_ACT, 31 * 60)
    assert not is_signed_in(client)
    spare(agency, custodian, administrator)
    client = sign_in(operator, address="10.20.3.4")
    wind_back(client, LAST_ACT, 31 * 60)
    assert is_signed_in(client)


def test_other_networks_are_not_spared_and_nobody_the_fresh_sign_in(
    sign_in: Door,
    settings: Settings,
    operator: Member,
    agency: Agency,
    custodian: Member,
    administrator: Member,
) -> None:
    settings.IDLE_LOCK_EXEMPT_NETWORKS = ["10.20.0.0/16"]
    spare(agency, custodian, administrator)
    station = sign_in(operator, address="10.30.3.4")
    wind_back(station, LAST_ACT, 31 * 60)
    assert not is_signed_in(station)
    car = sign_in(operator, address="10.20.3.4")
    wind_back(car, SIGNED_IN_AT, 12 * 3600 + 5)
    assert not is_signed_in(car)


def test_everybody_signs_in_again_after_twelve_hours_of_work(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    assert is_signed_in(client)
    wind_back(client, SIGNED_IN_AT, 12 * 3600 - 60)
    assert is_signed_in(client)
    wind_back(client, SIGNED_IN_AT, 12 * 3600 + 5)
    assert not is_signed_in(client)
    assert Event.objects.get(verb=Verb.SESSION_LOCKED).detail == "signed in too long ago"


def test_a_session_without_its_clock_ends(sign_in: Door, operator: Member) -> None:
    client = sign_in(operator)
    session = client.session
    del session[SIGNED_IN_AT]
    session.save()
    assert not is_signed_in(client)


def test_a_policy_with_shorter_times_is_kept(
    sign_in: Door, operator: Member, agency: Agency, custodian: Member, administrator: Member
) -> None:
    values = {"sessions.idle_lock_minutes": 10, "sessions.reauthenticate_hours": 4}
    rules = load_preset("vallejo").with_values(values)
    proposed = policy_propose(actor=custodian, agency=agency, policy=rules, preset="vallejo")
    policy_approve(actor=administrator, proposed=proposed)
    idle, long_ago = sign_in(operator), sign_in(operator)
    wind_back(idle, LAST_ACT, timedelta(minutes=11).total_seconds())
    wind_back(long_ago, SIGNED_IN_AT, timedelta(hours=5).total_seconds())
    assert not is_signed_in(idle)
    assert not is_signed_in(long_ago)


def test_the_admins_own_sign_in_leads_to_the_one_there_is(administrator: Member) -> None:
    answer = Client().get("/admin/login/")
    assert answer.status_code == 302
    assert answer["Location"].startswith((reverse("account_login"), reverse("notice")))
    refused = Client().post("/admin/login/", {"username": administrator.sign_in_name, "password": PASSWORD})
    assert "sessionid" not in refused.cookies
