"""What the eye compares on a hit: a question for each thing that the policy asks and the list can answer.

Each differing character is asked apart, the others together, then state and vehicle, so that nobody passes
over the one place that matters (Green v. San Francisco, 751 F.3d 1039: a misread character, another make).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alpr.policy import Compared, ListKind, Policy
from detections.models import Hit
from hotlists.models import Entry
from hotlists.plates import Position, positions

SAME, DIFFERS, UNCLEAR, BASIS = "same", "differs", "unclear", "basis"
PASSING = frozenset({SAME, BASIS})
PERSON = "person"
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
    """One thing to look at: its name in forms, its label, how a sentence names it, both sources' words."""

    name: str
    label: str
    phrase: str
    listed: str
    read: tuple[Reading, ...] = ()
    options: tuple[Option, ...] = SAME_DIFFERENT
    is_character: bool = field(default=False)

    @property
    def wants_words(self) -> bool:
        """Whether short words go with the answer: what was done to see who is in the vehicle."""
        return self.name == PERSON


def questions(hit: Hit, policy: Policy) -> list[Question]:
    """What must be answered for this hit: what `policy` compares, as far as the list holds it."""
    compare = policy.ladder.compare
    asked = _characters(hit) if Compared.CHARACTERS in compare or not compare else []
    if Compared.STATE in compare and hit.entry.state:
        asked.append(Question("state", "State", "state", hit.entry.state, _read(hit.state)))
    if Compared.VEHICLE in compare:
        asked += _vehicle(hit)
    if ListKind(hit.entry.hot_list.kind) in policy.ladder.person_check_lists:
        asked.append(_person(hit.entry))
    return asked


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
    places = positions(hit.entry.plate, hit.plate)
    asked = [_character(hit, place) for place in places if place.differs]
    others = [place for place in places if not place.differs]
    if not others:
        return asked
    count = COUNTS[len(others)]
    label, phrase = (f"Other {count}", f"the other {count}") if asked else (f"All {count}", "the characters")
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


def _vehicle(hit: Hit) -> list[Question]:
    entry = hit.entry
    year = f", {entry.year}" if entry.year else ""
    facts = [
        ("make", entry.make and entry.make + ("" if entry.model else year), hit.make),
        ("model", entry.model and entry.model + year, hit.model),
        ("color", entry.color, hit.color),
        ("body", entry.body, hit.body),
    ]
    return [
        Question(name, name.capitalize(), name, listed, _read(read)) for name, listed, read in facts if listed
    ]


def _read(words: str) -> tuple[Reading, ...]:
    return (Reading(words),) if words else ()


def _person(entry: Entry) -> Question:
    """An effort to see whether the wanted person is in it, or another basis (Vallejo 426.4(f)(2))."""
    return Question(PERSON, "Wanted person", "the person", entry.synopsis, (), WHO_IS_IN_IT)
