"""The query: which detections a search finds, and how each fits.

A pattern is a plate in which `?` stands for one unknown character and `*` for any number of them. It is held
against `plate_key` first, which is indexed, and only within the ids of the time asked for, so that PostgreSQL
passes over every other day's partition.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from functools import cache

from django.db.models import BooleanField, F, Func, Q, Value

from alpr.policy import Policy
from detections.model_reads import DetectionQuerySet
from detections.models import Detection, Search
from hotlists.plates import LONGEST, Position, fold

ONE, ANY = "?", "*"
LONGEST_PATTERN = 20
LIMIT = 200
_LIKE = str.maketrans({ONE: "_", ANY: "%"})


class BadPattern(ValueError):
    """A text that is no plate and no part of one. Its message says why."""


def read_pattern(text: str) -> str:
    """The written form of what a person typed: capital letters, digits and the two wildcards alone.

    Raises `BadPattern` for any other character but spaces, hyphens and dots, for more than 10 characters, and
    where not one is known.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    pattern = re.sub(r"\*[?*]*", _unknown, re.sub(r"[\s.\-]", "", plain))
    odd = re.search(r"[^A-Z0-9?*]", pattern)
    if odd:
        raise BadPattern(f"A plate has letters and digits, and ? or * for unknown ones, not “{odd.group()}”.")
    if not re.search(r"[A-Z0-9]", pattern):
        raise BadPattern("Give the characters of the plate that are known.")
    length = len(pattern.replace(ANY, ""))
    if length > LONGEST:
        raise BadPattern(f"A plate has at most {LONGEST} characters; this has {length}.")
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern("Leave out some of the *: each stands for any number of characters.")
    return pattern


def _unknown(run: re.Match[str]) -> str:
    """A run of wildcards in one written form: the single unknown ones first, then one `*`."""
    return ONE * run.group().count(ONE) + ANY


def is_partial(pattern: str) -> bool:
    """Whether the pattern has unknown characters."""
    return ONE in pattern or ANY in pattern


def known_together(pattern: str) -> int:
    """How many known characters stand together at the longest place."""
    return max(len(run) for run in re.split(r"[?*]", pattern))


def too_broad(policy: Policy, *, pattern: str, cameras: int, span: timedelta) -> str:
    """Why this search needs a second person under `policy`; empty where one person may make it alone.

    `cameras` is how many are searched, `span` how long a time. A whole plate is never too broad. Rules
    `search.broad_*`.
    """
    rules = policy.search
    if not is_partial(pattern) or known_together(pattern) >= rules.broad_below_characters:
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
    return (
        f"This search covers {said} with fewer than {rules.broad_below_characters} known characters "
        f"together. {clauses}"
    )


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


def matching(search: Search) -> DetectionQuerySet:
    """Every detection that `search` finds, of its own agency alone, in no order.

    A detection without a read state is found whatever state is asked for.
    """
    found = Detection.objects.captured(search.since, search.until).filter(agency=search.agency_id)
    if cameras := list(search.cameras.values_list("pk", flat=True)):
        found = found.filter(camera__in=cameras)
    if search.state:
        found = found.filter(state__in=["", search.state])
    return found.filter(_plate(search.pattern, confusable=search.confusable))


def _plate(pattern: str, *, confusable: bool) -> Q:
    asked = {"plate_key": fold(pattern)} | ({} if confusable else {"plate": pattern})
    if not is_partial(pattern):
        return Q(**asked)
    return Q(*(Like(F(field), Value(text.translate(_LIKE))) for field, text in asked.items()))


def doubts(pattern: str, plate: str) -> list[Position] | None:
    """The places, counted on the plate as read, where it has another character than was asked for.

    Empty where it fits exactly; None where it fits in no way. Of several ways that a pattern with `*` may lie
    on the plate, the one with the fewest doubts counts.
    """

    @cache
    def lay(asked: int, at: int) -> tuple[Position, ...] | None:
        if asked == len(pattern):
            return () if at == len(plate) else None
        if pattern[asked] == ANY:
            ways = [lay(asked + 1, at), lay(asked, at + 1) if at < len(plate) else None]
            return min((way for way in ways if way is not None), key=len, default=None)
        if at == len(plate) or not _may_be(pattern[asked], plate[at]):
            return None
        rest = lay(asked + 1, at + 1)
        if rest is None or pattern[asked] in (ONE, plate[at]):
            return rest
        return (Position(at + 1, pattern[asked], plate[at]), *rest)

    laid = lay(0, 0)
    return None if laid is None else list(laid)


def _may_be(asked: str, read: str) -> bool:
    return asked == ONE or fold(asked) == fold(read)


def kept_since(policy: Policy, now: datetime) -> datetime:
    """Since when detections are kept: those captured before are deleted, unless they are held."""
    return now - timedelta(days=policy.retention.detections_days)
