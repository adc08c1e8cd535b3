"""Pages by key: every result once, in order, forward and back, whatever comes in or goes meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from detections import plates_seen
from detections import search as query
from detections.models import Camera, Detection
from tests.search.conftest import Detect, SearchFor
from tests.search.rows import store


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three to a page."""
    monkeypatch.setattr(query, "PAGE", 3)


@pytest.fixture
def eight(camera: Camera) -> list[Detection]:
    """Eight reads of one plate over ten days, the newest first, among others."""
    now = timezone.now()
    times = [now - timedelta(days=day, hours=2) for day in (0, 0, 1, 1, 4, 7, 7, 9)]
    store(camera, [("9ZZZ999", now - timedelta(days=day, hours=3)) for day in range(10)])
    return sorted(store(camera, [("8KRB412", at) for at in times]), key=lambda read: read.pk, reverse=True)


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("plate", ["8KRB412", "*KRB*", "8?R*"])
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_every_result_stands_on_one_page(
    search_for: SearchFor, eight: list[Detection], order: str, plate: str, listed: bool
) -> None:
    if listed:
        plates_seen.list_everywhere()
    search = search_for(plate)
    search.broad_why = ""
    wanted = eight if order == "newest" else eight[::-1]
    seen, page = [], query.page(search, order)
    assert page.previous is None
    while True:
        seen.append(page.rows)
        if page.next is None:
            break
        page = query.page(search, order, after=page.next)
    assert [len(rows) for rows in seen] == [3, 3, 2]
    assert [row for rows in seen for row in rows] == wanted
    back = [page.rows]
    while page.previous is not None:
        page = query.page(search, order, before=page.previous)
        back.append(page.rows)
    assert back == seen[::-1]


def test_a_search_without_a_plate_goes_through_all(search_for: SearchFor, eight: list[Detection]) -> None:
    since = timezone.now() - timedelta(hours=23)
    assert [row.plate for row in query.page(search_for("", since=since)).rows] == [
        "8KRB412", "8KRB412", "9ZZZ999",
    ]  # fmt: skip


def test_what_comes_in_meanwhile_moves_no_page(
    search_for: SearchFor, eight: list[Detection], detect: Detect
) -> None:
    search = search_for("8KRB412")
    first = query.page(search)
    Detection.objects.filter(pk=first.rows[-1].pk).delete()
    detect(at=search.until - timedelta(minutes=1))
    assert query.page(search, after=first.next).rows == eight[3:6]


def test_a_page_of_what_is_gone_is_empty_and_ends(search_for: SearchFor, eight: list[Detection]) -> None:
    search = search_for("8KRB412")
    Detection.objects.all().delete()
    page = query.page(search, after=eight[2].pk)
    assert (page.rows, page.next, page.previous) == ([], None, None)


def test_a_page_far_down_opens_no_more_than_the_first(
    search_for: SearchFor, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    rows = store(camera, [("8KRB412", now - timedelta(hours=hour)) for hour in range(1, 480)])
    plates_seen.list_everywhere()
    search = search_for("8KRB412")
    with CaptureQueriesContext(
        connection,
    ) as top:
        query.page(search)
    with CaptureQueriesContext(connection) as deep:
        page = query.page(search, after=rows[400].pk)
    assert page.rows == rows[401:404]
    assert len(deep) <= len(top)


def test_the_count_ends_where_it_says(search_for: SearchFor, eight: list[Detection]) -> None:
    assert search_for("8KRB412").found == 8


def test_a_search_whose_plate_is_forgotten_finds_nothing(
    search_for: SearchFor, eight: list[Detection]
) -> None:
    search = search_for("8KRB412")
    search.pattern = ""
    assert query.page(search).rows == []
    assert not query.matching(search).exists()
