"""Holds through their services: refusals first, and what each kind keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.services import purpose_state
from detections import held, holds
from detections.holds import hold_place, hold_release_ask, hold_release_decide, hold_review
from detections.models import Detection, Hit, HitRead, Hold
from detections.retention import purge
from detections.services_search import search_make
from tests.retention.conftest import END, REASON, Place
from tests.retention.world import Days, keep_for
from tests.search.conftest import Detect
from trail.moves import MoveRefused
from training import gate

STILL = "The trial of the robbery begins in March."


def refuse(**changed: Any) -> str:
    """The field on which placing a hold fails."""
    with pytest.raises(ValidationError) as problem:
        hold_place(**changed)
    return next(iter(problem.value.message_dict))


def test_who_may_not_hold_is_refused(detect: Detect, operator: Member, outsider: Member) -> None:
    one = detect()
    for actor in (operator, outsider):
        with pytest.raises(gate.Refused):
            hold_place(
                actor=actor, kind=Hold.Kind.DETECTION, detection=one, ground="evidence", case_number="26-1",
                reason=REASON,
            )  # fmt: skip
    assert not Hold.objects.exists()


def test_only_the_grounds_of_the_policy_hold(agency: Agency, detect: Detect, custodian: Member) -> None:
    facts: dict[str, Any] = {
        "actor": custodian, "kind": Hold.Kind.DETECTION, "detection": detect(), "case_number": "26-1",
        "reason": REASON,
    }  # fmt: skip
    assert refuse(ground="curiosity", **facts) == "ground"
    rules = agency.policy.with_values({"retention.hold_grounds": ["discovery"]}).to_dict()
    agency.policies.update(rules=rules)
    custodian.refresh_from_db()
    assert refuse(ground="evidence", **facts) == "ground"
    assert hold_place(ground="discovery", **facts).ground == "discovery"


@pytest.mark.parametrize(
    ("kind", "subject", "field"),
    [
        (Hold.Kind.PLATE, {"plate": ""}, "plate"),
        (Hold.Kind.PLATE, {"plate": "8KRB?12"}, "plate"),
        (Hold.Kind.PLATE, {"plate": "8KRB412", "since": 2, "until": 2}, "until"),
        (Hold.Kind.CAMERA, {"camera": True}, "since"),
        (Hold.Kind.CAMERA, {"camera": True, "since": 2, "until": 3}, "until"),
    ],
)
def test_a_hold_says_what_it_keeps(
    kind: Hold.Kind, subject: dict[str, Any], field: str, custodian: Member, camera: Any
) -> None:
    now = timezone.now()
    said = {
        name: camera if value is True else now - timedelta(days=value) if name != "plate" else value
        for name, value in subject.items()
    }
    facts: dict[str, Any] = {
        "actor": custodian,
        "ground": "evidence",
        "case_number": "26-1",
        "reason": REASON,
    }
    assert refuse(kind=kind, **facts, **said) == field
    with pytest.raises(TypeError, match="takes no color"):
        hold_place(kind=kind, **facts, **said, color="blue")


def test_a_search_that_finds_nothing_or_too_much_is_not_held(
    detect: Detect, hold: Place, custodian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    inquiry = purpose_state(actor=custodian, offense="support", case_number="26-1", reason=REASON)
    nothing = search_make(actor=custodian, inquiry=inquiry, plate="7ABC123")
    with pytest.raises(ValidationError, match="nothing"):
        hold(kind=Hold.Kind.SEARCH, search=nothing)
    detect(), detect()
    much = search_make(actor=custodian, inquiry=inquiry, plate="8KRB412")
    monkeypatch.setattr(holds, "MOST_NAMED", 1)
    with pytest.raises(ValidationError, match="more than 1"):
        hold(kind=Hold.Kind.SEARCH, search=much)
    assert not Hold.objects.exists()


def test_a_case_holds_the_same_once(detect: Detect, hold: Place, camera: Any) -> None:
    one, since = detect(), timezone.now()
    subjects: list[dict[str, Any]] = [
        {"kind": Hold.Kind.DETECTION, "detection": one},
        {"kind": Hold.Kind.PLATE, "plate": "8KRB412"},
        {"kind": Hold.Kind.CAMERA, "camera": camera, "since": since},
    ]
    for subject in subjects:
        hold(**subject)
        with pytest.raises(ValidationError, match="held for this case already"):
            hold(**subject)
        hold(case_number="26-2", **subject)
    assert Hold.objects.count() == 6


def test_nobody_releases_alone_and_nothing_is_released_unasked(
    detect: Detect, hold: Place, custodian: Member, administrator: Member, operator: Member
) -> None:
    one = hold(detect())
    with pytest.raises(MoveRefused, match="Nobody asks"):
        hold_release_decide(actor=administrator, hold=one, approve=True)
    with pytest.raises(gate.Refused):
        hold_release_ask(actor=operator, hold=one, why=END)
    hold_release_ask(actor=custodian, hold=one, why=END)
    with pytest.raises(MoveRefused, match="already"):
        hold_release_ask(actor=custodian, hold=one, why=END)
    with pytest.raises(gate.Refused) as refused:
        hold_release_decide(actor=custodian, hold=one, approve=True)
    assert refused.value.kind == "two people"
    with pytest.raises(gate.Refused):
        hold_release_decide(actor=operator, hold=one, approve=True)
    hold_release_decide(actor=administrator, hold=one, approve=True)
    for late in (hold_review, hold_release_ask):
        with pytest.raises(MoveRefused, match="released"):
            late(actor=custodian, hold=one, why=STILL)


def test_the_table_itself_refuses_one_person_alone(
    detect: Detect, hold: Place, custodian: Member, administrator: Member
) -> None:
    one, now = hold(detect()), timezone.now()
    wrong: list[dict[str, Any]] = [
        {"released_at": now, "released_by": custodian},
        {"release_asked_by": custodian, "released_by": custodian, "released_at": now},
        {"kind": Hold.Kind.PLATE},
        {"kind": Hold.Kind.HIT},
    ]
    for facts in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.filter(pk=one.pk).update(**facts)


def test_a_review_may_be_sooner_and_never_later_than_the_policy(
    detect: Detect, hold: Place, custodian: Member
) -> None:
    one, today = hold(detect()), timezone.localdate()
    for wrong in (today, today + timedelta(days=91)):
        with pytest.raises(ValidationError) as problem:
            hold_review(actor=custodian, hold=one, why=STILL, review_by=wrong)
        assert "review_by" in problem.value.message_dict
    sooner = hold_review(actor=custodian, hold=one, why=STILL, review_by=today + timedelta(days=14))
    assert sooner.review_by == today + timedelta(days=14)


def test_each_kind_is_told_of_the_detection_it_keeps(
    detect: Detect, entry: Any, hold: Place, custodian: Member
) -> None:
    entry("8KRB412")
    one = detect(hours_ago=2)
    inquiry = purpose_state(actor=custodian, offense="support", case_number="26-1", reason=REASON)
    search = search_make(actor=custodian, inquiry=inquiry, plate="8KRB412")
    other, at = detect("7ABC123", hours_ago=5), one.captured_at
    placed = [
        hold(one),
        hold(kind=Hold.Kind.HIT, hit=Hit.objects.get()),
        hold(kind=Hold.Kind.SEARCH, search=search),
        hold(kind=Hold.Kind.PLATE, plate="BKRB4I2", since=at, until=at + timedelta(seconds=1)),
        hold(kind=Hold.Kind.CAMERA, camera=one.camera, since=at - timedelta(hours=1)),
    ]
    assert list(held.holds_of(one)) == placed
    assert held.is_held(one)
    assert not held.is_held(other)
    keeps = Detection.objects.filter(held.detection_is_held(one.agency))
    assert list(keeps) == [one]
    for each in placed:
        assert list(held.held_detections(each)) == [one]
        assert list(held.held_hits(each)) == [Hit.objects.get()]
    Hold.objects.filter(pk=placed[3].pk).update(since=at - timedelta(hours=1), until=at)
    assert held.holds_of(one).count() == 4


def test_a_hold_over_a_hit_keeps_reads_that_join_it_later(
    agency: Agency, detect: Detect, entry: Any, hold: Place
) -> None:
    entry("8KRB412")
    first = detect(hours_ago=5 * 24 + 0.1)
    hold(kind=Hold.Kind.HIT, hit=Hit.objects.get())
    later = detect(hours_ago=5 * 24)
    assert HitRead.objects.get().detection_id == later.pk
    keep_for(agency, Days(2, 2, 1))
    run = purge(agency)
    assert (run.rows_gone, run.held, run.hits_held) == (0, 2, 1)
    assert set(Detection.objects.all()) == {first, later}


def test_a_hold_over_a_plate_keeps_what_is_yet_to_come(
    agency: Agency, detect: Detect, hold: Place, release: Callable[[Hold], Hold]
) -> None:
    placed = hold(kind=Hold.Kind.PLATE, plate="8KRB412")
    one = detect(hours_ago=5 * 24)
    keep_for(agency, Days(2, 2))
    assert purge(agency).held == 1
    release(placed)
    assert purge(agency).rows_gone == 1
    assert not Detection.objects.filter(pk=one.pk).exists()


def test_a_released_hold_over_a_hit_does_not_keep_it(
    agency: Agency, detect: Detect, entry: Any, hold: Place, release: Callable[[Hold], Hold]
) -> None:
    entry("8KRB412")
    detect(hours_ago=5 * 24)
    placed = hold(kind=Hold.Kind.HIT, hit=Hit.objects.get())
    release(placed)
    keep_for(agency, Days(2, 2))
    assert purge(agency).hits_gone == 1
    placed.refresh_from_db()
    assert placed.hit is None
