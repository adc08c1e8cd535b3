"""Every department's way to a stop, as its text has it: what may happen, and what may not yet."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Agency, Member
from alpr.policy import load_preset
from detections import comparison, ladder
from detections.models import Hit
from detections.services_hits import (
    hit_ask,
    hit_confirm,
    hit_exigent,
    hit_impracticable,
    hit_see,
    hit_stop,
    hit_validate,
)
from tests.hits.conftest import WORDS, MakeHit, answers, under
from trail.moves import MoveRefused

EVERYBODY = ("dispatcher", "department_computer", "clets")
REASON = "No radio and no terminal in the canyon."
DANGER = "Shots fired from the car at Quay St."


@dataclass(frozen=True)
class Way:
    """One department's rules of the ladder; where its text is silent, the stricter default."""

    before_stop: tuple[str, ...] = ("seen", "validated")
    only_if_practicable: bool = False
    status_from: tuple[str, ...] = EVERYBODY
    compare: tuple[str, ...] = ()
    person_check_lists: tuple[str, ...] = ()
    alert_permits_following: bool = False
    exigent_may_skip: tuple[str, ...] = ()

    def adopt(self, agency: Agency) -> None:
        """Put these rules in force."""
        under(agency, **{name: list(v) if isinstance(v, tuple) else v for name, v in vars(self).items()})


# "If practicable, the officer should verify an ALPR response through CLETS before taking enforcement action."
IF_PRACTICABLE = Way(only_if_practicable=True, status_from=("clets",))
WAYS = {
    **dict.fromkeys(
        (
            "Walnut Creek", "Galt", "West Covina", "Irvine", "Emeryville", "Hayward", "Oakland", "Piedmont",
            "San Leandro",
        ),
        IF_PRACTICABLE,
    ),
    "Vallejo": Way(
        compare=("characters", "state", "vehicle"), person_check_lists=("specific",),
        alert_permits_following=True, exigent_may_skip=("validated",),
    ),
    "Alameda": Way(
        compare=("characters", "state"), alert_permits_following=True,
        status_from=("dispatcher", "department_computer"),
    ),
    "Alameda, with the entering agency": Way(
        before_stop=("seen", "validated", "confirmed"), compare=("characters", "state"),
        alert_permits_following=True, status_from=("dispatcher", "department_computer"),
    ),
    "Berkeley": Way(),
}  # fmt: skip


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, agency: Agency) -> Way:
    """One department's rules, in force."""
    chosen = WAYS[request.param]
    chosen.adopt(agency)
    return chosen


@pytest.fixture
def hit(make_hit: MakeHit) -> Hit:
    """A possible hit on which the list says everything."""
    return make_hit(read="8KR8412", make="Honda", color="Silver", body="sedan", entering_agency="Eastmoor PD")


def fresh(hit: Hit) -> Hit:
    return Hit.objects.get(pk=hit.pk)


def status(way: Way, hit: Hit, actor: Member, answer: str = "current") -> Hit:
    """The live status, by the first that the department accepts."""
    return hit_validate(
        actor=actor, hit=hit, method=way.status_from[0], asked="clets", answer=answer, words=WORDS
    )


def test_vallejos_row_is_vallejos_preset() -> None:
    rules = load_preset("vallejo").ladder
    way = WAYS["Vallejo"]
    assert (way.before_stop, way.compare) == (tuple(rules.before_stop), tuple(rules.compare))
    assert (way.only_if_practicable, way.alert_permits_following) == (
        rules.only_if_practicable,
        rules.alert_permits_following,
    )
    assert set(way.person_check_lists) == rules.person_check_lists
    assert set(way.exigent_may_skip) == rules.exigent_may_skip
    assert set(way.status_from) == rules.status_from


def test_an_alert_alone_permits_no_stop(way: Way, hit: Hit, operator: Member) -> None:
    policy = hit.agency.policy
    assert not ladder.may_stop(hit, policy)
    with pytest.raises(MoveRefused, match=r"A stop cannot be recorded on this hit\. Not yet\."):
        hit_stop(actor=operator, hit=hit)
    note = ladder.verdict(hit, policy).note
    assert note == (
        "Until then you may follow the vehicle, no more."
        if way.alert_permits_following
        else "An alert alone permits nothing."
    )


def test_the_questions_are_those_of_the_text(way: Way, hit: Hit) -> None:
    asked = [question.name for question in comparison.questions(hit, hit.agency.policy)]
    expected = ["character_4", "others"]
    expected += ["state"] if "state" in way.compare else []
    expected += ["make", "color", "body"] if "vehicle" in way.compare else []
    assert asked == expected


def test_dispatch_is_asked_only_where_a_dispatcher_answers(way: Way, hit: Hit, operator: Member) -> None:
    if "dispatcher" in way.status_from:
        assert hit_ask(actor=operator, hit=hit).asked_by == operator
        return
    with pytest.raises(MoveRefused, match="Under the policy no dispatcher answers for the list"):
        hit_ask(actor=operator, hit=hit)


def test_the_status_comes_from_whom_the_text_names(way: Way, hit: Hit, operator: Member) -> None:
    for method in set(EVERYBODY) - set(way.status_from):
        with pytest.raises(ValidationError, match="out of those whom the policy accepts"):
            hit_validate(actor=operator, hit=hit, method=method, asked="clets", answer="current", words=WORDS)
    assert status(way, hit, operator).validated_at is not None


def test_not_practicable_excuses_the_status_only_where_the_text_says_so(
    way: Way, hit: Hit, operator: Member
) -> None:
    if not way.only_if_practicable:
        with pytest.raises(MoveRefused, match="The steps before a stop are always taken"):
            hit_impracticable(actor=operator, hit=hit, reason=REASON)
        return
    hit = hit_impracticable(actor=operator, hit=hit, reason=REASON)
    assert not ladder.may_stop(hit, hit.agency.policy), "the comparison stays"
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit))
    assert ladder.may_stop(hit, hit.agency.policy)
    verdict = ladder.verdict(hit, hit.agency.policy)
    assert verdict.kind == "practicable"
    assert "Operator 4127 recorded at" in verdict.sentence
    assert hit_stop(actor=operator, hit=hit).stopped_by == operator


def test_the_exigent_way_is_there_only_where_the_text_has_it(way: Way, hit: Hit, operator: Member) -> None:
    if not way.exigent_may_skip:
        with pytest.raises(MoveRefused, match="can excuse nothing"):
            hit_exigent(actor=operator, hit=hit, reason=DANGER)
        return
    hit_exigent(actor=operator, hit=hit, reason=DANGER)
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit))
    assert ladder.verdict(hit, hit.agency.policy).kind == "exigent"


def test_every_rung_is_climbed_before_a_stop(
    way: Way, hit: Hit, operator: Member, dispatcher: Member
) -> None:
    climb = {
        "seen": lambda: hit_see(actor=operator, hit=hit, answers=answers(hit)),
        "validated": lambda: status(way, hit, dispatcher),
        "confirmed": lambda: hit_confirm(actor=dispatcher, hit=hit, confirmed=True, words=WORDS),
    }
    for rung in way.before_stop:
        assert not ladder.may_stop(fresh(hit), hit.agency.policy)
        climb[rung]()
    hit = fresh(hit)
    assert ladder.verdict(hit, hit.agency.policy).kind == "checked"
    assert hit_stop(actor=operator, hit=hit).stopped_at is not None


@pytest.mark.parametrize("answer", ["not_current", "no_record"])
def test_what_dispatch_answers_binds_at_every_department(
    way: Way, hit: Hit, operator: Member, answer: str
) -> None:
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    if way.only_if_practicable:
        hit_impracticable(actor=operator, hit=hit, reason=REASON)
        assert ladder.may_stop(fresh(hit), hit.agency.policy)
    hit = status(way, hit, operator, answer)
    assert hit.status == "shut"
    for move in (hit_stop, hit_ask):
        with pytest.raises(MoveRefused, match="This hit is shut"):
            move(actor=operator, hit=hit)


def test_alamedas_four_rungs(agency: Agency, hit: Hit, operator: Member, dispatcher: Member) -> None:
    """Alert, tentative hit, live query, confirmed hit; the entering agency's answer binds to the end."""
    way = WAYS["Alameda"]
    way.adopt(agency)
    assert hit.rungs_done == ["alert"]
    with pytest.raises(MoveRefused, match="this hit is not validated"):
        hit_confirm(actor=dispatcher, hit=hit, confirmed=True, words=WORDS)
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    assert fresh(hit).rungs_done == ["alert", "seen"]
    status(way, hit, dispatcher)
    assert fresh(hit).rungs_done == ["alert", "seen", "validated"]
    assert ladder.may_stop(fresh(hit), agency.policy)
    hit = hit_confirm(actor=dispatcher, hit=hit, confirmed=True, words=WORDS)
    assert hit.rungs_done == ["alert", "seen", "validated", "confirmed"]


def test_alamedas_entering_agency_may_still_say_no(
    agency: Agency, hit: Hit, operator: Member, dispatcher: Member
) -> None:
    way = WAYS["Alameda"]
    way.adopt(agency)
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    status(way, hit, dispatcher)
    hit = hit_confirm(actor=dispatcher, hit=hit, confirmed=False, words="Recovered on Nov 12.")
    assert (hit.status, ladder.may_stop(hit, agency.policy)) == ("shut", False)
    assert ladder.suggested(hit) == ["not_listed"]
