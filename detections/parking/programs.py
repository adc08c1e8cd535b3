"""Which program a camera reads for, and when: what it captured in the parking program goes there.

The time of capture decides, not that of receipt: what a vehicle read before it was moved into the program, or
out of it, goes where it belonged, however late it is transferred.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from detections.models import Camera, ParkingRead, Program, ProgramChange
from detections.reads import Read
from trail.services import act
from training import gate

Key = TypeVar("Key")


@act
def camera_set_program(*, actor: Member, camera: Camera, program: Program | str) -> Camera:
    """Move a camera into the parking program, or out of it, from now on.

    What it captured before stays where it is, and hits stay open. Raises `Refused` without the permission,
    ValidationError for members' photographs, which are no reader, and where it is of that program already.
    """
    gate.require(actor, Permission.MANAGE_CAMERAS, on=camera)
    camera = Camera.objects.select_for_update(of=("self",)).select_related("agency").get(pk=camera.pk)
    if camera.kind == Camera.Kind.PHOTOGRAPH:
        raise ValidationError("Photographs by members are given under a purpose of the police.")
    if program not in Program.values:
        raise ValidationError({"program": "Choose one of the programs."})
    if camera.program == program:
        raise ValidationError({"program": f"It is of this program already: {camera.get_program_display()}."})
    camera.program, camera.program_since = program, timezone.now()
    camera.save()
    ProgramChange.objects.create(camera=camera, program=program, since=camera.program_since, by=actor)
    return camera


def is_parking(camera: Camera, captured_at: datetime) -> bool:
    """Whether the camera was of the parking program when it captured this."""
    return bool(_parking(camera, [(None, captured_at)]))


def of_program(camera: Camera, reads: Mapping[uuid.UUID, Read]) -> dict[uuid.UUID, Read]:
    """Those of these reads that the camera captured in the parking program."""
    keys = _parking(camera, ((key, read.captured_at) for key, read in reads.items()))
    return {key: reads[key] for key in keys}


def contents(camera: Camera, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Hash of the content of those parking reads of the camera that are stored, by id."""
    if camera.program_since is None:
        return {}
    stored = ParkingRead.objects.filter(id__one_of=list(ids), camera=camera)
    return dict(stored.values_list("id", "content_sha256"))


def kept_days(camera: Camera) -> int:
    """For how many days reads of this camera are kept from now on: an older one is not taken in."""
    rules = camera.agency.policy.retention
    return rules.parking_reads_days if camera.program == Program.PARKING else rules.detections_days


def _parking(camera: Camera, moments: Iterable[tuple[Key, datetime]]) -> list[Key]:
    """The keys of those moments in which the camera was of the program; most cameras never were."""
    if camera.program_since is None:
        return []
    changes = list(ProgramChange.objects.filter(camera=camera).values_list("since", "program"))

    def program_at(moment: datetime) -> str:
        return next((name for since, name in reversed(changes) if since <= moment), Program.POLICE)

    return [key for key, moment in moments if program_at(moment) == Program.PARKING]
