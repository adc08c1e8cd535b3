"""Whole days: a partition is dropped where all of it is due and nothing in it is held; rows go otherwise."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Agency, Member
from detections import partitions, retention, uuid7
from detections.models import Camera, Detection, Hold
from detections.plates_seen import list_days
from detections.retention import purge
from tests.retention.conftest import Place
from tests.retention.test_purge_faults import in_a_thread
from tests.retention.world import Days, keep_for, stored
from tests.search.conftest import Detect, SearchFor

OLD = 24 * 400


def table(hours_ago: float) -> str:
    """The partition of a detection captured so long ago."""
    return partitions.name((timezone.now() - timedelta(hours=hours_ago)).date())


def test_a_day_that_is_due_goes_whole_with_its_pictures(
    agency: Agency, detect: Detect, evidence: Path
) -> None:
    gone = sorted(detect(hours_ago=OLD, pictured=True).pk for _ in range(3))
    kept = detect(hours_ago=1, pictured=True)
    run = purge(agency)
    day = (timezone.now() - timedelta(hours=OLD)).date()
    assert run.days_dropped == [{"day": f"{day}", "partition": table(OLD), "rows": 3}]
    assert (run.due, run.rows_gone, run.files_gone, run.files_left) == (3, 3, 3, [])
    assert table(OLD) not in partitions.standing()
    assert list(Detection.objects.all()) == [kept]
    assert stored(evidence) == {kept.image}
    lines = "\n".join(["", *(f"detection {key}" for key in gone)])
    assert run.list_sha256 == hashlib.sha256(lines.encode()).hexdigest()


def test_a_day_with_something_held_goes_by_rows(agency: Agency, detect: Detect, hold: Place) -> None:
    kept, _ = detect(hours_ago=OLD), detect("7ABC123", hours_ago=OLD)
    hold(kind=Hold.Kind.PLATE, plate="8krb-412")
    run = purge(agency)
    assert (run.rows_gone, run.held, run.days_dropped) == (1, 1, [])
    assert list(Detection.objects.all()) == [kept]


def test_a_day_with_another_agencys_detections_goes_by_rows(
    agency: Agency, outsider: Member, detect: Detect
) -> None:
    keep_for(outsider.agency, Days(500, 500))
    theirs = Camera.objects.create(agency=outsider.agency, code="c", name="Elsewhere")
    kept, _ = detect(hours_ago=OLD, camera=theirs), detect(hours_ago=OLD)
    run = purge(agency)
    assert (run.rows_gone, run.days_dropped) == (1, [])
    assert list(Detection.objects.all()) == [kept]
    keep_for(outsider.agency, Days(30, 30))
    assert [day["rows"] for day in purge(outsider.agency).days_dropped] == [1]


def test_the_day_on_which_the_time_ends_goes_by_rows(agency: Agency, detect: Detect) -> None:
    now = timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    keep_for(agency, Days(10, 10))
    detect(at=now - timedelta(days=10, minutes=1))
    detect(at=midnight - timedelta(days=10, minutes=1))
    run = purge(agency)
    assert run.rows_gone == 2
    assert [day["day"] for day in run.days_dropped] == [f"{midnight - timedelta(days=11):%Y-%m-%d}"]


def test_days_that_are_empty_go_too(agency: Agency, outsider: Member, detect: Detect) -> None:
    keep_for(agency, Days(10, 10))
    keep_for(outsider.agency, Days(30, 30))
    partitions.ensure(timezone.now() - timedelta(days=days) for days in (20, 40))
    purge(agency)
    assert table(24 * 20) in partitions.standing()
    assert table(24 * 40) not in partitions.standing()


def test_a_missing_partition_is_no_matter(agency: Agency, detect: Detect, search_for: SearchFor) -> None:
    for days in (402, 401, 400, 3, 2, 1):
        detect(hours_ago=24 * days)
    list_days(agency)
    with connection.cursor() as cursor:
        for days in (401, 2):
            cursor.execute(f"DROP TABLE {table(24 * days)}")
    assert [search_for(plate).found for plate in ("8KRB412", "*KRB4*")] == [2, 2]
    Detection.objects.filter(pk__gte=uuid7.floor(timezone.now() - timedelta(days=9))).delete()
    run = purge(agency)
    assert (run.rows_gone, len(run.days_dropped)) == (2, 2)
    again = detect(hours_ago=24 * 401)
    assert list(Detection.objects.all()) == [again]
    assert purge(agency).rows_gone == 1


@pytest.mark.django_db(transaction=True)
def test_a_read_that_comes_in_meanwhile_is_no_part_of_what_was_noted(agency: Agency, detect: Detect) -> None:
    first = detect(hours_ago=OLD)
    with transaction.atomic():
        assert not partitions.drop(first.captured_at.date(), rows=2)
        assert partitions.drop(first.captured_at.date(), rows=1)
        assert not partitions.drop(first.captured_at.date(), rows=1)


@pytest.mark.django_db(transaction=True)
def test_a_long_search_makes_the_day_go_by_rows(agency: Agency, detect: Detect) -> None:
    detect(hours_ago=OLD)
    reads, over = threading.Event(), threading.Event()

    def search() -> None:
        with transaction.atomic():
            list(Detection.objects.all())
            reads.set()
            over.wait(60)

    thread = in_a_thread(search)
    assert reads.wait(60)
    run = purge(agency)
    over.set()
    thread.join()
    assert (run.rows_gone, run.days_dropped) == (1, [])
    assert table(OLD) in partitions.standing()
    assert purge(agency).rows_gone == 0
    assert table(OLD) not in partitions.standing()


def test_late_detections_of_last_month_go_on_time(
    agency: Agency, detect: Detect, many: Callable[..., int]
) -> None:
    keep_for(agency, Days(40, 40))
    kept = detect(hours_ago=24)
    count = many(days_ago=35, count=retention.BATCH + 7) + many(days_ago=30, count=11)
    assert purge(agency).rows_gone == 0
    keep_for(agency, Days(32, 32))
    run = purge(agency)
    assert (run.rows_gone, [day["rows"] for day in run.days_dropped]) == (count - 11, [count - 11])
    keep_for(agency, Days(2, 2))
    assert purge(agency).rows_gone == 11
    assert list(Detection.objects.all()) == [kept]
