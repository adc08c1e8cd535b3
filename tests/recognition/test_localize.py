"""Where a plate may be, found by edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detections.recognition.localize import localize, overlap
from tests.recognition.drawn import draw_scene

BOXES = st.tuples(*[st.integers(0, 200)] * 2, *[st.integers(1, 200)] * 2)


def test_an_even_picture_holds_no_plate() -> None:
    assert localize(np.full((480, 640, 3), 128, dtype=np.uint8)) == []


@pytest.mark.parametrize("size", [(8, 8), (8, 2000), (2000, 8), (33, 35)])
def test_a_picture_of_any_size_is_looked_at(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (*size, 3)).astype(np.uint8)

    assert len(localize(noise)) <= 5


@pytest.mark.parametrize("width", [120, 200, 280])
def test_a_drawn_plate_is_among_five_candidates(width: int) -> None:
    image, (x, y, wide, high) = draw_scene("7KRB412", width=width)

    centres = [(box[0] + box[2] / 2, box[1] + box[3] / 2) for box in localize(image, limit=5)]

    assert any(x <= across <= x + wide and y <= down <= y + high for across, down in centres)


@given(BOXES, BOXES)
def test_overlap_is_a_share_and_the_same_both_ways(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int]
) -> None:
    assert 0.0 <= overlap(one, other) <= 1.0
    assert overlap(one, other) == overlap(other, one)
    assert overlap(one, one) == 1.0
