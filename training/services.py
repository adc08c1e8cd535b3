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

DOCUMENT_MAX_BYTES = 10 * 1024 * 1024
DOCUMENTS_BEGIN = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@act
def certificate_enter(
    *, actor: Member, member: Member, session: Session, completed_on: date, document: Any = None
) -> Certificate:
    """Certify that `member` completed `session`; access opens at once.

    `document` is the signed sheet as a file: PDF, JPEG or PNG, of 10 MB at most. Raises ValidationError for
    any other, a day to come, a session of another agency, or a certificate for oneself.
    """
    gate.require(actor, Permission.MANAGE_TRAINING, on=member.agency)
    if session.course.agency_id != member.agency_id:
        raise ValidationError({"session": "This session was held by another agency."})
    if completed_on > timezone.localdate():
        raise ValidationError({"completed_on": "A course cannot be completed on a day that has not come."})
    check_document(document)
    certificate = Certificate(
        member=member, session=session, completed_on=completed_on, certified_by=actor, document=document or ""
    )
    certificate.valid_until = certificate.ends_on()
    certificate.full_clean()
    certificate.save()
    gate.certificates_anew(member)
    record(actor, Verb.CERTIFIED, certificate)
    return certificate


def check_document(document: Any) -> None:
    """Refuse a file that is too large, or no document by its first bytes; nothing attached is no fault.

    Raises ValidationError, by field.
    """
    if document is None:
        return
    if document.size > DOCUMENT_MAX_BYTES:
        raise ValidationError({"document": "Attach a document of 10 MB at most."})
    document.seek(0)
    begins = document.read(8)
    document.seek(0)
    if not begins.startswith(DOCUMENTS_BEGIN):
        raise ValidationError({"document": "Attach a PDF, a JPEG or a PNG."})


@act
def certificate_revoke(*, actor: Member, certificate: Certificate, why: str) -> Certificate:
    """Revoke a certificate from today on; its member loses access at once."""
    gate.require(actor, Permission.MANAGE_TRAINING, on=certificate.member.agency)
    certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if certificate.revoked_on is not None:
        raise ValidationError("This certificate is revoked already.")
    certificate.revoked_on = timezone.localdate()
    certificate.save()
    gate.certificates_anew(certificate.member)
    record(actor, Verb.CERTIFICATE_REVOKED, certificate, detail=why)
    return certificate
