"""Broad searches: they wait, another person decides, and nothing is looked at before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Member
from accounts.services import purpose_state
from detections import search as query
from detections.models import Search
from detections.search_export import search_export
from detections.services_search import require_open, search_decide, search_make, why_broad
from tests.search.conftest import REASON, Detect, SearchFor
from trail.models import Event, Inquiry
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused


@pytest.fixture
def broad(search_for: SearchFor, detect: Detect) -> Search:
    """A part of a plate over everything that is kept, with one detection that fits it."""
    detect("9BQT661")
    return search_for("9B*")


@pytest.fixture
def age_purpose(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let every purpose be too old: a stated one cannot be changed."""

    def grow() -> None:
        monkeypatch.setattr(Inquiry, "GOOD_FOR", timedelta(0))

    return grow


def test_a_broad_search_waits_and_finds_nothing(broad: Search, operator: Member) -> None:
    assert broad.waits
    assert not broad.is_open
    assert broad.found == 0
    assert "fewer than 3 known characters together" in broad.broad_why
    for look in (query.matching, query.page, lambda search: list(query.walk(search))):
        with pytest.raises(query.NotApproved):
            look(broad)
    with pytest.raises(Refused, match="waits for a second person") as refused:
        require_open(operator, broad)
    assert refused.value.kind == "two people"
    with pytest.raises(Refused):
        search_export(actor=operator, search=broad, reason=REASON, case_number="26-11873")


def test_asking_is_on_the_trail_without_results(broad: Search, operator: Member, inquiry: Inquiry) -> None:
    event = Event.objects.get(verb=Verb.SEARCH_ASKED)
    assert (event.actor, event.inquiry, event.detail) == (operator, inquiry, broad.broad_why)
    assert event.elements["plate"] == "9B*"
    assert "found" not in event.elements
    assert not Event.objects.filter(verb=Verb.SEARCHED).exists()


@pytest.mark.parametrize(
    "person", ["second_operator", "analyst", "lapsed_superuser", "dispatcher", "auditor"]
)
def test_who_may_not_approve_is_refused(person: str, broad: Search, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        search_decide(actor=request.getfixturevalue(person), search=broad, approve=True)
    broad.refresh_from_db()
    assert broad.waits


def test_another_agencys_supervisor_is_refused(broad: Search, outsider: Member) -> None:
    theirs = outsider.agency.members.get(badge="eas-02")
    with pytest.raises(Refused):
        search_decide(actor=theirs, search=broad, approve=True)


def test_nobody_approves_a_search_of_ones_own(supervisor: Member) -> None:
    purpose = purpose_state(actor=supervisor, offense="robbery", case_number="26-11873", reason=REASON)
    own = search_make(actor=supervisor, inquiry=purpose, plate="9B*")
    for approve in (True, False):
        with pytest.raises(Refused, match="yourself"):
            search_decide(actor=supervisor, search=own, approve=approve, note="Not needed any more")
    facts = {"approved": True, "decided_by": supervisor, "decided_at": timezone.now()}
    with pytest.raises(IntegrityError, match="search_decided_by_another"), transaction.atomic():
        Search.objects.filter(pk=own.pk).update(**facts)


def test_an_approved_search_opens_for_its_maker_alone(
    broad: Search, supervisor: Member, operator: Member, second_operator: Member
) -> None:
    approved = search_decide(actor=supervisor, search=broad, approve=True, note="Go on")
    require_open(operator, approved)
    assert [read.plate for read in query.page(approved).rows] == ["9BQT661"]
    for other in (supervisor, second_operator):
        with pytest.raises(Refused, match="somebody else"):
            require_open(other, approved)
    event = Event.objects.get(verb=Verb.SEARCH_APPROVED)
    assert (event.actor, event.inquiry, event.detail) == (supervisor, broad.inquiry, "Go on")


@pytest.mark.parametrize(
    ("note", "says"), [("", "Say why"), ("x" * 301, "at most 300"), ("ICE case", "immigration")]
)
def test_declining_needs_a_note(broad: Search, supervisor: Member, note: str, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        search_decide(actor=supervisor, search=broad, approve=False, note=note)
    assert says in refused.value.message_dict["note"][0]
    broad.refresh_from_db()
    assert broad.waits


def test_a_declined_search_stays_shut(broad: Search, supervisor: Member, operator: Member) -> None:
    declined = search_decide(actor=supervisor, search=broad, approve=False, note="One day is enough")
    assert declined.decision_note == "One day is enough"
    with pytest.raises(query.NotApproved):
        query.matching(declined)
    with pytest.raises(Refused, match="declined"):
        require_open(operator, declined)
    with pytest.raises(MoveRefused, match="is declined"):
        search_decide(actor=supervisor, search=broad, approve=True)
    assert Event.objects.get(verb=Verb.SEARCH_DECLINED).detail == "One day is enough"


def test_a_purpose_that_is_too_old_is_not_approved_nor_opened(
    broad: Search, supervisor: Member, operator: Member, age_purpose: Callable[[], None]
) -> None:
    age_purpose()
    with pytest.raises(MoveRefused, match="too long ago"):
        search_decide(actor=supervisor, search=broad, approve=True)
    assert search_decide(actor=supervisor, search=broad, approve=False, note="Too late").approved is False
    with pytest.raises(Refused):
        require_open(operator, Search.objects.get(pk=broad.pk))


def test_an_approval_ends_with_the_purpose(
    broad: Search, supervisor: Member, operator: Member, age_purpose: Callable[[], None]
) -> None:
    search_decide(actor=supervisor, search=broad, approve=True)
    age_purpose()
    with pytest.raises(Refused) as refused:
        require_open(operator, Search.objects.get(pk=broad.pk))
    assert refused.value.kind == "purpose"


def test_a_search_that_is_not_broad_has_nothing_to_decide(search_for: SearchFor, supervisor: Member) -> None:
    with pytest.raises(MoveRefused, match="this search is open"):
        search_decide(actor=supervisor, search=search_for("8KRB412"), approve=True)


def test_one_can_ask_first_whether_it_is_broad(operator: Member, detect: Detect) -> None:
    detect()
    assert "no plate" in why_broad(agency=operator.agency)
    assert why_broad(agency=operator.agency, plate="8KRB412") == ""
    assert not Search.objects.exists()
    assert not Event.objects.filter(verb__in=[Verb.SEARCHED, Verb.SEARCH_ASKED]).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told_so(
    broad: Search, supervisor: Member, administrator: Member
) -> None:
    def decide(actor: Member) -> str:
        try:
            search_decide(actor=actor, search=broad, approve=actor == supervisor, note="Not needed at all")
        except MoveRefused as refused:
            return str(refused)
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(2) as both:
        said = list(both.map(decide, [supervisor, administrator]))
    assert sorted(word == "decided" for word in said) == [False, True]
    decided = Event.objects.filter(verb__in=[Verb.SEARCH_APPROVED, Verb.SEARCH_DECLINED])
    assert decided.count() == 1
