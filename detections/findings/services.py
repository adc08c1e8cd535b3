"""What is done with findings: made by the system, once for what goes on, and closed by an analyst."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections import held, stepping
from detections.findings.moves import FINDING_MOVES
from detections.findings.seen import Contradiction
from detections.models import Detection, Finding, FindingRead
from trail.actors import System
from trail.models import Inquiry
from trail.services import act, record
from trail.verbs import Verb
from training import gate

# What a finding names, so that a plate that is read everywhere for months stays a finding of one page.
MOST_READS = 40
# After these results the same plate goes on contradicting itself for a known reason.
KNOWN = (Finding.Result.SWAPPED, Finding.Result.TWO_VEHICLES)
KNOWN_FOR = timedelta(days=30)


@act
def finding_make(*, actor: System, agency: Agency, found: Contradiction) -> Finding | None:
    """Keep what a rule found: a new finding, or reads more under the one that is open for that plate.

    Also under one that was closed lately with a result that explains what goes on. None where a detection
    that it rests on was purged meanwhile. What is kept already changes nothing.
    """
    held.keep_purges_out(agency)
    keys = [seen.key for seen in found.reads]
    standing = Detection.objects.filter(pk__in=keys, pk__gte=min(keys), pk__lte=max(keys), agency=agency)
    if standing.count() < len(keys):
        return None
    finding = _going_on(agency, found)
    if finding is None:
        finding = Finding(agency=agency, kind=found.kind, plate=found.plate)
        _take(finding, found)
        finding.count = _added(finding, found)
        finding.save(update_fields=["count"])
        record(actor, Verb.FINDING_MADE, finding, elements={"kind": finding.kind})
    elif new := _added(finding, found):
        finding.count += new
        last = max(finding.last_read_at, *(seen.captured_at for seen in found.reads))
        if finding.is_open and found.weight > finding.weight:
            _take(finding, found)
        finding.last_read_at = last
        finding.save()
    return finding


def _going_on(agency: Agency, found: Contradiction) -> Finding | None:
    """The finding that this goes on with, locked: the open one, else one that explains it."""
    rows = Finding.objects.filter(agency=agency, kind=found.kind, plate=found.plate)
    if found.state:
        rows = rows.filter(state__in=("", found.state)).order_by("-state")
    lately = timezone.now() - KNOWN_FOR
    opened = rows.filter(status=Finding.State.OPEN)
    known = rows.filter(status=Finding.State.CLOSED, result__in=KNOWN, closed_at__gte=lately)
    return _locked(opened) or _locked(known)


def _locked(rows: QuerySet[Finding]) -> Finding | None:
    return rows.select_for_update(of=("self",)).first()


def _take(finding: Finding, found: Contradiction) -> None:
    """Let the finding show these two reads."""
    finding.state, finding.doubts = found.state or finding.state, list(found.doubts)
    finding.weight, finding.kilometers = found.weight, found.kilometers
    finding.one, finding.other = found.one.key, found.other.key
    finding.one_camera_id, finding.other_camera_id = found.one.camera, found.other.camera
    finding.last_read_at = max(seen.captured_at for seen in found.reads)
    finding.save()


def _added(finding: Finding, found: Contradiction) -> int:
    """Let the finding rest on these reads, the two that it shows among them; gives how many are new."""
    kept = set(finding.reads.values_list("detection_id", flat=True))
    shown = [found.one.key, found.other.key]
    new = [key for key in dict.fromkeys([*shown, *(s.key for s in found.reads)]) if key not in kept]
    room = max(MOST_READS - len(kept), 0)
    named = [key for at, key in enumerate(new) if at < room or key in shown]
    FindingRead.objects.bulk_create([FindingRead(finding=finding, detection_id=key) for key in named])
    return len(new)


@act
def finding_close(*, actor: Member, inquiry: Inquiry, finding: Finding, result: str, note: str) -> Finding:
    """Say what a finding was, or correct what was said; `note` says how that was seen.

    Raises `gate.Refused`, ValidationError by field, and `MoveRefused` where it is not open to the move.
    """
    gate.require(actor, Permission.REVIEW_FINDINGS, on=finding, inquiry=inquiry)
    if result not in Finding.Result.values:
        raise ValidationError({"result": "Say what it was."})
    stepping.require_words("note", note)
    move = "close" if finding.is_open else "correct"
    finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    FINDING_MOVES.check(move, finding.status)
    before = finding.result
    finding.status, finding.result, finding.note = Finding.State.CLOSED, result, " ".join(note.split())
    finding.closed_by, finding.closed_at = actor, timezone.now()
    finding.save()
    elements = {"kind": finding.kind, "result": result} | ({"before": before} if before else {})
    said = f"{finding.get_result_display()}; “{finding.note}”"
    record(actor, Verb.FINDING_CLOSED, finding, inquiry=inquiry, elements=elements, detail=said)
    return finding
