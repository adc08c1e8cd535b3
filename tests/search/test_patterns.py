"""Patterns: what is no part of a plate, how a read plate fits, and that PostgreSQL agrees."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alpr.policy import load_preset
from detections.search import (
    doubts,
    known_together,
    too_broad,
)
from hotlists.patterns import is_partial, tidy
from hotlists.plates import BadPlate, fold

CHARACTERS = "ABDGOQISZ0185269KT"
PLATES = st.text(CHARACTERS, min_size=1, max_size=8)
PATTERNS = st.text(CHARACTERS + "??**", min_size=1, max_size=8).filter(lambda text: set(text) - set("?*"))
POLICY = load_preset("vallejo")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "characters of the plate that are known"),
        ("?*", "characters of the plate that are known"),
        ("8KRB412" * 6, "at most 10 characters; this has 42"),
        ("???????????A", "at most 10 characters; this has 12"),
        ("9B%T6", "not “%”"),
        ("9B_T6", "not “_”"),
        ("9B\\T6", "not “\\”"),
        ("9BQ';--", "not “'”"),
        ("*".join("ABCDEFGHIJ") + "*?", "at most 10"),
        ("*" + "*".join("ABCDEFGHIJ") + "*", "Leave out some"),
        ("ÄBC", "not “Ä”"),
    ],
)
def test_what_is_no_part_of_a_plate_is_refused(typed: str, says: str) -> None:
    with pytest.raises(BadPlate, match=re.escape(says)):
        tidy(typed)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("8krb 412", "8KRB412"),
        ("8-krb.412", "8KRB412"),
        ("９Ｂ？Ｔ６＊", "9B?T6*"),
        ("9b**t", "9B*T"),
        ("9b*?*?t", "9B??*T"),
    ],
)
def test_a_pattern_has_one_written_form(typed: str, written: str) -> None:
    assert tidy(typed) == written
    assert tidy(written) == written


@pytest.mark.parametrize(
    ("pattern", "together", "partial"),
    [("8KRB412", 7, False), ("9B?T6*", 2, True), ("*QT6*", 3, True), ("A*", 1, True)],
)
def test_how_much_of_a_plate_is_known(pattern: str, together: int, partial: bool) -> None:
    assert known_together(pattern) == together
    assert is_partial(pattern) is partial


@pytest.mark.parametrize(
    ("pattern", "plate", "places"),
    [
        ("9BQT661", "9BQT661", []),
        ("9BQT661", "98QT661", [(2, "B", "8")]),
        ("9B?T6*", "9BQT661", []),
        ("9B?T6*", "98QT661", [(2, "B", "8")]),
        ("*8*", "BB8", []),
        ("*B", "88", [(2, "B", "8")]),
        ("O*I", "0A1", [(1, "O", "0"), (3, "I", "1")]),
    ],
)
def test_a_plate_that_fits_only_possibly_says_where(
    pattern: str, plate: str, places: list[tuple[int, str, str]]
) -> None:
    found = doubts(pattern, plate)
    assert found is not None
    assert [(each.number, each.listed, each.read) for each in found] == places


@pytest.mark.parametrize(
    ("pattern", "plate"), [("9BQT661", "9BQT66"), ("9B?T6*", "9BT66"), ("A*", "BA"), ("*A", "AB"), ("A", "4")]
)
def test_a_plate_that_fits_in_no_way_says_so(pattern: str, plate: str) -> None:
    assert doubts(pattern, plate) is None


@given(pattern=PATTERNS, plate=PLATES)
def test_fitting_is_what_a_regular_expression_says(pattern: str, plate: str) -> None:
    def meets(asked: str, read: str) -> bool:
        return re.fullmatch(asked.replace("?", ".").replace("*", ".*"), read) is not None

    pattern = tidy(pattern)
    found = doubts(pattern, plate)
    assert (found is not None) == meets(fold(pattern), fold(plate))
    assert (found == []) == meets(pattern, plate)


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pattern=PATTERNS, plates=st.lists(PLATES, min_size=1, max_size=8))
def test_postgresql_finds_what_fits_and_nothing_else(pattern: str, plates: list[str]) -> None:
    pattern = tidy(pattern)
    like = fold(pattern).replace("?", "_").replace("*", "%")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT read.plate FROM unnest(%s::text[], %s::text[]) AS read (plate, key) WHERE key LIKE %s",
            [plates, [fold(plate) for plate in plates], like],
        )
        found = sorted(row[0] for row in cursor.fetchall())
    assert found == sorted(plate for plate in plates if doubts(pattern, plate) is not None)


@pytest.mark.parametrize(
    ("pattern", "cameras", "hours", "broad"),
    [
        ("9B?T6*", 10, 24, False),
        ("9B?T6*", 11, 24, True),
        ("9B?T6*", 10, 25, True),
        ("*QT6*", 400, 9000, False),
        ("AB", 400, 9000, False),
    ],
)
def test_the_policy_says_when_a_second_person_is_needed(
    pattern: str, cameras: int, hours: int, broad: bool
) -> None:
    why = too_broad(POLICY, pattern=pattern, cameras=cameras, span=timedelta(hours=hours))
    assert bool(why) is broad


def test_a_broad_search_is_refused_with_its_clause_and_figures() -> None:
    why = too_broad(POLICY, pattern="9B*", cameras=28, span=timedelta(days=30))
    assert "28 cameras and 30 days" in why
    assert "fewer than 3 known characters together" in why
    assert POLICY.describe("search.broad_cameras") in why
    assert "Vallejo Policy 426" in why


def test_a_policy_without_limits_finds_nothing_broad() -> None:
    without = POLICY.with_values({"search.broad_cameras": None, "search.broad_hours": None})
    assert too_broad(without, pattern="9B*", cameras=400, span=timedelta(days=300)) == ""
