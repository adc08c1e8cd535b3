"""What a part of a plate or a description would have met lately: seen before it is entered, and bounded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from accounts.services import purpose_state
from hotlists.models import Entry, HotList
from hotlists.past import DAYS, Past, past
from hotlists.wanted import Wanted, cited, entry_of
from trail.models import Event, Inquiry
from trail.services import act, record
from trail.verbs import Verb
from training import gate

SEEN_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Preview:
    """What an entry would have met in the last days, and how much of it the policy allows.

    `past.plates` is empty for whoever may not search, and where a search for it would need a second person.
    """

    entry: Entry
    past: Past
    most_a_day: int | None
    clause: str
    names_vehicles: bool

    @property
    def is_too_broad(self) -> bool:
        """Whether it would have met more vehicles a day than the policy allows."""
        return self.most_a_day is not None and self.past.a_day > self.most_a_day


@act
def hot_plate_preview(*, actor: Member, hot_list: HotList, **wanted: Unpack[Wanted]) -> Preview:
    """What a part of a plate, or a description, would have met in the last 7 days; recorded with its case.

    The figures are for whoever may enter hot plates. The vehicles met most are shown where the gate lets the
    member search, under the stated case (Civil Code 1798.90.52), and the policy lets one person search so
    broadly. Raises ValidationError, by field, as entering does, and for a whole plate: that is a search.
    """
    gate.require(actor, Permission.ENTER_HOT_PLATES, on=hot_list)
    entry = entry_of(actor, hot_list, wanted)
    if entry.is_whole:
        raise ValidationError({"plate": "A whole plate is entered without a preview, or searched for."})
    inquiry = state_case(entry, actor, wanted)
    may_search = gate.allows(actor, Permission.SEARCH, on=hot_list)
    if may_search:
        gate.require(actor, Permission.SEARCH, on=hot_list, inquiry=inquiry)
    found = past(entry, DAYS)
    what = "a part of a plate" if entry.plate else "a description"
    elements, detail = _pattern(entry), _figures(found)
    record(actor, Verb.PREVIEWED, what, inquiry=inquiry, elements=elements, detail=detail)
    most, clause = entry.agency.policy.hot_lists.most_matches_a_day, cited(entry.agency, "most_matches_a_day")
    shown = found if may_search and not found.withheld else replace(found, plates=())
    return Preview(entry, shown, most, clause, may_search)


def refuse_unseen(entry: Entry, actor: Member) -> None:
    """Raise ValidationError where `actor` has not previewed this part of a plate or description just now."""
    if entry.is_whole:
        return
    seen = Event.objects.filter(
        actor=actor,
        verb=Verb.PREVIEWED,
        elements=_pattern(entry),
        timestamp__gt=timezone.now() - SEEN_FOR,
    )
    if not seen.exists():
        raise ValidationError({"plate": "See first what it would have met; then it can be entered."})


def refuse_broad(entry: Entry) -> None:
    """Raise ValidationError where a part or a description would have met more than the policy allows."""
    most = entry.agency.policy.hot_lists.most_matches_a_day
    if entry.is_whole or most is None:
        return
    met = past(entry, DAYS)
    if met.a_day > most:
        clause = cited(entry.agency, "most_matches_a_day")
        many = f"{met.a_day:,.1f} vehicles a day" if met.is_counted else "more than can be counted"
        words = (
            f"In the last {met.days} days it would have met {many}; the policy allows {most} a day. "
            f"Say more of the plate or of the vehicle. {clause}"
        )
        raise ValidationError({"plate": words.strip()})


def state_look_back(entry: Entry, actor: Member, wanted: Wanted) -> None:
    """Where looking back is asked for, state its case, under which past detections are met once approved."""
    if entry.look_back_days:
        inquiry = state_case(entry, actor, wanted)
        gate.require(actor, Permission.SEARCH, on=entry.hot_list, inquiry=inquiry)
        entry.inquiry = inquiry


def state_case(entry: Entry, actor: Member, wanted: Wanted) -> Inquiry:
    """The member's inquiry for the case of `entry`: one that stands and is fresh, or a new one."""
    case = {
        "offense": wanted.get("offense", ""),
        "case_number": entry.case_number,
        "reason": entry.synopsis,
    }
    standing = Inquiry.objects.filter(
        member=actor, agency=actor.agency, stated_at__gt=timezone.now() - Inquiry.GOOD_FOR, **case
    )
    return standing.first() or purpose_state(actor=actor, **case)


def _figures(found: Past) -> str:
    if not found.is_counted:
        return f"more than can be counted in {found.days} days"
    return f"{found.reads} reads of {found.vehicles} vehicles in {found.days} days"


def _pattern(entry: Entry) -> dict[str, Any]:
    """What is held against detections, by which a preview is found again."""
    given = {name: getattr(entry, name) for name in ("plate", "state", "make", "model", "color", "body")}
    return given | {"hot_list": entry.hot_list.name}
