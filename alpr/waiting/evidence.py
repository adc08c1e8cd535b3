"""What waits at evidence packages: a second person, a fault, the evidence room. No line names a plate."""

from __future__ import annotations

from django.urls import reverse

from accounts.permissions import Permission
from alpr.templatetags.look import age
from alpr.waiting.lines import Asker, Wait
from detections.models import EvidencePackage

State = EvidencePackage.State


def packages_asked(asker: Asker) -> list[Wait]:
    """Packages that another person than who asks approves or declines."""
    rows = EvidencePackage.objects.filter(agency=asker.agency, state=State.ASKED)
    return [
        Wait(
            f"Decide on evidence package {package.pk}",
            f"{package.asked_by} asked for it {age(package.asked_at)} ago, for case "
            f"{package.hold.case_number}.",
            reverse("evidence_decide", args=[package.pk]),
            Permission.APPROVE_EVIDENCE,
            open_to_asker=package.asked_by_id != asker.member.pk,
        )
        for package in rows.select_related("asked_by", "hold").order_by("asked_at")
    ]


def packages_failed(asker: Asker) -> list[Wait]:
    """Approved packages that could not be built, though their hold stands."""
    rows = EvidencePackage.objects.filter(
        agency=asker.agency, state=State.FAILED, hold__released_at=None
    )  # fmt: skip
    return [
        Wait(
            f"See why evidence package {package.pk} could not be built",
            package.error,
            reverse("evidence_package", args=[package.pk]),
            Permission.HOLD,
        )
        for package in rows.order_by("decided_at")
    ]


def packages_to_book(asker: Asker) -> list[Wait]:
    """Built packages that nobody has booked into evidence yet (Vallejo Policy 426.4)."""
    rows = EvidencePackage.objects.filter(agency=asker.agency, state=State.BUILT).exclude(file="")
    return [
        Wait(
            f"Book evidence package {package.pk}",
            f"Built {age(package.built_at)} ago for case {package.hold.case_number}. "
            "It is evidence once it is booked with its property number.",
            reverse("evidence_package", args=[package.pk]),
            Permission.HOLD,
        )
        for package in rows.select_related("hold").order_by("built_at")
    ]
