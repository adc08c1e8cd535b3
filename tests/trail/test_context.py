"""Where a request came from, and who acts: no header is believed but a trusted proxy's."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Member
from trail import context
from trail.models import Event
from trail.services import record
from trail.verbs import Verb

PROXIES = ["10.0.0.0/24", "2001:db8::1"]


def address(direct: str, forwarded: str | None = None) -> str | None:
    """The address found for a request from `direct` with that forwarded header."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return context.client_address(RequestFactory().get("/", REMOTE_ADDR=direct, headers=headers))


@pytest.fixture(autouse=True)
def proxies(settings: Settings) -> None:
    """One network of proxies and one alone."""
    settings.TRUSTED_PROXIES = PROXIES


def test_a_forwarded_header_from_anybody_is_not_believed() -> None:
    assert address("198.51.100.7", "203.0.113.9") == "198.51.100.7"
    assert address("10.0.1.5", "203.0.113.9") == "10.0.1.5"


def test_without_proxies_no_header_is_believed(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    assert address("10.0.0.5", "203.0.113.9") == "10.0.0.5"


def test_what_a_client_wrote_in_front_is_not_believed() -> None:
    assert address("10.0.0.5", "1.2.3.4, 203.0.113.9, 10.0.0.7") == "203.0.113.9"


@pytest.mark.parametrize(
    "forwarded",
    ["", "unknown", "203.0.113.9:4711", "::::", "203.0.113.9, ", "', DROP TABLE", "999.1.1.1", "a" * 9000],
)
def test_a_malformed_header_is_passed_over(forwarded: str) -> None:
    assert address("10.0.0.5", forwarded) == "10.0.0.5"


@pytest.mark.parametrize(
    ("direct", "found"),
    [
        ("", None),
        ("/run/socket", None),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:0db8:0000::0002", "2001:db8::2"),
    ],
)
def test_an_address_is_kept_as_the_database_can(direct: str, found: str | None) -> None:
    assert address(direct) == found


def test_behind_a_trusted_proxy_the_client_is_found() -> None:
    assert address("10.0.0.5", "203.0.113.9") == "203.0.113.9"
    assert address("2001:db8::1", "2001:db8:5::9") == "2001:db8:5::9"
    assert address("::ffff:10.0.0.5", "203.0.113.9") == "203.0.113.9"


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=80))
def test_no_header_breaks_it(forwarded: str) -> None:
    assert address("10.0.0.5", forwarded)


@pytest.mark.django_db
def test_an_event_is_written_whatever_the_header_says(settings: Settings, operator: Member) -> None:
    client = Client(REMOTE_ADDR="10.0.0.5", headers={"X-Forwarded-For": "%00, 203.0.113.9%zone"})
    client.post(reverse("notice"))
    client.post(reverse("account_login"), {"login": "nobody", "password": "wrong"})
    assert Event.objects.get(verb=Verb.SIGN_IN_FAILED).remote_addr == "203.0.113.9"


def test_every_answer_names_its_request_anew(db: None) -> None:
    first, second = (Client().get(reverse("notice"))["X-Request-ID"] for _ in range(2))
    assert len(first) == 32
    assert first != second
    assert Client().get("/nothing/", headers={"X-Request-ID": "mine"})["X-Request-ID"] != "mine"


def test_an_act_ends_with_its_boundary(operator: Member, analyst: Member) -> None:
    with context.acting(operator, request_id="one", address="198.51.100.7"):
        with context.acting(analyst):
            context.become(operator)
            assert context.current() == context.Act(operator, "one", "198.51.100.7")
        assert context.current().actor == operator
        context.become(analyst)
    assert context.current() == context.NOBODY


def test_what_is_recorded_within_carries_request_and_address(operator: Member) -> None:
    with context.acting(operator, request_id="one", address="198.51.100.7"):
        event = record(operator, Verb.SIGNED_IN)
    assert (event.cid, event.remote_addr) == ("one", "198.51.100.7")
