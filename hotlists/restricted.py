"""Restricted lists: to whom each is granted, and what is seen without a grant.

A restricted list is protected like criminal history (CJIS Security Policy 5.9.5, 4.2.2). Its entries, its
hits and the lines of its files are seen by the members to whom it is granted and by nobody else. Whoever
designates lists sees that it exists, with its settings and its age: somebody has to keep it fresh, and to
grant it.
"""

from __future__ import annotations

from django.db.models import QuerySet
from guardian.models import UserObjectPermission

from accounts.models import Member
from accounts.permissions import Permission
from hotlists.model_lists import SEE_RESTRICTED
from hotlists.models import HotList, HotListQuerySet
from training import gate


def known_to(member: Member) -> HotListQuerySet:
    """The lists whose name, settings and age the member may see; every other is out of sight."""
    if gate.allows(member, Permission.DESIGNATE_LISTS):
        return HotList.objects.filter(agency=member.agency_id)
    return HotList.objects.visible_to(member)


def sees_entries(member: Member, hot_list: HotList) -> bool:
    """Whether the member may see the entries of a list, its hits and the lines of its files."""
    return HotList.objects.visible_to(member).filter(pk=hot_list.pk).exists()


def holders(hot_list: HotList) -> QuerySet[Member]:
    """The members to whom a restricted list is granted, whose accounts are open."""
    grants = UserObjectPermission.objects.filter(
        permission__codename=SEE_RESTRICTED,
        permission__content_type__app_label="hotlists",
        object_pk=str(hot_list.pk),
    )
    return Member.objects.filter(
        pk__in=grants.values("user"), agency=hot_list.agency_id, is_active=True, separated_on=None
    )


def grantable(hot_list: HotList, actor: Member) -> QuerySet[Member]:
    """The members to whom `actor` may grant a restricted list: others here, without it, once approved."""
    others = Member.objects.filter(agency=hot_list.agency_id, is_active=True).exclude(pk=actor.pk)
    return others.exclude(approved_by=None).exclude(pk__in=holders(hot_list))
