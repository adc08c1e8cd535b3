"""The live status and the entering agency's answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Member
from detections import console, ladder
from detections.services_hits import hit_confirm, hit_see, hit_stop, hit_validate
from tests.hits.conftest import WORDS, MakeHit, answers, under
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused


@pytest.mark.parametrize("who", ["lapsed", "outsider", "analyst", "administrator"])
def test_who_may_not_answer_changes_nothing(request: Any, make_hit: MakeHit, who: str) -> None:
    hit = make_hit()
    with pytest.raises(Refused):
        hit_validate(
            actor=request.getfixturevalue(who), hit=hit, method="clets", answer="current", words=WORDS
        )
    hit.refresh_from_db()
    assert hit.validated_at is None


def test_only_sources_that_the_policy_accepts(dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    under(hit.agency, status_from=["dispatcher"])
    for method in ("clets", "a friend", ""):
        with pytest.raises(ValidationError, match="out of those whom the policy accepts"):
            hit_validate(
                actor=dispatcher, hit=hit, method=method, asked="clets", answer="current", words=WORDS
            )


def test_the_words_of_the_answer_are_asked_for(dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    with pytest.raises(ValidationError, match="Write in a few words"):
        hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=" ")


def test_no_match_shuts_it_for_everybody(operator: Member, dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit = hit_validate(
        actor=dispatcher, hit=hit, method="dispatcher", asked="clets", answer="not_current", words="No match."
    )
    assert (hit.status, hit.shut_by_move, hit.validated_at) == ("shut", "validate", None)
    with pytest.raises(MoveRefused, match="Dispatcher 3308 recorded the live answer: not current"):
        hit_see(actor=operator, hit=hit, answers=answers(hit))
    assert "Shut. Dispatcher 3308" in ladder.verdict(hit, hit.agency.policy).sentence


@pytest.mark.parametrize("seen_first", [True, False])
def test_seen_and_validated_come_in_either_order(
    operator: Member, dispatcher: Member, make_hit: MakeHit, seen_first: bool
) -> None:
    hit = make_hit()
    policy = hit.agency.policy
    steps = [
        lambda: hit_see(actor=operator, hit=hit, answers=answers(hit)),
        lambda: hit_validate(
            actor=dispatcher, hit=hit, method="dispatcher", asked="clets", answer="current", words=WORDS
        ),
    ]
    for step in steps if seen_first else reversed(steps):
        assert not ladder.may_stop(hit, policy)
        hit = step()
    assert ladder.may_stop(hit, policy)
    verdict = ladder.verdict(hit, policy)
    assert verdict.kind == "checked"
    assert verdict.sentence == "Checked. Every step that the policy asks before a stop is done."


def test_confirmed_comes_after_validated(supervisor: Member, dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    with pytest.raises(MoveRefused, match="this hit is not validated"):
        hit_confirm(actor=supervisor, hit=hit, confirmed=True, words=WORDS)
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    assert hit_confirm(actor=dispatcher, hit=hit, confirmed=True, words=WORDS).confirmed_at is not None


def test_an_operator_does_not_confirm(operator: Member, dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    with pytest.raises(Refused):
        hit_confirm(actor=operator, hit=hit, confirmed=True, words=WORDS)


def test_not_ours_shuts_it_although_all_was_checked(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    hit = hit_confirm(actor=dispatcher, hit=hit, confirmed=False, words="Cleared on Nov 12.")
    assert hit.status == "shut"
    assert not ladder.may_stop(hit, hit.agency.policy)


def test_a_policy_may_put_the_stop_line_higher(
    operator: Member, dispatcher: Member, make_hit: MakeHit
) -> None:
    hit = make_hit(entering_agency="Eastmoor PD")
    under(hit.agency, before_stop=["seen", "validated", "confirmed"])
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit = hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    policy = hit.agency.policy
    assert not ladder.may_stop(hit, policy)
    assert "still needs Eastmoor PD’s confirmation." in ladder.verdict(hit, policy).sentence
    hit = hit_confirm(actor=dispatcher, hit=hit, confirmed=True, words=WORDS)
    assert ladder.may_stop(hit, policy)


def test_the_answer_is_on_the_trail_in_words(dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    event = Event.objects.get(verb=Verb.HIT_VALIDATED)
    assert event.detail == f"current, answered by CLETS, asked of CLETS / NCIC; “{WORDS}”"


@pytest.mark.parametrize("answer", ["not_current", "no_record"])
def test_a_later_answer_binds_although_somebody_had_recorded_current(
    operator: Member, dispatcher: Member, make_hit: MakeHit, answer: str
) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit_validate(
        actor=operator, hit=hit, method="dispatcher", asked="clets", answer="current", words="As heard."
    )
    hit = hit_validate(
        actor=dispatcher, hit=hit, method="dispatcher", asked="clets", answer=answer, words="No match."
    )
    assert (hit.status, hit.shut_by_move) == ("shut", "validate")
    assert "Dispatcher 3308 recorded the live answer" in ladder.verdict(hit, hit.agency.policy).sentence
    assert console.pips(hit)[2] == "shut"
    with pytest.raises(MoveRefused, match="This hit is shut"):
        hit_stop(actor=operator, hit=hit)


def test_current_is_recorded_once(operator: Member, dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="current", words=WORDS)
    with pytest.raises(MoveRefused, match=r"Dispatcher 3308 was first, at .*: the live status is recorded"):
        hit_validate(actor=operator, hit=hit, method="clets", answer="current", words=WORDS)
    assert hit.steps.count() == 1
