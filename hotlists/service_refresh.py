"""Files given to a general list: received here, loaded by the worker, decided by a person where they wait."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import loading
from hotlists.ending import end, moved
from hotlists.model_files import document_place
from hotlists.models import HotList, ListKey, Refresh
from hotlists.moves_files import REFRESH_MOVES
from hotlists.reading.decoding import Readable
from hotlists.reading.results import BadFile
from hotlists.service_lists import refuse_excluded, stated
from trail.actors import Actor
from trail.services import act, record
from trail.verbs import Verb
from training import gate

if TYPE_CHECKING:
    _File = File[bytes]
else:
    _File = File

LARGEST = 1024**3
CLOCK_TOLERANCE = timedelta(minutes=2)
LONGEST_RUN = timedelta(hours=1)
_PIECE = 1 << 16
TOO_LARGE = "too_large"


class Kept(NamedTuple):
    """A file as it was stored: its place, size in bytes and SHA-256."""

    place: str
    size: int
    sha256: str


def refresh_receive(
    *, actor: Actor, hot_list: HotList, file: Readable, file_name: str, how: str,
    source_at: datetime | None = None,
) -> Refresh:  # fmt: skip
    """Take in a file for a general list and queue its reading; it is stored piece by piece as it comes.

    A member needs the permission, a key must be the list's own. `source_at` is when the source made the
    file, where that is known. Raises `gate.Refused`, and ValidationError for a list that takes no files, a
    name that the policy leaves out, an empty file or one over 1 GiB (code `too_large`), and a time in the
    future.
    """
    hot_list = HotList.objects.select_related("agency").get(pk=hot_list.pk)
    admit(actor, hot_list)
    refuse_file(hot_list, file_name)
    if source_at and source_at > timezone.now() + CLOCK_TOLERANCE and how != Refresh.How.FOLDER:
        raise ValidationError({"source_at": "This time lies in the future; check the source’s clock."})
    kept = _kept(file)
    try:
        return _received(
            actor=actor, hot_list=hot_list, kept=kept, file_name=file_name, how=how, source_at=source_at
        )
    except BaseException:
        default_storage.delete(kept.place)
        raise


def admit(actor: Actor, hot_list: HotList) -> None:
    """Raise `gate.Refused` for a member without the permission, ValidationError for another list's key."""
    if isinstance(actor, Member):
        gate.require(actor, Permission.LOAD_LISTS, on=hot_list)
    elif isinstance(actor, ListKey) and (actor.is_revoked or actor.hot_list_id != hot_list.pk):
        raise ValidationError("This key is not for this list.")


def refuse_file(hot_list: HotList, file_name: str) -> None:
    """Raise ValidationError for a list that takes no files, or a file that the policy leaves out."""
    if hot_list.kind != HotList.Kind.GENERAL:
        raise ValidationError(
            "A specific list takes no files: each hot plate is entered by one person and approved by another."
        )
    if not hot_list.is_active:
        raise ValidationError("This list is no longer in use.")
    refuse_excluded(hot_list.agency, file_name)


class _Measured(_File):
    """A file on its way into storage, hashed and counted piece by piece."""

    def __init__(self, file: Readable) -> None:
        super().__init__(None)
        self.source, self.digest, self.length = file, hashlib.sha256(), 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The pieces. Raises ValidationError past the largest size."""
        while piece := self.source.read(_PIECE):
            self.length += len(piece)
            if self.length > LARGEST:
                raise ValidationError(f"The file is larger than {LARGEST // 1024**2:,} MB.", code=TOO_LARGE)
            self.digest.update(piece)
            yield piece


def _kept(file: Readable) -> Kept:
    place, measured = document_place(None, ""), _Measured(file)
    try:
        place = default_storage.save(place, measured)
        if not measured.length:
            raise ValidationError("The file is empty.")
    except BaseException:
        default_storage.delete(place)
        raise
    return Kept(place, measured.length, measured.digest.hexdigest())


@act
def _received(
    *, actor: Actor, hot_list: HotList, kept: Kept, file_name: str, how: str, source_at: datetime | None
) -> Refresh:
    refresh = Refresh.objects.create(
        hot_list=hot_list, how=how, document=kept.place, file_name=file_name[:200], size=kept.size,
        sha256=kept.sha256, source_at=source_at, given_by=actor if isinstance(actor, Member) else None,
        given_label=actor.trail_label[:200],
    )  # fmt: skip
    record(actor, Verb.FILE_RECEIVED, refresh, elements={"sha256": kept.sha256, "bytes": kept.size})
    if how != Refresh.How.COMMAND:
        transaction.on_commit(lambda: enqueue(refresh))
    return refresh


@act
def refresh_refuse(
    *, actor: Actor, hot_list: HotList, file_name: str, size: int, source_at: datetime | None, why: str
) -> Refresh:
    """Keep the record of a file of the watched folder that could not be taken in at all, with why."""
    refresh = Refresh.objects.create(
        hot_list=hot_list, how=Refresh.How.FOLDER, file_name=file_name[:200], size=size, source_at=source_at,
        given_label=actor.trail_label[:200],
    )  # fmt: skip
    end(refresh, "refuse", why, actor=actor)
    return refresh


def enqueue(refresh: Refresh) -> None:
    """Queue the reading of a file; only its id travels."""
    async_task(
        "hotlists.tasks.refresh", str(refresh.pk), task_name=f"file for list {refresh.hot_list_id}",
        timeout=int(LONGEST_RUN.total_seconds()),
    )  # fmt: skip


@act
def refresh_confirm(*, actor: Member, refresh: Refresh) -> Refresh:
    """Let a file that waits be loaded in spite of its reasons to wait, which stay with it.

    It is compared once more when it is loaded, and waits again where another reason has come up since.
    Raises `gate.Refused`, and `MoveRefused` for a file that does not wait.
    """
    refresh = _decided(actor, refresh, "confirm")
    refresh.attempts = refresh.bytes_read = 0
    moved(refresh, "confirm")
    refresh.save()
    elements = {"sha256": refresh.sha256, "waits_for": refresh.waits_for}
    record(actor, Verb.FILE_CONFIRMED, refresh, elements=elements)
    if refresh.how != Refresh.How.COMMAND:
        transaction.on_commit(lambda: enqueue(refresh))
    return refresh


@act
def refresh_let_go(*, actor: Member, refresh: Refresh, why: str) -> Refresh:
    """Let a file that waits go: nothing of it is loaded, and the list stays. `why` stays with it.

    Raises as `refresh_confirm`, and ValidationError, on `why`, where it is missing.
    """
    refresh = _decided(actor, refresh, "let_go")
    end(refresh, "let_go", stated(why), actor=actor)
    return refresh


def _decided(actor: Member, refresh: Refresh, name: str) -> Refresh:
    locked = Refresh.objects.select_for_update(of=("self",)).select_related("hot_list__agency")
    refresh = locked.get(pk=refresh.pk)
    gate.require(actor, Permission.LOAD_LISTS, on=refresh)
    REFRESH_MOVES.check(name, refresh.state)
    refresh.decided_by, refresh.decided_at = actor, timezone.now()
    return refresh


def refresh_now(*, actor: Member, hot_list: HotList, file: Readable, file_name: str) -> Refresh:
    """Load a file at once, without the worker; what would wait for a person is confirmed by `actor`.

    Raises as `refresh_receive`, and `BadFile` for a file that is refused; then the list stays as it is.
    """
    refresh = refresh_receive(
        actor=actor, hot_list=hot_list, file=file, file_name=file_name, how=Refresh.How.COMMAND
    )
    _finish(refresh)
    if refresh.state == Refresh.State.WAITING:
        refresh_confirm(actor=actor, refresh=refresh)
        _finish(refresh)
    if refresh.state == Refresh.State.REFUSED:
        raise BadFile(refresh.why)
    return refresh


def _finish(refresh: Refresh) -> None:
    """Take the file to its next stop, here or with the worker that is at its list's files already."""
    loading.run(refresh.hot_list_id)
    refresh.refresh_from_db()
    while refresh.is_under_way:
        time.sleep(0.2)
        loading.run(refresh.hot_list_id)
        refresh.refresh_from_db()
