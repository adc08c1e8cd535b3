"""What is due: the lines that an adopted policy draws through an agency's data, and what lies before them.

Detections, pictures and hits have times of their own (rules `retention.*`), counted from capture.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from alpr.policy import Policy
from detections import held, partitions, uuid7
from detections.findings import forgetting
from detections.models import Detection, Hit, HitRead, Hold, ImageJob, PurgeRun, Search
from detections.parking.retention import Due, has_program
from detections.parking.retention import due as due_of_parking


@dataclass(frozen=True)
class Lines:
    """What was captured before these times is due.

    `hits_before` None keeps hits indefinitely, `pictures_before` None keeps pictures as long as what they
    show.
    """

    agency: Agency
    captured_before: datetime
    hits_before: datetime | None
    pictures_before: datetime | None

    @classmethod
    def now(cls, agency: Agency) -> Lines:
        """The lines of the policy in force, drawn now. Raises `NoPolicy` where there is none."""
        now, rules = timezone.now(), agency.policy.retention
        pictures_days = rules.pictures_days if rules.images_on_server else 0
        return cls(
            agency=agency,
            captured_before=now - timedelta(days=rules.detections_days),
            hits_before=None if rules.hits_days is None else now - timedelta(days=rules.hits_days),
            pictures_before=None if pictures_days is None else now - timedelta(days=pictures_days),
        )

    @classmethod
    def of(cls, run: PurgeRun) -> Lines:
        """The lines that a certificate names."""
        return cls(run.agency, run.captured_before, run.hits_before, run.pictures_before)

    def detections(self) -> QuerySet[Detection]:
        """The detections that are due, held or not."""
        return Detection.objects.filter(agency=self.agency, id__lt=uuid7.floor(self.captured_before))

    def hits(self) -> QuerySet[Hit]:
        """The hits that are due, held or not."""
        if self.hits_before is None:
            return Hit.objects.none()
        return Hit.objects.filter(agency=self.agency, captured_at__lt=self.hits_before)

    def jobs(self) -> QuerySet[ImageJob]:
        """The jobs of photographs that are due. One that still waits to be read keeps its picture."""
        due = Q(captured_at__lt=self.captured_before)
        if self.pictures_before is not None:
            due |= Q(captured_at__lt=self.pictures_before) & ~Q(state=ImageJob.State.WAITING)
        return ImageJob.objects.filter(due, camera__agency=self.agency)

    def pictured_detections(self) -> QuerySet[Detection]:
        """The detections whose picture is due, and that no hold keeps."""
        if self.pictures_before is None:
            return Detection.objects.none()
        rows = Detection.objects.filter(agency=self.agency, id__lt=uuid7.floor(self.pictures_before))
        return rows.exclude(image="").exclude(held.detection_is_held(self.agency))

    def pictured_hits(self) -> QuerySet[Hit]:
        """The hits whose picture is due, and that no hold keeps."""
        if self.pictures_before is None:
            return Hit.objects.none()
        rows = Hit.objects.filter(agency=self.agency, captured_at__lt=self.pictures_before)
        return rows.exclude(image="").exclude(held.hit_is_held(self.agency))

    def pictured_reads(self) -> QuerySet[HitRead]:
        """The reads that joined a hit whose picture is due, where no hold keeps the hit."""
        if self.pictures_before is None:
            return HitRead.objects.none()
        kept = Hit.objects.filter(held.hit_is_held(self.agency), agency=self.agency)
        rows = HitRead.objects.filter(hit__agency=self.agency, captured_at__lt=self.pictures_before)
        return rows.exclude(image="").exclude(hit__in=kept)

    def searches(self) -> QuerySet[Search]:
        """The searches whose plate is to be forgotten: what they spoke of is gone, and no hold keeps it."""
        rows = Search.objects.filter(agency=self.agency, made_at__lt=self.captured_before).exclude(pattern="")
        return rows.exclude(Exists(Hold.objects.filter(search=OuterRef("pk"), released_at=None)))

    def released_holds(self) -> QuerySet[Hold]:
        """The holds over a plate that were released so long ago that the plate is to be forgotten."""
        rows = Hold.objects.filter(agency=self.agency, released_at__lt=self.captured_before)
        return rows.exclude(plate_key="", plate="")

    def whole_days(self) -> list[date]:
        """The days, in UTC, of which all is due."""
        return partitions.days_before(self.captured_before)


def authority(policy: Policy) -> str:
    """The clause that sets the time of detections, with the law behind it, in at most 400 characters."""
    clause = policy.clause("retention.detections_days")
    where = f"clause {clause.number}" if clause.number else clause.source.lower()
    laws = f" ({'; '.join(clause.laws)})" if clause.laws else ""
    return f"{policy.label}, {where}: {policy.describe('retention.detections_days')}{laws}"[:400]


def held_for(lines: Lines) -> dict[str, dict[str, int]]:
    """How many detections and hits past their time each case holds, each once however many holds keep it."""
    counts: dict[str, dict[str, int]] = {}
    before, hits_due = uuid7.floor(lines.captured_before), lines.hits()
    standing = held.standing(lines.agency).order_by("case_number")
    for case, holds in groupby(standing, key=lambda hold: hold.case_number):
        of_case = list(holds)
        detections = reduce(or_, map(held.held_detections, of_case))
        hits = reduce(or_, map(held.held_hits, of_case))
        counts[case] = {
            "detections": detections.filter(id__lt=before).count(),
            "hits": hits_due.filter(pk__in=hits.values("pk")).count(),
        }
    return {case: numbers for case, numbers in counts.items() if any(numbers.values())}


@dataclass(frozen=True)
class Preview:
    """What a purge would do now. Making it changes nothing."""

    lines: Lines
    policy_version: str
    authority: str
    due: int
    held: int
    hits_due: int
    hits_held: int
    pictures_due: int
    jobs_due: int
    findings_due: int
    searches_due: int
    held_for: dict[str, dict[str, int]]
    parking: Due | None


def preview(agency: Agency) -> Preview:
    """Count what is due at one agency now. Raises `NoPolicy` where no policy says how long data is kept."""
    lines = Lines.now(agency)
    due, hits = lines.detections(), lines.hits()
    facts: dict[str, Any] = {
        "due": due.count(),
        "held": due.filter(held.detection_is_held(agency)).count(),
        "hits_due": hits.count(),
        "hits_held": hits.filter(held.hit_is_held(agency)).count(),
        "pictures_due": _early_pictures(lines),
        "jobs_due": lines.jobs().count(),
        "findings_due": forgetting.due(agency, due).count(),
        "searches_due": lines.searches().count(),
    }
    return Preview(
        lines=lines, policy_version=agency.policy_label, authority=authority(agency.policy),
        held_for=held_for(lines), parking=due_of_parking(agency) if has_program(agency) else None, **facts,
    )  # fmt: skip


def _early_pictures(lines: Lines) -> int:
    return lines.pictured_detections().filter(id__gte=uuid7.floor(lines.captured_before)).count()
