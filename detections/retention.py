"""Holds, and the purge: data goes when its time is up unless it is held, and each run leaves a certificate.

The time is the policy's (Vallejo Policy 426.4: one year; Government Code 34090.6). Holds come first, always.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections import images, partitions, uuid7
from detections.models import Detection, Hit, HitStep, Hold, ImageJob, PurgeRun
from trail.actors import System
from trail.purpose import VagueReason, check_case_number, check_reason
from trail.services import act, record
from trail.verbs import Verb
from training import gate

BATCH = 5_000
OVERDUE_AFTER = timedelta(hours=26)


@act
def hold_place(*, actor: Member, detection: Detection, case_number: str, reason: str) -> Hold:
    """Keep a detection, its picture and its hits past their time, as evidence.

    Raises ValidationError by field.
    """
    gate.require(actor, Permission.HOLD, on=detection)
    checks = {"case_number": (check_case_number, case_number), "reason": (check_reason, reason)}
    said: dict[str, str] = {}
    for field, (check, text) in checks.items():
        try:
            said[field] = check(text)
        except VagueReason as vague:
            raise ValidationError({field: str(vague)}) from vague
    hold = Hold(agency=detection.agency, detection_id=detection.pk, placed_by=actor, **said)
    hold.full_clean()
    hold.save()
    record(
        actor, Verb.HELD, hold, purpose=f"case {hold.case_number}", elements={"detection": str(detection.pk)}
    )
    return hold


@act
def hold_release(*, actor: Member, hold: Hold, why: str) -> Hold:
    """Release a hold; what it kept goes with the next purge if its time is up."""
    gate.require(actor, Permission.HOLD, on=hold)
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.released_at is None:
        hold.released_by, hold.released_at = actor, timezone.now()
        hold.save()
        record(actor, Verb.HOLD_RELEASED, hold, detail=why)
    return hold


def purge(agency: Agency) -> PurgeRun:
    """Purge what is past its time at one agency, and give the certificate.

    May run twice, and again after a crash: rows go in batches, each in a transaction that also notes its files; files are removed after it, and what could not be removed is tried again by the next run.
    """
    actor = System("Purge", agency)
    policy = agency.policy
    before = timezone.now() - timedelta(days=policy.retention.detections_days)
    run = PurgeRun.objects.create(
        agency=agency,
        captured_before=before,
        policy_version=agency.policy_label,
        files_left=_left_over(agency),
    )
    run.due = _detections_due(agency, before).count()
    run.held = run.due - _free(_detections_due(agency, before)).count()
    if policy.retention.hits_days is not None:
        _purge_hits(agency, timezone.now() - timedelta(days=policy.retention.hits_days))
    while _purge_batch(run, agency, before):
        _remove_files(run)
    _purge_jobs(run, agency, before)
    _remove_files(run)
    _drop_empty_partitions(before)
    run.finished_at = timezone.now()
    run.save()
    counts = {name: getattr(run, name) for name in ("due", "held", "rows_gone", "files_gone")}
    record(actor, Verb.PURGED, run, elements=counts | {"files_left": len(run.files_left)})
    return run


def last_purge(agency: Agency) -> PurgeRun | None:
    """The last purge of the agency that came to its end, or None."""
    return PurgeRun.objects.filter(agency=agency, finished_at__isnull=False).first()


def is_overdue(agency: Agency) -> bool:
    """Whether the daily purge of the agency was missed."""
    last = last_purge(agency)
    return last is None or timezone.now() - last.ran_at > OVERDUE_AFTER


def _detections_due(agency: Agency, before: datetime) -> QuerySet[Detection]:
    return Detection.objects.filter(agency=agency, id__lt=uuid7.floor(before))


def _standing_hold(detection: str) -> Exists:
    return Exists(Hold.objects.filter(detection_id=OuterRef(detection), released_at=None))


def _free(due: QuerySet[Detection]) -> QuerySet[Detection]:
    return due.exclude(_standing_hold("pk"))


def _purge_batch(run: PurgeRun, agency: Agency, before: datetime) -> bool:
    """Delete one batch of rows and note their files, in one transaction; false when nothing was left."""
    with transaction.atomic():
        batch = list(_free(_detections_due(agency, before)).order_by("pk").values_list("pk", "image")[:BATCH])
        if not batch:
            return False
        gone, _ = Detection.objects.filter(pk__in=[pk for pk, _ in batch]).delete()
        run.rows_gone += gone
        run.files_left += sorted({name for _, name in batch if name} - set(run.files_left))
        run.save()
    return True


def _purge_jobs(run: PurgeRun, agency: Agency, before: datetime) -> None:
    """Delete the jobs of pictures past their time, also of those in which no plate was found."""
    with transaction.atomic():
        due = ImageJob.objects.filter(camera__agency=agency, captured_at__lt=before)
        kept = Detection.objects.filter(image=OuterRef("image"), id__lt=uuid7.floor(before))
        jobs = list(due.exclude(Exists(kept)).values_list("pk", "image"))
        ImageJob.objects.filter(pk__in=[pk for pk, _ in jobs]).delete()
        run.files_left += sorted({name for _, name in jobs} - set(run.files_left))
        run.save()


def _purge_hits(agency: Agency, before: datetime) -> None:
    with transaction.atomic():
        due = Hit.objects.filter(agency=agency, captured_at__lt=before).exclude(
            _standing_hold("detection_id")
        )
        keys = list(due.values_list("pk", flat=True))
        HitStep.objects.filter(hit__in=keys).delete()
        Hit.objects.filter(pk__in=keys).delete()


def _remove_files(run: PurgeRun) -> None:
    """Remove the noted files that no row needs any more; a picture of a hit stays as long as the hit."""
    needed = _needed(run.files_left)
    left = []
    for name in run.files_left:
        if name in needed:
            continue
        if images.remove(name):
            run.files_gone += 1
        else:
            left.append(name)
    run.files_left = left
    run.save()


def _needed(names: list[str]) -> set[str]:
    rows: set[str] = set()
    for model in (Detection, Hit, ImageJob):
        rows |= set(model.objects.filter(image__in=names).values_list("image", flat=True))  # type: ignore[attr-defined]
    return rows


def _left_over(agency: Agency) -> list[str]:
    """The files that earlier runs noted and did not remove."""
    earlier = PurgeRun.objects.filter(agency=agency).exclude(files_left=[])
    names = sorted({name for run in earlier for name in run.files_left})
    earlier.update(files_left=[])
    return names


def _drop_empty_partitions(before: datetime) -> None:
    for table in sorted(partitions.standing()):
        if table >= partitions.name(before.date()):
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608
            if not cursor.fetchone()[0]:
                cursor.execute(f"DROP TABLE {table}")
