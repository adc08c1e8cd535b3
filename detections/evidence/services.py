"""Evidence packages: asked for by one person, approved by another, taken, booked, and handed on from there.

Vallejo Policy 426.4: what is kept as evidence is downloaded to portable media and booked into evidence.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from accounts.models import Member
from accounts.permissions import Permission
from detections import held
from detections.evidence import storing
from detections.evidence.moves import MOVES
from detections.models import CustodyStep, EvidencePackage, Hold
from trail.moves import MoveRefused
from trail.purpose import VagueReason, check_reason
from trail.services import act, record
from trail.verbs import Verb
from training import gate

State = EvidencePackage.State
UNDER_WAY = (State.ASKED, State.APPROVED, State.FAILED)
BUILD_SECONDS = 6 * 3600
NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 /.#-]{1,39}")
SHA256 = re.compile(r"[0-9a-f]{64}")


class PackageChanged(Exception):
    """The archive is gone, or is not what was built; its message is for the person."""


@act
def evidence_ask(*, actor: Member, hold: Hold, reason: str) -> EvidencePackage:
    """Ask for a package of what a standing hold keeps; another person decides.

    Raises `gate.Refused`, ValidationError for a reason that says nothing or where nothing is kept, and
    `MoveRefused` where the hold is released or such a package is under way.
    """
    gate.require(actor, Permission.HOLD, on=hold)
    said = _reason("reason", reason)
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.released_at is not None:
        raise MoveRefused("This hold is released: what it kept may be gone.")
    if EvidencePackage.objects.filter(hold=hold, state__in=UNDER_WAY).exists():
        raise MoveRefused("A package of this hold is under way already.")
    if not held.held_detections(hold).exists() and not held.held_hits(hold).exists():
        raise ValidationError("This hold keeps nothing yet.")
    package = EvidencePackage.objects.create(agency=hold.agency, hold=hold, reason=said, asked_by=actor)
    record(actor, Verb.EVIDENCE_ASKED, package, purpose=_case(package), detail=said)
    return package


@act
def evidence_decide(
    *, actor: Member, package: EvidencePackage, approve: bool, note: str = ""
) -> EvidencePackage:
    """Approve a package that another has asked for, which is then built, or decline it with a `note`.

    Raises `gate.Refused` for who has asked, ValidationError by field, and `MoveRefused` where it is decided,
    or where it would be approved though its hold is released.
    """
    gate.require(actor, Permission.APPROVE_EVIDENCE, on=package)
    package = _locked(package)
    move = MOVES.check("approve" if approve else "decline", package.state)
    if package.asked_by_id == actor.pk:
        raise gate.Refused(
            "two people",
            "You asked for this package yourself. Another person decides.",
            "Tell another custodian or the ALPR administrator that it waits.",
            actor=actor,
            attempted="to approve an evidence package alone",
        )
    if approve and package.hold.released_at is not None:
        raise MoveRefused("Its hold is released: what it kept may be gone. Decline the package.")
    package.decision_note = " ".join(note.split())[:300] if approve else _reason("note", note)
    package.state, package.decided_by, package.decided_at = move.after, actor, timezone.now()
    package.save()
    verb = Verb.EVIDENCE_APPROVED if approve else Verb.EVIDENCE_DECLINED
    record(actor, verb, package, purpose=_case(package), detail=package.decision_note)
    if approve:
        transaction.on_commit(lambda: enqueue(package.pk))
    return package


@act
def evidence_retry(*, actor: Member, package: EvidencePackage) -> EvidencePackage:
    """Have a package built again that could not be. Raises `MoveRefused` where that is not its state."""
    gate.require(actor, Permission.HOLD, on=package)
    package = _locked(package)
    package.state, package.attempts, package.error = MOVES.check("retry", package.state).after, 0, ""
    package.save()
    record(actor, Verb.EVIDENCE_ASKED, package, purpose=_case(package), detail="to be built again")
    transaction.on_commit(lambda: enqueue(package.pk))
    return package


def evidence_take(*, actor: Member, package: EvidencePackage) -> File[bytes]:
    """The archive for a download: hashed again, and recorded before the first byte goes out.

    Raises `gate.Refused`, `MoveRefused` where it is not built, and `PackageChanged` where the archive is gone
    or its hash is another.
    """
    gate.require(actor, Permission.HOLD, on=package)
    MOVES.check("take", package.state)
    file = _checked(package)
    _record_taken(actor=actor, package=package)
    return file


@act
def _record_taken(*, actor: Member, package: EvidencePackage) -> None:
    elements = {"sha256": package.sha256, "size": package.size}
    record(actor, Verb.EVIDENCE_TAKEN, package, purpose=_case(package), elements=elements)


@act
def evidence_book(
    *, actor: Member, package: EvidencePackage, property_number: str, received_by: str, medium: str = ""
) -> EvidencePackage:
    """Book a built package into evidence, where its chain of custody begins.

    `received_by` is the custodian of the evidence room; `medium` says on which portable medium it lies, and
    is needed where the policy asks for one (`retention.booked_on_portable_media`, Vallejo Policy 426.4).
    Raises ValidationError by field, `MoveRefused` and `PackageChanged`.
    """
    gate.require(actor, Permission.HOLD, on=package)
    package = _locked(package)
    move = MOVES.check("book", package.state)
    number, taker, lies = (" ".join(each.split()) for each in (property_number, received_by, medium))
    problems: dict[str, Any] = _unnamed("received_by", taker)
    if not NUMBER.fullmatch(number):
        problems["property_number"] = (
            "A property number has digits and 2 to 40 characters, such as P-26-0412."
        )
    if not lies and package.agency.policy.retention.booked_on_portable_media:
        problems["medium"] = (
            "The policy asks for portable media: say which, such as “USB drive, serial 0412”."
        )
    if problems:
        raise ValidationError(problems)
    _checked(package).close()
    package.state, package.property_number = move.after, number
    package.save()
    where = f"Booked into evidence on {lies}" if lies else "Booked into evidence"
    _step(actor, package, str(actor), taker, f"{where}, property number {number}", package.sha256)
    elements = {"property_number": number, "sha256": package.sha256}
    record(actor, Verb.EVIDENCE_BOOKED, package, purpose=_case(package), elements=elements)
    return package


@act
def evidence_hand_on(
    *, actor: Member, package: EvidencePackage, received_by: str, reason: str, sha256: str = ""
) -> CustodyStep:
    """Add a step to the chain of custody: whoever had the package last gives it to `received_by`.

    `sha256` is that of the copy which changes hands; where it is empty, the copy kept here is hashed. A hash
    that is not the package's is recorded as it is. Raises ValidationError by field, `MoveRefused` where it is
    not booked.
    """
    gate.require(actor, Permission.HOLD, on=package)
    package = _locked(package)
    MOVES.check("hand-on", package.state)
    taker, told = " ".join(received_by.split()), sha256.strip().lower()
    problems: dict[str, Any] = _unnamed("received_by", taker)
    if told and not SHA256.fullmatch(told):
        problems["sha256"] = "A SHA-256 has 64 characters, 0 to 9 and a to f."
    if not told and not package.file:
        problems["sha256"] = "No copy is kept here any more: give the SHA-256 of the copy that changes hands."
    if problems:
        raise ValidationError(problems)
    said = _reason("reason", reason)
    last = package.custody.latest("id")
    now = told or _hash_of(package)
    step = _step(actor, package, last.received_by, taker, said, now)
    elements = {"sha256": now, "as_built": now == package.sha256}
    record(actor, Verb.EVIDENCE_HANDED_ON, package, purpose=_case(package), detail=said, elements=elements)
    return step


def enqueue(package_id: int) -> None:
    """Queue the building of one package; only its number travels."""
    async_task(
        "detections.tasks.build_evidence",
        package_id,
        task_name=f"evidence {package_id}",
        timeout=BUILD_SECONDS,
    )


def _step(actor: Member, package: EvidencePackage, giver: str, taker: str, why: str, now: str) -> CustodyStep:
    return CustodyStep.objects.create(
        package=package, by=actor, released_by=giver, received_by=taker, reason=why[:300], sha256=now
    )


def _locked(package: EvidencePackage) -> EvidencePackage:
    # Without joins: a row that was waited for comes as it is now, one joined to it as it was before.
    return EvidencePackage.objects.select_for_update().get(pk=package.pk)


def _checked(package: EvidencePackage) -> File[bytes]:
    """The archive, whose hash is the one of the day it was built. Raises `PackageChanged`."""
    if not package.file:
        raise PackageChanged("No copy is kept here any more: its hold was released.")
    try:
        file = storing.open(package.file)
    except OSError as gone:
        raise PackageChanged(
            "The archive is not where it was kept. Have the disk and the backup looked at."
        ) from gone
    if storing.sha256(file) != package.sha256:
        file.close()
        raise PackageChanged(
            "The archive is not what was built: its hash is another. Nothing was handed out."
        )
    file.seek(0)
    return file


def _hash_of(package: EvidencePackage) -> str:
    try:
        with storing.open(package.file) as file:
            return storing.sha256(file)
    except OSError as gone:
        raise PackageChanged("The archive is not where it was kept. Give the hash of the copy.") from gone


def _unnamed(field: str, name: str) -> dict[str, Any]:
    if 2 <= len(name) <= 120:
        return {}
    return {field: "Name the person who takes it, with their office: Evidence technician R. Marsh."}


def _reason(field: str, text: str) -> str:
    try:
        return check_reason(text)
    except VagueReason as vague:
        raise ValidationError({field: str(vague)}) from vague


def _case(package: EvidencePackage) -> str:
    return f"case {package.hold.case_number}"
