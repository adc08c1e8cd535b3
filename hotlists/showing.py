"""What the pages of hot plates show: each with what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from hotlists.models import Entry, EntryQuerySet, HotList
from trail.models import Event
from trail.services import record
from trail.verbs import Verb
from training import gate

DUTY = "The member’s own duty: hot plates of the department"
OWN_FOR = timedelta(days=60)
STANDING = Q(state_of_entry__in=[Entry.State.WAITING, Entry.State.IN_USE])


def viewer(request: HttpRequest) -> Member:
    """The member who asks."""
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


def hot_plates(member: Member) -> EntryQuerySet:
    """The hot plates that the member may see, with who entered them."""
    return Entry.objects.visible_to(member).hot_plates().select_related("hot_list", "entered_by")


@dataclass(frozen=True)
class Waiting:
    """A hot plate that waits, and whether it is this member's turn."""

    entry: Entry
    yours_to_decide: bool


def waiting(member: Member) -> list[Waiting]:
    """The hot plates that wait for approval, the oldest first."""
    decides = gate.allows(member, Permission.APPROVE_HOT_PLATES)
    found = hot_plates(member).filter(state_of_entry=Entry.State.WAITING).order_by("entered_at")
    return [Waiting(entry, decides and entry.entered_by_id != member.pk) for entry in found]


@dataclass(frozen=True)
class Own:
    """A hot plate of the member's with its hits: the results of the closed ones, and how many are open."""

    entry: Entry
    results: list[str]
    open_hits: int


def own(member: Member) -> list[Own]:
    """The member's own hot plates: those that stand, and those of the last 60 days."""
    recent = Q(entered_at__gte=timezone.now() - OWN_FOR)
    found = hot_plates(member).filter(STANDING | recent, entered_by=member).prefetch_related("hits")
    return [with_results(entry) for entry in found]


def with_results(entry: Entry) -> Own:
    """What came of a hot plate (Vallejo Policy 426.4(f)(3): who entered the vehicle is told)."""
    hits = list(entry.hits.all())
    closed = [hit for hit in hits if hit.outcome]
    results = [f"{hit.number}: {hit.get_outcome_display()}" for hit in closed]
    return Own(entry, results, len(hits) - len(closed))


def record_shown(member: Member, target: HotList | str, entries: Sequence[Entry]) -> Event:
    """Put on the trail that these entries are shown, before they are."""
    elements = {"plates": sorted({entry.plate for entry in entries})}
    return record(member, Verb.LIST_VIEWED, target, purpose=DUTY, elements=elements)
