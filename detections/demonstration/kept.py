"""The demonstration department's holds: one over a hit, one over a plate, one whose release waits."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from alpr.policy import HoldGround
from detections.demonstration.hits import People
from detections.holds import hold_place, hold_release_ask
from detections.models import Camera, Hit, Hold, Outcome


def holds(cameras: list[Camera], people: People) -> None:
    """Place them as the custodian, and ask for the release of the last."""
    custodian, now = people["custodian"], timezone.now()
    arrest = Hit.objects.filter(outcome=Outcome.ARREST).order_by("captured_at").first()
    hold_place(
        actor=custodian, kind=Hold.Kind.HIT, hit=arrest, ground=HoldGround.EVIDENCE, case_number="26-11688",
        reason="The stop that led to the arrest is evidence in the trial.",
    )  # fmt: skip
    hold_place(
        actor=custodian, kind=Hold.Kind.PLATE, plate="9BQT661", ground=HoldGround.LIKELY_EVIDENCE,
        case_number="26-11873", reason="The white SUV of the Quay St robbery, before and after 16:40.",
        review_by=timezone.localdate() + timedelta(days=5),
    )  # fmt: skip
    hour = now - timedelta(days=3)
    collision = hold_place(
        actor=custodian, kind=Hold.Kind.CAMERA, camera=cameras[1], since=hour,
        until=hour + timedelta(hours=1), ground=HoldGround.DISCOVERY, case_number="26-11790",
        reason="The defense asks for what passed in the hour of the collision.",
    )  # fmt: skip
    hold_release_ask(
        actor=custodian, hold=collision, why="The defense has its copy, and the case was settled."
    )
