"""What waits at cameras: those that are at fault."""

from __future__ import annotations

from django.urls import reverse

from accounts.permissions import Permission
from alpr.waiting.lines import Asker, Wait
from detections.health import Problem
from detections.health_shown import Fault, Standing
from detections.models import Camera, CameraHealth

WHAT = {
    Problem.SILENT: ("Find out why {} is silent", "Find out why {} cameras are silent"),
    Problem.CLOCK: ("Set the clock of {}", "Set the clocks of {} cameras"),
    Problem.RATE: ("See why {} reads so many or so few", "See why {} cameras read so many or so few"),
    Problem.MISREAD: ("See why {} misreads more", "See why {} cameras misread more"),
}


def cameras_at_fault(asker: Asker) -> list[Wait]:
    """Cameras at fault, one line for each kind of fault."""
    rows = CameraHealth.objects.filter(camera__agency=asker.agency, camera__is_active=True)
    rows = rows.exclude(problems=[]).select_related("camera")
    standing = [Standing(health.camera, health) for health in rows]
    found = []
    for problem in Problem:
        faults = [(one.camera, fault) for one in standing for fault in one.faults if fault.problem == problem]
        if faults:
            found.append(_wait(problem, sorted(faults, key=lambda each: each[1].since)))
    return found


def _wait(problem: Problem, faults: list[tuple[Camera, Fault]]) -> Wait:
    (camera, oldest), (one, many) = faults[0], WHAT[problem]
    if len(faults) == 1:
        url = reverse("camera", args=[camera.pk])
        return Wait(one.format(camera), oldest.says, url, Permission.MANAGE_CAMERAS)
    codes = ", ".join(camera.code for camera, _ in faults[:3])
    note = f"The longest: {codes}{' and others' if len(faults) > 3 else ''}."
    url = reverse("cameras") + "?show=faults"
    return Wait(many.format(len(faults)), note, url, Permission.MANAGE_CAMERAS)
