"""What the centre keeps of a source: under which policy, how long, how much is gone. Shown on both sides."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from detections import uuid7
from detections.models import ForwardSource, PurgeRun

COUNT = """
SELECT source.accepted,
    (SELECT count(*) FROM detections_forwardedcamera known
        JOIN detections_detection kept ON kept.camera_id = known.camera_id
        WHERE known.source_id = source.id),
    (SELECT count(*) FROM detections_forwardedcamera known
        JOIN detections_detection kept ON kept.camera_id = known.camera_id
        WHERE known.source_id = source.id AND kept.id < %s)
FROM detections_forwardsource source WHERE source.id = %s
"""


def count_everywhere() -> int:
    """Count anew what is left of each source, after a purge of its agency; gives how many sources."""
    counted = 0
    for source in ForwardSource.objects.select_related("agency"):
        counted += count(source)
    return counted


def count(source: ForwardSource) -> bool:
    """Count what the last finished purge left of a source, unless that is done; says whether it was.

    In one statement, so that what comes in meanwhile is in both numbers or in none.
    """
    runs = PurgeRun.objects.filter(agency=source.agency_id, finished_at__isnull=False)
    last = runs.order_by("-finished_at").first()
    if last is None or (source.counted_at is not None and last.finished_at <= source.counted_at):  # type: ignore[operator]
        return False
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [uuid7.floor(last.captured_before), source.pk])
        accepted, kept, held = cursor.fetchone()
    ForwardSource.objects.filter(pk=source.pk).update(
        purged=max(0, accepted - kept), held=held, purged_before=last.captured_before, counted_at=now
    )
    return True


def standing(source: ForwardSource) -> dict[str, Any]:
    """How the source stands here, without a plate: the rules in force, what came in, what is gone."""
    policy, rules = source.agency.policy_label, source.agency.policy.retention
    return {
        "agency": source.agency.name,
        "policy": policy,
        "detections_days": rules.detections_days,
        "keeps_pictures": rules.images_on_server,
        "pictures_days": rules.pictures_days if rules.images_on_server else 0,
        "received": source.accepted,
        "refused": source.refused,
        "purged": source.purged,
        "purged_before": source.purged_before,
        "held": source.held,
        "counted_at": source.counted_at,
        "ends_on": source.ends_on,
        "last_receipt": {"at": source.receipt_at, **source.receipt} if source.receipt_at else None,
        "time": timezone.now(),
    }
