"""The map of the moment: true places, true distances, everything in the table, and nothing out of sight."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Member
from detections.console_board import board
from detections.console_map import ASPECT, METERS_IN_A_MILE, Plane, map_of
from detections.models import Camera, CameraGroup, Hit
from hotlists.models import HotList, Priority
from tests.hits.conftest import MakeHit
from trail.models import Event
from trail.verbs import Verb

At = Callable[[Member], Client]
PLACES = st.lists(st.tuples(st.integers(-60, 65), st.integers(-179, 179)), min_size=1, max_size=8).map(
    lambda places: [(latitude + 0.25, longitude + 0.5) for latitude, longitude in places]
)


def camera(latitude: float | None, longitude: float | None, **facts: Any) -> Camera:
    """A camera that is not stored."""
    return Camera(latitude=latitude, longitude=longitude, **facts)


def meters(one: Camera, other: Camera) -> float:
    """The distance over the ball of the earth (haversine)."""
    (a, b), (c, d) = (
        (math.radians(each.latitude or 0), math.radians(each.longitude or 0)) for each in (one, other)
    )
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6_371_000 * math.asin(math.sqrt(h))


@given(PLACES)
def test_every_camera_lies_on_the_sheet_with_north_up(places: list[tuple[float, float]]) -> None:
    cameras = [camera(latitude, longitude) for latitude, longitude in places]
    plane = Plane.around(cameras)
    placed = [plane.place(each) for each in cameras]
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in placed)
    for (latitude, longitude), (x, y) in zip(places, placed, strict=True):
        for (other_latitude, other_longitude), (u, v) in zip(places, placed, strict=True):
            assert y <= v or latitude <= other_latitude
            assert x <= u or longitude >= other_longitude


@given(st.floats(-55, 60), st.floats(-150, 150), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_distances_are_true_to_the_scale(lat: float, lon: float, north: float, east: float) -> None:
    one, other = camera(lat, lon), camera(lat + north, lon + east)
    plane = Plane.around([one, other])
    (x, y), (u, v) = plane.place(one), plane.place(other)
    drawn = math.hypot(x - u, (y - v) / ASPECT) / 100 * plane.width
    assert drawn == pytest.approx(meters(one, other), rel=0.01, abs=plane.width * 0.0005)


@given(PLACES)
def test_the_scale_s_bars_are_round_and_long_enough_to_use(places: list[tuple[float, float]]) -> None:
    plane = Plane.around([camera(latitude, longitude) for latitude, longitude in places])
    for bar, unit in zip(plane.bars(), (METERS_IN_A_MILE, 1_000.0), strict=True):
        number = float(bar.label.split()[0])
        assert bar.length == pytest.approx(number * unit / plane.width * 100, abs=0.01)
        assert 10 < bar.length <= 30
        assert f"{number:e}"[0] in "125"


def test_cameras_that_would_lie_on_each_other_share_a_mark() -> None:
    far, here, there = camera(38.2, -122.2), camera(38.1, -122.25), camera(38.1001, -122.2501)
    plane = Plane.around([far, here, there])
    assert plane.groups([far, here, there]) == [[far], [here, there]]


@pytest.fixture
def town(operator: Member, make_hit: MakeHit) -> list[Hit]:
    """Two hits at a placed camera, one of them high, and one at a vehicle without a place."""
    agency = operator.agency
    hits = [make_hit(plate) for plate in ("8KRB412", "9BQT661", "5JHC874")]
    area = CameraGroup.objects.create(agency=agency, name="Harbor")
    Camera.objects.filter(pk=hits[0].camera_id).update(latitude=38.104, longitude=-122.256, group=area)
    Camera.objects.create(agency=agency, code="cam-30", name="Pine St", latitude=38.13, longitude=-122.24)
    car = Camera.objects.create(agency=agency, code="car-3", name="Unit 3", kind=Camera.Kind.MOBILE)
    Camera.objects.create(
        agency=agency, code="old", name="Gone", latitude=38.1, longitude=-122.2, is_active=False
    )
    Hit.objects.filter(pk=hits[1].pk).update(priority=Priority.HIGH)
    Hit.objects.filter(pk=hits[2].pk).update(camera=car)
    return hits


def test_hits_of_a_restricted_list_are_not_on_the_map(
    at: At, operator: Member, second_operator: Member, town: list[Hit], general_list: HotList
) -> None:
    HotList.objects.filter(pk=general_list.pk).update(is_restricted=True)
    page = at(operator).get("/console/map/").content.decode()
    assert "No open hit." in page
    assert not any(hit.number in page for hit in town)
    assign_perm("hotlists.see_restricted", second_operator, general_list)
    assert all(hit.number in at(second_operator).get("/console/map/").content.decode() for hit in town)


def test_the_map_shows_hits_at_their_cameras_and_the_table_says_the_same(
    at: At, operator: Member, town: list[Hit]
) -> None:
    drawn = map_of(board(operator))
    assert [(point.name, len(point.hits), point.priority) for point in drawn.points] == [
        ("Quay St at 5th", 2, "high"), ("Pine St", 0, ""),
    ]  # fmt: skip
    assert [(point.name, len(point.hits)) for point in drawn.unplaced] == [("Unit 3", 1)]
    page = at(operator).get("/console/map/").content.decode()
    table = page[page.index("map__table") :]
    for hit in town:
        assert f'href="/console/hits/{hit.pk}/">{hit.number}</a>' in table
    assert "no place" in table
    assert ">Harbor</text>" in page
    assert "Gone" not in page
    assert re.search(r'aria-label="A, Quay St at 5th: 2 open hits, high priority"', page)


def test_the_map_shows_no_plate_and_is_recorded(at: At, operator: Member, town: list[Hit]) -> None:
    page = at(operator).get("/console/map/panel/").content.decode()
    assert not any(hit.plate in page for hit in town)
    event = Event.objects.filter(verb=Verb.HITS_VIEWED, actor=operator).latest("pk")
    assert sorted(event.elements["hits"]) == [hit.pk for hit in town]
    assert event.detail == "3 on the map, without plates"


def test_the_panel_answers_only_what_is_new(at: At, operator: Member, town: list[Hit]) -> None:
    client = at(operator)
    have = map_of(board(operator)).fingerprint
    before = Event.objects.count()
    assert client.get(f"/console/map/panel/?have={have}").status_code == 204
    assert Event.objects.count() == before
    Hit.objects.filter(pk=town[0].pk).update(
        status="closed", outcome="misread", closed_at=timezone.now(), closed_by=operator
    )
    assert client.get(f"/console/map/panel/?have={have}").status_code == 200


def test_without_places_the_table_alone_stands(at: At, operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    Camera.objects.update(latitude=None, longitude=None)
    page = at(operator).get("/console/map/").content.decode()
    assert "No camera has a place yet." in page
    assert hit.number in page
