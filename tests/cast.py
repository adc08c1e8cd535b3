"""The cast of the tests: a department under Vallejo's policy, a person in every role, two who are out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.roles import Role
from accounts.services import (
    agency_found,
    founders_approve,
    member_add,
    member_approve,
    policy_approve,
    policy_propose,
)
from alpr.policy import load_preset
from detections.models import Camera, ReaderKey
from hotlists.models import Entry, HotList, Snapshot
from hotlists.plates import fold, normalize
from tests.recorded import made
from trail import context
from trail.actors import System
from training.models import Certificate, Course, Session

PASSWORD = "a long sentence for tests 7"
TESTS = System("Tests")


def found(short_name: str) -> Agency:
    """An agency that has adopted Vallejo's rules; a custodian proposed them, its chief approved them."""
    return made(("agency", short_name), Agency, lambda: _found(short_name))


@context.acting(None, request_id="cast")
def _found(short_name: str) -> Agency:
    agency = agency_found(actor=TESTS, name=f"{short_name} Police Department", short_name=short_name)
    letters = short_name[:3].lower()
    proposer = _add(agency, Role.CUSTODIAN, f"{letters}-01", approver=None)
    chief = _add(agency, Role.ADMINISTRATOR, f"{letters}-02", approver=None)
    founders_approve(actor=TESTS, first=proposer, second=chief)
    proposer.refresh_from_db()
    chief.refresh_from_db()
    proposed = policy_propose(actor=proposer, agency=agency, policy=load_preset("vallejo"), preset="vallejo")
    policy_approve(actor=chief, proposed=proposed)
    return agency


def enroll(
    agency: Agency,
    role: Role,
    badge: str,
    *,
    approver: Member | None,
    certified: bool = True,
    days_ago: int = 10,
) -> Member:
    """A member in `role`, added and approved by `approver` where there is one, certified or not."""
    key = ("member", agency.pk, role, badge, approver and approver.pk)
    member = made(key, Member, lambda: _add(agency, role, badge, approver=approver))
    member.agency = agency
    if certified:
        certify(member, approver, days_ago)
    return member


@context.acting(None, request_id="cast")
def _add(agency: Agency, role: Role, badge: str, *, approver: Member | None) -> Member:
    member = member_add(
        actor=approver or TESTS, agency=agency, sign_in_name=badge, password=PASSWORD, badge=badge,
        name=f"Name of {badge}", title="Police officer", roles=[role],
    )  # fmt: skip
    return member if approver is None else member_approve(actor=approver, member=member)


def certify(member: Member, by: Member | None, days_ago: int) -> Certificate:
    """A certificate of the department's course, completed `days_ago`."""
    assert by is not None
    course, _ = Course.objects.get_or_create(
        agency=member.agency, name="ALPR operator", defaults={"topics": ["Law", "Policy"]}
    )
    held_on = timezone.localdate() - timedelta(days=days_ago)
    session, _ = Session.objects.get_or_create(course=course, held_on=held_on, trainer="Training Sergeant")
    return Certificate.objects.create(member=member, session=session, completed_on=held_on, certified_by=by)


@pytest.fixture
def agency(db: Any) -> Agency:
    """The department of the cast."""
    return found("Alder")


@pytest.fixture
def chief(agency: Agency) -> Member:
    """Who approved everybody of the cast."""
    return agency.members.get(badge="ald-02")


def _person(role: Role, badge: str) -> Any:
    def person(agency: Agency, chief: Member) -> Member:
        return enroll(agency, role, badge, approver=chief)

    person.__doc__ = f"{role.label}, approved, with a current certificate."
    return pytest.fixture(person)


operator = _person(Role.OPERATOR, "4127")
second_operator = _person(Role.OPERATOR, "4128")
analyst = _person(Role.ANALYST, "2051")
dispatcher = _person(Role.DISPATCHER, "3308")
supervisor = _person(Role.SUPERVISOR, "3017")
administrator = _person(Role.ADMINISTRATOR, "1044")
training_manager = _person(Role.TRAINING_MANAGER, "1120")
custodian = _person(Role.CUSTODIAN, "1210")
records_approver = _person(Role.RECORDS_APPROVER, "1305")
auditor = _person(Role.AUDITOR, "6003")
parking_officer = _person(Role.PARKING_OFFICER, "5117")


@pytest.fixture
def lapsed(agency: Agency, chief: Member) -> Member:
    """An operator whose certificate ended."""
    return enroll(agency, Role.OPERATOR, "4098", approver=chief, days_ago=400)


@pytest.fixture
def lapsed_superuser(agency: Agency, chief: Member) -> Member:
    """A superuser in the administrator's role, without any certificate."""
    member = enroll(agency, Role.ADMINISTRATOR, "1099", approver=chief, certified=False)
    Member.objects.filter(pk=member.pk).update(is_superuser=True)
    member.refresh_from_db()
    return member


@pytest.fixture
def outsider(db: Any) -> Member:
    """An operator of another agency, trained and approved there."""
    other = found("Eastmoor")
    return enroll(other, Role.OPERATOR, "7001", approver=other.members.get(badge="eas-02"))


@pytest.fixture
def camera(agency: Agency) -> Camera:
    """A fixed camera of the department."""
    return Camera.objects.create(
        agency=agency,
        code="cam-12",
        name="Quay St at 5th",
        direction="northbound",
        latitude=38.1,
        longitude=-122.25,
    )


@pytest.fixture
def reader_key(camera: Camera, administrator: Member) -> tuple[ReaderKey, str]:
    """A key of that camera with its secret."""
    key = ReaderKey(camera=camera, issued_by=administrator)
    secret = key.make_secret()
    key.save()
    return key, secret


@pytest.fixture
def general_list(agency: Agency, administrator: Member) -> HotList:
    """Stolen vehicles, loaded an hour ago."""
    hot_list = HotList.objects.create(
        agency=agency, name="Stolen vehicles (SVS)", kind=HotList.Kind.GENERAL, source=HotList.Source.SVS,
        designated_by=administrator, source_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    snapshot = Snapshot.objects.create(
        hot_list=hot_list, file_name="svs_20261121.csv", sha256="9f3a77c1" * 8, loaded_by=administrator
    )
    Snapshot.objects.filter(pk=snapshot.pk).update(loaded_at=timezone.now() - timedelta(hours=1))
    return hot_list


@pytest.fixture
def specific_list(agency: Agency, administrator: Member, chief: Member) -> HotList:
    """The department's own hot plates, approved."""
    return HotList.objects.create(
        agency=agency, name="Hot plates", kind=HotList.Kind.SPECIFIC, source=HotList.Source.LOCAL,
        designated_by=administrator, approved_by=chief, approved_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def entry(general_list: HotList) -> Callable[..., Entry]:
    """Makes an entry in use on the general list: `entry("8KRB412", "CA", make="HONDA")`."""

    def make(plate: str, state: str = "CA", **facts: Any) -> Entry:
        plate = normalize(plate)
        given = {
            "hot_list": general_list,
            "snapshot": general_list.last_snapshot,
            "reason": "Stolen vehicle",
            "state_of_entry": Entry.State.IN_USE,
        } | facts
        return Entry.objects.create(plate=plate, plate_key=fold(plate), state=state, **given)

    return make
