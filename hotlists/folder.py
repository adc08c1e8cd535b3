"""The watched folder: what lies new in it is taken in for the lists whose pattern its name meets.

A source's own program puts files here. They are read and never touched; what was taken in once, by name, time
and size, is not taken in again. Each agency has a folder of its own within it, named by its short name
(`port-alder`); where there is one agency alone, files may lie in the folder itself.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Agency, NoPolicy
from hotlists.models import HotList, Refresh
from hotlists.service_refresh import refresh_receive, refresh_refuse
from trail.actors import System

QUIET_FOR = timedelta(seconds=30)
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
# What is short on our own machine, or of its storage, is no fault of the file: it is tried again.
OURS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
log = logging.getLogger(__name__)


class Lying(NamedTuple):
    """One file as it lies in the folder; `at` is when it was last written."""

    path: Path
    size: int
    at: datetime


class Unsettled(Exception):
    """The file changed while it was read; it is left for the next look."""


def take_in() -> int:
    """Take in every new file of every active list with a pattern; gives how many were received."""
    lists = HotList.objects.filter(is_active=True, kind=HotList.Kind.GENERAL).exclude(folder_pattern="")
    only_one = Agency.objects.count() == 1
    return sum(_for_list(hot_list, only_one) for hot_list in lists.select_related("agency"))


def places(agency: Agency, *, only_one: bool) -> list[Path]:
    """The folders in which files of the agency's lists lie."""
    whole = Path(settings.LISTS_FOLDER)
    own = whole / slugify(agency.short_name)
    return [whole, own] if only_one else [own]


def _for_list(hot_list: HotList, only_one: bool) -> int:
    new = [
        lying
        for place in places(hot_list.agency, only_one=only_one)
        for lying in settled(place, hot_list.folder_pattern)
        if not _seen(hot_list, lying)
    ]
    return sum(_receive(hot_list, lying) for lying in sorted(new, key=lambda lying: lying.at))


def settled(place: Path, pattern: str) -> Iterator[Lying]:
    """The plain files in `place` whose name meets `pattern` and that nobody has written for 30 seconds."""
    try:
        with os.scandir(place) as found:
            for each in found:
                if _is_whole(each.name) and fnmatchcase(each.name, pattern):
                    facts = each.stat(follow_symlinks=False)
                    if stat.S_ISREG(facts.st_mode) and _is_quiet(facts):
                        yield Lying(Path(each.path), facts.st_size, _written(facts))
    except FileNotFoundError:
        return
    except OSError as error:
        log.error("The watched folder cannot be read (%s).", type(error).__name__)


def _is_whole(name: str) -> bool:
    return name.isprintable() and not name.startswith(".") and not name.lower().endswith(UNFINISHED)


def _is_quiet(facts: os.stat_result) -> bool:
    """Whether neither content nor times changed lately: a copy may set an old time on a new file."""
    changed = EPOCH + timedelta(microseconds=max(facts.st_mtime_ns, facts.st_ctime_ns) // 1000)
    # A time in the future is a wrong clock's; the change of the file itself is by ours.
    by_ours = EPOCH + timedelta(microseconds=facts.st_ctime_ns // 1000)
    now = timezone.now()
    return (by_ours if changed > now else changed) <= now - QUIET_FOR


def _written(facts: os.stat_result) -> datetime:
    return EPOCH + timedelta(microseconds=facts.st_mtime_ns // 1000)


def _seen(hot_list: HotList, lying: Lying) -> bool:
    return hot_list.refreshes.filter(
        how=Refresh.How.FOLDER, file_name=lying.path.name[:200], source_at=lying.at, size=lying.size
    ).exists()


def _receive(hot_list: HotList, lying: Lying) -> bool:
    actor = System("Watched folder", hot_list.agency)
    try:
        _take(actor, hot_list, lying)
    except (Unsettled, FileNotFoundError):
        return False
    except OSError as error:
        log.error(
            "A file for list %s in the watched folder cannot be read (%s).", hot_list.pk, type(error).__name__
        )
        if error.errno in OURS:
            return False
        _refuse(actor, hot_list, lying, f"The file cannot be read: {os.strerror(error.errno or 0)}.")
        return False
    except (ValidationError, NoPolicy) as wrong:
        why = " ".join(wrong.messages) if isinstance(wrong, ValidationError) else str(wrong)
        log.error("A file for list %s in the watched folder was refused.", hot_list.pk)
        _refuse(actor, hot_list, lying, why)
        return False
    return True


def _take(actor: System, hot_list: HotList, lying: Lying) -> None:
    """Receive one file, through a descriptor that follows no link and waits for nobody."""
    handle = os.open(lying.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        _refuse_changed(handle, lying)
        refresh_receive(
            actor=actor, hot_list=hot_list, file=_Still(file, lying), file_name=lying.path.name,
            how=Refresh.How.FOLDER, source_at=lying.at,
        )  # fmt: skip


class _Still:
    """The file while it is copied: at its end it must be the one that was found."""

    def __init__(self, file: BinaryIO, lying: Lying) -> None:
        self.file, self.lying = file, lying

    def read(self, size: int, /) -> bytes:
        """The next piece. Raises `Unsettled` at the end of a file that was written meanwhile."""
        piece = self.file.read(size)
        if not piece:
            _refuse_changed(self.file.fileno(), self.lying)
        return piece


def _refuse_changed(handle: int, lying: Lying) -> None:
    facts = os.fstat(handle)
    if not stat.S_ISREG(facts.st_mode) or (facts.st_size, _written(facts)) != (lying.size, lying.at):
        raise Unsettled


def _refuse(actor: System, hot_list: HotList, lying: Lying, why: str) -> None:
    refresh_refuse(
        actor=actor, hot_list=hot_list, file_name=lying.path.name, size=lying.size, source_at=lying.at,
        why=why,
    )  # fmt: skip
