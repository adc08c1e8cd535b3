"""What changes agencies and members. Each names who acts, asks whether they may, and records itself.

Policies and purposes have modules of their own beside this one; all can be called from here.
"""

from __future__ import annotations

from datetime import date

from allauth.mfa.models import Authenticator
from axes.utils import reset as axes_reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from guardian.models import UserObjectPermission

from accounts.access import demand
from accounts.grants import place_in_groups, sync_agency
from accounts.models import Agency, Member
from accounts.permissions import Permission
from accounts.policies import policy_approve, policy_in_force, policy_propose
from accounts.purposes import purpose_problems, purpose_state
from accounts.roles import Role
from trail.actors import Actor, System
from trail.services import act, record
from trail.verbs import Verb

__all__ = [
    "agency_found",
    "founders_approve",
    "member_add",
    "member_approve",
    "member_assign_roles",
    "member_change",
    "member_deactivate",
    "member_give_password",
    "member_reactivate",
    "member_release_lock",
    "member_reset_second_factor",
    "policy_approve",
    "policy_in_force",
    "policy_propose",
    "purpose_problems",
    "purpose_state",
]


@act
def agency_found(
    *, actor: Actor, name: str, short_name: str, ori: str = "", demonstration: bool = False
) -> Agency:
    """Make an agency with the groups of its roles. `System` alone can: nobody has a role there yet."""
    agency = Agency(name=name, short_name=short_name, ori=ori, is_demonstration=demonstration)
    agency.full_clean()
    agency.save()
    demand(actor, Permission.MANAGE_MEMBERS, on=agency)
    sync_agency(agency)
    return agency


@act
def founders_approve(*, actor: System, first: Member, second: Member) -> None:
    """Let the first two members of an agency approve each other, since nobody else could.

    Raises `Refused` where the agency has an approved member already, ValidationError where they are not two
    or none of them manages members.
    """
    agency = first.agency
    demand(actor, Permission.MANAGE_MEMBERS, on=agency)
    if second.agency_id != agency.pk or first.pk == second.pk:
        raise ValidationError("An agency is founded by two of its own members.")
    if Role.ADMINISTRATOR not in (*first.roles, *second.roles):
        raise ValidationError("One of the two who found an agency is its administrator.")
    for member, other in ((first, second), (second, first)):
        _approve(member, other)
        record(actor, Verb.MEMBER_APPROVED, member, detail=f"at the founding, on behalf of {other}")


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
    demand(actor, Permission.MANAGE_MEMBERS, on=agency)
    member = Member(
        agency=agency, sign_in_name=sign_in_name.strip().lower(), badge=badge, name=name, title=title,
        email=email, roles=list(roles), supervisor=supervisor,
    )  # fmt: skip
    validate_password(password, member)
    member.set_password(password)
    member.full_clean()
    member.save()
    place_in_groups(member)
    return member


@act
def member_approve(*, actor: Member, member: Member) -> Member:
    """Approve an account, by another person than its owner (a database constraint)."""
    member = _locked(actor, member)
    if member.is_approved:
        return member
    _approve(member, actor)
    record(actor, Verb.MEMBER_APPROVED, member)
    return member


@act
def member_change(*, actor: Member, member: Member, **facts: str | Member | None) -> Member:
    """Change what is written of a member: badge, name, title, email, supervisor; nothing else."""
    member = _locked(actor, member)
    if unknown := facts.keys() - {"badge", "name", "title", "email", "supervisor"}:
        raise TypeError(f"Not changed here: {', '.join(sorted(unknown))}.")
    for fact, value in facts.items():
        setattr(member, fact, value)
    member.full_clean()
    member.save()
    return member


@act
def member_assign_roles(*, actor: Member, member: Member, roles: list[Role]) -> Member:
    """Give the member these roles and no others; the first is the main one."""
    member = _locked(actor, member)
    if not roles:
        raise ValidationError({"roles": "A member has at least one role."})
    if actor.pk == member.pk:
        raise ValidationError({"roles": "Nobody assigns roles to themselves."})
    member.roles = list(roles)
    member.full_clean()
    member.save()
    place_in_groups(member)
    record(actor, Verb.ROLES_ASSIGNED, member, detail=", ".join(Role(role).label for role in roles))
    return member


@act
def member_deactivate(
    *, actor: Member, member: Member, separated_on: date | None = None, why: str = ""
) -> Member:
    """Close an account at once; `separated_on` where the member has left. The row stays for the trail."""
    member = _locked(actor, member)
    member.is_active = False
    member.separated_on = separated_on or member.separated_on
    member.full_clean()
    member.save()
    # What was granted to the person by name ends here and does not come back with the account.
    UserObjectPermission.objects.filter(user=member).delete()
    record(actor, Verb.MEMBER_DEACTIVATED, member, detail=why)
    return member


@act
def member_reactivate(*, actor: Member, member: Member, why: str) -> Member:
    """Open a closed account again. It then waits for approval like a new one (State Auditor 2019-118)."""
    member = _locked(actor, member)
    member.is_active, member.separated_on = True, None
    member.approved_by = member.approved_at = None
    member.full_clean()
    member.save()
    record(actor, Verb.MEMBER_REACTIVATED, member, detail=why)
    return member


@act
def member_give_password(*, actor: Member, member: Member, password: str) -> None:
    """Give a member who forgot theirs a new password; the member's open sessions end."""
    member = _locked(actor, member)
    validate_password(password, member)
    member.set_password(password)
    member.save()
    record(actor, Verb.PASSWORD_CHANGED, member)


@act
def member_reset_second_factor(*, actor: Member, member: Member) -> None:
    """Remove the second factors of a member who lost theirs; the next sign-in asks for a new one."""
    member = _locked(actor, member)
    if actor.pk == member.pk:
        raise ValidationError("Remove your own second factor on the page of your sign-in.")
    Authenticator.objects.filter(user=member).delete()
    record(actor, Verb.SECOND_FACTOR_CHANGED, member, detail="all removed")


@act
def member_release_lock(*, actor: Member, member: Member) -> None:
    """Release a sign-in name that was locked after too many failures (CJIS AC-7)."""
    member = _locked(actor, member)
    if actor.pk == member.pk:
        raise ValidationError("Another administrator releases your own lock.")
    axes_reset(username=member.sign_in_name)
    record(actor, Verb.LOCK_RELEASED, member)


def _locked(actor: Member, member: Member) -> Member:
    """The row of `member` as it is now, held until the act ends, where `actor` manages members there."""
    demand(actor, Permission.MANAGE_MEMBERS, on=member.agency)
    return Member.objects.select_for_update().get(pk=member.pk)


def _approve(member: Member, by: Member) -> None:
    member.approved_by, member.approved_at = by, timezone.now()
    member.full_clean()
    member.save()
