"""Which cameras make findings, and what these turned out to be: small figures that name no plate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from accounts.models import Agency
from detections.models import Camera, Finding

FALSE = (Finding.Result.MISREAD, Finding.Result.EXPLAINED)


@dataclass
class CameraCount:
    """The findings that show a read of one camera, those that are closed by their result."""

    camera: Camera
    open: int = 0
    results: Counter[str] = field(default_factory=Counter)

    @property
    def closed(self) -> int:
        """How many were decided."""
        return sum(self.results.values())

    @property
    def swapped(self) -> int:
        """How many were a swapped or counterfeit plate."""
        return self.results[Finding.Result.SWAPPED]

    @property
    def false(self) -> int:
        """How many spoke of the reader, not of the vehicle: misread, its clock, its place."""
        return sum(self.results[result] for result in FALSE)


def by_camera(agency: Agency) -> list[CameraCount]:
    """A line for each camera of a finding that stands, those first that made the most false ones."""
    counts: dict[int, CameraCount] = {}
    rows = Finding.objects.filter(agency=agency).select_related("one_camera", "other_camera")
    for finding in rows.iterator():
        for camera in {finding.one_camera, finding.other_camera}:
            count = counts.setdefault(camera.pk, CameraCount(camera))
            if finding.is_open:
                count.open += 1
            else:
                count.results[finding.result] += 1
    return sorted(counts.values(), key=lambda count: (-count.false, -count.closed, count.camera.code))
