"""What the formats of the states may decide, and what they may not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detections.recognition.decoding import ALPHABET, BLANK, Columns
from detections.recognition.formats import FORMATS, NAMES, shape, states_by_format
from detections.recognition.plates import CANDIDATES, CONFUSABLE, LONGEST, SHORTEST, hypotheses, weigh


def look(text: str, *, open_: dict[int, tuple[str, float]] | None = None) -> Columns:
    """Columns that spell `text` surely; `open_` gives a position another character with a probability."""
    columns = np.full((2 * len(text) + 1, len(ALPHABET) + 2), 1e-4, dtype=np.float32)
    columns[::2, BLANK] = 0.99
    for position, character in enumerate(text):
        other, share = (open_ or {}).get(position, ("", 0.0))
        columns[2 * position + 1, ALPHABET.index(character)] = 0.98 - share
        if other:
            columns[2 * position + 1, ALPHABET.index(other)] = share
    return columns


def text_of(*looks: Columns) -> str:
    reading = weigh(looks)
    assert reading is not None
    return reading.text


@pytest.mark.parametrize("text", ["", "7", "7KRB412X99", "ABCDEFGHIJKLMNOP"])
def test_what_is_too_short_or_too_long_is_no_plate(text: str) -> None:
    assert weigh([look(text)]) is None


def test_nothing_seen_is_nothing_read() -> None:
    assert weigh([]) is None


@pytest.mark.parametrize("text", ["NEILDMND", "CEMENTO", "GR8DAY", "B0SS", "7KRB412", "A1B2C3D4"])
def test_a_clear_picture_outweighs_every_format(text: str) -> None:
    assert text_of(look(text)) == text


@pytest.mark.parametrize(
    ("seen", "position", "other", "plate"),
    [
        ("SKRB412", 0, "5", "5KRB412"),
        ("A8C1234", 1, "B", "ABC1234"),
        ("ABC1Z34", 4, "2", "ABC1234"),
        ("7KRB41Z", 6, "2", "7KRB412"),
    ],
)
def test_where_the_picture_leaves_it_open_the_format_decides(
    seen: str, position: int, other: str, plate: str
) -> None:
    assert text_of(look(seen, open_={position: (other, 0.3)})) == plate


def test_a_weak_extra_character_in_the_middle_goes_where_a_state_has_the_rest() -> None:
    columns = look("FK2X2Z")
    emblem = np.full((1, columns.shape[1]), 1e-4, dtype=np.float32)
    emblem[0, ALPHABET.index("1")], emblem[0, BLANK] = 0.55, 0.4

    assert text_of(np.concatenate([columns[:6], emblem, columns[6:]])) == "FK2X2Z"


def test_a_second_look_that_sees_clearly_decides() -> None:
    unclear = look("7KRB4I2", open_={5: ("1", 0.45)})

    assert text_of(unclear, look("7KRB412")) == "7KRB412"


@given(st.text(ALPHABET, min_size=SHORTEST, max_size=LONGEST))
def test_every_reading_keeps_its_promises(text: str) -> None:
    reading = weigh([look(text)])

    assert reading is not None
    assert set(reading.text) <= set(ALPHABET)
    assert SHORTEST <= len(reading.text) <= LONGEST
    assert 0.0 <= reading.confidence <= 1.0
    assert [ranked[0][0] for ranked in reading.candidates] == list(reading.text)
    assert all(len(ranked) <= CANDIDATES for ranked in reading.candidates)
    assert all(0.0 <= chance <= 1.0 for ranked in reading.candidates for _, chance in ranked)


def test_hypotheses_hold_what_was_spelled_and_only_known_formats_beside_it() -> None:
    texts = hypotheses([look("B0SS77")])

    assert "B0SS77" in texts
    assert all(shape(text) in states_by_format() for text in texts - {"B0SS77"})


def test_every_state_and_the_capital_have_formats_of_letters_and_digits() -> None:
    assert len(FORMATS) == 51
    assert all(set(pattern) <= {"A", "9"} for pattern in states_by_format())
    assert all(SHORTEST <= len(pattern) <= LONGEST for pattern in states_by_format())
    assert shape("5TZA419") in FORMATS["CA"].split()


def test_confusable_characters_and_names_are_written_as_plates_are() -> None:
    assert set("".join(CONFUSABLE)) <= set(ALPHABET)
    assert all(set(name) <= set(ALPHABET) for name in NAMES)
