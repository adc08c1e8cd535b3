"""The purge: data goes when its time is up unless it is held, and each run leaves a certificate.

The time is the policy's (Vallejo Policy 426.4: one year; Government Code 34090.6). Holds come first, always.

Rows go in batches. Each batch is one transaction, which also counts the rows and notes their pictures on the
certificate; pictures are removed after it. A run that is killed therefore loses and doubles nothing: the next
one takes over the pictures that were noted, and the rest is due as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django import db
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from detections import held, images, partitions, uuid7
from detections.models import Detection, Hit, HitRead, HitStep, Hold, ImageJob, PurgeRun
from trail.actors import System
from trail.services import record
from trail.verbs import Outcome, Verb

BATCH = 5_000
OVERDUE_AFTER = timedelta(hours=26)
_LOCK = 7_310_002
COUNTS = (
    "due", "held", "rows_gone", "hits_due", "hits_held", "hits_gone", "jobs_gone", "files_gone",
)  # fmt: skip


class PurgeRunning(Exception):
    """Another purge of the same agency is under way."""


def purge(agency: Agency) -> PurgeRun:
    """Purge what is past its time at one agency, and give the certificate.

    May run twice, and again after a crash. Raises `PurgeRunning` while another process purges the same
    agency, and `NoPolicy` where none says how long its data is kept.
    """
    with _alone(agency):
        run = _begin(agency)
        _remove_pictures(run, run.files_left)
        for batch in (_purge_detections, _purge_hits, _purge_jobs):
            while (pictures := batch(run)) is not None:
                _remove_pictures(run, pictures)
        oldest = _oldest_kept()
        partitions.drop_empty(oldest)
        return _finish(run, strays=_remove_strays(oldest))


def last_purge(agency: Agency) -> PurgeRun | None:
    """The last purge of the agency that came to its end, or None."""
    return PurgeRun.objects.filter(agency=agency, finished_at__isnull=False).first()


def is_overdue(agency: Agency) -> bool:
    """Whether the daily purge of the agency was missed, or did not come to its end.

    Before the first purge the time counts from the first policy; without a policy nothing is due.
    """
    last = last_purge(agency)
    if last is not None:
        since: datetime | None = last.ran_at
    else:
        adopted = agency.policies.filter(approved_by__isnull=False).order_by("effective_from").first()
        since = adopted.effective_from if adopted else None
    return since is not None and timezone.now() - since > OVERDUE_AFTER


@contextmanager
def _alone(agency: Agency) -> Iterator[None]:
    """One purge of an agency at a time; the database lets go by itself where the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, agency.pk])
        if not cursor.fetchone()[0]:
            raise PurgeRunning(f"Another purge of {agency} is under way.")
    try:
        yield
    finally:
        with suppress(db.Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, agency.pk])


@transaction.atomic
def _begin(agency: Agency) -> PurgeRun:
    """A new certificate, which takes over what earlier runs left undone."""
    now, rules = timezone.now(), agency.policy.retention
    run = PurgeRun(
        agency=agency,
        captured_before=now - timedelta(days=rules.detections_days),
        hits_before=None if rules.hits_days is None else now - timedelta(days=rules.hits_days),
        policy_version=agency.policy_label,
    )
    run.save()
    run.due, run.hits_due = _detections_due(run).count(), _hits_due(run).count()
    _count_held(run)
    _take_over(run)
    run.save()
    return run


def _take_over(run: PurgeRun) -> None:
    undone = Q(finished_at=None) | ~Q(files_left=[])
    earlier = PurgeRun.objects.filter(undone, agency=run.agency, continued_by=None).exclude(pk=run.pk)
    for broken in earlier.filter(finished_at=None):
        _record(broken, Outcome.FAILED, detail="it broke off, and the next run went on")
    run.files_left = sorted({name for left in earlier.values_list("files_left", flat=True) for name in left})
    earlier.update(continued_by=run, files_left=[])


@transaction.atomic
def _finish(run: PurgeRun, strays: int) -> PurgeRun:
    _count_held(run)
    run.due, run.hits_due = run.rows_gone + run.held, run.hits_gone + run.hits_held
    run.finished_at = timezone.now()
    run.save()
    _record(run, Outcome.DONE, strays=strays)
    return run


def _record(run: PurgeRun, outcome: Outcome, detail: str = "", strays: int = 0) -> None:
    numbers: dict[str, Any] = {name: getattr(run, name) for name in COUNTS}
    numbers |= {"files_left": len(run.files_left), "strays_gone": strays}
    if run.held or run.hits_held:
        numbers["held_for"] = _held_for(run)
    record(System("Purge", run.agency), Verb.PURGED, run, elements=numbers, detail=detail, outcome=outcome)


def _held_for(run: PurgeRun) -> dict[str, int]:
    """How many detections past their time each case holds."""
    counts: dict[str, int] = {}
    for hold in held.standing(run.agency).order_by("case_number"):
        kept = held.held_detections(hold).filter(id__lt=uuid7.floor(run.captured_before)).count()
        counts[hold.case_number] = counts.get(hold.case_number, 0) + kept
    return counts


def _count_held(run: PurgeRun) -> None:
    run.held = _detections_due(run).filter(held.detection_is_held(run.agency)).count()
    run.hits_held = _hits_due(run).filter(held.hit_is_held(run.agency)).count()


def _detections_due(run: PurgeRun) -> QuerySet[Detection]:
    return Detection.objects.filter(agency=run.agency, id__lt=uuid7.floor(run.captured_before))


def _hits_due(run: PurgeRun) -> QuerySet[Hit]:
    if run.hits_before is None:
        return Hit.objects.none()
    return Hit.objects.filter(agency=run.agency, captured_at__lt=run.hits_before)


def _lock(rows: QuerySet[Any], keeps: Q) -> tuple[list[Any], dict[Any, str]]:
    """Lock one batch of rows that nothing holds: their keys, and those that may go with their pictures.

    Holds are asked about again once the rows are locked: one that was placed the moment before wins.
    """
    unheld = rows.exclude(keeps).order_by("pk")
    keys = list(unheld.select_for_update(of=("self",)).values_list("pk", flat=True)[:BATCH])
    if not keys:
        return [], {}
    locked = rows.filter(pk__in=keys, pk__gte=keys[0], pk__lte=keys[-1])
    return keys, dict(locked.exclude(keeps).values_list("pk", "image"))


@transaction.atomic
def _purge_detections(run: PurgeRun) -> list[str] | None:
    """Delete one batch of detections and give their pictures; None when nothing was left."""
    held.keep_holds_out(run.agency)
    keys, free = _lock(_detections_due(run), held.detection_is_held(run.agency))
    if not keys:
        return None
    rows = Detection.objects.filter(pk__in=free, pk__gte=keys[0], pk__lte=keys[-1])
    run.rows_gone += rows.delete()[0]
    return _note(run, free.values())


@transaction.atomic
def _purge_hits(run: PurgeRun) -> list[str] | None:
    """Delete one batch of hits with their steps and the reads that joined; None when nothing was left."""
    held.keep_holds_out(run.agency)
    keys, free = _lock(_hits_due(run), held.hit_is_held(run.agency))
    if not keys:
        return None
    joined = HitRead.objects.filter(hit__in=free)
    pictures = [*free.values(), *joined.values_list("image", flat=True)]
    joined.delete()
    HitStep.objects.filter(hit__in=free).delete()
    Hold.objects.filter(hit__in=free).update(hit=None)
    run.hits_gone += Hit.objects.filter(pk__in=free).delete()[0]
    return _note(run, pictures)


@transaction.atomic
def _purge_jobs(run: PurgeRun) -> list[str] | None:
    """Delete a batch of the jobs of photographs, also of those in which no plate was found."""
    held.keep_holds_out(run.agency)
    keeps = held.detection_is_held(run.agency)
    held_rows = Detection.objects.filter(keeps, agency=run.agency).exclude(image="")
    kept = held_rows.values_list("image", flat=True)
    due = ImageJob.objects.filter(camera__agency=run.agency, captured_at__lt=run.captured_before)
    locked = due.exclude(image__in=list(kept)).order_by("pk").select_for_update(of=("self",))
    batch = dict(locked.values_list("pk", "image")[:BATCH])
    if not batch:
        return None
    run.jobs_gone += ImageJob.objects.filter(pk__in=batch).delete()[0]
    return _note(run, batch.values())


def _note(run: PurgeRun, images_of_rows: Iterable[str]) -> list[str]:
    """Note pictures on the certificate, in the transaction that deletes their rows."""
    pictures = sorted(set(filter(None, images_of_rows)))
    run.files_left = sorted({*run.files_left, *pictures})
    run.save()
    return pictures


def _remove_pictures(run: PurgeRun, pictures: list[str]) -> None:
    """Remove these pictures of the certificate, and count those that are gone.

    One that another row needs stays, and is noted again when that row goes. One that cannot be removed now
    is tried again by the next run.
    """
    needed = _needed(pictures)
    gone = {name for name in pictures if name not in needed and _removed(name)}
    run.files_gone += len(gone)
    run.files_left = [name for name in run.files_left if name not in gone | needed]
    run.save()


def _remove_strays(before: datetime) -> int:
    """Remove pictures of days that no agency keeps which no row names, and give how many.

    A process that died while it took a picture in has left one behind.
    """
    return sum(
        _removed(name)
        for names in images.stored_before(before.date())
        for name in sorted(set(names) - _needed(names))
    )


def _removed(name: str) -> bool:
    try:
        return images.remove(name)
    except (OSError, ValueError):
        return False


def _needed(names: list[str]) -> set[str]:
    """Those of these pictures that a detection, a hit, a read that joined one, or a job still has."""
    copies: tuple[type[Hit | HitRead | ImageJob], ...] = (Hit, HitRead, ImageJob)
    rows: list[QuerySet[Any]] = [_of_their_days(names), *(model._default_manager.all() for model in copies)]
    return {name for row in rows for name in row.filter(image__in=names).values_list("image", flat=True)}


def _of_their_days(names: list[str]) -> QuerySet[Detection]:
    """The detections of the days whose pictures these are: a picture lies under the day of its capture."""
    days = sorted(name[:10] for name in names if images.NAME.fullmatch(name))
    if not days:
        return Detection.objects.none()
    first, last = (datetime.strptime(f"{day} +0000", "%Y/%m/%d %z") for day in (days[0], days[-1]))
    return Detection.objects.captured(first, last + timedelta(days=1))


def _oldest_kept() -> datetime:
    """Before this time no agency keeps detections that are not held."""
    now = timezone.now()
    policies = [adopted.policy for agency in Agency.objects.all() if (adopted := agency.adopted)]
    return now - timedelta(days=max(policy.retention.detections_days for policy in policies))
