"""From a recogniser's probabilities per column to a plate text with its candidates per character.

The networks speak connectionist temporal classification: one distribution over all their characters for
each column of the picture, with a blank between characters. A plate has A-Z and 0-9 alone, so everything
else the network knows (other scripts, signs, the space) counts as one class that parts characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detections.recognition.protocol import Candidates

ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
BLANK: Final = len(ALPHABET)
OTHER: Final = len(ALPHABET) + 1
CANDIDATES: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as the recogniser has it; `others` counts the characters that no plate has."""

    text: str
    confidence: float
    candidates: Candidates
    others: int = 0


@dataclass(frozen=True, slots=True)
class Alphabet:
    """How a network's own classes fold into A-Z, 0-9, blank and other; small letters count as capitals."""

    wanted: NDArray[np.int64]
    columns: NDArray[np.int64]

    @classmethod
    def of(cls, characters: Sequence[str], *, blank: int = 0) -> "Alphabet":
        """Take the network's classes in order, with the index of its blank."""
        pairs = [
            (index, ALPHABET.index(character.upper()))
            for index, character in enumerate(characters)
            if index != blank
            and character.isascii()
            and len(character) == 1
            and character.upper() in ALPHABET
        ]
        pairs.append((blank, BLANK))
        wanted, columns = zip(*pairs, strict=True)
        return cls(np.array(wanted, dtype=np.int64), np.array(columns, dtype=np.int64))

    def fold(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn columns x classes into columns x (A-Z, 0-9, blank, other)."""
        folded = np.zeros((len(probabilities), len(ALPHABET) + 2), dtype=np.float32)
        np.add.at(folded.T, self.columns, probabilities[:, self.wanted].T)
        folded[:, OTHER] = np.clip(1.0 - folded[:, :OTHER].sum(axis=1), 0.0, 1.0)
        return folded


def decode(folded: NDArray[np.float32]) -> Line:
    """Read the most likely path: each run of one character, at its most certain column."""
    best = folded.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))
    text, certainties, candidates, others = "", [], [], 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        symbol = int(best[start])
        others += symbol == OTHER
        if symbol >= BLANK:
            continue
        column = folded[start + int(folded[start:end, symbol].argmax())]
        text += ALPHABET[symbol]
        certainties.append(float(column[symbol]))
        candidates.append(_ranked(column))
    confidence = min(1.0, float(np.mean(certainties))) if certainties else 0.0
    return Line(text, confidence, tuple(candidates), others)


def _ranked(column: NDArray[np.float32]) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-column[:BLANK], kind="stable")[:CANDIDATES]
    return tuple((ALPHABET[index], min(1.0, float(column[index]))) for index in order.tolist())
