"""What a hot plate must carry, checked field by field, and the entry that it becomes."""

from __future__ import annotations

from datetime import date
from typing import Any, Required, TypedDict

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from hotlists import anchors, patterns, plates
from hotlists.models import Entry, HotList
from hotlists.moves import latest_expiry
from hotlists.reading import end_of
from trail.models import Offense
from trail.purpose import VagueReason, check_case_number, check_reason, refuse_immigration

ATTRIBUTES = ("make", "model", "color", "body")
FEWEST_ATTRIBUTES = 2


class Wanted(TypedDict, total=False):
    """A vehicle of interest as a member gives it.

    `plate` is whole, or has `?` for one unknown character and `*` for any number, or is empty where only the
    vehicle is described. `state` is a two-letter code, or empty where it is not known; `expires_on` is the
    last day on which it matches. `offense` is the kind of case (`trail.models.Offense`), needed where past
    detections are asked: for a preview, and for `look_back_days`.
    """

    plate: Required[str]
    state: Required[str]
    reason: Required[str]
    case_number: Required[str]
    synopsis: Required[str]
    expires_on: Required[date]
    make: str
    model: str
    year: int | None
    color: str
    body: str
    person: str
    priority: int | None
    offense: str
    look_back_days: int | None


def entry_of(actor: Member, hot_list: HotList, wanted: Wanted) -> Entry:
    """The entry that `wanted` becomes on `hot_list`, not yet saved.

    Raises ValidationError that names every field which says too little or more than the policy allows.
    """
    refuse_closed(hot_list)
    given = {name: wanted.get(name) for name in ("year", "priority")}
    entry = Entry(hot_list=hot_list, entered_by=actor, **given, **_values(hot_list, wanted))
    lay_keys(entry)
    entry.clean_fields()
    return entry


def _values(hot_list: HotList, wanted: Wanted) -> dict[str, Any]:
    agency = hot_list.agency
    values = _checked(
        plate=(lambda text: _plate(text, wanted, agency), wanted["plate"]),
        state=(plates.normalize_state, wanted["state"]),
        reason=(_reason, wanted["reason"]),
        case_number=(check_case_number, wanted["case_number"]),
        synopsis=(_synopsis, wanted["synopsis"]),
        expires_on=(lambda day: expiry(day, agency), wanted["expires_on"]),
        person=(_person, wanted.get("person", "")),
        offense=(lambda text: _offense(text, wanted), wanted.get("offense", "")),
        look_back_days=(lambda days: _look_back(days, hot_list), wanted.get("look_back_days")),
        **{name: (_tidy, wanted.get(name, "")) for name in ATTRIBUTES},
    )
    values["expires_at"] = end_of(values.pop("expires_on"))
    del values["offense"]
    return values


def lay_keys(entry: Entry) -> None:
    """Give the entry the key under which it is met: that of its whole plate, or its anchor."""
    described = {name: getattr(entry, name) for name in ("make", "model", "color", "body")}
    entry.anchor = anchors.anchor_of(plate=entry.plate, **described)
    entry.plate_key = "" if entry.anchor else plates.fold(entry.plate)


def is_whole(text: str) -> bool:
    """Whether what was typed is a whole plate, so that nothing is previewed."""
    return bool(text.strip()) and not patterns.is_partial(text)


def refuse_closed(hot_list: HotList) -> None:
    """Raise ValidationError where the list takes no hot plates."""
    if hot_list.kind != HotList.Kind.SPECIFIC:
        raise ValidationError({"hot_list": "A general list takes its entries from its files alone."})
    if not hot_list.is_active:
        raise ValidationError({"hot_list": "This list is no longer in use."})
    if not hot_list.is_open:
        raise ValidationError({"hot_list": "This list waits for approval and takes no entries yet."})


def expiry(day: date, agency: Agency) -> date:
    """A last day that has not passed and is not later than the policy allows. Raises ValueError."""
    if day < timezone.localdate():
        raise ValueError("That day has passed.")
    last = latest_expiry(agency)
    if last is not None and day > last:
        raise ValueError(
            f"The policy keeps a hot plate {agency.policy.hot_lists.longest_expiry_days} days at most: "
            f"until {last:%b} {last.day}, {last.year}."
        )
    return day


def cited(agency: Agency, rule: str) -> str:
    """On what a rule of hot lists rests: its clauses, or why the policy takes it where its text is silent."""
    citation = agency.policy.citation(f"hot_lists.{rule}")
    if not citation.clauses:
        return citation.default_reason
    return f"{agency.policy.label}, {', '.join(citation.clauses)}."


def _plate(text: str, wanted: Wanted, agency: Agency) -> str:
    """The written form of a whole or partial plate; empty where the vehicle is described well enough."""
    policy = agency.policy.hot_lists
    if not text.strip():
        if not policy.vehicle_descriptions:
            raise ValueError("Give the plate. The policy does not speak of entering descriptions alone.")
        _described(wanted)
        return ""
    if not patterns.is_partial(text):
        return plates.typed(text)
    if not policy.partial_plates:
        raise ValueError("Give the whole plate. The policy does not speak of entering a part of one.")
    pattern = patterns.tidy(text)
    if patterns.known(pattern) < policy.fewest_known_characters:
        raise ValueError(
            f"A partial plate is entered with at least {policy.fewest_known_characters} known characters; "
            f"this has {patterns.known(pattern)}."
        )
    return pattern


def _described(wanted: Wanted) -> None:
    given = {name: _tidy(str(wanted.get(name) or "")) for name in ATTRIBUTES}
    if sum(map(bool, given.values())) < FEWEST_ATTRIBUTES:
        raise ValueError(
            "Give the plate, whole or in part; or, without one, two at least of make, model, color and body."
        )
    problems = {
        name: f"No reader would know this {words}: choose one of the list."
        for name, words in (("make", "make"), ("color", "color"), ("body", "body style"))
        if given[name] and not anchors.code_of(name, given[name])
    }
    if problems:
        raise ValidationError(problems)
    if not anchors.anchor_of(plate="", **given).partition(":")[2]:
        raise ValueError("Name the make, the body or one color, so that a vehicle can be told from others.")


def _reason(text: str) -> str:
    tidy = _tidy(text)
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


def _person(text: str) -> str:
    refuse_immigration(text)
    return _tidy(text)


def _offense(offense: str, wanted: Wanted) -> str:
    if offense in Offense.values:
        return offense
    if offense or wanted.get("look_back_days") or not is_whole(wanted["plate"]):
        raise ValueError("Choose the kind of case: past detections are asked under a stated case alone.")
    return ""


def longest_look_back(hot_list: HotList) -> int | None:
    """How many days back policy and list let a new entry be held against detections; None for not at all."""
    policy, own = hot_list.agency.policy.hot_lists.look_back_days, hot_list.look_back_days
    return min(policy, own) if policy and own else None


def _look_back(days: int | None, hot_list: HotList) -> int | None:
    if not days:
        return None
    longest = longest_look_back(hot_list)
    if longest is None:
        raise ValueError("New entries of this list are not held against past detections. Leave it empty.")
    if not 0 < days <= longest:
        raise ValueError(f"Policy and list allow {longest} days at most.")
    return days


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _checked(**fields: Any) -> dict[str, Any]:
    """Run each field's check on its value; raise one ValidationError that names every field that fails."""
    values: dict[str, Any] = {}
    problems: dict[str, Any] = {}
    for name, (check, value) in fields.items():
        try:
            values[name] = check(value)
        except ValidationError as several:
            problems |= several.message_dict
        except ValueError as refused:
            problems[name] = str(refused)
    if problems:
        raise ValidationError(problems)
    return values
