"""Broad searches before a second person: what waits for whom, what each asks, and the decision of another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Member
from accounts.services import purpose_state
from alpr import waiting
from detections.models import Search
from detections.services_search import search_decide, search_make
from tests.search.conftest import REASON, Detect, SignIn
from trail.models import Event, Inquiry
from trail.verbs import Outcome, Verb

PART = "8K*"


def broad(member: Member) -> Search:
    """A search that waits for another than `member`."""
    inquiry = purpose_state(actor=member, offense="robbery", case_number="26-11873", reason=REASON)
    search = search_make(actor=member, inquiry=inquiry, plate=PART)
    assert search.waits
    return search


@pytest.fixture
def asked(operator: Member, detect: Detect) -> Search:
    """The operator's broad search, which would find one detection."""
    detect()
    return broad(operator)


def lines(member: Member, word: str = "broad search") -> list[tuple[str, str]]:
    """What waits for the member at searches: what, and whose turn."""
    waits = waiting.what_waits(waiting.ask(member))
    return [(wait.what, wait.turn) for wait in waits if word in wait.what]


@pytest.mark.parametrize("person", ["operator", "analyst", "lapsed", "dispatcher", "auditor"])
def test_who_may_not_approve_sees_no_question_of_others(
    person: str, asked: Search, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(person))
    for address in (reverse("searches_waiting"), reverse("search_decision", args=[asked.pk])):
        for answer in (client.get(address), client.post(address, {"decision": "approve"})):
            assert answer.status_code in (403, 405)
    asked.refresh_from_db()
    assert asked.waits


def test_another_department_s_search_is_out_of_sight(
    asked: Search, outsider: Member, supervisor: Member, sign_in: SignIn
) -> None:
    Search.objects.filter(pk=asked.pk).update(agency=outsider.agency)
    client = sign_in(supervisor)
    assert client.get(reverse("search_decision", args=[asked.pk])).status_code == 404
    assert PART not in client.get(reverse("searches_waiting")).content.decode()


def test_a_search_that_was_never_broad_has_no_decision(
    operator: Member, supervisor: Member, sign_in: SignIn, asked: Search
) -> None:
    whole = search_make(actor=operator, inquiry=asked.inquiry, plate="8KRB412")
    assert sign_in(supervisor).get(reverse("search_decision", args=[whole.pk])).status_code == 404


def test_nobody_decides_on_their_own(supervisor: Member, sign_in: SignIn, detect: Detect) -> None:
    own = broad(supervisor)
    client = sign_in(supervisor)
    address = reverse("search_decision", args=[own.pk])
    page = client.get(address).content.decode()
    assert "another person decides" in page
    assert 'name="decision"' not in page
    answer = client.post(address, {"decision": "approve"})
    assert answer.status_code == 422
    assert "You asked for this search yourself." in answer.content.decode()
    own.refresh_from_db()
    assert own.waits
    refused = Event.objects.get(verb=Verb.ATTEMPTED)
    assert (refused.outcome, refused.actor) == (Outcome.REFUSED, supervisor)
    listed = client.get(reverse("searches_waiting"))
    assert listed.context["others"] == []
    assert [each.search for each in listed.context["own"]] == [own]


def test_until_it_is_decided_its_maker_sees_where_it_stands_and_no_result(
    asked: Search, operator: Member, sign_in: SignIn
) -> None:
    page = sign_in(operator).get(reverse("search_results", args=[asked.pk])).content.decode()
    assert "This search waits for a second person" in page
    assert "8KRB412" not in page
    assert not Event.objects.filter(verb=Verb.RESULTS_VIEWED).exists()


def test_who_decides_sees_the_question_and_its_purpose_and_no_result(
    asked: Search, supervisor: Member, sign_in: SignIn
) -> None:
    client = sign_in(supervisor)
    listed = client.get(reverse("searches_waiting")).content.decode()
    assert reverse("search_decision", args=[asked.pk]) in listed
    assert PART not in listed
    page = client.get(reverse("search_decision", args=[asked.pk])).content.decode()
    assert PART in page
    assert REASON in page.replace("&#x27;", "'")
    assert asked.broad_why in page
    assert "8KRB412" not in page
    event = Event.objects.get(verb=Verb.SEARCH_VIEWED)
    assert (event.actor, event.inquiry, event.elements["plate"]) == (supervisor, asked.inquiry, PART)
    assert client.get(reverse("search_results", args=[asked.pk])).status_code == 404


def test_approved_it_opens_for_its_maker_alone(
    asked: Search, operator: Member, supervisor: Member, sign_in: SignIn
) -> None:
    address = reverse("search_decision", args=[asked.pk])
    answer = sign_in(supervisor).post(address, {"decision": "approve", "note": "Needed for the canvass."})
    assert answer["Location"] == reverse("searches_waiting")
    page = sign_in(operator).get(reverse("search_results", args=[asked.pk])).content.decode()
    assert "8KRB412" in page
    assert "Supervisor 3017, approved this search" in page
    assert "Needed for the canvass." in page
    assert sign_in(supervisor).get(reverse("search_results", args=[asked.pk])).status_code == 404


def test_declined_with_a_note_it_stays_shut_and_says_why(
    asked: Search, operator: Member, supervisor: Member, sign_in: SignIn
) -> None:
    address = reverse("search_decision", args=[asked.pk])
    client = sign_in(supervisor)
    without = client.post(address, {"decision": "decline"})
    assert without.status_code == 422
    assert "note" in without.context["form"].errors
    client.post(address, {"decision": "decline", "note": "Two cameras at Quay St are enough."})
    page = sign_in(operator).get(reverse("search_results", args=[asked.pk])).content.decode()
    assert "This search was declined" in page
    assert "Two cameras at Quay St are enough." in page
    assert "8KRB412" not in page
    twice = client.post(address, {"decision": "approve"})
    assert twice.status_code == 422
    assert "is not possible: this search is declined" in twice.content.decode()


def test_a_decision_without_a_word_declines_nothing_and_approves_nothing(
    asked: Search, supervisor: Member, sign_in: SignIn
) -> None:
    for decision in ({}, {"decision": "perhaps", "note": "Perhaps."}):
        answer = sign_in(supervisor).post(reverse("search_decision", args=[asked.pk]), decision)
        assert answer.status_code == 422
    asked.refresh_from_db()
    assert asked.waits


def test_a_search_under_an_old_purpose_waits_no_more(
    asked: Search, supervisor: Member, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Inquiry, "GOOD_FOR", timedelta(0))
    client = sign_in(supervisor)
    assert client.get(reverse("searches_waiting")).context["others"] == []
    assert lines(supervisor) == []
    answer = client.post(reverse("search_decision", args=[asked.pk]), {"decision": "approve"})
    assert answer.status_code == 422
    assert "stated too long ago" in answer.content.decode()


def test_what_waits_says_whose_turn_it_is(
    asked: Search, operator: Member, analyst: Member, supervisor: Member, administrator: Member
) -> None:
    assert lines(supervisor) == lines(administrator) == [("Decide on 1 broad search", waiting.lines.YOU)]
    assert lines(analyst) == []
    ((what, turn),) = lines(operator)
    assert (what, turn != waiting.lines.YOU) == ("Decide on 1 broad search", True)
    broad(supervisor)
    assert [turn == waiting.lines.YOU for _, turn in lines(supervisor)] == [True, False]


@pytest.mark.parametrize(
    ("approve", "what"),
    [
        (True, "Open your broad search, which was approved"),
        (False, "Read why your broad search was declined"),
    ],
)
def test_who_asked_is_told_of_the_decision_until_they_have_looked(
    approve: bool, what: str, asked: Search, operator: Member, second_operator: Member, supervisor: Member,
    sign_in: SignIn,
) -> None:  # fmt: skip
    client, address = sign_in(operator), reverse("search_results", args=[asked.pk])
    client.get(address)
    search_decide(actor=supervisor, search=asked, approve=approve, note="One camera is enough.")
    assert lines(operator) == [(what, waiting.lines.YOU)]
    (line,) = waiting.yours(waiting.ask(operator))[:1]
    assert line.url == address
    assert lines(second_operator) == lines(supervisor) == []
    page = client.get(reverse("waiting")).content.decode()
    assert what in page
    assert PART not in page
    client.get(address)
    assert lines(operator) == []


def test_a_decision_is_told_as_long_as_the_purpose_stands(
    asked: Search, operator: Member, supervisor: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    search_decide(actor=supervisor, search=asked, approve=True)
    assert lines(operator)
    monkeypatch.setattr(Inquiry, "GOOD_FOR", timedelta(0))
    assert lines(operator) == []
