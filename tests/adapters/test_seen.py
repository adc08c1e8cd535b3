"""The same car again: one detection whatever the order, however often, from however many requests."""

from __future__ import annotations

import itertools
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detections.adapters import axis, seen
from detections.models import Camera, CarSeen, Detection, ReaderKey, Transfer
from detections.schedules import TABLE
from tests.adapters.conftest import Send, files, in_base64, jpeg, some_time_ago
from tests.adapters.messages_one import event, group

pytestmark = pytest.mark.django_db


def told(send: Send, *contents: dict[str, Any], kind: str = "axis") -> list[int]:
    return [send(kind, content).status_code for content in contents]


def test_another_car_is_another_detection(send: Send) -> None:
    at = some_time_ago()
    assert (
        told(send, event(at), event(at, carID="124"), event(at, sensorProviderID="gate-south")) == [201] * 3
    )
    assert Detection.objects.count() == 3


def test_a_car_that_is_refused_is_not_seen(send: Send) -> None:
    at = some_time_ago()
    assert told(send, event(at, plateUTF8="WAY-TOO-LONG-A-PLATE"), event(at, "update")) == [400, 201]
    assert Detection.objects.get().plate == "8KRB412"


@pytest.mark.parametrize("order", list(itertools.permutations(["new", "update", "lost"])), ids="-".join)
def test_the_events_of_a_car_are_one_detection_in_any_order(send: Send, order: tuple[str, ...]) -> None:
    start = some_time_ago()
    times = {"new": start, "update": start + timedelta(seconds=1), "lost": start + timedelta(seconds=11)}
    assert told(send, *(event(times[state], state) for state in order)) == [201, 200, 200]
    assert Detection.objects.get().captured_at == times[order[0]]
    assert list(Transfer.objects.order_by("pk").values_list("accepted", "duplicates")) == [
        (1, 0),
        (0, 1),
        (0, 1),
    ]


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(["new", "update", "lost"]), st.integers(0, 3)), min_size=1, max_size=8)
)
def test_as_many_detections_as_cars(send: Send, messages: list[tuple[str, int]]) -> None:
    Detection.objects.all().delete()
    CarSeen.objects.all().delete()
    at = some_time_ago()
    for offset, (state, car) in enumerate(messages):
        send("axis", event(at + timedelta(seconds=offset), state, carID=car))
    assert Detection.objects.count() == len({car for _, car in messages})


def test_a_group_sent_again_in_other_words_is_the_same_car(send: Send, evidence: Any) -> None:
    at = some_time_ago()
    picture = in_base64(jpeg())
    first = group(at, vehicle_crop_jpeg=picture)
    assert told(send, first, {**first, "agent_version": "2.9"}, kind="rekor") == [201, 200]
    assert Detection.objects.count() == len(files(evidence)) == 1


def test_a_message_sent_again_has_the_first_receipt(send: Send) -> None:
    first, second = send("axis", content := event(some_time_ago())), send("axis", content)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["receipts"] == second.json()["receipts"]
    assert Transfer.objects.count() == 1


def test_a_camera_that_counts_anew_tells_of_another_car(send: Send) -> None:
    at = some_time_ago(axis.SAME_FOR.total_seconds() / 60 + 30)
    later = at + axis.SAME_FOR + timedelta(seconds=1)
    assert told(send, event(at), event(at + axis.SAME_FOR, "update"), event(later), event(later, "lost")) == [
        201,
        200,
        201,
        200,
    ]
    assert Detection.objects.count() == 2


def test_a_car_whose_detection_is_gone_is_not_stored_again(send: Send) -> None:
    at = some_time_ago()
    told(send, event(at))
    Detection.objects.all().delete()
    assert told(send, event(at, "update")) == [200]
    assert not Detection.objects.exists()


def test_a_car_is_one_for_each_camera(
    send: Send, channel: Any, camera: Camera, second_camera: Camera
) -> None:
    channel("1702", camera)
    channel("1703", second_camera)
    at = some_time_ago()
    one = group(at)
    assert told(send, one, {**one, "camera_id": 1703}, kind="rekor") == [201, 201]


def test_cars_are_forgotten_daily(send: Send) -> None:
    told(send, event(some_time_ago()), event(some_time_ago(), carID="124"))
    CarSeen.objects.filter(car__endswith="124").update(
        seen_at=timezone.now() - seen.SEEN_FOR - timedelta(minutes=1)
    )
    assert TABLE["Forget cars seen"]["func"] == "detections.adapters.seen.sweep"
    assert seen.sweep() == 1
    assert CarSeen.objects.get().car == "gate-north:123"


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_store_one_detection(reader_key: tuple[ReaderKey, str]) -> None:
    at, start, codes = some_time_ago(), threading.Barrier(4), []

    def request(number: int) -> None:
        content = event(at + timedelta(milliseconds=number), "update", packetCounter=number)
        start.wait(timeout=30)
        answer = Client().post(
            "/api/v1/readers/axis/",
            json.dumps(content),
            content_type="application/json",
            headers={"Authorization": f"Bearer {reader_key[1]}"},
        )
        codes.append(answer.status_code)
        connections.close_all()

    threads = [threading.Thread(target=request, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(codes) == [200, 200, 200, 201]
    assert Detection.objects.count() == CarSeen.objects.count() == 1
