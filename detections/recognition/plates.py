"""What is known of plates, brought to what a recogniser saw: which text a line most likely has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from detections.recognition.decoding import ALPHABET, BLANK, Columns, align, log_likelihoods, spell
from detections.recognition.formats import shape, states_by_format
from detections.recognition.protocol import Candidates

CONFUSABLE: Final = ("O0QD", "I1", "B8", "S5", "Z2", "G6")
SHORTEST: Final = 2
LONGEST: Final = 8
CANDIDATES: Final = 5

# A text outside every format must be about ten times as likely by the picture alone.
UNKNOWN_FORMAT: Final = -2.5
OPEN: Final = 0.02

_LIKE: Final = {character: frozenset(group) - {character} for group in CONFUSABLE for character in group}


@dataclass(frozen=True, slots=True)
class Reading:
    """A line's text after weighing; `known` says whether some state has plates of this format."""

    text: str
    confidence: float
    candidates: Candidates

    @property
    def known(self) -> bool:
        return shape(self.text) in states_by_format()


def weigh(looks: Sequence[Columns]) -> Reading | None:
    """The likeliest plate text behind several looks at one line; None where there is none.

    Each look's own spelling is a hypothesis, and so is what differs from it by one confusable or open
    character, by one character too many, or both, where that gives a format some state has.
    """
    texts = sorted(hypotheses(looks))
    if not texts:
        return None
    by_look = np.stack([log_likelihoods(look, texts) for look in looks])
    prior = np.array([0.0 if shape(text) in states_by_format() else UNKNOWN_FORMAT for text in texts])
    chosen = int((np.logaddexp.reduce(by_look, axis=0) + prior).argmax())
    clearest = looks[int(by_look[:, chosen].argmax())]
    return _reading(texts[chosen], clearest)


def hypotheses(looks: Sequence[Columns]) -> set[str]:
    """The texts worth weighing, each of a length that a plate may have."""
    found: set[str] = set()
    for look in looks:
        text, places = spell(look)
        if not SHORTEST <= len(text) <= LONGEST + 1:
            continue
        near = _one_changed(text, [_open(look, place, text[i]) for i, place in enumerate(places)])
        nearer = near | {text[:i] + text[i + 1 :] for text in near for i in range(len(text))}
        nearer |= {other for text in near for other in _one_changed(text, [_like(letter) for letter in text])}
        found |= {text} | {other for other in nearer if shape(other) in states_by_format()}
    return {text for text in found if SHORTEST <= len(text) <= LONGEST}


def _reading(text: str, look: Columns) -> Reading:
    candidates = tuple(
        _candidates(look, place, character) for place, character in zip(align(look, text), text, strict=True)
    )
    confidence = float(np.mean([ranked[0][1] for ranked in candidates]))
    return Reading(text, min(1.0, confidence), candidates)


def _candidates(look: Columns, place: int, chosen: str) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-look[place, :BLANK], kind="stable")[:CANDIDATES]
    others = [ALPHABET[index] for index in order.tolist() if ALPHABET[index] != chosen]
    return tuple(
        (character, min(1.0, float(look[place, ALPHABET.index(character)])))
        for character in (chosen, *others[: CANDIDATES - 1])
    )


def _like(character: str) -> frozenset[str]:
    return _LIKE.get(character, frozenset())


def _open(look: Columns, place: int, chosen: str) -> frozenset[str]:
    """What else the character at this column may be: what the network leaves open and what looks alike."""
    left = {ALPHABET[index] for index in np.flatnonzero(look[place, :BLANK] >= OPEN).tolist()}
    return frozenset(left | _like(chosen)) - {chosen}


def _one_changed(text: str, choices: Sequence[frozenset[str]]) -> set[str]:
    changed = {
        text[:i] + character + text[i + 1 :] for i, options in enumerate(choices) for character in options
    }
    return changed | {text}
