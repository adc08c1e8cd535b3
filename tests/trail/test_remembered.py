"""What one request or job finds once: the policy in force, and never longer than a person would wait."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Agency, Member
from accounts.services import policy_approve, policy_propose
from alpr.policy import load_preset
from trail import context


def test_outside_a_request_each_question_is_asked() -> None:
    answers = iter((1, 2))
    assert [context.remembered("it", lambda: next(answers)) for _ in range(2)] == [1, 2]


def test_a_request_asks_once_and_the_next_anew() -> None:
    answers = iter((1, 2))
    for expected in (1, 2):
        with context.acting(None, request_id="one"):
            found = [context.remembered("it", lambda: next(answers)) for _ in range(2)]
        assert found == [expected, expected]


def test_an_act_within_shares_what_its_request_found() -> None:
    with context.acting(None, request_id="one"):
        assert context.remembered("it", lambda: 1) == 1
        with context.acting(None):
            assert context.remembered("it", lambda: 2) == 1


def test_what_was_not_found_is_asked_again() -> None:
    with context.acting(None, request_id="one"):
        assert context.remembered("it", lambda: None) is None
        assert context.remembered("it", lambda: 2) == 2


def test_a_long_job_asks_again_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "REMEMBERED_SECONDS", 0.0)
    answers = iter((1, 2))
    with context.acting(None, request_id="one"):
        assert [context.remembered("it", lambda: next(answers)) for _ in range(2)] == [1, 2]


def test_a_version_approved_in_a_request_is_in_force_in_it(
    agency: Agency, custodian: Member, chief: Member
) -> None:
    policy = load_preset("vallejo")
    with context.acting(None, request_id="one"):
        before = agency.adopted
        proposed = policy_propose(actor=custodian, agency=agency, policy=policy, preset="vallejo")
        policy_approve(actor=chief, proposed=proposed)
        assert agency.adopted == proposed
        assert before != proposed


def test_a_page_asks_for_the_policy_once(operator: Member, client: Client) -> None:
    client.force_login(operator)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(reverse("console")).status_code == 200
    assert sum('FROM "accounts_adoptedpolicy"' in query["sql"] for query in asked.captured_queries) == 1
