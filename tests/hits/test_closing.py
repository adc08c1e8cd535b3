"""Closing a hit: with its result, and never with a stop that the steps before it do not bear."""

from __future__ import annotations

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
from tests.hits.conftest import WORDS, MakeHit, answers
from trail.moves import MoveRefused
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
