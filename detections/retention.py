"""The purge: data goes when its time is up unless it is held, and each run leaves a certificate.

The time is the policy's (Vallejo Policy 426.4: one year; Government Code 34090.6). Holds come first, always.

A day goes whole, with its partition, where all of it is due and nothing in it is held; other rows go in
batches. Each is one transaction, which keeps new holds waiting, counts the rows and notes their pictures on
the certificate; pictures are removed after it. A run that is killed therefore loses and doubles nothing: the
next one takes over the pictures that were noted, and the rest is due as before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import db
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from detections import held, images, partitions, plates_seen
from detections.due import Lines, authority, held_for
from detections.findings import forgetting
from detections.models import Detection, Hit, HitRead, HitStep, Hold, ImageJob, PurgeRun
from detections.parking import retention as parking
from trail.actors import System
from trail.services import record
from trail.verbs import Outcome, Verb

BATCH = 5_000
OVERDUE_AFTER = timedelta(hours=26)
CLOCKS_DIFFER = timedelta(minutes=2)
_LOCK = 7_310_002
COUNTS = (
    "due", "held", "rows_gone", "hits_due", "hits_held", "hits_gone", "pictures_gone", "jobs_gone",
    "findings_gone", "files_gone", "strays_gone", "plates_forgotten",
)  # fmt: skip
# The key of the last row that was looked at, and the pictures of those that went.
Done = tuple[Any, list[str]]


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
        for day in Lines.of(run).whole_days():
            _remove_pictures(run, _drop(run, day))
        for batch in BATCHES:
            after = None
            while (done := batch(run, after)) is not None:
                after, pictures = done
                _remove_pictures(run, pictures)
        parking.purge(run)
        _forget_plates(run)
        plates_seen.forget(agency, run.captured_before)
        oldest = _oldest_kept()
        partitions.drop_empty(oldest)
        run.strays_gone = _remove_strays(oldest)
        return _finish(run)


def last_purge(agency: Agency) -> PurgeRun | None:
    """The last purge of the agency that came to its end, or None.

    One that a clock running ahead dated into the future says nothing of today.
    """
    ended = PurgeRun.objects.filter(agency=agency, finished_at__isnull=False)
    return ended.filter(ran_at__lte=timezone.now() + CLOCKS_DIFFER).first()


def is_overdue(agency: Agency) -> bool:
    """Whether the daily purge of the agency was missed, or did not come to its end."""
    due = due_at(agency)
    return due is not None and timezone.now() > due


def due_at(agency: Agency) -> datetime | None:
    """When the next purge of the agency has to have run; None without a policy, for then nothing is due.

    Before the first purge the time counts from the first policy.
    """
    last = last_purge(agency)
    if last is not None:
        return last.ran_at + OVERDUE_AFTER
    adopted = agency.policies.filter(approved_by__isnull=False).order_by("effective_from").first()
    return adopted.effective_from + OVERDUE_AFTER if adopted else None


def broken_off(agency: Agency) -> QuerySet[PurgeRun]:
    """The purges of the agency that broke off and were not taken over yet; none while one is under way."""
    left = PurgeRun.objects.filter(agency=agency, finished_at=None, continued_by=None)
    return left.none() if _is_running(agency) else left


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


def _is_running(agency: Agency) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
            "WHERE datname = current_database() AND locktype = 'advisory' AND granted "
            "AND classid = %s AND objid = %s)",
            [_LOCK, agency.pk],
        )
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _begin(agency: Agency) -> PurgeRun:
    """A new certificate, which takes over what earlier runs left undone."""
    lines = Lines.now(agency)
    run = PurgeRun(
        agency=agency,
        captured_before=lines.captured_before,
        hits_before=lines.hits_before,
        pictures_before=lines.pictures_before,
        policy_version=agency.policy_label,
        authority=authority(agency.policy),
    )
    run.save()
    run.due, run.hits_due = lines.detections().count(), lines.hits().count()
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
def _finish(run: PurgeRun) -> PurgeRun:
    _count_held(run)
    run.due, run.hits_due = run.rows_gone + run.held, run.hits_gone + run.hits_held
    run.finished_at = timezone.now()
    run.save()
    _record(run, Outcome.DONE)
    return run


def _count_held(run: PurgeRun) -> None:
    lines = Lines.of(run)
    run.held = lines.detections().filter(held.detection_is_held(run.agency)).count()
    run.hits_held = lines.hits().filter(held.hit_is_held(run.agency)).count()
    run.held_for = held_for(lines)


def _record(run: PurgeRun, outcome: Outcome, detail: str = "") -> None:
    numbers: dict[str, Any] = {name: getattr(run, name) for name in COUNTS}
    numbers |= {"files_left": len(run.files_left), "list_sha256": run.list_sha256}
    if run.days_dropped:
        numbers["days_dropped"] = [day["day"] for day in run.days_dropped]
    if run.held_for:
        numbers["held_for"] = run.held_for
    record(System("Purge", run.agency), Verb.PURGED, run, elements=numbers, detail=detail, outcome=outcome)


def _drop(run: PurgeRun, day: date) -> list[str]:
    """Drop a day that holds nothing but what this agency may lose, and give its pictures.

    Where searches under way last too long its rows go in batches.
    """
    try:
        with transaction.atomic():
            held.keep_holds_out(run.agency)
            return _dropped(run, day)
    except OperationalError:
        run.refresh_from_db()
        return []


def _dropped(run: PurgeRun, day: date) -> list[str]:
    start = datetime.combine(day, time(), UTC)
    rows = Detection.objects.captured(start, start + timedelta(days=1))
    if rows.exclude(agency=run.agency).exists() or rows.filter(held.detection_is_held(run.agency)).exists():
        return []
    gone = dict(rows.order_by("pk").values_list("pk", "image"))
    if not gone or not partitions.drop(day, rows=len(gone)):
        return []
    run.rows_gone += len(gone)
    dropped = {"day": f"{day}", "partition": partitions.name(day), "rows": len(gone)}
    run.days_dropped = [*run.days_dropped, dropped]
    _forget_findings(run, gone)
    return _note(run, "detection", gone, gone.values())


def _batch(rows: QuerySet[Any], after: Any) -> dict[Any, str]:
    """The next rows by key after `after`, each with its picture."""
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return dict(rows.order_by("pk").values_list("pk", "image")[:BATCH])


@transaction.atomic
def _purge_detections(run: PurgeRun, after: Any) -> Done | None:
    """Delete one batch of detections; None when nothing was left."""
    held.keep_holds_out(run.agency)
    due = Lines.of(run).detections().exclude(held.detection_is_held(run.agency))
    if not (gone := _batch(due, after)):
        return None
    last = max(gone)
    Detection.objects.filter(pk__in=list(gone), pk__gte=min(gone), pk__lte=last).delete()
    run.rows_gone += len(gone)
    _forget_findings(run, gone)
    return last, _note(run, "detection", gone, gone.values())


def _forget_findings(run: PurgeRun, gone: Collection[Any]) -> None:
    """Delete the findings that rest on these detections, with them."""
    if findings := forgetting.forget(run.agency, gone):
        run.findings_gone += len(findings)
        _note(run, "finding", findings, ())


@transaction.atomic
def _purge_hits(run: PurgeRun, after: Any) -> Done | None:
    """Delete one batch of hits with their steps and the reads that joined; None when nothing was left."""
    held.keep_holds_out(run.agency)
    due = Lines.of(run).hits().exclude(held.hit_is_held(run.agency)).select_for_update(of=("self",))
    if not (gone := _batch(due, after)):
        return None
    joined = HitRead.objects.filter(hit__in=list(gone))
    pictures = [*gone.values(), *joined.values_list("image", flat=True)]
    joined.delete()
    HitStep.objects.filter(hit__in=list(gone)).delete()
    Hold.objects.filter(hit__in=list(gone)).update(hit=None)
    Hit.objects.filter(pk__in=list(gone)).delete()
    run.hits_gone += len(gone)
    return max(gone), _note(run, "hit", gone, pictures)


@transaction.atomic
def _purge_jobs(run: PurgeRun, after: Any) -> Done | None:
    """Delete one batch of the jobs of photographs, also of those in which no plate was found."""
    held.keep_holds_out(run.agency)
    if not (batch := _batch(Lines.of(run).jobs().select_for_update(of=("self",)), after)):
        return None
    detections = _of_their_days(list(batch.values())).filter(image__in=list(batch.values()))
    kept = set(detections.filter(held.detection_is_held(run.agency)).values_list("image", flat=True))
    gone = {key: image for key, image in batch.items() if image not in kept}
    ImageJob.objects.filter(pk__in=list(gone)).delete()
    run.jobs_gone += len(gone)
    return max(batch), _note(run, "job", gone, gone.values())


def _purge_pictures(run: PurgeRun, rows: QuerySet[Any], after: Any) -> Done | None:
    if not (gone := _batch(rows, after)):
        return None
    last = max(gone)
    rows.model.objects.filter(pk__in=list(gone), pk__gte=min(gone), pk__lte=last).update(image="")
    if rows.model is Detection:
        run.pictures_gone += len(gone)
    return last, _note(run, "picture of", gone, gone.values())


@transaction.atomic
def _purge_pictures_of_detections(run: PurgeRun, after: Any) -> Done | None:
    """Take the pictures from one batch of detections that stay; None when nothing was left."""
    held.keep_holds_out(run.agency)
    return _purge_pictures(run, Lines.of(run).pictured_detections(), after)


@transaction.atomic
def _purge_pictures_of_hits(run: PurgeRun, after: Any) -> Done | None:
    """Take the pictures from one batch of hits that stay; None when nothing was left."""
    held.keep_holds_out(run.agency)
    return _purge_pictures(run, Lines.of(run).pictured_hits(), after)


@transaction.atomic
def _purge_pictures_of_reads(run: PurgeRun, after: Any) -> Done | None:
    """Take the pictures from one batch of the reads that joined hits; None when nothing was left."""
    held.keep_holds_out(run.agency)
    return _purge_pictures(run, Lines.of(run).pictured_reads(), after)


BATCHES: tuple[Callable[[PurgeRun, Any], Done | None], ...] = (
    _purge_detections, _purge_hits, _purge_pictures_of_detections, _purge_pictures_of_hits,
    _purge_pictures_of_reads, _purge_jobs,
)  # fmt: skip


@transaction.atomic
def _forget_plates(run: PurgeRun) -> None:
    """Take the plate from searches, and from released holds, that are older than all they spoke of."""
    held.keep_holds_out(run.agency)
    lines = Lines.of(run)
    run.plates_forgotten += lines.searches().update(pattern="")
    run.plates_forgotten += lines.released_holds().update(plate="", plate_key="")
    run.save()


def _note(run: PurgeRun, what: str, keys: Iterable[Any], pictures: Iterable[str]) -> list[str]:
    """Note what went, and its pictures, on the certificate, in the transaction that deletes the rows.

    The hash of the list is carried on over a line for each: its kind and its key.
    """
    names = sorted(set(filter(None, pictures)))
    run.files_left = sorted({*run.files_left, *names})
    if lines := [f"{what} {key}" for key in keys]:
        run.list_sha256 = hashlib.sha256("\n".join([run.list_sha256, *lines]).encode()).hexdigest()
    run.save()
    return names


def _remove_pictures(run: PurgeRun, pictures: list[str]) -> None:
    """Remove these pictures of the certificate, and count those that are gone.

    One that another row needs stays, and is noted again when that row goes. One that cannot be removed now
    is tried again by the next run.
    """
    needed = _needed(pictures)
    gone = {name for name in pictures if name not in needed and _removed(name)}
    run.files_gone += len(gone)
    done = gone | needed
    run.files_left = [name for name in run.files_left if name not in done]
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
