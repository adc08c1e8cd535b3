"""Which entries in use the reads of one batch meet, asked of the database for all of them at once.

Whole plates stand under the key that folds confusable characters (`hotlists.plates.fold`), partial plates and
descriptions under their anchor (`hotlists.anchors`). Both are indexes over what is in use alone, so a batch
costs as much against ten million entries as against one. What they let through is held against the entry
once more, with the fuzziness of its list (`hotlists.patterns.meets`).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func, Q, QuerySet, Value

from accounts.models import Agency
from detections.asked import Asked
from detections.models import Detection
from detections.reads import Read
from hotlists import turns
from hotlists.anchors import Shapes
from hotlists.model_entries import EntryQuerySet
from hotlists.models import Entry
from hotlists.patterns import Meeting, meets
from hotlists.plates import fold

# A read on its way in, or one that is stored.
Seen = Read | Detection


@dataclass(frozen=True, slots=True)
class Met:
    """One read that meets one entry, and how."""

    entry: Entry
    detection_id: uuid.UUID
    read: Seen
    match: Meeting


def meetings(agency: Agency, reads: Mapping[uuid.UUID, Seen]) -> list[Met]:
    """Every meeting of these reads, by id, with an entry in use on a list of the agency.

    A plate on several lists makes several. In the order of entry and capture.
    """
    turns.to_match(agency)
    waiting: dict[str, list[uuid.UUID]] = defaultdict(list)
    for detection_id, read in reads.items():
        waiting[fold(read.plate)].append(detection_id)
    named = [*_whole(agency, waiting), *_in_part(agency, waiting, reads)]
    entries = _entries(pk for pk, _ in named)
    found = []
    for pk, key in named:
        for detection_id in waiting[key]:
            if how := how_it_meets(entries[pk], reads[detection_id]):
                found.append(Met(entries[pk], detection_id, reads[detection_id], how))
    return sorted(found, key=lambda met: (met.read.captured_at, met.entry.pk, met.detection_id))


def how_it_meets(entry: Entry, read: Seen) -> Meeting | None:
    """How this read meets this entry, or None; see `hotlists.patterns.meets`."""
    return meets(entry, read.plate, read.state, read.make, read.model, read.color, read.body)


def _entries(named: Iterable[int]) -> dict[int, Entry]:
    """These entries with their lists, asked for where there are any: most reads meet none."""
    wanted = set(named)
    return Entry.objects.select_related("hot_list").in_bulk(wanted) if wanted else {}


def _in_use(agency: int) -> EntryQuerySet:
    return Entry.objects.in_use().filter(hot_list__agency=agency).order_by("pk")


def _of_keys(agency: int, keys: list[str]) -> QuerySet[Any, Any]:
    # The condition of the index in its own words; without it, PostgreSQL does not know that it serves.
    return _in_use(agency).filter(~Q(plate_key=""), plate_key__one_of=keys).values_list("pk", "plate_key")


def _of_anchors(agency: int, keys: list[str]) -> QuerySet[Any, Any]:
    return _in_use(agency).filter(~Q(anchor=""), anchor__one_of=keys).values_list("pk", "anchor")


def _shapes() -> QuerySet[Any, Any]:
    """The shapes of every anchor in use, of whatever agency: the index alone answers."""
    anchored = Entry.objects.filter(~Q(anchor=""), state_of_entry=Entry.State.IN_USE).order_by()
    shape = Func(F("anchor"), Value(":"), Value(1), function="split_part", output_field=CharField())
    return anchored.annotate(shape=shape).values_list("shape").distinct()


_NOBODY = -1
_WHOLE = Asked(_of_keys, agency=_NOBODY, keys=["of no plate"])
_IN_PART = Asked(_of_anchors, agency=_NOBODY, keys=["of no anchor"])
_SHAPES = Asked(_shapes)


def _whole(agency: Agency, keys: Iterable[str]) -> list[tuple[int, str]]:
    """The agency's whole plates in use under these keys, each with its key."""
    return [(pk, key) for pk, key in _WHOLE(agency=agency.pk, keys=list(keys))]


def _in_part(
    agency: Agency, waiting: dict[str, list[uuid.UUID]], reads: Mapping[uuid.UUID, Seen]
) -> list[tuple[int, str]]:
    """The agency's entries in use that these reads may meet in part, each with a key of `waiting`.

    A description may be met under any plate, and by several.
    """
    shapes = Shapes(shape for (shape,) in _SHAPES())
    if not shapes:
        return []
    plates: dict[str, set[str]] = defaultdict(set)
    for plate_key, ids in waiting.items():
        vehicles = {(reads[one].make, reads[one].color, reads[one].body) for one in ids}
        for make, color, body in vehicles:
            for key in shapes.keys(plate_key=plate_key, make=make, color=color, body=body):
                plates[key].add(plate_key)
    met = _IN_PART(agency=agency.pk, keys=list(plates))
    return [(pk, plate_key) for pk, anchor in met for plate_key in sorted(plates[anchor])]
