"""Making a search: the purpose asked at the gate, the broad ones decided by a second person, all recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections import search as query
from detections import search_agencies, search_places, search_vehicles
from detections.models import Camera, Search
from hotlists.patterns import is_partial, tidy
from hotlists.plates import BadPlate, normalize_state
from trail.models import Inquiry
from trail.moves import Move, MoveRefused, Moves
from trail.purpose import VagueReason, refuse_immigration
from trail.services import act, record
from trail.verbs import Verb
from training import gate

WAITING, APPROVED, DECLINED = "waiting", "approved", "declined"
SEARCH_MOVES = Moves(
    "search",
    [
        Move("approve", "Approve this search", frozenset({WAITING}), APPROVED, Permission.APPROVE_SEARCHES),
        Move("decline", "Decline this search", frozenset({WAITING}), DECLINED, Permission.APPROVE_SEARCHES),
    ],
)


class Question(TypedDict, total=False):
    """What a search asks. `plate` may hold `?` and `*`; what is left out bounds nothing.

    `circle` is latitude and longitude in degrees and a radius in meters, `area` the corners of a drawn area,
    each latitude and longitude; one of the two at most. `since` defaults to the start of what is kept,
    `until` to now, `confusable` to yes, `agencies` to one's own, and no camera means all of theirs.
    """

    plate: str
    confusable: bool
    state: str
    make: str
    model: str
    color: str
    body: str
    circle: Sequence[float] | None
    area: Sequence[Sequence[float]] | None
    agencies: Sequence[Agency]
    cameras: Sequence[Camera]
    since: datetime | None
    until: datetime | None


@act
def search_make(*, actor: Member, inquiry: Inquiry, **asked: Unpack[Question]) -> Search:
    """Search the detections of the actor's agency, or of `agencies`, under `inquiry` (Civil Code 1798.90.52).

    Those of another agency take an agreement in force and a grant, and it has the search on its own trail.
    The search keeps what was asked; `found` counts up to one more than `search.LIMIT`. One that the policy
    calls broad waits for a second person (`broad_why`) and has found nothing yet. Raises `Refused` at the
    gate; ValidationError by field, the place's on `circle` and `area`.
    """
    gate.require(actor, Permission.SEARCH, on=actor.agency, inquiry=inquiry)
    search, cameras = _asked(actor.agency, inquiry, asked), list(asked.get("cameras", ()))
    search_agencies.require_search(actor, search, inquiry)
    search.broad_why = _broad(search, cameras)
    if search.broad_why:
        search.asked_by = actor
    search.full_clean(exclude=["asked_by", "decided_by", "decided_at", "approved"])
    search.save()
    search.cameras.set(cameras)
    if search.others:
        search.agencies.set(search.searched)
    if search.waits:
        record(
            actor, Verb.SEARCH_ASKED, search, inquiry=inquiry, elements=elements(search),
            detail=search.broad_why,
        )  # fmt: skip
        return search
    counts = search_agencies.by_agency(query.walk(search, limit=query.LIMIT + 1))
    search.found = counts.total()
    search.save(update_fields=["found"])
    search_agencies.record_access(actor, Verb.SEARCHED, search, elements=elements(search), shown=counts)
    return search


def why_broad(*, agency: Agency, **asked: Unpack[Question]) -> str:
    """Why such a search would wait for a second person at `agency`; empty where one may make it alone.

    It shows no data and is no search. Raises ValidationError as `search_make` does.
    """
    return _broad(_asked(agency, None, asked), list(asked.get("cameras", ())))


@act
def search_decide(*, actor: Member, search: Search, approve: bool, note: str = "") -> Search:
    """Approve a broad search, or decline it with a note, as another person than who asks for it.

    Approved, its maker may open it for as long as the purpose holds; who decides sees what is asked and no
    result. Raises `Refused` at the gate and for the maker, `MoveRefused` where it does not wait or its
    purpose is too old, ValidationError on `note`.
    """
    gate.require(actor, Permission.APPROVE_SEARCHES, on=search)
    search = Search.objects.select_for_update().get(pk=search.pk)
    move = "approve" if approve else "decline"
    if search.asked_by_id == actor.pk:
        raise gate.Refused(
            "two people", "You asked for this search yourself.", "Another person decides on it.",
            actor=actor, attempted=f"to {move} a search of one’s own",
        )  # fmt: skip
    SEARCH_MOVES.check(move, state_of(search))
    if approve and not search.inquiry.is_fresh:
        raise MoveRefused("The purpose of this search was stated too long ago. Its maker can ask again.")
    search.approved, search.decided_by, search.decided_at = approve, actor, timezone.now()
    search.decision_note = _note(note, needed=not approve)
    search.full_clean()
    search.save()
    record(
        actor, Verb.SEARCH_APPROVED if approve else Verb.SEARCH_DECLINED, search, inquiry=search.inquiry,
        elements=elements(search), detail=search.decision_note,
    )  # fmt: skip
    return search


def state_of(search: Search) -> str:
    """Where a search stands in `SEARCH_MOVES`; one that was never broad is `open`."""
    if not search.broad_why:
        return "open"
    return {None: WAITING, True: APPROVED, False: DECLINED}[search.approved]


def require_open(actor: Member, search: Search) -> None:
    """Let `actor` see what `search` finds, or raise `Refused`.

    It is for its maker alone, under a fresh purpose, and where it is broad after a second person's approval.
    """
    search_agencies.require_search(actor, search, search.inquiry)
    if search.is_open:
        return
    waits = search.waits
    raise gate.Refused(
        "two people",
        "This search waits for a second person." if waits else "A second person declined this search.",
        "It opens once it is approved."
        if waits
        else "Give more of the plate, fewer cameras or a shorter time.",
        actor=actor,
        attempted="to open a broad search without approval",
    )


def elements(search: Search) -> dict[str, Any]:
    """What was asked and how many were found, as the trail keeps it; what was left out is left out."""
    found: Any = f"more than {query.LIMIT}" if search.found > query.LIMIT else search.found
    asked = {name: getattr(search, name) for name in search_vehicles.NAMES if getattr(search, name)}
    return {
        "plate": search.pattern,
        "confusable": search.confusable,
        "state": search.state,
        **asked,
        **search_places.elements(search),
        "since": search.since,
        "until": search.until,
        "cameras": [camera.code for camera in search.cameras.all()] or "all",
        **({"agencies": [agency.name for agency in search.searched]} if search.others else {}),
        **({"found": found} if search.is_open else {}),
    }


def _asked(agency: Agency, inquiry: Inquiry | None, asked: Question) -> Search:
    """The search, not saved, with every value in its written form."""
    search = Search(inquiry=inquiry or Inquiry(), agency=agency, confusable=asked.get("confusable", True))
    search.pattern, search.state = _plate(asked.get("plate", "")), _state(asked.get("state", ""))
    search.kind = _kind(search.pattern)
    for name in search_vehicles.NAMES:
        setattr(search, name, _word(name, str(asked.get(name, ""))))
    search.searched = search_agencies.checked(agency, asked.get("agencies", ()), asked.get("cameras", ()))
    search.since, search.until = _times(search.searched, asked.get("since"), asked.get("until"))
    for name, value in _place(asked.get("circle"), asked.get("area")).items():
        setattr(search, name, value)
    return search


def _kind(pattern: str) -> Search.Kind:
    if not pattern:
        return Search.Kind.NONE
    return Search.Kind.PARTIAL if is_partial(pattern) else Search.Kind.EXACT


def _plate(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return tidy(text)
    except BadPlate as bad:
        raise ValidationError({"plate": str(bad)}) from bad


def _state(text: str) -> str:
    try:
        return normalize_state(text)
    except BadPlate as bad:
        raise ValidationError({"state": str(bad)}) from bad


def _word(name: str, text: str) -> str:
    """A word for the vehicle, tidied."""
    tidied = " ".join(text.split())
    if tidied and (not tidied.isprintable() or not search_vehicles.key_of(tidied)):
        raise ValidationError({name: "Give it in letters and digits, such as Toyota or TOYT."})
    return tidied


def _place(circle: Sequence[float] | None, area: Sequence[Sequence[float]] | None) -> dict[str, Any]:
    if circle is not None and area is not None:
        raise ValidationError({"area": "Give a circle or an area, not both."})
    field = "circle" if circle is not None else "area"
    try:
        if circle is not None:
            return search_places.read_circle(circle)
        return {"area": search_places.read_area(area)} if area is not None else {}
    except search_places.BadPlace as bad:
        raise ValidationError({field: str(bad)}) from bad


def _times(
    agencies: Sequence[Agency], since: datetime | None, until: datetime | None
) -> tuple[datetime, datetime]:
    """The time asked for, which begins with the oldest that any of them keeps and ends now at the latest."""
    now = timezone.now()
    kept = [query.kept_since(agency.policy, now) for agency in agencies if agency.adopted is not None]
    since = since or min(kept, default=now)
    if since >= now:
        raise ValidationError({"since": "This time has not come yet."})
    if until is not None and until <= since:
        raise ValidationError({"until": "“To” comes after “From”."})
    return since, min(until or now, now)


def _broad(search: Search, cameras: list[Camera]) -> str:
    """Why it needs a second person under the policy in force; empty where one person may make it."""
    searched = cameras or Camera.objects.filter(agency__in=search.searched)
    others = search_agencies.second_person(search)
    broad = query.too_broad(
        search.agency.policy,
        pattern=search.pattern,
        cameras=search_places.covered(search, searched),
        span=search.until - search.since,
    )
    return " ".join(filter(None, (others, broad)))


def _note(text: str, *, needed: bool) -> str:
    note = " ".join(text.split())
    if needed and not note:
        raise ValidationError({"note": "Say why, for who asked."})
    if len(note) > 300:
        raise ValidationError({"note": "Use at most 300 characters."})
    try:
        refuse_immigration(note)
    except VagueReason as refused:
        raise ValidationError({"note": str(refused)}) from refused
    return note
