"""Granting a restricted list to a member, and taking the grant back (CJIS Security Policy 5.9.5, 4.2.2)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from guardian.shortcuts import assign_perm, remove_perm

from accounts import access
from accounts.models import Member
from accounts.permissions import Permission
from hotlists import restricted
from hotlists.model_lists import SEE_RESTRICTED
from hotlists.models import HotList
from hotlists.service_lists import stated, two_people
from trail.services import act, record
from trail.verbs import Verb
from training import gate


@act
def restricted_grant(*, actor: Member, hot_list: HotList, member: Member) -> None:
    """Let a member see a restricted list: its entries and its hits.

    Nobody grants to themselves: raises `gate.Refused`. Raises ValidationError, on `member`, for a member
    whose roles let them see no lists, of another agency, or whose account is not open; then nothing is
    granted. A grant that stands is not made again.
    """
    hot_list = HotList.objects.select_for_update(of=("self",)).select_related("agency").get(pk=hot_list.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=hot_list)
    if not hot_list.is_restricted:
        raise ValidationError("This list is not restricted: whoever may see lists sees it.")
    if member.pk == actor.pk:
        raise two_people(actor, "You would grant it to yourself.", "to grant a restricted list to oneself")
    _refuse_closed(hot_list, member)
    if restricted.holders(hot_list).filter(pk=member.pk).exists():
        return
    assign_perm(SEE_RESTRICTED, member, hot_list)
    record(actor, Verb.GRANTED, hot_list, elements={"member": str(member)}, detail=f"to {member}")


@act
def restricted_withdraw(*, actor: Member, hot_list: HotList, member: Member, why: str) -> None:
    """Take a grant back at once, for a stated reason. One that does not stand is passed over."""
    hot_list = HotList.objects.select_for_update(of=("self",)).select_related("agency").get(pk=hot_list.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=hot_list)
    why = stated(why)
    if not restricted.holders(hot_list).filter(pk=member.pk).exists():
        return
    remove_perm(SEE_RESTRICTED, member, hot_list)
    record(
        actor, Verb.CHANGED, hot_list, elements={"member": str(member)},
        detail=f"took access back from {member}. {why}",
    )  # fmt: skip


def _refuse_closed(hot_list: HotList, member: Member) -> None:
    if member.agency_id != hot_list.agency_id or access.account(member) is not None:
        raise ValidationError({"member": "Choose a member of this agency whose account is open."})
    if access.standing(member, Permission.SEE_LISTS, on=hot_list.agency) is not None:
        raise ValidationError({"member": f"The roles of {member} do not let them see hot lists."})
