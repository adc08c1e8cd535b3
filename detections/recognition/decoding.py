"""From a recogniser's probabilities per column to plate text.

The networks speak connectionist temporal classification: one distribution over all their characters for
each column of the picture, with a blank between characters. A plate has A-Z and 0-9 alone, so everything
else that a network knows (other scripts, signs, the space) is one class more, which parts characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
BLANK: Final = len(ALPHABET)
OTHER: Final = len(ALPHABET) + 1

# No network is as sure as its numbers say: this share of every column is spread over all characters.
DOUBT: Final = 0.02
IMPOSSIBLE: Final = -1e9

Columns = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Alphabet:
    """How a network's own classes fold into A-Z, 0-9, blank and other; small letters count as capitals."""

    wanted: NDArray[np.int64]
    columns: NDArray[np.int64]

    @classmethod
    def of(cls, characters: Sequence[str], *, blank: int = 0) -> "Alphabet":
        """Take the network's classes in order, with the index of its blank."""
        pairs = [(blank, BLANK)]
        for index, character in enumerate(characters):
            place = ALPHABET.find(character.upper()) if len(character) == 1 else -1
            if place >= 0 and index != blank:
                pairs.append((index, place))
        wanted, columns = zip(*pairs, strict=True)
        return cls(np.array(wanted, dtype=np.int64), np.array(columns, dtype=np.int64))

    def fold(self, probabilities: Columns) -> Columns:
        """Turn columns x classes into columns x (A-Z, 0-9, blank, other)."""
        folded = np.zeros((len(probabilities), len(ALPHABET) + 2), dtype=np.float32)
        np.add.at(folded.T, self.columns, probabilities[:, self.wanted].T)
        folded[:, OTHER] = np.clip(1.0 - folded[:, :OTHER].sum(axis=1), 0.0, 1.0)
        return folded


def spell(columns: Columns) -> tuple[str, list[int]]:
    """The likeliest path: its text, and for each character the column where it is surest."""
    best = columns.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))
    text, places = "", []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        symbol = int(best[start])
        if symbol < BLANK:
            text += ALPHABET[symbol]
            places.append(start + int(columns[start:end, symbol].argmax()))
    return text, places


def log_likelihoods(columns: Columns, texts: Sequence[str]) -> NDArray[np.float64]:
    """How likely each text is given the columns, summed over all paths that spell it (natural log).

    Each text has one character or more.
    """
    steps = _steps(columns)
    symbols, lengths = _symbols(texts)
    leap = np.zeros(symbols.shape, dtype=bool)
    leap[:, 2:] = (symbols[:, 2:] != BLANK) & (symbols[:, 2:] != symbols[:, :-2])
    paths = np.full(symbols.shape, IMPOSSIBLE)
    paths[:, :2] = steps[0, symbols[:, :2]]
    for step in steps[1:]:
        near, far = _shifted(paths, 1), np.where(leap, _shifted(paths, 2), IMPOSSIBLE)
        paths = np.logaddexp(np.logaddexp(paths, near), far) + step[symbols]
    rows = np.arange(len(texts))
    return np.asarray(np.logaddexp(paths[rows, lengths - 1], paths[rows, lengths - 2]), dtype=np.float64)


def align(columns: Columns, text: str) -> list[int]:
    """The column of each character of `text` on the likeliest path that spells it."""
    steps = _steps(columns)
    symbols, lengths = _symbols([text])
    row = symbols[0]
    paths = np.full(len(row), IMPOSSIBLE)
    paths[:2] = steps[0, row[:2]]
    came: list[NDArray[np.int64]] = []
    for step in steps[1:]:
        far = np.full(len(row), IMPOSSIBLE)
        far[2:] = np.where((row[2:] != BLANK) & (row[2:] != row[:-2]), paths[:-2], IMPOSSIBLE)
        ways = np.stack([paths, np.concatenate([[IMPOSSIBLE], paths[:-1]]), far])
        came.append(ways.argmax(axis=0))
        paths = ways.max(axis=0) + step[row]
    state = int(lengths[0]) - 1 - int(paths[lengths[0] - 2] > paths[lengths[0] - 1])
    visits = [state]
    for ways_in in reversed(came):
        state -= int(ways_in[state])
        visits.append(state)
    return _surest(columns, text, visits[::-1])


def _surest(columns: Columns, text: str, visits: list[int]) -> list[int]:
    places = []
    for position, character in enumerate(text):
        own = [column for column, state in enumerate(visits) if state == 2 * position + 1]
        symbol = ALPHABET.index(character)
        places.append(max(own, key=lambda column: float(columns[column, symbol]), default=0))
    return places


def _steps(columns: Columns) -> NDArray[np.float64]:
    merged = columns[:, : BLANK + 1].astype(np.float64)
    merged[:, BLANK] += columns[:, OTHER]
    return np.asarray(np.log(merged * (1 - DOUBT) + DOUBT / merged.shape[1]), dtype=np.float64)


def _symbols(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    lengths = np.array([2 * len(text) + 1 for text in texts], dtype=np.int64)
    symbols = np.full((len(texts), int(lengths.max())), BLANK, dtype=np.int64)
    for row, text in enumerate(texts):
        symbols[row, 1 : 2 * len(text) : 2] = [ALPHABET.index(character) for character in text]
    return symbols, lengths


def _shifted(paths: NDArray[np.float64], by: int) -> NDArray[np.float64]:
    moved = np.full(paths.shape, IMPOSSIBLE)
    moved[:, by:] = paths[:, :-by]
    return moved
