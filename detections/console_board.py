"""What the list of one member's console shows now: the hits that wait, and how much the filters hide."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Member
from detections import console
from detections.console_choice import (
    ACTIONS,
    LEAST_VOLUME_OF_HIGH,
    NO_AREA,
    Sound,
    choice_of,
    is_filtering,
    keys_of,
    passes_filters,
    sound_of,
)
from detections.models import CameraGroup, ConsoleChoice, Hit
from hotlists.models import HotList, Priority

MOST_FOUND = 20


@dataclass(frozen=True)
class Board:
    """The hits of a member's list: `hits` ring, `found` were found looking back and do not.

    High priority comes first, then normal, then low; the newest first within each. `waiting` counts what
    waits, `hidden` how much of it the filters hide, `older` what the list has no room for, `newest` is the
    last hit in sight.
    """

    member: Member
    choice: ConsoleChoice
    hits: list[Hit]
    found: list[Hit]
    waiting: int
    passing: int
    found_passing: int
    newest: int
    closed_today: int

    @property
    def hidden(self) -> int:
        """How many of the waiting hits the filters hide."""
        return self.waiting - self.passing

    @property
    def older(self) -> int:
        """How many the list has no room for, of those that pass the filters."""
        return self.passing - len(self.hits) - len(self.found)

    @cached_property
    def sound(self) -> Sound:
        """How the console sounds now."""
        return sound_of(self.choice)

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of all that the list says: a console that asks learns that nothing changed."""
        shown = [*self.hits, *self.found]
        said: list[Any] = [console.fingerprint(shown), [(hit.reads, hit.last_read_at) for hit in shown]]
        said += [self.waiting, self.passing, self.closed_today, self.sound, keys_of(self.choice)]
        said += [self.member.keys_on, self.choice.lists, self.choice.priorities, self.choice.areas]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    @property
    def plates(self) -> list[str]:
        """The plates shown, for the trail."""
        return [hit.plate for hit in (*self.hits, *self.found)]


def board(member: Member) -> Board:
    """What the member's list shows now."""
    choice = choice_of(member)
    seen = console.visible(member).order_by("-pk")
    # Asked first: what is made meanwhile is then newer than the last, and rings wherever it shows up.
    newest = seen.values_list("pk", flat=True).first() or 0
    passes = passes_filters(choice)
    waiting = console.waiting(member)
    passing = waiting.filter(passes)
    past = Q(look_back__isnull=False)
    counts = waiting.order_by().aggregate(
        waiting=Count("pk"),
        passing=Count("pk", filter=passes),
        found_passing=Count("pk", filter=passes & past),
    )
    return Board(
        member=member,
        choice=choice,
        hits=list(passing.exclude(past)[: console.MOST_IN_LIST]),
        found=list(passing.filter(past)[:MOST_FOUND]),
        newest=newest,
        closed_today=seen.filter(status=Hit.Status.CLOSED, closed_at__gte=midnight()).count(),
        **counts,
    )


def midnight() -> datetime:
    """When the department's day began."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def board_context(shown: Board, *, open_hit: Hit | None = None) -> dict[str, Any]:
    """A board as the templates want it."""
    return {
        "board": shown,
        "rows": console.rows(shown.hits),
        "found_rows": console.rows(shown.found),
        "count": shown.waiting,
        "sound": shown.sound,
        "least_high": LEAST_VOLUME_OF_HIGH,
        "keys": keys_of(shown.choice),
        "key_actions": ACTIONS,
        "filtering": is_filtering(shown.choice),
        "filters": lambda: filter_choices(shown.member, shown.choice),
        "open_hit": open_hit,
    }


@dataclass(frozen=True)
class Option:
    """One box of a filter: its value, its words, and whether it is ticked."""

    value: int
    label: str
    on: bool


def filter_choices(member: Member, choice: ConsoleChoice) -> list[tuple[str, str, list[Option]]]:
    """The filters as name, heading and boxes; those with nothing to choose between are left out."""
    seen = HotList.objects.visible_to(member).filter(is_active=True)
    lists = list(seen.values_list("pk", "name"))
    areas = list(CameraGroup.objects.filter(agency_id=member.agency_id).values_list("pk", "name"))
    priorities = [(int(p), p.label) for p in Priority if p != Priority.HIGH]
    given = [
        ("lists", "Hot lists", lists, choice.lists),
        ("priorities", "Priority", priorities, choice.priorities),
        ("areas", "Areas", [*areas, (NO_AREA, "No area")] if areas else [], choice.areas),
    ]
    return [
        (name, heading, [Option(value, label, value in chosen) for value, label in options])
        for name, heading, options, chosen in given
        if len(options) > 1
    ]
