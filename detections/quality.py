"""How good hits are, in figures: what share of them was misread, of another state or vehicle, stale or right.

Each closed hit is one of six findings, by what people answered and how they ended it; docs/quality.md has the
definitions. Figures hold no plate and no name of a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value, When
from django.utils import timezone

from accounts.models import Agency
from detections.models import Camera, Hit, HitStep, Outcome
from hotlists.models import HotList

FEWEST = 10
FIELD = (0.05, 0.35)
RESTRICTED = "Restricted lists"
OWN_ENGINE = "The camera’s own"


class Finding(models.TextChoices):
    """What a closed hit turned out to be. The first four are wrong; every closed hit is exactly one."""

    MISREAD = "misread", "Misread"
    WRONG_STATE = "wrong_state", "Wrong state"
    WRONG_VEHICLE = "wrong_vehicle", "Wrong vehicle"
    STALE = "stale", "No longer listed"
    RIGHT = "right", "Right"
    UNPROVEN = "unproven", "Unproven"


WRONG = (Finding.MISREAD, Finding.WRONG_STATE, Finding.WRONG_VEHICLE, Finding.STALE)
PROVING = (Outcome.ARREST, Outcome.RECOVERED, Outcome.CITED, Outcome.LOCATED)
_CHARACTERS = '@.key starts with "character" || @.key == "others" || @.key == "plate"'
_VEHICLE = '@.key != "state" && @.key != "person"'


@dataclass(frozen=True)
class Shares:
    """Closed hits by finding, and their shares of all of them, from 0 to 1."""

    counts: Mapping[Finding, int]

    @property
    def closed(self) -> int:
        """How many hits were closed."""
        return sum(self.counts.values())

    @property
    def wrong(self) -> int:
        """How many of them were wrong, in whichever way."""
        return sum(self.of(finding) for finding in WRONG)

    @property
    def each(self) -> list[tuple[Finding, int]]:
        """How many were what, in the order of the findings."""
        return [(finding, self.of(finding)) for finding in Finding]

    def of(self, finding: Finding) -> int:
        """How many were this."""
        return self.counts.get(finding, 0)

    def share(self, count: int) -> float | None:
        """`count` as a share of the closed hits; None under ten, where a share would say too much."""
        return count / self.closed if self.closed >= FEWEST else None

    @property
    def wrong_share(self) -> float | None:
        """The share that was wrong, or None under ten closed hits."""
        return self.share(self.wrong)


@dataclass(frozen=True)
class Group:
    """The hits of one list, camera, engine or kind of match. `key` tells groups of one table apart."""

    key: object
    name: str
    shares: Shares


@dataclass(frozen=True)
class Figures:
    """One agency's closed hits of one period, whole and by list, camera, engine and kind of match."""

    since: datetime
    until: datetime
    whole: Shares
    by_list: tuple[Group, ...]
    by_camera: tuple[Group, ...]
    by_engine: tuple[Group, ...]
    by_match: tuple[Group, ...]


def figures(
    agency: Agency, since: datetime, until: datetime, *, named: QuerySet[HotList] | None = None
) -> Figures:
    """The figures of hits closed at `since` or later and before `until`.

    Lists outside `named` are counted, and summed as one without their names; by default these are the
    restricted ones, so that the figures may be shown to anybody (CJIS Security Policy 5.9.5, 4.2.2).
    """
    lists = HotList.objects.filter(is_restricted=False) if named is None else named
    cameras = Camera.objects.filter(agency=agency).values_list("pk", "code", "name")
    names: dict[str, dict[Any, str]] = {
        "list": dict(lists.filter(agency=agency).values_list("pk", "name")),
        "camera": {pk: f"{code}, {name}" for pk, code, name in cameras},
        "engine": {"": OWN_ENGINE},
        "match": {value: str(label) for value, label in Hit.Match.choices},
    }
    counted = _counted(agency, since, until)
    tables = {table: _groups(counted, table, known) for table, known in names.items()}
    return Figures(
        since=since,
        until=until,
        whole=Shares(_summed(counted)),
        by_list=tables["list"],
        by_camera=tables["camera"],
        by_engine=tables["engine"],
        by_match=tables["match"],
    )


def _groups(counted: Iterable[Mapping[str, Any]], table: str, names: Mapping[Any, str]) -> tuple[Group, ...]:
    rows: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in counted:
        key = row[table]
        rows[None if table == "list" and key not in names else key].append(row)
    found = [
        Group(key, RESTRICTED if key is None else names.get(key, key), Shares(_summed(of_key)))
        for key, of_key in rows.items()
    ]
    return tuple(sorted(found, key=lambda group: (-group.shares.closed, group.name)))


def _summed(rows: Iterable[Mapping[str, Any]]) -> Counter[Finding]:
    summed: Counter[Finding] = Counter()
    for row in rows:
        summed[Finding(row["finding"])] += row["hits"]
    return summed


def _counted(agency: Agency, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """One row for each list, camera, engine, kind of match and finding, counted by the database."""
    closed = Hit.objects.filter(
        agency=agency, status=Hit.Status.CLOSED, closed_at__gte=since, closed_at__lt=until
    )
    judged = closed.annotate(finding=judgment(), list=F("entry__hot_list_id")).order_by()
    grouped = judged.values("list", "camera", "engine", "match", "finding").annotate(hits=Count("pk"))
    return [dict(row) for row in grouped]


def judgment() -> Case:
    """What a closed hit turned out to be, as an expression over `Hit`; the first that applies.

    The result that a person gave comes first, then the answer that shut the hit, then what proves it right.
    """
    return Case(
        When(outcome=Outcome.MISREAD, then=Value(Finding.MISREAD)),
        When(outcome=Outcome.WRONG_STATE, then=Value(Finding.WRONG_STATE)),
        When(outcome=Outcome.MISMATCH, then=Value(Finding.WRONG_VEHICLE)),
        When(outcome=Outcome.NOT_LISTED, then=Value(Finding.STALE)),
        When(shut_by_move__in=("validate", "confirm"), then=Value(Finding.STALE)),
        When(_differed(_CHARACTERS), then=Value(Finding.MISREAD)),
        When(_differed('@.key == "state"'), then=Value(Finding.WRONG_STATE)),
        When(_differed(_VEHICLE), then=Value(Finding.WRONG_VEHICLE)),
        When(Q(validated_at__isnull=False) | Q(confirmed_at__isnull=False), then=Value(Finding.RIGHT)),
        When(outcome__in=PROVING, then=Value(Finding.RIGHT)),
        default=Value(Finding.UNPROVEN),
        output_field=TextField(),
    )


class _Meets(Func):
    """Whether the answers of a step hold one that differs, among those whose name meets a condition."""

    function = "jsonb_path_exists"
    template = "%(function)s(%(expressions)s::jsonpath)"
    output_field = models.BooleanField()


def _differed(names: str) -> Q:
    """Whether the comparison found a difference in the questions that the condition `names`."""
    path = f'$.keyvalue() ? (@.value == "differs" && ({names}))'
    seen = HitStep.objects.filter(hit=OuterRef("pk"), move="see")
    return Q(shut_by_move="see") & Q(Exists(seen.filter(_Meets("answers", Value(path)))))


@dataclass(frozen=True)
class Line:
    """One row of a table: a group now, and the same group in the period before."""

    name: str
    now: Shares
    before: Shares

    @property
    def change(self) -> int | None:
        """By how many points of a hundred the share of wrong hits moved; None where either is unknown."""
        if self.now.wrong_share is None or self.before.wrong_share is None:
            return None
        return round((self.now.wrong_share - self.before.wrong_share) * 100)

    @property
    def change_words(self) -> str:
        """The change in words, such as "3 points lower"; empty where it is not known."""
        points = self.change
        if points is None:
            return ""
        if not points:
            return "no change"
        return f"{abs(points)} point{'' if abs(points) == 1 else 's'} {'higher' if points > 0 else 'lower'}"


def lines(now: Iterable[Group], before: Iterable[Group]) -> list[Line]:
    """The groups of two periods side by side, those of the later one first."""
    earlier = {group.key: group for group in before}
    none = Shares({})
    found = [
        Line(group.name, group.shares, earlier.pop(group.key).shares if group.key in earlier else none)
        for group in now
    ]
    return [*found, *(Line(group.name, none, group.shares) for group in earlier.values())]


def kept_since(agency: Agency) -> datetime | None:
    """Since when the policy keeps hits, so that figures from before are not whole; None without a limit."""
    days = agency.policy.retention.hits_days
    return None if days is None else timezone.now() - timedelta(days=days)
