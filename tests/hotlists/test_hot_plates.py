"""Hot plates: one person enters, another decides, the table holds, and nothing is used before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from hotlists.models import Entry, HotList
from hotlists.moves import ENTRY_MOVES, moves_open_to
from hotlists.services import (
    hot_plate_approve,
    hot_plate_change,
    hot_plate_close,
    hot_plate_decline,
    hot_plate_enter,
    hot_plate_let_go,
    hot_plate_renew,
    list_approve,
    list_deactivate,
    list_designate,
)
from tests.hotlists.conftest import facts
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused

Enter = Callable[..., Entry]
ACTS: dict[str, tuple[Callable[..., Entry], dict[str, Any]]] = {
    "approve": (hot_plate_approve, {}),
    "decline": (hot_plate_decline, {"why": "Seen to be another car"}),
    "renew": (hot_plate_renew, {"expires_on": timezone.localdate() + timedelta(days=20)}),
    "change": (hot_plate_change, facts(reason="Homicide")),
    "let_go": (hot_plate_let_go, {}),
    "close": (hot_plate_close, {"why": "Seen to be another car"}),
}


@pytest.mark.parametrize("who", ["dispatcher", "administrator", "custodian", "auditor", "lapsed", "outsider"])
def test_who_may_not_enter(who: str, specific_list: HotList, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        hot_plate_enter(actor=request.getfixturevalue(who), hot_list=specific_list, **facts())
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("plate", "8A?*"),
        ("plate", "8AB%12"),
        ("person", "Immigration fugitive"),
        ("offense", "parking"),
        ("look_back_days", 31),
        ("plate", ""),
        ("state", "XX"),
        ("reason", " "),
        ("reason", "Immigration warrant"),
        ("case_number", ""),
        ("case_number", "none"),
        ("synopsis", ""),
        ("synopsis", "investigation"),
        ("synopsis", "test test test test"),
        ("synopsis", "Driver is wanted for deportation by another office."),
        ("make", "x" * 41),
    ],
)
def test_what_says_too_little_is_refused_by_field(enter: Enter, field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        enter(**{field: value})
    assert list(refused.value.message_dict) == [field]
    assert not Entry.objects.exists()


@pytest.mark.parametrize("days", [-1, 31])
def test_an_expiry_past_or_beyond_the_policy_is_refused(enter: Enter, days: int) -> None:
    with pytest.raises(ValidationError) as refused:
        enter(expires_on=timezone.localdate() + timedelta(days=days))
    assert list(refused.value.message_dict) == ["expires_on"]


@pytest.mark.parametrize("days", [0, 30])
def test_an_expiry_within_the_policy_stands_through_its_day(enter: Enter, days: int) -> None:
    day = timezone.localdate() + timedelta(days=days)
    entry = enter(expires_on=day)
    assert entry.expires_at is not None
    assert timezone.localtime(entry.expires_at - timedelta(seconds=1)).date() == day
    assert entry.expires_at > timezone.now()


def test_every_field_that_fails_is_named_at_once(enter: Enter) -> None:
    with pytest.raises(ValidationError) as refused:
        enter(plate="?", case_number="", synopsis="inv")
    assert sorted(refused.value.message_dict) == ["case_number", "plate", "synopsis"]


def test_a_list_that_is_not_open_takes_nothing(
    administrator: Member, second_administrator: Member, operator: Member, general_list: HotList
) -> None:
    waiting = list_designate(
        actor=administrator, agency=administrator.agency, name="BOLO", kind="specific", source="local"
    )
    for hot_list in (general_list, waiting):
        with pytest.raises(ValidationError):
            hot_plate_enter(actor=operator, hot_list=hot_list, **facts())
    approved = list_approve(actor=second_administrator, hot_list=waiting)
    list_deactivate(actor=administrator, hot_list=approved, why="Case closed")
    with pytest.raises(ValidationError, match="no longer in use"):
        hot_plate_enter(actor=operator, hot_list=waiting, **facts())


def test_the_same_plate_stands_once_on_a_list(enter: Enter, supervisor: Member) -> None:
    entry = enter()
    with pytest.raises(ValidationError, match="on that list already"):
        enter(plate="8krb-412")
    hot_plate_approve(actor=supervisor, entry=entry)
    with pytest.raises(ValidationError, match="on that list already"):
        enter()
    assert enter(state="NV").pk


def test_the_database_refuses_the_same_plate_twice(enter: Enter) -> None:
    entry = enter()
    entry.pk = None
    with pytest.raises(IntegrityError, match="plate_waits_once"), transaction.atomic():
        entry.save(force_insert=True)
    entry.state_of_entry = Entry.State.IN_USE
    entry.save(force_insert=True)
    entry.pk = None
    with pytest.raises(IntegrityError, match="plate_once_on_a_list"), transaction.atomic():
        entry.save(force_insert=True)


def test_a_plate_is_entered_again_after_it_was_closed_or_expired(enter: Enter, operator: Member) -> None:
    first = enter()
    hot_plate_close(actor=operator, entry=first, why="Wrong plate")
    second = enter()
    Entry.objects.filter(pk=second.pk).update(expires_at=timezone.now())
    third = enter()
    second.refresh_from_db()
    assert (second.state_of_entry, second.closed_why) == (Entry.State.CLOSED, "Expired, and entered again.")
    assert third.state_of_entry == Entry.State.WAITING


def test_a_hot_plate_matches_nothing_before_approval(enter: Enter, supervisor: Member) -> None:
    entry = enter()
    assert not Entry.objects.in_use().exists()
    hot_plate_approve(actor=supervisor, entry=entry)
    assert Entry.objects.in_use().get() == entry


def test_nobody_decides_on_their_own(specific_list: HotList, supervisor: Member) -> None:
    entry = hot_plate_enter(actor=supervisor, hot_list=specific_list, **facts())
    Member.objects.filter(pk=supervisor.pk).update(is_superuser=True)
    supervisor.refresh_from_db()
    for decide in (hot_plate_approve, hot_plate_decline):
        with pytest.raises(Refused) as refused:
            decide(actor=supervisor, entry=entry, **({"why": "x"} if decide is hot_plate_decline else {}))
        assert refused.value.kind == "two people"
    entry.refresh_from_db()
    assert entry.state_of_entry == Entry.State.WAITING
    assert [move.name for move in moves_open_to(supervisor, entry)] == ["close"]


def test_the_database_refuses_a_decision_by_who_entered(enter: Enter, operator: Member) -> None:
    entry = enter()
    entry.decided_by = operator
    with pytest.raises(ValidationError, match="approved by somebody else"):
        entry.full_clean()
    with pytest.raises(IntegrityError, match="hot_plate_decided_by_another"), transaction.atomic():
        entry.save()


@pytest.mark.parametrize("field", ["case_number", "synopsis"])
def test_the_database_refuses_a_hot_plate_without_its_facts(enter: Enter, field: str) -> None:
    entry = enter()
    setattr(entry, field, "")
    with pytest.raises(ValidationError, match="carries a case number and a short synopsis"):
        entry.full_clean()
    with pytest.raises(IntegrityError, match="hot_plate_has_case_and_synopsis"), transaction.atomic():
        entry.save()


@pytest.mark.parametrize("who", ["second_operator", "analyst", "dispatcher", "lapsed", "outsider"])
def test_who_may_not_decide_or_close(who: str, enter: Enter, request: pytest.FixtureRequest) -> None:
    entry, member = enter(), request.getfixturevalue(who)
    with pytest.raises(Refused):
        hot_plate_approve(actor=member, entry=entry)
    with pytest.raises(Refused):
        hot_plate_decline(actor=member, entry=entry, why="Not wanted")
    with pytest.raises(Refused):
        hot_plate_close(actor=member, entry=entry, why="Not wanted")
    assert moves_open_to(member, entry) == []


def test_an_expired_hot_plate_is_not_approved(enter: Enter, supervisor: Member) -> None:
    entry = enter()
    Entry.objects.filter(pk=entry.pk).update(expires_at=timezone.now())
    with pytest.raises(MoveRefused, match="expired before"):
        hot_plate_approve(actor=supervisor, entry=entry)


def test_an_entry_of_a_file_has_no_moves(
    entry: Callable[..., Entry], supervisor: Member, administrator: Member
) -> None:
    loaded = entry("8KRB412")
    with pytest.raises(MoveRefused, match="comes from a file"):
        hot_plate_close(actor=administrator, entry=loaded, why="Found")


@pytest.mark.parametrize("state", Entry.State.values)
@pytest.mark.parametrize("move", ENTRY_MOVES.table)
def test_every_move_starts_where_the_table_says(
    enter: Enter, supervisor: Member, operator: Member, state: str, move: str
) -> None:
    entry = enter()
    Entry.objects.filter(pk=entry.pk).update(state_of_entry=state)
    act, given = ACTS[move]
    actor = operator if move == "let_go" else supervisor
    if state in ENTRY_MOVES.table[move].before:
        moved = act(actor=actor, entry=entry, **given)
        assert moved.state_of_entry == ENTRY_MOVES.table[move].after
    else:
        with pytest.raises(MoveRefused):
            act(actor=actor, entry=entry, **given)


@pytest.mark.parametrize("act", [hot_plate_decline, hot_plate_close])
def test_decline_and_close_say_why(enter: Enter, supervisor: Member, act: Callable[..., Entry]) -> None:
    entry = enter()
    for why in ("", "x" * 201):
        with pytest.raises(ValidationError):
            act(actor=supervisor, entry=entry, why=why)
    assert act(actor=supervisor, entry=entry, why="  Wrong  plate ").closed_why == "Wrong plate"


def test_who_entered_and_who_approves_may_close(
    enter: Enter, operator: Member, supervisor: Member, administrator: Member
) -> None:
    for number, member in enumerate((operator, supervisor, administrator)):
        entry = enter(plate=f"7ABC12{number}")
        assert "close" in [move.name for move in moves_open_to(member, entry)]
        closed = hot_plate_close(actor=member, entry=entry, why="Vehicle recovered")
        assert closed.closed_by == member


def test_the_trail_carries_plate_purpose_and_policy(enter: Enter, supervisor: Member) -> None:
    entry = hot_plate_approve(actor=supervisor, entry=enter())
    for verb in (Verb.HOT_PLATE_ENTERED, Verb.HOT_PLATE_APPROVED):
        event = Event.objects.get(verb=verb)
        assert event.elements == {"plate": "8KRB412", "state": "CA", "hot_list": "Hot plates"}
        assert "case 26-11873" in event.purpose
        assert event.policy_version
        assert "8KRB412" not in event.object_repr
    assert entry.decided_by == supervisor


def test_supervisors_and_administrators_approve(administrator: Member, supervisor: Member) -> None:
    from training import gate

    assert gate.allows(administrator, Permission.APPROVE_HOT_PLATES)
    assert gate.allows(supervisor, Permission.APPROVE_HOT_PLATES)


@pytest.mark.django_db(transaction=True)
def test_of_two_approvers_at_once_one_decides(
    enter: Enter, supervisor: Member, administrator: Member
) -> None:
    entry, ready, ended = enter(), threading.Barrier(2), []

    def approve(member: Member) -> None:
        try:
            ready.wait()
            hot_plate_approve(actor=member, entry=entry)
            ended.append("approved")
        except MoveRefused:
            ended.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=[member]) for member in (supervisor, administrator)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["approved", "refused"]
    assert Event.objects.filter(verb=Verb.HOT_PLATE_APPROVED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_entries_of_one_plate_at_once_one_stands(
    specific_list: HotList, operator: Member, analyst: Member
) -> None:
    ready, ended = threading.Barrier(2), []

    def enter_as(member: Member) -> None:
        try:
            ready.wait()
            hot_plate_enter(actor=member, hot_list=specific_list, **facts())
            ended.append("entered")
        except ValidationError:
            ended.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=enter_as, args=[member]) for member in (operator, analyst)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["entered", "refused"]
