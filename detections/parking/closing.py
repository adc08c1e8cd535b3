"""The end of a parking hit: who cited it under which number, or why nobody did."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Member
from accounts.permissions import Permission
from detections.models import ParkingHit
from detections.parking import counts
from detections.parking.moves import MOVES
from trail.services import act, record
from trail.verbs import Verb
from training import gate

PURPOSE = "Parking enforcement"
NUMBER = re.compile(r"[A-Z0-9][A-Z0-9 ./\-]{0,29}")
LONGEST_NOTE = 300


def visible_to(member: Member) -> QuerySet[ParkingHit]:
    """The parking hits in the member's sight: those of their own agency."""
    rows = ParkingHit.objects.filter(agency=member.agency_id)
    return rows.select_related("agency", "first_camera", "last_camera", "closed_by", "zone", "scofflaw_list")


@act
def hit_cite(*, actor: Member, hit: ParkingHit, citation_number: str) -> ParkingHit:
    """End a hit with its citation. Raises `Refused`, `MoveRefused`, ValidationError on `citation_number`.

    A number that stands on another hit of the agency is refused.
    """
    hit = _locked(actor, hit, "cite")
    number = " ".join(citation_number.upper().split())
    if not NUMBER.fullmatch(number):
        message = "Give the number as printed: letters, digits, hyphens, up to 30."
        raise ValidationError({"citation_number": message})
    if ParkingHit.objects.filter(agency=hit.agency_id, citation_number=number).exists():
        raise ValidationError({"citation_number": "Another hit was ended with this number."})
    hit.citation_number = number
    return _end(actor, hit, "cite")


@act
def hit_end(*, actor: Member, hit: ParkingHit, reason: str, note: str = "") -> ParkingHit:
    """End a hit without a citation. Raises `Refused`, `MoveRefused`, ValidationError by field."""
    hit = _locked(actor, hit, "none")
    if reason not in ParkingHit.Reason.values:
        raise ValidationError({"reason": "Say why there was no citation."})
    hit.reason, hit.note = reason, " ".join(note.split())
    if len(hit.note) > LONGEST_NOTE:
        raise ValidationError({"note": f"This has at most {LONGEST_NOTE} characters."})
    return _end(actor, hit, "none")


def _locked(actor: Member, hit: ParkingHit, move: str) -> ParkingHit:
    gate.require(actor, Permission.ENFORCE_PARKING, on=hit)
    hit = ParkingHit.objects.select_for_update(of=("self",)).select_related("agency").get(pk=hit.pk)
    MOVES.check(move, hit.status)
    return hit


def _end(actor: Member, hit: ParkingHit, move: str) -> ParkingHit:
    hit.status, hit.closed_at, hit.closed_by = MOVES.table[move].after, timezone.now(), actor
    hit.validate_constraints()
    hit.save()
    counts.add(hit.agency, hit.day, f"{hit.kind}_{'cited' if move == 'cite' else 'none'}")
    told = {"result": hit.status, "plate": hit.plate, "state": hit.state}
    ended = {"citation": hit.citation_number} if move == "cite" else {"reason": hit.reason}
    record(actor, Verb.PARKING_CLOSED, hit, purpose=PURPOSE, elements=told | ended, detail=hit.note)
    return hit
