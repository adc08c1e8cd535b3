"""Agreements with other agencies: proposed by one person, approved by another, ended with a reason.

Under one in force the giving agency grants search of its data to roles of a partner of this installation,
or its detections are forwarded to the partner (San Leandro Policy 418; Piedmont Policy 438). They open data,
so the whole gate is asked, which stands in this room.
"""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.grants import sync_grants
from accounts.models import Agency, Agreement, Member
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS, Role
from trail import context
from trail.actors import System
from trail.moves import Move, MoveRefused, Moves
from trail.purpose import VagueReason, refuse_immigration
from trail.services import act, record
from trail.verbs import Verb
from training import gate

PROPOSED, APPROVED, OVER = "proposed", "approved", "ended"
MAKE = Permission.MAKE_AGREEMENTS
AGREEMENT_MOVES = Moves(
    "agreement",
    [
        Move("approve", "Approve this agreement", frozenset({PROPOSED}), APPROVED, MAKE),
        Move("grant", "Let a role of the partner search", frozenset({APPROVED}), APPROVED, MAKE),
        Move("withdraw", "Take search back from a role", frozenset({APPROVED}), APPROVED, MAKE),
        Move("end", "End this agreement", frozenset({PROPOSED, APPROVED}), OVER, MAKE),
    ],
)
SEARCHING = tuple(role for role, held in PERMISSIONS.items() if Permission.SEARCH in held)
LAST_DAY = "Its last day has passed."


class Terms(TypedDict, total=False):
    """What an agreement says; the other side is `partner`, of this installation, or `partner_name`."""

    title: str
    reference: str
    partner: Agency | None
    partner_name: str
    purposes: str
    lets_search: bool
    lets_forward: bool
    starts_on: date
    ends_on: date | None


@act
def agreement_propose(*, actor: Member, agency: Agency, **terms: Unpack[Terms]) -> Agreement:
    """Propose what `agency` lets another do with its data. It opens nothing until another person approves it.

    `starts_on` defaults to today. Raises `Refused` at the gate, ValidationError by field.
    """
    gate.require(actor, MAKE, on=agency)
    given: Terms = {"starts_on": timezone.localdate(), **terms}
    partner, name = given.get("partner"), " ".join(given.get("partner_name", "").split())
    if (partner is None) == (not name):
        raise ValidationError({"partner": "Choose an agency of this installation, or name one elsewhere."})
    proposed = Agreement(agency=agency, proposed_by=actor, **given)
    proposed.partner_name = partner.name if partner else name
    _check(proposed)
    proposed.full_clean()
    proposed.save()
    record(actor, Verb.AGREEMENT_PROPOSED, proposed)
    return proposed


@act
def agreement_approve(*, actor: Member, agreement: Agreement) -> Agreement:
    """Approve a proposed agreement, as another person than who proposed it (a database constraint).

    Raises `Refused` at the gate and for the proposer, `MoveRefused` where it does not wait or is over.
    """
    agreement = _locked(actor, agreement, "approve")
    if agreement.proposed_by_id == actor.pk:
        raise gate.Refused(
            "two people", "You proposed this agreement yourself.", "Another person approves it.",
            actor=actor, attempted="to approve an agreement of one’s own",
        )  # fmt: skip
    agreement.approved_by, agreement.approved_at = actor, timezone.now()
    agreement.full_clean()
    agreement.save()
    record(actor, Verb.AGREEMENT_APPROVED, agreement)
    return agreement


@act
def agreement_end(*, actor: Member, agreement: Agreement, why: str) -> Agreement:
    """End an agreement at once, or let go one that was only proposed; every grant under it ends with it.

    Raises `Refused` at the gate, `MoveRefused` where it is over, ValidationError on `why`.
    """
    agreement = _locked(actor, agreement, "end")
    agreement.ended_by, agreement.ended_why = actor, _stated("why", why, longest=300)
    _end(actor, agreement)
    return agreement


@act
def search_grant(*, actor: Member, agreement: Agreement, role: Role) -> Agreement:
    """Let the partner's members in `role` search the giving agency's data, and nothing else, under it.

    Raises `Refused` at the gate; `MoveRefused` for an agreement that is not in force or lets nobody search;
    ValidationError on `role` where it does not search at home. A grant that stands is not made again.
    """
    agreement = _locked(actor, agreement, "grant")
    if not agreement.lets_search or not agreement.stands_on(timezone.localdate()):
        raise MoveRefused(
            "Search is granted only while an agreement that lets the partner search is in force."
        )
    if role not in SEARCHING:
        raise ValidationError(
            {"role": f"{Role(role).label}s do not search, so nothing can be granted to them."}
        )
    if role not in agreement.search_roles:
        _set_roles(agreement, [*agreement.search_roles, Role(role).value])
        _record_roles(actor, Verb.GRANTED, agreement, role, "search of {} to {}")
    return agreement


@act
def search_withdraw(*, actor: Member, agreement: Agreement, role: Role) -> Agreement:
    """Take a grant back at once. One that does not stand is passed over. Raises `Refused`, `MoveRefused`."""
    agreement = _locked(actor, agreement, "withdraw")
    if role in agreement.search_roles:
        _set_roles(agreement, [held for held in agreement.search_roles if held != role])
        _record_roles(actor, Verb.CHANGED, agreement, role, "took search of {} back from {}")
    return agreement


def close_past() -> None:
    """Close every agreement whose last day has passed, with its grants; the job of a day.

    It only clears away: nothing of such an agreement counts from the day after its last.
    """
    today = timezone.localdate()
    for agency in Agency.objects.filter(agreements__ended_at=None, agreements__ends_on__lt=today).distinct():
        with context.acting(None, request_id=context.new_request_id()):
            agreements_close(actor=System("Agreements", agency), agency=agency)


@act
def agreements_close(*, actor: System, agency: Agency) -> list[Agreement]:
    """Close the agency's agreements whose last day has passed, and give those; safe to repeat."""
    past = agency.agreements.filter(ended_at=None, ends_on__lt=timezone.localdate())
    closed = list(past.select_for_update(of=("self",)).select_related("agency"))
    for agreement in closed:
        agreement.ended_why = LAST_DAY
        _end(actor, agreement)
    return closed


def state_of(agreement: Agreement) -> str:
    """Where it stands in `AGREEMENT_MOVES` today."""
    past = agreement.ends_on is not None and agreement.ends_on < timezone.localdate()
    if past or agreement.ended_at is not None:
        return OVER
    return PROPOSED if agreement.approved_by_id is None else APPROVED


def _check(proposed: Agreement) -> None:
    if proposed.ends_on is not None and proposed.ends_on < proposed.starts_on:
        raise ValidationError({"ends_on": "An agreement ends on the day it starts or later."})
    if proposed.ends_on is not None and proposed.ends_on < timezone.localdate():
        raise ValidationError({"ends_on": "Its last day has passed already."})
    if not (proposed.lets_search or proposed.lets_forward):
        raise ValidationError({"lets_search": "Say what it lets: searching, forwarding, or both."})
    if proposed.lets_search and proposed.partner is None:
        only = "Only members of an agency of this installation can search here."
        raise ValidationError({"lets_search": only})
    proposed.title = " ".join(proposed.title.split())
    proposed.purposes = _stated("purposes", proposed.purposes)


def _stated(field: str, text: str, *, longest: int | None = None) -> str:
    tidy = " ".join(text.split())
    if not tidy:
        raise ValidationError({field: "Say why." if field == "why" else "Say what the data may be used for."})
    if longest is not None and len(tidy) > longest:
        raise ValidationError({field: f"Use at most {longest} characters."})
    try:
        refuse_immigration(tidy)
    except VagueReason as refused:
        raise ValidationError({field: str(refused)}) from refused
    return tidy


def _locked(actor: Member, agreement: Agreement, move: str) -> Agreement:
    """The row as it is now, held until the act ends, where `actor` makes agreements for its giver."""
    gate.require(actor, MAKE, on=agreement)
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("agency")
    agreement = rows.get(pk=agreement.pk)
    AGREEMENT_MOVES.check(move, state_of(agreement))
    return agreement


def _end(actor: Member | System, agreement: Agreement) -> None:
    agreement.ended_at = timezone.now()
    agreement.full_clean()
    agreement.save()
    sync_grants(agreement.agency)
    record(actor, Verb.AGREEMENT_ENDED, agreement, detail=agreement.ended_why)


def _set_roles(agreement: Agreement, roles: list[str]) -> None:
    agreement.search_roles = roles
    agreement.full_clean()
    agreement.save()
    sync_grants(agreement.agency)


def _record_roles(actor: Member, verb: Verb, agreement: Agreement, role: Role, words: str) -> None:
    to = f"{Role(role).label.lower()}s of {agreement.partner}"
    record(
        actor, verb, agreement, elements={"role": Role(role).value, "partner": agreement.partner_name},
        detail=words.format(agreement.agency, to),
    )  # fmt: skip
