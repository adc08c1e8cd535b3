"""Changes of hot plates: two people, the member's supervisor, one at a time, the old in force until then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from accounts.roles import Role
from detections.models import Camera, Hit
from hotlists.changes import changed, side_by_side
from hotlists.models import Entry
from hotlists.moves import decides, moves_open_to, turn
from hotlists.services import (
    hot_plate_approve,
    hot_plate_change,
    hot_plate_close,
    hot_plate_decline,
    hot_plate_enter,
)
from hotlists.showing import own, predecessors, with_results
from tests.cast import enroll
from tests.hotlists.conftest import SignIn, facts
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Outcome, Verb
from training.gate import Refused

Enter = Callable[..., Entry]


@pytest.fixture
def in_use(enter: Enter, supervisor: Member) -> Entry:
    """A hot plate in use."""
    return hot_plate_approve(actor=supervisor, entry=enter())


@pytest.fixture
def supervised(operator: Member, supervisor: Member) -> Member:
    """The operator, with the supervisor as theirs."""
    Member.objects.filter(pk=operator.pk).update(supervisor=supervisor)
    operator.refresh_from_db()
    return operator


@pytest.fixture
def second_supervisor(agency: Any, chief: Member) -> Member:
    """A supervisor of other members."""
    return enroll(agency, Role.SUPERVISOR, "3018", approver=chief)


def hit_on(entry: Entry, camera: Camera, number: int = 0, **given: Any) -> Hit:
    return Hit.objects.create(
        agency=entry.agency, entry=entry, camera=camera, captured_at=timezone.now(), plate=entry.plate,
        last_read_at=timezone.now(), match=Hit.Match.EXACT,
        detection_id=f"01936000-0000-7000-8000-{entry.pk * 100 + number:012d}", **given,
    )  # fmt: skip


# The member's supervisor


@pytest.mark.parametrize("plate", ["8KRB412", "7ABC123"])
def test_entering_an_expired_hot_plate_again_takes_its_waiting_change_along(
    enter: Enter, in_use: Entry, operator: Member, plate: str
) -> None:
    change = hot_plate_change(actor=operator, entry=in_use, **facts(plate=plate, reason="Homicide"))
    Entry.objects.update(expires_at=timezone.now())
    assert enter().state_of_entry == Entry.State.WAITING
    change.refresh_from_db()
    assert (change.state_of_entry, change.closed_why) == (
        Entry.State.CLOSED,
        f"Went with {in_use}: Expired, and entered again.",
    )
    assert Event.objects.filter(verb=Verb.HOT_PLATE_CLOSED).count() == 2


def test_a_members_supervisor_decides_and_no_other(
    supervised: Member, enter: Enter, supervisor: Member, second_supervisor: Member
) -> None:
    entry = enter()
    for decide, given in ((hot_plate_approve, {}), (hot_plate_decline, {"why": "Not wanted"})):
        with pytest.raises(Refused, match="Supervisor 3017 or an administrator") as refused:
            decide(actor=second_supervisor, entry=entry, **given)
        assert refused.value.kind == "two people"
    names = [move.name for move in moves_open_to(second_supervisor, entry)]
    assert not {"approve", "decline"} & set(names)
    entry.refresh_from_db()
    assert entry.state_of_entry == Entry.State.WAITING
    assert hot_plate_approve(actor=supervisor, entry=entry).decided_by == supervisor


def test_an_administrator_may_stand_in_for_the_supervisor(
    supervised: Member, enter: Enter, administrator: Member
) -> None:
    assert hot_plate_approve(actor=administrator, entry=enter()).decided_by == administrator


def test_a_supervisor_who_may_not_approve_does_not(
    operator: Member, second_operator: Member, enter: Enter, supervisor: Member
) -> None:
    Member.objects.filter(pk=operator.pk).update(supervisor=second_operator)
    operator.refresh_from_db()
    entry = enter()
    for member in (second_operator, supervisor):
        assert not decides(member, entry)
        with pytest.raises(Refused):
            hot_plate_approve(actor=member, entry=entry)


def test_without_a_supervisor_anybody_who_approves_decides(enter: Enter, second_supervisor: Member) -> None:
    entry = enter()
    assert turn(entry) == "a supervisor or an administrator"
    assert hot_plate_approve(actor=second_supervisor, entry=entry).decided_by == second_supervisor


def test_pages_say_whose_turn_it_is(
    supervised: Member, enter: Enter, supervisor: Member, second_supervisor: Member, sign_in: SignIn
) -> None:
    address = reverse("hot_plate", args=[enter().pk])
    for member in (supervised, second_supervisor):
        page = sign_in(member).get(address).content.decode()
        assert "Waits for Supervisor 3017 or an administrator." in page
        assert "Approve this hot plate" not in page
        assert "426.4(f)(5)" in page
    page = sign_in(supervisor).get(address).content.decode()
    assert "Waits for you." in page
    assert "Approve this hot plate" in page


# Who may ask for a change


@pytest.mark.parametrize("who", ["second_operator", "analyst", "dispatcher", "administrator", "outsider"])
def test_who_may_not_change(who: str, in_use: Entry, request: pytest.FixtureRequest) -> None:
    member = request.getfixturevalue(who)
    with pytest.raises(Refused):
        hot_plate_change(actor=member, entry=in_use, **facts(reason="Homicide"))
    assert "change" not in [move.name for move in moves_open_to(member, in_use)]
    assert not in_use.replaced_by.exists()


def test_a_supervisor_who_changes_it_takes_it_over_and_does_not_approve_it(
    in_use: Entry, supervisor: Member, administrator: Member
) -> None:
    new = hot_plate_change(actor=supervisor, entry=in_use, **facts(reason="Homicide"))
    assert new.entered_by == supervisor
    with pytest.raises(Refused, match="yourself"):
        hot_plate_approve(actor=supervisor, entry=new)
    assert hot_plate_approve(actor=administrator, entry=new).state_of_entry == Entry.State.IN_USE


# What a change is


def test_a_change_waits_beside_what_it_changes(in_use: Entry, operator: Member) -> None:
    new = hot_plate_change(actor=operator, entry=in_use, **facts(reason="Homicide", person="J. Doe"))
    in_use.refresh_from_db()
    assert (in_use.state_of_entry, new.state_of_entry) == (Entry.State.IN_USE, Entry.State.WAITING)
    assert new.replaces == in_use
    assert Entry.objects.in_use().get() == in_use
    event = Event.objects.get(verb=Verb.HOT_PLATE_CHANGED)
    assert event.elements["plate"] == "8KRB412"
    assert "case 26-11873" in event.purpose


def test_nothing_changed_is_refused(in_use: Entry, operator: Member) -> None:
    with pytest.raises(ValidationError, match="Nothing is different"):
        hot_plate_change(actor=operator, entry=in_use, **facts())


def test_a_change_is_checked_field_by_field_as_an_entry_is(in_use: Entry, operator: Member) -> None:
    with pytest.raises(ValidationError) as refused:
        hot_plate_change(actor=operator, entry=in_use, **facts(case_number="none", synopsis="inv"))
    assert sorted(refused.value.message_dict) == ["case_number", "synopsis"]


def test_one_change_waits_at_a_time(in_use: Entry, operator: Member) -> None:
    new = hot_plate_change(actor=operator, entry=in_use, **facts(reason="Homicide"))
    with pytest.raises(MoveRefused, match="waits for approval already"):
        hot_plate_change(actor=operator, entry=in_use, **facts(reason="Arson"))
    assert "change" not in [move.name for move in moves_open_to(operator, in_use)]
    new.pk = None
    with pytest.raises(IntegrityError, match="one_change_waits"), transaction.atomic():
        new.save(force_insert=True)


def test_a_change_to_another_plate_of_the_list_is_refused(
    in_use: Entry, operator: Member, enter: Enter
) -> None:
    enter(plate="7ABC123")
    with pytest.raises(ValidationError) as refused:
        hot_plate_change(actor=operator, entry=in_use, **facts(plate="7ABC123"))
    assert list(refused.value.message_dict) == ["plate"]


def test_approved_the_new_takes_the_place_of_the_old(
    in_use: Entry, operator: Member, administrator: Member
) -> None:
    new = hot_plate_change(actor=operator, entry=in_use, **facts(reason="Homicide"))
    hot_plate_approve(actor=administrator, entry=new)
    in_use.refresh_from_db()
    assert (in_use.state_of_entry, in_use.closed_why) == (Entry.State.CLOSED, f"Replaced by {new}.")
    assert in_use.closed_by == administrator
    assert Entry.objects.in_use().get() == new


def test_declined_the_old_stays_in_force(in_use: Entry, operator: Member, administrator: Member) -> None:
    new = hot_plate_change(actor=operator, entry=in_use, **facts(reason="Homicide"))
    hot_plate_decline(actor=administrator, entry=new, why="Not in the report")
    assert Entry.objects.in_use().get() == in_use
    again = hot_plate_change(actor=operator, entry=in_use, **facts(reason="Homicide"))
    assert again.state_of_entry == Entry.State.WAITING


def test_taking_off_the_old_takes_its_change_along(
    in_use: Entry, operator: Member, supervisor: Member
) -> None:
    new = hot_plate_change(actor=operator, entry=in_use, **facts(reason="Homicide"))
    hot_plate_close(actor=supervisor, entry=in_use, why="Car recovered")
    new.refresh_from_db()
    assert (new.state_of_entry, new.closed_why) == (
        Entry.State.CLOSED,
        f"Went with {in_use}: Car recovered",
    )
    with pytest.raises(MoveRefused):
        hot_plate_approve(actor=supervisor, entry=new)


@pytest.mark.django_db(transaction=True)
def test_of_taking_off_and_approving_at_once_nothing_is_left_half(
    in_use: Entry, operator: Member, supervisor: Member, administrator: Member
) -> None:
    new = hot_plate_change(actor=operator, entry=in_use, **facts(reason="Homicide"))
    ready, ended = threading.Barrier(2), []

    def run(act: Callable[..., Entry], **given: Any) -> None:
        try:
            ready.wait()
            act(**given)
            ended.append("done")
        except MoveRefused:
            ended.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=[hot_plate_approve], kwargs={"actor": administrator, "entry": new}),
        threading.Thread(
            target=run,
            args=[hot_plate_close],
            kwargs={"actor": supervisor, "entry": in_use, "why": "Car recovered"},
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    in_use.refresh_from_db()
    new.refresh_from_db()
    assert sorted(ended) == ["done", "refused"]
    assert in_use.state_of_entry == Entry.State.CLOSED
    replaced = in_use.closed_why.startswith("Replaced")
    assert new.state_of_entry == (Entry.State.IN_USE if replaced else Entry.State.CLOSED)


# What came of it


def test_results_of_the_whole_chain_show_on_the_newest(
    in_use: Entry, operator: Member, administrator: Member, camera: Camera
) -> None:
    first = hit_on(in_use, camera, status="closed", outcome="no_stop", closed_at=timezone.now())
    second = hot_plate_change(actor=operator, entry=in_use, **facts(reason="Homicide"))
    assert with_results([second])[0].results == []
    hot_plate_approve(actor=administrator, entry=second)
    hit_on(second, camera)
    third = hot_plate_change(actor=operator, entry=second, **facts(reason="Arson"))
    hot_plate_approve(actor=administrator, entry=third)
    shown = own(operator)
    assert [each.entry.pk for each in shown] == [third.pk]
    assert shown[0].results == [f"{first.number}: {first.get_outcome_display()}"]
    assert shown[0].open_hits == 1
    assert predecessors(third) == [second, in_use]
    first.refresh_from_db()
    assert first.entry == in_use


def test_what_another_took_over_stays_with_who_entered_it(
    in_use: Entry, operator: Member, supervisor: Member, administrator: Member
) -> None:
    new = hot_plate_change(actor=supervisor, entry=in_use, **facts(reason="Homicide"))
    hot_plate_approve(actor=administrator, entry=new)
    assert [each.entry for each in own(operator)] == [in_use]
    assert [each.entry for each in own(supervisor)] == [new]


def test_side_by_side_says_what_changed(enter: Enter) -> None:
    old, new = enter(make="Honda"), enter(plate="7ABC123", make="Honda", state="NV", person="J. Doe")
    differing = {line.label: (line.before, line.after) for line in changed(old, new)}
    assert differing == {
        "Plate": ("8KRB412", "7ABC123"),
        "State of issue": ("California", "Nevada"),
        "Who is sought": ("", "J. Doe"),
    }
    assert "Make" in [line.label for line in side_by_side(old, new)]
    assert "Model" not in [line.label for line in side_by_side(old, new)]


# Pages


def posted(**other: Any) -> dict[str, str]:
    return {name: str(value) for name, value in facts(**other).items()}


def test_the_page_of_a_change_is_closed_to_who_may_not(
    in_use: Entry, second_operator: Member, dispatcher: Member, outsider: Member, sign_in: SignIn
) -> None:
    address = reverse("hot_plate_change", args=[in_use.pk])
    for member, code in ((second_operator, 403), (dispatcher, 403), (outsider, 404)):
        assert sign_in(member).get(address).status_code == code
        assert sign_in(member).post(address, posted(reason="Homicide")).status_code == code


def test_a_change_is_entered_and_seen_side_by_side(
    in_use: Entry, operator: Member, administrator: Member, sign_in: SignIn
) -> None:
    client, address = sign_in(operator), reverse("hot_plate_change", args=[in_use.pk])
    form = client.get(address).content.decode()
    assert 'value="8KRB412"' in form
    answer = client.post(address, posted(reason=""))
    assert answer.status_code == 422
    assert "The change was not entered" in answer.content.decode()
    answer = client.post(address, posted(reason="Homicide"))
    new = Entry.objects.get(replaces=in_use)
    assert answer["Location"] == reverse("hot_plate", args=[new.pk])
    page = sign_in(administrator).get(answer["Location"]).content.decode()
    assert "What would change" in page
    assert "<strong>Homicide</strong>" in page
    assert (
        "a change of it, waits for approval"
        in client.get(reverse("hot_plate", args=[in_use.pk])).content.decode()
    )
    assert client.get(address).status_code == 302
    queue = sign_in(administrator).get(reverse("hot_plates")).content.decode()
    assert f"a change of hot plate {in_use.pk}" in queue


def test_who_comes_second_to_a_change_is_told(
    in_use: Entry, operator: Member, supervisor: Member, sign_in: SignIn
) -> None:
    hot_plate_close(actor=supervisor, entry=in_use, why="Car recovered")
    answer = sign_in(operator).post(reverse("hot_plate_change", args=[in_use.pk]), posted(reason="Homicide"))
    assert answer.status_code == 302
    assert not in_use.replaced_by.exists()


def test_a_renewal_out_of_bounds_keeps_what_was_typed(
    in_use: Entry, operator: Member, sign_in: SignIn
) -> None:
    late = (timezone.localdate() + timedelta(days=31)).isoformat()
    answer = sign_in(operator).post(
        reverse("hot_plate_move", args=[in_use.pk, "renew"]), {"expires_on": late}
    )
    assert answer.status_code == 422
    assert f'value="{late}"' in answer.content.decode()
    assert "30 days at most" in answer.content.decode()
    assert not Event.objects.filter(outcome=Outcome.REFUSED).exists()


def test_another_plate_meanwhile_on_the_list_refuses_the_approval(
    in_use: Entry, operator: Member, administrator: Member, supervisor: Member, specific_list: Any
) -> None:
    new = hot_plate_change(actor=operator, entry=in_use, **facts(plate="7ABC123"))
    Entry.objects.filter(pk=new.pk).update(plate="7ABC999")
    other = hot_plate_enter(actor=operator, hot_list=specific_list, **facts(plate="7ABC123"))
    hot_plate_approve(actor=supervisor, entry=other)
    Entry.objects.filter(pk=new.pk).update(plate="7ABC123")
    with pytest.raises(ValidationError, match="on that list already"):
        hot_plate_approve(actor=administrator, entry=new)
    in_use.refresh_from_db()
    assert in_use.state_of_entry == Entry.State.IN_USE
