"""The map of a search: every detection in one place, true pieces, and what was searched in sight."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import Member
from detections.forms_place import UNITS
from detections.models import Camera, Detection, Search
from detections.search_map import BadSpot, Spot, corners_of, ground_of, map_of
from detections.search_words import Asked
from tests.search.conftest import Detect, SearchFor

LATITUDES, LONGITUDES = st.floats(-90, 90), st.floats(-180, 180)
CAR = Camera(pk=3, code="car-3", name="Unit 3", kind=Camera.Kind.MOBILE)


@given(LATITUDES, LONGITUDES)
@example(38.104, -122.256)
@example(0.001, -0.001)
@example(-0.0, 180.0)
def test_a_read_lies_in_its_own_piece_and_the_address_names_it(latitude: float, longitude: float) -> None:
    spot = Spot.of(CAR, latitude, longitude)
    said = dict(part for part in spot.condition.children if isinstance(part, tuple))
    assert said["latitude__gte"] <= latitude < said["latitude__lt"]
    assert said["longitude__gte"] <= longitude < said["longitude__lt"]
    assert Spot.read(spot.key, {3: CAR}) == spot
    assert spot.latitude == pytest.approx(latitude, abs=0.0011)
    assert spot.longitude == pytest.approx(longitude, abs=0.0011)


@given(st.text() | st.from_regex(r"[0-9,.-]{0,40}", fullmatch=True))
def test_no_other_text_names_a_spot(text: str) -> None:
    try:
        spot = Spot.read(text, {3: CAR})
    except BadSpot:
        return
    assert spot.camera == CAR


def test_a_fixed_camera_s_reads_lie_where_it_stands() -> None:
    fixed = Camera(pk=4, code="cam-4", name="Pine St", latitude=38.1, longitude=-122.2)
    spot = Spot.of(fixed, 1.0, 1.0)
    assert (spot.latitude, spot.longitude, spot.key) == (38.1, -122.2, "4")
    assert Spot.of(CAR, None, None).latitude is None


@given(st.floats(-60, 60), st.floats(-170, 170), st.integers(1, 50_000))
def test_a_circle_is_drawn_round_and_as_large_as_it_is(
    latitude: float, longitude: float, radius: int
) -> None:
    corners = corners_of(Search(latitude=latitude, longitude=longitude, radius_m=radius))
    assert len(corners) == 48
    north = max(corner.latitude for corner in corners) - latitude
    assert north * 111_320 == pytest.approx(radius, rel=0.01)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({}, ""),
        (
            {"latitude": 38.104, "longitude": -122.256, "radius_m": 805},
            "within 0.5 miles of 38.1040, -122.2560",
        ),
        (
            {"latitude": 38.104, "longitude": -122.256, "radius_m": 100},
            "within 100 meters of 38.1040, -122.2560",
        ),
        ({"area": [[0, 0], [0, 1], [1, 1]]}, "in a drawn area of 3 corners"),
    ],
)
def test_a_place_in_words(place: dict[str, Any], words: str) -> None:
    assert Asked(Search(**place)).place == words


def test_units_are_what_they_are() -> None:
    assert {unit: meters for unit, (_, meters) in UNITS.items()} == {"mi": 1609.344, "ft": 0.3048, "m": 1.0}


def test_cameras_that_read_nothing_are_drawn_and_the_outline_lies_on_the_sheet(
    search_for: SearchFor, detect: Detect, operator: Member, camera: Camera
) -> None:
    Camera.objects.filter(pk=camera.pk).update(latitude=38.104, longitude=-122.256)
    Camera.objects.create(
        agency=operator.agency, code="cam-30", name="Pine St", latitude=38.13, longitude=-122.24
    )
    Camera.objects.create(
        agency=operator.agency, code="old", name="Gone", latitude=30, longitude=-100, is_active=False
    )
    detect()
    search = search_for("8KRB412", circle=(38.11, -122.25, 3000))
    found = list(Detection.objects.select_related("camera"))
    drawn = map_of(search, found)
    assert [(point.letter, point.count) for point in drawn.points] == [("A", 1)]
    assert [point.name for point in drawn.others] == ["Pine St"]
    outline = [tuple(float(share) for share in pair.split(",")) for pair in drawn.outline.split()]
    assert len(outline) == 48
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in outline)
    assert drawn.letter_of(found[0]) == "A"


def test_without_a_camera_in_its_place_there_is_no_ground_to_draw_on() -> None:
    assert ground_of([CAR, Camera(pk=9, code="x", name="No place")]) is None
