"""What holds keep: the questions that the purge, the pages and evidence packages ask.

A hold keeps detections and hits, with their pictures and the jobs of their photographs. What it keeps is
asked anew each time, for over a plate, a camera or a hit more comes in while the hold stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import Exact

from accounts.models import Agency
from detections import uuid7
from detections.models import Detection, HeldDetection, Hit, HitRead, Hold
from hotlists.plates import CONFUSED

RANGED = (Hold.Kind.PLATE, Hold.Kind.CAMERA)
_LOCK = 7_310_003


class Fold(Func):
    """`hotlists.plates.fold` in the database, for hits, which keep no key of their plate."""

    function = "translate"
    output_field = CharField()

    def __init__(self, plate: str) -> None:
        super().__init__(F(plate), Value("".join(CONFUSED)), Value("".join(CONFUSED.values())))


def standing(agency: Agency) -> QuerySet[Hold]:
    """The agency's holds that are not released."""
    return Hold.objects.filter(agency=agency, released_at=None)


def held_detections(hold: Hold) -> QuerySet[Detection]:
    """The detections that one hold keeps now; also of a released one, as far as they still are there."""
    return Detection.objects.filter(_detections_of(hold), agency=hold.agency_id)


def held_hits(hold: Hold) -> QuerySet[Hit]:
    """The hits that one hold keeps now; also of a released one, as far as they still are there."""
    return Hit.objects.filter(_hits_of(hold), agency=hold.agency_id)


def is_held(detection: Detection) -> bool:
    """Whether any standing hold keeps this detection."""
    return holds_of(detection).exists()


def holds_of(detection: Detection) -> QuerySet[Hold]:
    """The standing holds that keep this detection, the oldest first."""
    at = detection.captured_at
    in_time = (Q(since=None) | Q(since__lte=at)) & (Q(until=None) | Q(until__gt=at))
    joined = HitRead.objects.filter(hit=OuterRef("hit"), detection_id=detection.pk)
    keeps = (
        Q(Exists(HeldDetection.objects.filter(hold=OuterRef("pk"), detection_id=detection.pk)))
        | Q(hit__detection_id=detection.pk)
        | Q(Exists(joined))
        | Q(kind=Hold.Kind.PLATE, plate_key=detection.plate_key) & in_time
        | Q(kind=Hold.Kind.CAMERA, camera=detection.camera_id) & in_time
    )
    return Hold.objects.filter(keeps, agency=detection.agency_id, released_at=None).order_by("placed_at")


def detection_is_held(agency: Agency) -> Q:
    """The condition of the agency's detections that a standing hold keeps, as the holds stand now."""
    holds = HeldDetection.objects.filter(hold__released_at=None)
    condition = Q(Exists(holds.filter(detection_id=OuterRef("pk"))))
    condition |= Q(Exists(Hold.objects.filter(released_at=None, hit__detection_id=OuterRef("pk"))))
    of_held_hits = HitRead.objects.filter(hit__in=standing(agency).values("hit"))
    condition |= Q(Exists(of_held_hits.filter(detection_id=OuterRef("pk"))))
    return _any(condition, map(_detections_of, standing(agency).filter(kind__in=RANGED)))


def hit_is_held(agency: Agency) -> Q:
    """The condition of the agency's hits that a standing hold keeps, as the holds stand now.

    A hold on the read that made a hit, or on one that joined it, keeps the hit too.
    """
    named = HeldDetection.objects.filter(hold__released_at=None)
    condition = Q(Exists(Hold.objects.filter(released_at=None, hit=OuterRef("pk"))))
    condition |= Q(Exists(named.filter(detection_id=OuterRef("detection_id"))))
    joined = HitRead.objects.filter(hit=OuterRef("pk"))
    condition |= Q(Exists(joined.filter(detection_id__in=named.values("detection_id"))))
    return _any(condition, map(_hits_of, standing(agency).filter(kind__in=RANGED)))


def keep_purges_out(agency: Agency) -> None:
    """Wait until no purge of the agency deletes anything, and keep it from doing so in this transaction."""
    _lock("pg_advisory_xact_lock_shared", agency)


def keep_holds_out(agency: Agency) -> None:
    """Wait until no hold of the agency is being placed, and keep any from it in this transaction.

    Holds are to be asked about after this: those placed before it are then seen, and any placed later finds
    gone what this transaction deletes.
    """
    _lock("pg_advisory_xact_lock", agency)


def _lock(function: str, agency: Agency) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_LOCK, agency.pk])


def _any(condition: Q, others: Iterable[Q]) -> Q:
    for other in others:
        condition |= other
    return condition


def _detections_of(hold: Hold) -> Q:
    match hold.kind:
        case Hold.Kind.PLATE:
            return Q(plate_key=hold.plate_key) & _ids(hold.since, hold.until) & ~Q(plate_key="")
        case Hold.Kind.CAMERA:
            return Q(camera=hold.camera_id) & _ids(hold.since, hold.until)
        case Hold.Kind.HIT:
            joined = HitRead.objects.filter(hit=hold.hit_id).values("detection_id")
            return Q(pk__in=Hit.objects.filter(holds=hold).values("detection_id")) | Q(pk__in=joined)
        case _:
            return Q(pk__in=hold.items.values("detection_id"))


def _hits_of(hold: Hold) -> Q:
    joined = HitRead.objects.filter(hit=OuterRef("pk"))
    in_time = _times(hold.since, hold.until)
    match hold.kind:
        case Hold.Kind.PLATE:
            asked = Q(Exact(Fold("plate"), hold.plate_key)) & in_time
            return (asked | Q(Exists(joined.filter(asked)))) & ~Q(plate="")
        case Hold.Kind.CAMERA:
            return Q(camera=hold.camera_id) & (in_time | Q(Exists(joined.filter(in_time))))
        case Hold.Kind.HIT:
            return Q(holds=hold)
        case _:
            named = hold.items.values("detection_id")
            return Q(detection_id__in=named) | Q(Exists(joined.filter(detection_id__in=named)))


def _ids(since: datetime | None, until: datetime | None) -> Q:
    condition = Q()
    if since is not None:
        condition &= Q(pk__gte=uuid7.floor(since))
    if until is not None:
        condition &= Q(pk__lt=uuid7.floor(until))
    return condition


def _times(since: datetime | None, until: datetime | None) -> Q:
    condition = Q()
    if since is not None:
        condition &= Q(captured_at__gte=since)
    if until is not None:
        condition &= Q(captured_at__lt=until)
    return condition
