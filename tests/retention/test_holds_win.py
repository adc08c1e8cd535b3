"""Holds against purges, and two people against each other, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Agency, Member
from accounts.services import purpose_state
from detections import held
from detections.holds import hold_release_ask, hold_release_decide
from detections.models import Detection, Finding, Hit, Hold, PurgeRun
from detections.retention import purge
from detections.services_search import search_make
from tests.retention.conftest import END, REASON, Place
from tests.retention.test_purge_faults import in_a_thread, wait_for_a_lock
from tests.search.conftest import Detect
from trail.moves import MoveRefused

pytestmark = pytest.mark.django_db(transaction=True)
OLD = 24 * 400


@pytest.fixture
def subjects(detect: Detect, entry: Any, custodian: Member) -> Callable[[str], dict[str, Any]]:
    """What a hold of a kind is placed over, each time the one old detection, which made a hit."""
    entry("8KRB412")
    one = detect(hours_ago=OLD)

    def of(kind: str) -> dict[str, Any]:
        if kind == Hold.Kind.SEARCH:
            inquiry = purpose_state(actor=custodian, offense="support", case_number="26-1", reason=REASON)
            since = one.captured_at.replace(hour=0, minute=0)
            search = search_make(actor=custodian, inquiry=inquiry, plate="8KRB412", since=since)
            return {"search": search}
        if kind == Hold.Kind.FINDING:
            finding = Finding.objects.create(
                agency=one.agency, kind=Finding.Kind.UNLIKE, plate=one.plate, weight=3, one=one.pk,
                other=one.pk, one_camera=one.camera, other_camera=one.camera, last_read_at=one.captured_at,
            )  # fmt: skip
            finding.reads.create(detection_id=one.pk)
            return {"finding": finding}
        return {
            Hold.Kind.DETECTION: {"detection": one},
            Hold.Kind.HIT: {"hit": Hit.objects.get()},
            Hold.Kind.PLATE: {"plate": "8KRB412"},
            Hold.Kind.CAMERA: {"camera": one.camera, "since": one.captured_at},
        }[Hold.Kind(kind)]

    return of


@pytest.mark.parametrize("kind", Hold.Kind.values)
def test_a_hold_placed_the_moment_before_wins(
    kind: str, agency: Agency, detect: Detect, subjects: Callable[[str], dict[str, Any]], hold: Place
) -> None:
    subject = subjects(kind)
    (one,) = Detection.objects.all()
    other = detect("7ABC123", hours_ago=OLD + 24)
    done: list[PurgeRun] = []
    with transaction.atomic():
        hold(kind=kind, **subject)
        thread = in_a_thread(lambda: done.append(purge(agency)))
        wait_for_a_lock()
    thread.join()
    assert list(Detection.objects.all()) == [one]
    assert not Detection.objects.filter(pk=other.pk).exists()
    assert [hit.detection_id for hit in Hit.objects.all()] == [one.pk]
    assert (done[0].held, done[0].hits_held, done[0].rows_gone) == (1, 1, 1)


@pytest.mark.parametrize("kind", [Hold.Kind.DETECTION, Hold.Kind.HIT, Hold.Kind.SEARCH])
def test_a_hold_placed_a_moment_after_finds_it_gone(
    kind: str, agency: Agency, subjects: Callable[[str], dict[str, Any]], hold: Place
) -> None:
    subject = subjects(kind)
    problems: list[ValidationError] = []

    def place() -> None:
        with pytest.raises(ValidationError) as problem:
            hold(kind=kind, **subject)
        problems.append(problem.value)

    with transaction.atomic():
        held.keep_holds_out(agency)
        thread = in_a_thread(place)
        wait_for_a_lock()
        assert purge(agency).rows_gone == 1
    thread.join()
    assert len(problems) == 1
    assert not Hold.objects.exists()


def test_two_who_decide_at_once_do_not_both_decide(
    detect: Detect, hold: Place, custodian: Member, administrator: Member, second_custodian: Member
) -> None:
    one = hold_release_ask(actor=custodian, hold=hold(detect()), why=END)
    refused: list[str] = []

    def decline() -> None:
        try:
            hold_release_decide(
                actor=second_custodian, hold=one, approve=False, note="The appeal is still before the court."
            )
        except MoveRefused as refusal:
            refused.append(str(refusal))

    with transaction.atomic():
        hold_release_decide(actor=administrator, hold=one, approve=True)
        thread = in_a_thread(decline)
        wait_for_a_lock()
    thread.join()
    assert refused == ["This hold is released: there is nothing to release."]
    assert Hold.objects.get().released_by == administrator


def test_two_who_ask_at_once_do_not_both_ask(
    detect: Detect, hold: Place, custodian: Member, second_custodian: Member
) -> None:
    one, refused = hold(detect()), []

    def ask() -> None:
        try:
            hold_release_ask(actor=second_custodian, hold=one, why=END)
        except MoveRefused as refusal:
            refused.append(str(refusal))

    with transaction.atomic():
        hold_release_ask(actor=custodian, hold=one, why=END)
        thread = in_a_thread(ask)
        wait_for_a_lock()
    thread.join()
    assert len(refused) == 1
    assert Hold.objects.get().release_asked_by == custodian
