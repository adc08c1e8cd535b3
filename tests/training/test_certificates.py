"""Certificates: entered by a training manager for somebody else, revoked at once, on the trail."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from trail.models import Event
from trail.verbs import Verb
from training import gate
from training.gate import Refused
from training.models import Certificate, Session
from training.services import DOCUMENT_MAX_BYTES, certificate_enter, certificate_revoke


def session_of(member: Member, *, days_ago: int = 1) -> Session:
    """A session of the member's department that nobody has completed yet."""
    course = member.agency.courses.get()
    day = timezone.localdate() - timedelta(days=days_ago)
    return Session.objects.create(course=course, held_on=day, trainer="Training Sergeant")


def test_who_does_not_manage_training_here_certifies_nobody(
    operator: Member, lapsed: Member, supervisor: Member, administrator: Member, outsider: Member
) -> None:
    session = session_of(lapsed)
    for actor in (operator, supervisor, administrator, outsider):
        with pytest.raises(Refused):
            certificate_enter(actor=actor, member=lapsed, session=session, completed_on=session.held_on)
        with pytest.raises(Refused):
            certificate_revoke(actor=actor, certificate=operator.certificates.get(), why="wrong")


def test_nobody_certifies_themselves(training_manager: Member) -> None:
    session = session_of(training_manager)
    with pytest.raises(ValidationError, match="Nobody certifies themselves"):
        certificate_enter(
            actor=training_manager, member=training_manager, session=session, completed_on=session.held_on
        )
    with pytest.raises(IntegrityError, match="certified_by_another"), transaction.atomic():
        Certificate.objects.create(
            member=training_manager,
            session=session,
            completed_on=session.held_on,
            certified_by=training_manager,
        )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<script>alert(1)</script>", "a PDF, a JPEG or a PNG"),
        (b"", "a PDF, a JPEG or a PNG"),
        (b"MZ\x90", "a PDF, a JPEG or a PNG"),
        (b"%PDF-1.7" + bytes(DOCUMENT_MAX_BYTES), "10 MB at most"),
    ],
)
def test_a_document_that_is_none_is_refused_whoever_asks(
    training_manager: Member, lapsed: Member, content: bytes, says: str
) -> None:
    session = session_of(lapsed)
    document = ContentFile(content, "sheet.pdf")
    with pytest.raises(ValidationError, match=says):
        certificate_enter(
            actor=training_manager, member=lapsed, session=session, completed_on=session.held_on,
            document=document,
        )  # fmt: skip
    assert not Certificate.objects.filter(session=session).exists()


def test_a_day_to_come_and_another_agencys_session_are_refused(
    training_manager: Member, lapsed: Member, outsider: Member
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="has not come"):
        certificate_enter(
            actor=training_manager, member=lapsed, session=session_of(lapsed), completed_on=tomorrow
        )
    theirs = session_of(outsider)
    with pytest.raises(ValidationError, match="held by another agency"):
        certificate_enter(actor=training_manager, member=lapsed, session=theirs, completed_on=theirs.held_on)


def test_one_session_is_certified_once(training_manager: Member, lapsed: Member) -> None:
    session = session_of(lapsed)
    for _ in range(2):
        if Certificate.objects.filter(member=lapsed, session=session).exists():
            with pytest.raises(ValidationError):
                certificate_enter(
                    actor=training_manager, member=lapsed, session=session, completed_on=session.held_on
                )
        else:
            certificate_enter(
                actor=training_manager, member=lapsed, session=session, completed_on=session.held_on
            )


def test_a_certificate_opens_the_system_and_says_until_when(training_manager: Member, lapsed: Member) -> None:
    session = session_of(lapsed)
    assert not gate.allows(lapsed, Permission.SEE_HITS)
    certificate = certificate_enter(
        actor=training_manager, member=lapsed, session=session, completed_on=session.held_on
    )
    assert gate.allows(lapsed, Permission.SEE_HITS)
    assert certificate.valid_until == session.held_on + timedelta(days=365)
    event = Event.objects.get(verb=Verb.CERTIFIED)
    assert event.sentence == ("Training manager 1120 certified certificate of Operator 4098: ALPR operator")


def test_a_certificate_is_revoked_once_with_why(training_manager: Member, operator: Member) -> None:
    certificate = operator.certificates.get()
    certificate_revoke(actor=training_manager, certificate=certificate, why="entered in error")
    with pytest.raises(ValidationError, match="revoked already"):
        certificate_revoke(actor=training_manager, certificate=certificate, why="again")
    assert not gate.allows(operator, Permission.SEE_HITS)
    assert Event.objects.get(verb=Verb.CERTIFICATE_REVOKED).detail == "entered in error"
