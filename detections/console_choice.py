"""What a member chose for the own console, as it holds now: sound, keys and filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import Member
from detections.models import ConsoleChoice
from hotlists.models import Priority

UNTIL_SWITCHED_ON = datetime(9999, 1, 1, tzinfo=UTC)
LONGEST_SILENCE_OF_HIGH = timedelta(minutes=10)
LEAST_VOLUME_OF_HIGH = 30
NO_AREA = 0
ENTER = "enter"


@dataclass(frozen=True)
class Action:
    """What a single key does in the console, and the key where the member chose no other."""

    name: str
    label: str
    key: str


ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("same", "Answer “same”", "s"),
        Action("differs", "Answer “different”", "d"),
        Action("unclear", "Answer “can’t tell”", "u"),
        Action("record", "Record, or go on to the next step", ENTER),
        Action("next", "Open the next hit in the list", "j"),
        Action("previous", "Open the previous hit in the list", "k"),
        Action("close", "Close this hit", "x"),
        Action("true_color", "Show pictures in true color", "c"),
        Action("mute", "Mute normal and low priority, or switch them on", "m"),
    )
}


def choice_of(member: Member) -> ConsoleChoice:
    """The member's choices; where none was made, one as it comes that is not stored."""
    return ConsoleChoice.objects.filter(member=member).first() or ConsoleChoice(member=member)


def keys_of(choice: ConsoleChoice) -> dict[str, str]:
    """The key of every action: one lower-case character, or `enter`."""
    return {name: choice.keys.get(name, action.key) for name, action in ACTIONS.items()}


def changed_keys(keys: Mapping[str, str]) -> dict[str, str]:
    """Those of the keys that are not as they come."""
    return {name: key for name, key in keys.items() if key != ACTIONS[name].key}


@dataclass(frozen=True)
class Sound:
    """How a console sounds now. Times are None where nothing is muted."""

    volume: int
    muted_until: datetime | None
    high_muted_until: datetime | None

    @property
    def for_good(self) -> bool:
        """Whether normal and low are muted until the member switches them on."""
        return self.muted_until is not None and self.muted_until >= UNTIL_SWITCHED_ON

    @property
    def is_muted(self) -> bool:
        """Whether anything is muted."""
        return bool(self.muted_until or self.high_muted_until)

    @property
    def sentence(self) -> str:
        """What sounds and what does not, with the ends, in the department's time."""
        if not self.is_muted:
            return f"Sound on, volume {self.volume}."
        if self.high_muted_until and self.muted_until:
            rest = "stays muted" if self.for_good else f"at {_at(self.muted_until)}"
            return f"All muted. High sounds again at {_at(self.high_muted_until)}, the rest {rest}."
        if self.high_muted_until:
            return f"High muted until {_at(self.high_muted_until)}; normal and low sound."
        until = "" if self.for_good else f" until {_at(self.muted_until)}"
        return f"Normal and low muted{until}. High still sounds."


def _at(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%H:%M}" if moment else ""


def sound_of(choice: ConsoleChoice) -> Sound:
    """The sound as it holds now: a silence that is over is none."""
    now = timezone.now()

    def standing(until: datetime | None) -> datetime | None:
        return until if until and until > now else None

    return Sound(choice.volume, standing(choice.muted_until), standing(choice.high_muted_until))


def is_filtering(choice: ConsoleChoice) -> bool:
    """Whether any filter is on."""
    return bool(choice.lists or choice.priorities or choice.areas)


def passes_filters(choice: ConsoleChoice) -> Q:
    """The hits that the filters let through: all where none is on. High priority always passes."""
    if not is_filtering(choice):
        return Q()
    wanted = Q()
    if choice.lists:
        wanted &= Q(entry__hot_list__in=choice.lists)
    if choice.priorities:
        wanted &= Q(priority__in=choice.priorities)
    if choice.areas:
        here = Q(camera__group__in=[area for area in choice.areas if area != NO_AREA])
        wanted &= here | Q(camera__group=None) if NO_AREA in choice.areas else here
    return Q(priority=Priority.HIGH) | wanted
