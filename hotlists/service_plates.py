"""Hot plates: entered by one person, approved or declined by another, closed when they are done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from hotlists import plates
from hotlists.csv_values import end_of
from hotlists.models import Entry, HotList
from hotlists.moves import ENTRY_MOVES, permission_for
from hotlists.service_lists import stated, two_people
from trail.moves import MoveRefused
from trail.purpose import VagueReason, check_case_number, check_reason, refuse_immigration
from trail.services import act, record
from trail.verbs import Verb
from training import gate


@act
def hot_plate_enter(
    *,
    actor: Member,
    hot_list: HotList,
    plate: str,
    state: str,
    reason: str,
    case_number: str,
    synopsis: str,
    expires_on: date,
    make: str = "",
    model: str = "",
    year: int | None = None,
    color: str = "",
    body: str = "",
) -> Entry:
    """Enter a vehicle of interest on a specific list. It matches nothing until another person approves it.

    Carries the entering member, a case number and a short synopsis (Vallejo Policy 426.4(f)). `state` is a
    two-letter code, or empty where it is not known; `expires_on` is the last day on which it matches. Raises
    ValidationError, by field.
    """
    gate.require(actor, Permission.ENTER_HOT_PLATES, on=hot_list)
    hot_list = HotList.objects.select_for_update().get(pk=hot_list.pk)
    _refuse_closed(hot_list)
    texts = _checked(
        plate=(plates.typed, plate),
        state=(plates.normalize_state, state),
        reason=(_reason, reason),
        case_number=(check_case_number, case_number),
        synopsis=(_synopsis, synopsis),
        expires_on=(lambda day: _expiry(day, hot_list.agency), expires_on),
    )
    texts["expires_at"] = end_of(texts.pop("expires_on"))
    vehicle = {"make": make, "model": model, "year": year, "color": color, "body": body}
    entry = Entry(
        hot_list=hot_list, plate_key=plates.fold(texts["plate"]), entered_by=actor, **texts, **vehicle
    )
    _refuse_standing(entry, actor)
    entry.full_clean()
    entry.save()
    record(actor, Verb.HOT_PLATE_ENTERED, entry, purpose=_purpose(entry), elements=_elements(entry))
    return entry


@act
def hot_plate_approve(*, actor: Member, entry: Entry) -> Entry:
    """Put a waiting hot plate in use. By another person than who entered it (a database constraint).

    Raises `gate.Refused` for the entering member, `MoveRefused` where it does not wait or has expired.
    """
    entry = _begin("approve", actor, entry)
    _refuse_closed(entry.hot_list)
    if entry.expires_at is not None and entry.expires_at <= timezone.now():
        raise MoveRefused("This hot plate expired before it was approved. It can be entered again.")
    return _decide(actor, entry, Entry.State.IN_USE, Verb.HOT_PLATE_APPROVED)


@act
def hot_plate_decline(*, actor: Member, entry: Entry, why: str) -> Entry:
    """Decline a waiting hot plate, with the reason for the member who entered it. By another person."""
    entry = _begin("decline", actor, entry)
    entry.closed_why = stated(why)
    return _decide(actor, entry, Entry.State.DECLINED, Verb.HOT_PLATE_DECLINED)


@act
def hot_plate_close(*, actor: Member, entry: Entry, why: str) -> Entry:
    """Take a hot plate off its list, waiting or in use: by who entered it or by who may approve it."""
    entry = _begin("close", actor, entry)
    _close(entry, actor, stated(why))
    return entry


def latest_expiry(agency: Agency) -> date | None:
    """The latest last day that the policy allows a hot plate entered today; None for no limit."""
    days = agency.policy.hot_lists.longest_expiry_days
    return None if days is None else timezone.localdate() + timedelta(days=days)


def _begin(move: str, actor: Member, entry: Entry) -> Entry:
    """Lock the entry and check the move against gate, two-person rule and table, in that order."""
    locked = Entry.objects.select_for_update(of=("self",)).select_related("hot_list__agency").get(pk=entry.pk)
    gate.require(actor, permission_for(ENTRY_MOVES.table[move], locked, actor), on=locked)
    if locked.entered_by_id is None:
        raise MoveRefused("This entry comes from a file: it changes with the next load of its list.")
    if move != "close" and locked.entered_by_id == actor.pk:
        raise two_people(actor, "You entered this hot plate yourself.", f"to {move} a hot plate of one’s own")
    ENTRY_MOVES.check(move, locked.state_of_entry)
    return locked


def _decide(actor: Member, entry: Entry, after: Entry.State, verb: Verb) -> Entry:
    entry.state_of_entry, entry.decided_by, entry.decided_at = after, actor, timezone.now()
    entry.full_clean()
    entry.save()
    record(actor, verb, entry, purpose=_purpose(entry), elements=_elements(entry), detail=entry.closed_why)
    return entry


def _close(entry: Entry, actor: Member, why: str) -> None:
    entry.state_of_entry, entry.closed_by, entry.closed_at = Entry.State.CLOSED, actor, timezone.now()
    entry.closed_why = why
    entry.save()
    record(
        actor, Verb.HOT_PLATE_CLOSED, entry, purpose=_purpose(entry), elements=_elements(entry), detail=why
    )


def _refuse_closed(hot_list: HotList) -> None:
    if hot_list.kind != HotList.Kind.SPECIFIC:
        raise ValidationError({"hot_list": "A general list takes its entries from its files alone."})
    if not hot_list.is_active:
        raise ValidationError({"hot_list": "This list is no longer in use."})
    if not hot_list.is_open:
        raise ValidationError({"hot_list": "This list waits for approval and takes no entries yet."})


def _refuse_standing(entry: Entry, actor: Member) -> None:
    """Close an expired entry of the same plate; refuse where one still stands. The list's row is locked."""
    standing = Entry.objects.filter(
        hot_list=entry.hot_list,
        plate=entry.plate,
        state=entry.state,
        state_of_entry__in=[Entry.State.WAITING, Entry.State.IN_USE],
    ).first()
    if standing is None:
        return
    if standing.expires_at is None or standing.expires_at > timezone.now():
        words = standing.get_state_of_entry_display().lower()
        raise ValidationError({"plate": f"This plate is on that list already, as {standing}: {words}."})
    _close(standing, actor, "Expired, and entered again.")


def _reason(text: str) -> str:
    tidy = " ".join(text.split())
    if not tidy:
        raise ValueError("Say what the vehicle is wanted for.")
    refuse_immigration(tidy)
    return tidy


def _synopsis(text: str) -> str:
    refuse_immigration(text)
    try:
        return check_reason(text)
    except VagueReason as vague:
        raise ValueError(
            "That says too little for another officer to check. Say what happened, where and when, such as "
            "“Two men robbed the Quay St pharmacy at 16:20 and left in this car.”"
        ) from vague


def _expiry(day: date, agency: Agency) -> date:
    if day < timezone.localdate():
        raise ValueError("That day has passed.")
    last = latest_expiry(agency)
    if last is not None and day > last:
        raise ValueError(
            f"The policy keeps a hot plate {agency.policy.hot_lists.longest_expiry_days} days at most: "
            f"until {last:%b} {last.day}, {last.year}."
        )
    return day


def _checked(**fields: Any) -> dict[str, Any]:
    """Run each field's check on its value; raise one ValidationError that names every field that fails."""
    values, problems = {}, {}
    for name, (check, value) in fields.items():
        try:
            values[name] = check(value)
        except ValueError as refused:
            problems[name] = str(refused)
    if problems:
        raise ValidationError(problems)
    return values


def _purpose(entry: Entry) -> str:
    return f"{entry.reason}, case {entry.case_number}, “{entry.synopsis}”"


def _elements(entry: Entry) -> dict[str, Any]:
    return {"plate": entry.plate, "state": entry.state, "hot_list": entry.hot_list.name}
