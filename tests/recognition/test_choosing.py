"""Which line of a picture is the plate."""

import pytest

from detections.recognition.choosing import Sight, plates_among, without_stamps
from detections.recognition.crops import quad_of
from tests.recognition.test_plates import look

ROWS = 720


def sight(text: str, *, x: int = 500, y: int = 400, height: int = 40) -> Sight:
    return Sight(quad_of((x, y, 4 * height, height)), (look(text),))


def texts(*sights: Sight) -> list[str]:
    return [reading.text for _, reading in plates_among(sights)]


@pytest.mark.parametrize("y", [6, 690])
@pytest.mark.parametrize("date", ["20261122", "20261122071409", "11222026", "2026112", "202611"])
def test_a_date_in_the_rim_is_left_out_with_the_time_beside_it(date: str, y: int) -> None:
    stamp, clock = sight(date, x=8, y=y, height=18), sight("071409", x=120, y=y + 1, height=18)
    plate = sight("7KRB412")

    assert without_stamps([stamp, clock, plate], rows=ROWS) == [plate]


def test_a_plate_in_the_rim_stays_and_so_do_digits_in_the_middle() -> None:
    low, digits = sight("7KRB412", y=690, height=20), sight("2026112", y=300)

    assert without_stamps([low, digits], rows=ROWS) == [low, digits]


def test_nothing_seen_is_no_plate() -> None:
    assert texts() == []


def test_a_states_name_is_no_plate_even_alone() -> None:
    assert texts(sight("ARIZONA", height=60)) == []
    assert texts(sight("ARIZONA", height=60), sight("AYX8803")) == ["AYX8803"]


@pytest.mark.parametrize("other", ["STORAGE", "5551234", "EXIT"])
def test_words_and_telephone_numbers_as_large_stand_behind_a_plate(other: str) -> None:
    assert texts(sight(other, height=44), sight("7KRB412")) == ["7KRB412"]


def test_a_plate_of_ones_own_choosing_is_read_where_it_stands_alone() -> None:
    assert texts(sight("NEILDMND")) == ["NEILDMND"]


def test_two_cars_give_two_plates_the_nearer_first() -> None:
    assert texts(sight("6MTP929", height=30), sight("7KRB412", y=100)) == ["7KRB412", "6MTP929"]


def test_a_line_much_smaller_than_the_plate_is_no_second_plate() -> None:
    assert texts(sight("ABC1234", height=8), sight("7KRB412")) == ["7KRB412"]
