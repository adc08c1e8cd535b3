"""The database agrees with the declared table of roles, and the commands that see to it."""

import io
from typing import Any

import pytest
from django.contrib.auth import models as auth
from django.core.management import CommandError, call_command
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import assign_perm

from accounts.access import grants, held
from accounts.models import Agency, Member
from accounts.permissions import SENTENCES, Permission
from accounts.roles import PERMISSIONS, Role
from tests.cast import enroll
from trail.models import Event

STRANGER: dict[str, Any] = {
    "name": "Birchfield Police Department",
    "short_name": "Birchfield PD",
    "administrator": ["jdoe", "101", "Jane Doe", "Captain"],
    "approver": ["rroe", "102", "Richard Roe", "Chief of Police"],
}


def test_every_role_stands_in_the_table_and_every_permission_has_a_role_and_a_sentence() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert set().union(*PERMISSIONS.values()) == set(Permission)
    assert set(SENTENCES) == set(Permission)


def test_every_role_holds_what_the_table_says_and_nothing_more(agency: Agency, chief: Member) -> None:
    for number, role in enumerate(Role):
        member = enroll(agency, role, f"77{number}", approver=chief, certified=False)
        assert held(member, agency) == PERMISSIONS[role]


def test_no_role_counts_at_another_agency(agency: Agency, outsider: Member, administrator: Member) -> None:
    assert held(administrator, outsider.agency) == frozenset()
    assert held(outsider, agency) == frozenset()


def test_a_superuser_holds_what_their_roles_give(lapsed_superuser: Member, outsider: Member) -> None:
    assert held(lapsed_superuser, lapsed_superuser.agency) == PERMISSIONS[Role.ADMINISTRATOR]
    assert held(lapsed_superuser, outsider.agency) == frozenset()


def test_syncing_takes_back_what_the_table_does_not_have(agency: Agency, operator: Member) -> None:
    group = operator.groups.get()
    assign_perm(f"accounts.{Permission.READ_TRAIL}", group, agency)
    assign_perm(f"accounts.{Permission.HOLD}", operator, agency)
    stray = auth.Group.objects.create(name="Friends")
    assign_perm(f"accounts.{Permission.SEARCH}", stray, agency)
    GroupObjectPermission.objects.filter(group=group, permission__codename=Permission.SEARCH).delete()
    operator.groups.add(stray)
    out = io.StringIO()
    call_command("sync_roles", stdout=out)
    assert f"Roles of {agency}: 4 grants changed." in out.getvalue()
    assert held(operator, agency) == PERMISSIONS[Role.OPERATOR]
    assert list(operator.groups.all()) == [group]
    assert not UserObjectPermission.objects.exists()


def test_syncing_again_changes_nothing(agency: Agency, outsider: Member) -> None:
    before = set(grants(agency).values_list("pk", flat=True))
    out = io.StringIO()
    call_command("sync_roles", stdout=out)
    assert out.getvalue().splitlines() == ["Roles of Alder: as declared.", "Roles of Eastmoor: as declared."]
    assert set(grants(agency).values_list("pk", flat=True)) == before


def test_a_grant_to_one_person_opens_nothing(agency: Agency, operator: Member) -> None:
    assign_perm(f"accounts.{Permission.HOLD}", operator, agency)
    assert Permission.HOLD not in held(operator, agency)


# Establishing a department


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two passwords in the environment, as in an unattended set-up."""
    monkeypatch.setenv("ALPR_ADMINISTRATOR_PASSWORD", "the captain's own words 1")
    monkeypatch.setenv("ALPR_APPROVER_PASSWORD", "the chief's own words 2")


def establish(**changed: Any) -> str:
    """Run the command; returns what it said."""
    facts = STRANGER | changed
    words = []
    for name, value in facts.items():
        words += [f"--{name.replace('_', '-')}", *([value] if isinstance(value, str) else value)]
    out = io.StringIO()
    call_command("establish", *words, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("passwords")
def test_an_agency_is_not_established_twice(db: None) -> None:
    establish()
    with pytest.raises(CommandError, match="established already"):
        establish(administrator=["other", "301", "Other", "Captain"])
    assert Member.objects.count() == 2


@pytest.mark.usefixtures("passwords")
@pytest.mark.parametrize(
    "wrong",
    [
        {"policy": "nowhere"},
        {"approver": ["jdoe", "102", "Richard Roe", "Chief of Police"]},
        {"approver": ["rroe", "101", "Richard Roe", "Chief of Police"]},
        {"short_name": "x" * 41},
    ],
)
def test_what_is_wrong_establishes_nothing(db: None, wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        establish(**wrong)
    assert not Agency.objects.exists()
    assert not Member.objects.exists()


def test_a_weak_password_establishes_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALPR_ADMINISTRATOR_PASSWORD", "short")
    monkeypatch.setenv("ALPR_APPROVER_PASSWORD", "the chief's own words 2")
    with pytest.raises(CommandError, match="at least 12 characters"):
        establish()
    assert not Agency.objects.exists()


def test_no_password_is_an_argument() -> None:
    with pytest.raises(CommandError):
        establish(administrator_password="the captain's own words 1")


@pytest.mark.usefixtures("passwords")
def test_two_people_found_a_department_and_adopt_its_policy(db: None) -> None:
    said = establish()
    agency = Agency.objects.get()
    administrator, approver = agency.members.all()
    assert "Birchfield PD is established under Vallejo Policy 426, version 1" in said
    assert administrator.approved_by == approver
    assert approver.approved_by == administrator
    assert agency.adopted is not None
    assert (agency.adopted.proposed_by, agency.adopted.approved_by) == (administrator, approver)
    assert administrator.check_password("the captain's own words 1")
    assert held(approver, agency) >= {Permission.APPROVE_POLICY, Permission.MANAGE_TRAINING}
    assert not Event.objects.filter(changes__icontains="own words").exists()
