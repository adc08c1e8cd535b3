"""The place of a search: what is no place, and which cameras and reads lie inside."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detections import search as query
from detections import search_places
from detections.models import Camera, Search
from tests.search.conftest import Detect, SearchFor
from trail.models import Event
from trail.verbs import Verb

QUAY = (38.1, -122.25)
SQUARE = [[38.09, -122.26], [38.11, -122.26], [38.11, -122.24], [38.09, -122.24]]
METERS_A_DEGREE = 2 * math.pi * search_places.EARTH_M / 360


def plates(search: Search) -> list[str]:
    return sorted(query.matching(search).values_list("plate", flat=True))


@pytest.mark.parametrize(
    ("place", "field", "says"),
    [
        ({"circle": (91, 0, 100)}, "circle", "between -90 and 90"),
        ({"circle": (0, 181, 100)}, "circle", "between -180 and 180"),
        ({"circle": (math.nan, 0, 100)}, "circle", "between -90 and 90"),
        ({"circle": ("north", 0, 100)}, "circle", "latitude and a longitude"),
        ({"circle": (38.1, -122.25)}, "circle", "middle and a radius"),
        ({"circle": (*QUAY, 0)}, "circle", "between 1 meter and 50 kilometers"),
        ({"circle": (*QUAY, 50_001)}, "circle", "between 1 meter and 50 kilometers"),
        ({"circle": (*QUAY, math.inf)}, "circle", "between 1 meter and 50 kilometers"),
        ({"circle": (*QUAY, 100), "area": SQUARE}, "area", "not both"),
        ({"area": SQUARE[:2]}, "area", "3 to 100 corners; this has 2"),
        ({"area": [SQUARE[0]] * 5}, "area", "3 to 100 corners; this has 1"),
        ({"area": [[38 + n / 1e3, -122 - (n % 2)] for n in range(102)]}, "area", "at most 100 corners"),
        ({"area": [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]}, "area", "crosses itself"),
        ({"area": [[0, 0], [1, 1], [2, 2]]}, "area", "crosses itself"),
        ({"area": [[0, 0], [0, 2], [0, 1], [1, 1]]}, "area", "crosses itself"),
        ({"area": [[0, 0], [0, 4], [2, 4], [0, 2], [2, 0]]}, "area", "crosses itself"),
        ({"area": [[0, -170], [1, 170], [-1, 0]]}, "area", "around the earth"),
        ({"area": [[0, 0, 0], [0, 1, 0], [1, 1, 0]]}, "area", "latitude and a longitude"),
    ],
)
def test_what_is_no_place_is_refused(
    search_for: SearchFor, place: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        search_for("8KRB412", **place)
    assert says in refused.value.message_dict[field][0]
    assert not Search.objects.exists()


def test_a_drawn_area_is_kept_without_corners_that_repeat() -> None:
    drawn = [*SQUARE[:2], SQUARE[1], *SQUARE[2:], SQUARE[0]]
    assert [list(corner) for corner in search_places.read_area(drawn)] == SQUARE


@pytest.mark.parametrize("place", [{"circle": (*QUAY, 500)}, {"area": SQUARE}, {"area": [*SQUARE[::-1]]}])
def test_fixed_cameras_lie_where_they_stand_and_moving_ones_where_they_read(
    search_for: SearchFor, detect: Detect, camera: Camera, place: dict[str, Any]
) -> None:
    agency = camera.agency
    far = Camera.objects.create(agency=agency, code="far", name="Far", latitude=38.3, longitude=-122.25)
    nowhere = Camera.objects.create(agency=agency, code="nowhere", name="Nowhere")
    car = Camera.objects.create(
        agency=agency, code="car", name="Car", kind="mobile", latitude=38.1, longitude=-122.25
    )
    trailer = Camera.objects.create(agency=agency, code="trailer", name="Trailer", kind="trailer")
    here, there = (
        dict(zip(("latitude", "longitude"), QUAY, strict=True)),
        {"latitude": 38.3, "longitude": -122.25},
    )
    detect("1AAA111")
    detect("1AAA112", **there)
    detect("1AAA113", camera=far, **here)
    detect("1AAA114", camera=nowhere, **here)
    detect("1AAA115", camera=car, **here)
    detect("1AAA116", camera=car, **there)
    detect("1AAA117", camera=car)
    detect("1AAA118", camera=trailer, **here)
    assert plates(search_for("", since=_hours(20), **place)) == ["1AAA111", "1AAA112", "1AAA115", "1AAA118"]
    assert plates(search_for("", since=_hours(20), cameras=[car], **place)) == ["1AAA115"]


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    latitude=st.floats(-89, 89),
    longitude=st.floats(-180, 180),
    radius=st.integers(1, 50_000),
    part=st.floats(0, 2).filter(lambda part: abs(part - 1) > 0.01),
    east=st.booleans(),
)
def test_a_circle_has_its_radius_on_the_ground(
    camera: Camera, latitude: float, longitude: float, radius: int, part: float, east: bool
) -> None:
    degrees = part * radius / METERS_A_DEGREE
    if east:
        degrees /= max(math.cos(math.radians(latitude)), 0.01)
        Camera.objects.filter(pk=camera.pk).update(latitude=latitude, longitude=_around(longitude + degrees))
    else:
        up = latitude + degrees if latitude < 0 else latitude - degrees
        Camera.objects.filter(pk=camera.pk).update(latitude=up, longitude=longitude)
    search = Search(agency=camera.agency, latitude=latitude, longitude=longitude, radius_m=radius)
    if east and degrees > 1:
        return
    assert search_places.covered(search, [camera]) == (part < 1)


def _around(longitude: float) -> float:
    return (longitude + 180) % 360 - 180


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(angles=st.lists(st.integers(0, 359), min_size=3, max_size=12, unique=True), out=st.floats(0.2, 1.8))
def test_an_area_drawn_around_a_point_holds_it(camera: Camera, angles: list[int], out: float) -> None:
    """Corners in the order of their angle never cross; the point is inside where no gap is half a turn."""
    angles.sort()
    gaps = [after - before for before, after in zip(angles, [*angles[1:], angles[0] + 360], strict=True)]
    if max(gaps) in range(175, 186) or min(gaps) < 1:
        return
    corners = [(10 + math.sin(math.radians(a)) * out, 20 + math.cos(math.radians(a)) * out) for a in angles]
    area = search_places.read_area(corners)
    Camera.objects.filter(pk=camera.pk).update(latitude=10, longitude=20)
    search = Search(agency=camera.agency, area=area)
    assert search_places.covered(search, [camera]) == (max(gaps) < 180)


def test_a_place_counts_the_cameras_that_may_have_seen_it(search_for: SearchFor, camera: Camera) -> None:
    agency = camera.agency
    for number in range(12):
        Camera.objects.create(
            agency=agency, code=f"far-{number}", name="Far", latitude=38.3, longitude=-122.25
        )
    assert search_for("").broad_why
    assert "13 cameras" in search_for("", since=None).broad_why
    assert not search_for("", circle=(*QUAY, 500), since=_hours(2)).broad_why
    for number in range(10):
        Camera.objects.create(agency=agency, code=f"car-{number}", name="Car", kind="mobile")
    assert "11 cameras" in search_for("", circle=(*QUAY, 500), since=_hours(2)).broad_why


def _hours(count: int) -> datetime:
    return timezone.now() - timedelta(hours=count)


def test_the_trail_holds_the_place(search_for: SearchFor) -> None:
    search_for("8KRB412", circle=(*QUAY, 500))
    search_for("8KRB412", area=SQUARE)
    second, first = Event.objects.filter(verb=Verb.SEARCHED).order_by("-id")
    assert (first.elements["circle"], first.elements["radius_m"]) == ([38.1, -122.25], 500)
    assert second.elements["area"] == SQUARE
