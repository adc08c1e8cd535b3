"""The table of moves, walked at random: no stop with a rung missing, none after a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Agency, Member
from detections import comparison, ladder
from detections import services_hits as services
from detections.models import Hit, HitStep, Outcome
from tests.hits.conftest import MakeHit, answers, under
from trail.moves import MoveRefused
from training.gate import Refused

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "ladder.md"
WORDS = "Asked on the main channel, answered."
PEOPLE = ("operator", "supervisor", "dispatcher")


def test_the_document_has_the_table() -> None:
    rows = [
        f"| {move.name} | {move.label} | {move.permission} | {', '.join(sorted(move.status))} "
        f"| {', '.join(sorted(move.needs))} | {', '.join(sorted(move.forbids))} | {', '.join(move.rules)} |"
        for move in ladder.MOVES.values()
    ]
    table = DOCUMENT.read_text().split("## The moves")[1].split("## What has to be answered")[0]
    written = re.findall(r"^\| (?!move|---).*\|$", table, flags=re.MULTILINE)
    assert [re.sub(r"\s+", " ", row) for row in written] == [re.sub(r"\s+", " ", row) for row in rows]


def test_no_words_of_the_verdict_tell_anybody_to_stop(make_hit: MakeHit, operator: Member) -> None:
    hit = make_hit(read="8KR8412", make="Honda", color="Silver")
    verdict = ladder.verdict(hit, hit.agency.policy)
    assert verdict.sentence == (
        "Not yet. Before a stop, this hit still needs your answers on character 4, the other six, state, "
        "make and color, and the live status."
    )
    assert verdict.note == "Until then you may follow the vehicle, no more."
    assert verdict.clause.number == "426.4(f)"
    assert "an officer’s answers" in ladder.verdict(hit, hit.agency.policy, yours=False).sentence


def see(actor: Member, hit: Hit, value: str) -> None:
    services.hit_see(actor=actor, hit=hit, answers=answers(hit, state=value), words=WORDS)


def validate(actor: Member, hit: Hit, value: bool) -> None:
    services.hit_validate(
        actor=actor, hit=hit, method="clets", answer="current" if value else "no_record", words=WORDS
    )


def confirm(actor: Member, hit: Hit, value: bool) -> None:
    services.hit_confirm(actor=actor, hit=hit, confirmed=value, words=WORDS)


def exigent(actor: Member, hit: Hit, value: None) -> None:
    services.hit_exigent(actor=actor, hit=hit, reason=WORDS)


def review(actor: Member, hit: Hit, value: bool) -> None:
    services.hit_exigent_review(actor=actor, hit=hit, agreed=value, words=WORDS)


def close(actor: Member, hit: Hit, value: str) -> None:
    services.hit_close(actor=actor, hit=hit, outcome=value, case_number="26-11902", note=WORDS)


def ask(actor: Member, hit: Hit, value: None) -> None:
    services.hit_ask(actor=actor, hit=hit)


def impracticable(actor: Member, hit: Hit, value: None) -> None:
    services.hit_impracticable(actor=actor, hit=hit, reason=WORDS)


def stop(actor: Member, hit: Hit, value: None) -> None:
    services.hit_stop(actor=actor, hit=hit)


Act = tuple[Callable[[Member, Hit, Any], None], Any, str]


def acts() -> st.SearchStrategy[Act]:
    """One attempt: a move, its answer, and who makes it."""
    truth = st.booleans()
    moves = st.one_of(
        st.tuples(st.just(see), st.sampled_from([comparison.SAME, comparison.UNCLEAR, comparison.DIFFERS])),
        st.tuples(st.just(validate), truth),
        st.tuples(st.just(confirm), truth),
        st.tuples(st.just(exigent), st.none()),
        st.tuples(st.sampled_from([ask, impracticable]), st.none()),
        st.tuples(st.just(stop), st.none()),
        st.tuples(st.just(review), truth),
        st.tuples(st.just(close), st.sampled_from(list(Outcome))),
    )
    return st.tuples(moves, st.sampled_from(PEOPLE)).map(lambda act: (act[0][0], act[0][1], act[1]))


def rules() -> st.SearchStrategy[tuple[list[str], list[str], bool]]:
    """The rungs that a policy puts before a stop, those of them that the exigent way may skip, and whether
    the live status is asked where practicable alone."""
    every = ["seen", "validated", "confirmed"]
    some = st.lists(st.sampled_from(every), unique=True, min_size=1).map(
        lambda picked: [rung for rung in every if rung in picked]
    )
    return some.flatmap(
        lambda before: st.tuples(
            st.just(before), st.lists(st.sampled_from(before), unique=True), st.booleans()
        )
    )


class Walk:
    """One hit's walk, with what it shows worked out again from the steps alone."""

    def __init__(self, hit: Hit, before_stop: list[str], may_skip: list[str], practicable: bool) -> None:
        self.hit = hit
        self.practicable = practicable
        self.before_stop = before_stop
        self.may_skip = may_skip

    def attempt(self, act: Act, people: dict[str, Member]) -> None:
        make, value, who = act
        before = self.fresh()
        steps = before.steps.count()
        try:
            with transaction.atomic():
                make(people[who], before, value)
        except (MoveRefused, Refused, ValidationError):
            assert self.state(self.fresh()) == self.state(before)
            assert before.steps.count() == steps
            return
        made = HitStep.objects.filter(hit=self.hit).last()
        assert made is not None
        self.check_table(made, before)
        self.check_stop(made, before)

    def fresh(self) -> Hit:
        return Hit.objects.get(pk=self.hit.pk)

    @staticmethod
    def state(hit: Hit) -> tuple[Any, ...]:
        return (hit.status, hit.outcome, hit.shut_by_move, *sorted(ladder.facts(hit)))

    def check_table(self, made: HitStep, before: Hit) -> None:
        """The move that was made is one that the table has from there."""
        move, true = ladder.MOVES[made.move], ladder.facts(before)
        assert before.status in move.status
        assert move.needs <= true
        assert not move.forbids & true

    def check_stop(self, made: HitStep, before: Hit) -> None:
        """No stop with a rung missing, none after an answer that shut the hit, none once closed."""
        steps = list(HitStep.objects.filter(hit=self.hit))
        done = {ladder.RUNG_OF[s.move] for s in steps if s.passed and s.move in ladder.RUNG_OF}
        refused = any(
            comparison.DIFFERS in s.answers.values() or (s.move in ("validate", "confirm") and not s.passed)
            for s in steps
        )
        claimed = any(s.move == "exigent" for s in steps)
        excused_status = self.practicable and any(s.move == "impracticable" for s in steps)
        declined = any(s.move == "review_exigent" and not s.passed for s in steps)
        left = [r for r in self.before_stop if r not in done]
        left = [r for r in left if not (excused_status and r == "validated")]
        excused = [r for r in left if claimed and r in self.may_skip]
        hit = self.fresh()
        open_way = left == excused
        expected = open_way and not refused and "closed" not in done and not (excused and declined)
        assert ladder.may_stop(hit, hit.agency.policy) is expected
        if made.move == "stop":
            assert expected
        stopped = any(s.move == "stop" for s in steps)
        if made.move == "close" and Outcome(hit.outcome).is_stop:
            assert open_way or stopped
        if made.move == "close" and stopped:
            assert hit.outcome not in ("no_stop", "located")
        assert sum(s.move == "validate" and s.passed for s in steps) <= 1
        reviewers = {s.by_id for s in steps if s.move == "review_exigent"}
        if made.move == "review_exigent":
            assert not reviewers & {s.by_id for s in steps if s.move == "stop"}
        assert not reviewers & {s.by_id for s in steps if s.move == "exigent"}


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(acts(), min_size=1, max_size=9), rules=rules())
def test_no_walk_leads_to_a_stop_past_a_missing_rung(
    agency: Agency,
    operator: Member,
    supervisor: Member,
    dispatcher: Member,
    one_hit: Hit,
    walk: list[Act],
    rules: tuple[list[str], list[str], bool],
) -> None:
    before_stop, may_skip, practicable = rules
    people = {"operator": operator, "supervisor": supervisor, "dispatcher": dispatcher}
    with transaction.atomic():
        under(agency, before_stop=before_stop, exigent_may_skip=may_skip, only_if_practicable=practicable)
        stepping = Walk(one_hit, before_stop, may_skip, practicable)
        for act in walk:
            stepping.attempt(act, people)
        transaction.set_rollback(True)


@pytest.fixture
def one_hit(make_hit: MakeHit) -> Hit:
    """A hit with a differing character on a general list."""
    return make_hit(read="8KR8412", make="Honda")
