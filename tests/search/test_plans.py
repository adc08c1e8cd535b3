"""How PostgreSQL answers: by an index, in the partitions of the days that are asked for and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Agency
from detections import partitions, plates_seen
from detections import search as query
from detections.models import Camera, Search
from tests.cast import found
from tests.search.conftest import SearchFor
from tests.search.rows import store

pytestmark = pytest.mark.django_db
DAYS = 6
QUAY = (38.1, -122.25, 500)


@cache
def noon() -> datetime:
    """Noon of yesterday in UTC: whenever the test runs, each day has its share of reads, and is over."""
    today = plates_seen.day_number(timezone.now())
    return plates_seen.first_moment(today) - timedelta(hours=12)


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What is stored within stands for the module's tests, each of which takes back only its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def agency(standing: None) -> Agency:
    """The department of the cast."""
    return found("Alder")


@pytest.fixture(scope="module")
def camera(agency: Agency) -> Camera:
    """A fixed camera of the department."""
    return Camera.objects.create(agency=agency, code="cam-12", name="Quay", latitude=38.1, longitude=-122.25)


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def listed(many: None, agency: Agency) -> None:
    """Their days are listed."""
    today = plates_seen.day_number(timezone.now())
    plates_seen.list_days(agency, plates_seen.first_moment(today) + timedelta(hours=2))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE detections_seenplate")


_SCANS = """
SELECT part.relname, pg_stat_get_xact_numscans(part.oid), '' FROM pg_inherits
JOIN pg_class part ON part.oid = inhrelid WHERE inhparent = 'detections_detection'::regclass
UNION ALL
SELECT part.relname, pg_stat_get_xact_numscans(indexrelid), pg_get_indexdef(indexrelid) FROM pg_inherits
JOIN pg_class part ON part.oid = inhrelid JOIN pg_index ON indrelid = part.oid
WHERE inhparent = 'detections_detection'::regclass
"""


@dataclass(frozen=True)
class Opened:
    """The days whose partitions one page opened, by which indexes, and those that it read from end to end."""

    days: set[date]
    indexes: set[str]
    whole: set[date]


def opened(search: Search, **asked: Any) -> Opened:
    """What PostgreSQL opens for one page."""
    before = _scans()
    query.page(search, **asked)
    used = {key for key, count in _scans().items() if count > before[key]}
    days = {partitions.name(day): day for day in _every_day()}
    return Opened(
        days={days[table] for table, _ in used},
        indexes={definition.partition("(")[2].rstrip(")") for _, definition in used if definition},
        whole={days[table] for table, definition in used if not definition},
    )


def _scans() -> dict[tuple[str, str], int]:
    """How often each partition was read whole in this transaction, and by each of its indexes."""
    with connection.cursor() as cursor:
        cursor.execute(_SCANS)
        return {(table, definition): count for table, count, definition in cursor.fetchall()}


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
    found = opened(search, order=order)
    assert "plate_key text_pattern_ops, id" in found.indexes
    assert not found.whole
    assert found.days == {day for day in _every_day() if since.date() <= day <= noon().date()}


@pytest.mark.usefixtures("many")
def test_a_place_and_an_hour_open_one_day_by_an_index(search_for: SearchFor) -> None:
    since = noon() - timedelta(hours=1)
    found = opened(search_for("", circle=QUAY, since=since, until=since + timedelta(minutes=40)))
    assert found.indexes
    assert not found.whole
    assert found.days == {since.date()}


@pytest.mark.usefixtures("many")
def test_a_page_far_down_opens_no_day_before_it(search_for: SearchFor) -> None:
    search = search_for("3KLM*", cameras=[Camera.objects.get(code="far-1")])
    rows = list(query.walk(search))
    behind = rows[len(rows) * 2 // 3]
    assert max(opened(search, after=behind.pk).days) <= behind.captured_at.date()


@pytest.mark.usefixtures("many")
def test_a_page_that_is_full_opens_no_other_day(search_for: SearchFor) -> None:
    search = search_for("", cameras=[Camera.objects.get(code="far-1")], until=noon() + timedelta(hours=12))
    search.broad_why = ""
    assert opened(search).days == {noon().date()}
    assert opened(search, order="oldest").days == {(noon() - timedelta(days=DAYS - 1)).date()}


# From here on the days are listed as well.


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("plate", ["5XYZ987", "*XYZ*", "?XYZ9*", "5XY*"])
def test_no_day_is_opened_on_which_the_plate_was_not_read(search_for: SearchFor, plate: str) -> None:
    search = search_for(plate)
    found = opened(search)
    assert found.days == {(noon() - timedelta(days=day)).date() for day in (2, 4)}
    assert not found.whole


@pytest.mark.usefixtures("listed")
def test_a_part_of_a_plate_is_looked_up_by_its_three_characters(agency: Agency) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as ran:
        seen = plates_seen.where_seen([agency.pk], "*XY2*", 0, 99_999)
    assert seen is not None
    assert set().union(*seen.values()) == {"5XY2987"}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {ran[0]['sql']}")
        assert "seen_plate_grams" in "\n".join(row[0] for row in cursor.fetchall())
