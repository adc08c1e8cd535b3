"""Recording a stop: only when the way is open, once, and ended with what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Member
from detections import ladder
from detections.models import Hit, Outcome
from detections.services_hits import (
    hit_close,
    hit_exigent_review,
    hit_see,
    hit_stop,
    hit_validate,
)
from tests.hits.conftest import WORDS, MakeHit, answers, claimed, past
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused

CASE = "26-11902"


@pytest.fixture
def checked(make_hit: MakeHit, operator: Member, dispatcher: Member) -> Hit:
    """A hit with every rung climbed."""
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    return hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)


@pytest.mark.parametrize("who", ["lapsed", "outsider", "dispatcher", "analyst", "auditor"])
def test_who_may_not_record_a_stop(request: Any, checked: Hit, who: str) -> None:
    with pytest.raises(Refused):
        hit_stop(actor=request.getfixturevalue(who), hit=checked)
    checked.refresh_from_db()
    assert checked.stopped_at is None


def test_what_is_missing_is_named(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    with pytest.raises(MoveRefused, match=r"cannot be recorded.* still needs the live status\."):
        hit_stop(actor=operator, hit=hit)


def test_a_past_read_permits_no_stop(operator: Member, dispatcher: Member, make_hit: MakeHit) -> None:
    hit = past(make_hit())
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit = hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    policy = hit.agency.policy
    assert not ladder.may_stop(hit, policy)
    assert ladder.verdict(hit, policy).kind == "past"
    assert "found by looking back. No stop may rest on this hit." in ladder.verdict(hit, policy).sentence
    with pytest.raises(MoveRefused, match="A past read"):
        hit_stop(actor=operator, hit=hit)
    assert not any(outcome.is_stop for outcome in ladder.outcomes(hit, policy))
    with pytest.raises(MoveRefused, match="No stop may rest on this hit"):
        hit_close(actor=operator, hit=hit, outcome=Outcome.ARREST, case_number=CASE)


@pytest.mark.parametrize("name", ["ask", "exigent", "impracticable", "stop"])
def test_nothing_of_the_way_to_a_stop_is_there_on_a_past_read(make_hit: MakeHit, name: str) -> None:
    hit = past(make_hit())
    with pytest.raises(MoveRefused, match="past read"):
        ladder.check(name, hit, hit.agency.policy)


def test_a_stop_is_recorded_once_and_shown(operator: Member, second_operator: Member, checked: Hit) -> None:
    hit = hit_stop(actor=operator, hit=checked)
    verdict = ladder.verdict(hit, hit.agency.policy)
    assert (verdict.kind, verdict.look) == ("stopped", "done")
    assert verdict.sentence.startswith("Stopped. Operator 4127 recorded the stop at ")
    with pytest.raises(MoveRefused, match=r"Operator 4127 was first, at .*: the stop is recorded"):
        hit_stop(actor=second_operator, hit=hit)
    event = Event.objects.get(verb=Verb.HIT_STOPPED)
    assert (event.actor, event.object_pk) == (operator, str(hit.pk))


def test_a_recorded_stop_ends_as_a_stop_or_a_wrong_hit(operator: Member, checked: Hit) -> None:
    hit = hit_stop(actor=operator, hit=checked)
    possible = ladder.outcomes(hit, hit.agency.policy)
    assert Outcome.NO_STOP not in possible
    assert Outcome.LOCATED not in possible
    with pytest.raises(MoveRefused, match="cannot be this hit’s result"):
        hit_close(actor=operator, hit=hit, outcome=Outcome.NO_STOP)
    with pytest.raises(ValidationError, match="case or incident number: give it"):
        hit_close(actor=operator, hit=hit, outcome=Outcome.MISREAD)
    hit = hit_close(actor=operator, hit=hit, outcome=Outcome.MISREAD, case_number=CASE)
    assert (hit.outcome, hit.case_number) == ("misread", CASE)


def test_an_answer_after_the_stop_shuts_it_and_the_stop_stays(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = claimed(make_hit(), operator)
    hit_stop(actor=operator, hit=hit)
    hit = hit_validate(actor=dispatcher, hit=hit, method="clets", answer="no_record", words="No record.")
    verdict = ladder.verdict(hit, hit.agency.policy)
    assert verdict.kind == "shut"
    assert "A stop was recorded at" in verdict.note
    closed = hit_close(actor=operator, hit=hit, outcome=Outcome.RELEASED, case_number=CASE)
    assert closed.outcome == "released"


def test_an_exigent_stop_stays_open_for_review_until_a_supervisor_says(
    operator: Member, supervisor: Member, make_hit: MakeHit
) -> None:
    hit = claimed(make_hit(), operator)
    hit = hit_stop(actor=operator, hit=hit)
    policy = hit.agency.policy
    verdict = ladder.verdict(hit, policy)
    assert "The live status is still open." in verdict.sentence
    assert "Another person reviews the claim" in verdict.note
    hit = hit_close(actor=operator, hit=hit, outcome=Outcome.CITED, case_number=CASE)
    assert ladder.review_due(hit, policy) is not None
    assert "waits for its review" in ladder.verdict(hit, policy).note
    hit = hit_exigent_review(actor=supervisor, hit=hit, agreed=False, words="No danger on the recording.")
    assert ladder.review_due(hit, policy) is None
    assert hit.outcome == "cited"


def test_a_stop_made_before_the_claim_was_declined_is_recorded_with_when_it_was(
    operator: Member, supervisor: Member, make_hit: MakeHit
) -> None:
    hit = claimed(make_hit(), operator)
    hit_exigent_review(actor=supervisor, hit=hit, agreed=False, words="No danger on the recording.")
    with pytest.raises(MoveRefused, match="cannot be recorded"):
        hit_stop(actor=operator, hit=hit)
    with pytest.raises(ValidationError, match="when the stop was made"):
        hit_close(actor=operator, hit=hit, outcome=Outcome.RELEASED, case_number=CASE)
    note = "Stopped at 02:50, reviewed at 03:20."
    hit = hit_close(actor=operator, hit=hit, outcome=Outcome.RELEASED, case_number=CASE, note=note)
    assert hit.outcome == "released"
