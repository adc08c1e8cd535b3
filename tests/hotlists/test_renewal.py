"""Plates that end without result: their member renews or lets go, and else they are closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from detections.models import Camera
from detections.schedules import TABLE
from hotlists import showing
from hotlists.models import Entry
from hotlists.moves import moves_open_to
from hotlists.services import (
    hot_plate_approve,
    hot_plate_change,
    hot_plate_let_go,
    hot_plate_renew,
)
from hotlists.tasks import close_expired
from hotlists.wanted import end_of
from tests.hotlists.conftest import SignIn, facts
from tests.hotlists.test_changes import hit_on
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused

Enter = Callable[..., Entry]


def day(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def ends_in(enter: Enter, supervisor: Member) -> Callable[..., Entry]:
    """A hot plate in use whose last day is so many days away: `ends_in(-3, plate="7ABC123")`."""

    def make(days: int, **other: Any) -> Entry:
        entry = hot_plate_approve(actor=supervisor, entry=enter(**other))
        Entry.objects.filter(pk=entry.pk).update(expires_at=end_of(day(days)))
        entry.refresh_from_db()
        return entry

    return make


# Renewing


@pytest.mark.parametrize("days", [-1, 5, 7, 31])
def test_a_new_last_day_is_later_and_within_the_policy(
    ends_in: Callable[..., Entry], operator: Member, days: int
) -> None:
    with pytest.raises(ValidationError) as refused:
        hot_plate_renew(actor=operator, entry=ends_in(7), expires_on=day(days))
    assert list(refused.value.message_dict) == ["expires_on"]


@pytest.mark.parametrize("who", ["second_operator", "dispatcher", "administrator", "outsider", "lapsed"])
def test_who_may_not_renew(who: str, ends_in: Callable[..., Entry], request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        hot_plate_renew(actor=request.getfixturevalue(who), entry=ends_in(1), expires_on=day(20))


@pytest.mark.parametrize("days", [2, -2])
def test_a_renewal_needs_two_people_and_keeps_everything_else(
    ends_in: Callable[..., Entry], operator: Member, supervisor: Member, days: int
) -> None:
    old = ends_in(days, person="J. Doe", make="Honda", priority=1)
    new = hot_plate_renew(actor=operator, entry=old, expires_on=day(30))
    assert Event.objects.filter(verb=Verb.HOT_PLATE_RENEWED).count() == 1
    with pytest.raises(Refused):
        hot_plate_approve(actor=operator, entry=new)
    hot_plate_approve(actor=supervisor, entry=new)
    old.refresh_from_db()
    assert old.closed_why == f"Replaced by {new}."
    kept = ("plate", "plate_key", "state", "reason", "synopsis", "case_number", "person", "make", "priority")
    assert [getattr(new, name) for name in kept] == [getattr(old, name) for name in kept]
    assert Entry.objects.in_use().get().last_day == day(30)


def test_one_that_lasts_as_long_as_it_may_is_not_renewed(
    ends_in: Callable[..., Entry], operator: Member
) -> None:
    assert "renew" not in [move.name for move in moves_open_to(operator, ends_in(30))]
    assert "renew" in [move.name for move in moves_open_to(operator, ends_in(29, plate="7ABC123"))]


# Who is asked, and when


@pytest.mark.parametrize(
    ("days", "asked"), [(4, False), (3, True), (0, True), (-1, True), (-7, True), (-8, False)]
)
def test_the_member_is_asked_within_three_days_before_and_seven_after(
    ends_in: Callable[..., Entry], operator: Member, days: int, asked: bool
) -> None:
    entry = ends_in(days)
    assert [each.entry for each in showing.ending(operator)] == ([entry] if asked else [])


@pytest.mark.parametrize(
    ("outcome", "asked"),
    [
        ("arrest", False), ("recovered", False), ("cited", False), ("released", False), ("located", False),
        ("no_stop", True), ("misread", True), ("wrong_state", True), ("mismatch", True),
    ],
)  # fmt: skip
def test_a_result_asks_nothing_more(
    ends_in: Callable[..., Entry], operator: Member, camera: Camera, outcome: str, asked: bool
) -> None:
    entry = ends_in(1)
    hit_on(entry, camera, status="closed", outcome=outcome, closed_at=timezone.now())
    assert bool(showing.ending(operator)) is asked


def test_a_result_of_what_it_replaced_counts(
    ends_in: Callable[..., Entry], operator: Member, supervisor: Member, camera: Camera
) -> None:
    first = ends_in(7)
    hit_on(first, camera, status="closed", outcome="arrest", closed_at=timezone.now())
    second = hot_plate_change(actor=operator, entry=first, **facts(expires_on=day(2)))
    hot_plate_approve(actor=supervisor, entry=second)
    assert showing.ending(operator) == []


def test_only_its_own_member_is_asked_and_not_while_a_renewal_waits(
    ends_in: Callable[..., Entry], operator: Member, second_operator: Member, supervisor: Member
) -> None:
    entry = ends_in(1)
    assert showing.ending(second_operator) == showing.ending(supervisor) == []
    hot_plate_renew(actor=operator, entry=entry, expires_on=day(10))
    assert showing.ending(operator) == []


def test_the_page_asks_to_renew_or_let_go(
    ends_in: Callable[..., Entry], operator: Member, second_operator: Member, sign_in: SignIn
) -> None:
    entry = ends_in(1)
    client = sign_in(operator)
    page = client.get(reverse("hot_plates")).content.decode()
    assert "1 of yours ends without result." in page
    assert f"Renew hot plate {entry.pk}, or let it go" in page
    assert "ends without result" not in sign_in(second_operator).get(reverse("hot_plates")).content.decode()
    one = client.get(reverse("hot_plate", args=[entry.pk])).content.decode()
    assert "Renew it if the vehicle is still wanted; let it go if not." in one
    answer = client.post(reverse("hot_plate_move", args=[entry.pk, "renew"]), {"expires_on": day(20)})
    new = Entry.objects.get(replaces=entry)
    assert answer["Location"] == reverse("hot_plate", args=[new.pk])
    assert (
        sign_in(second_operator).post(reverse("hot_plate_move", args=[entry.pk, "let_go"])).status_code == 403
    )


# Letting go


def test_letting_go_is_the_members_own(
    ends_in: Callable[..., Entry], operator: Member, supervisor: Member
) -> None:
    entry = ends_in(1)
    assert "let_go" in [move.name for move in moves_open_to(operator, entry)]
    assert "let_go" not in [move.name for move in moves_open_to(supervisor, entry)]
    with pytest.raises(MoveRefused, match="Another member entered"):
        hot_plate_let_go(actor=supervisor, entry=entry)
    gone = hot_plate_let_go(actor=operator, entry=entry)
    assert (gone.state_of_entry, gone.closed_by) == (Entry.State.CLOSED, operator)
    assert "without result" in gone.closed_why


def test_one_far_from_its_end_is_taken_off_instead(ends_in: Callable[..., Entry], operator: Member) -> None:
    names = [move.name for move in moves_open_to(operator, ends_in(7))]
    assert "let_go" not in names
    assert "close" in names


# Expired


def test_a_week_after_its_last_day_it_is_closed_once(
    ends_in: Callable[..., Entry], enter: Enter, operator: Member
) -> None:
    gone, kept = ends_in(-8), ends_in(-6, plate="7ABC123")
    waiting = enter(plate="7ABC999")
    Entry.objects.filter(pk=waiting.pk).update(expires_at=end_of(day(-8)))
    assert close_expired() == 2
    assert close_expired() == 0
    gone.refresh_from_db()
    kept.refresh_from_db()
    waiting.refresh_from_db()
    assert (gone.state_of_entry, gone.closed_why) == (Entry.State.CLOSED, "Expired; nobody renewed it.")
    assert gone.closed_by is None
    assert gone.closed_at is not None
    assert waiting.closed_why == "Expired; nobody approved it."
    assert kept.state_of_entry == Entry.State.IN_USE
    event = Event.objects.filter(verb=Verb.HOT_PLATE_EXPIRED, object_pk=str(gone.pk)).get()
    assert (event.actor_kind, event.agency) == ("system", gone.agency)
    assert event.elements["plate"] == "8KRB412"


def test_one_whose_renewal_waits_is_left_for_the_decision(
    ends_in: Callable[..., Entry], operator: Member, supervisor: Member
) -> None:
    old = ends_in(-1)
    new = hot_plate_renew(actor=operator, entry=old, expires_on=day(10))
    Entry.objects.filter(pk=old.pk).update(expires_at=end_of(day(-9)))
    assert close_expired() == 0
    hot_plate_approve(actor=supervisor, entry=new)
    old.refresh_from_db()
    assert old.closed_why == f"Replaced by {new}."


def test_entries_of_files_are_left_to_their_lists(entry: Callable[..., Entry]) -> None:
    entry("8KRB412", expires_at=end_of(day(-30)))
    assert close_expired() == 0


def test_it_is_done_by_the_clock() -> None:
    assert "hotlists.tasks.close_expired" in [facts["func"] for facts in TABLE.values()]


def test_the_page_of_an_expired_one_says_who_closed_it(
    ends_in: Callable[..., Entry], operator: Member, sign_in: SignIn
) -> None:
    entry = ends_in(-8)
    close_expired()
    page = sign_in(operator).get(reverse("hot_plate", args=[entry.pk])).content.decode()
    assert "By the system" in page
    assert "Expired; nobody renewed it." in page
