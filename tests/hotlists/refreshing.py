"""Files on their way into a list: received, read, and what is in use afterwards."""

from __future__ import annotations

from typing import Any

from hotlists import loading
from hotlists.models import Entry, HotList, Refresh
from hotlists.services import refresh_receive
from tests.hotlists.conftest import csv
from trail.actors import System


def receive(hot_list: HotList, *lines: str, how: str = "folder", **more: Any) -> Refresh:
    """A file of these lines, received from the watched folder unless said otherwise; not read yet."""
    actor = more.pop("actor", None) or System("Watched folder", hot_list.agency)
    given = {"file": csv(*lines), "file_name": "svs.csv"} | more
    refresh: Refresh = refresh_receive(actor=actor, hot_list=hot_list, how=how, **given)
    return refresh


def read(hot_list: HotList, *lines: str, **more: Any) -> Refresh:
    """The same, read by the worker."""
    refresh = receive(hot_list, *lines, **more)
    loading.run(hot_list.pk)
    refresh.refresh_from_db()
    return refresh


def plates(hot_list: HotList) -> set[str]:
    """The plates in use."""
    return set(Entry.objects.in_use().filter(hot_list=hot_list).values_list("plate", flat=True))


def lines(count: int, start: int = 0) -> list[str]:
    """So many good lines."""
    return [f"7AB{number:04},CA,Stolen" for number in range(start, start + count)]
