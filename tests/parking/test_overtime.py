"""Overtime hits from reads as they come in: once for each stay, late and out of order, in one zone alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Agency, Member
from detections.models import (
    Camera,
    Detection,
    Hit,
    ParkingDay,
    ParkingHit,
    ParkingRead,
    ParkingZone,
    SeenPlate,
    Transfer,
)  # fmt: skip
from detections.parking.closing import hit_cite
from detections.parking.overtime import _sight
from detections.parking.stays import of_day
from detections.parking.zones import zone_change
from hotlists.models import Entry
from tests.parking.conftest import PINE, QUAY, Send, read, yesterday

pytestmark = pytest.mark.django_db
Zones = tuple[ParkingZone, ParkingZone]


def hits() -> list[tuple[str, str, str]]:
    return list(ParkingHit.objects.order_by("first_at", "pk").values_list("match", "status", "zone_name"))


def test_a_listed_car_meets_no_hot_list_and_is_no_detection(
    zones: Zones, send: Send, entry: Callable[..., Entry]
) -> None:
    entry("8KRB412")
    receipt = send(read(yesterday(9), image=""))
    assert (receipt.transfer.accepted, receipt.transfer.hits, receipt.hit_ids) == (1, 0, [])
    assert not Hit.objects.exists()
    assert not Detection.objects.exists()
    assert not SeenPlate.objects.exists()
    assert ParkingRead.objects.get().zone == zones[0]


def test_the_same_batch_again_changes_nothing_and_another_read_under_its_id_is_a_conflict(
    zones: Zones, send: Send
) -> None:
    first = send(read(yesterday(9), sender_id="r-1"), read(yesterday(11, 30), sender_id="r-2"))
    again = send(read(yesterday(9), sender_id="r-1"), read(yesterday(11, 30), sender_id="r-2"))
    assert again.transfer == first.transfer
    other = send(read(yesterday(9), "7ABC123", sender_id="r-1"), read(yesterday(15), sender_id="r-3"))
    assert other.conflicts == ["r-1"]
    assert Transfer.objects.count() == 2
    assert ParkingHit.objects.count() == 1
    assert ParkingDay.objects.get().overtime_hits == 1


def test_an_unbroken_stay_past_the_limit_is_one_hit_with_its_newest_read(zones: Zones, send: Send) -> None:
    send(read(yesterday(9)), read(yesterday(11)))
    assert hits() == []
    send(read(yesterday(11, 1), make="HONDA", color="SIL"))
    send(read(yesterday(13)))
    assert hits() == [("exact", "open", "Quay St")]
    hit = ParkingHit.objects.get()
    assert (hit.first_at, hit.last_at, hit.reads) == (yesterday(9), yesterday(13), 4)
    assert hit.over == timedelta(hours=2)


@pytest.mark.parametrize(
    "between",
    [
        {"place": PINE},
        {"place": (38.2, -122.3)},
    ],
)
def test_a_read_elsewhere_breaks_the_stay_also_when_it_comes_late(
    zones: Zones, send: Send, administrator: Member, between: dict[str, Any]
) -> None:
    send(read(yesterday(9)), read(yesterday(11, 30)))
    assert hits() == [("exact", "open", "Quay St")]
    send(read(yesterday(10), **between))
    assert hits() == [("exact", "broken", "Quay St")]
    send(read(yesterday(13)))
    assert len(hits()) == 1
    send(read(yesterday(14)))
    assert hits()[1:] == [("exact", "open", "Quay St")]
    assert ParkingHit.objects.get(status="open").first_at == yesterday(11, 30)


def test_neither_the_night_nor_what_is_outside_the_hours_counts(zones: Zones, send: Send) -> None:
    late, early = yesterday(17), yesterday(8, 30)
    send(read(late - timedelta(days=1)), read(early), read(yesterday(7)), read(yesterday(10)))
    assert hits() == []
    send(read(yesterday(19)))
    assert hits() == []


def test_a_read_without_a_place_says_nothing(zones: Zones, send: Send) -> None:
    send(read(yesterday(9)), read(yesterday(10), place=None), read(yesterday(11, 30)))
    assert hits() == [("exact", "open", "Quay St")]


def test_plates_that_read_alike_are_possible_until_an_exact_read_says_more(zones: Zones, send: Send) -> None:
    send(read(yesterday(9)), read(yesterday(11, 30), "BKRB412"))
    assert hits() == [("possible", "open", "Quay St")]
    assert [place.number for place in ParkingHit.objects.get().differing] == [1]
    send(read(yesterday(12)))
    assert hits() == [("exact", "open", "Quay St")]
    assert ParkingHit.objects.get().differing == []
    send(read(yesterday(9), "7ABC123", state="NV"), read(yesterday(12), "7ABC123"))
    assert len(hits()) == 1


def test_what_was_ended_is_not_made_again(zones: Zones, send: Send, administrator: Member) -> None:
    send(read(yesterday(9)), read(yesterday(11, 30)))
    hit_cite(actor=administrator, hit=ParkingHit.objects.get(), citation_number="26-1")
    send(read(yesterday(13)))
    send(read(yesterday(10), place=PINE))
    hit = ParkingHit.objects.get()
    assert (hit.status, hit.last_at, hit.broken_at is not None) == ("cited", yesterday(11, 30), True)


def test_a_changed_limit_counts_from_the_change_and_late_reads_under_the_old(
    zones: Zones, send: Send, administrator: Member
) -> None:
    terms = {
        "name": "Quay St", "limit_minutes": 30, "days": range(1, 8), "starts": time(8), "ends": time(18),
        "circle": (*QUAY, 200),
    }  # fmt: skip
    changed = zone_change(actor=administrator, zone=zones[0], **terms)
    ParkingZone.objects.filter(pk=zones[0].pk).update(closed_at=yesterday(10))
    ParkingZone.objects.filter(pk=changed.pk).update(opened_at=yesterday(10))
    send(read(yesterday(9)), read(yesterday(9, 50)), read(yesterday(10, 10)), read(yesterday(10, 35)))
    assert hits() == []
    send(read(yesterday(10, 41)))
    assert ParkingHit.objects.get().limit_minutes == 30
    assert ParkingHit.objects.get().first_at == yesterday(10, 10)


def test_a_fixed_parking_camera_of_a_zone_reads_in_it(
    zones: Zones, send: Send, agency: Agency, cart: Camera
) -> None:
    zones[1].cameras.add(cart)
    send(read(yesterday(9), place=None), read(yesterday(12), place=(38.2, -122.3)))
    assert hits() == [("exact", "open", "Pine St")]


PLACES = {"quay": QUAY, "pine": PINE, "street": (38.2, -122.3)}
SEEN = st.lists(
    st.tuples(
        st.integers(0, 11 * 60), st.sampled_from(["quay", "quay", "quay", "pine", "street"]),
        st.sampled_from(["8KRB412", "8KRB412", "BKRB412"]),
    ),
    min_size=2, max_size=9, unique_by=lambda one: one[0],
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=SEEN, cuts=st.lists(st.integers(1, 8), max_size=3))
def test_whatever_the_order_each_stay_past_its_limit_has_one_hit(
    zones: Zones, send: Send, seen: list[tuple[int, str, str]], cuts: list[int]
) -> None:
    reads = [read(yesterday(7, minute), plate, place=PLACES[where]) for minute, where, plate in seen]
    with transaction.atomic():
        edges = [0, *sorted({cut for cut in cuts if cut < len(reads)}), len(reads)]
        for start, end in pairwise(edges):
            send(*reads[start:end])
        stored = ParkingRead.objects.select_related("zone")
        day = of_day(_sight(row) for row in stored)
        standing = list(ParkingHit.objects.filter(broken_at=None))
        for stay in day.overtime:
            within = [
                hit for hit in standing
                if hit.is_exact and hit.plate == stay.last.plate
                and stay.holds(hit.zone_id, hit.first_at, hit.last_at)
            ]  # fmt: skip
            assert [(hit.first_at, hit.last_at) for hit in within] == [(stay.first.at, stay.last.at)]
        for hit in standing:
            stays = day.overtime if hit.is_exact else day.alike
            assert any(stay.holds(hit.zone_id, hit.first_at, hit.last_at) for stay in stays)
        assert ParkingDay.objects.get().overtime_hits == ParkingHit.objects.count()
        transaction.set_rollback(True)
