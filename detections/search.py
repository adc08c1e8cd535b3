"""The query: which detections a search finds, and how each fits.

A pattern is a plate in which `?` stands for one unknown character and `*` for any number of them, written as
`hotlists.patterns.tidy` writes it. It is held against `plate_key` first, which is indexed, and only on the
days on which it may be found, so that PostgreSQL passes over every other day's partition.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, Value

from alpr.policy import Policy
from detections import search_days, search_places, search_vehicles, uuid7
from detections.like import Like, as_like
from detections.model_reads import DetectionQuerySet
from detections.models import Detection, Search
from hotlists.patterns import ANY, alignment, differing, is_partial
from hotlists.plates import Position, fold, positions

__all__ = [
    "LIMIT", "ORDERS", "PAGE", "Like", "NotApproved", "Page", "as_like", "doubts", "first_page",
    "kept_since", "known_together", "matching", "page", "too_broad", "walk",
]  # fmt: skip

PAGE = 50
LIMIT = 200
ORDERS = ("newest", "oldest")


def known_together(pattern: str) -> int:
    """How many known characters stand together at the longest place."""
    return max(len(run) for run in re.split(r"[?*]", pattern))


def too_broad(policy: Policy, *, pattern: str, cameras: int, span: timedelta) -> str:
    """Why this search needs a second person under `policy`; empty where one person may make it alone.

    `cameras` is how many are searched, `span` how long a time; an empty `pattern` is no plate. A whole plate
    is never too broad. Rules `search.broad_*`.
    """
    rules = policy.search
    if pattern and (not is_partial(pattern) or known_together(pattern) >= rules.broad_below_characters):
        return ""
    over = []
    if rules.broad_cameras is not None and cameras > rules.broad_cameras:
        over.append(("search.broad_cameras", f"{cameras} cameras"))
    if rules.broad_hours is not None and span > timedelta(hours=rules.broad_hours):
        over.append(("search.broad_hours", _hours(span)))
    if not over:
        return ""
    said = " and ".join(what for _, what in over)
    clauses = " ".join(_clause(policy, rule) for rule, _ in over)
    without = "no plate"
    if pattern:
        without = f"fewer than {rules.broad_below_characters} known characters together"
    return f"This search covers {said} with {without}. {clauses}"


def _hours(span: timedelta) -> str:
    hours = round(span / timedelta(hours=1))
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"


def _clause(policy: Policy, rule: str) -> str:
    clause = policy.clause(rule)
    where = f"clause {clause.number}" if clause.number else clause.source.lower()
    return f"{policy.describe(rule)} ({policy.label}, {where})"


class NotApproved(Exception):
    """A broad search that waits for a second person, or that one has declined: it finds nothing."""


@dataclass(frozen=True)
class Page:
    """One page of results in the order asked for, with their cameras.

    `next` goes into `after` for the page behind this one, `previous` into `before` for the one in front of
    it; each is None where there is none.
    """

    rows: list[Detection]
    next: uuid.UUID | None
    previous: uuid.UUID | None


def matching(search: Search) -> DetectionQuerySet:
    """Every detection that `search` finds, of the agencies that it looks through alone, in no order.

    A detection without a read state is found whatever state is asked for, and one whose vehicle was not read
    where a plate is asked for. Raises `NotApproved` for a broad search without a second person's approval.
    `walk` gives the same in order, and sooner.
    """
    found = Detection.objects.captured(search.since, search.until)
    return _asked(search, found).filter(_plate(search.pattern, confusable=search.confusable))


def _asked(search: Search, found: DetectionQuerySet) -> DetectionQuerySet:
    """Those of `found` that are as asked, but for plate and time."""
    if not search.is_open:
        raise NotApproved(f"{search} has no second person’s approval.")
    if search.kind != Search.Kind.NONE and not search.pattern:
        return found.none()  # Its plate is forgotten with the detections that it spoke of.
    found = found.filter(agency__in=search.searched)
    if cameras := list(search.cameras.values_list("pk", flat=True)):
        found = found.filter(camera__in=cameras)
    if search.state:
        found = found.filter(state__in=["", search.state])
    return found.filter(search_places.condition(search), search_vehicles.condition(search))


def walk(
    search: Search,
    order: str = "newest",
    *,
    behind: uuid.UUID | None = None,
    limit: int | None = None,
    narrowed: Q | None = None,
) -> Iterator[Detection]:
    """What `search` finds, with its cameras, in one of `ORDERS`, at most `limit`; `behind` this one alone.

    `narrowed` leaves out what it does not meet. It goes through the days in turn and ends its work where the
    taker stops. Raises `NotApproved`, at once.
    """
    newest_first = order == "newest"
    first, after = uuid7.floor(search.since), uuid7.floor(search.until)
    if behind is not None and newest_first:
        after = min(after, behind)
    elif behind is not None:
        first = max(first, uuid.UUID(int=behind.int + 1))
    found = _asked(search, Detection.objects.all()).filter(narrowed or Q())
    unlisted = found.filter(_plate(search.pattern, confusable=search.confusable))
    known = found if search.confusable else unlisted
    agencies = [agency.pk for agency in search.searched]
    way = search_days.Walk(agencies, fold(search.pattern), known, unlisted, first, after, newest_first)
    return way.rows(limit)


def page(
    search: Search,
    order: str = "newest",
    after: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
    narrowed: Q | None = None,
) -> Page:
    """One page of `PAGE` results by key: behind `after`, in front of `before`, or the first of them.

    `order` is one of `ORDERS`; `narrowed` leaves out what it does not meet. A page that is far down takes no
    longer than the first. Raises `NotApproved`.
    """
    back = before is not None
    towards = order if not back else {"newest": "oldest", "oldest": "newest"}[order]
    rows = list(walk(search, towards, behind=before or after, limit=PAGE + 1, narrowed=narrowed))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if back:
        rows.reverse()
    behind, ahead = (True, more) if back else (more, after is not None)
    return Page(
        rows,
        next=rows[-1].pk if rows and behind else None,
        previous=rows[0].pk if rows and ahead else None,
    )


def first_page(newest: Sequence[Detection]) -> Page:
    """The first page, newest first, of what `walk` gave: more than `PAGE` where there are others."""
    rows = list(newest[:PAGE])
    return Page(rows, next=rows[-1].pk if len(newest) > PAGE else None, previous=None)


def _plate(pattern: str, *, confusable: bool) -> Q:
    """The condition of the plate."""
    if not pattern:
        return Q()
    asked = {"plate_key": fold(pattern)} | ({} if confusable else {"plate": pattern})
    if not is_partial(pattern):
        return Q(**asked)
    return Q(*(Like(F(field), Value(as_like(text))) for field, text in asked.items()))


def doubts(pattern: str, plate: str) -> list[Position] | None:
    """The places, counted on the plate as read, where it has another character than was asked for.

    Empty where it fits exactly; None where it fits in no way.
    """
    misread = differing(pattern, plate)
    if not misread:
        return None if misread is None else []
    if pattern.count(ANY) > 1:
        places = alignment(pattern, plate)
    else:  # It lies in one way alone, which is quickly told.
        places = positions(pattern.replace(ANY, ANY * (len(plate) - len(pattern) + 1)), plate)
    return [place for place in places if place.differs]


def kept_since(policy: Policy, now: datetime) -> datetime:
    """Since when detections are kept: those captured before are deleted, unless they are held."""
    return now - timedelta(days=policy.retention.detections_days)
