"""What an entry would have met lately: the same as new reads would, within its days and its agency alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AdoptedPolicy, Member
from detections import past as answering
from detections.models import Camera
from hotlists.models import Entry, HotList
from hotlists.past import past
from tests.search.conftest import Detect, detect, evidence

__all__ = ["detect", "evidence"]


@pytest.fixture
def unsaved(specific_list: HotList) -> Any:
    """Makes an entry that is not stored."""
    return lambda plate="", **facts: Entry(hot_list=specific_list, plate=plate, **facts)


def days_ago(days: int) -> datetime:
    """The noon of a day past, or this moment's beginning for today."""
    day = timezone.localdate() - timedelta(days=days)
    noon = timezone.make_aware(datetime(day.year, day.month, day.day, 12))
    return noon if days else timezone.now() - timedelta(seconds=1)


def test_nothing_of_another_agency_or_before_those_days_counts(
    detect: Detect, unsaved: Any, outsider: Member
) -> None:
    theirs = Camera.objects.create(agency=outsider.agency, code="c", name="Elsewhere")
    detect(at=days_ago(1), camera=theirs)
    detect(at=days_ago(7))
    detect(at=days_ago(6))
    found = past(unsaved("8KR*"), 7)
    assert (found.reads, found.vehicles) == (1, 1)


def test_what_is_past_its_time_does_not_count_though_it_stands(
    detect: Detect, unsaved: Any, specific_list: HotList
) -> None:
    detect(at=days_ago(4))
    rules = specific_list.agency.policy.with_values({"retention.detections_days": 2}).to_dict()
    AdoptedPolicy.objects.filter(agency=specific_list.agency).update(rules=rules)
    assert past(unsaved("8KR*"), 7).reads == 0


def test_vehicles_a_day_are_of_the_days_that_are_kept_and_over(
    detect: Detect, unsaved: Any, specific_list: HotList
) -> None:
    for number in range(14):
        detect(f"8KR{number:03}", at=timezone.now() - timedelta(minutes=1))
    seven = past(unsaved("8KR*"), 7)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    days = 6 + (timezone.now() - midnight) / timedelta(days=1)
    assert seven.a_day == pytest.approx(14 / days, rel=0.01)
    rules = specific_list.agency.policy.with_values({"retention.detections_days": 2}).to_dict()
    AdoptedPolicy.objects.filter(agency=specific_list.agency).update(rules=rules)
    fresh = Entry(hot_list=HotList.objects.get(pk=specific_list.pk), plate="8KR*")
    assert past(fresh, 7).a_day == pytest.approx(7, rel=0.01)


def test_a_read_that_the_list_would_not_take_does_not_count(detect: Detect, unsaved: Any) -> None:
    detect("8KR8412", at=days_ago(1))
    detect("8KRB412", at=days_ago(1), state="NV", make="Honda")
    assert past(unsaved("8KRB*"), 7).reads == 2
    assert past(unsaved("8KRB*", state="CA"), 7).reads == 1
    assert past(unsaved("8KRB*", make="TOYT"), 7).reads == 1
    exact = unsaved("8KRB*")
    exact.hot_list.accepts = []
    assert past(exact, 7).reads == 1


@pytest.mark.parametrize("pattern", ["8KRB412", "8KR?412", "8K*", "*412", "*RB*", "8*2"])
def test_every_pattern_is_counted_by_day_and_by_vehicle(detect: Detect, unsaved: Any, pattern: str) -> None:
    for days in (0, 2, 2, 6):
        detect("8KRB412", at=days_ago(days))
    detect("7ABC123", at=days_ago(2))
    found = past(unsaved(pattern), 7)
    assert (found.reads, found.vehicles, found.plates) == (4, 1, (("8KRB412", 4),))
    assert [count for _, count in found.by_day] == [1, 0, 0, 0, 2, 0, 1]
    assert found.by_day[-1][0] == timezone.localdate()


def test_a_description_is_counted_in_whatever_words_readers_gave(detect: Detect, unsaved: Any) -> None:
    described = unsaved(make="TOYT", color="GRY")
    assert past(described, 7).reads == 0
    detect("8KRB412", at=days_ago(1), make="Toyota", color="silver")
    detect("7ABC123", at=days_ago(1), make="toyt", color="Gray")
    detect("7ABC124", at=days_ago(1), make="Toyota", color="red")
    detect("7ABC125", at=days_ago(1), make="Toyota")
    found = past(described, 7)
    assert {plate for plate, _ in found.plates} == {"8KRB412", "7ABC123"}


def test_the_vehicles_met_most_come_first_and_are_twenty(detect: Detect, unsaved: Any) -> None:
    for number in range(22):
        for _ in range(1 + (number == 21)):
            detect(f"8KR{number:03}", at=days_ago(1))
    found = past(unsaved("8KR*"), 7)
    assert (found.reads, found.vehicles, len(found.plates)) == (23, 22, 20)
    assert found.plates[0] == ("8KR021", 2)


def test_what_cannot_be_counted_in_time_says_so_and_is_over_every_limit(
    detect: Detect, unsaved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    detect(at=days_ago(1))
    detect("8KRB413", at=days_ago(1))
    monkeypatch.setattr(answering, "MOST_GROUPS", 1)
    found = past(unsaved("8KR*"), 7)
    assert not found.is_counted
    assert found.a_day > 10**9


def test_a_question_that_takes_too_long_is_stopped_and_leaves_no_limit_behind(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "SECONDS", 0.01)
    with pytest.raises(answering.TooBroad):
        answering._rows("SELECT pg_sleep(%s)", [5])
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
