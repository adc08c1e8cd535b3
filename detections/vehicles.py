"""What a vehicle's computer says of itself: what it still holds, which receipts it has, what it deleted."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from detections import late
from detections.models import LocalPurge, ReaderKey, Transfer, VehicleCopy
from trail.services import act, record
from trail.verbs import Verb

FORMAT = "vehicle-purge 1"


@dataclass(frozen=True)
class Deleted:
    """A list of what a vehicle's computer deleted, as it was signed."""

    purged_at: datetime
    reads: int
    pictures: int
    receipts: Mapping[int, str]


@act
def copy_said(*, actor: ReaderKey, left: int, set_aside: int) -> VehicleCopy:
    """Note what the vehicle's computer says that it holds: reads to come, and reads set aside as refused."""
    said = {"said_at": timezone.now(), "left": left, "set_aside": set_aside}
    copy, _ = VehicleCopy.objects.update_or_create(camera=actor.camera, defaults=said)
    late.settle(actor.camera)
    return copy


@act
def purge_told(*, actor: ReaderKey, text: str, signature: str, secret: str) -> tuple[LocalPurge, bool]:
    """Keep the proof of a list of deletions, and whether it is new; the same list again changes nothing.

    `signature` is the HMAC-SHA-256 of the text under the key's secret. Raises ValidationError where it is
    not, or where the text is no such list. A list that names receipts unknown here is kept and says so on
    the trail: the deletion has happened.
    """
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise ValidationError({"signature": "This is not the list's signature under this key."})
    listed = deleted(text)
    facts = {"signature": signature, "purged": listed.reads, "pictures": listed.pictures}
    purge, fresh = LocalPurge.objects.get_or_create(
        key=actor,
        list_sha256=hashlib.sha256(text.encode()).hexdigest(),
        defaults=facts | {"purged_at": listed.purged_at},
    )
    if fresh:
        counts = {"reads": listed.reads, "pictures": listed.pictures, "list_sha256": purge.list_sha256}
        unknown = receipts_unknown(key=actor, receipts=listed.receipts)
        detail = f"It names {len(unknown)} receipts that are not known here." if unknown else ""
        record(actor, Verb.VEHICLE_PURGED, purge, elements=counts, detail=detail)
    return purge, fresh


def receipts_unknown(*, key: ReaderKey, receipts: Mapping[int, str]) -> list[int]:
    """Those receipts that this camera was not given: by number, or with another hash."""
    given = Transfer.objects.filter(camera=key.camera_id, pk__in=list(receipts))
    known = dict(given.values_list("pk", "batch_sha256"))
    return sorted(number for number, sha256 in receipts.items() if known.get(number) != sha256)


def receipts_of(rows: object) -> dict[int, str]:
    """Receipts as a client lists them: `[{"id", "sha256"}]`. Raises ValidationError for anything else."""
    try:
        found = {row["id"]: row["sha256"] for row in rows}  # type: ignore[attr-defined]
    except (TypeError, KeyError):
        found = {None: ""}
    if not all(_is_count(number) and isinstance(sha256, str) for number, sha256 in found.items()):
        raise ValidationError({"receipts": "Give a list of receipts, each with its id and sha256."})
    return found


def deleted(text: str) -> Deleted:
    """What a list of deletions says. Raises ValidationError for a text that is none."""
    try:
        listed: Any = json.loads(text)
        reads: Sequence[Any] = listed["reads"]
        pictures = sum(1 for captured, content, picture in reads if picture is not None)
        moment = datetime.fromisoformat(listed["purged_at"])
        if listed["format"] != FORMAT or moment.utcoffset() is None:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValidationError({"list": f"This is no list in the format {FORMAT}."}) from None
    return Deleted(moment, len(reads), pictures, receipts_of(listed.get("receipts")))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
