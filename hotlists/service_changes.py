"""Hot plates in use: changed and renewed by one person and approved by another, let go, or expired."""

from __future__ import annotations

from datetime import date
from typing import Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from alpr.templatetags.look import day
from hotlists.changes import changed
from hotlists.models import Entry, HotList
from hotlists.moves import KEPT_AFTER, waiting_change
from hotlists.reading import end_of
from hotlists.service_plates import begin, elements_of, purpose_of, put, shut_with_change
from hotlists.service_previews import refuse_broad, refuse_unseen, state_look_back
from hotlists.wanted import Wanted, entry_of, expiry, refuse_closed
from trail.actors import System
from trail.moves import MoveRefused
from trail.services import act, record
from trail.verbs import Verb

COPIED = (
    "plate", "plate_key", "anchor", "state", "reason", "make", "model", "year", "color", "body", "person",
    "case_number", "synopsis", "priority",
)  # fmt: skip
LET_GO = "Let go by who entered it: it ended without result."
EXPIRED = "Expired; nobody renewed it."
NEVER_APPROVED = "Expired; nobody approved it."


@act
def hot_plate_change(*, actor: Member, entry: Entry, **wanted: Unpack[Wanted]) -> Entry:
    """Ask for a change of a hot plate in use; gives the one that waits to take its place.

    The old one stays in force until another person approves the new (Vallejo Policy 426.4(f)(5)). Raises
    `MoveRefused` where a change waits already, ValidationError as entering does, and where nothing differs.
    """
    entry = _begin("change", actor, entry)
    new = entry_of(actor, entry.hot_list, wanted)
    new.replaces = entry
    if not changed(entry, new) and not new.look_back_days:
        raise ValidationError("Nothing is different. Change a field, or leave the hot plate as it is.")
    refuse_unseen(new, actor)
    refuse_broad(new)
    _refuse_listed(new)
    state_look_back(new, actor, wanted)
    return put(new, actor, Verb.HOT_PLATE_CHANGED)


@act
def hot_plate_renew(*, actor: Member, entry: Entry, expires_on: date) -> Entry:
    """Ask to keep a hot plate in use through `expires_on`; gives the one that waits to take its place.

    The new last day lies within the policy's longest time from today. Raises `MoveRefused` where a change
    waits already, ValidationError, on `expires_on`, for a day that is none.
    """
    entry = _begin("renew", actor, entry)
    try:
        last = expiry(expires_on, entry.agency)
    except ValueError as refused:
        raise ValidationError({"expires_on": str(refused)}) from refused
    if entry.last_day is not None and last <= entry.last_day:
        raise ValidationError({"expires_on": f"It lasts through {day(entry.last_day)} already."})
    kept = {name: getattr(entry, name) for name in COPIED}
    new = Entry(hot_list=entry.hot_list, entered_by=actor, replaces=entry, expires_at=end_of(last), **kept)
    refuse_broad(new)
    return put(new, actor, Verb.HOT_PLATE_RENEWED)


@act
def hot_plate_let_go(*, actor: Member, entry: Entry) -> Entry:
    """Let a hot plate go that ends without result: by the member who entered it."""
    entry = begin("let_go", actor, entry)
    if entry.entered_by_id != actor.pk:
        raise MoveRefused("Another member entered this hot plate. It can be taken off the list instead.")
    shut_with_change(entry, actor, LET_GO)
    return entry


@act
def hot_plates_expire(*, actor: System, agency: Agency) -> int:
    """Close an agency's hot plates 7 days after their last day; gives how many. Can be run again.

    One whose renewal still waits is left for whoever decides on that. Locks the specific lists, so that
    nobody moves a hot plate meanwhile.
    """
    lists = HotList.objects.filter(agency=agency, kind=HotList.Kind.SPECIFIC).order_by("pk")
    asked = Entry.objects.filter(
        state_of_entry=Entry.State.WAITING, expires_at__gt=timezone.now(), replaces__isnull=False
    )
    due = Entry.objects.hot_plates().filter(
        hot_list__in=list(lists.select_for_update(no_key=True)),
        state_of_entry__in=[Entry.State.WAITING, Entry.State.IN_USE],
        expires_at__lte=timezone.now() - KEPT_AFTER,
    )
    found = list(due.exclude(pk__in=asked.values("replaces")).select_related("hot_list"))
    for entry in found:
        _expire(actor, entry)
    return len(found)


def _expire(actor: System, entry: Entry) -> None:
    waits = entry.state_of_entry == Entry.State.WAITING
    entry.state_of_entry, entry.closed_at = Entry.State.CLOSED, timezone.now()
    entry.closed_why = NEVER_APPROVED if waits else EXPIRED
    entry.save()
    record(
        actor,
        Verb.HOT_PLATE_EXPIRED,
        entry,
        purpose=purpose_of(entry),
        elements=elements_of(entry),
        detail=entry.closed_why,
    )


def _begin(move: str, actor: Member, entry: Entry) -> Entry:
    entry = begin(move, actor, entry)
    refuse_closed(entry.hot_list)
    if waiting_change(entry) is not None:
        raise MoveRefused("A change of this hot plate waits for approval already.")
    return entry


def _refuse_listed(new: Entry) -> None:
    """Raise ValidationError where the plate of a change is another hot plate of the list."""
    others = Entry.objects.hot_plates().filter(
        hot_list=new.hot_list,
        plate=new.plate,
        state=new.state,
        state_of_entry__in=[Entry.State.WAITING, Entry.State.IN_USE],
    )
    other = next((each for each in others if each != new.replaces), None)
    if new.plate and other is not None:
        raise ValidationError({"plate": f"This plate is on that list already, as {other}."})
