"""Which of a picture's lines of text is the plate: large, sure, like a plate, and no date stamp."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from detections.recognition.crops import Quad, size_of
from detections.recognition.decoding import Columns, spell
from detections.recognition.formats import NAMES
from detections.recognition.plates import Reading, weigh

FULL_LENGTH: Final = 6
UNKNOWN_FORMAT: Final = 0.4
DIGITS_ALONE: Final = 0.5
NAME_OF_A_STATE: Final = 0.2
SECOND_PLATE: Final = 0.3
SURE: Final = 0.9

# Cameras write their date in the uppermost or lowermost part of the picture.
EDGE: Final = 0.1
DATE: Final = re.compile(r"(19|20)\d\d(0\d|1[0-2])([0-3]\d?)?\d{0,6}|[0-3]\d[0-3]\d(19|20)\d\d\d{0,6}")


@dataclass(frozen=True, slots=True)
class Sight:
    """One line of text in a picture, with the looks taken at it so far."""

    quad: Quad
    looks: tuple[Columns, ...]

    def with_look(self, look: Columns) -> "Sight":
        return Sight(self.quad, (*self.looks, look))

    @property
    def reading(self) -> Reading | None:
        return weigh(self.looks)


def rank(sight: Sight, reading: Reading) -> float:
    """Confidence times height in pixels, less for what looks unlike a plate: words, telephone numbers,
    a few characters, a state's name."""
    worth = reading.confidence * size_of(sight.quad)[1] * min(1.0, len(reading.text) / FULL_LENGTH)
    if reading.text in NAMES:
        worth *= NAME_OF_A_STATE
    if reading.text.isdigit():
        worth *= DIGITS_ALONE
    return worth if reading.known else worth * UNKNOWN_FORMAT


def ranked(sights: Sequence[Sight]) -> list[tuple[Sight, Reading]]:
    """The sights that read as a plate may, the likeliest plate first."""
    read = [(sight, reading) for sight in sights if (reading := sight.reading) is not None]
    return sorted(read, key=lambda pair: -rank(*pair))


def plates_among(sights: Sequence[Sight]) -> list[tuple[Sight, Reading]]:
    """The likeliest plate, and after it the other lines that look as much like one.

    A second plate counts only in some state's format, clearly read and not much smaller than the first:
    every read becomes a detection, and signs and slogans are none.
    """
    candidates = [pair for pair in ranked(sights) if pair[1].text not in NAMES]
    if not candidates:
        return []
    best, *others = candidates
    least = SECOND_PLATE * rank(*best)
    return [best, *(pair for pair in others if is_sure(pair[1]) and rank(*pair) >= least)]


def is_sure(reading: Reading) -> bool:
    """Whether a reading needs no further look: a state's format, clearly read."""
    return reading.known and reading.confidence >= SURE and not reading.text.isdigit()


def without_stamps(sights: Sequence[Sight], *, rows: int) -> list[Sight]:
    """Leave out the camera's date and whatever stands on its line, such as the time. `rows`: image height."""
    dates = [sight for sight in sights if _is_date(sight, rows=rows)]
    return [sight for sight in sights if not any(_on_line(sight, date) for date in dates)]


def _is_date(sight: Sight, *, rows: int) -> bool:
    middle = float(sight.quad[:, 1].mean()) / rows
    text, _ = spell(sight.looks[0])
    return not EDGE < middle < 1 - EDGE and DATE.match(text) is not None


def _on_line(sight: Sight, date: Sight) -> bool:
    apart = abs(float(sight.quad[:, 1].mean()) - float(date.quad[:, 1].mean()))
    return apart < 0.8 * size_of(date.quad)[1]
