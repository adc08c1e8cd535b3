"""What of the data goes into a package: every column as it is kept, and what the numbers stand for."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import ForeignKey, Model

from accounts.models import Agency, Member
from detections import held
from detections.models import Camera, Detection, EvidencePackage, Hit, ImageJob, Transfer
from hotlists.models import HotList
from trail.models import Inquiry

Record = dict[str, Any]
BATCH = 1_000
# What stands beside the number of one of these; a member is called by role and badge.
NAMED: dict[type[Model], str] = {
    Agency: "name", Camera: "code", HotList: "name", Member: "", Transfer: "batch_sha256",
}  # fmt: skip
# What a package knows of itself only once it is built.
UNFINISHED = (
    "state", "built_at", "file", "sha256", "size", "detections", "hits", "pictures", "signed_with_id",
    "attempts", "error", "property_number",
)  # fmt: skip


@dataclass
class Taken:
    """What went in so far."""

    detections: int = 0
    hits: int = 0
    hits_left_out: int = 0
    first: datetime | None = None
    last: datetime | None = None
    pictures: dict[str, None] = field(default_factory=dict)
    pictures_missing: list[str] = field(default_factory=list)

    def note(self, at: datetime, pictures: Iterable[str]) -> None:
        """Note when something was captured, and its pictures."""
        self.first, self.last = min(self.first or at, at), max(self.last or at, at)
        self.pictures.update(dict.fromkeys(filter(None, pictures)))

    @property
    def pictures_taken(self) -> int:
        """How many pictures are in the package."""
        return len(self.pictures) - len(self.pictures_missing)


class Contents:
    """What one package takes in: what its hold kept when it was approved, and of hits what both may see.

    A hit on a restricted list goes in where the list is granted to the member who asked and to the one who
    approved (CJIS Security Policy 5.9.5, 4.2.2); `hits_left_out` says how many do not.
    """

    def __init__(self, package: EvidencePackage) -> None:
        assert package.decided_at is not None
        assert package.decided_by is not None
        self.package, self.hold, self.until = package, package.hold, package.decided_at
        kept = held.held_hits(self.hold).filter(made_at__lte=self.until)
        of_both = [HotList.objects.visible_to(one) for one in (package.asked_by, package.decided_by)]
        self._hits = kept.filter(entry__hot_list__in=of_both[0]).filter(entry__hot_list__in=of_both[1])
        self.hits_left_out = kept.count() - self._hits.count()
        self._inquiries: dict[int, Inquiry] = {}
        self._names: dict[tuple[type[Model], Any], str] = {}

    def detections(self) -> Iterator[Detection]:
        """The detections, the oldest first."""
        rows = held.held_detections(self.hold).filter(received_at__lte=self.until)
        yield from rows.order_by("pk").iterator(chunk_size=BATCH)

    def hits(self) -> Iterator[Hit]:
        """The hits with all that belongs to them, the oldest first."""
        rows = self._hits.select_related("entry__snapshot", "look_back__inquiry").order_by("pk")
        yield from rows.prefetch_related("steps", "further_reads").iterator(chunk_size=BATCH)

    def of_hold(self) -> Record:
        """The package and the hold: who asked for what, for which case and on which ground."""
        package = self.as_kept(self.package)
        known = {name: value for name, value in package.items() if name not in UNFINISHED}
        found: Record = {"package": known, "hold": self.as_kept(self.hold)}
        if self.hold.search is not None:
            cameras = sorted(self.hold.search.cameras.values_list("code", flat=True))
            found["search"] = self.as_kept(self.hold.search) | {"cameras": cameras}
        return found

    def of_hit(self, hit: Hit) -> Record:
        """A hit with the entry that it met, the steps on its ladder and the reads that joined it."""
        if hit.look_back is not None:
            self._note(hit.look_back.inquiry)
        snapshot = hit.entry.snapshot
        return self.as_kept(hit) | {
            "number": hit.number,
            "entry": self.as_kept(hit.entry) | {"snapshot": self.as_kept(snapshot) if snapshot else None},
            "steps": [self.as_kept(step) for step in hit.steps.all()],
            "further_reads": [self.as_kept(read) for read in hit.further_reads.all()],
            "look_back": self.as_kept(hit.look_back) if hit.look_back else None,
        }

    def photographs(self, pictures: Iterable[str]) -> Iterator[Record]:
        """The photographs, given by members or sent by cameras to be read, that are among these pictures."""
        names = iter(pictures)
        while some := list(islice(names, BATCH)):
            jobs = ImageJob.objects.filter(image__in=some, camera__agency=self.package.agency_id)
            for job in jobs.select_related("inquiry").order_by("pk"):
                self._note(job.inquiry)
                yield self.as_kept(job)

    def purposes(self) -> Iterator[Record]:
        """The purposes under which the hold's search was made and what was written so far was given."""
        if self.hold.search is not None:
            self._note(self.hold.search.inquiry)
        yield from (self.as_kept(self._inquiries[key]) for key in sorted(self._inquiries))

    def as_kept(self, row: Model) -> Record:
        """Every column of a row by its name, and beside a number what it stands for."""
        found: Record = {}
        for column in row._meta.concrete_fields:
            value = column.value_from_object(row)
            found[column.attname] = value
            if isinstance(column, ForeignKey) and value is not None and column.related_model in NAMED:
                found[column.name] = self._name(column.related_model, value)
        return found

    def _name(self, model: type[Model], key: Any) -> str:
        if (model, key) not in self._names:
            row = model._base_manager.get(pk=key)
            self._names[model, key] = str(getattr(row, NAMED[model])) if NAMED[model] else str(row)
        return self._names[model, key]

    def _note(self, inquiry: Inquiry | None) -> None:
        if inquiry is not None:
            self._inquiries[inquiry.pk] = inquiry


def pictures_of(hit: Hit) -> list[str]:
    """The names of the pictures of a hit and of the reads that joined it."""
    return [hit.image, *(read.image for read in hit.further_reads.all())]


def lines(rows: Iterable[Record]) -> Iterator[bytes]:
    """The rows as a JSON list in UTF-8, one on each line."""
    before = b"[\n"
    for row in rows:
        yield before + written(row)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def written(record: Record) -> bytes:
    """One record as JSON in UTF-8; moments are in ISO 8601 with their offset."""
    return json.dumps(record, default=_plain, ensure_ascii=False).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in a record.")
