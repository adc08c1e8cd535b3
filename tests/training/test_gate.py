"""The gate: each refusal with its reason and way on, for superusers too, and each role by the table."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.grants import place_in_groups
from accounts.models import Agency, Member
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS, Role
from alpr.policy import load_preset
from detections.models import Camera
from tests.cast import TESTS, certify, enroll
from trail import context
from trail.models import Inquiry
from training import gate
from training.gate import Refused
from training.models import Certificate, Course, Session
from training.services import certificate_enter, certificate_revoke

WITHOUT_TRAINING = {
    Permission.MANAGE_MEMBERS,
    Permission.MANAGE_TRAINING,
    Permission.PROPOSE_POLICY,
    Permission.APPROVE_POLICY,
    Permission.OVERSEE,
}


def refused(member: Member, permission: Permission = Permission.SEE_HITS, *, on: object = None) -> Refused:
    """The refusal that the gate gives."""
    with pytest.raises(Refused) as caught:
        gate.require(member, permission, on=on or member.agency)
    assert caught.value.actor == member
    assert caught.value.next_step
    return caught.value


def stated(member: Member, *, ago: timedelta = timedelta(0)) -> Inquiry:
    """A purpose of the member's, stated so long ago. Purposes cannot be changed: it is made so."""
    inquiry = services.purpose_state(actor=member, offense="robbery", case_number="26-11873")
    inquiry.stated_at = timezone.now() - ago
    return inquiry


# Account


def test_nobody_is_refused(agency: Agency) -> None:
    for nobody in (None, AnonymousUser(), TESTS):
        assert not gate.allows(nobody, Permission.OVERSEE, on=agency)
        with pytest.raises(Refused, match="Nobody is signed in"):
            gate.require(nobody, Permission.OVERSEE, on=agency)  # type: ignore[arg-type]


def test_an_account_that_waits_for_approval_is_refused(agency: Agency, chief: Member) -> None:
    member = services.member_add(
        actor=chief, agency=agency, sign_in_name="5001", password="a long sentence for tests 7", badge="5001",
        name="New", title="Police officer", roles=[Role.OPERATOR],
    )  # fmt: skip
    certify(member, chief, 10)
    assert refused(member).kind == "account"
    assert "waits for approval by a second person" in refused(member).reason


def test_a_closed_account_is_refused(operator: Member, administrator: Member) -> None:
    services.member_deactivate(actor=administrator, member=operator)
    operator.refresh_from_db()
    assert (refused(operator).kind, refused(operator).reason) == ("account", "Your account is closed.")


# Role


def test_a_role_that_does_not_permit_is_refused(analyst: Member) -> None:
    refusal = refused(analyst, Permission.HOLD)
    assert refusal.kind == "role"
    assert refusal.reason == "Your roles do not let you place holds here."
    assert refusal.attempted == "to place holds"


def test_another_agencys_row_is_refused(operator: Member, outsider: Member, camera: Camera) -> None:
    assert refused(outsider, on=camera).kind == "role"
    assert refused(operator, on=outsider.agency).kind == "role"
    gate.require(operator, Permission.SEE_HITS, on=camera)


def test_a_superuser_has_no_more_than_their_roles(lapsed_superuser: Member, outsider: Member) -> None:
    assert lapsed_superuser.is_superuser
    assert refused(lapsed_superuser, Permission.HOLD).kind == "role"
    assert refused(lapsed_superuser, Permission.OVERSEE, on=outsider.agency).kind == "role"


# Policy and training


def test_a_superuser_without_training_is_refused(lapsed_superuser: Member) -> None:
    assert refused(lapsed_superuser).kind == "training"
    assert "None is on record." in refused(lapsed_superuser).reason


def test_training_that_lapsed_is_refused_with_its_last_day(lapsed: Member) -> None:
    certificate = lapsed.certificates.get()
    ended = certificate.ends_on()
    assert ended is not None
    assert f"Your last one ended on {ended:%b} {ended.day}, {ended.year}." in refused(lapsed).reason
    assert refused(lapsed).next_step.startswith("Ask your training manager")


def test_every_permission_but_five_is_refused_to_the_lapsed(lapsed: Member) -> None:
    lapsed.roles = list(Role)
    lapsed.save()
    place_in_groups(lapsed)
    for permission in Permission:
        assert gate.allows(lapsed, permission) is (permission in WITHOUT_TRAINING)
    assert gate.permitted(lapsed) == WITHOUT_TRAINING


def test_an_agency_without_a_policy_admits_nobody(db: None) -> None:
    agency = services.agency_found(actor=TESTS, name="Bare", short_name="Bare")
    first = enroll(agency, Role.ADMINISTRATOR, "1", approver=None, certified=False)
    second = enroll(agency, Role.OPERATOR, "2", approver=None, certified=False)
    services.founders_approve(actor=TESTS, first=first, second=second)
    for member in (first, second):
        member.refresh_from_db()
        assert refused(member).kind == "policy"
        assert "has adopted no policy" in refused(member).reason


@pytest.mark.parametrize(("days_ago", "opens"), [(-1, False), (0, True), (365, True), (366, False)])
def test_a_certificate_opens_from_its_day_to_the_policys_last(
    agency: Agency, chief: Member, days_ago: int, opens: bool
) -> None:
    assert agency.policy.training.valid_days == 365
    member = enroll(agency, Role.OPERATOR, "5001", approver=chief, days_ago=days_ago)
    assert gate.allows(member, Permission.SEE_HITS) is opens


def test_a_courses_shorter_time_counts(operator: Member) -> None:
    Course.objects.update(valid_days=9)
    assert refused(operator).kind == "training"


def test_a_course_that_opens_nothing_does_not_count(operator: Member) -> None:
    Course.objects.update(opens_access=False)
    assert "Your last one does not open the system." in refused(operator).reason


def test_a_revoked_certificate_shuts_at_once(operator: Member, training_manager: Member) -> None:
    certificate_revoke(
        actor=training_manager, certificate=operator.certificates.get(), why="entered in error"
    )
    assert refused(operator).kind == "training"


def test_what_is_entered_or_revoked_in_a_request_counts_in_it(
    lapsed: Member, operator: Member, training_manager: Member
) -> None:
    with context.acting(None, request_id="one"):
        assert not gate.allows(lapsed, Permission.SEE_HITS)
        session = Session.objects.latest("held_on")
        entered = certificate_enter(
            actor=training_manager, member=lapsed, session=session, completed_on=session.held_on
        )
        assert gate.allows(lapsed, Permission.SEE_HITS)
        certificate_revoke(actor=training_manager, certificate=entered, why="entered in error")
        assert not gate.allows(lapsed, Permission.SEE_HITS)
        assert gate.allows(operator, Permission.SEE_HITS)


def test_a_page_asks_for_its_readers_certificates_once(operator: Member, client: Client) -> None:
    client.force_login(operator)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("console")).status_code == 200
    assert sum('FROM "training_certificate"' in query["sql"] for query in asked) == 1


def test_a_new_policy_counts_at_once(operator: Member, custodian: Member, administrator: Member) -> None:
    rules = load_preset("vallejo").with_values({"training.valid_days": 7})
    agency = operator.agency
    proposed = services.policy_propose(actor=custodian, agency=agency, policy=rules, preset="vallejo")
    assert gate.allows(operator, Permission.SEE_HITS)
    services.policy_approve(actor=administrator, proposed=proposed)
    assert refused(Member.objects.get(pk=operator.pk)).kind == "training"


# Purpose


def test_a_search_without_a_purpose_is_refused(operator: Member) -> None:
    assert refused(operator, Permission.SEARCH).kind == "purpose"
    gate.admit(operator, Permission.SEARCH, on=operator.agency)


def test_a_finding_is_opened_under_a_purpose(analyst: Member) -> None:
    assert refused(analyst, Permission.REVIEW_FINDINGS).kind == "purpose"
    gate.require(analyst, Permission.REVIEW_FINDINGS, on=analyst.agency, inquiry=stated(analyst))


@pytest.mark.parametrize("permission", [Permission.SEARCH, Permission.GIVE_PICTURES])
def test_a_purpose_opens_for_its_own_member_alone(
    operator: Member, second_operator: Member, permission: Permission
) -> None:
    inquiry = stated(operator)
    gate.require(operator, permission, on=operator.agency, inquiry=inquiry)
    with pytest.raises(Refused, match="stated by somebody else"):
        gate.require(second_operator, permission, on=operator.agency, inquiry=inquiry)


def test_a_purpose_is_good_for_twelve_hours(operator: Member) -> None:
    fresh = stated(operator, ago=timedelta(hours=11, minutes=59))
    gate.require(operator, Permission.SEARCH, on=operator.agency, inquiry=fresh)
    old = stated(operator, ago=timedelta(hours=12))
    with pytest.raises(Refused, match="too long ago"):
        gate.require(operator, Permission.SEARCH, on=operator.agency, inquiry=old)


def test_a_purpose_does_not_replace_training(lapsed: Member) -> None:
    with pytest.raises(Refused) as caught:
        gate.require(lapsed, Permission.SEARCH, on=lapsed.agency, inquiry=stated(lapsed))
    assert caught.value.kind == "training"


# The table


def test_each_role_may_what_the_table_says_and_nothing_else(agency: Agency, chief: Member) -> None:
    for number, role in enumerate(Role):
        member = enroll(agency, role, f"77{number}", approver=chief)
        inquiry = stated(member)
        assert gate.permitted(member) == PERMISSIONS[role]
        for permission in Permission:
            if permission in PERMISSIONS[role]:
                gate.require(member, permission, on=agency, inquiry=inquiry)
            else:
                assert refused(member, permission).kind == "role"
            assert gate.allows(member, permission) is (permission in PERMISSIONS[role])


def test_the_agencies_that_grant_are_ones_own(operator: Member, outsider: Member) -> None:
    assert list(gate.agencies_granting(operator, Permission.SEE_HITS)) == [operator.agency]
    assert not gate.agencies_granting(operator, Permission.HOLD).exists()


def test_a_refusal_is_djangos_own_kind_of_error() -> None:
    assert issubclass(Refused, PermissionDenied)


def test_the_last_to_end_is_the_current_certificate(operator: Member, chief: Member) -> None:
    newer = certify(operator, chief, 2)
    assert gate.current_certificate(operator) == newer
    forever = load_preset("vallejo").with_values({"training.valid_days": None})
    operator.agency.policies.update(rules=forever.to_dict())
    certificate = gate.current_certificate(Member.objects.get(pk=operator.pk))
    assert isinstance(certificate, Certificate)
    assert certificate.ends_on() is None
    assert Session.objects.filter(certificates=certificate).exists()
