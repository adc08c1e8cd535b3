"""What waits is asked for one member: only what they may see, what is theirs to do, what presses first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.urls import reverse
from django.utils import timezone
from django_q.models import Task

from accounts import policies
from accounts.models import Agency, Member
from accounts.permissions import Permission
from accounts.roles import Role
from accounts.services import member_add
from alpr import waiting
from alpr.waiting import hits, jobs, kept, lists, people
from detections.models import Camera, Detection, Hit, ImageJob
from hotlists.models import Entry, HotList, Refresh
from hotlists.service_grants import restricted_grant
from tests.cast import PASSWORD, enroll
from training.models import Certificate

pytestmark = pytest.mark.django_db
Make = Callable[..., Entry]


def words(found: list[waiting.Wait]) -> list[str]:
    return [wait.what for wait in found]


def all_for(member: Member) -> list[str]:
    return words(waiting.what_waits(waiting.ask(member)))


def own_of(member: Member) -> list[str]:
    return words(waiting.yours(waiting.ask(member)))


def test_nothing_waits_at_first(administrator: Member, custodian: Member) -> None:
    for member in (administrator, custodian):
        asker = waiting.ask(member)
        for _, question in waiting.QUESTIONS:
            if question is not people.certificates_lapsing:
                assert question(asker) == []
    assert waiting.lede([]) == "Nothing waits for a person."


@pytest.mark.parametrize("who", ["lapsed_superuser", "lapsed", "auditor"])
def test_each_line_is_only_for_whom_the_gate_lets_see_it(
    who: str, detection: Detection, request: pytest.FixtureRequest
) -> None:
    member = request.getfixturevalue(who)
    assert not [what for what in all_for(member) if "hit" in what]
    assert not own_of(member) or who == "lapsed_superuser"


def test_what_is_kept_safe_is_only_for_whom_the_gate_lets_see_it(lapsed_superuser: Member) -> None:
    assert [line.name for line in waiting.kept_safe(waiting.ask(lapsed_superuser))] == ["Deletion"]


def test_open_hits_wait_at_their_own_agency_alone(
    detection: Detection, operator: Member, outsider: Member
) -> None:
    assert words(hits.hits_open(waiting.ask(operator))) == ["Work on 1 open hit"]
    assert hits.hits_open(waiting.ask(outsider)) == []


def test_hits_on_a_restricted_list_wait_for_those_who_see_it(
    detection: Detection, operator: Member, supervisor: Member, administrator: Member
) -> None:
    long_ago = timezone.now() - timedelta(hours=30)
    Hit.objects.update(made_at=long_ago, exigent_by=operator, exigent_at=long_ago, asked_at=long_ago)
    before = all_for(supervisor)
    assert {
        "Answer for 1 hit", "Review exigent circumstances", "See to 1 hit left open", "Work on 1 open hit",
    } <= set(before)  # fmt: skip
    HotList.objects.update(is_restricted=True)
    assert not [what for what in all_for(supervisor) if "hit" in what or "exigent" in what]


@pytest.mark.parametrize("why", ["left open", "claimed"])
def test_a_restricted_list_that_no_supervisor_sees_waits_for_whoever_grants_it(
    detection: Detection, operator: Member, supervisor: Member, administrator: Member, chief: Member, why: str
) -> None:
    """Nothing stays open unseen, though nobody who reviews may see it."""
    ago = timezone.now() - timedelta(hours=30)
    claim = {"exigent_by": operator, "exigent_at": ago, "made_at": timezone.now()}
    Hit.objects.update(**{"made_at": ago} if why == "left open" else claim)
    hot_list = HotList.objects.get()
    grant = f"Grant the list “{hot_list}” to a supervisor"
    assert grant not in own_of(administrator)
    HotList.objects.update(is_restricted=True)
    assert grant in own_of(administrator)
    assert grant not in all_for(supervisor)
    restricted_grant(actor=administrator, hot_list=hot_list, member=operator)
    assert grant in own_of(administrator)
    restricted_grant(actor=administrator, hot_list=hot_list, member=supervisor)
    assert grant not in own_of(administrator)
    assert [what for what in own_of(supervisor) if "left open" in what or "exigent" in what]


def test_exigent_reviews_are_due_and_wait_for_another_person(
    detection: Detection, operator: Member, supervisor: Member, administrator: Member
) -> None:
    claimed = timezone.now() - timedelta(hours=30)
    Hit.objects.update(exigent_by=supervisor, exigent_at=claimed, made_at=timezone.now())
    first, *_ = found = waiting.what_waits(waiting.ask(administrator))
    assert first.what == "Review exigent circumstances"
    assert (first.is_overdue, first.shape, first.turn) == (True, "stop", "You")
    assert "overdue" in waiting.lede(found)
    (claim,) = hits.exigent_reviews(waiting.ask(supervisor))
    assert waiting.turn(claim, frozenset({Permission.REVIEW_EXIGENT})) == "Another person"
    assert "Review exigent circumstances" not in own_of(supervisor)
    Hit.objects.update(exigent_by=operator, stopped_by=supervisor, stopped_at=claimed)
    assert "Review exigent circumstances" not in own_of(supervisor)
    assert "Review exigent circumstances" in own_of(administrator)
    Hit.objects.update(exigent_reviewed_by=administrator, exigent_reviewed_at=timezone.now())
    assert hits.exigent_reviews(waiting.ask(administrator)) == []


def test_a_hit_left_open_goes_to_the_supervisor(
    detection: Detection, operator: Member, supervisor: Member, agency: Agency
) -> None:
    minutes = agency.policy.ladder.open_minutes
    assert minutes is not None
    Hit.objects.update(made_at=timezone.now() - timedelta(minutes=minutes - 1))
    assert "See to 1 hit left open" not in own_of(supervisor)
    Hit.objects.update(made_at=timezone.now() - timedelta(minutes=minutes + 5))
    assert "See to 1 hit left open" in own_of(supervisor)
    assert "See to 1 hit left open" not in all_for(operator)
    (left,) = hits.hits_left_open(waiting.ask(supervisor))
    assert left.is_overdue


def test_what_an_officer_asks_presses_first_for_dispatch(
    detection: Detection, dispatcher: Member, operator: Member
) -> None:
    assert "Answer for 1 hit" not in own_of(dispatcher)
    Hit.objects.update(asked_at=timezone.now(), asked_by=operator)
    first = waiting.yours(waiting.ask(dispatcher))[0]
    assert (first.what, first.when, first.shape) == ("Answer for 1 hit", "Now", "warn")
    assert "Answer for 1 hit" not in all_for(operator)
    Hit.objects.update(validated_at=timezone.now())
    assert "Answer for 1 hit" not in own_of(dispatcher)


def test_hot_plates_wait_for_a_second_person_never_their_own(
    hot_plate: Make, operator: Member, supervisor: Member, administrator: Member, dispatcher: Member
) -> None:
    hot_plate("9BQT661")
    assert own_of(operator) == []
    assert own_of(dispatcher) == []
    assert "Approve 1 hot plate" in own_of(supervisor)
    assert "Approve 1 hot plate" in own_of(administrator)
    hot_plate("7NHD082", entered_by=supervisor)
    assert all_for(supervisor).count("Approve 1 hot plate") == 2
    assert own_of(supervisor).count("Approve 1 hot plate") == 1
    assert "Approve 2 hot plates" in own_of(administrator)


def test_a_members_supervisor_decides_and_no_other(
    hot_plate: Make, operator: Member, supervisor: Member, administrator: Member, chief: Member
) -> None:
    other = enroll(operator.agency, Role.SUPERVISOR, "3018", approver=chief)
    Member.objects.filter(pk=operator.pk).update(supervisor=other)
    hot_plate("9BQT661")
    assert "Approve 1 hot plate" not in own_of(supervisor)
    assert "Approve 1 hot plate" in own_of(other)
    assert "Approve 1 hot plate" in own_of(administrator)


def test_hot_plates_of_a_restricted_list_wait_for_those_who_see_it(
    hot_plate: Make, supervisor: Member
) -> None:
    hot_plate("9BQT661")
    HotList.objects.update(is_restricted=True)
    assert own_of(supervisor) == []


def test_own_hot_plates_that_end_are_renewed_or_let_go(
    hot_plate: Make, operator: Member, supervisor: Member
) -> None:
    in_use = {"state_of_entry": Entry.State.IN_USE}
    hot_plate("9BQT661", **in_use)
    assert own_of(operator) == []
    hot_plate("7NHD082", **in_use, expires_at=timezone.now() + timedelta(days=1))
    assert own_of(operator) == ["Renew or let go 1 hot plate"]
    assert "Renew or let go 1 hot plate" not in all_for(supervisor)


def test_results_wait_for_who_entered_the_plate_until_read(
    detection: Detection, operator: Member, second_operator: Member, specific_list: HotList
) -> None:
    facts = {"hot_list": specific_list, "case_number": "26-1", "synopsis": "Robbery", "snapshot": None}
    ends = timezone.now() + timedelta(days=20)
    Entry.objects.update(entered_by=operator, expires_at=ends, **facts)
    closed = {"status": Hit.Status.CLOSED, "outcome": "recovered", "closed_at": timezone.now()}
    Hit.objects.update(**closed)
    assert own_of(operator) == ["Read 1 result of your hot plates"]
    (wait,) = hits.results_unread(waiting.ask(operator))
    assert wait.url == reverse("console"), "where it can be marked as read"
    assert own_of(second_operator) == []
    Hit.objects.update(told_at=timezone.now())
    assert own_of(operator) == []


def test_a_list_waits_for_another_than_who_designated_it(
    specific_list: HotList, administrator: Member, chief: Member
) -> None:
    assert "Approve the list “Hot plates”" not in all_for(administrator)
    HotList.objects.filter(pk=specific_list.pk).update(approved_by=None, approved_at=None)
    (wait,) = lists.lists_waiting(waiting.ask(administrator))
    assert waiting.turn(wait, frozenset({Permission.DESIGNATE_LISTS})) == "Another person"
    assert "Approve the list “Hot plates”" not in own_of(administrator)
    other = enroll(administrator.agency, Role.ADMINISTRATOR, "1045", approver=chief)
    assert "Approve the list “Hot plates”" in own_of(other)


def test_overdue_lists_reach_the_administrator(
    general_list: HotList, administrator: Member, operator: Member, agency: Agency
) -> None:
    assert lists.lists_overdue(waiting.ask(administrator)) == []
    HotList.objects.update(source_at=timezone.now() - timedelta(hours=27))
    (one,) = lists.lists_overdue(waiting.ask(administrator))
    assert (one.what, one.when, one.url) == (
        f"Load the list “{general_list}”",
        "Overdue 3 h",
        reverse("hot_list", args=[general_list.pk]),
    )
    assert one.what in own_of(administrator)
    assert one.what not in own_of(operator)
    for number in range(4):
        HotList.objects.create(
            agency=agency, name=f"List {number}", kind=HotList.Kind.GENERAL, source="slr",
            designated_by=administrator, source_at=timezone.now() - timedelta(days=3),
        )  # fmt: skip
    (several,) = lists.lists_overdue(waiting.ask(administrator))
    assert several.what == "Load 5 old lists"
    assert several.note == "The oldest: List 0, List 1, List 2 and others."
    HotList.objects.update(is_active=False)
    assert lists.lists_overdue(waiting.ask(administrator)) == []


def test_files_wait_for_who_loads_lists(
    general_list: HotList, administrator: Member, operator: Member
) -> None:
    file = Refresh.objects.create(
        hot_list=general_list, how="api", file_name="svs.csv", given_label="Source", state="waiting"
    )
    assert own_of(administrator) == ["Decide on 1 file of a hot list"]
    assert own_of(operator) == []
    Refresh.objects.filter(pk=file.pk).update(state="refused")
    what = f"See why the last file of “{general_list}” could not be loaded"
    assert own_of(administrator) == [what]
    HotList.objects.update(is_active=False)
    assert own_of(administrator) == []
    HotList.objects.update(is_active=True)
    Refresh.objects.create(
        hot_list=general_list, how="api", file_name="svs.csv", given_label="Source", state="loaded"
    )
    assert own_of(administrator) == []


def test_accounts_wait_until_approved(agency: Agency, chief: Member, administrator: Member) -> None:
    asker = waiting.ask(administrator)
    new = member_add(
        actor=chief, agency=agency, sign_in_name="new", password=PASSWORD, badge="4444", name="New",
        title="Officer", roles=[Role.OPERATOR],
    )  # fmt: skip
    assert words(people.accounts_waiting(asker)) == ["Approve 1 account"]
    Member.objects.filter(pk=new.pk).update(is_active=False)
    assert people.accounts_waiting(asker) == []


@pytest.fixture
def attempts(operator: Member) -> Callable[[int], None]:
    def fail(failures: int) -> None:
        AccessAttempt.objects.create(
            username=operator.sign_in_name, ip_address="10.0.0.1", user_agent=str(failures),
            failures_since_start=failures, get_data="", post_data="",
        )  # fmt: skip

    return fail


def test_a_locked_name_waits_for_an_administrator(
    administrator: Member, attempts: Callable[[int], None], outsider: Member
) -> None:
    attempts(3)
    assert people.names_locked(waiting.ask(administrator)) == []
    attempts(2)
    assert words(people.names_locked(waiting.ask(administrator))) == ["Release 1 locked sign-in name"]
    assert people.names_locked(waiting.ask(outsider)) == []


def test_training_that_ends_soon_or_has_ended_waits(
    agency: Agency, chief: Member, lapsed: Member, training_manager: Member
) -> None:
    days = agency.policy.training.valid_days
    assert days is not None
    enroll(agency, Role.OPERATOR, "4116", approver=chief, days_ago=days - 12)
    soon, gone = people.certificates_lapsing(waiting.ask(training_manager))
    assert soon.what == "Renew the training of 1 member"
    assert soon.due is not None
    assert not soon.is_overdue
    # The two founders and the lapsed operator.
    assert gone.what == "Train 3 members without a current certificate"


def test_who_trains_soon_again_is_told(agency: Agency, chief: Member, operator: Member) -> None:
    days = agency.policy.training.valid_days
    assert days is not None
    assert own_of(operator) == []
    Certificate.objects.filter(member=operator).update(
        completed_on=timezone.localdate() - timedelta(days=days - 12)
    )
    assert own_of(operator) == ["Renew your training"]


def test_photographs_that_failed_or_wait_too_long(camera: Camera, administrator: Member) -> None:
    asker = waiting.ask(administrator)
    for number, state in enumerate([ImageJob.State.WAITING, ImageJob.State.FAILED]):
        ImageJob.objects.create(
            camera=camera,
            sender_id=str(number),
            sha256="0" * 64,
            image="i",
            captured_at=timezone.now(),
            state=state,
        )
    assert words(jobs.pictures_waiting(asker)) == ["See why 1 photograph could not be read"]
    ImageJob.objects.update(received_at=timezone.now() - timedelta(minutes=20))
    late, _ = jobs.pictures_waiting(asker)
    assert late.what == "Find out why 1 photograph waits"
    assert late.is_overdue


def test_failed_jobs_wait(administrator: Member) -> None:
    now = timezone.now()
    Task.objects.create(id="1" * 32, name="job", func="f", started=now, stopped=now, success=False)
    assert words(jobs.jobs_failed(waiting.ask(administrator))) == ["Look at 1 failed job"]


def test_a_proposed_policy_waits_for_another_person(agency: Agency, custodian: Member, chief: Member) -> None:
    policy = agency.policy.with_values({"retention.detections_days": 60})
    proposed = policies.policy_propose(
        actor=custodian, agency=agency, policy=policy, preset="vallejo",
        effective_from=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    asker = waiting.ask(custodian)
    (wait,) = people.policies_proposed(asker)
    assert wait.what == f"Approve policy version {proposed.version}"
    assert wait.shape == "warn"
    assert waiting.turn(wait, asker.permitted) == "Administrator"
    assert waiting.turn(wait, frozenset({Permission.APPROVE_POLICY})) == "Another person"


def test_whose_turn_it_is() -> None:
    wait = waiting.Wait("Train", "", "/", Permission.MANAGE_TRAINING)
    assert waiting.turn(wait, frozenset({Permission.MANAGE_TRAINING})) == "You"
    assert waiting.turn(wait, frozenset()) == "Training manager"
    assert waiting.turn(waiting.Wait("Read", "", "/", None), frozenset()) == "You"


def test_old_lists_and_silent_readers_are_said(
    general_list: HotList, camera: Camera, administrator: Member, custodian: Member
) -> None:
    asker = waiting.ask(administrator)
    assert kept.lists_age(asker).words == "1 of 1 fresh"
    HotList.objects.update(source_at=timezone.now() - timedelta(days=3))
    old = kept.lists_age(waiting.ask(administrator))
    assert (old.shape, old.words, old.note) == ("warn", "1 of 1 old", general_list.name)
    assert kept.readers_heard(asker).words == "0 of 1 heard"
    assert kept.purge_last(asker).words == "Never run"
    HotList.objects.update(is_restricted=True)
    assert kept.lists_age(waiting.ask(custodian)).words == "None designated"
