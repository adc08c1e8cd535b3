"""What workers run. Every job may run twice, and carries ids alone."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta

from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from accounts.models import Agency
from detections import health_check, left_open, partitions, reading, retention
from detections import look_back as looking_back
from detections.evidence import building, sweeping
from detections.models import ImageJob
from detections.services_images import enqueue
from trail import context
from trail.actors import System

FORGOTTEN_AFTER = timedelta(minutes=10)
BATCH = 100
LOOK_BACK_SECONDS = 15


def read_image(job_id: int) -> None:
    """Read one waiting picture."""
    with context.acting(None, request_id=context.new_request_id()):
        reading.read_waiting(job_id)


def requeue_images() -> int:
    """Queue again the pictures that have waited long with no job in the queue; gives how many.

    A picture is forgotten when the queue was lost: a worker killed too often, a changed secret key.
    """
    if OrmQ.objects.exists():
        return 0
    forgotten = ImageJob.objects.filter(
        state=ImageJob.State.WAITING, received_at__lt=timezone.now() - FORGOTTEN_AFTER
    ).order_by("received_at")
    keys = list(forgotten.values_list("pk", flat=True)[:BATCH])
    for key in keys:
        enqueue(key)
    return len(keys)


def make_partitions() -> None:
    """Make the detections' partitions of yesterday to a week ahead, before readers need them."""
    today = timezone.now()
    partitions.ensure(today + timedelta(days=day) for day in range(-1, 8))


def look_back() -> int:
    """Hold new entries that ask for it against past detections; gives how many look-backs were done.

    What is not begun soon is left to the next minute, so that no job outlasts the worker's patience.
    """
    stop_at, done = time.monotonic() + LOOK_BACK_SECONDS, 0
    with context.acting(None, request_id=context.new_request_id()):
        for agency in Agency.objects.all():
            for waiting in looking_back.due(agency):
                if time.monotonic() > stop_at:
                    return done
                done += looking_back.attempt(waiting) is not None
    return done


def escalate_left_open() -> None:
    """Pass hits that were left open to the supervisors, at every agency that has adopted a policy."""
    for agency in Agency.objects.all():
        left_open.hits_escalate(actor=System("Left open", agency), agency=agency)


def purge() -> None:
    """Queue the purge of every agency that has adopted a policy, so that none keeps another from it."""
    for agency in Agency.objects.all():
        if agency.adopted is not None:
            async_task("detections.tasks.purge_agency", agency.pk, task_name=f"purge of agency {agency.pk}")


def purge_agency(agency_id: int) -> None:
    """Purge one agency; left to the other where one is under way already."""
    with context.acting(None, request_id=context.new_request_id()), suppress(retention.PurgeRunning):
        retention.purge(Agency.objects.get(pk=agency_id))


def check_cameras() -> int:
    """Judge the cameras of every agency that has adopted a policy; gives how many faults began or ended."""
    with context.acting(None, request_id=context.new_request_id()):
        adopted = [agency for agency in Agency.objects.all() if agency.adopted is not None]
        return sum(health_check.check(agency) for agency in adopted)


def build_evidence(package_id: int) -> None:
    """Build one approved evidence package; left to the other where it is being built already."""
    with context.acting(None, request_id=context.new_request_id()):
        building.build(package_id)


def see_to_evidence() -> int:
    """Build forgotten packages, and remove copies whose hold is released; gives how many were queued."""
    with context.acting(None, request_id=context.new_request_id()):
        sweeping.sweep()
    return sweeping.requeue()
