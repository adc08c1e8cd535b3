"""What the pages of hot plates show: each with what came of it, over all its changes and renewals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import Member
from alpr.policy.words import Ending
from hotlists.models import Entry, EntryQuerySet, HotList
from hotlists.moves import ASKED_BEFORE, KEPT_AFTER, decides, turn
from hotlists.reading import end_of
from trail.models import Event
from trail.services import record
from trail.verbs import Verb
from training import gate

DUTY = "The member’s own duty: hot plates of the department"
OWN_FOR = timedelta(days=60)
STANDING = Q(state_of_entry__in=[Entry.State.WAITING, Entry.State.IN_USE])
RESULTS = frozenset({Ending.ARREST, Ending.RECOVERED, Ending.CITED, Ending.RELEASED, Ending.LOCATED})


def viewer(request: HttpRequest) -> Member:
    """The member who asks."""
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


def hot_plates(member: Member) -> EntryQuerySet:
    """The hot plates that the member may see, with who entered them."""
    return (
        Entry.objects.visible_to(member)
        .hot_plates()
        .select_related("hot_list__agency", "entered_by__supervisor")
    )


@dataclass(frozen=True)
class Waiting:
    """A hot plate that waits, whether it is this member's turn, and else whose."""

    entry: Entry
    yours_to_decide: bool
    turn: str


def waiting(member: Member) -> list[Waiting]:
    """The hot plates that wait for approval, the oldest first."""
    found = hot_plates(member).filter(state_of_entry=Entry.State.WAITING).order_by("entered_at")
    permitted = gate.permitted(member)
    return [Waiting(entry, decides(member, entry, permitted), turn(entry)) for entry in found]


@dataclass(frozen=True)
class Own:
    """A hot plate with the hits of it and of what it replaced: results of the closed, and how many are open.

    `has_result` says whether one ended in a stop, a recovery or a person located.
    """

    entry: Entry
    results: list[str]
    open_hits: int
    has_result: bool


def own(member: Member) -> list[Own]:
    """The member's own hot plates: those that stand, and those of the last 60 days.

    Of a chain of changes and renewals the newest stands for all.
    """
    recent = Q(entered_at__gte=timezone.now() - OWN_FOR)
    newer = Entry.objects.filter(
        replaces=OuterRef("pk"),
        entered_by=member,
        decided_at__isnull=False,
        state_of_entry__in=[Entry.State.IN_USE, Entry.State.CLOSED],
    )
    return with_results(hot_plates(member).filter(STANDING | recent, ~Exists(newer), entered_by=member))


def ending(member: Member) -> list[Own]:
    """The member's hot plates that end without result, the first to end first: to be renewed or let go.

    Those within three days of their last day, or up to seven after it, none of whose hits ended in a stop, a
    recovery or a person located, and for which no change waits.
    """
    asked = Entry.objects.filter(replaces=OuterRef("pk"), state_of_entry=Entry.State.WAITING)
    soon = hot_plates(member).filter(
        ~Exists(asked),
        entered_by=member,
        state_of_entry=Entry.State.IN_USE,
        expires_at__gt=timezone.now() - KEPT_AFTER,
        expires_at__lte=end_of(timezone.localdate() + ASKED_BEFORE),
    )
    return [each for each in with_results(soon.order_by("expires_at")) if not each.has_result]


def with_results(entries: Iterable[Entry]) -> list[Own]:
    """What came of hot plates (Vallejo Policy 426.4(f)(3): who entered the vehicle is told).

    What waits or was declined has not taken the place of the old one, and so has no hits of it.
    """
    entries = list(entries)
    before = _before(entries)
    rows = Entry.objects.filter(pk__in=before.keys()).prefetch_related("hits")
    hits_of = {row.pk: list(row.hits.all()) for row in rows}
    found = []
    for entry in entries:
        counted = [entry.pk] if _stands_beside(entry) else _chain(entry.pk, before)
        hits = sorted((hit for pk in counted for hit in hits_of[pk]), key=lambda hit: -hit.pk)
        closed = [hit for hit in hits if hit.outcome]
        results = [f"{hit.number}: {hit.get_outcome_display()}" for hit in closed]
        has_result = any(hit.outcome in RESULTS for hit in closed)
        found.append(Own(entry, results, len(hits) - len(closed), has_result))
    return found


def predecessors(entry: Entry) -> list[Entry]:
    """The hot plates that `entry` replaced or would replace, the last first."""
    before = _before([entry])
    return list(Entry.objects.filter(pk__in=_chain(entry.pk, before)[1:]).order_by("-pk"))


def _stands_beside(entry: Entry) -> bool:
    """Whether a change never took the place of what it changes."""
    return bool(entry.replaces_id) and (
        entry.decided_at is None or entry.state_of_entry == Entry.State.DECLINED
    )


def _before(entries: Iterable[Entry]) -> dict[int, int | None]:
    """What each of these replaces, and what that replaced, by id, as far as it goes."""
    before: dict[int, int | None] = {entry.pk: entry.replaces_id for entry in entries}
    while asked := {pk for pk in before.values() if pk} - before.keys():
        before |= dict(Entry.objects.filter(pk__in=asked).values_list("pk", "replaces"))
    return before


def _chain(pk: int, before: dict[int, int | None]) -> list[int]:
    found, at = [pk], before[pk]
    while at is not None:
        found.append(at)
        at = before[at]
    return found


def record_shown(member: Member, target: HotList | str, entries: Sequence[Entry]) -> Event:
    """Put on the trail that these entries are shown, before they are."""
    elements = {"plates": sorted({entry.plate for entry in entries if entry.plate})}
    vehicles = sorted({entry.vehicle for entry in entries if not entry.plate})
    if vehicles:
        elements["vehicles"] = vehicles
    return record(member, Verb.LIST_VIEWED, target, purpose=DUTY, elements=elements)
