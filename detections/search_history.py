"""One vehicle over everything that is kept: its reads by day, and the gaps that say nothing about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Member
from detections.models import Camera, Detection, Search
from trail.models import Inquiry
from trail.services import act

MOST_READS = 500


@dataclass(frozen=True)
class Day:
    """One day of the vehicle: its reads, newest first, and the cameras that sent nothing that day."""

    day: date
    reads: list[Detection]
    silent: list[Camera]


@dataclass(frozen=True)
class Gap:
    """A stretch of days, the first and last included, on which these cameras sent nothing at all."""

    first: date
    last: date
    cameras: list[Camera]


@dataclass(frozen=True)
class History:
    """A vehicle's reads and what is not known of it.

    `purged_before` is when the kept time begins. `watched_since` is the first whole day of which it is known
    which cameras sent nothing; None where there is no such day, and of days before it nothing is said.
    `more` where older reads than those listed are kept.
    """

    detection: Detection
    days: list[Day]
    gaps: list[Gap]
    purged_before: datetime
    watched_since: date | None
    more: bool


@act
def search_history(*, actor: Member, inquiry: Inquiry, detection: Detection, search: Search) -> History:
    """Every kept read of the vehicle of `detection`, which `search` has found, newest first."""
    raise NotImplementedError
