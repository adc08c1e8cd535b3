"""What a member chooses for the own console. Each is kept, and followed by all the member's consoles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from detections import live
from detections.console_choice import (
    ACTIONS,
    ENTER,
    LONGEST_SILENCE_OF_HIGH,
    NO_AREA,
    UNTIL_SWITCHED_ON,
    changed_keys,
    sound_of,
)
from detections.models import CameraGroup, ConsoleChoice
from hotlists.models import HotList, Priority
from trail.services import act
from training import gate

LONGEST_SILENCE = timedelta(hours=12)


@act
def volume_set(*, actor: Member, volume: int) -> ConsoleChoice:
    """Set the volume of the alert sound, from 0 to 100; high priority keeps a least one.

    Raises ValueError for any other.
    """
    if not 0 <= volume <= 100:
        raise ValueError("A volume lies between 0 and 100.")
    choice = _own(actor)
    choice.volume = volume
    return _keep(choice)


@act
def mute(*, actor: Member, minutes: int | None = None) -> ConsoleChoice:
    """Silence normal and low priority: for some minutes (12 hours at most), or until switched on again.

    High priority still sounds. Raises ValueError for a time that is none.
    """
    lasts = None if minutes is None else timedelta(minutes=minutes)
    if lasts is not None and not timedelta() < lasts <= LONGEST_SILENCE:
        raise ValueError("A silence lasts from 1 minute to 12 hours.")
    choice = _own(actor)
    choice.muted_until = timezone.now() + lasts if lasts else UNTIL_SWITCHED_ON
    return _keep(choice)


@act
def mute_high(*, actor: Member) -> ConsoleChoice:
    """Silence high priority for ten minutes; it cannot be muted for good.

    A silence that runs is not made longer: it ends when it was said to end.
    """
    choice = _own(actor)
    if sound_of(choice).high_muted_until is None:
        choice.high_muted_until = timezone.now() + LONGEST_SILENCE_OF_HIGH
    return _keep(choice)


@act
def unmute(*, actor: Member) -> ConsoleChoice:
    """Let everything sound again."""
    choice = _own(actor)
    choice.muted_until = choice.high_muted_until = None
    return _keep(choice)


@act
def filters_set(
    *, actor: Member, lists: Collection[int], priorities: Collection[int], areas: Collection[int]
) -> ConsoleChoice:
    """Show hits of these lists, priorities and areas alone; an empty one shows all. 0 stands for no area.

    Only lists and areas that the member may see are kept. High priority is shown whatever is chosen.
    """
    choice = _own(actor)
    seen = HotList.objects.visible_to(actor).filter(pk__in=lists)
    own = CameraGroup.objects.filter(agency_id=actor.agency_id, pk__in=areas)
    choice.lists = list(seen.values_list("pk", flat=True))
    choice.priorities = sorted(set(priorities) & set(Priority.values))
    choice.areas = [*([NO_AREA] if NO_AREA in areas else []), *own.values_list("pk", flat=True)]
    return _keep(choice)


@act
def keys_set(*, actor: Member, keys: Mapping[str, str]) -> ConsoleChoice:
    """Give actions (`console_choice.ACTIONS`) other single keys; those not named keep theirs as they come.

    Raises ValidationError by action: for what is no single key, and where two actions have the same.
    """
    wanted = {name: keys.get(name, action.key).lower() for name, action in ACTIONS.items()}
    wrong = {name: words for name in wanted if (words := _wrong(name, wanted))}
    if wrong:
        raise ValidationError(wrong)
    choice = _own(actor)
    choice.keys = changed_keys(wanted)
    return _keep(choice)


def _wrong(name: str, keys: Mapping[str, str]) -> str:
    key = keys[name]
    if key == ENTER and name != "record":
        return "Enter records or goes on, and nothing else."
    if key != ENTER and not (len(key) == 1 and key.isascii() and key.isprintable() and key != " "):
        return "Give one letter, digit or sign."
    others = [ACTIONS[other].label for other, taken in keys.items() if taken == key and other != name]
    return f"“{key.upper()}” is also the key for: {others[0]}." if others else ""


@act
def keys_reset(*, actor: Member) -> ConsoleChoice:
    """Give every action the key as it comes."""
    choice = _own(actor)
    choice.keys = {}
    return _keep(choice)


def _own(actor: Member) -> ConsoleChoice:
    """The member's choices, locked; made where none stands."""
    gate.require(actor, Permission.SEE_HITS, on=actor.agency)
    ConsoleChoice.objects.get_or_create(member=actor)
    return ConsoleChoice.objects.select_for_update().get(member=actor)


def _keep(choice: ConsoleChoice) -> ConsoleChoice:
    choice.save()
    live.announce_choice(choice.member_id)
    return choice
