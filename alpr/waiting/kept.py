"""What is kept safe, one line each: the trail, deletion, the lists' age, the readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.permissions import Permission
from alpr.templatetags.look import age
from alpr.waiting.lines import Asker, counted
from detections import retention
from detections.models import Camera, Transfer
from hotlists.showing_lists import past_interval
from trail.models import Event

HEARD_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Kept:
    """One line of what is kept safe: its name, the mark's shape and words, and a note."""

    name: str
    shape: str
    words: str
    note: str = ""


def trail_today(asker: Asker) -> Kept:
    """How much the trail holds of today."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    count = Event.objects.filter(agency=asker.agency, timestamp__gte=start).count()
    return Kept("Trail", "ok" if count else "none", counted(count, "{} event today", "{} events today"))


def purge_last(asker: Asker) -> Kept:
    """When the last purge ended, and what went."""
    last = retention.last_purge(asker.agency)
    if last is None:
        return Kept("Deletion", "warn", "Never run")
    note = f"{last.held:,} held; {age(last.ran_at)} ago"
    if last.files_left:
        return Kept("Deletion", "stop", counted(len(last.files_left), "{} file left", "{} files left"), note)
    if retention.is_overdue(asker.agency):
        return Kept("Deletion", "stop", "Overdue", note)
    return Kept("Deletion", "ok", f"{last.rows_gone:,} gone", note)


def lists_age(asker: Asker) -> Kept:
    """How many general lists are older than their interval."""
    lists = [hot_list for hot_list in asker.known_lists if hot_list.takes_files]
    old = [hot_list for hot_list in lists if past_interval(hot_list, asker.policy)]
    if not lists:
        return Kept("Lists", "none", "None designated")
    if old:
        return Kept("Lists", "warn", f"{len(old)} of {len(lists)} old", ", ".join(map(str, old[:3])))
    return Kept("Lists", "ok", f"{len(lists)} of {len(lists)} fresh")


def readers_heard(asker: Asker) -> Kept:
    """How many cameras in use have sent something within the hour."""
    cameras = Camera.objects.filter(agency=asker.agency, is_active=True).exclude(kind=Camera.Kind.PHOTOGRAPH)
    since = timezone.now() - HEARD_WITHIN
    sent = Transfer.objects.filter(camera__in=cameras, received_at__gte=since)
    heard, total = sent.values("camera").distinct().count(), cameras.count()
    if not total:
        return Kept("Readers", "none", "None entered")
    shape = "ok" if heard == total else "warn"
    return Kept("Readers", shape, f"{heard} of {total} heard", "within 1 hour")


KEPT: list[tuple[Permission, Callable[[Asker], Kept]]] = [
    (Permission.READ_TRAIL, trail_today),
    (Permission.OVERSEE, purge_last),
    (Permission.SEE_LISTS, lists_age),
    (Permission.MANAGE_CAMERAS, readers_heard),
]


def kept_safe(asker: Asker) -> list[Kept]:
    """What is kept safe, each line for those whom the gate lets see its records."""
    if asker.agency.adopted is None:
        return []
    return [question(asker) for permission, question in KEPT if permission in asker.permitted]
