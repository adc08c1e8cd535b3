"""One thing that waits, in words: what to do, where, until when, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS
from alpr.policy import Policy
from alpr.templatetags.look import age, day
from detections import console
from detections.models import Hit
from hotlists.models import HotList, HotListQuerySet

YOU = "You"
SOON = timedelta(days=30)
PRESSING = timedelta(days=7)
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")


@dataclass(frozen=True)
class Asker:
    """The member for whom it is asked what waits, with every permission that the gate gives."""

    member: Member
    permitted: frozenset[Permission]

    @property
    def agency(self) -> Agency:
        """The member's agency."""
        return self.member.agency

    @cached_property
    def policy(self) -> Policy:
        """The rules in force there."""
        return self.agency.policy

    @cached_property
    def seen_hits(self) -> QuerySet[Hit]:
        """The hits that the member may know of."""
        return console.visible(self.member)

    @cached_property
    def seen_lists(self) -> HotListQuerySet:
        """The lists whose entries the member may see."""
        return HotList.objects.visible_to(self.member)

    @cached_property
    def known_lists(self) -> list[HotList]:
        """The lists whose name and age the member may see."""
        lists = HotList.objects.filter(agency=self.member.agency_id)
        if Permission.DESIGNATE_LISTS not in self.permitted:
            lists = self.seen_lists
        return list(lists.select_related("designated_by"))


@dataclass(frozen=True)
class Wait:
    """One thing that waits.

    `acts` is the permission that it takes (None: it is the member's own); `open_to_asker` is False where two
    people are needed and the asker is one of them already. `due` None means no date; `presses` that somebody
    stands waiting for it now.
    """

    what: str
    note: str
    url: str
    acts: Permission | None
    due: datetime | None = None
    open_to_asker: bool = True
    presses: bool = False
    turn: str = ""

    @property
    def is_overdue(self) -> bool:
        """Whether its time has passed."""
        return self.due is not None and self.due < timezone.now()

    @property
    def shape(self) -> str:
        """The mark beside it: overdue is a stop, pressing or due within a week a warning, the rest waits."""
        if self.is_overdue:
            return "stop"
        if self.presses or (self.due and self.due < timezone.now() + PRESSING):
            return "warn"
        return "wait"

    @property
    def when(self) -> str:
        """The mark's words."""
        if self.presses:
            return "Now"
        if self.due is None:
            return "No date"
        if self.is_overdue:
            return f"Overdue {age(_coarse(timezone.now() - self.due))}"
        today = timezone.localtime(self.due).date() == timezone.localdate()
        return f"Due {timezone.localtime(self.due):%H:%M}" if today else f"Due {day(self.due)}"

    @property
    def is_yours(self) -> bool:
        """Whether it is the asker's to do."""
        return self.turn == YOU


def _coarse(late: timedelta) -> timedelta:
    """In whole hours, or whole minutes: what comes after says nothing here."""
    unit = timedelta(hours=1) if late >= timedelta(hours=1) else timedelta(minutes=1)
    return late // unit * unit or late


def turn(wait: Wait, permitted: frozenset[Permission]) -> str:
    """Whose turn it is: "You", another person than the asker, or the first role whose members may act."""
    if wait.acts is None:
        return YOU
    if wait.acts in permitted:
        return YOU if wait.open_to_asker else "Another person"
    return next((role.label for role, held in PERMISSIONS.items() if wait.acts in held), "")


def in_order(waits: Iterable[Wait]) -> list[Wait]:
    """What somebody stands waiting for first, then the most overdue, then the soonest."""
    never = timezone.now() + timedelta(days=36500)
    return sorted(waits, key=lambda wait: (not wait.presses, wait.due or never))


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `counted(2, "Approve {} account")` is "Approve 2 accounts"."""
    return (one if count == 1 else many or f"{one}s").format(f"{count:,}")


def number(count: int) -> str:
    """A number as it stands in a sentence: a word up to eleven."""
    return SMALL[count] if count < len(SMALL) else f"{count:,}"


def are(count: int) -> str:
    """The verb that follows the number."""
    return "is" if count == 1 else "are"
