"""Making a search: the purpose asked at the gate, the broad ones refused, all of it on the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections import search as query
from detections.models import Camera, Search
from hotlists.patterns import is_partial, tidy
from hotlists.plates import BadPlate, normalize_state
from trail.models import Inquiry
from trail.services import act, record
from trail.verbs import Verb
from training import gate


@act
def search_make(
    *,
    actor: Member,
    inquiry: Inquiry,
    plate: str,
    confusable: bool = True,
    state: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    cameras: Sequence[Camera] = (),
) -> Search:
    """Search the detections of the actor's agency under `inquiry` (Civil Code 1798.90.52).

    `plate` may hold `?` and `*`. `since` defaults to the start of what is kept, `until` to now, and no camera
    means all. The search keeps what was asked; `found` counts up to one more than `search.LIMIT`. Raises
    `Refused` at the gate, and where the policy asks for a second person; ValidationError by field.
    """
    gate.require(actor, Permission.SEARCH, on=actor.agency, inquiry=inquiry)
    search = Search(inquiry=inquiry, agency=actor.agency, confusable=confusable)
    search.pattern, search.state = _plate(plate), _state(state)
    search.kind = Search.Kind.PARTIAL if is_partial(search.pattern) else Search.Kind.EXACT
    search.since, search.until = _times(actor.agency, since, until)
    own = _own(actor.agency, cameras)
    _refuse_broad(actor, search, own)
    search.full_clean()
    search.save()
    search.cameras.set(own)
    search.found = len(query.matching(search).order_by()[: query.LIMIT + 1].values_list("pk"))
    search.save(update_fields=["found"])
    record(actor, Verb.SEARCHED, search, inquiry=inquiry, elements=elements(search))
    return search


def elements(search: Search) -> dict[str, Any]:
    """What was asked and how many were found, as the trail keeps it."""
    more = search.found > query.LIMIT
    return {
        "plate": search.pattern,
        "confusable": search.confusable,
        "state": search.state,
        "since": search.since,
        "until": search.until,
        "cameras": [camera.code for camera in search.cameras.all()] or "all",
        "found": f"more than {query.LIMIT}" if more else search.found,
    }


def _plate(text: str) -> str:
    try:
        return tidy(text)
    except BadPlate as bad:
        raise ValidationError({"plate": str(bad)}) from bad


def _state(text: str) -> str:
    try:
        return normalize_state(text)
    except BadPlate as bad:
        raise ValidationError({"state": str(bad)}) from bad


def _times(agency: Agency, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    """The time asked for, which ends now at the latest."""
    now = timezone.now()
    since = since or query.kept_since(agency.policy, now)
    if since >= now:
        raise ValidationError({"since": "This time has not come yet."})
    if until is not None and until <= since:
        raise ValidationError({"until": "“To” comes after “From”."})
    return since, min(until or now, now)


def _own(agency: Agency, cameras: Sequence[Camera]) -> list[Camera]:
    """The cameras, all of which are the agency's own: another's detections need an agreement."""
    if any(camera.agency_id != agency.pk for camera in cameras):
        raise ValidationError({"cameras": "Choose cameras of your own department."})
    return list(cameras)


def _refuse_broad(actor: Member, search: Search, cameras: list[Camera]) -> None:
    count = len(cameras) or Camera.objects.filter(agency=search.agency).count()
    why = query.too_broad(
        search.agency.policy, pattern=search.pattern, cameras=count, span=search.until - search.since
    )
    if why:
        raise gate.Refused(
            "two people",
            why,
            "Give more of the plate, fewer cameras or a shorter time. A second person’s approval is not "
            "possible in this version.",
            actor=actor,
            attempted="to search detections broadly",
        )
