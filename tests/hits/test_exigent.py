"""The exigent way: only where the policy has it, only for what it names, and reviewed by another person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Member
from accounts.roles import Role
from detections import console, ladder
from detections.models import Hit
from detections.services_hits import (
    hit_close,
    hit_exigent,
    hit_exigent_review,
    hit_see,
    hit_stop,
    hit_validate,
)
from tests.cast import enroll
from tests.hits.conftest import DANGER, WORDS, MakeHit, answers, claimed, under
from tests.hits.test_pages import At
from trail.moves import MoveRefused
from training.gate import Refused


@pytest.mark.parametrize("who", ["lapsed", "outsider", "dispatcher", "analyst"])
def test_who_may_not_claim(request: Any, make_hit: MakeHit, who: str) -> None:
    with pytest.raises(Refused):
        hit_exigent(actor=request.getfixturevalue(who), hit=make_hit(), reason=DANGER)


@pytest.mark.parametrize("reason", ["", "  ", "now", "urgent", "a b"])
def test_the_reason_is_given_at_once(operator: Member, make_hit: MakeHit, reason: str) -> None:
    with pytest.raises(ValidationError, match="what makes waiting dangerous"):
        hit_exigent(actor=operator, hit=make_hit(), reason=reason)


def test_a_policy_without_it_has_no_such_way(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    under(hit.agency, exigent_may_skip=[])
    with pytest.raises(MoveRefused, match="can excuse nothing"):
        hit_exigent(actor=operator, hit=hit, reason=DANGER)


def test_it_never_opens_what_an_answer_shut(operator: Member, dispatcher: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_validate(actor=dispatcher, hit=hit, method="clets", answer="not_current", words="No match.")
    with pytest.raises(MoveRefused, match="This hit is shut"):
        hit_exigent(actor=operator, hit=hit, reason=DANGER)


def test_the_comparison_stays(operator: Member, make_hit: MakeHit) -> None:
    hit = hit_exigent(actor=operator, hit=make_hit(), reason=DANGER)
    policy = hit.agency.policy
    assert not ladder.may_stop(hit, policy)
    verdict = ladder.verdict(hit, policy)
    assert verdict.kind == "not_yet"
    assert [need.rung for need in verdict.needs] == ["seen"]
    assert "they do not excuse this" in verdict.note
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit))
    assert ladder.may_stop(hit, policy)
    assert ladder.verdict(hit, policy).kind == "exigent"


def test_a_later_no_match_still_shuts_it(operator: Member, dispatcher: Member, make_hit: MakeHit) -> None:
    hit = claimed(make_hit(), operator)
    hit = hit_validate(actor=dispatcher, hit=hit, method="clets", answer="not_current", words="No match.")
    assert not ladder.may_stop(hit, hit.agency.policy)


def test_nobody_reviews_their_own_claim(supervisor: Member, make_hit: MakeHit) -> None:
    hit = hit_exigent(actor=supervisor, hit=make_hit(), reason=DANGER)
    with pytest.raises(MoveRefused, match="somebody else than who claimed them"):
        hit_exigent_review(actor=supervisor, hit=hit, agreed=True, words="Radio log read.")
    with pytest.raises(IntegrityError, match="exigent_reviewed_by_another"), transaction.atomic():
        Hit.objects.filter(pk=hit.pk).update(exigent_reviewed_by=supervisor)


def test_nobody_reviews_their_own_stop(
    at: At, operator: Member, supervisor: Member, chief: Member, make_hit: MakeHit
) -> None:
    hit = hit_exigent(actor=operator, hit=make_hit(), reason=DANGER)
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    offered = f"/console/hits/{hit.pk}/review_exigent/"
    assert offered in at(supervisor).get(f"/console/hits/{hit.pk}/").content.decode()
    hit_stop(actor=supervisor, hit=hit)
    assert offered not in at(supervisor).get(f"/console/hits/{hit.pk}/").content.decode()
    with pytest.raises(MoveRefused, match="somebody else than who recorded the stop"):
        hit_exigent_review(actor=supervisor, hit=hit, agreed=True, words="Radio log read.")
    hit_close(actor=operator, hit=hit, outcome="cited", case_number="26-11902")
    other = enroll(hit.agency, Role.SUPERVISOR, "3018", approver=chief)
    assert [list(console.waiting(member)) for member in (supervisor, other)] == [[], [hit]]
    hit = hit_exigent_review(actor=other, hit=hit, agreed=True, words="Radio log read.")
    assert hit.exigent_reviewed_by == other


def test_an_operator_does_not_review(operator: Member, second_operator: Member, make_hit: MakeHit) -> None:
    hit = hit_exigent(actor=operator, hit=make_hit(), reason=DANGER)
    with pytest.raises(Refused):
        hit_exigent_review(actor=second_operator, hit=hit, agreed=True, words="Radio log read.")


def test_without_a_claim_there_is_nothing_to_review(supervisor: Member, make_hit: MakeHit) -> None:
    with pytest.raises(MoveRefused, match="this hit is not exigent"):
        hit_exigent_review(actor=supervisor, hit=make_hit(), agreed=True, words="Radio log read.")


def test_it_is_reviewed_once_within_the_hours_of_the_policy(
    operator: Member, supervisor: Member, chief: Member, make_hit: MakeHit
) -> None:
    hit = make_hit()
    under(hit.agency, exigent_review_hours=2)
    hit = hit_exigent(actor=operator, hit=hit, reason=DANGER)
    assert ladder.review_due(hit, hit.agency.policy) == hit.exigent_at + timedelta(hours=2)
    hit = hit_exigent_review(actor=supervisor, hit=hit, agreed=True, words="Radio log read.")
    assert hit.exigent_reviewed_by == supervisor
    assert ladder.review_due(hit, hit.agency.policy) is None
    other = enroll(hit.agency, Role.SUPERVISOR, "3018", approver=chief)
    with pytest.raises(MoveRefused, match="Supervisor 3017 was first"):
        hit_exigent_review(actor=other, hit=hit, agreed=False, words="Radio log read.")


def test_a_claim_that_is_not_agreed_with_excuses_nothing_more(
    operator: Member, supervisor: Member, make_hit: MakeHit
) -> None:
    hit = claimed(make_hit(), operator)
    hit = hit_exigent_review(actor=supervisor, hit=hit, agreed=False, words="No danger on the recording.")
    policy = hit.agency.policy
    assert not ladder.may_stop(hit, policy)
    verdict = ladder.verdict(hit, policy)
    assert "did not agree" in verdict.note
    assert [need.rung for need in verdict.needs] == ["validated"]
    hit = hit_validate(actor=operator, hit=hit, method="clets", answer="current", words=WORDS)
    assert ladder.may_stop(hit, policy)
