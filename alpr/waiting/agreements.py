"""What waits at agreements with other agencies."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from accounts.models import Agreement
from accounts.permissions import Permission
from alpr.templatetags.look import day
from alpr.waiting.lines import SOON, Asker, Wait
from alpr.waiting.people import end_of

MAKE = Permission.MAKE_AGREEMENTS


def agreements_proposed(asker: Asker) -> list[Wait]:
    """Agreements over the department's data that open nothing until a second person approves them."""
    today = timezone.localdate()
    rows = asker.agency.agreements.filter(approved_by=None, ended_at=None).exclude(ends_on__lt=today)
    return [
        Wait(
            f"Approve the {one}",
            f"Proposed by {one.proposed_by}. It opens nothing until a second person approves it.",
            _page(one),
            MAKE,
            due=end_of(one.starts_on) if one.starts_on > today else None,
            open_to_asker=one.proposed_by_id != asker.member.pk,
        )
        for one in rows.select_related("proposed_by").order_by("proposed_at")
    ]


def agreements_ending(asker: Asker) -> list[Wait]:
    """Those in force whose last day comes within 30 days, whichever side the department is on."""
    today = timezone.localdate()
    in_force = Agreement.objects.in_force(today).filter(ends_on__lte=today + SOON)
    rows = in_force.filter(agency=asker.agency) | in_force.filter(partner=asker.agency)
    return [
        Wait(
            f"Renew the {one}, or let it end",
            f"Its last day is {day(one.ends_on)}; every grant under it ends with it.",
            _page(one),
            MAKE,
            due=end_of(one.ends_on),
        )
        for one in rows.order_by("ends_on")
        if one.ends_on is not None
    ]


def _page(agreement: Agreement) -> str:
    return reverse("admin:accounts_agreement_change", args=[agreement.pk])
