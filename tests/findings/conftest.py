"""What the tests of findings share: two cameras far apart, reads that are sure, and findings made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.services import purpose_state
from detections.findings import comparing
from detections.models import Camera, Detection, Finding
from tests.search.conftest import Detect, detect, evidence, sign_in
from trail.models import Inquiry

__all__ = ["detect", "evidence", "sign_in"]

PLATE = "8KRB412"
REASON = "Is the plate of the Quay St robbery on two vehicles, as the finding says?"
Sure = Callable[..., Detection]


@pytest.fixture
def far(agency: Agency) -> Camera:
    """A camera 38 km from the cast's."""
    return Camera.objects.create(
        agency=agency, code="cam-40", name="Bay Bridge ramp", latitude=37.78, longitude=-122.41
    )


@pytest.fixture
def noon() -> datetime:
    """Noon of yesterday in UTC: reads around it lie on one day whenever the test runs."""
    today = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    return today - timedelta(days=1)


@pytest.fixture
def sure(detect: Detect, noon: datetime) -> Sure:
    """Stores a sure read so many minutes after noon: `sure(minutes=5, camera=far, make="Honda")`."""

    def make(plate: str = PLATE, *, minutes: float = 0, **facts: Any) -> Detection:
        return detect(plate, at=noon + timedelta(minutes=minutes), **({"confidence": 0.97} | facts))

    return make


@pytest.fixture
def apart(sure: Sure, far: Camera, agency: Agency) -> Finding:
    """A finding: one plate at both cameras within five minutes, with pictures."""
    sure(pictured=True, make="Toyota", color="silver", body="sedan")
    sure(minutes=5, camera=far, pictured=True, make="Toyota", color="silver", body="sedan")
    assert comparing.compare(agency) == 2
    return Finding.objects.get()


def purpose(member: Member) -> Inquiry:
    """A stated purpose of the member's own."""
    return purpose_state(actor=member, offense="robbery", case_number="26-11873", reason=REASON)
