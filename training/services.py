"""Entering and revoking certificates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from trail.services import act, record
from trail.verbs import Verb
from training import gate
from training.models import Certificate, Session


@act
def certificate_enter(
    *, actor: Member, member: Member, session: Session, completed_on: date, document: Any = None
) -> Certificate:
    """Certify that `member` completed `session`; access opens at once.

    Raises ValidationError for a day to come, a session of another agency, or a certificate for oneself.
    """
    gate.require(actor, Permission.MANAGE_TRAINING, on=member.agency)
    if session.course.agency_id != member.agency_id:
        raise ValidationError({"session": "This session was held by another agency."})
    if completed_on > timezone.localdate():
        raise ValidationError({"completed_on": "A course cannot be completed on a day that has not come."})
    certificate = Certificate(
        member=member, session=session, completed_on=completed_on, certified_by=actor, document=document or ""
    )
    certificate.valid_until = certificate.ends_on()
    certificate.full_clean()
    certificate.save()
    record(actor, Verb.CERTIFIED, certificate)
    return certificate


@act
def certificate_revoke(*, actor: Member, certificate: Certificate, why: str) -> Certificate:
    """Revoke a certificate from today on; its member loses access at once."""
    gate.require(actor, Permission.MANAGE_TRAINING, on=certificate.member.agency)
    certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if certificate.revoked_on is not None:
        raise ValidationError("This certificate is revoked already.")
    certificate.revoked_on = timezone.localdate()
    certificate.save()
    record(actor, Verb.CERTIFICATE_REVOKED, certificate, detail=why)
    return certificate
