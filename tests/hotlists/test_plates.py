"""Plates as people type them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotlists.plates import BadPlate, normalize, typed


@pytest.mark.parametrize("text", ["8AB?12*", "8AB_12", "8АВС123", "8ABC123; DROP", "", " - ", "A" * 11])
def test_what_is_no_plate_is_refused(text: str) -> None:
    with pytest.raises(BadPlate):
        typed(text)


@pytest.mark.parametrize(("text", "plate"), [(" 8abc-123 ", "8ABC123"), ("1.AB 2", "1AB2")])
def test_spaces_hyphens_and_dots_go(text: str, plate: str) -> None:
    assert typed(text) == plate


@given(st.text(max_size=14))
def test_typed_is_normalize_or_a_refusal(text: str) -> None:
    with contextlib.suppress(BadPlate):
        assert typed(text) == normalize(text)
