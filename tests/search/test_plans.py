"""How PostgreSQL answers: by an index, in the partitions of the days that are asked for and no other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Agency
from detections import partitions, plates_seen
from detections import search as query
from detections.models import Camera, Search
from tests.search.conftest import SearchFor
from tests.search.rows import store

DAYS = 6
QUAY = (38.1, -122.25, 500)


def noon() -> datetime:
    """Noon of yesterday in UTC: whenever the test runs, each day has its share of reads, and is over."""
    today = plates_seen.day_number(timezone.now())
    return plates_seen.first_moment(today) - timedelta(hours=12)


@pytest.fixture
def many(camera: Camera) -> None:
    """Eighteen thousand detections by three cameras over six days, as the planner would see them."""
    others = [
        Camera.objects.create(agency=camera.agency, code=f"far-{number}", name="Far") for number in (1, 2)
    ]
    for number, each in enumerate((camera, *others)):
        reads = (
            (f"{at % 10}KLM{at % 9000 + 1000}", noon() - timedelta(days=at % DAYS, seconds=at * 7 % 80_000))
            for at in range(number, 6_000)
        )
        store(each, reads)
    store(camera, [("5XYZ987", noon() - timedelta(days=day)) for day in (2, 4)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE detections_detection")


@pytest.fixture
def listed(many: None, agency: Agency) -> None:
    """Their days are listed."""
    today = plates_seen.day_number(timezone.now())
    plates_seen.list_days(agency, plates_seen.first_moment(today) + timedelta(hours=2))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE detections_seenplate")


def plans(search: Search, **asked: Any) -> list[str]:
    """The plans of the queries of detections behind one page."""
    with CaptureQueriesContext(connection) as ran:
        query.page(search, **asked)
    reads = [each["sql"] for each in ran if 'FROM "detections_detection"' in each["sql"]]
    with connection.cursor() as cursor:
        return [_explained(cursor, read) for read in reads]


def _explained(cursor: Any, read: str) -> str:
    cursor.execute(f"EXPLAIN {read}")
    return "\n".join(row[0] for row in cursor.fetchall())


def opened(plan: str) -> set[date]:
    """The days whose partitions a plan opens."""
    return {day for day in _every_day() if partitions.name(day) in plan}


def _every_day() -> list[date]:
    today = timezone.now().date()
    return [today - timedelta(days=day) for day in range(-2, DAYS + 3)]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize(
    ("plate", "confusable"), [("3KLM1003", False), ("3KLM1003", True), ("3KLM10*", True), ("3KLM10*", False)]
)
def test_a_plate_and_its_beginning_are_found_by_the_index_within_the_time(
    search_for: SearchFor, plate: str, confusable: bool, order: str
) -> None:
    since = noon() - timedelta(hours=26)
    search = search_for(plate, confusable=confusable, since=since, until=noon())
    (plan,) = plans(search, order=order)
    assert "Seq Scan on detections_detection" not in plan
    assert "plate_key" in plan
    assert opened(plan) == {day for day in _every_day() if since.date() <= day <= noon().date()}


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("plate", ["5XYZ987", "*XYZ*", "?XYZ9*", "5XY*"])
def test_no_day_is_opened_on_which_the_plate_was_not_read(search_for: SearchFor, plate: str) -> None:
    search = search_for(plate)
    (plan,) = plans(search)
    assert opened(plan) == {(noon() - timedelta(days=day)).date() for day in (2, 4)}
    assert "Seq Scan on detections_detection" not in plan


@pytest.mark.usefixtures("many")
def test_a_place_and_an_hour_open_one_day_by_an_index(search_for: SearchFor) -> None:
    since = noon() - timedelta(hours=1)
    (plan,) = plans(search_for("", circle=QUAY, since=since, until=since + timedelta(minutes=40)))
    assert "Seq Scan on detections_detection" not in plan
    assert "Index" in plan
    assert opened(plan) == {since.date()}


@pytest.mark.usefixtures("many")
def test_a_page_far_down_opens_no_day_before_it(search_for: SearchFor) -> None:
    search = search_for("3KLM*", cameras=[Camera.objects.get(code="far-1")])
    rows = list(query.walk(search))
    behind = rows[len(rows) * 2 // 3]
    days = {day for plan in plans(search, after=behind.pk) for day in opened(plan)}
    assert max(days) <= behind.captured_at.date()


@pytest.mark.usefixtures("listed")
def test_a_part_of_a_plate_is_looked_up_by_its_three_characters(agency: Agency) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as ran:
        seen = plates_seen.where_seen(agency.pk, "*XY2*", 0, 99_999)
    assert seen is not None
    assert set().union(*seen.values()) == {"5XY2987"}
    with connection.cursor() as cursor:
        assert "seen_plate_grams" in _explained(cursor, ran[0]["sql"])
