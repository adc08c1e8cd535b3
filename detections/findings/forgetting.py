"""Findings go with the detections they rest on: none says for longer than they stand which plate it was."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Agency
from detections import held
from detections.models import Detection, Finding, FindingRead


def forget(agency: Agency, gone: Collection[UUID]) -> list[int]:
    """Delete the findings that rest on any of these detections, in the transaction that deletes those.

    Gives the findings' numbers.
    """
    if not gone:
        return []
    bounds = (min(gone), max(gone))
    resting = FindingRead.objects.filter(detection_id__range=bounds, detection_id__in=list(gone))
    found = list(
        Finding.objects.filter(agency=agency, reads__in=resting).distinct().values_list("pk", flat=True)
    )
    FindingRead.objects.filter(finding__in=found).delete()
    Finding.objects.filter(pk__in=found).delete()
    return sorted(found)


def due(agency: Agency, detections: QuerySet[Detection]) -> QuerySet[Finding]:
    """The findings that go with these detections once they are deleted, which held ones are not."""
    going = detections.exclude(held.detection_is_held(agency)).filter(pk=OuterRef("detection_id"))
    resting = FindingRead.objects.filter(Exists(going))
    return Finding.objects.filter(agency=agency, pk__in=resting.values("finding"))
