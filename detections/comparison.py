"""What the eye compares on a hit: a question for each thing that the policy asks and the list can answer.

Each differing character is asked apart, the others together, then state and vehicle, so that nobody passes
over the one place that matters (Green v. San Francisco, 751 F.3d 1039: a misread character, another make).
Of a partial plate the known characters are asked; of a description every attribute that it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alpr.policy import Compared, ListKind, Policy
from detections.models import Hit
from hotlists.models import Entry
from hotlists.patterns import ANY, ONE, alignment, same_attribute
from hotlists.plates import Position
from hotlists.vocabulary import in_words

SAME, DIFFERS, UNCLEAR, BASIS = "same", "differs", "unclear", "basis"
PASSING = frozenset({SAME, BASIS})
PERSON, STATE = "person", "state"
VEHICLE = ("make", "model", "color", "body")
COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Option:
    """One answer that may be given. `shows_character` sets it in the typeface of plates."""

    value: str
    words: str
    shows_character: bool = False


@dataclass(frozen=True)
class Reading:
    """One way the reader read this place, with its confidence from 0 to 1 or None."""

    words: str
    confidence: float | None = None


SAME_DIFFERENT = (Option(SAME, "Same"), Option(DIFFERS, "Different"), Option(UNCLEAR, "Can’t tell"))
WHO_IS_IN_IT = (
    Option(SAME, "In the vehicle"),
    Option(BASIS, "Another basis"),
    Option(DIFFERS, "Not in it"),
    Option(UNCLEAR, "Can’t tell"),
)


@dataclass(frozen=True)
class Question:
    """One thing to look at: its name in forms, its label, how a sentence names it, both sources' words.

    `reader_differs` where list and reader both name it and mean something else: it is marked so, and never
    answers for the person.
    """

    name: str
    label: str
    phrase: str
    listed: str
    read: tuple[Reading, ...] = ()
    options: tuple[Option, ...] = SAME_DIFFERENT
    is_character: bool = field(default=False)
    reader_differs: bool = field(default=False)

    @property
    def wants_words(self) -> bool:
        """Whether short words go with the answer: what was done to see who is in the vehicle."""
        return self.name == PERSON


def questions(hit: Hit, policy: Policy) -> list[Question]:
    """What must be answered for this hit: what `policy` compares, as far as the list holds it.

    Never nothing: where the policy names nothing that the list holds, the characters are asked, and without a
    plate the vehicle.
    """
    compare, entry = policy.ladder.compare, hit.entry
    asked = _characters(hit) if Compared.CHARACTERS in compare or not compare else []
    if Compared.STATE in compare and entry.state:
        asked.append(_state(hit))
    if Compared.VEHICLE in compare or not entry.plate:
        asked += _vehicle(hit)
    asked = asked or _characters(hit)
    if asks_for_person(entry, policy):
        asked.append(_person(entry))
    return asked


def asks_for_person(entry: Entry, policy: Policy) -> bool:
    """Whether the officer says what ties the driver to the person: on the lists of
    `ladder.person_check_lists`, and wherever the entry is about a person (Vallejo 426.4(e), (f)(2))."""
    return ListKind(entry.hot_list.kind) in policy.ladder.person_check_lists or entry.about_person


def unanswered(asked: Iterable[Question], answers: Mapping[str, str]) -> list[Question]:
    """The questions without a valid answer; none where one answer is already that it differs."""
    if DIFFERS in answers.values():
        return []
    return [q for q in asked if answers.get(q.name) not in {option.value for option in q.options}]


def passes(asked: Iterable[Question], answers: Mapping[str, str]) -> bool:
    """Whether every question is answered so that the hit counts as seen. "Can't tell" never does."""
    return all(answers.get(question.name) in PASSING for question in asked)


def listing(words: Iterable[str]) -> str:
    """Words in a row: "character 4, model and color"."""
    given = list(words)
    if not given:
        return ""
    *most, last = given
    return f"{', '.join(most)} and {last}" if most else last


def _characters(hit: Hit) -> list[Question]:
    places = alignment(hit.entry.plate, hit.plate)
    asked = [_character(hit, place) for place in places if place.differs]
    others = [place for place in places if not place.differs and place.listed not in (ANY, ONE)]
    if not others:
        return asked
    count = COUNTS[len(others)]
    label, phrase = (f"Other {count}", f"the other {count}") if asked else (f"All {count}", "the characters")
    if not hit.entry.is_whole:
        label, phrase = (f"Other {count} known", phrase) if asked else (f"The {count} known", "what is known")
    listed = " ".join("–" if place.differs else place.listed for place in places)
    read = (Reading("all the same"),)
    return [*asked, Question("others", label, phrase, listed, read)]


def _character(hit: Hit, place: Position) -> Question:
    read = place.read or "nothing"
    options = (
        Option(SAME, place.listed or "None", shows_character=bool(place.listed)),
        Option(DIFFERS, f"{read} or other", shows_character=bool(place.read)),
        Option(UNCLEAR, "Can’t tell"),
    )
    name, label = f"character_{place.number}", f"Character {place.number}"
    return Question(
        name, label, label.lower(), place.listed, _readings(hit, place), options, is_character=True
    )


def _readings(hit: Hit, place: Position) -> tuple[Reading, ...]:
    """How the reader read one place: its choice, then what other readings of the whole plate have there."""
    found = {place.read or "nothing": hit.confidence}
    for candidate in hit.candidates:
        plate = str(candidate.get("plate", ""))
        if len(plate) == len(hit.plate) and place.number <= len(plate):
            found.setdefault(plate[place.number - 1], candidate.get("confidence"))
    return tuple(Reading(character, confidence) for character, confidence in found.items())


def _state(hit: Hit) -> Question:
    return Question(
        STATE, "State", "state", hit.entry.state, _read(hit.state), reader_differs=hit.state_differs
    )


def _vehicle(hit: Hit) -> list[Question]:
    entry = hit.entry
    facts = [(name, str(getattr(entry, name)), str(getattr(hit, name))) for name in VEHICLE]
    year = f", {entry.year}" if entry.year else ""
    with_year = "model" if entry.model else "make"
    return [
        Question(
            name, name.capitalize(), name, in_words(name, listed) + (year if name == with_year else ""),
            _read(in_words(name, read)), reader_differs=same_attribute(name, listed, read) is False,
        )
        for name, listed, read in facts
        if listed
    ]  # fmt: skip


def _read(words: str) -> tuple[Reading, ...]:
    return (Reading(words),) if words else ()


def _person(entry: Entry) -> Question:
    """An effort to see whether the wanted person is in it, or another basis (Vallejo 426.4(f)(2))."""
    said = entry.person or entry.synopsis
    return Question(PERSON, "Wanted person", "the person", said, (), WHO_IS_IN_IT)
