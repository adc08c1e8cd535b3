"""Accounts that nobody uses: suspended by the clock, never the last who could open them again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.access import account
from accounts.idle import accounts_suspend, suspend_everywhere
from accounts.models import Agency, Member
from accounts.roles import Role
from accounts.services import member_approve, member_reactivate
from hotlists.models import HotList
from tests.cast import enroll
from trail.actors import System
from trail.models import Event
from trail.verbs import Verb


def unused(member: Member, *, signed_in: int | None, approved: int = 400) -> Member:
    """Let the member have been approved and have last signed in so many days ago."""
    now = timezone.now()
    last = None if signed_in is None else now - timedelta(days=signed_in)
    approved_at = now - timedelta(days=approved)
    Member.objects.filter(pk=member.pk).update(
        last_login=last, approved_at=approved_at, joined_at=approved_at
    )
    member.refresh_from_db()
    return member


def suspend(agency: Agency) -> list[Member]:
    return accounts_suspend(actor=System("Idle accounts", agency), agency=agency)


def test_nobody_suspends_without_standing_behind_it(agency: Agency) -> None:
    unsigned: Callable[..., object] = accounts_suspend
    with pytest.raises(TypeError, match="an actor among them"):
        unsigned(agency=agency)


def test_an_account_unused_for_90_days_is_closed_and_recorded(agency: Agency, operator: Member) -> None:
    unused(operator, signed_in=91)
    assert suspend(agency) == [operator]
    operator.refresh_from_db()
    assert not operator.is_active
    assert operator.separated_on is None
    assert account(operator) is not None
    event = Event.objects.get(verb=Verb.MEMBER_DEACTIVATED)
    assert (event.object_pk, event.detail) == (str(operator.pk), "not used for 90 days")
    assert event.actor_label == "System: Idle accounts"
    assert suspend(agency) == []


@pytest.mark.parametrize(
    ("signed_in", "approved", "closes"),
    [(89, 400, False), (None, 89, False), (91, 3, False), (None, 91, True), (91, 91, True)],
)
def test_what_counts_as_use(
    agency: Agency, operator: Member, signed_in: int | None, approved: int, closes: bool
) -> None:
    unused(operator, signed_in=signed_in, approved=approved)
    assert bool(suspend(agency)) is closes


def test_signing_in_is_use(agency: Agency, operator: Member, client: Client) -> None:
    unused(operator, signed_in=91)
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert suspend(agency) == []


def test_the_last_two_who_manage_members_stay(agency: Agency, chief: Member, administrator: Member) -> None:
    third = agency.members.get(badge="ald-01")
    for number, member in enumerate((administrator, chief, third)):
        unused(member, signed_in=100 + number)
    managers = [chief, administrator]
    closed = suspend(agency)
    assert not set(closed) & set(managers)


def test_one_of_three_managers_goes(agency: Agency, chief: Member, administrator: Member) -> None:
    another = enroll(agency, Role.ADMINISTRATOR, "1045", approver=chief)
    unused(another, signed_in=200)
    unused(administrator, signed_in=100)
    assert suspend(agency) == [another]


def test_another_agency_is_left_alone(agency: Agency, outsider: Member) -> None:
    unused(outsider, signed_in=500)
    assert suspend(agency) == []
    suspend_everywhere()
    outsider.refresh_from_db()
    assert not outsider.is_active


def test_what_was_granted_by_name_ends_and_the_account_opens_by_two_people(
    agency: Agency, operator: Member, chief: Member, administrator: Member, specific_list: HotList
) -> None:
    assign_perm("hotlists.see_restricted", operator, specific_list)
    unused(operator, signed_in=120)
    suspend(agency)
    opened = member_reactivate(actor=chief, member=operator, why="Back from leave.")
    assert not opened.is_approved
    member_approve(actor=administrator, member=opened)
    operator = Member.objects.get(pk=operator.pk)
    assert account(operator) is None
    assert not operator.has_perm("hotlists.see_restricted", specific_list)
    assert suspend(agency) == []
