"""Holds: data kept past its time as evidence, placed by one person, reviewed by a day, released by two.

The grounds are the policy's (Vallejo Policy 426.4, Retention: evidence, what may become evidence, discovery
and other lawful demands). A hold that is placed while a purge runs waits for its batch, and then finds what
is left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from alpr.policy import HoldGround
from detections import held
from detections import search as query
from detections.model_hits import of_detection
from detections.models import Camera, Detection, Finding, HeldDetection, Hit, Hold
from hotlists.plates import BadPlate, fold, typed
from trail.moves import MoveRefused
from trail.purpose import VagueReason, check_case_number, check_reason
from trail.services import act, record
from trail.verbs import Verb
from training import gate

MOST_NAMED = 50_000
SUBJECTS = ("detection", "finding", "hit", "search", "plate", "camera", "since", "until")


@act
def hold_place(
    *,
    actor: Member,
    kind: Hold.Kind,
    ground: HoldGround | str,
    case_number: str,
    reason: str,
    review_by: date | None = None,
    **subject: Any,
) -> Hold:
    """Keep data past its time, with its pictures and hits, for a case and on a ground of the policy.

    `subject` is what `kind` asks for: `detection`, `finding`, `hit`, `search`, `plate` (with `since` and
    `until`, both may be left out), or `camera` with `since` and, where it ends, `until`. `review_by` is by
    the policy's days (`retention.hold_review_days`) and may only be sooner. Raises `gate.Refused`,
    ValidationError by field, for a case that holds the same already, and where a purge was a moment earlier.
    """
    on = _parent(kind, subject)
    gate.require(actor, Permission.HOLD, on=on or actor.agency)
    agency = on.agency if on is not None else actor.agency
    hold = Hold(
        agency=agency, kind=kind, ground=_ground(agency, ground), placed_by=actor,
        case_number=_checked("case_number", case_number, check_case_number),
        reason=_checked("reason", reason, check_reason), review_by=_review_by(agency, review_by),
    )  # fmt: skip
    held.keep_purges_out(agency)
    named, elements = NAMING[kind](hold, subject)
    hold.full_clean()
    _refuse_twice(hold, named)
    hold.save()
    HeldDetection.objects.bulk_create(
        [HeldDetection(hold=hold, detection_id=key) for key in named], batch_size=5_000
    )
    record(actor, Verb.HELD, hold, purpose=f"case {hold.case_number}", elements=elements)
    return hold


@act
def hold_review(*, actor: Member, hold: Hold, why: str, review_by: date | None = None) -> Hold:
    """Say why a hold is still needed, which sets the day of its next review.

    Raises ValidationError by field, and `MoveRefused` where it is released.
    """
    gate.require(actor, Permission.HOLD, on=hold)
    said = _checked("why", why, check_reason)
    hold = _standing(hold, "review")
    hold.review_by, hold.reviewed_at = _review_by(hold.agency, review_by), timezone.now()
    hold.save()
    purpose, elements = f"case {hold.case_number}", {"review_by": hold.review_by}
    record(actor, Verb.HOLD_REVIEWED, hold, purpose=purpose, detail=said, elements=elements)
    return hold


@act
def hold_release_ask(*, actor: Member, hold: Hold, why: str) -> Hold:
    """Ask that a hold be released; it stands until another person has decided.

    Raises ValidationError by field, and `MoveRefused` where it is released or asked for already.
    """
    gate.require(actor, Permission.HOLD, on=hold)
    said = _checked("why", why, check_reason)
    hold = _standing(hold, "release")
    if hold.release_asked_by is not None:
        raise MoveRefused(f"{hold.release_asked_by} has asked for its release already.")
    hold.release_asked_by, hold.release_asked_at, hold.release_why = actor, timezone.now(), said
    hold.save()
    record(actor, Verb.HOLD_RELEASE_ASKED, hold, purpose=f"case {hold.case_number}", detail=said)
    return hold


@act
def hold_release_decide(*, actor: Member, hold: Hold, approve: bool, note: str = "") -> Hold:
    """Release a hold for which another has asked, or decline; what it kept goes when its time is up.

    A `note` is needed to decline. Raises `gate.Refused` for who has asked, ValidationError by field, and
    `MoveRefused` where nobody asks (any more).
    """
    gate.require(actor, Permission.APPROVE_EVIDENCE, on=hold)
    hold = _standing(hold, "release")
    if hold.release_asked_by is None:
        raise MoveRefused("Nobody asks for its release.")
    if hold.release_asked_by_id == actor.pk:
        raise gate.Refused(
            "two people",
            "You asked for this release yourself. Another person decides it.",
            "Tell another custodian or the ALPR administrator that it waits.",
            actor=actor,
            attempted="to release a hold alone",
        )
    said = " ".join(note.split()) if approve else _checked("note", note, check_reason)
    if approve:
        hold.released_by, hold.released_at = actor, timezone.now()
    else:
        hold.release_asked_by, hold.release_asked_at, hold.release_why = None, None, ""
    hold.save()
    verb = Verb.HOLD_RELEASED if approve else Verb.HOLD_RELEASE_DECLINED
    record(actor, verb, hold, purpose=f"case {hold.case_number}", detail=said)
    return hold


def latest_review(agency: Agency) -> date:
    """The last day by which a hold placed or reviewed today is looked at again."""
    return timezone.localdate() + timedelta(days=agency.policy.retention.hold_review_days)


def _standing(hold: Hold, move: str) -> Hold:
    # Without joins: a row that was waited for comes as it is now, one joined to it as it was before.
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.released_at is not None:
        raise MoveRefused(f"This hold is released: there is nothing to {move}.")
    return hold


def _parent(kind: Hold.Kind, subject: dict[str, Any]) -> Any:
    """The row whose agency decides; None for a plate. Raises TypeError for a subject of another kind."""
    if unknown := set(subject) - set(SUBJECTS):
        raise TypeError(f"hold_place takes no {', '.join(sorted(unknown))}.")
    return None if kind == Hold.Kind.PLATE else subject[Hold.Kind(kind).value]


def _ground(agency: Agency, ground: HoldGround | str) -> str:
    value = getattr(ground, "value", ground)
    allowed = {each.value for each in agency.policy.retention.hold_grounds}
    if not allowed:
        raise ValidationError({"ground": "The policy names no ground for a hold."})
    if value not in allowed:
        raise ValidationError({"ground": "The policy names no such ground for a hold."})
    return str(value)


def _review_by(agency: Agency, wanted: date | None) -> date:
    latest = latest_review(agency)
    if wanted is None:
        return latest
    if wanted <= timezone.localdate():
        raise ValidationError({"review_by": "The day of the review is still to come."})
    if wanted > latest:
        days = agency.policy.retention.hold_review_days
        raise ValidationError({"review_by": f"The policy asks for a review within {days} days."})
    return wanted


def _checked(field: str, text: str, check: Callable[[str], str]) -> str:
    try:
        return check(text)
    except VagueReason as vague:
        raise ValidationError({field: str(vague)}) from vague


def _name_detection(hold: Hold, subject: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    detection: Detection = subject["detection"]
    there = Detection.objects.filter(pk=detection.pk).exists()
    if not there and not Hit.objects.filter(of_detection(detection.pk)).exists():
        raise ValidationError("This detection is deleted: its time was up.")
    return [detection.pk], {"detection": str(detection.pk)}


def _name_finding(hold: Hold, subject: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    finding: Finding = subject["finding"]
    named = sorted(finding.reads.values_list("detection_id", flat=True))
    if not named:
        raise ValidationError("This finding is deleted: the time of its detections was up.")
    return named, {"finding": finding.number, "detections": len(named)}


def _name_hit(hold: Hold, subject: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    hold.hit = hit = subject["hit"]
    if not Hit.objects.filter(pk=hit.pk).exists():
        raise ValidationError("This hit is deleted: its time was up.")
    return [], {"hit": hit.number}


def _name_search(hold: Hold, subject: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    hold.search = search = subject["search"]
    if not search.is_open:
        raise ValidationError("This search waits for a second person: it has no results yet.")
    if search.others:
        raise ValidationError("This search finds others’ detections too, which each department holds itself.")
    found = query.matching(search).filter(agency=hold.agency).order_by("pk")
    named = list(found.values_list("pk", flat=True)[: MOST_NAMED + 1])
    if not named:
        raise ValidationError("This search finds nothing that could be held.")
    if len(named) > MOST_NAMED:
        raise ValidationError(f"This search finds more than {MOST_NAMED:,} detections: narrow it.")
    return named, {"search": str(search.pk), "detections": len(named)}


def _name_plate(hold: Hold, subject: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    try:
        hold.plate = typed(subject.get("plate") or "")
    except BadPlate as bad:
        raise ValidationError({"plate": str(bad)}) from bad
    hold.plate_key = fold(hold.plate)
    return [], {"plate": hold.plate} | _in_time(hold, subject)


def _name_camera(hold: Hold, subject: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    camera: Camera = subject["camera"]
    hold.camera = camera
    if subject.get("since") is None:
        raise ValidationError({"since": "Say from when on."})
    return [], {"camera": camera.code} | _in_time(hold, subject)


def _in_time(hold: Hold, subject: dict[str, Any]) -> dict[str, datetime | None]:
    hold.since, hold.until = subject.get("since"), subject.get("until")
    if hold.since and hold.until and hold.until <= hold.since:
        raise ValidationError({"until": "“To” comes after “From”."})
    return {"since": hold.since, "until": hold.until}


NAMING: dict[str, Callable[[Hold, dict[str, Any]], tuple[list[Any], dict[str, Any]]]] = {
    Hold.Kind.DETECTION: _name_detection,
    Hold.Kind.FINDING: _name_finding,
    Hold.Kind.HIT: _name_hit,
    Hold.Kind.SEARCH: _name_search,
    Hold.Kind.PLATE: _name_plate,
    Hold.Kind.CAMERA: _name_camera,
}


def _refuse_twice(hold: Hold, named: list[Any]) -> None:
    """Raise ValidationError where this case holds the same already."""
    facts = ("kind", "case_number", "hit", "search", "camera", "plate_key", "since", "until")
    same = held.standing(hold.agency).filter(**{name: getattr(hold, name) for name in facts})
    if hold.kind in (Hold.Kind.DETECTION, Hold.Kind.FINDING):
        same = same.filter(items__detection_id=named[0])
    if same.exists():
        raise ValidationError({"case_number": "It is held for this case already."})
