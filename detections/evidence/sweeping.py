"""What is done without a person: forgotten packages are built, and copies without a ground are removed."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from detections.evidence import storing
from detections.evidence.services import enqueue
from detections.models import EvidencePackage
from trail.actors import System
from trail.services import record
from trail.verbs import Verb

State = EvidencePackage.State
FORGOTTEN_AFTER = timedelta(minutes=10)


def requeue() -> int:
    """Queue again the approved packages for which no job is queued; gives how many.

    One is forgotten when the queue was lost, or its worker was killed too often.
    """
    if OrmQ.objects.exists():
        return 0
    before = timezone.now() - FORGOTTEN_AFTER
    forgotten = EvidencePackage.objects.filter(state=State.APPROVED, decided_at__lt=before)
    keys = list(forgotten.order_by("decided_at").values_list("pk", flat=True))
    for key in keys:
        enqueue(key)
    return len(keys)


def sweep() -> int:
    """Remove the copies whose hold is released, and what broken-off builds left; gives how many copies went.

    A package is a copy of what its hold keeps. With the hold goes the ground to keep it here, booked or not:
    what was booked lies in evidence.
    """
    without_ground = EvidencePackage.objects.filter(hold__released_at__isnull=False).exclude(file="")
    gone = sum(_remove(package) for package in without_ground)
    # What is there is listed before it is asked what is being built, so that nothing built meanwhile goes.
    archives, folders = list(storing.stored()), storing.workplaces()
    building = set(EvidencePackage.objects.filter(state=State.APPROVED).values_list("pk", flat=True))
    kept = set(EvidencePackage.objects.exclude(file="").values_list("file", flat=True))
    for number, name in archives:
        if number not in building and name not in kept:
            storing.remove(name)
    for number, folder in folders:
        if number not in building:
            storing.clear(folder)
    return gone


@transaction.atomic
def _remove(package: EvidencePackage) -> bool:
    """Remove one copy, once it is sure that nobody books it now; the record of it stays."""
    package = EvidencePackage.objects.select_for_update().get(pk=package.pk)
    if not package.file or not storing.remove(package.file):
        return False
    package.file = ""
    package.save()
    elements = {"sha256": package.sha256, "size": package.size}
    record(System("Evidence", package.agency), Verb.PURGED, package, elements=elements)
    return True
