"""Hot plates: entered by one person, approved or declined by another, closed when they are done."""

from __future__ import annotations

from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import turns
from hotlists.models import Entry, HotList
from hotlists.moves import DECIDING, ENTRY_MOVES, decides, permissions_for, turn
from hotlists.service_lists import stated, two_people
from hotlists.service_previews import refuse_broad, refuse_unseen, state_look_back
from hotlists.wanted import Wanted, cited, entry_of, refuse_closed
from trail.moves import MoveRefused
from trail.services import act, record
from trail.verbs import Verb
from training import gate


@act
def hot_plate_enter(*, actor: Member, hot_list: HotList, **wanted: Unpack[Wanted]) -> Entry:
    """Enter a vehicle of interest on a specific list. It matches nothing until another person approves it.

    Carries the entering member, a case number and a short synopsis (Vallejo Policy 426.4(f)), and its last
    day. A part of a plate or a description (426.4(c)) is refused before its preview has been seen, and where
    it would have met more than the policy allows, computed anew. Raises ValidationError, by field.
    """
    gate.require(actor, Permission.ENTER_HOT_PLATES, on=hot_list)
    hot_list = locked_list(hot_list)
    entry = entry_of(actor, hot_list, wanted)
    _refuse_standing(entry, actor)
    refuse_unseen(entry, actor)
    refuse_broad(entry)
    state_look_back(entry, actor, wanted)
    return put(entry, actor, Verb.HOT_PLATE_ENTERED)


@act
def hot_plate_approve(*, actor: Member, entry: Entry) -> Entry:
    """Put a waiting hot plate in use; a change or renewal takes the place of what it changes.

    By another person than who entered it (a database constraint), and where that member has a supervisor by
    that supervisor or an administrator (Vallejo Policy 426.4(f)(5)). Raises `gate.Refused` for everybody
    else, `MoveRefused` where it does not wait, has expired, or changes what is no longer in use.
    """
    entry = begin("approve", actor, entry)
    refuse_closed(entry.hot_list)
    if entry.is_expired:
        raise MoveRefused("This hot plate expired before it was approved. It can be entered again.")
    turns.to_approve(entry.agency)
    if entry.replaces is not None:
        if entry.replaces.state_of_entry != Entry.State.IN_USE:
            raise MoveRefused("The hot plate that this one changes is no longer in use.")
        shut(entry.replaces, actor, f"Replaced by {entry}.")
    return _decide(actor, entry, Entry.State.IN_USE, Verb.HOT_PLATE_APPROVED)


@act
def hot_plate_decline(*, actor: Member, entry: Entry, why: str) -> Entry:
    """Decline a waiting hot plate, with the reason for the member who entered it; who may is as approving.

    What a declined change or renewal would have replaced stays in force.
    """
    entry = begin("decline", actor, entry)
    entry.closed_why = stated(why)
    return _decide(actor, entry, Entry.State.DECLINED, Verb.HOT_PLATE_DECLINED)


@act
def hot_plate_close(*, actor: Member, entry: Entry, why: str) -> Entry:
    """Take a hot plate off its list, waiting or in use: by who entered it or by who may approve it.

    A change of it that waits goes with it.
    """
    entry = begin("close", actor, entry)
    why = stated(why)
    shut_with_change(entry, actor, why)
    return entry


def locked_list(hot_list: HotList) -> HotList:
    """The list, locked against other entries and moves until the transaction ends."""
    return HotList.objects.select_for_update(no_key=True).get(pk=hot_list.pk)


def begin(move: str, actor: Member, entry: Entry) -> Entry:
    """Lock list and entry, and check the move: gate, then the two-person rule, then the table."""
    hot_list = locked_list(entry.hot_list)
    found = Entry.objects.select_related("entered_by__supervisor", "replaces").get(pk=entry.pk)
    found.hot_list = hot_list
    if found.replaces is not None:
        found.replaces.hot_list = hot_list
    for permission in permissions_for(ENTRY_MOVES.table[move], found, actor):
        gate.require(actor, permission, on=found)
    if found.entered_by_id is None:
        raise MoveRefused("This entry comes from a file: it changes with the next load of its list.")
    if move in DECIDING:
        _refuse_decision(move, actor, found)
    ENTRY_MOVES.check(move, found.state_of_entry)
    return found


def put(entry: Entry, actor: Member, verb: Verb) -> Entry:
    """Save a new hot plate, checked against every constraint, and record it under `verb`."""
    entry.full_clean()
    entry.save()
    record(actor, verb, entry, purpose=purpose_of(entry), elements=elements_of(entry))
    return entry


def shut(entry: Entry, actor: Member, why: str) -> None:
    """Close a hot plate, with who, when and why."""
    entry.state_of_entry, entry.closed_by, entry.closed_at = Entry.State.CLOSED, actor, timezone.now()
    entry.closed_why = why
    entry.save()
    record(
        actor,
        Verb.HOT_PLATE_CLOSED,
        entry,
        purpose=purpose_of(entry),
        elements=elements_of(entry),
        detail=why,
    )


def shut_with_change(entry: Entry, actor: Member, why: str) -> None:
    """Close a hot plate, and the change of it that waits, which could not take its place any more."""
    shut(entry, actor, why)
    for change in entry.replaced_by.filter(state_of_entry=Entry.State.WAITING):
        shut(change, actor, f"Went with {entry}: {why}"[:200])


def purpose_of(entry: Entry) -> str:
    """What a hot plate is for, as every act on it says."""
    return f"{entry.reason}, case {entry.case_number}, “{entry.synopsis}”"


def elements_of(entry: Entry) -> dict[str, Any]:
    """The data elements of a hot plate; those of a vehicle where the plate is not whole."""
    elements = {"plate": entry.plate, "state": entry.state, "hot_list": entry.hot_list.name}
    return elements if entry.is_whole else elements | {"vehicle": entry.vehicle}


def _refuse_decision(move: str, actor: Member, entry: Entry) -> None:
    """Raise `gate.Refused` where another person than `actor` has to decide."""
    if entry.entered_by_id == actor.pk:
        raise two_people(actor, "You entered this hot plate yourself.", f"to {move} a hot plate of one’s own")
    if not decides(actor, entry):
        clause = cited(entry.agency, "specific_update_approval")
        raise gate.Refused(
            "two people",
            f"What {entry.entered_by} enters is decided by {turn(entry)}. {clause}".strip(),
            "Tell one of them that it waits.",
            actor=actor,
            attempted=f"to {move} a hot plate of a member whom another supervises",
        )


def _decide(actor: Member, entry: Entry, after: Entry.State, verb: Verb) -> Entry:
    entry.state_of_entry, entry.decided_by, entry.decided_at = after, actor, timezone.now()
    entry.full_clean()
    entry.save()
    record(
        actor,
        verb,
        entry,
        purpose=purpose_of(entry),
        elements=elements_of(entry),
        detail=entry.closed_why,
    )
    return entry


def _refuse_standing(entry: Entry, actor: Member) -> None:
    """Close expired entries of the same plate; refuse where one still stands. The list's row is locked.

    The same description may stand for two cases.
    """
    standing = Entry.objects.hot_plates().filter(
        hot_list=entry.hot_list,
        plate=entry.plate,
        state=entry.state,
        state_of_entry__in=[Entry.State.WAITING, Entry.State.IN_USE],
    )
    if not entry.plate:
        standing = standing.filter(anchor=entry.anchor, model=entry.model, case_number=entry.case_number)
    found = list(standing.order_by("pk"))
    for other in found:
        if not other.is_expired:
            words = other.get_state_of_entry_display().lower()
            what = "This plate" if entry.plate else "This description"
            raise ValidationError({"plate": f"{what} is on that list already, as {other}: {words}."})
    keys = {other.pk for other in found}
    for other in found:
        if other.replaces_id not in keys:
            shut_with_change(other, actor, "Expired, and entered again.")
