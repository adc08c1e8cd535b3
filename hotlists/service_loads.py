"""Loading a general list from a file: read, compared with what is in use, applied in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import comparing, csv_files
from hotlists.csv_files import BadFile, Layout, Problem
from hotlists.csv_values import Row
from hotlists.models import HotList, Snapshot
from hotlists.service_lists import refuse_excluded
from trail.services import act, record
from trail.verbs import Verb
from training import gate


@act
def list_load(*, actor: Member, hot_list: HotList, file: BinaryIO, file_name: str) -> Snapshot:
    """Load every good line of a CSV file into a general list, and leave the bad ones out.

    Entries that the file no longer has are closed, unless the policy says that a load is added to the old
    one (Vallejo Policy 426.4(f)(4): it overwrites). A file loaded again changes no entry and renews the
    list's age. Raises `BadFile` or ValidationError; then the list stays as it is.
    """
    gate.require(actor, Permission.LOAD_LISTS, on=hot_list)
    hot_list = HotList.objects.select_for_update().get(pk=hot_list.pk)
    refuse_load(hot_list, file_name)
    sha256 = fingerprint(file)
    reading = Reading(file)
    with comparing.staged(reading.rows()):
        _refuse_empty(reading)
        snapshot = Snapshot.objects.create(
            hot_list=hot_list,
            file_name=file_name[:200],
            sha256=sha256,
            loaded_by=actor,
            refused=len(reading.problems),
        )
        overwrites = hot_list.agency.policy.hot_lists.general_overwrites
        counts = comparing.apply(snapshot, closing=overwrites)
    snapshot.added, snapshot.removed, snapshot.unchanged = counts.added, counts.removed, counts.unchanged
    snapshot.standing = counts.added + counts.unchanged
    snapshot.save()
    hot_list.source_at = snapshot.loaded_at
    hot_list.save()
    elements = {"sha256": sha256, "refused": snapshot.refused, **counts.named()}
    record(actor, Verb.LIST_LOADED, snapshot, elements=elements)
    return snapshot


class Reading:
    """One pass through a file: good rows stream out, bad lines are kept."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.layout: Layout = csv_files.inspect(file)
        self.problems: list[Problem] = []
        self.good = 0

    def rows(self) -> Iterator[Row]:
        """The good rows, in the file's order."""
        for found in csv_files.read(self.file, self.layout, timezone.localdate()):
            if isinstance(found, Problem):
                self.problems.append(found)
            else:
                self.good += 1
                yield found


def fingerprint(file: BinaryIO) -> str:
    """SHA-256 of the whole file, in hexadecimal."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 16):
        digest.update(chunk)
    return digest.hexdigest()


def refuse_load(hot_list: HotList, file_name: str) -> None:
    """Raise ValidationError for a list that takes no files, or a file that the policy leaves out."""
    if hot_list.kind != HotList.Kind.GENERAL:
        raise ValidationError(
            "A specific list takes no files: each hot plate is entered by one person and approved by another."
        )
    if not hot_list.is_active:
        raise ValidationError("This list is no longer in use.")
    refuse_excluded(hot_list.agency, file_name)


def _refuse_empty(reading: Reading) -> None:
    if not reading.good:
        raise BadFile("No line of the file is an entry, so nothing was loaded.")
