"""What the system holds on one member, gathered for that member's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import Member, NoPolicy
from accounts.permissions import Permission
from accounts.roles import PERMISSIONS, Role
from trail.models import Event
from training import gate
from training.models import Certificate

EVENTS_SHOWN = 20


@dataclass(frozen=True)
class Held:
    """One certificate: `state` is `ok` while it opens the system, else `off`; `words` say which."""

    certificate: Certificate
    until: date | None
    state: str
    words: str


@dataclass(frozen=True)
class RoleInWords:
    """A role and what it lets its holder do, permission by permission."""

    label: str
    permissions: list[str]


@dataclass(frozen=True)
class Record:
    """A member's certificates, roles and last acts; `shut` is why the data is closed to them, or None."""

    certificates: list[Held]
    roles: list[RoleInWords]
    events: list[Event]
    shut: str | None


def record_of(member: Member) -> Record:
    """Gather the record of `member` as of now."""
    return Record(
        certificates=_certificates(member),
        roles=[RoleInWords(Role(role).label, _permissions(Role(role))) for role in member.roles],
        events=list(Event.objects.filter(actor=member)[:EVENTS_SHOWN]),
        shut=_shut(member),
    )


def _permissions(role: Role) -> list[str]:
    return [permission.sentence for permission in Permission if permission in PERMISSIONS[role]]


def _shut(member: Member) -> str | None:
    held = [permission for permission in Permission if permission.needs_training]
    refusals = [gate.refusal(member, permission, on=member.agency) for permission in held]
    return next((reason for kind, reason, _ in filter(None, refusals) if kind != "role"), None)


def _certificates(member: Member) -> list[Held]:
    certificates = Certificate.objects.filter(member=member).select_related(
        "session__course", "member__agency", "certified_by"
    )
    try:
        return [_held(certificate) for certificate in certificates]
    except NoPolicy:
        return [Held(certificate, None, "off", "No policy adopted") for certificate in certificates]


def _held(certificate: Certificate) -> Held:
    until, today = certificate.ends_on(), timezone.localdate()
    if certificate.stands_on(today):
        return Held(certificate, until, "ok", "Current")
    if certificate.revoked_on is not None:
        words = "Revoked"
    elif not certificate.session.course.opens_access:
        words = "Does not open the system"
    else:
        words = "Ended" if certificate.completed_on <= today else "Not begun"
    return Held(certificate, until, "off", words)
