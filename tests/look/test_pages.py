"""The frame of every page, sign-in and refusals, rendered without a database."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from allauth.account.forms import LoginForm
from django import forms
from django.template.loader import render_to_string

pytestmark = pytest.mark.urls("tests.look.urls")

PLAIN = ["400.html", "403_csrf.html", "500.html"]
FRAMED = ["403.html", "404.html", "errors/refused.html", "account/locked.html", "account/logout.html"]


@dataclass
class Place:
    """One link of the masthead."""

    label: str
    url: str
    current: bool = False


@dataclass
class Refusal:
    """What the gate says when it refuses."""

    kind: str
    reason: str = "Your training ended on Nov 20, 2026."
    next_step: str = "Ask your training manager."


class Headings(HTMLParser):
    """The levels of the headings of a page, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a heading."""
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))


def page(template: str, **context: Any) -> str:
    """A page as text."""
    return render_to_string(template, context)


def refused(kind: str, member: str = "Operator 4127") -> str:
    """The page of one refusal."""
    return page("errors/refused.html", refused=Refusal(kind), member=member)


class CodeForm(forms.Form):
    """The form in which an authenticator app is added."""

    code = forms.CharField()
    secret = "ABC"


def sign_in(**context: Any) -> str:
    """The sign-in page."""
    return page("account/login.html", form=LoginForm(), **context)


# Refusals


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("training", "A current training certificate"),
        ("purpose", "A stated purpose"),
        ("role", "A role that permits it"),
        ("policy", "A policy that your agency has adopted"),
        ("account", "An open and approved account"),
    ],
)
def test_a_refusal_says_what_is_missing_and_whom_to_ask(kind: str, missing: str) -> None:
    shown = refused(kind)
    assert missing in shown
    assert "Your training ended on Nov 20, 2026." in shown
    assert "Ask your training manager." in shown
    assert "This attempt is recorded." in shown


def test_nothing_is_said_to_be_recorded_of_nobody() -> None:
    assert "This attempt is recorded." not in refused("role", member="")


def test_a_locked_sign_in_name_is_sent_to_an_administrator() -> None:
    assert "An administrator must release this sign-in name." in page("account/locked.html")


@pytest.mark.parametrize("template", PLAIN)
def test_pages_of_failure_need_no_context_and_no_form(template: str) -> None:
    shown = page(template)
    assert "<form" not in shown
    assert "<h1" in shown


# The frame


@pytest.mark.parametrize("template", [*PLAIN, *FRAMED])
def test_one_first_heading_and_none_left_out(template: str) -> None:
    levels = Headings(page(template)).levels
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))


@pytest.mark.parametrize("template", [*PLAIN, *FRAMED])
def test_a_page_can_be_skipped_to_its_content(template: str) -> None:
    shown = page(template)
    assert 'href="#main"' in shown
    assert 'id="main"' in shown


def test_nobody_signed_in_sees_no_member_and_no_sign_out() -> None:
    shown = page("404.html")
    assert "masthead__who" not in shown
    assert "Sign out" not in shown


def test_the_masthead_says_who_where_and_until_when() -> None:
    places = [Place("Console", "/console/", current=True), Place("Search", "/search/")]
    shown = page(
        "404.html",
        agency="Port Alder PD",
        member="Operator 4127",
        training="Training valid to Mar 14, 2027",
        navigation=places,
    )
    assert "<title>Not found, Port Alder PD</title>" in shown
    assert "Operator 4127" in shown
    assert "Training valid to Mar 14, 2027" in shown
    assert '<a href="/console/" aria-current="page">Console</a>' in shown
    assert '<a href="/search/">Search</a>' in shown
    assert "Sign out" in shown


def test_a_lapsed_member_reads_that_there_is_no_current_training() -> None:
    assert "No current training" in page("404.html", member="Operator 4098", training="No current training")


def test_the_theme_stands_on_the_first_element_or_nowhere() -> None:
    assert '<html lang="en-US" data-theme="night">' in page("404.html", theme="night")
    assert '<html lang="en-US">' in page("404.html", theme="")


def test_the_theme_switch_shows_what_is_chosen() -> None:
    shown = page("404.html", theme="dark")
    assert 'value="dark" aria-pressed="true"' in shown
    assert shown.count('aria-pressed="true"') == 1


def test_a_demonstration_says_so_on_every_page() -> None:
    for template in [*PLAIN, *FRAMED]:
        assert "A second factor is not asked for here." in page(template, demonstration=True)
        assert "A second factor is not asked for here." not in page(template, demonstration=False)


# Sign-in


def test_the_notice_is_a_page_of_its_own_to_be_agreed_to() -> None:
    shown = page("accounts/notice.html")
    assert shown.index("By signing in you agree") < shown.index("I have read this and agree")
    assert 'name="password"' not in shown
    assert "/notice/" in sign_in()


def test_sign_in_offers_no_reset_and_no_placeholder() -> None:
    shown = sign_in()
    assert "placeholder" not in shown
    assert "password/reset" not in shown
    assert "An administrator gives you a new one." in shown


def test_a_passkey_is_offered_where_passkeys_sign_in() -> None:
    assert 'id="passkey_login"' in sign_in(PASSKEY_LOGIN_ENABLED=True)
    assert 'id="passkey_login"' not in sign_in(PASSKEY_LOGIN_ENABLED=False)


def test_the_code_to_scan_is_drawn_in_the_page() -> None:
    shown = page("mfa/totp/activate_form.html", totp_svg="<svg id='qr'></svg>", form=CodeForm())
    assert "<svg id='qr'></svg>" in shown
    assert "data:" not in shown
