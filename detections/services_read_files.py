"""Vendors' files of reads: how each is laid out, said once, and their lines taken in as reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections import parking
from detections.adapters import csv_rows
from detections.adapters.csv_rows import Layout, Line
from detections.api import native
from detections.ingest import receive
from detections.models import Camera, ReadMapping
from detections.reads import Read, RefusedRow
from hotlists.reading.results import Problem
from trail.services import act, record
from trail.verbs import Verb
from training import gate

SHOWN_LINES = 20
PROBLEMS_TOLD = 1_000
WORDS = {"captured_at": "the time", "sender_id": "its number", "": "the line"}


@dataclass
class Result:
    """What became of a file: how many lines were new, known before, and in conflict with what is stored.

    `problems` are the lines that are no reads, each by its number and why, the first 1,000 of `refused`.
    """

    stored: int = 0
    known: int = 0
    conflicts: int = 0
    hits: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def said(self) -> str:
        """The counts in a sentence."""
        lines = self.refused + self.conflicts
        told = [f"{self.stored:,} new", f"{self.known:,} known before", f"{lines:,} not taken"]
        return f"Lines: {', '.join(told)}. New hits: {self.hits:,}."


@dataclass(frozen=True)
class Checked:
    """One line of a file that is a read: its number, its camera, and the read."""

    line: int
    camera: Camera
    read: Read


@act
def mapping_save(
    *, actor: Member, agency: Agency, name: str, layout: dict[str, Any], mapping: ReadMapping | None = None
) -> ReadMapping:
    """Describe how a vendor's files are laid out, anew where `mapping` is given.

    Raises ValidationError, by part as `csv_rows.problems` has it, and for a name that is in use.
    """
    gate.require(actor, Permission.MANAGE_CAMERAS, on=agency)
    wrong: dict[str, Any] = dict(csv_rows.problems(layout))
    name = " ".join(name.split())
    rows = ReadMapping.objects.filter(agency=agency)
    saved = rows.select_for_update().get(pk=mapping.pk) if mapping else ReadMapping(agency=agency)
    if not name or len(name) > 80:
        wrong["name"] = "A name has 1 to 80 characters."
    elif rows.filter(name=name).exclude(pk=saved.pk).exists():
        wrong["name"] = "Another mapping has this name."
    if wrong:
        raise ValidationError(wrong)
    is_new, before = saved.pk is None, {"name": saved.name, "layout": saved.layout}
    if not is_new and before == {"name": name, "layout": layout}:
        return saved
    saved.name, saved.layout, saved.saved_by = name, layout, actor
    saved.save()
    elements = {} if is_new else {"before": before, "after": {"name": name, "layout": layout}}
    record(actor, Verb.CREATED if is_new else Verb.CHANGED, saved, elements=elements)
    return saved


def cameras(agency: Agency) -> QuerySet[Camera]:
    """The readers for which a file can be taken in."""
    return Camera.objects.filter(agency=agency, is_active=True).exclude(kind=Camera.Kind.PHOTOGRAPH)


def preview(
    *, actor: Member, mapping: ReadMapping, camera: Camera | None, file: BinaryIO
) -> list[Checked | Problem]:
    """What the first 20 lines of a file are; nothing is stored. `camera` is for lines that name none.

    Raises `BadMessage` for what is no such file.
    """
    gate.require(actor, Permission.MANAGE_CAMERAS, on=mapping.agency)
    return list(islice(_checked(mapping, camera, file), SHOWN_LINES))


@act
def file_take(*, actor: Member, mapping: ReadMapping, camera: Camera | None, file: BinaryIO) -> Result:
    """Take in the reads of a file, in one transaction, and say what became of its lines.

    `camera` is for lines that name none. A file again, or a line that another file had too, changes nothing.
    Raises `BadMessage` for what is no such file, and what `ingest.receive` raises; then nothing is stored.
    """
    gate.require(actor, Permission.MANAGE_CAMERAS, on=mapping.agency)
    result = Result()
    found: dict[int, list[Checked]] = {}
    for each in _checked(mapping, camera, file):
        if isinstance(each, Problem):
            result.refused += 1
            if len(result.problems) < PROBLEMS_TOLD:
                result.problems.append(each)
        else:
            found.setdefault(each.camera.pk, []).append(each)
    file_sha256 = _sha256(file)
    for pk in sorted(found):
        _store(actor, found[pk], file_sha256, result)
    result.problems.sort()
    _record(actor, mapping, result)
    return result


def _store(actor: Member, checked: list[Checked], file_sha256: str, result: Result) -> None:
    """Store the reads of one camera."""
    receipt = receive(
        actor=actor,
        camera=checked[0].camera,
        reads=[one.read for one in checked],
        refused=[],
        batch_sha256=file_sha256,
        by_hand=True,
    )
    conflicts, fresh = set(receipt.conflicts), set(receipt.fresh)
    for detection_id, one in zip(receipt.detection_ids, checked, strict=True):
        if detection_id in fresh:
            fresh.remove(detection_id)
        elif one.read.sender_id in conflicts:
            result.problems.append(Problem(one.line, "Another read stands under its number, and is kept."))
    result.stored += len(receipt.fresh)
    result.conflicts += len(receipt.conflicts)
    result.known += len(checked) - len(receipt.fresh) - len(receipt.conflicts)
    result.hits += len(receipt.hit_ids)


def _record(actor: Member, mapping: ReadMapping, result: Result) -> None:
    """Put the file on the trail, with what became of its lines."""
    counts = {name: getattr(result, name) for name in ("stored", "known", "conflicts", "refused", "hits")}
    record(actor, Verb.FILE_RECEIVED, f"a file of reads, {mapping}", elements=counts)


def _checked(mapping: ReadMapping, camera: Camera | None, file: BinaryIO) -> Iterator[Checked | Problem]:
    """The lines of a file, each held against the native format as every reader's rows are."""
    known = {name.casefold(): one for one in cameras(mapping.agency) for name in (one.name, one.code)}
    now = timezone.now()
    for each in csv_rows.lines(file, Layout.of(mapping.layout)):
        if isinstance(each, Problem):
            yield each
            continue
        whose = known.get(each.camera.casefold()) if each.camera else camera
        yield _judged(each, whose, now)


def _judged(line: Line, camera: Camera | None, now: datetime) -> Checked | Problem:
    if camera is None:
        named = "It names a camera that is not known." if line.camera else "It names no camera."
        return Problem(line.line, named)
    terms = native.Terms(camera="", now=now, kept_days=parking.kept_days(camera))
    read = native.read_row(line.row, line.line, terms)
    if isinstance(read, RefusedRow):
        said = (f"{WORDS.get(name, name.replace('_', ' '))}: {why}" for name, why in read.reasons.items())
        return Problem(line.line, " ".join(_sentence(each) for each in said))
    return Checked(line.line, camera, read)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 18):
        digest.update(chunk)
    return digest.hexdigest()
