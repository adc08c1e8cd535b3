"""The results of a search as a CSV file: with its own reason and case number, recorded with its hash."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from detections import search as query
from detections.models import Detection, Search
from detections.search_agencies import record_access
from detections.services_search import elements, require_open
from trail.purpose import VagueReason, check_case_number, check_reason
from trail.services import act
from trail.verbs import Verb

MOST_ROWS = 50_000
IN_MEMORY = 8 * 1024 * 1024
_CHUNK = 64 * 1024
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "captured_at", "plate", "state", "fits", "confidence", "agency", "camera", "camera_name", "direction",
    "latitude", "longitude", "make", "model", "color", "body", "picture", "detection",
)  # fmt: skip


class Export:
    """The file, which is read once, in pieces: how many rows it has and its hash are known and recorded."""

    def __init__(self, file: IO[bytes], *, name: str, rows: int, sha256: str) -> None:
        self._file, self.name, self.rows, self.sha256 = file, name, rows, sha256

    def __iter__(self) -> Iterator[bytes]:
        """The pieces. The file is gone with the last of them."""
        with self._file as file:
            while piece := file.read(_CHUNK):
                yield piece

    def close(self) -> None:
        """Let the file go unread."""
        self._file.close()


@act
def search_export(*, actor: Member, search: Search, reason: str, case_number: str) -> Export:
    """What `search` finds now, newest first, as CSV in UTF-8, for its maker under its fresh purpose.

    On the trail with how many rows and the SHA-256 before the first byte is given. The file lies in memory
    or, where it is large, in a temporary one without a name. Raises `Refused` as opening the results does;
    ValidationError on `reason` and `case_number`, and for more than `MOST_ROWS`.
    """
    require_open(actor, search)
    said = {"reason": _checked("reason", reason), "case_number": _checked("case_number", case_number)}
    with ExitStack() as unread:
        file = unread.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
        written, sha256 = _write(search, file)
        rows = written.total()
        record_access(
            actor, Verb.EXPORTED, search, shown=written, detail=said["reason"],
            elements=elements(search) | {"rows": rows, "sha256": sha256, "for_case": said["case_number"]},
        )  # fmt: skip
        file.seek(0)
        unread.pop_all()
    return Export(file, name=_name(search), rows=rows, sha256=sha256)


def _checked(field: str, text: str) -> str:
    try:
        return check_case_number(text) if field == "case_number" else check_reason(text)
    except VagueReason as vague:
        raise ValidationError({field: str(vague)}) from vague


def _name(search: Search) -> str:
    return f"search-{str(search.pk)[:8]}-{timezone.localdate()}.csv"


def _write(search: Search, file: IO[bytes]) -> tuple[Counter[int], str]:
    """Write the whole file; gives how many rows it has of each agency, by id, and its SHA-256."""
    text = io.StringIO(newline="")
    writer, digest, rows = csv.writer(text), hashlib.sha256(), Counter[int]()
    names = {agency.pk: str(agency) for agency in search.searched}
    writer.writerow(COLUMNS)
    for count, detection in enumerate(query.walk(search), start=1):
        if count > MOST_ROWS:
            raise ValidationError(f"An export has at most {MOST_ROWS:,} rows. Search a shorter time.")
        rows[detection.agency_id] += 1
        writer.writerow(_cells(search, detection, names[detection.agency_id]))
        if text.tell() >= _CHUNK:
            _flush(text, file, digest)
    _flush(text, file, digest)
    return rows, digest.hexdigest()


def _flush(text: io.StringIO, file: IO[bytes], digest: Any) -> None:
    piece = text.getvalue().encode()
    file.write(piece)
    digest.update(piece)
    text.seek(0)
    text.truncate()


def _cells(search: Search, found: Detection, agency: str) -> list[Any]:
    words = (found.direction, found.make, found.model, found.color, found.body)
    direction, make, model, color, body = map(safe, words)
    return [
        timezone.localtime(found.captured_at).isoformat(timespec="milliseconds"),
        found.plate, found.state, _fits(search, found), found.confidence,
        safe(agency), safe(found.camera.code), safe(found.camera.name), direction,
        found.latitude, found.longitude, make, model, color, body, "yes" if found.image else "no", found.pk,
    ]  # fmt: skip


def _fits(search: Search, found: Detection) -> str:
    """Empty without a plate; else exact, or which places may be misread, as `B for 8 in place 2`."""
    doubts = query.doubts(search.pattern, found.plate) if search.pattern else None
    if doubts is None:
        return ""
    return "; ".join(f"{each.read} for {each.listed} in place {each.number}" for each in doubts) or "exact"


def safe(text: str) -> str:
    """A cell of words that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
