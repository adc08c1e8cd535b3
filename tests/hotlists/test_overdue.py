"""A list past its interval is noted once a spell, by its source's own time; every page shows it as old."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Member
from hotlists import overdue
from hotlists.models import HotList
from hotlists.services import list_deactivate, list_set
from tests.hotlists.conftest import SignIn
from trail.models import Event
from trail.verbs import Verb


def made(hot_list: HotList, **ago: float) -> datetime:
    """Say when the source made what is in force."""
    moment = timezone.now() - timedelta(**ago)
    HotList.objects.filter(pk=hot_list.pk).update(source_at=moment)
    return moment


def since(hot_list: HotList) -> datetime | None:
    return HotList.objects.values_list("overdue_since", flat=True).get(pk=hot_list.pk)


def spells() -> int:
    return Event.objects.filter(verb=Verb.LIST_OVERDUE).count()


@pytest.mark.usefixtures("specific_list")
def test_a_fresh_list_and_a_specific_one_are_not_overdue(general_list: HotList) -> None:
    made(general_list, hours=23.9)
    assert overdue.check() == 0
    assert not HotList.objects.exclude(overdue_since=None).exists()
    assert spells() == 0


def test_a_list_out_of_use_is_not_overdue(general_list: HotList, administrator: Member) -> None:
    made(general_list, days=3)
    list_deactivate(actor=administrator, hot_list=general_list, why="No longer sent")
    assert overdue.check() == 0


def test_an_agency_without_a_policy_is_passed_over(general_list: HotList) -> None:
    made(general_list, days=3)
    other = Agency.objects.create(name="New Police Department", short_name="New")
    HotList.objects.filter(pk=general_list.pk).update(agency=other)
    assert overdue.check() == 0


def test_an_overdue_list_is_recorded_once_by_the_system(general_list: HotList) -> None:
    moment = made(general_list, hours=25)
    assert [overdue.check(), overdue.check()] == [1, 0]
    assert since(general_list) == moment + timedelta(hours=24)
    event = Event.objects.get(verb=Verb.LIST_OVERDUE)
    assert event.sentence == f"System: Hot lists found {general_list} overdue: its interval is 24 hours"
    assert event.agency == general_list.agency


def test_each_spell_is_recorded(general_list: HotList) -> None:
    made(general_list, hours=25)
    overdue.check()
    made(general_list, hours=1)
    assert overdue.check() == 0
    assert since(general_list) is None
    made(general_list, hours=30)
    assert overdue.check() == 1
    assert spells() == 2


def test_a_list_never_loaded_is_overdue_after_its_interval(general_list: HotList) -> None:
    HotList.objects.update(source_at=None)
    assert overdue.check() == 0
    HotList.objects.update(designated_at=timezone.now() - timedelta(hours=25))
    assert overdue.check() == 1


def test_the_shortest_interval_counts(general_list: HotList, administrator: Member) -> None:
    made(general_list, hours=7)
    assert overdue.check() == 0
    hot_list = list_set(actor=administrator, hot_list=general_list, refresh_hours=6)
    assert overdue.check() == 1
    list_set(actor=administrator, hot_list=hot_list, refresh_hours=None)
    assert overdue.check() == 0
    assert since(general_list) is None


@pytest.mark.django_db(transaction=True)
def test_a_list_that_is_being_loaded_is_left_to_the_load(general_list: HotList) -> None:
    made(general_list, hours=25)
    other = connections.create_connection("default")
    try:
        with transaction.atomic(), other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("SELECT 1 FROM hotlists_hotlist WHERE id = %s FOR UPDATE", [general_list.pk])
            assert overdue.check() == 0
            other.rollback()
    finally:
        other.close()
    assert overdue.check() == 1


@pytest.mark.parametrize("name", ["hot_plates", "hot_lists", "hot_list"])
def test_every_page_that_shows_a_list_shows_its_sources_age(
    name: str, general_list: HotList, operator: Member, sign_in: SignIn
) -> None:
    client = sign_in(operator)
    page = reverse(name, args=[general_list.pk] if name == "hot_list" else [])
    made(general_list, hours=23)
    fresh = client.get(page).content.decode()
    assert "23 h old" in fresh
    assert "past its interval" not in fresh
    made(general_list, hours=27)
    old = client.get(page).content.decode()
    assert "27 h old: past its interval" in old
    assert "mark--warn" in old
