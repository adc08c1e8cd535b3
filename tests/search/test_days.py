"""Going through days: pages laid end to end are the sorted whole, whatever is listed, gone or asked."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Agency
from detections import partitions, plates_seen, search_days
from detections import search as query
from detections.models import Camera, Detection, ListedDay, Search, SeenPlate
from tests.search.conftest import SearchFor
from tests.search.rows import store

PLATES = ["8KRB412", "BKRB412", "9KRB77", "7XYZ123", "1AKRB8"]
PATTERNS = ["8KRB412", "*KRB*", "?KRB41*", "*", "*R*", "9KRB77"]


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def laid_end_to_end(search: Search, order: str) -> list[uuid.UUID]:
    """The rows of all pages in turn; each page read back from the one behind it is the same."""
    page, rows, before = query.page(search, order), [], None
    while True:
        rows += [row.pk for row in page.rows]
        if before is not None:
            assert query.page(search, order, before=page.previous).rows == before
        if page.next is None:
            return rows
        before, page = page.rows, query.page(search, order, after=page.next)


@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    reads=st.lists(st.tuples(st.sampled_from(PLATES), st.integers(0, 9)), min_size=1, max_size=30),
    unlisted=st.sets(st.integers(0, 9)),
    pattern=st.sampled_from(PATTERNS),
    confusable=st.booleans(),
    page=st.integers(1, 4),
    at_once=st.integers(1, 5),
    span=st.tuples(st.integers(0, 5), st.integers(5, 11)),
)
def test_pages_laid_end_to_end_are_the_sorted_whole(
    search_for: SearchFor, camera: Camera, agency: Agency, reads: list[tuple[str, int]], unlisted: set[int],
    pattern: str, confusable: bool, page: int, at_once: int, span: tuple[int, int],
) -> None:  # fmt: skip
    for model in (Detection, SeenPlate, ListedDay):
        model._default_manager.all().delete()
    store(camera, [(plate, ago(day + 0.01 * at)) for at, (plate, day) in enumerate(reads, start=1)])
    plates_seen.list_days(agency)
    today = plates_seen.day_number(timezone.now())
    ListedDay.objects.filter(day__in=[today - day for day in unlisted]).delete()
    search = search_for(
        "" if pattern == "*" else pattern, confusable=confusable, since=ago(span[1]), until=ago(span[0])
    )
    search.broad_why = ""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(query, "PAGE", page)
        patched.setattr(plates_seen, "DAYS_AT_ONCE", at_once)
        patched.setattr(search_days, "_AT_ONCE", at_once)
        for order, sign in (("newest", "-pk"), ("oldest", "pk")):
            whole = list(query.matching(search).order_by(sign).values_list("pk", flat=True))
            assert laid_end_to_end(search, order) == whole
            assert [row.pk for row in query.walk(search, order)] == whole


def test_a_day_that_goes_meanwhile_is_passed_over(search_for: SearchFor, camera: Camera) -> None:
    store(camera, [("8KRB412", ago(day)) for day in range(1, 6)])
    plates_seen.list_everywhere()
    search = search_for("8KRB412")
    rows = query.walk(search)
    first = next(rows)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {partitions.name(ago(3).date())}")
    assert len(query.page(search).rows) == 4
    assert first == query.page(search).rows[0]


def test_no_value_of_a_question_is_read_as_a_command(search_for: SearchFor, camera: Camera) -> None:
    odd = "O'Neil $1 %s $$"
    store(camera, [("8KRB412", ago(1))], model=odd)
    store(camera, [("9KRB412", ago(1))], model="Camry")
    search = search_for("", model=odd, since=ago(1.5), until=ago(0.5))
    search.broad_why = ""
    assert [row.plate for row in query.page(search).rows] == ["8KRB412"]


def test_a_search_that_nothing_can_meet_finds_nothing(search_for: SearchFor, camera: Camera) -> None:
    store(camera, [("8KRB412", ago(0.1))])
    far = (10.0, 10.0, 100)
    assert query.page(search_for("8KRB412", circle=far)).rows == []


def test_a_time_before_every_id_bounds_nothing(search_for: SearchFor, camera: Camera) -> None:
    (read,) = store(camera, [("8KRB412", ago(0.1))])
    search = search_for("8KRB412", since=datetime(1950, 1, 1, tzinfo=UTC))
    assert query.page(search).rows == [read]
    assert query.matching(search).get() == read
    early = search_for(
        "8KRB412", since=datetime(1950, 1, 1, tzinfo=UTC), until=datetime(1960, 1, 1, tzinfo=UTC)
    )
    assert query.page(early).rows == []
