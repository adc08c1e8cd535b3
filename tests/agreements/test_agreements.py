"""Agreements: proposed by one person, approved by another, and what ends with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from guardian.models import GroupObjectPermission

from accounts.access import grants, held
from accounts.models import Agency, Agreement, Member
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS, Role
from tests.agreements.conftest import PURPOSES, Agree
from tests.cast import enroll
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training import gate
from training.agreements import (
    LAST_DAY,
    agreement_approve,
    agreement_end,
    agreement_propose,
    close_past,
    search_grant,
    search_withdraw,
    state_of,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
SEARCH = frozenset({Permission.SEARCH})


def shared(agreement: Agreement) -> list[str]:
    """The groups of others that guardian lets search the giver's data."""
    rows = grants(agreement.agency).exclude(group__name__startswith=f"{agreement.agency_id}:")
    return list(rows.values_list("group__name", flat=True))


@pytest.fixture
def move_days(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let it be so many days later."""

    def move(days: int) -> None:
        then = timezone.now() + timedelta(days=days)
        monkeypatch.setattr(timezone, "now", lambda: then)

    return move


# Refusals


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"purposes": "  "}, "purposes"),
        ({"purposes": "Help with deportation orders along the river"}, "purposes"),
        ({"title": " "}, "title"),
        ({"lets_search": False}, "lets_search"),
        ({"ends_on": date(2020, 1, 1), "starts_on": date(2019, 1, 1)}, "ends_on"),
        ({"starts_on": date(2050, 1, 2), "ends_on": date(2050, 1, 1)}, "ends_on"),
        ({"partner": None}, "partner"),
        ({"partner_name": "River Center"}, "partner"),
        ({"partner": None, "partner_name": "River Center"}, "lets_search"),
        ({"partner": "itself"}, "__all__"),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, dict) else given,
)
def test_what_is_wrong_is_not_proposed(
    agree: Agree, neighbor: Agency, terms: dict[str, Any], field: str
) -> None:
    given = {name: neighbor if value == "itself" else value for name, value in terms.items()}
    with pytest.raises(ValidationError) as refused:
        agree(approved=False, **given)
    assert field in refused.value.message_dict
    assert not Agreement.objects.exists()


def test_who_may_not_make_agreements_makes_none(
    agree: Agree, agency: Agency, neighbor: Agency, administrator: Member, neighbor_chief: Member
) -> None:
    untrained = enroll(neighbor, Role.ADMINISTRATOR, "7902", approver=neighbor_chief, certified=False)
    superuser = enroll(neighbor, Role.OPERATOR, "7903", approver=neighbor_chief)
    Member.objects.filter(pk=superuser.pk).update(is_superuser=True)
    superuser.refresh_from_db()
    proposed, standing = agree(approved=False), agree()
    for actor in (administrator, untrained, superuser):
        with pytest.raises(gate.Refused):
            agreement_propose(
                actor=actor, agency=neighbor, title="Mine", purposes=PURPOSES, partner=agency,
                lets_search=True,
            )  # fmt: skip
        with pytest.raises(gate.Refused):
            agreement_approve(actor=actor, agreement=proposed)
        with pytest.raises(gate.Refused):
            search_grant(actor=actor, agreement=standing, role=Role.OPERATOR)
        with pytest.raises(gate.Refused):
            agreement_end(actor=actor, agreement=standing, why="No longer wanted")
    assert (state_of(proposed), state_of(standing), shared(standing)) == ("proposed", "approved", [])


def test_two_people_make_an_agreement(agree: Agree, neighbor_chief: Member) -> None:
    proposed = agree(approved=False)
    with pytest.raises(gate.Refused, match="yourself"):
        agreement_approve(actor=neighbor_chief, agreement=proposed)
    with pytest.raises(IntegrityError, match="agreement_approved_by_another"), transaction.atomic():
        Agreement.objects.filter(pk=proposed.pk).update(approved_by=neighbor_chief)


def test_search_is_granted_only_under_an_agreement_in_force_that_lets_it(
    agree: Agree, neighbor_chief: Member
) -> None:
    wrong = [
        agree(approved=False),
        agree(lets_search=False, lets_forward=True),
        agree(starts_on=TODAY() + timedelta(days=1)),
        agreement_end(actor=neighbor_chief, agreement=agree(), why="Replaced"),
    ]
    for agreement in wrong:
        with pytest.raises(MoveRefused):
            search_grant(actor=neighbor_chief, agreement=agreement, role=Role.OPERATOR)
    with pytest.raises(ValidationError, match="do not search"):
        search_grant(actor=neighbor_chief, agreement=agree(), role=Role.AUDITOR)
    assert not Event.objects.filter(verb=Verb.GRANTED).exists()


def test_an_agreement_that_is_over_moves_no_more(
    agree: Agree, neighbor_chief: Member, neighbor_second: Member
) -> None:
    proposed = agree(approved=False)
    with pytest.raises(ValidationError, match="Say why"):
        agreement_end(actor=neighbor_chief, agreement=proposed, why=" ")
    ended = agreement_end(actor=neighbor_chief, agreement=proposed, why="Never signed")
    assert (ended.ended_by, ended.ended_why) == (neighbor_chief, "Never signed")
    for move in (
        lambda: agreement_approve(actor=neighbor_second, agreement=ended),
        lambda: agreement_end(actor=neighbor_chief, agreement=ended, why="Again"),
    ):
        with pytest.raises(MoveRefused):
            move()


def test_neither_grant_nor_agreement_alone_opens_anything(
    agree: Agree, operator: Member, neighbor: Agency
) -> None:
    agreement = agree()
    assert held(operator, neighbor) == frozenset()
    permission = grants(neighbor).filter(permission__codename=Permission.SEARCH).first()
    assert permission is not None
    GroupObjectPermission.objects.create(
        group=operator.groups.get(), permission=permission.permission,
        content_type=permission.content_type, object_pk=str(neighbor.pk),
    )  # fmt: skip
    assert held(operator, neighbor) == frozenset()
    assert neighbor not in gate.agencies_granting(operator, Permission.SEARCH)
    call_command("sync_roles", verbosity=0)
    assert shared(agreement) == []


# What an agreement opens, and how it ends


def test_a_grant_opens_search_to_one_role_and_nothing_else(
    agree: Agree, operator: Member, analyst: Member, administrator: Member, neighbor: Agency
) -> None:
    agreement = agree(roles=(Role.OPERATOR,))
    agreement = search_grant(actor=agreement.proposed_by, agreement=agreement, role=Role.OPERATOR)
    assert held(operator, neighbor) == SEARCH
    assert held(analyst, neighbor) == held(administrator, neighbor) == frozenset()
    assert set(gate.agencies_granting(operator, Permission.SEARCH)) == {neighbor, operator.agency}
    assert list(gate.agencies_granting(operator, Permission.SEE_HITS)) == [operator.agency]
    assert held(operator, operator.agency) == PERMISSIONS[Role.OPERATOR]
    for theirs in neighbor.members.all():
        assert held(theirs, operator.agency) == frozenset()
    event = Event.objects.get(verb=Verb.GRANTED)
    assert (event.agency, event.detail) == (neighbor, "search of Eastmoor to operators of Alder")
    withdrawn = search_withdraw(actor=agreement.proposed_by, agreement=agreement, role=Role.OPERATOR)
    assert held(operator, neighbor) == frozenset()
    assert shared(withdrawn) == []


def test_syncing_roles_keeps_what_an_agreement_backs(agree: Agree, operator: Member) -> None:
    agreement = agree(roles=(Role.OPERATOR,))
    call_command("sync_roles", verbosity=0)
    assert held(operator, agreement.agency) == SEARCH
    GroupObjectPermission.objects.filter(
        group=operator.groups.get(), object_pk=str(agreement.agency_id)
    ).delete()
    assert held(operator, agreement.agency) == frozenset()
    call_command("sync_roles", verbosity=0)
    assert held(operator, agreement.agency) == SEARCH


def test_an_ended_agreement_takes_its_grants_along(
    agree: Agree, operator: Member, neighbor_chief: Member
) -> None:
    first, second = agree(roles=(Role.OPERATOR,)), agree(roles=(Role.OPERATOR, Role.ANALYST))
    agreement_end(actor=neighbor_chief, agreement=second, why="The memorandum was cancelled")
    assert held(operator, first.agency) == SEARCH
    assert shared(first) == [operator.groups.get().name]
    agreement_end(actor=neighbor_chief, agreement=first, why="This one too")
    assert held(operator, first.agency) == frozenset()
    assert shared(first) == []
    events = Event.objects.filter(verb=Verb.AGREEMENT_ENDED).order_by("id")
    assert [event.detail for event in events] == ["The memorandum was cancelled", "This one too"]


def test_the_day_after_the_last_it_opens_nothing_though_nobody_has_cleared_it_away(
    agree: Agree, operator: Member, move_days: Callable[[int], None]
) -> None:
    agreement = agree(roles=(Role.OPERATOR,), ends_on=TODAY() + timedelta(days=2))
    move_days(2)
    close_past()
    assert held(operator, agreement.agency) == SEARCH
    move_days(1)
    assert held(operator, agreement.agency) == frozenset()
    assert shared(agreement) == [operator.groups.get().name]
    close_past()
    close_past()
    assert shared(agreement) == []
    agreement.refresh_from_db()
    assert (agreement.ended_why, agreement.ended_by) == (LAST_DAY, None)
    event = Event.objects.get(verb=Verb.AGREEMENT_ENDED)
    assert (event.actor_label, event.agency) == ("System: Agreements", agreement.agency)


def test_it_is_in_force_from_its_first_day_to_its_last(agree: Agree) -> None:
    first, last = TODAY() + timedelta(days=3), TODAY() + timedelta(days=5)
    agreement = agree(starts_on=first, ends_on=last)
    for day in (TODAY() + timedelta(days=ahead) for ahead in range(8)):
        expected = first <= day <= last
        assert agreement.stands_on(day) is expected
        assert Agreement.objects.in_force(day).exists() is expected
    elsewhere = agree(partner=None, partner_name="  River   Center ", lets_search=False, lets_forward=True)
    assert elsewhere.partner_name == "River Center"
    assert elsewhere.stands_on(TODAY())
    assert not Agreement.objects.opening_search(TODAY()).filter(pk=elsewhere.pk).exists()
