"""What administration does: through services, by whom the gate lets, never to oneself, recorded once."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session as KeptSession
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import AdoptedPolicy, Member
from accounts.roles import Role
from detections.models import Camera, ReaderKey
from tests.administration.conftest import CASE, PLATE, REASON, SignIn, World
from tests.cast import PASSWORD, enroll
from trail.models import Event
from trail.verbs import Outcome, Verb
from training.models import Certificate, Session

pytestmark = pytest.mark.django_db
MEMBERS = "/admin/accounts/member/"


def act(member: Member, name: str) -> str:
    return f"{MEMBERS}{member.pk}/act/{name}/"


# Refusals


def test_a_superuser_without_the_role_is_refused_and_recorded(sign_in: SignIn, operator: Member) -> None:
    Member.objects.filter(pk=operator.pk).update(is_superuser=True, is_staff=True)
    answer = sign_in(operator).get("/admin/")
    assert answer.status_code == 403
    refused = Event.objects.filter(actor=operator, outcome=Outcome.REFUSED).latest("id")
    assert "open administration" in refused.object_repr


def test_administration_does_not_sign_in_by_itself(client: Client) -> None:
    assert client.get("/admin/login/").headers["Location"].startswith(reverse("account_login"))
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302
    assert client.get("/admin/").headers["Location"].startswith(reverse("account_login"))


def test_passwords_and_signing_out_are_not_the_admins(sign_in: SignIn, administrator: Member) -> None:
    client = sign_in(administrator)
    assert client.get("/admin/password_change/").headers["Location"] == reverse("account_change_password")
    assert client.get("/admin/logout/").headers["Location"] == reverse("account_logout")


def test_an_ungated_page_of_our_own_stops_the_start_and_others_are_passed_over() -> None:
    class Ungated(admin.ModelAdmin):  # type: ignore[type-arg]
        pass

    Ungated.__module__ = "hotlists.admin"
    with pytest.raises(ImproperlyConfigured, match="GatedAdmin"):
        admin.site.register(KeptSession, Ungated)
    Ungated.__module__ = "some_package.admin"
    admin.site.register(KeptSession, Ungated)
    assert not admin.site.is_registered(KeptSession)
    labels = {model._meta.label for model in admin.site._registry}
    assert not labels & {"auth.Group", "mfa.Authenticator", "account.EmailAddress", "django_q.Success"}


def test_nothing_is_deleted(sign_in: SignIn, administrator: Member, operator: Member) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("admin:accounts_member_delete", args=[operator.pk])
    sign_in(administrator).post(MEMBERS, {"action": "delete_selected", "_selected_action": [operator.pk]})
    assert Member.objects.filter(pk=operator.pk).exists()


def test_nobody_does_to_themselves_what_another_must(sign_in: SignIn, administrator: Member) -> None:
    client = sign_in(administrator)
    for name in ("roles", "deactivate", "password", "second-factor", "approve"):
        asked = {"main_role": "auditor", "why": "x", "password": "another long sentence 8"}
        assert client.post(act(administrator, name), asked).status_code == 302
    administrator.refresh_from_db()
    assert administrator.is_active
    assert administrator.roles == [Role.ADMINISTRATOR]
    assert administrator.check_password(PASSWORD)


def test_a_custodian_may_propose_but_not_approve(sign_in: SignIn, custodian: Member, chief: Member) -> None:
    client = sign_in(custodian)
    address = "/admin/accounts/adoptedpolicy/add/"
    values = {"start": "in force", "changed": "retention.detections_days = 60"}
    assert client.post(address, values).status_code == 302
    proposed = AdoptedPolicy.objects.get(version=2)
    answer = client.post(f"/admin/accounts/adoptedpolicy/{proposed.pk}/act/approve/")
    assert answer.status_code == 403
    assert not AdoptedPolicy.objects.get(pk=proposed.pk).approved_by_id


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("retention.detections_days = ", "cannot be read"),
        ("retention.no_such_rule = 3", "no_such_rule"),
        ("sessions.idle_lock_minutes = 90", "at most 30"),
        ("", "changes no rule"),
    ],
)
def test_a_policy_that_cannot_be_read_or_the_law_forbids_is_refused(
    sign_in: SignIn, custodian: Member, lines: str, said: str
) -> None:
    answer = sign_in(custodian).post(
        "/admin/accounts/adoptedpolicy/add/", {"start": "in force", "changed": lines}
    )
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert AdoptedPolicy.objects.count() == 1


def test_a_document_that_is_none_is_refused(
    sign_in: SignIn, training_manager: Member, lapsed: Member, documents: None
) -> None:
    session = Session.objects.get(certificates__member=lapsed)
    answer = sign_in(training_manager).post(
        "/admin/training/certificate/add/",
        {
            "who": lapsed.pk, "session": session.pk, "completed_on": timezone.localdate().isoformat(),
            "document": SimpleUploadedFile("x.pdf", b"<script>alert(1)</script>"),
        },
    )  # fmt: skip
    assert "Attach a PDF, a JPEG or a PNG." in answer.content.decode()


def test_a_vague_purpose_opens_no_detection(sign_in: SignIn, administrator: Member, world: World) -> None:
    client = sign_in(administrator)
    answer = client.post("/admin/detections/detection/purpose/", {"offense": "robbery", "reason": "inv"})
    assert answer.status_code == 200
    assert client.get("/admin/detections/detection/").status_code == 302
    page = client.get(f"/admin/detections/detection/{world['detections.detection'].pk}/change/")
    assert page.status_code == 302


# What is done


def test_a_member_is_added_approved_by_another_and_given_roles(
    sign_in: SignIn, administrator: Member
) -> None:
    client = sign_in(administrator)
    answer = client.post(
        f"{MEMBERS}add/",
        {
            "sign_in_name": "new", "badge": "4500", "full_name": "New Member", "job_title": "Officer",
            "main_role": "operator", "other_roles": ["analyst"], "password": "a long first sentence 9",
        },
    )  # fmt: skip
    new = Member.objects.get(badge="4500")
    assert answer.headers["Location"] == f"{MEMBERS}{new.pk}/change/"
    assert new.roles == ["operator", "analyst"]
    assert not new.is_approved
    assert client.post(act(new, "approve")).status_code == 302
    assert client.post(act(new, "roles"), {"main_role": "auditor"}).status_code == 302
    new.refresh_from_db()
    assert new.is_approved
    assert new.roles == ["auditor"]
    verbs = set(
        Event.objects.filter(actor=administrator, object_pk=str(new.pk)).values_list("verb", flat=True)
    )
    assert {Verb.MEMBER_APPROVED, Verb.ROLES_ASSIGNED} <= verbs


def test_a_weak_password_adds_nobody(sign_in: SignIn, administrator: Member) -> None:
    answer = sign_in(administrator).post(
        f"{MEMBERS}add/",
        {
            "sign_in_name": "new", "badge": "4500", "full_name": "New", "job_title": "Officer",
            "main_role": "operator", "password": "short",
        },
    )  # fmt: skip
    assert "too short" in answer.content.decode()
    assert not Member.objects.filter(badge="4500").exists()


def test_no_page_of_a_member_shows_a_password(
    sign_in: SignIn, administrator: Member, operator: Member
) -> None:
    page = sign_in(administrator).get(f"{MEMBERS}{operator.pk}/change/").content.decode()
    assert operator.password not in page
    assert 'name="password"' not in page
    assert 'name="roles"' not in page
    assert 'name="is_superuser"' not in page


def test_a_changed_name_goes_through_the_service(
    sign_in: SignIn, administrator: Member, operator: Member
) -> None:
    said = {"name": "Another Name", "badge": "4127", "title": "Sergeant", "email": "", "supervisor": ""}
    sign_in(administrator).post(f"{MEMBERS}{operator.pk}/change/", said | {"is_superuser": "on"})
    operator.refresh_from_db()
    assert (operator.name, operator.title, operator.is_superuser) == ("Another Name", "Sergeant", False)


def test_a_deactivated_member_can_be_opened_again_and_waits(
    sign_in: SignIn, administrator: Member, operator: Member
) -> None:
    client = sign_in(administrator)
    client.post(act(operator, "deactivate"), {"why": "Moved to another department"})
    operator.refresh_from_db()
    assert not operator.is_active
    client.post(act(operator, "reactivate"), {"why": "Came back"})
    operator.refresh_from_db()
    assert operator.is_active
    assert not operator.is_approved


def test_a_version_shows_what_it_changes_and_is_approved_by_another(
    sign_in: SignIn, custodian: Member, administrator: Member
) -> None:
    values = {"start": "in force", "changed": "retention.detections_days = 60"}
    sign_in(custodian).post("/admin/accounts/adoptedpolicy/add/", values)
    proposed = AdoptedPolicy.objects.get(version=2)
    assert proposed.policy.retention.detections_days == 60
    page = f"/admin/accounts/adoptedpolicy/{proposed.pk}/"
    shown = sign_in(custodian).get(f"{page}change/").content.decode()
    assert "60 days" in shown
    assert "365 days" in shown
    assert proposed.policy.clause("retention.detections_days").number in shown
    assert "act/approve" not in shown


def test_an_administrator_who_can_see_versions_approves_one(
    sign_in: SignIn, custodian: Member, administrator: Member
) -> None:
    values = {"start": "in force", "changed": "retention.detections_days = 60"}
    sign_in(custodian).post("/admin/accounts/adoptedpolicy/add/", values)
    proposed = AdoptedPolicy.objects.get(version=2)
    sign_in(administrator).post(f"/admin/accounts/adoptedpolicy/{proposed.pk}/act/approve/")
    assert administrator.agency.policy.retention.detections_days == 60


def test_a_certificate_is_entered_with_its_document_and_revoked(
    sign_in: SignIn, training_manager: Member, lapsed: Member, chief: Member, documents: None
) -> None:
    client = sign_in(training_manager)
    course = lapsed.certificates.get().session.course
    session = Session.objects.create(course=course, held_on=timezone.localdate(), trainer="Sergeant")
    client.post(
        "/admin/training/certificate/add/",
        {
            "who": lapsed.pk, "session": session.pk, "completed_on": timezone.localdate().isoformat(),
            "document": SimpleUploadedFile("sheet.pdf", b"%PDF-1.7 signed"),
        },
    )  # fmt: skip
    entered = Certificate.objects.get(member=lapsed, session=session)
    assert entered.certified_by == training_manager
    document = client.get(f"/admin/training/certificate/{entered.pk}/document/")
    assert b"".join(document.streaming_content) == b"%PDF-1.7 signed"  # type: ignore[attr-defined]
    assert sign_in(lapsed).get("/console/").status_code == 200
    client.post(f"/admin/training/certificate/{entered.pk}/act/revoke/", {"why": "Wrong member"})
    assert sign_in(lapsed).get("/console/").status_code == 403


def test_a_readers_secret_is_shown_once_and_never_again(
    sign_in: SignIn, administrator: Member, camera: Camera
) -> None:
    client = sign_in(administrator)
    issue = f"/admin/detections/camera/{camera.pk}/act/issue-key/"
    assert ReaderKey.objects.count() == 0
    shown = client.post(issue)
    key = ReaderKey.objects.get()
    found = re.search(r"<code>([\w-]{40,})</code>", shown.content.decode())
    assert found is not None
    assert ReaderKey.by_secret(found[1]) == key
    assert "no-store" in shown.headers["Cache-Control"]
    for path in (f"/admin/detections/readerkey/{key.pk}/change/", issue, "/admin/detections/readerkey/"):
        page = client.get(path).content.decode()
        assert found[1] not in page
        assert key.digest not in page
    client.post(f"/admin/detections/readerkey/{key.pk}/act/revoke/")
    key.refresh_from_db()
    assert key.is_revoked


def test_viewing_evidence_is_an_act_once_a_page(sign_in: SignIn, administrator: Member, world: World) -> None:
    client = sign_in(administrator)
    hit = world["detections.hit"]
    client.get("/admin/detections/hit/")
    client.get(f"/admin/detections/hit/{hit.pk}/change/")
    seen = Event.objects.filter(actor=administrator, verb__in=[Verb.HITS_VIEWED, Verb.HIT_VIEWED])
    assert sorted(seen.values_list("verb", flat=True)) == [Verb.HIT_VIEWED, Verb.HITS_VIEWED]
    assert seen.get(verb=Verb.HIT_VIEWED).elements["plate"] == PLATE


def test_detections_are_seen_under_the_stated_purpose(
    sign_in: SignIn, administrator: Member, world: World
) -> None:
    client = sign_in(administrator)
    purpose = {"case_number": CASE, "offense": "robbery", "reason": REASON}
    client.post("/admin/detections/detection/purpose/", purpose)
    page = client.get("/admin/detections/detection/").content.decode()
    assert PLATE in page
    assert CASE in page
    client.get(f"/admin/detections/detection/{world['detections.detection'].pk}/change/")
    seen = Event.objects.filter(actor=administrator, verb=Verb.DETECTION_VIEWED)
    assert seen.count() == 2
    assert all(event.inquiry is not None and CASE in event.purpose for event in seen)


def test_reading_the_trail_is_on_the_trail(sign_in: SignIn, auditor: Member, world: World) -> None:
    client = sign_in(auditor)
    day = timezone.localdate().isoformat()
    page = client.get(f"/admin/trail/event/?day={day}&verb={Verb.HELD.value}").content.decode()
    assert "placed hold" in page
    viewed = Event.objects.filter(actor=auditor, verb=Verb.TRAIL_VIEWED).latest("id")
    assert viewed.elements["filters"]["verb"] == Verb.HELD.value
    assert client.get("/admin/trail/event/?day=nonsense").status_code == 200


def test_the_history_of_a_record_is_the_trail(
    sign_in: SignIn, administrator: Member, training_manager: Member, operator: Member, chief: Member
) -> None:
    page = sign_in(administrator).get(f"{MEMBERS}{operator.pk}/history/").content.decode()
    assert f"approved the account of {operator}" in page
    course = Session.objects.first()
    assert course is not None
    refused = sign_in(training_manager).get(f"/admin/training/session/{course.pk}/history/")
    assert refused.status_code == 403


def test_choices_offer_only_ones_own_agency(
    sign_in: SignIn, training_manager: Member, outsider: Member
) -> None:
    page = sign_in(training_manager).get("/admin/training/certificate/add/").content.decode()
    assert f'value="{outsider.pk}"' not in page
    assert f'value="{training_manager.pk}"' not in page
    new = enroll(training_manager.agency, Role.ANALYST, "2222", approver=training_manager.approved_by)
    assert (
        f'value="{new.pk}"'
        in sign_in(training_manager).get("/admin/training/certificate/add/").content.decode()
    )
