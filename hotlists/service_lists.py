"""Designating, approving and closing hot lists."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from hotlists.models import HotList
from trail.purpose import VagueReason, refuse_immigration
from trail.services import act, record
from trail.verbs import Verb
from training import gate


@act
def list_designate(
    *,
    actor: Member,
    agency: Agency,
    name: str,
    kind: str,
    source: str,
    refresh_hours: int | None = None,
) -> HotList:
    """Designate a list, general or specific (Vallejo Policy 426.4(f)).

    A specific list takes no entries until another person approves it. `refresh_hours` is used where it is
    shorter than the policy's interval. Raises ValidationError for a file that the policy leaves out.
    """
    gate.require(actor, Permission.DESIGNATE_LISTS, on=agency)
    name = " ".join(name.split())
    refuse_excluded(agency, name)
    hot_list = HotList(
        agency=agency,
        name=name,
        kind=kind,
        source=source,
        designated_by=actor,
        refresh_hours=refresh_hours,
    )
    hot_list.full_clean()
    hot_list.save()
    record(actor, Verb.LIST_DESIGNATED, hot_list)
    return hot_list


@act
def list_approve(*, actor: Member, hot_list: HotList) -> HotList:
    """Approve a specific list before its first entry (Vallejo Policy 426.4(f)(5)).

    By another person than who designated it, a database constraint: raises `gate.Refused` for the same.
    """
    hot_list = HotList.objects.select_for_update().get(pk=hot_list.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=hot_list)
    if hot_list.kind != HotList.Kind.SPECIFIC or not hot_list.is_active:
        raise ValidationError("Only a specific list that is in use is approved.")
    if hot_list.approved_by_id is not None:
        return hot_list
    if hot_list.designated_by_id == actor.pk:
        raise two_people(actor, "You designated this list yourself.", "to approve a list of one’s own")
    hot_list.approved_by, hot_list.approved_at = actor, timezone.now()
    hot_list.full_clean()
    hot_list.save()
    record(actor, Verb.LIST_APPROVED, hot_list)
    return hot_list


@act
def list_deactivate(*, actor: Member, hot_list: HotList, why: str) -> HotList:
    """Take a list out of use: its entries match nothing from now on. They stay, as its history does."""
    hot_list = HotList.objects.select_for_update().get(pk=hot_list.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=hot_list)
    why = stated(why)
    if hot_list.is_active:
        hot_list.is_active = False
        hot_list.save()
        record(actor, Verb.CHANGED, hot_list, detail=f"taken out of use. {why}")
    return hot_list


def refuse_excluded(agency: Agency, text: str) -> None:
    """Raise ValidationError where a list's or a file's name is of a file that the policy leaves out.

    The immigration violator file never enters, whatever the policy says (Government Code 7284.6).
    """
    plain = _words(text)
    for excluded in agency.policy.hot_lists.excluded_files:
        if _words(excluded) in plain:
            raise ValidationError(f"The policy leaves this file out of the hot lists: {excluded}.")
    try:
        refuse_immigration(plain)
    except VagueReason as refused:
        raise ValidationError(str(refused)) from refused


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def stated(why: str) -> str:
    """A reason for a change, tidied. Raises ValidationError, on `why`, where it is missing or too long."""
    tidy = " ".join(why.split())
    if not tidy:
        raise ValidationError({"why": "Say why, in a few words."})
    if len(tidy) > 200:
        raise ValidationError({"why": f"At most 200 characters; this has {len(tidy)}."})
    return tidy


def two_people(actor: Member, reason: str, attempted: str) -> gate.Refused:
    """The refusal of an act that two people are needed for."""
    return gate.Refused(
        "two people",
        f"{reason} Another person has to approve it.",
        "Ask a supervisor or your ALPR administrator to look at it.",
        actor=actor,
        attempted=attempted,
    )
