"""Asking dispatch, the closed sets of its answers, and why a status could not be asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Member
from detections import dispatch, ladder
from detections.live_status import Answer, Asked
from detections.services_hits import hit_ask, hit_close, hit_impracticable, hit_validate
from tests.hits.conftest import WORDS, MakeHit, under
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused


@pytest.mark.parametrize("who", ["lapsed", "outsider", "dispatcher", "analyst"])
def test_who_may_not_ask(request: Any, make_hit: MakeHit, who: str) -> None:
    hit = make_hit()
    with pytest.raises(Refused):
        hit_ask(actor=request.getfixturevalue(who), hit=hit)
    hit.refresh_from_db()
    assert hit.asked_at is None


def test_it_is_asked_once(operator: Member, second_operator: Member, make_hit: MakeHit) -> None:
    hit = hit_ask(actor=operator, hit=make_hit())
    with pytest.raises(MoveRefused, match=r"Operator 4127 was first, at .*: dispatch is asked"):
        hit_ask(actor=second_operator, hit=hit)
    assert Event.objects.get(verb=Verb.HIT_ASKED).actor == operator


def test_nothing_is_asked_that_was_answered(operator: Member, dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    with pytest.raises(MoveRefused, match=r"Dispatcher 3308 was first, at .*: the live status is recorded"):
        hit_ask(actor=operator, hit=hit)


@pytest.mark.parametrize("answer", ["", "still_listed", "CURRENT"])
def test_only_the_three_answers(dispatcher: Member, make_hit: MakeHit, answer: str) -> None:
    hit = make_hit()
    with pytest.raises(ValidationError, match="what the answer was"):
        hit_validate(
            actor=dispatcher, hit=hit, method="dispatcher", asked="clets", answer=answer, words=WORDS
        )


@pytest.mark.parametrize("asked", ["", "the Internet", "facebook"])
def test_only_the_known_records(dispatcher: Member, make_hit: MakeHit, asked: str) -> None:
    hit = make_hit()
    with pytest.raises(ValidationError, match="which records were asked"):
        hit_validate(
            actor=dispatcher, hit=hit, method="dispatcher", asked=asked, answer="current", words=WORDS
        )


@pytest.mark.parametrize("asked", list(Asked))
@pytest.mark.parametrize("answer", list(Answer))
def test_each_answer_from_each_record(
    dispatcher: Member, make_hit: MakeHit, asked: Asked, answer: Answer
) -> None:
    hit = hit_validate(
        actor=dispatcher, hit=make_hit(), method="dispatcher", asked=asked, answer=answer, words=WORDS
    )
    step = hit.steps.get()
    assert (step.answers, step.method) == ({"answer": answer, "asked": asked}, "dispatcher")
    assert step.passed is (answer == Answer.CURRENT)
    assert hit.status == ("open" if answer == Answer.CURRENT else "shut")


def test_clets_answers_for_itself(operator: Member, make_hit: MakeHit) -> None:
    hit = hit_validate(
        actor=operator, hit=make_hit(), method="clets", asked="dmv", answer="current", words=WORDS
    )
    assert hit.steps.get().answers["asked"] == "clets"


def test_the_queue_has_the_longest_wait_first_and_lets_go_of_the_answered(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hits = [make_hit(plate) for plate in ("8KRB412", "9BQT661", "7FGN111")]
    for hit in (hits[2], hits[0]):
        hit_ask(actor=operator, hit=hit)
    assert [hit.plate for hit in dispatch.asked(dispatcher)] == ["7FGN111", "8KRB412"]
    hit_validate(
        actor=dispatcher, hit=hits[2], method="dispatcher", asked="dmv", answer="no_record", words=WORDS
    )
    hit_close(actor=operator, hit=hits[0], outcome="no_stop")
    assert not dispatch.asked(dispatcher)
    given = dispatch.answered(dispatcher)
    assert [(one.step.hit.plate, one.words) for one in given] == [("7FGN111", "No record")]
    assert given[0].waited.total_seconds() >= 0


def test_another_agency_asks_its_own_dispatch(outsider: Member, dispatcher: Member, foreign_hit: Any) -> None:
    hit = foreign_hit()
    hit.asked_at, hit.asked_by = hit.made_at, outsider
    hit.save()
    assert not dispatch.asked(dispatcher)


@pytest.mark.parametrize("who", ["lapsed", "outsider", "dispatcher"])
def test_who_may_not_say_that_it_is_not_practicable(request: Any, make_hit: MakeHit, who: str) -> None:
    hit = make_hit()
    under(hit.agency, only_if_practicable=True)
    with pytest.raises(Refused):
        hit_impracticable(actor=request.getfixturevalue(who), hit=hit, reason="No radio in the canyon.")


@pytest.mark.parametrize("reason", ["", " ", "busy", "a b"])
def test_why_it_is_not_practicable_is_said(operator: Member, make_hit: MakeHit, reason: str) -> None:
    hit = make_hit()
    under(hit.agency, only_if_practicable=True)
    with pytest.raises(ValidationError, match="why the live status cannot be asked"):
        hit_impracticable(actor=operator, hit=hit, reason=reason)


def test_it_excuses_nothing_but_the_status(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit(entering_agency="Eastmoor PD")
    under(hit.agency, only_if_practicable=True, before_stop=["seen", "validated", "confirmed"])
    hit = hit_impracticable(actor=operator, hit=hit, reason="No radio in the canyon.")
    assert ladder.missing(hit, hit.agency.policy) == ["seen", "confirmed"]


def test_without_a_status_before_a_stop_there_is_nothing_to_excuse(
    operator: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    under(hit.agency, only_if_practicable=True, before_stop=["seen"], exigent_may_skip=[])
    with pytest.raises(MoveRefused, match="asks for no live status before a stop"):
        hit_impracticable(actor=operator, hit=hit, reason="No radio in the canyon.")


def test_a_stricter_policy_takes_the_excuse_back(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    under(hit.agency, only_if_practicable=True)
    hit = hit_impracticable(actor=operator, hit=hit, reason="No radio in the canyon.")
    under(hit.agency, only_if_practicable=False)
    hit = type(hit).objects.get(pk=hit.pk)
    assert "validated" in ladder.missing(hit, hit.agency.policy)
