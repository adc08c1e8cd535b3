"""What the tests of agreements share: the neighbor, its people, an agreement in force, a grant under it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Agency, Agreement, Member
from accounts.roles import Role
from detections.models import Camera
from tests.cast import enroll
from tests.search.conftest import detect, evidence, inquiry, sign_in
from training.agreements import agreement_approve, agreement_propose, search_grant

__all__ = ["detect", "evidence", "inquiry", "sign_in"]

PURPOSES = "Stolen vehicles and robberies along the river, as the memorandum says."
Agree = Callable[..., Agreement]


@pytest.fixture
def neighbor(outsider: Member) -> Agency:
    """Another department of the installation, whose data are asked for."""
    return outsider.agency


@pytest.fixture
def neighbor_chief(neighbor: Agency) -> Member:
    """Its administrator, trained."""
    return enroll(neighbor, Role.ADMINISTRATOR, "7900", approver=neighbor.members.get(badge="eas-02"))


@pytest.fixture
def neighbor_second(neighbor: Agency) -> Member:
    """Another administrator of it, trained."""
    return enroll(neighbor, Role.ADMINISTRATOR, "7901", approver=neighbor.members.get(badge="eas-02"))


@pytest.fixture
def neighbor_camera(neighbor: Agency) -> Camera:
    """A camera of the neighbor."""
    return Camera.objects.create(
        agency=neighbor, code="e-1", name="River Rd", latitude=38.13, longitude=-122.21
    )


@pytest.fixture
def agree(agency: Agency, neighbor: Agency, neighbor_chief: Member, neighbor_second: Member) -> Agree:
    """Makes an agreement by which the department may search the neighbor's data: `agree(approved=False)`."""

    def make(*, approved: bool = True, roles: tuple[Role, ...] = (), **terms: Any) -> Agreement:
        given = {
            "title": "River memorandum", "partner": agency, "purposes": PURPOSES, "lets_search": True,
            "ends_on": timezone.localdate() + timedelta(days=90),
        }  # fmt: skip
        proposed = agreement_propose(actor=neighbor_chief, agency=neighbor, **given | terms)
        if not approved:
            return proposed
        agreement = agreement_approve(actor=neighbor_second, agreement=proposed)
        for role in roles:
            agreement = search_grant(actor=neighbor_chief, agreement=agreement, role=role)
        return agreement

    return make
