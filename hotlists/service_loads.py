"""Loading a general list from a file: read, compared with what is in use, applied in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from hotlists import comparing, csv_files
from hotlists.csv_files import BadFile, Layout, Problem
from hotlists.csv_values import Row
from hotlists.models import HotList, Snapshot, Upload
from hotlists.service_lists import refuse_excluded
from trail.services import act, record
from trail.verbs import Verb
from training import gate

KEPT = timedelta(hours=24)


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
    snapshot.save()
    elements = {"sha256": sha256, "refused": snapshot.refused, **counts.named()}
    record(actor, Verb.LIST_LOADED, snapshot, elements=elements)
    return snapshot


@act
def upload_keep(*, actor: Member, hot_list: HotList, file: BinaryIO, file_name: str) -> Upload:
    """Read a file, compare it with the list and keep it for the member's choice; the list stays as it is.

    Raises `BadFile` for a file that cannot be read, ValidationError for one that may not be loaded.
    """
    gate.require(actor, Permission.LOAD_LISTS, on=hot_list)
    refuse_load(hot_list, file_name)
    _forget_old(actor)
    reading = Reading(file)
    with comparing.staged(reading.rows()):
        overwrites = hot_list.agency.policy.hot_lists.general_overwrites
        counts = comparing.compare(hot_list, closing=overwrites)
    sha256 = fingerprint(file)
    file.seek(0)
    return Upload.objects.create(
        hot_list=hot_list,
        member=actor,
        document=File(file, name="list"),
        file_name=file_name[:200],
        sha256=sha256,
        encoding=reading.layout.encoding,
        good=reading.good,
        problems=[[problem.line, problem.why] for problem in reading.problems],
        **counts.named(),
    )


@act
def upload_load(*, actor: Member, upload: Upload) -> Snapshot:
    """Load the file that was kept, after making sure that it is the one that was checked, and forget it."""
    upload = Upload.objects.select_for_update(of=("self",)).select_related("hot_list").get(pk=upload.pk)
    _refuse_another(actor, upload)
    with upload.document.open("rb") as document:
        kept = cast(BinaryIO, document)
        if fingerprint(kept) != upload.sha256:
            raise BadFile("The file kept here is not the one that was checked. Give it again.")
        snapshot: Snapshot = list_load(
            actor=actor, hot_list=upload.hot_list, file=kept, file_name=upload.file_name
        )
    _forget(upload)
    return snapshot


@act
def upload_forget(*, actor: Member, upload: Upload) -> None:
    """Load nothing: delete the file that was kept."""
    _refuse_another(actor, upload)
    _forget(upload)


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


def _refuse_another(actor: Member, upload: Upload) -> None:
    gate.require(actor, Permission.LOAD_LISTS, on=upload)
    if upload.member_id != actor.pk:
        raise ValidationError("This file was given by somebody else.")


def _forget_old(member: Member) -> None:
    """Delete the member's own earlier uploads, and anybody's that were left for a day."""
    for upload in Upload.objects.filter(member=member) | Upload.objects.filter(
        uploaded_at__lt=timezone.now() - KEPT
    ):
        _forget(upload)


def _forget(upload: Upload) -> None:
    storage, name = upload.document.storage, str(upload.document.name)
    upload.delete()
    transaction.on_commit(lambda: storage.delete(name))
