"""What waits is asked per agency, only for those who may see it, most overdue first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.utils import timezone
from django_q.models import Task

from accounts import policies
from accounts.models import Agency, Member
from accounts.permissions import Permission
from accounts.roles import Role
from accounts.services import member_add
from alpr import waiting
from detections.models import Camera, Detection, Hit, ImageJob
from hotlists.models import Entry, HotList, Snapshot
from tests.cast import PASSWORD, enroll
from training import gate

pytestmark = pytest.mark.django_db


def words(found: list[waiting.Wait]) -> list[str]:
    return [wait.what for wait in found]


def test_nothing_waits_at_first(administrator: Member, custodian: Member, agency: Agency) -> None:
    for _, question in waiting.QUESTIONS:
        if question is not waiting.certificates_lapsing:
            assert question(agency) == []
    assert waiting.lede([]) == "Nothing waits for a person."


def test_each_line_is_only_for_whom_the_gate_lets_see_it(
    lapsed_superuser: Member, detection: Detection, auditor: Member
) -> None:
    permitted = gate.permitted(lapsed_superuser)
    assert "Work on 1 open hit" not in words(waiting.what_waits(lapsed_superuser, permitted))
    assert "Work on 1 open hit" not in words(waiting.what_waits(auditor, gate.permitted(auditor)))
    assert [kept.name for kept in waiting.kept_safe(auditor.agency, permitted)] == ["Deletion"]


def test_open_hits_wait_at_their_own_agency_alone(detection: Detection, outsider: Member) -> None:
    assert words(waiting.hits_open(detection.agency)) == ["Work on 1 open hit"]
    assert waiting.hits_open(outsider.agency) == []


def test_exigent_reviews_are_due_and_come_first_when_overdue(
    detection: Detection, operator: Member, administrator: Member
) -> None:
    claimed = timezone.now() - timedelta(hours=30)
    Hit.objects.update(exigent_by=operator, exigent_at=claimed)
    first, *_ = found = waiting.what_waits(administrator, gate.permitted(administrator))
    assert first.what == "Review exigent circumstances"
    assert (first.is_overdue, first.shape, first.turn) == (True, "stop", "You")
    assert "overdue" in waiting.lede(found)
    Hit.objects.update(exigent_reviewed_by=administrator, exigent_reviewed_at=timezone.now())
    assert waiting.exigent_reviews(detection.agency) == []


def test_hot_plates_and_lists_wait_for_a_second_person(
    specific_list: HotList, entry: Callable[..., Entry], operator: Member
) -> None:
    entry("9BQT661", state_of_entry=Entry.State.WAITING)
    assert words(waiting.hot_plates_waiting(specific_list.agency)) == ["Approve 1 hot plate"]
    assert waiting.lists_waiting(specific_list.agency) == []
    HotList.objects.filter(pk=specific_list.pk).update(approved_by=None, approved_at=None)
    assert words(waiting.lists_waiting(specific_list.agency)) == ["Approve the list “Hot plates”"]


def test_accounts_wait_until_approved(agency: Agency, chief: Member) -> None:
    new = member_add(
        actor=chief, agency=agency, sign_in_name="new", password=PASSWORD, badge="4444", name="New",
        title="Officer", roles=[Role.OPERATOR],
    )  # fmt: skip
    assert words(waiting.accounts_waiting(agency)) == ["Approve 1 account"]
    Member.objects.filter(pk=new.pk).update(is_active=False)
    assert waiting.accounts_waiting(agency) == []


@pytest.fixture
def attempts(operator: Member) -> Callable[[int], None]:
    def fail(failures: int) -> None:
        AccessAttempt.objects.create(
            username=operator.sign_in_name, ip_address="10.0.0.1", user_agent=str(failures),
            failures_since_start=failures, get_data="", post_data="",
        )  # fmt: skip

    return fail


def test_a_locked_name_waits_for_an_administrator(
    agency: Agency, attempts: Callable[[int], None], outsider: Member
) -> None:
    attempts(3)
    assert waiting.names_locked(agency) == []
    attempts(2)
    assert words(waiting.names_locked(agency)) == ["Release 1 locked sign-in name"]
    assert waiting.names_locked(outsider.agency) == []


def test_training_that_ends_soon_or_has_ended_waits(agency: Agency, chief: Member, lapsed: Member) -> None:
    days = agency.policy.training.valid_days
    assert days is not None
    enroll(agency, Role.OPERATOR, "4116", approver=chief, days_ago=days - 12)
    soon, gone = waiting.certificates_lapsing(agency)
    assert soon.what == "Renew the training of 1 member"
    assert soon.due is not None
    assert not soon.is_overdue
    # The two founders and the lapsed operator.
    assert gone.what == "Train 3 members without a current certificate"


def test_photographs_that_failed_or_wait_too_long(camera: Camera) -> None:
    for number, state in enumerate([ImageJob.State.WAITING, ImageJob.State.FAILED]):
        ImageJob.objects.create(
            camera=camera,
            sender_id=str(number),
            sha256="0" * 64,
            image="i",
            captured_at=timezone.now(),
            state=state,
        )
    assert words(waiting.pictures_waiting(camera.agency)) == ["See why 1 photograph could not be read"]
    ImageJob.objects.update(received_at=timezone.now() - timedelta(minutes=20))
    late, _ = waiting.pictures_waiting(camera.agency)
    assert late.what == "Find out why 1 photograph waits"
    assert late.is_overdue


def test_failed_jobs_wait(agency: Agency) -> None:
    now = timezone.now()
    Task.objects.create(id="1" * 32, name="job", func="f", started=now, stopped=now, success=False)
    assert words(waiting.jobs_failed(agency)) == ["Look at 1 failed job"]


def test_a_proposed_policy_waits_for_another_person(agency: Agency, custodian: Member) -> None:
    policy = agency.policy.with_values({"retention.detections_days": 60})
    proposed = policies.policy_propose(
        actor=custodian, agency=agency, policy=policy, preset="vallejo",
        effective_from=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    (wait,) = waiting.policies_proposed(agency)
    assert wait.what == f"Approve policy version {proposed.version}"
    assert wait.shape == "warn"
    assert waiting.turn(wait.acts, gate.permitted(custodian)) == "Administrator"


def test_whose_turn_it_is() -> None:
    assert waiting.turn(Permission.MANAGE_TRAINING, frozenset({Permission.MANAGE_TRAINING})) == "You"
    assert waiting.turn(Permission.MANAGE_TRAINING, frozenset()) == "Training manager"


def test_old_lists_and_silent_readers_are_said(general_list: HotList, camera: Camera) -> None:
    assert waiting.lists_age(general_list.agency).words == "1 of 1 fresh"
    Snapshot.objects.update(loaded_at=timezone.now() - timedelta(days=3))
    old = waiting.lists_age(general_list.agency)
    assert (old.shape, old.words, old.note) == ("warn", "1 of 1 old", general_list.name)
    assert waiting.readers_heard(general_list.agency).words == "0 of 1 heard"
    assert waiting.purge_last(general_list.agency).words == "Never run"
