"""A package is asked for by one person and decided by another, once, and only of what a hold keeps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django_q.models import OrmQ

from accounts.models import Member
from detections.evidence.services import evidence_ask, evidence_decide, evidence_retry
from detections.holds import hold_place, hold_release_ask, hold_release_decide
from detections.models import EvidencePackage, Hold
from tests.evidence.conftest import FOR, WHY
from tests.retention.test_purge_faults import in_a_thread, wait_for_a_lock
from tests.search.conftest import Detect
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused

State = EvidencePackage.State
END = "The district attorney closed this case."


def end(hold: Hold, custodian: Member, administrator: Member) -> None:
    """Release a hold."""
    asked = hold_release_ask(actor=custodian, hold=hold, why=END)
    hold_release_decide(actor=administrator, hold=asked, approve=True)


# Refusals


@pytest.mark.parametrize("who", ["operator", "administrator", "auditor", "outsider"])
def test_who_is_no_custodian_of_the_agency_asks_for_nothing(
    who: str, hold: Hold, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(Refused):
        evidence_ask(actor=request.getfixturevalue(who), hold=hold, reason=FOR)
    assert not EvidencePackage.objects.exists()


def test_a_reason_that_says_nothing_is_refused(hold: Hold, custodian: Member) -> None:
    with pytest.raises(ValidationError) as refused:
        evidence_ask(actor=custodian, hold=hold, reason="evidence please")
    assert set(refused.value.message_dict) == {"reason"}


def test_no_package_of_a_released_hold(hold: Hold, custodian: Member, administrator: Member) -> None:
    end(hold, custodian, administrator)
    with pytest.raises(MoveRefused, match="released"):
        evidence_ask(actor=custodian, hold=hold, reason=FOR)


def test_no_second_package_while_one_is_under_way(asked: EvidencePackage, custodian: Member) -> None:
    with pytest.raises(MoveRefused, match="under way"):
        evidence_ask(actor=custodian, hold=asked.hold, reason=FOR)


def test_no_package_of_nothing(detect: Detect, custodian: Member) -> None:
    nothing = hold_place(
        actor=custodian, kind=Hold.Kind.PLATE, ground="evidence", case_number="26-1", reason=WHY,
        plate="7ABC123",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="keeps nothing yet"):
        evidence_ask(actor=custodian, hold=nothing, reason=FOR)


def test_who_asks_does_not_decide(asked: EvidencePackage, custodian: Member) -> None:
    for approve in (True, False):
        with pytest.raises(Refused, match="yourself") as refused:
            evidence_decide(actor=custodian, package=asked, approve=approve, note=END)
        assert refused.value.kind == "two people"
    asked.refresh_from_db()
    assert asked.state == State.ASKED


def test_the_database_itself_refuses_one_person_and_what_nobody_approved(
    asked: EvidencePackage, custodian: Member
) -> None:
    rows = EvidencePackage.objects.filter(pk=asked.pk)
    for facts in ({"decided_by": custodian}, {"state": State.BUILT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**facts)


@pytest.mark.parametrize("who", ["operator", "supervisor", "outsider"])
def test_others_decide_nothing(who: str, asked: EvidencePackage, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        evidence_decide(actor=request.getfixturevalue(who), package=asked, approve=True)


def test_a_package_of_a_hold_released_meanwhile_can_only_be_declined(
    asked: EvidencePackage, custodian: Member, administrator: Member
) -> None:
    end(asked.hold, custodian, administrator)
    with pytest.raises(MoveRefused, match="released"):
        evidence_decide(actor=administrator, package=asked, approve=True)
    declined = evidence_decide(actor=administrator, package=asked, approve=False, note=END)
    assert declined.state == State.DECLINED


def test_to_decline_says_why(asked: EvidencePackage, administrator: Member) -> None:
    with pytest.raises(ValidationError):
        evidence_decide(actor=administrator, package=asked, approve=False, note="")


def test_it_is_decided_once(approved: EvidencePackage, second_custodian: Member, custodian: Member) -> None:
    for approve in (True, False):
        with pytest.raises(MoveRefused):
            evidence_decide(actor=second_custodian, package=approved, approve=approve, note=END)
    with pytest.raises(MoveRefused):
        evidence_retry(actor=custodian, package=approved)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told_that_it_is_decided(
    asked: EvidencePackage, administrator: Member, second_custodian: Member
) -> None:
    ready, said = threading.Barrier(2), []

    def decide(member: Member, approve: bool) -> None:
        try:
            ready.wait(30)
            said.append(evidence_decide(actor=member, package=asked, approve=approve, note=END).state)
        except MoveRefused:
            said.append("refused")
        finally:
            connection.close()

    both: list[tuple[Member, bool]] = [(administrator, True), (second_custodian, False)]
    threads = [threading.Thread(target=decide, args=each) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked.refresh_from_db()
    assert sorted(said) == sorted(["refused", asked.state])


# Done


def test_it_is_asked_for_and_approved_on_the_trail_without_a_plate(
    asked: EvidencePackage, administrator: Member, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        approved = evidence_decide(actor=administrator, package=asked, approve=True)
    assert (approved.state, approved.decided_by) == (State.APPROVED, administrator)
    job = OrmQ.objects.get()
    assert (job.task["func"], job.task["args"]) == ("detections.tasks.build_evidence", (asked.pk,))
    assert "8KRB412" not in str(job.task)
    verbs = [Verb.EVIDENCE_ASKED, Verb.EVIDENCE_APPROVED]
    events = list(Event.objects.filter(verb__in=verbs).order_by("pk"))
    assert [event.verb for event in events] == verbs
    assert [event.actor for event in events] == [asked.asked_by, administrator]
    assert {event.purpose for event in events} == {"case 26-11873"}
    assert "8KRB412" not in str([(event.object_repr, event.elements, event.detail) for event in events])


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_is_released_while_the_decision_waits_is_not_packed(
    asked: EvidencePackage, hold: Hold, custodian: Member, administrator: Member
) -> None:
    said: list[str] = []

    def approve() -> None:
        try:
            evidence_decide(actor=administrator, package=asked, approve=True)
        except MoveRefused as refused:
            said.append(str(refused))

    with transaction.atomic():
        EvidencePackage.objects.select_for_update().get(pk=asked.pk)
        thread = in_a_thread(approve)
        wait_for_a_lock()
        end(hold, custodian, administrator)
    thread.join()
    assert said == ["Its hold is released: what it kept may be gone. Decline the package."]
    asked.refresh_from_db()
    assert asked.state == State.ASKED
