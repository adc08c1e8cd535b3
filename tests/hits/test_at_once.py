"""Two people at one hit at the same moment: one is first, the other is told, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from accounts.models import Member
from detections.models import Hit, HitStep, Outcome
from detections.services_hits import hit_close, hit_see
from tests.hits.conftest import MakeHit, answers
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
