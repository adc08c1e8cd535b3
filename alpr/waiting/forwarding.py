"""What waits where detections are forwarded: a second person, a centre that cannot be served, refusals."""

from __future__ import annotations

from django.db.models import Count
from django.urls import reverse

from accounts.permissions import Permission
from alpr.templatetags.look import age, clock, day
from alpr.waiting.lines import Asker, Wait, counted
from detections.forwarding import standing
from detections.models import Forwarding, ForwardRefused

ACTS = Permission.MAKE_AGREEMENTS
State = Forwarding.State


def forwardings_proposed(asker: Asker) -> list[Wait]:
    """Forwardings that send nothing until a second person approves where they go."""
    rows = Forwarding.objects.filter(agency=asker.agency, state=State.PROPOSED)
    return [
        Wait(
            f"Approve forwarding to {one.agreement.partner_name}",
            f"Proposed by {one.proposed_by}. Nothing is sent until a second person approves the address.",
            reverse("forwarding", args=[one.pk]),
            ACTS,
            open_to_asker=one.proposed_by_id != asker.member.pk,
        )
        for one in rows.select_related("agreement", "proposed_by")
    ]


def forwardings_behind(asker: Asker) -> list[Wait]:
    """Centres that could not be served for long, or that are far behind."""
    rows = Forwarding.objects.filter(agency=asker.agency, state=State.ACTIVE).select_related("agreement")
    return [
        _behind(one)
        for one in map(standing.sending, rows)
        if one.has_failed_long or (one.is_behind and not one.forwarding.failure)
    ]


def _behind(one: standing.Sending) -> Wait:
    to, failure = one.forwarding.agreement.partner_name, one.forwarding.failure
    what = f"See why nothing reaches {to}" if failure else f"See why {to} gets detections late"
    note = failure or f"{counted(one.waiting, '{} detection waits', '{} detections wait')}."
    if one.oldest is not None:
        note += f" The oldest came in {day(one.oldest)}, {clock(one.oldest)}."
    url = reverse("forwarding", args=[one.forwarding.pk])
    return Wait(what, note, url, ACTS, due=one.forwarding.failing_since or one.oldest)


def forwards_refused(asker: Asker) -> list[Wait]:
    """Detections that a centre did not take: nobody sends them again by itself."""
    rows = ForwardRefused.objects.filter(forwarding__agency=asker.agency)
    found = rows.order_by().values_list("forwarding", "forwarding__agreement__partner_name")
    return [
        Wait(
            f"See why {to} refused {counted(count, '{} detection')}",
            "They are sent again only when somebody asks for it.",
            reverse("forwarding", args=[key]),
            ACTS,
        )
        for key, to, count in found.annotate(count=Count("id"))
    ]


def sources_silent(asker: Asker) -> list[Wait]:
    """Agencies that forward to us, and of which nothing came for long."""
    return [
        Wait(
            f"Find out why {one.source.name} sends nothing",
            f"Its last batch came {age(one.source.receipt_at)} ago.",
            reverse("forward_source", args=[one.source.pk]),
            ACTS,
        )
        for one in standing.receivings(asker.agency)
        if one.is_silent and one.source.receipt_at is not None
    ]
