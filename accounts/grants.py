"""Making the database agree with the declared table of roles: groups, their grants, their members."""

from __future__ import annotations

from django.contrib.auth import models as auth
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from guardian.models import GroupObjectPermission, UserObjectPermission

from accounts.access import grants
from accounts.models import Agency, Agreement, Member
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS, Role, group_name

ADMIN_ROLES = frozenset(role for role, held in PERMISSIONS.items() if Permission.OVERSEE in held)


@transaction.atomic
def sync_agency(agency: Agency) -> int:
    """Make groups, grants and memberships at `agency` agree with the table; safe to repeat.

    Grants on the agency that neither the table nor an agreement in force has, to groups or to single users,
    are taken back. Returns how many grants were added or taken back.
    """
    changed = sync_grants(agency)
    for member in Member.objects.filter(agency=agency).prefetch_related("groups"):
        place_in_groups(member)
    return changed


@transaction.atomic
def sync_grants(agency: Agency) -> int:
    """As `sync_agency`, for the grants on `agency` alone: after its agreements changed."""
    groups = _groups(agency)
    wanted = _shared(agency) | {
        (groups[group_name(agency.pk, role)].pk, permission.value)
        for role, held in PERMISSIONS.items()
        for permission in held
    }
    standing = {(grant.group_id, grant.permission.codename): grant for grant in _standing(agency)}
    strays = [grant.pk for key, grant in standing.items() if key not in wanted]
    taken = GroupObjectPermission.objects.filter(pk__in=strays).delete()[0] + _single(agency).delete()[0]
    _grant(agency, wanted - standing.keys())
    return taken + len(wanted - standing.keys())


def place_in_groups(member: Member) -> None:
    """Put the member in the groups of their roles and no others; say whether one opens administration."""
    roles = {Role(role) for role in member.roles}
    names = [group_name(member.agency_id, role) for role in roles]
    member.groups.set(auth.Group.objects.filter(name__in=names))
    member.is_staff = bool(roles & ADMIN_ROLES)
    Member.objects.filter(pk=member.pk).exclude(is_staff=member.is_staff).update(is_staff=member.is_staff)


def _groups(agency: Agency) -> dict[str, auth.Group]:
    """The groups of the agency's roles by name, each made where it is missing."""
    names = [group_name(agency.pk, role) for role in Role]
    auth.Group.objects.bulk_create((auth.Group(name=name) for name in names), ignore_conflicts=True)
    return {group.name: group for group in auth.Group.objects.filter(name__in=names)}


def _shared(agency: Agency) -> set[tuple[int, str]]:
    """What agreements in force grant to the groups of others: search of this agency's data, nothing else."""
    names = [
        group_name(agreement.partner_id, role)
        for agreement in Agreement.objects.opening_search(timezone.localdate()).filter(agency=agency)
        if agreement.partner_id is not None
        for role in agreement.search_roles
    ]
    groups = auth.Group.objects.filter(name__in=names).values_list("pk", flat=True)
    return {(group, Permission.SEARCH.value) for group in groups}


def _standing(agency: Agency) -> list[GroupObjectPermission]:
    return list(grants(agency).select_related("permission"))


def _single(agency: Agency) -> QuerySet[UserObjectPermission]:
    return UserObjectPermission.objects.filter(
        content_type__app_label="accounts", content_type__model="agency", object_pk=str(agency.pk)
    )


def _grant(agency: Agency, missing: set[tuple[int, str]]) -> None:
    held = auth.Permission.objects.filter(content_type__app_label="accounts", content_type__model="agency")
    by_codename = {permission.codename: permission for permission in held}
    GroupObjectPermission.objects.bulk_create(
        GroupObjectPermission(
            group_id=group,
            permission=by_codename[codename],
            content_type_id=by_codename[codename].content_type_id,
            object_pk=str(agency.pk),
        )
        for group, codename in missing
    )
