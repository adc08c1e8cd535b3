"""Closing a hit: with its result, and never with a stop that the steps before it do not bear."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Member
from detections import ladder
from detections.models import Hit, Outcome
from detections.services_hits import (
    hit_close,
    hit_confirm,
    hit_exigent,
    hit_see,
    hit_validate,
)
from tests.hits.conftest import WORDS, MakeHit, answers, under
from tests.hits.test_pages import At
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused

STOPS = [outcome for outcome in Outcome if outcome.is_stop]
WRONG_OR_NO_STOP = ["no_stop", "misread", "wrong_state", "mismatch", "not_listed"]
CASE = "26-11902"


@pytest.mark.parametrize("who", ["lapsed", "outsider", "dispatcher", "analyst"])
def test_who_may_not_close(request: Any, make_hit: MakeHit, who: str) -> None:
    with pytest.raises(Refused):
        hit_close(actor=request.getfixturevalue(who), hit=make_hit(), outcome=Outcome.MISREAD)


def test_a_result_is_asked_for(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    for nothing in ("", "went fine"):
        with pytest.raises(ValidationError, match="Say how it ended"):
            hit_close(actor=operator, hit=hit, outcome=nothing)


@pytest.mark.parametrize("outcome", STOPS)
def test_a_stop_is_refused_while_a_step_is_missing(
    operator: Member, make_hit: MakeHit, outcome: Outcome
) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    with pytest.raises(MoveRefused, match=r"cannot be this hit’s result\. Not yet\. Before a stop"):
        hit_close(actor=operator, hit=hit, outcome=outcome)
    hit.refresh_from_db()
    assert hit.status == "open"


def test_a_shut_hit_ends_as_no_stop_or_wrong(operator: Member, dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit = hit_validate(actor=dispatcher, hit=hit, method="clets", answer="not_current", words="No match.")
    assert [o.value for o in ladder.outcomes(hit, hit.agency.policy)] == WRONG_OR_NO_STOP
    for refused in [*STOPS, Outcome.LOCATED]:
        with pytest.raises(MoveRefused, match="Shut"):
            hit_close(actor=operator, hit=hit, outcome=refused)
    assert hit_close(actor=operator, hit=hit, outcome=Outcome.NOT_LISTED).status == "closed"


def test_it_is_closed_once(operator: Member, second_operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_close(actor=operator, hit=hit, outcome=Outcome.MISREAD)
    with pytest.raises(MoveRefused, match="Operator 4127 was first"):
        hit_close(actor=second_operator, hit=hit, outcome=Outcome.NO_STOP)
    with pytest.raises(MoveRefused, match="Operator 4127 closed this hit at"):
        hit_see(actor=second_operator, hit=hit, answers=answers(hit))
    assert Hit.objects.get().outcome == "misread"


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_result_once_all_is_checked(
    operator: Member, dispatcher: Member, make_hit: MakeHit, outcome: Outcome
) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    hit = hit_close(actor=operator, hit=hit, outcome=outcome, case_number=CASE, note="Call 4411.")
    assert (hit.status, hit.outcome, hit.closed_by) == ("closed", outcome, operator)
    assert hit.steps.get(move="close").note == "Call 4411."
    assert outcome.label in ladder.verdict(hit, hit.agency.policy).sentence


def test_a_stop_made_before_the_answer_that_shut_it_is_recorded_as_it_was(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    hit_confirm(actor=dispatcher, hit=hit, confirmed=False, words="Cleared on Nov 12.")
    with pytest.raises(ValidationError, match="when the stop was made"):
        hit_close(actor=operator, hit=hit, outcome=Outcome.RELEASED, case_number=CASE)
    note = "Stopped at 02:50, before the agency called back at 02:58."
    hit = hit_close(actor=operator, hit=hit, outcome=Outcome.RELEASED, case_number=CASE, note=note)
    assert hit.outcome == "released"


def test_an_exigent_stop_is_recorded_although_the_answer_was_no_match(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit_exigent(actor=operator, hit=hit, reason="Shots fired from the car.")
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="not_current", words="No match.")
    note = "Stopped at 02:50; the answer came at 02:53."
    hit = hit_close(actor=operator, hit=hit, outcome=Outcome.RELEASED, case_number=CASE, note=note)
    assert hit.outcome == "released"


@pytest.fixture
def checked(operator: Member, dispatcher: Member, make_hit: MakeHit) -> Hit:
    """A hit with every rung climbed, on a hot plate of its own case."""
    hit = make_hit(specific=True)
    hit_see(actor=operator, hit=hit, answers=answers(hit), words="Driver matches the description.")
    return hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)


@pytest.mark.parametrize("outcome", STOPS)
def test_a_stop_stands_under_a_number(operator: Member, checked: Hit, outcome: Outcome) -> None:
    with pytest.raises(ValidationError, match="case or incident number: give it") as refused:
        hit_close(actor=operator, hit=checked, outcome=outcome, case_number=" ")
    assert set(refused.value.message_dict) == {"case_number"}
    hit = hit_close(actor=operator, hit=checked, outcome=outcome, case_number=" 26-11902 ")
    assert hit.case_number == "26-11902"
    assert "case 26-11902" in Event.objects.get(verb=Verb.HIT_CLOSED).detail


@pytest.mark.parametrize("number", ["none", "x", "0000", "ICE case 1"])
@pytest.mark.parametrize("outcome", [Outcome.ARREST, Outcome.NO_STOP])
def test_a_number_that_is_none_is_refused(
    operator: Member, checked: Hit, outcome: Outcome, number: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        hit_close(actor=operator, hit=checked, outcome=outcome, case_number=number)
    assert set(refused.value.message_dict) == {"case_number"}


def test_what_did_not_end_in_a_stop_needs_no_number(operator: Member, checked: Hit) -> None:
    assert hit_close(actor=operator, hit=checked, outcome=Outcome.NO_STOP).case_number == ""


def test_the_endings_are_those_of_the_policy_and_the_wrong_ones_always(
    operator: Member, checked: Hit
) -> None:
    wrong = ["misread", "wrong_state", "mismatch", "not_listed"]
    under(checked.agency, endings=["arrest", "cited", *wrong])
    hit = Hit.objects.get(pk=checked.pk)
    assert ladder.outcomes(hit, hit.agency.policy) == ["arrest", "cited", "no_stop", *wrong]
    with pytest.raises(MoveRefused, match="recovered” cannot be this hit’s result"):
        hit_close(actor=operator, hit=hit, outcome=Outcome.RECOVERED, case_number=CASE)


def test_a_policy_that_names_no_result_of_a_stop_leaves_them_open(checked: Hit) -> None:
    under(checked.agency, endings=["misread", "wrong_state", "mismatch", "not_listed"])
    hit = Hit.objects.get(pk=checked.pk)
    assert set(STOPS) <= set(ladder.outcomes(hit, hit.agency.policy))


def test_the_form_offers_first_what_the_answers_say_and_chooses_nothing(
    at: At, operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit(specific=True, read="8KR8412")
    hit_validate(
        actor=dispatcher, hit=hit, method="dispatcher", asked="dmv", answer="no_record", words="No record."
    )
    page = at(operator).get(f"/console/hits/{hit.pk}/close/").content.decode()
    offered = re.findall(r'name="outcome" id="\w+" value="(\w+)"', page)
    assert offered[0] == "not_listed"
    assert set(offered) == set(WRONG_OR_NO_STOP)
    assert page.count("What the answers say") == 1
    assert " checked" not in page
    assert 'value="26-11873"' in page, "the case of the hot plate stands there already"
