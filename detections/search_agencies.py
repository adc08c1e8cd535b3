"""Searching the detections of other agencies: under an agreement in force and a grant, asked at every look.

Whoever's data are looked at has it on its own trail: when, by whom, of which agency, with what was asked and
what for (Civil Code 1798.90.52).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone

from accounts.models import Agency, Agreement, Member
from accounts.permissions import Permission
from alpr.policy import Policy
from detections import search as query
from detections.models import Camera, Detection, Search
from trail.models import Inquiry
from trail.services import record
from trail.verbs import Verb
from training import gate


def require_search(actor: Member, search: Search, inquiry: Inquiry | None) -> None:
    """Let `actor` search at the search's own agency and at every other that it looks through, or raise.

    Raises `Refused`; of an agency whose agreement or grant has ended meanwhile, nothing more is shown.
    """
    for agency in (search.agency, *search.others):
        gate.require(actor, Permission.SEARCH, on=agency, inquiry=inquiry)
        if agency.adopted is None:
            raise gate.Refused(
                "policy", f"{agency} has no policy in force, so nobody searches its data.",
                "Search without its data.", actor=actor, attempted="to search detections",
            )  # fmt: skip


def choosable(member: Member) -> list[Agency]:
    """The agencies whose detections the member may search today, their own first."""
    granted = gate.agencies_granting(member, Permission.SEARCH).exclude(pk=member.agency_id)
    return [member.agency, *(agency for agency in granted.order_by("name") if agency.adopted is not None)]


def checked(own: Agency, agencies: Sequence[Agency], cameras: Sequence[Camera]) -> list[Agency]:
    """The agencies to search, its own first and alone where none is chosen.

    Raises ValidationError on `cameras` where one is of another agency, or where an agency is asked and none
    of its cameras while cameras of others are chosen.
    """
    chosen = {agency.pk: agency for agency in agencies} or {own.pk: own}
    if any(camera.agency_id not in chosen for camera in cameras):
        raise ValidationError({"cameras": "Choose cameras of the departments whose detections you search."})
    meant = {camera.agency_id for camera in cameras}
    left_out = [agency for pk, agency in chosen.items() if cameras and pk not in meant]
    if left_out:
        names = _listed(left_out)
        raise ValidationError({"cameras": f"Choose cameras of {names} as well, or leave {names} out."})
    return sorted(chosen.values(), key=lambda agency: (agency.pk != own.pk, agency.name))


def second_person(search: Search) -> str:
    """Why a search of others' data needs a second person; empty where it looks at none, or no policy asks.

    It is asked by the policy of who searches, or of whose data are searched.
    """
    asking = [agency for agency in (search.agency, *search.others) if _asks_for_two(agency.policy)]
    if not search.others or not asking:
        return ""
    labels = ", ".join(dict.fromkeys(agency.policy.label for agency in asking))
    return f"This search looks through the data of {_listed(search.others)}: broad by itself ({labels})."


def _asks_for_two(policy: Policy) -> bool:
    return policy.search.broad_cameras is not None or policy.search.broad_hours is not None


def record_access(
    actor: Member,
    verb: Verb,
    search: Search,
    *,
    elements: dict[str, Any],
    shown: Counter[int] | None = None,
    target: Model | None = None,
    detail: str = "",
) -> None:
    """Record what was done under `search` on the trail of its own agency and of each other that it concerns.

    `shown` is how many detections were found or shown (`by_agency`), None where they are not counted: on the
    trail of each agency stands how many of its own. `target` defaults to the search; a detection concerns
    the agency that it belongs to.
    """
    of = search if target is None else target
    record(actor, verb, of, inquiry=search.inquiry, elements=elements, detail=detail)
    for agency in search.others:
        if isinstance(of, Detection) and of.agency_id != agency.pk:
            continue
        said = elements | ({} if shown is None else {"found_here": shown[agency.pk]})
        record(
            actor, verb, of, inquiry=search.inquiry, elements=said | {"organization": actor.agency.name},
            detail=" ".join(filter(None, (f"for {actor.agency}, {_ground(actor, agency)}.", detail))),
            agency=agency,
        )  # fmt: skip


def by_agency(detections: Iterable[Detection]) -> Counter[int]:
    """How many of these detections each agency has, by its id."""
    return Counter(detection.agency_id for detection in detections)


def _ground(actor: Member, giver: Agency) -> str:
    """The agreements in force today under which the actor's agency searches the giver's data."""
    standing = Agreement.objects.opening_search(timezone.localdate())
    granted = standing.filter(agency=giver, partner=actor.agency_id, search_roles__overlap=actor.roles)
    titles = [f"“{title}”" for title in granted.order_by("pk").values_list("title", flat=True)]
    return f"under {' and '.join(titles)}" if titles else "under no agreement"


@dataclass(frozen=True)
class Kept:
    """Since when one agency's detections are kept; `name` is empty where only one is searched."""

    name: str
    since: datetime


def deleted_before(search: Search) -> list[Kept]:
    """For each searched agency into whose deleted time the search reaches back: since when it keeps."""
    now = timezone.now()
    kept = [(agency, query.kept_since(agency.policy, now)) for agency in search.searched]
    named = len(search.searched) > 1 or bool(search.others)
    return [Kept(str(agency) if named else "", since) for agency, since in kept if search.since < since]


def _listed(agencies: Iterable[Agency]) -> str:
    return " and ".join(str(agency) for agency in agencies)
