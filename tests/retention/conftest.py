"""What the tests of retention share: an agency with its own days, detections of any age, and holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.roles import Role
from detections import partitions
from detections.holds import hold_place, hold_release_ask, hold_release_decide
from detections.ingest import Read, receive
from detections.models import Camera, Detection, Hold
from tests.cast import enroll
from tests.search.conftest import detect, evidence, inquiry, search_for, sign_in
from trail.actors import System

__all__ = ["detect", "evidence", "inquiry", "search_for", "sign_in"]

REASON = "It shows the getaway car of the robbery."
END = "The district attorney closed this case."
Place = Callable[..., Hold]


@pytest.fixture
def days(db: Any) -> None:
    """The partitions of the last days, made once for all the worlds that a test tries."""
    partitions.ensure(timezone.now() - timedelta(days=ago) for ago in range(10))


@pytest.fixture
def hold(custodian: Member) -> Place:
    """Places a hold as the custodian: `hold(detection)`, `hold(kind=Hold.Kind.PLATE, plate="8KRB412")`."""

    def place(detection: Detection | None = None, case_number: str = "26-11873", **subject: Any) -> Hold:
        subject = {"kind": Hold.Kind.DETECTION, "detection": detection} if detection else subject
        return hold_place(
            actor=custodian, ground="evidence", case_number=case_number, reason=REASON, **subject
        )  # fmt: skip

    return place


@pytest.fixture
def many(camera: Camera) -> Callable[..., int]:
    """Stores `count` detections of one moment `days_ago` as one late batch: gives how many."""

    def arrive(*, days_ago: float, count: int) -> int:
        at = timezone.now() - timedelta(days=days_ago)
        reads = [
            Read(
                sender_id=f"late-{days_ago}-{number}",
                captured_at=at,
                plate="8KRB412",
                content_sha256="c" * 64,
            )
            for number in range(count)
        ]
        receipt = receive(
            actor=System("Tests"),
            camera=camera,
            reads=reads,
            refused=[],
            batch_sha256=f"{days_ago}".rjust(64),
        )
        return len(receipt.fresh)

    return arrive


@pytest.fixture
def release(custodian: Member, administrator: Member) -> Callable[[Hold], Hold]:
    """Releases a hold: the custodian asks, the administrator decides."""

    def ended(hold: Hold) -> Hold:
        asked = hold_release_ask(actor=custodian, hold=hold, why=END)
        return hold_release_decide(actor=administrator, hold=asked, approve=True)

    return ended


@pytest.fixture
def second_custodian(agency: Agency, chief: Member) -> Member:
    """Another custodian of the department."""
    return enroll(agency, Role.CUSTODIAN, "1211", approver=chief)
