"""How fuzzy a list is: what it takes for a listed plate, and the misreads that it shows beforehand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotlists.fuzziness import accepts, misreads
from hotlists.plates import GROUPS, fold

CHARACTERS = "0ODQ1I8B5S2Z6GAK"
PLATES = st.text(CHARACTERS, min_size=1, max_size=5)
CHOSEN = st.lists(st.sampled_from(GROUPS), unique=True)


@pytest.mark.parametrize(
    ("groups", "most", "read"),
    [
        ([], 10, "8KR8412"),
        (["0ODQ", "1I"], 10, "8KR8412"),
        (GROUPS, 0, "8KR8412"),
        (GROUPS, 1, "BKR8412"),
        (GROUPS, 10, "8KRB41"),
        (GROUPS, 10, "8KRB4120"),
        (GROUPS, 10, "8KRC412"),
        (["8C"], 10, "CKRB412"),
    ],
)
def test_what_a_list_does_not_take_for_the_plate(groups: list[str], most: int, read: str) -> None:
    assert not accepts(groups, most, "8KRB412", read)


@pytest.mark.parametrize(
    ("groups", "most", "read"),
    [
        ([], 0, "8KRB412"),
        (["8B"], 1, "8KR8412"),
        (GROUPS, 2, "BKR8412"),
        (["8B", "2Z"], 3, "BKR841Z"),
    ],
)
def test_what_a_list_takes_for_the_plate(groups: list[str], most: int, read: str) -> None:
    assert accepts(groups, most, "8KRB412", read)


def test_misreads_come_with_the_fewest_differences_first() -> None:
    assert misreads("B0", ["8B", "0ODQ"], 2) == [
        "80", "BD", "BO", "BQ", "8D", "8O", "8Q",
    ]  # fmt: skip
    assert misreads("B0", ["8B", "0ODQ"], 2, limit=3) == ["80", "BD", "BO"]


def test_an_exact_list_has_no_misreads() -> None:
    assert misreads("8KRB412", [], 10) == []
    assert misreads("8KRB412", GROUPS, 0) == []


@given(plate=PLATES, groups=CHOSEN, most=st.integers(0, 5), read=PLATES)
def test_the_misreads_are_all_that_is_accepted(plate: str, groups: list[str], most: int, read: str) -> None:
    found = misreads(plate, groups, most, limit=100_000)
    assert len(set(found)) == len(found)
    assert (read in found) == (read != plate and accepts(groups, most, plate, read))


@given(plate=PLATES, groups=CHOSEN, most=st.integers(0, 5), read=PLATES)
def test_what_is_accepted_is_found_under_one_key(plate: str, groups: list[str], most: int, read: str) -> None:
    if accepts(groups, most, plate, read):
        assert fold(plate) == fold(read)
