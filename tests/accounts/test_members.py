"""Members: added and approved by two, given roles by others, deactivated, never deleted."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models.deletion import ProtectedError
from django.utils import timezone

from accounts import services
from accounts.access import Refused, demand
from accounts.models import AdoptedPolicy, Agency, Member, NeverDeleted, NoPolicy
from accounts.permissions import Permission
from accounts.roles import Role
from alpr.policy import load_preset
from tests.cast import PASSWORD, TESTS, found
from trail.actors import System
from trail.models import Event
from trail.verbs import Verb

FACTS: dict[str, Any] = {
    "sign_in_name": "new", "password": PASSWORD, "badge": "5001", "name": "New", "title": "Police officer",
    "roles": [Role.OPERATOR],
}  # fmt: skip
REST: dict[str, dict[str, Any]] = {
    "member_approve": {},
    "member_change": {"name": "Another"},
    "member_assign_roles": {"roles": [Role.ANALYST]},
    "member_deactivate": {},
    "member_reactivate": {"why": "back"},
    "member_give_password": {"password": PASSWORD},
    "member_reset_second_factor": {},
    "member_release_lock": {},
}


@pytest.fixture
def everybody_else(
    operator: Member, supervisor: Member, auditor: Member, training_manager: Member, outsider: Member
) -> list[Member]:
    """Who does not manage the department's members; the last is the other agency's administrator."""
    return [
        operator,
        supervisor,
        auditor,
        training_manager,
        outsider,
        outsider.agency.members.get(badge="eas-02"),
    ]


@pytest.mark.parametrize("service", REST)
def test_who_does_not_manage_members_here_changes_none(
    service: str, everybody_else: list[Member], analyst: Member
) -> None:
    for actor in everybody_else:
        with pytest.raises(Refused) as refused:
            getattr(services, service)(actor=actor, member=analyst, **REST[service])
        assert refused.value.kind == "role"


def test_who_does_not_manage_members_here_adds_none(everybody_else: list[Member], agency: Agency) -> None:
    for actor in everybody_else:
        with pytest.raises(Refused):
            services.member_add(actor=actor, agency=agency, **FACTS)


@pytest.mark.parametrize("service", REST)
def test_the_system_itself_changes_nobody_once_an_agency_is_founded(service: str, analyst: Member) -> None:
    with pytest.raises(Refused, match="once an agency is founded"):
        getattr(services, service)(actor=System("Any job"), member=analyst, **REST[service])


def test_the_system_itself_adds_nobody_once_an_agency_is_founded(agency: Agency, operator: Member) -> None:
    with pytest.raises(Refused):
        services.member_add(actor=TESTS, agency=agency, **FACTS)
    with pytest.raises(Refused):
        services.founders_approve(actor=TESTS, first=operator, second=operator)


def test_no_member_founds_an_agency(administrator: Member) -> None:
    with pytest.raises(Refused):
        services.agency_found(actor=administrator, name="Mine alone", short_name="Mine")
    assert not Agency.objects.filter(name="Mine alone").exists()


def test_an_administrator_who_is_not_approved_or_left_manages_nobody(
    agency: Agency, administrator: Member, chief: Member, analyst: Member
) -> None:
    waiting = services.member_add(actor=chief, agency=agency, **FACTS | {"roles": [Role.ADMINISTRATOR]})
    services.member_deactivate(actor=chief, member=administrator)
    administrator.refresh_from_db()
    for actor in (waiting, administrator):
        with pytest.raises(Refused) as refused:
            services.member_change(actor=actor, member=analyst, name="Another")
        assert refused.value.kind == "account"


def test_a_service_takes_no_permission_that_needs_training(administrator: Member, agency: Agency) -> None:
    with pytest.raises(TypeError, match=r"training\.gate"):
        demand(administrator, Permission.SEARCH, on=agency)


def test_nobody_assigns_roles_to_themselves(administrator: Member) -> None:
    with pytest.raises(ValidationError, match="themselves"):
        services.member_assign_roles(actor=administrator, member=administrator, roles=[Role.OPERATOR])


def test_nobody_is_without_a_role(administrator: Member, operator: Member) -> None:
    with pytest.raises(ValidationError, match="at least one role"):
        services.member_assign_roles(actor=administrator, member=operator, roles=[])


def test_a_role_given_opens_and_a_role_taken_shuts_at_once(administrator: Member, analyst: Member) -> None:
    services.member_assign_roles(actor=administrator, member=analyst, roles=[Role.ADMINISTRATOR])
    demand(Member.objects.get(pk=analyst.pk), Permission.MANAGE_MEMBERS, on=analyst.agency)
    services.member_assign_roles(actor=administrator, member=analyst, roles=[Role.OPERATOR])
    changed = Member.objects.get(pk=analyst.pk)
    assert not changed.is_staff
    with pytest.raises(Refused):
        demand(changed, Permission.MANAGE_MEMBERS, on=analyst.agency)


# Never deleted


def test_members_and_agencies_are_never_deleted(operator: Member, agency: Agency) -> None:
    with pytest.raises(NeverDeleted):
        operator.delete()
    with pytest.raises(NeverDeleted):
        agency.delete()
    with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
        Member.objects.filter(pk=operator.pk).delete()
    with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
        Agency.objects.filter(pk=agency.pk).delete()
    assert Member.objects.filter(pk=operator.pk).exists()


# Two people, in the database


def test_nobody_approves_their_own_account_in_the_database(operator: Member) -> None:
    with pytest.raises(IntegrityError, match="member_approved_by_another"), transaction.atomic():
        Member.objects.filter(pk=operator.pk).update(approved_by=operator)


def test_nobody_approves_their_own_account_through_the_service(
    agency: Agency, chief: Member, administrator: Member
) -> None:
    services.member_reactivate(actor=chief, member=administrator, why="back")
    administrator.refresh_from_db()
    with pytest.raises(Refused):
        services.member_approve(actor=administrator, member=administrator)


def test_nobody_approves_their_own_policy(administrator: Member, agency: Agency) -> None:
    proposed = services.policy_propose(
        actor=administrator, agency=agency, policy=load_preset("vallejo"), preset="vallejo"
    )
    with pytest.raises(ValidationError, match="somebody else than its proposer"):
        services.policy_approve(actor=administrator, proposed=proposed)
    with pytest.raises(IntegrityError, match="policy_approved_by_another"), transaction.atomic():
        AdoptedPolicy.objects.filter(pk=proposed.pk).update(approved_by=administrator)


def test_who_left_is_inactive_in_the_database(operator: Member) -> None:
    with pytest.raises(IntegrityError, match="separated_member_is_inactive"), transaction.atomic():
        Member.objects.filter(pk=operator.pk).update(separated_on=timezone.localdate())


def test_only_the_permitted_propose_and_approve_a_policy(
    operator: Member, custodian: Member, outsider: Member, agency: Agency
) -> None:
    rules = {"agency": agency, "policy": load_preset("vallejo"), "preset": "vallejo"}
    for actor in (operator, outsider):
        with pytest.raises(Refused):
            services.policy_propose(actor=actor, **rules)
    proposed = services.policy_propose(actor=custodian, **rules)
    for actor in (operator, custodian, outsider):
        with pytest.raises(Refused):
            services.policy_approve(actor=actor, proposed=proposed)


# What goes well


def test_a_proposal_rules_nothing_until_it_is_approved(
    custodian: Member, administrator: Member, agency: Agency
) -> None:
    stricter = load_preset("vallejo").with_values({"sessions.idle_lock_minutes": 5})
    proposed = services.policy_propose(actor=custodian, agency=agency, policy=stricter, preset="vallejo")
    assert services.policy_in_force(agency).sessions.idle_lock_minutes == 30
    services.policy_approve(actor=administrator, proposed=proposed)
    assert services.policy_in_force(agency).sessions.idle_lock_minutes == 5
    assert agency.policy_label.endswith("version 2")
    assert agency.policies.in_force(proposed.proposed_at).version == 1


def test_an_agency_without_a_policy_has_none(db: None) -> None:
    bare = services.agency_found(actor=TESTS, name="Bare", short_name="Bare")
    with pytest.raises(NoPolicy):
        services.policy_in_force(bare)


def test_a_member_is_added_approved_and_deactivated_on_the_trail(
    administrator: Member, agency: Agency
) -> None:
    member = services.member_add(actor=administrator, agency=agency, **FACTS)
    services.member_approve(actor=administrator, member=member)
    services.member_deactivate(actor=administrator, member=member, why="transferred")
    verbs = Event.objects.filter(object_pk=str(member.pk), content_type__model="member").order_by("id")
    assert [event.sentence for event in verbs if event.verb != Verb.CHANGED] == [
        "Administrator 1044 created Operator 5001",
        "Administrator 1044 approved the account of Operator 5001",
        "Administrator 1044 deactivated Operator 5001: transferred",
    ]


def test_a_weak_password_or_a_taken_name_is_refused(administrator: Member, agency: Agency) -> None:
    for wrong in (
        {"password": "short"},
        {"sign_in_name": " 1044 "},
        {"badge": "1044"},
    ):
        with pytest.raises(ValidationError):
            services.member_add(actor=administrator, agency=agency, **FACTS | wrong)


def test_the_founders_approve_each_other_on_the_trail(db: None) -> None:
    agency = found("Founders")
    first, second = agency.members.all()
    assert (first.approved_by, second.approved_by) == (second, first)
    events = Event.objects.filter(verb=Verb.MEMBER_APPROVED, object_pk=str(first.pk))
    assert events.get().sentence.startswith("System: Tests approved the account of ")


def test_founders_are_two_of_one_agency_with_an_administrator(db: None) -> None:
    agency = services.agency_found(actor=TESTS, name="Founders", short_name="Founders")
    one = services.member_add(actor=TESTS, agency=agency, **FACTS)
    two = services.member_add(actor=TESTS, agency=agency, **FACTS | {"sign_in_name": "two", "badge": "2"})
    for second in (one, two):
        with pytest.raises(ValidationError):
            services.founders_approve(actor=TESTS, first=one, second=second)
