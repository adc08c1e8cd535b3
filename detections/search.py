"""The query: which detections a search finds, and how each fits.

A pattern is a plate in which `?` stands for one unknown character and `*` for any number of them, written as
`hotlists.patterns.tidy` writes it. It is held against `plate_key` first, which is indexed, and only within the
ids of the time asked for, so that PostgreSQL passes over every other day's partition.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, F, Func, Q, Value

from alpr.policy import Policy
from detections import search_places, search_vehicles
from detections.model_reads import DetectionQuerySet
from detections.models import Detection, Search
from hotlists.patterns import ANY, ONE, alignment, differing, is_partial
from hotlists.plates import Position, fold

PAGE = 50
LIMIT = 1_000
ORDERS = {"newest": "-id", "oldest": "id"}
_LIKE = str.maketrans({ONE: "_", ANY: "%"})


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


class Like(Func):
    """SQL's LIKE, which Django has no lookup for. Patterns hold nothing that would need escaping."""

    arg_joiner = " LIKE "
    template = "%(expressions)s"
    output_field = BooleanField()


def as_like(pattern: str) -> str:
    """A pattern in the signs of SQL's LIKE."""
    return pattern.translate(_LIKE)


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
    """Every detection that `search` finds, of its own agency alone, in no order.

    A detection without a read state is found whatever state is asked for, and one whose vehicle was not read
    where a plate is asked for. Raises `NotApproved` for a broad search without a second person's approval.
    """
    if not search.is_open:
        raise NotApproved(f"{search} has no second person’s approval.")
    found = Detection.objects.captured(search.since, search.until).filter(agency=search.agency_id)
    if cameras := list(search.cameras.values_list("pk", flat=True)):
        found = found.filter(camera__in=cameras)
    if search.state:
        found = found.filter(state__in=["", search.state])
    found = found.filter(search_places.condition(search), search_vehicles.condition(search))
    return found.filter(_plate(search.pattern, confusable=search.confusable))


def page(
    search: Search,
    order: str = "newest",
    after: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
) -> Page:
    """One page of `PAGE` results by key: behind `after`, in front of `before`, or the first of them.

    `order` is one of `ORDERS`. A page that is far down takes no longer than the first. Raises `NotApproved`.
    """
    forward = ORDERS[order] if before is None else {"-id": "id", "id": "-id"}[ORDERS[order]]
    found = matching(search).select_related("camera").order_by(forward)
    edge = before or after
    if edge is not None:
        found = found.filter(pk__lt=edge) if forward == "-id" else found.filter(pk__gt=edge)
    rows = list(found[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if before is not None:
        rows.reverse()
    behind, ahead = (more, after is not None) if before is None else (True, more)
    return Page(
        rows,
        next=rows[-1].pk if rows and behind else None,
        previous=rows[0].pk if rows and ahead else None,
    )


def _plate(pattern: str, *, confusable: bool) -> Q:
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
    return [place for place in alignment(pattern, plate) if place.differs]


def kept_since(policy: Policy, now: datetime) -> datetime:
    """Since when detections are kept: those captured before are deleted, unless they are held."""
    return now - timedelta(days=policy.retention.detections_days)
