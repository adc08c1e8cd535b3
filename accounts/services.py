"""What changes agencies, members and policies. Each names who acts, is atomic and records itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from axes.utils import reset as axes_reset
from django.contrib.auth import models as auth
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from guardian.models import GroupObjectPermission

from accounts.models import AdoptedPolicy, Agency, Member
from accounts.roles import PERMISSIONS, Role
from alpr.policy import Policy
from trail.actors import Actor
from trail.models import Inquiry
from trail.purpose import check_case_number, check_reason
from trail.services import act, record
from trail.verbs import Verb

ADMIN_ROLES = frozenset(role for role, held in PERMISSIONS.items() if "oversee" in held)


def role_group(agency: Agency, role: Role) -> auth.Group:
    """The group whose members hold `role` at `agency`."""
    return auth.Group.objects.get_or_create(name=f"{agency.pk}: {role.value}")[0]


def sync_roles(agency: Agency) -> None:
    """Make the groups and their grants on `agency` agree with the declared table; safe to repeat."""
    codenames = auth.Permission.objects.filter(
        content_type__app_label="accounts", content_type__model="agency"
    )
    by_codename = {permission.codename: permission for permission in codenames}
    grants = GroupObjectPermission.objects.filter(
        object_pk=str(agency.pk), permission__in=by_codename.values()
    )
    for role, held in PERMISSIONS.items():
        group = role_group(agency, role)
        wanted = [by_codename[permission.value] for permission in held]
        grants.filter(group=group).exclude(permission__in=wanted).delete()
        GroupObjectPermission.objects.bulk_create(
            [
                GroupObjectPermission(
                    group=group,
                    permission=permission,
                    content_type=permission.content_type,
                    object_pk=str(agency.pk),
                )
                for permission in wanted
            ],
            ignore_conflicts=True,
        )


@act
def agency_found(
    *, actor: Actor, name: str, short_name: str, ori: str = "", demonstration: bool = False
) -> Agency:
    """Make an agency with the groups of its roles."""
    agency = Agency(name=name, short_name=short_name, ori=ori, is_demonstration=demonstration)
    agency.full_clean()
    agency.save()
    sync_roles(agency)
    return agency


@act
def member_add(
    *,
    actor: Actor,
    agency: Agency,
    sign_in_name: str,
    password: str,
    badge: str,
    name: str,
    title: str,
    roles: list[Role],
    email: str = "",
    supervisor: Member | None = None,
) -> Member:
    """Make a member who waits for approval. Raises ValidationError for a weak password or a taken name."""
    member = Member(
        agency=agency, sign_in_name=sign_in_name.strip().lower(), badge=badge, name=name, title=title,
        email=email, roles=list(roles), supervisor=supervisor,
    )  # fmt: skip
    validate_password(password, member)
    member.set_password(password)
    member.full_clean()
    member.save()
    _place_in_groups(member)
    return member


def _place_in_groups(member: Member) -> None:
    roles = {Role(role) for role in member.roles}
    member.groups.set([role_group(member.agency, role) for role in roles])
    Member.objects.filter(pk=member.pk).update(is_staff=bool(roles & ADMIN_ROLES))
    member.is_staff = bool(roles & ADMIN_ROLES)


@act
def member_approve(*, actor: Member, member: Member) -> Member:
    """Approve an account, by another person than its owner (a database constraint)."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.is_approved:
        return member
    member.approved_by, member.approved_at = actor, timezone.now()
    member.full_clean()
    member.save()
    record(actor, Verb.MEMBER_APPROVED, member)
    return member


@act
def member_assign_roles(*, actor: Actor, member: Member, roles: list[Role]) -> Member:
    """Give the member these roles and no others; the first is the main one."""
    if not roles:
        raise ValidationError("A member has at least one role.")
    if isinstance(actor, Member) and actor.pk == member.pk:
        raise ValidationError("Nobody assigns roles to themselves.")
    member.roles = list(roles)
    member.full_clean()
    member.save()
    _place_in_groups(member)
    record(actor, Verb.ROLES_ASSIGNED, member, detail=", ".join(Role(role).label for role in roles))
    return member


@act
def member_deactivate(
    *, actor: Actor, member: Member, separated_on: date | None = None, why: str = ""
) -> Member:
    """Close an account at once; `separated_on` where the member has left. The row stays for the trail."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    member.is_active = False
    member.separated_on = separated_on or member.separated_on
    member.full_clean()
    member.save()
    record(actor, Verb.MEMBER_DEACTIVATED, member, detail=why)
    return member


@act
def member_release_lock(*, actor: Actor, member: Member) -> None:
    """Release a sign-in name that was locked after too many failures (CJIS AC-7)."""
    axes_reset(username=member.sign_in_name)
    record(actor, Verb.LOCK_RELEASED, member)


@act
def policy_propose(
    *, actor: Member, agency: Agency, policy: Policy, preset: str, effective_from: datetime | None = None
) -> AdoptedPolicy:
    """Propose a version of the agency's policy. It rules nothing until another person approves it."""
    latest = agency.policies.aggregate(Max("version"))["version__max"] or 0
    proposed = AdoptedPolicy.objects.create(
        agency=agency,
        version=latest + 1,
        preset=preset,
        rules=policy.to_dict(),
        proposed_by=actor,
        effective_from=effective_from or timezone.now(),
    )
    record(actor, Verb.POLICY_PROPOSED, proposed)
    return proposed


@act
def policy_approve(*, actor: Member, proposed: AdoptedPolicy) -> AdoptedPolicy:
    """Approve a proposed version, by another person than its proposer (a database constraint)."""
    proposed = AdoptedPolicy.objects.select_for_update().get(pk=proposed.pk)
    if proposed.approved_by_id is None:
        proposed.approved_by, proposed.approved_at = actor, timezone.now()
        proposed.full_clean()
        proposed.save()
        record(actor, Verb.POLICY_ADOPTED, proposed)
    return proposed


def purpose_problems(agency: Agency, *, case_number: str, reason: str) -> dict[str, str]:
    """What is missing or vague in a purpose, by field, under the agency's policy; empty where it stands."""
    problems: dict[str, str] = {}
    needs = agency.policy.search.purpose
    for field, text, check in (
        ("case_number", case_number, check_case_number),
        ("reason", reason, check_reason),
    ):
        try:
            if text.strip():
                check(text)
        except ValueError as vague:
            problems[field] = str(vague)
    if needs in ("case_number", "both") and not case_number.strip():
        problems["case_number"] = "The policy asks for a case or incident number."
    if needs in ("reason", "both") and not reason.strip():
        problems["reason"] = "The policy asks for a reason."
    if needs == "either" and not case_number.strip() and not reason.strip():
        problems["case_number"] = "Give a case or incident number, or a reason, or both."
    return problems


@act
def purpose_state(*, actor: Member, offense: str, case_number: str = "", reason: str = "") -> Inquiry:
    """State the purpose of what follows. Raises ValidationError, by field, where it says too little."""
    problems: dict[str, Any] = dict(purpose_problems(actor.agency, case_number=case_number, reason=reason))
    if problems:
        raise ValidationError(problems)
    inquiry = Inquiry(
        member=actor,
        agency=actor.agency,
        offense=offense,
        case_number=check_case_number(case_number) if case_number.strip() else "",
        reason=check_reason(reason) if reason.strip() else "",
    )
    inquiry.full_clean()
    inquiry.save()
    record(actor, Verb.PURPOSE_STATED, inquiry, inquiry=inquiry)
    return inquiry
