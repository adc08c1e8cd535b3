"""The rules by themselves: whatever the reads are, in whatever order, no vehicle is wronged by chance."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detections import uuid7
from detections.findings import apart, unlike
from detections.findings.seen import Limits, Place, Seen, by_state, is_sure, rivals_of

NOON = datetime(2026, 11, 22, 20, tzinfo=UTC)
ASKED = Limits()
QUAY, CITY = Place(38.10, -122.25), Place(37.78, -122.41)
numbers = count(1)

places = st.builds(Place, st.floats(32, 42), st.floats(-124, -114))
moments = st.integers(0, 7_200_000).map(lambda ms: NOON + timedelta(milliseconds=ms))
reads = st.builds(
    lambda place, moment, camera, state, confidence: seen(
        place=place, at=moment, camera=camera, state=state, confidence=confidence
    ),
    places, moments, st.integers(1, 5), st.sampled_from(["CA", "NV", ""]), st.floats(0.85, 1),
)  # fmt: skip
looks = st.builds(
    lambda make, color, body, camera, minutes: seen(
        make=make, color=color, body=body, camera=camera, at=NOON + timedelta(minutes=minutes)
    ),
    st.sampled_from(["", "Toyota", "Lexus", "Ford", "Honda"]),
    st.sampled_from(["", "red", "blue", "white", "black", "gray", "yellow"]),
    st.sampled_from(["", "sedan", "suv", "pickup", "motorcycle", "bus"]),
    st.integers(1, 4), st.integers(0, 10_000),
)  # fmt: skip


def seen(
    plate: str = "8KRB412", *, at: datetime = NOON, camera: int = 1, place: Place | None = QUAY, **facts: Any
) -> Seen:
    key = uuid7.detection_id(at, camera=camera, sender_id=str(next(numbers)))
    said: dict[str, Any] = {"state": "CA", "confidence": 0.97} | facts
    return Seen(key=key, plate=plate, captured_at=at, camera=camera, place=place, **said)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_one_plate_at_two_places_too_far_apart_for_the_time_is_found() -> None:
    found = apart.apart(seen(), seen(camera=2, place=CITY, at=after(5)), ASKED)
    assert found is not None
    assert found.kilometers == pytest.approx(38.2, abs=0.5)
    assert found.kmh == pytest.approx((found.kilometers - 1) / (7 / 60))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"at": after(30)}),
        ({"state": "CA"}, {"state": "NV"}),
        ({}, {"plate": "8KRB4I2"}),
        ({}, {"camera": 1}),
        ({}, {"place": None}),
        ({}, {"confidence": 0.8}),
        ({}, {"confidence": None}),
        ({"rivals": (0.91,)}, {}),
        ({"clock_is_off": True}, {}),
        ({"plate": "KRB4"}, {"plate": "KRB4"}),
    ],
    ids=[
        "time enough", "another state", "a confusable plate", "the same camera", "no place", "not confident",
        "confidence unknown", "another reading as likely", "a clock that is off", "a part of a plate",
    ],
)  # fmt: skip
def test_nothing_is_found_where_it_cannot_be_told(one: dict[str, Any], other: dict[str, Any]) -> None:
    far: dict[str, Any] = {"camera": 2, "place": CITY, "at": after(5)}
    assert apart.apart(seen(**one), seen(**far | other), ASKED) is None


@given(places, moments, moments)
def test_the_same_place_is_never_two(place: Place, one: datetime, other: datetime) -> None:
    near = Place(place.latitude + 0.01, place.longitude)
    for there in (place, near):
        assert apart.apart(seen(at=one, place=place), seen(at=other, camera=2, place=there), ASKED) is None


@given(reads, reads)
def test_neither_read_comes_first(one: Seen, other: Seen) -> None:
    assert apart.apart(one, other, ASKED) == apart.apart(other, one, ASKED)


@given(reads, reads, st.floats(-60, 60), st.floats(-60, 60))
def test_no_clock_that_counts_as_right_makes_a_finding(
    one: Seen, other: Seen, late: float, early: float
) -> None:
    found = apart.apart(one, other, ASKED)
    if found is None:
        return
    truly = abs((other.captured_at + timedelta(seconds=early)) - (one.captured_at + timedelta(seconds=late)))
    hours = truly / timedelta(hours=1)
    assert found.kilometers - 2 * apart.PLACE_ERROR_KM > ASKED.kmh * hours


@given(places, places, places)
def test_distances_are_those_of_a_sphere(a: Place, b: Place, c: Place) -> None:
    one, other, round_about = (
        apart.great_circle_km(a, b), apart.great_circle_km(b, a),
        apart.great_circle_km(a, c) + apart.great_circle_km(c, b),
    )  # fmt: skip
    assert one == pytest.approx(other)
    assert one <= round_about + 1e-6


@given(st.lists(reads, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_reads_makes_no_difference(around: list[Seen], rng: random.Random) -> None:
    mixed = rng.sample(around, len(around))
    assert apart.of_plate(around, around, ASKED) == apart.of_plate(mixed, mixed, ASKED)


def test_a_state_that_was_not_read_and_a_confusable_plate_are_doubts() -> None:
    one, other = seen(), seen(camera=2, place=CITY, at=after(5), state="")
    twin = seen("BKRB412", camera=2, place=CITY, at=after(60))
    found = apart.of_plate([other], [one, other, twin], ASKED)
    assert found is not None
    assert set(found.doubts) == {"state", "confusable"}
    assert found.state == "CA"
    assert found.one is one


def test_reads_without_a_state_belong_to_nobody_where_two_states_were_read() -> None:
    alone, nevada, unread = seen(), seen(state="NV"), seen(state="")
    assert by_state([alone, unread]) == {"CA": [alone, unread]}
    assert by_state([alone, nevada, unread]) == {"CA": [alone], "NV": [nevada], "": [unread]}


def test_other_readings_count_with_their_confidence() -> None:
    assert rivals_of("8KRB412", [{"plate": "8KRB412", "confidence": 0.9}, {"plate": "BKRB412"}]) == (1.0,)
    assert is_sure(seen(confidence=0.95, rivals=(0.5,)), ASKED)
    assert not is_sure(seen(confidence=0.95, rivals=(1.0,)), ASKED)


def car(minutes: float, camera: int = 1, **facts: str) -> Seen:
    said = {"make": "Toyota", "color": "red", "body": "sedan"} | facts
    return seen(at=after(minutes), camera=camera, **said)


def of(reads: list[Seen], fresh: list[Seen] | None = None) -> Any:
    keys = {read.key for read in (reads if fresh is None else fresh)}
    return unlike.of_plate(keys, reads, ASKED, "8KRB412", "CA")


def test_a_motorcycle_and_a_car_are_found_at_once_and_two_cars_once_each_was_seen_twice() -> None:
    bike = car(60, make="Yamaha", body="motorcycle")
    assert of([car(0), bike]).weight == 4
    other = [car(100, make="Ford", color="blue"), car(200, 2, make="Ford", color="blue")]
    assert of([car(0), other[0], other[1]]) is None, "the first car was seen once"
    found = of([car(0), car(50, 3), *other])
    assert found.weight == 2
    assert {read.make for read in (found.one, found.other)} == {"Toyota", "Ford"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"color": "silver", "make": ""}, {"color": "gray", "make": "Honda"}),
        ({"color": "red"}, {"color": "gray", "make": "Honda"}),
        ({"make": "Lexus", "color": "blue", "body": ""}, {"make": "Toyota"}),
        ({"body": "suv", "color": ""}, {"body": "sedan", "make": "Honda"}),
        ({"body": "trailer", "make": "", "color": ""}, {"body": "motorcycle", "make": "", "color": ""}),
        ({"make": "", "color": "", "body": ""}, {"make": "Yamaha", "body": "motorcycle"}),
        ({"color": "bluish", "make": "Toyoda"}, {"make": "Honda", "color": "blue"}),
    ],
    ids=["gray at night", "no color at night", "one maker", "a high sedan", "a trailer", "unread", "unknown"],
)
def test_what_light_and_likeness_explain_is_no_other_vehicle(
    one: dict[str, str], other: dict[str, str]
) -> None:
    first = [car(0, **one), car(60, 2, **one)]
    assert of([*first, car(100, 3, **other), car(200, 4, **other)]) is None


def test_one_passing_before_one_camera_is_said_once() -> None:
    other = [car(100 + at, make="Ford", color="blue") for at in (0, 2, 9, 18)]
    assert unlike.passes(other) == 1
    assert of([car(0), car(50, 3), *other]) is None


def test_a_finding_needs_a_new_read() -> None:
    old = [car(0), car(60, make="Yamaha", body="motorcycle")]
    fresh = car(120)
    assert of([*old, fresh], fresh=[]) is None
    assert of([*old, fresh], fresh=[fresh]) is not None


@given(st.lists(looks, min_size=2, max_size=9), st.randoms(use_true_random=False))
def test_vehicles_are_told_apart_whatever_the_order(around: list[Seen], rng: random.Random) -> None:
    mixed = rng.sample(around, len(around))
    assert of(around) == of(mixed)


@given(looks, looks)
def test_two_looks_contradict_each_other_alike_and_never_themselves(one: Seen, other: Seen) -> None:
    a, b = unlike.Look.of(one), unlike.Look.of(other)
    assert unlike.compare(a, b) == unlike.compare(b, a)
    assert unlike.compare(a, a).points == 0
