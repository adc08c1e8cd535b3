"""Two people at one hit at the same moment: one is first, the other is told, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from accounts.models import Member
from detections.models import Hit, HitStep, Outcome
from detections.services_hits import (
    hit_ask,
    hit_close,
    hit_impracticable,
    hit_see,
    hit_stop,
    hit_validate,
)
from tests.hits.conftest import WORDS, MakeHit, answers, under
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb

pytestmark = pytest.mark.django_db(transaction=True)


def together(*services: Callable[[], Any]) -> list[Any]:
    """Run the services at the same moment, each in its own connection; give what each returned or raised."""
    gate = threading.Barrier(len(services))
    ended: list[Any] = [None] * len(services)

    def run(place: int, service: Callable[[], Any]) -> None:
        gate.wait()
        try:
            ended[place] = service()
        except MoveRefused as refused:
            ended[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(services)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ended


def test_two_close_at_once(operator: Member, second_operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    ended = together(
        lambda: hit_close(actor=operator, hit=hit, outcome=Outcome.MISREAD),
        lambda: hit_close(actor=second_operator, hit=hit, outcome=Outcome.NO_STOP),
    )
    refused = [each for each in ended if isinstance(each, MoveRefused)]
    closed = [each for each in ended if isinstance(each, Hit)]
    assert (len(refused), len(closed)) == (1, 1)
    first = closed[0]
    assert str(refused[0]).startswith(f"{first.closed_by} was first, at ")
    stands = Hit.objects.get()
    assert (stands.outcome, stands.closed_by) == (first.outcome, first.closed_by)
    assert HitStep.objects.filter(move="close").count() == 1
    assert Event.objects.filter(verb=Verb.HIT_CLOSED).count() == 1


def test_seeing_and_closing_at_once_end_in_one_order_or_the_other(
    operator: Member, second_operator: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    seen, closed = together(
        lambda: hit_see(actor=operator, hit=hit, answers=answers(hit)),
        lambda: hit_close(actor=second_operator, hit=hit, outcome=Outcome.NO_STOP),
    )
    stands = Hit.objects.get()
    assert isinstance(closed, Hit)
    assert stands.status == "closed"
    if isinstance(seen, MoveRefused):
        assert str(seen).startswith("Operator 4128 closed this hit at ")
        assert stands.seen_at is None
    else:
        assert stands.seen_at is not None
    assert HitStep.objects.count() == (1 if isinstance(seen, MoveRefused) else 2)


def first_and_refused(ended: list[Any]) -> tuple[Hit, MoveRefused]:
    """The one that was made, and the one that was told of it."""
    made = [each for each in ended if isinstance(each, Hit)]
    refused = [each for each in ended if isinstance(each, MoveRefused)]
    assert (len(made), len(refused)) == (1, 1)
    return made[0], refused[0]


def test_two_dispatchers_answer_at_once(
    dispatcher: Member, supervisor: Member, operator: Member, make_hit: MakeHit
) -> None:
    hit = hit_ask(actor=operator, hit=make_hit())

    def answer(actor: Member, said: str) -> Callable[[], Hit]:
        return lambda: hit_validate(
            actor=actor, hit=hit, method="dispatcher", asked="clets", answer=said, words=WORDS
        )

    current, no_record = together(answer(dispatcher, "current"), answer(supervisor, "no_record"))
    assert isinstance(no_record, Hit), "whoever was first, the answer that it is not listed binds"
    stands = Hit.objects.get()
    assert (stands.status, stands.shut_by_move) == ("shut", "validate")
    steps = list(HitStep.objects.filter(move="validate").values_list("passed", flat=True))
    if isinstance(current, MoveRefused):
        assert "Supervisor 3017" in str(current)
        assert steps == [False]
    else:
        assert steps == [True, False]


def test_two_record_the_same_answer_at_once(
    dispatcher: Member, supervisor: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    ended = together(
        lambda: hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS),
        lambda: hit_validate(actor=supervisor, hit=hit, method="clets", answer="current", words=WORDS),
    )
    _, refused = first_and_refused(ended)
    assert str(HitStep.objects.get(move="validate").by) in str(refused)


def test_two_ask_at_once(operator: Member, second_operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    first, refused = first_and_refused(
        together(lambda: hit_ask(actor=operator, hit=hit), lambda: hit_ask(actor=second_operator, hit=hit))
    )
    assert str(refused).startswith(f"{first.asked_by} was first, at ")
    assert HitStep.objects.filter(move="ask").count() == 1


def test_an_answer_and_the_reason_why_none_can_come_at_once(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    under(hit.agency, only_if_practicable=True)
    excused, answered = together(
        lambda: hit_impracticable(actor=operator, hit=hit, reason="No radio in the canyon."),
        lambda: hit_validate(actor=dispatcher, hit=hit, method="clets", answer="no_record", words=WORDS),
    )
    assert isinstance(answered, Hit), "the answer comes through either way"
    stands = Hit.objects.get()
    assert stands.status == "shut"
    assert bool(stands.impracticable_at) is isinstance(excused, Hit)


def test_a_stop_and_a_no_at_once_end_in_one_order_or_the_other(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    under(hit.agency, before_stop=["seen"], exigent_may_skip=[])
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    stopped, answered = together(
        lambda: hit_stop(actor=operator, hit=hit),
        lambda: hit_validate(actor=dispatcher, hit=hit, method="clets", answer="not_current", words=WORDS),
    )
    stands = Hit.objects.get()
    assert isinstance(answered, Hit)
    assert stands.status == "shut"
    moves = list(HitStep.objects.values_list("move", flat=True))
    if isinstance(stopped, MoveRefused):
        assert "This hit is shut: Dispatcher 3308" in str(stopped)
        assert stands.stopped_at is None
    else:
        assert stands.stopped_at is not None
        assert moves.index("stop") < moves.index("validate")
