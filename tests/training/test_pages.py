"""Where a member lands, the member's own record, the theme, and how a refusal meets the web."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Member
from accounts.roles import Role
from accounts.services import agency_found, founders_approve, member_assign_roles
from tests.cast import TESTS, enroll
from trail.models import Event
from trail.services import record
from trail.verbs import Outcome, Verb
from training.context import masthead
from training.services import certificate_revoke


def signed_in(member: Member) -> Client:
    """A browser in which the member is signed in."""
    client = Client()
    client.force_login(member)
    return client


def page(member: Member, name: str) -> str:
    """The text of a page that opens."""
    answer = signed_in(member).get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["home", "my_record"])
def test_nobody_signed_in_is_led_to_sign_in(name: str) -> None:
    answer = Client().get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


# Home


def test_home_says_to_the_lapsed_what_is_missing_and_whom_to_ask(lapsed: Member) -> None:
    text = page(lapsed, "home")
    assert "You have no current ALPR training certificate. Your last one ended on" in text
    assert "Ask your training manager for a session" in text
    assert reverse("my_record") in text
    assert reverse("console") not in text
    assert reverse("admin:index") not in text


def test_home_names_administration_to_a_lapsed_administrator(lapsed_superuser: Member) -> None:
    text = page(lapsed_superuser, "home")
    assert "None is on record." in text
    assert reverse("admin:index") in text
    assert reverse("search") not in text


def test_home_says_that_a_policy_is_missing(db: None) -> None:
    agency = agency_found(actor=TESTS, name="Bare", short_name="Bare")
    first = enroll(agency, Role.ADMINISTRATOR, "1", approver=None, certified=False)
    second = enroll(agency, Role.OPERATOR, "2", approver=None, certified=False)
    founders_approve(actor=TESTS, first=first, second=second)
    assert "has adopted no policy" in page(second, "home")
    assert "No policy adopted" in page(second, "my_record")


def test_home_leads_to_the_first_place_that_is_open(
    operator: Member, dispatcher: Member, custodian: Member, auditor: Member, training_manager: Member
) -> None:
    places = {
        operator: "console",
        dispatcher: "console",
        custodian: "search",
        auditor: "admin:index",
        training_manager: "admin:index",
    }
    for member, place in places.items():
        assert signed_in(member).get(reverse("home"))["Location"] == reverse(place)


# My record


def test_a_revoked_certificate_shows_and_the_page_says_that_it_shuts(
    operator: Member, training_manager: Member
) -> None:
    certificate_revoke(actor=training_manager, certificate=operator.certificates.get(), why="error")
    text = page(operator, "my_record")
    assert "You have no current ALPR training certificate" in text
    assert "Revoked" in text


def test_my_record_shows_training_roles_and_acts_in_words(operator: Member, administrator: Member) -> None:
    member_assign_roles(actor=administrator, member=operator, roles=[Role.OPERATOR, Role.TRAINING_MANAGER])
    operator.refresh_from_db()
    text = page(operator, "my_record")
    ends = operator.certificates.get().ends_on()
    assert ends is not None
    assert f"{ends:%b} {ends.day}, {ends.year}" in text
    assert "See hits, compare hits with their images" in text
    assert "Manage training, open administration." in text
    assert "Operator 4127 signed in" in text
    for link in ("account_change_password", "mfa_index"):
        assert reverse(link) in text


def test_my_record_shows_nobody_elses_acts_and_the_last_twenty_alone(
    operator: Member, second_operator: Member
) -> None:
    record(second_operator, Verb.ATTEMPTED, "something of another")
    for number in range(25):
        record(operator, Verb.ATTEMPTED, f"thing {number:02}")
    text = page(operator, "my_record")
    assert "something of another" not in text
    assert "thing 06" in text
    assert "thing 05" not in text


# Theme


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["", "pink", "night'>"])
def test_no_other_theme_is_taken(chosen: str) -> None:
    assert Client().post(reverse("theme"), {"theme": chosen}).status_code == 400
    assert Client().get(reverse("theme")).status_code == 405


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""]
)
def test_the_theme_leads_to_no_other_site(operator: Member, back: str) -> None:
    answer = signed_in(operator).post(reverse("theme"), {"theme": "night", "next": back})
    assert answer["Location"] == reverse("home")


def test_the_theme_stays_with_the_member(operator: Member) -> None:
    client = signed_in(operator)
    answer = client.post(reverse("theme"), {"theme": "night", "next": "/my-record/"})
    assert answer["Location"] == "/my-record/"
    assert 'data-theme="night"' in page(Member.objects.get(pk=operator.pk), "my_record")
    assert not Event.objects.filter(changes__has_key="theme").exists()


@pytest.mark.django_db
def test_the_theme_stays_in_a_cookie_before_sign_in() -> None:
    client = Client()
    client.post(reverse("theme"), {"theme": "dark"})
    assert client.cookies["theme"]["httponly"]
    assert 'data-theme="dark"' in client.get(reverse("notice")).content.decode()
    client.cookies["theme"] = "pink"
    assert "pink" not in client.get(reverse("notice")).content.decode()


# Refusals on the web


def test_a_refused_page_says_why_and_is_recorded_with_its_request(lapsed: Member) -> None:
    answer = signed_in(lapsed).get(reverse("console"))
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "You have no current ALPR training certificate" in text
    assert "This attempt is recorded." in text
    event = Event.objects.get(verb=Verb.ATTEMPTED)
    assert (event.actor, event.outcome) == (lapsed, Outcome.REFUSED)
    assert event.cid == answer["X-Request-ID"]
    assert event.sentence.startswith("Operator 4098 tried to see hits and was refused: You have no current")


# Where one is


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "path", "place"),
    [
        ("analyst", "/search/", "/search/"),
        ("analyst", "/holds/", "/search/"),
        ("analyst", "/searches/b7d2a1de-57a6-4f12-9d3e-6a1f0c9d2b11/", "/search/"),
        ("administrator", "/hot-lists/", "/hot-plates/"),
        ("administrator", "/quality/", "/admin/"),
        ("operator", "/my-record/", "/my-record/"),
    ],
)
def test_the_masthead_marks_the_one_place_where_the_member_is(
    request: pytest.FixtureRequest, who: str, path: str, place: str
) -> None:
    asked = RequestFactory().get(path)
    asked.user = request.getfixturevalue(who)
    assert [each.url for each in masthead(asked)["navigation"] if each.current] == [place]
