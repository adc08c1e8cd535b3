"""The vehicle of a search: codes and words meet, alike colors, and what the reader did not name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detections import search as query
from detections import search_vehicles
from detections.models import Detection, Search
from hotlists.patterns import same_attribute
from hotlists.vocabulary.vco import NAMES as COLORS
from hotlists.vocabulary.vma import NAMES as MAKES
from hotlists.vocabulary.vst import NAMES as BODIES
from tests.search.conftest import Detect, SearchFor

COLOR_WORDS = [
    *COLORS,
    *COLORS.values(),
    "BLU/WHI",
    "black over white",
    "gray and red",
    "dark grey",
    "sparkly",
    "",
]
MAKE_WORDS = [*MAKES, *MAKES.values(), "Chevy", "MBENZ", "Zastava", "zas-tava", ""]
BODY_WORDS = [*BODIES, *BODIES.values(), "4D", "PK", "pick up", "hovercraft", ""]
MODEL_WORDS = ["Civic", "CIV", "CI", "Civic Tourer", "CRV", "CR-V", "F150", "F-150 XLT", "F", ""]


def today() -> datetime:
    """A time that is not too long for a search without a plate."""
    return timezone.now() - timedelta(hours=20)


def plates(search: Search) -> list[str]:
    return sorted(query.matching(search).values_list("plate", flat=True))


@pytest.mark.parametrize(
    ("field", "word"), [("make", "§§§"), ("color", "…"), ("model", "ab\x00c"), ("body", "x" * 21)]
)
def test_a_word_that_cannot_be_compared_is_refused(search_for: SearchFor, field: str, word: str) -> None:
    with pytest.raises(ValidationError) as refused:
        search_for("8KRB412", **{field: word})
    assert field in refused.value.message_dict
    assert not Search.objects.exists()


def test_another_vehicle_is_not_found_and_a_code_meets_a_word(search_for: SearchFor, detect: Detect) -> None:
    detect("8KRB412", make="Toyota", color="silver", body="SUV", model="RAV4")
    detect("8KRB412", make="Honda", color="silver", body="SUV", model="RAV4")
    for asked in ({"make": "TOYT"}, {"make": "toyo", "color": "SIL", "body": "UV", "model": "RAV"}):
        found = query.matching(search_for("8KRB412", **asked))
        assert [read.make for read in found] == ["Toyota"]


def test_colors_that_cameras_take_for_each_other_are_found(search_for: SearchFor, detect: Detect) -> None:
    for plate, color in (("1AAA111", "gray"), ("1AAA112", "SIL"), ("1AAA113", "red"), ("1AAA114", "RED/SIL")):
        detect(plate, color=color)
    assert plates(search_for("", color="silver", since=today())) == ["1AAA111", "1AAA112", "1AAA114"]


def test_what_the_reader_did_not_name_excludes_nothing_beside_a_plate_and_everything_without(
    search_for: SearchFor, detect: Detect
) -> None:
    detect("8KRB412", color="")
    detect("8KRB412", color="red")
    assert len(plates(search_for("8KRB412", color="red"))) == 2
    assert len(plates(search_for("8KRB*", color="red"))) == 2
    assert len(plates(search_for("", color="red", since=today()))) == 1


def test_a_word_nobody_knows_is_compared_by_its_letters_and_digits(
    search_for: SearchFor, detect: Detect
) -> None:
    detect("8KRB412", make="Zastava")
    detect("8KRB413", make="Toyota")
    assert plates(search_for("", make="zas tava", since=today())) == ["8KRB412"]


@pytest.mark.django_db
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    asked=st.one_of(
        st.tuples(st.just("make"), st.sampled_from(MAKE_WORDS[:-1])),
        st.tuples(st.just("color"), st.sampled_from(COLOR_WORDS[:-1])),
        st.tuples(st.just("body"), st.sampled_from(BODY_WORDS[:-1])),
        st.tuples(st.just("model"), st.sampled_from(MODEL_WORDS[:-1])),
    )
)
def test_the_database_says_the_same_as_the_matching_of_lists(asked: tuple[str, str]) -> None:
    name, said = asked
    words = {"make": MAKE_WORDS, "color": COLOR_WORDS, "body": BODY_WORDS, "model": MODEL_WORDS}[name]
    search = Search(kind=Search.Kind.NONE, since=timezone.now(), until=timezone.now(), **{name: said})
    where, parameters = _where(search)
    values = ", ".join(["(%s)"] * len(words))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {name} FROM (VALUES {values}) AS detections_detection ({name}) WHERE {where}",
            [*words, *parameters],
        )
        found = {row[0] for row in cursor.fetchall()}
    assert found == {word for word in words if same_attribute(name, said, word)}


def _where(search: Search) -> tuple[str, tuple[Any, ...]]:
    rows = Detection.objects.filter(search_vehicles.condition(search)).order_by()
    compiler = rows.query.get_compiler(connection=connection)
    compiler.as_sql()
    sql, parameters = rows.query.where.as_sql(compiler, connection)
    return sql, tuple(parameters)
