"""The first half of the gate: is the account open and approved, and does a role permit it here.

`training.gate` asks the other half (training, purpose) and rests on this one. The services of this room,
which show no ALPR data and stand before training, ask `demand`.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone
from guardian.models import GroupObjectPermission

from accounts.models import Agency, Agreement, Member
from accounts.permissions import Permission
from accounts.roles import group_name
from trail.actors import System

Refusal = tuple[str, str, str] | None
ASK = "Ask your ALPR administrator."


class Refused(PermissionDenied):
    """The one error of the gate. It carries its reason, the way on, and what was attempted for the trail.

    `kind` is one of `account`, `role`, `policy`, `training`, `purpose`; `actor` is who was refused, or None.
    """

    def __init__(self, kind: str, reason: str, next_step: str, *, actor: Any, attempted: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.next_step = next_step
        self.actor = actor
        self.attempted = attempted


def demand(actor: Any, permission: Permission, *, on: Agency) -> None:
    """Let `actor` use on an agency a permission that needs no training, or raise `Refused`.

    `System` passes only while the agency is being founded: until two of its members have approved each other
    nobody else could. Raises TypeError for a permission that the whole gate has to be asked for.
    """
    if permission.needs_training:
        raise TypeError(f"{permission.name} needs training: ask training.gate.")
    refusal = _founding(on) if isinstance(actor, System) else standing(actor, permission, on=on)
    raise_if(refusal, actor, permission)


def standing(member: Any, permission: Permission, *, on: Agency) -> Refusal:
    """Why account or role do not let `member` use `permission` on `on`; None where they do."""
    return account(member) or _role(member, permission, on)


def account(member: Any) -> Refusal:
    """Why the account lets nothing through; None where it is open and approved."""
    if not isinstance(member, Member):
        return "account", "Nobody is signed in.", "Sign in first."
    if not member.is_active or member.separated_on is not None:
        return "account", "Your account is closed.", ASK
    if not member.is_approved:
        return "account", "Your account waits for approval by a second person.", ASK
    return None


def held(member: Member, on: Agency) -> frozenset[Permission]:
    """The permissions that the member's roles give on `on`; no shortcut for superusers.

    On another agency that is search alone, while an agreement in force grants it to a role of the member's.
    """
    counted = Q() if on.pk == member.agency_id else _by_agreement(member)
    names = grants(on).filter(counted, group__user=member).values_list("permission__codename", flat=True)
    return frozenset(Permission(name) for name in names)


def agencies_granting(member: Member, permission: Permission) -> QuerySet[Agency]:
    """The agencies on which the member's roles give `permission`, by agreement where it is another's."""
    counted = Q(object_pk=str(member.agency_id))
    if permission == Permission.SEARCH:
        counted |= _by_agreement(member)
    keys = _grants().filter(counted, group__user=member, permission__codename=permission.value)
    return Agency.objects.filter(pk__in=[int(key) for key in keys.values_list("object_pk", flat=True)])


def grants(on: Agency) -> QuerySet[GroupObjectPermission]:
    """What guardian has granted to groups on `on`. Grants to single users count for nothing here."""
    return _grants().filter(object_pk=str(on.pk))


def _grants() -> QuerySet[GroupObjectPermission]:
    return GroupObjectPermission.objects.filter(
        content_type__app_label="accounts", content_type__model="agency"
    )


def _by_agreement(member: Member) -> Q:
    """The condition of the grants on other agencies that agreements in force today stand behind.

    A grant without its agreement counts for nothing, and an agreement that ended takes its grants along
    before anything has cleared them away.
    """
    today = timezone.localdate()
    counted = Q(pk__in=[])
    for agreement in Agreement.objects.opening_search(today).filter(partner=member.agency_id):
        names = [group_name(member.agency_id, role) for role in agreement.search_roles]
        counted |= Q(object_pk=str(agreement.agency_id), group__name__in=names)
    return counted & Q(permission__codename=Permission.SEARCH.value)


def raise_if(refusal: Refusal, actor: Any, permission: Permission) -> None:
    """Raise `Refused` where there is a refusal."""
    if refusal is not None:
        kind, reason, next_step = refusal
        raise Refused(kind, reason, next_step, actor=actor, attempted=f"to {permission.sentence}")


def _role(member: Member, permission: Permission, on: Agency) -> Refusal:
    if permission in held(member, on):
        return None
    if permission == Permission.SEARCH and on.pk != member.agency_id:
        reason = f"No agreement in force lets you {permission.sentence} of {on}."
        return "role", reason, "Search without its data, or ask your ALPR administrator."
    return "role", f"Your roles do not let you {permission.sentence} here.", ASK


def _founding(agency: Agency) -> Refusal:
    if not agency.members.exclude(approved_by=None).exists():
        return None
    return "account", "The system itself admits nobody once an agency is founded.", ASK
