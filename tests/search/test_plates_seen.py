"""Which plates were read on which days: a search finds the same with that list and without it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event as Signal

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Agency, Member
from detections import plates_seen, retention, search_days, uuid7
from detections import search as query
from detections.holds import hold_place
from detections.models import Camera, Detection, Hold, ListedDay, Search, SeenPlate
from hotlists.plates import fold
from tests.search.conftest import REASON, Detect, SearchFor
from tests.search.rows import store

DAY = timedelta(days=1)


def seen(agency: Agency) -> dict[str, int]:
    """The plates that are listed, with on how many days."""
    rows = SeenPlate.objects.filter(agency=agency)
    return {key: len(days) for key, days in rows.values_list("plate_key", "days")}


def looked_through(search: Search) -> list[int]:
    """How many days ago each day was that the search looks through."""
    today = plates_seen.day_number(timezone.now())
    some = Detection.objects.all()
    first, after = uuid7.floor(search.since), uuid7.floor(search.until)
    way = search_days.Walk([search.agency_id], fold(search.pattern), some, some, first, after)
    return [today - day.number for days in way.days() for day in days]


def list_all() -> None:
    """List every day before today, at whatever hour the test runs."""
    today = plates_seen.day_number(timezone.now())
    for agency in Agency.objects.all():
        plates_seen.list_days(agency, plates_seen.first_moment(today) + timedelta(hours=2))


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def reads(camera: Camera) -> list[Detection]:
    """One plate on three of twelve days, another on each."""
    store(camera, [("9ZZZ999", ago(day)) for day in range(12)])
    return store(camera, [("8KRB412", ago(day)) for day in (2, 5, 11)])


@pytest.mark.parametrize("pattern", ["8KR*", "*KRB*", "?KRB4*", "8KRB412"])
def test_only_the_days_on_which_it_was_read_are_looked_through(
    search_for: SearchFor, reads: list[Detection], pattern: str
) -> None:
    assert set(looked_through(search_for(pattern))) >= set(range(12))
    list_all()
    assert set(looked_through(search_for(pattern))) - {0} == {2, 5, 11}
    found = query.page(search_for(pattern)).rows
    assert {read.pk for read in found} == {read.pk for read in reads}


def test_days_that_are_not_over_are_not_listed(agency: Agency, reads: list[Detection]) -> None:
    today = plates_seen.day_number(timezone.now())
    midnight = plates_seen.first_moment(today)
    assert max(plates_seen.list_days(agency, midnight + timedelta(minutes=59))) == today - 2
    assert plates_seen.list_days(agency, midnight + timedelta(minutes=60)) == [today - 1]
    assert plates_seen.list_days(agency, midnight + timedelta(minutes=61)) == []


def test_a_late_read_takes_its_day_off_the_list_until_it_is_listed_again(
    search_for: SearchFor, reads: list[Detection], detect: Detect, agency: Agency
) -> None:
    list_all()
    detect("8KRB777", at=ago(7))
    assert 7 in looked_through(search_for("*KRB777"))
    assert [read.plate for read in query.page(search_for("*KRB777")).rows] == ["8KRB777"]
    list_all()
    assert seen(agency)["8KR8777"] == 1
    assert [read.plate for read in query.page(search_for("*KRB777")).rows] == ["8KRB777"]


def test_too_many_plates_that_fit_are_no_help(
    search_for: SearchFor, reads: list[Detection], monkeypatch: pytest.MonkeyPatch
) -> None:
    list_all()
    monkeypatch.setattr(plates_seen, "MOST_KEYS", 0)
    assert set(looked_through(search_for("*KRB*"))) >= set(range(12))


def test_agencies_are_apart(
    search_for: SearchFor, reads: list[Detection], outsider: Member, detect: Detect, agency: Agency
) -> None:
    theirs = Camera.objects.create(agency=outsider.agency, code="cam-1", name="Elsewhere")
    store(theirs, [("8KRB412", ago(8)), ("7AAA111", ago(8))])
    list_all()
    assert 8 not in looked_through(search_for("8KRB412"))
    assert "7AAA111" not in seen(agency)
    plates_seen.forget(outsider.agency, timezone.now())
    assert seen(agency) == {"8KR8412": 3, "9222999": 11}


def test_a_plate_is_forgotten_with_its_last_detection(agency: Agency, reads: list[Detection]) -> None:
    list_all()
    Detection.objects.filter(plate="8KRB412").delete()
    Detection.objects.captured(ago(30), ago(6.5)).delete()
    assert plates_seen.forget(agency, ago(6.5)) == 0
    assert seen(agency) == {"8KR8412": 2, "9222999": 6}
    assert plates_seen.forget(agency, timezone.now()) == 1
    assert seen(agency) == {"9222999": 6}


def test_the_purge_forgets_and_keeps_what_is_held(
    search_for: SearchFor,
    agency: Agency,
    camera: Camera,
    custodian: Member,
    reads: list[Detection],
    evidence: object,
) -> None:
    days = agency.policy.retention.detections_days
    store(camera, [("1OLD111", ago(days + 3)), ("1HLD111", ago(days + 3))])
    list_all()
    assert {"10L0111", "1HL0111"} <= set(seen(agency))
    held = Detection.objects.get(plate="1HLD111")
    hold_place(
        actor=custodian, kind=Hold.Kind.DETECTION, detection=held, ground="evidence",
        case_number="26-11873", reason=REASON,
    )  # fmt: skip
    retention.purge(agency)
    assert set(seen(agency)) == {"1HL0111", "8KR8412", "9222999"}
    found = query.page(search_for("1HLD111", since=ago(days + 10))).rows
    assert found == [held]


@pytest.mark.django_db(transaction=True)
def test_a_day_is_not_listed_while_a_late_read_comes_in(agency: Agency, camera: Camera) -> None:
    store(camera, [("9ZZZ999", ago(3))])
    locked, go_on = Signal(), Signal()

    def take_in() -> None:
        try:
            with transaction.atomic():
                plates_seen.unlist(agency.pk, [ago(3)])
                locked.set()
                go_on.wait(10)
                store(camera, [("8KRB412", ago(3))])
        finally:
            connection.close()

    def list_it() -> list[int]:
        try:
            locked.wait(10)
            return plates_seen.list_days(agency)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        taking, listing = both.submit(take_in), both.submit(list_it)
        locked.wait(10)
        _until_one_waits()
        go_on.set()
        taking.result()
        assert listing.result()
    assert seen(agency) == {"8KR8412": 1, "9222999": 1}


def _until_one_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
            if cursor.fetchone()[0]:
                return


PLATES = ["8KRB412", "BKRB412", "8KR412", "KRB", "1AKRB8", "9ZZZ999", "8K", "QKRB41O"]
PATTERNS = ["8KRB412", "*KRB*", "8KR*", "*412", "??KRB*", "*KRB*41*", "KRB", "8K", "*999"]


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    doings=st.lists(
        st.one_of(
            st.tuples(st.just("read"), st.sampled_from(PLATES), st.integers(0, 12)),
            st.tuples(st.just("list"), st.just(""), st.just(0)),
            st.tuples(st.just("delete"), st.sampled_from(PLATES), st.integers(0, 12)),
            st.tuples(st.just("purge"), st.just(""), st.integers(1, 12)),
        ),
        max_size=14,
    ),
    pattern=st.sampled_from(PATTERNS),
    confusable=st.booleans(),
)
def test_whatever_happened_a_search_finds_what_is_there(
    search_for: SearchFor, detect: Detect, agency: Agency, doings: list[tuple[str, str, int]], pattern: str,
    confusable: bool,
) -> None:  # fmt: skip
    Detection.objects.all().delete()
    SeenPlate.objects.all().delete()
    ListedDay.objects.all().delete()
    for what, plate, days in doings:
        if what == "read":
            detect(plate, at=ago(days + 0.01))
        elif what == "list":
            list_all()
        elif what == "delete":
            Detection.objects.filter(plate=plate).captured(ago(days + 1), ago(days)).delete()
        else:
            Detection.objects.filter(id__lt=uuid7.floor(ago(days))).delete()
            plates_seen.forget(agency, ago(days))
    search = search_for(pattern, confusable=confusable)
    for order, sign in (("newest", "-pk"), ("oldest", "pk")):
        assert list(query.walk(search, order)) == list(query.matching(search).order_by(sign))
    _forgotten(agency)


def _forgotten(agency: Agency) -> None:
    """After the purge no plate is kept of which nothing stands."""
    plates_seen.forget(agency, timezone.now() + DAY)
    standing = set(Detection.objects.filter(agency=agency).values_list("plate_key", flat=True))
    assert set(seen(agency)) <= standing
