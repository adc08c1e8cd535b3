"""Vehicles that do not look alike: what readers said of the vehicles that carried one plate.

Readers err on makes, colors and bodies far more than on plates. So only what no light and no likeness
explains counts, and it has to be said again on both sides. docs/findings.md has the rule in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import combinations
from uuid import UUID

from detections.findings.apart import doubts
from detections.findings.seen import Contradiction, Limits, Seen, is_sure
from detections.models import Finding
from hotlists import vocabulary

# How far back, and after a read that came late how far ahead, vehicles are compared.
WITHIN = timedelta(days=14)
# Reads of one camera closer together are one passing of one vehicle, and one error of its reader.
ONE_PASS = timedelta(minutes=10)
ENOUGH, STRONG = 2, 3
LOW = frozenset({"SEDAN", "COUPE", "HATCHBACK", "CONVERTIBLE"})
CARS = LOW | {"WAGON", "SUV"}
HIGH = frozenset({"PICKUP", "VAN"})
LARGE = frozenset({"TRUCK", "BUS"})
# Makes of one maker, which share bodies and are taken for each other.
SIBLINGS = (
    {"CHEV", "GMC", "BUIC", "CADI", "PONT", "OLDS", "STRN", "HUMM", "GEO"},
    {"FORD", "LINC", "MERC", "MAZD"},
    {"DODG", "RAM", "CHRY", "PLYM", "JEEP", "FIAT", "EGIL", "MITS"},
    {"TOYT", "LEXS", "SCIO", "SUBA"},
    {"HOND", "ACUR"},
    {"NISS", "INFI"},
    {"HYUN", "KIA", "GENS"},
    {"VOLK", "AUDI", "PORS", "BENT"},
    {"MERZ", "SMRT"},
    {"BMW", "MNNI"},
    {"PTRB", "KW"},
    {"VOLV", "MACK"},
    {"FRHT", "WSTR"},
)
_SIBLINGS = {(a, b) for makes in SIBLINGS for a in makes for b in makes}
# Infrared and street light take the color out of paint: what has none may be of any.
COLORLESS = frozenset({"WHI", "CRM", "SIL", "COM", "GRY", "BLK", "BGE", "TAN", "DBL", "DGR", "BRO"})
LIGHT, DARK = frozenset({"WHI", "CRM"}), frozenset({"BLK"})


@dataclass(frozen=True, slots=True)
class Look:
    """What one read says of the vehicle, in the codes of the vocabulary; empty where it says nothing."""

    make: str
    colors: tuple[str, ...]
    body: str

    @classmethod
    def of(cls, seen: Seen) -> Look:
        """The look of one read."""
        return cls(vocabulary.make(seen.make), vocabulary.colors(seen.color), vocabulary.body(seen.body))

    @property
    def is_known(self) -> bool:
        """Whether it says anything that can be compared."""
        return bool(self.make or self.colors or self.body)


@dataclass(frozen=True, slots=True)
class Unlike:
    """Two looks held against each other: points for each attribute that contradicts."""

    make: int
    color: int
    body: int

    @property
    def points(self) -> int:
        """All of them together."""
        return self.make + self.color + self.body

    @property
    def is_strong(self) -> bool:
        """Whether one passing on each side is enough: another kind of vehicle, and what goes with it."""
        return self.body >= ENOUGH and self.points >= STRONG


@lru_cache(8192)
def compare(one: Look, other: Look) -> Unlike:
    """How much two looks contradict; what one of them does not say contradicts nothing."""
    return Unlike(
        _makes(one.make, other.make), _colors(one.colors, other.colors), _bodies(one.body, other.body)
    )


def _makes(one: str, other: str) -> int:
    return int(bool(one and other) and one != other and (one, other) not in _SIBLINGS)


def _colors(one: Sequence[str], other: Sequence[str]) -> int:
    if not one or not other or vocabulary.alike_colors("/".join(one), "/".join(other)):
        return 0
    if COLORLESS.isdisjoint((*one, *other)):
        return 1
    return int(any(LIGHT.issuperset(a) and DARK.issuperset(b) for a, b in ((one, other), (other, one))))


def _bodies(one: str, other: str) -> int:
    pair = {one, other}
    if not one or not other or one == other or "TRAILER" in pair:
        return 0
    if "MOTORCYCLE" in pair:
        return 3
    if _are(pair, CARS, LARGE):
        return 2
    return int(_are(pair, LOW, HIGH))


def _are(pair: set[str], some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether one of the two is of some, and the other of others."""
    return not some.isdisjoint(pair) and not others.isdisjoint(pair)


@dataclass(frozen=True, slots=True)
class Sides:
    """Two vehicles under one plate: the reads of each, and how much they contradict."""

    one: tuple[Seen, ...]
    other: tuple[Seen, ...]
    unlike: Unlike

    @property
    def is_enough(self) -> bool:
        """Whether they are said often enough for what they say."""
        least = min(passes(self.one), passes(self.other))
        return self.unlike.is_strong or (self.unlike.points >= ENOUGH and least >= 2)

    @property
    def rank(self) -> tuple[object, ...]:
        """By what the strongest of several is chosen, whatever the order of the reads."""
        least = min(passes(self.one), passes(self.other))
        keys = sorted(str(seen.key) for seen in (*self.one, *self.other))
        return self.unlike.points, least, len(keys), keys


def sides(reads: Iterable[Seen]) -> Sides | None:
    """The two vehicles that contradict each other most among the reads of one plate; None where none do."""
    by_look: dict[Look, list[Seen]] = defaultdict(list)
    for seen in reads:
        look = Look.of(seen)
        if look.is_known:
            by_look[look].append(seen)
    found = [_gathered(by_look, one, other) for one, other in combinations(by_look, 2)]
    return max((each for each in found if each and each.is_enough), key=lambda each: each.rank, default=None)


def _gathered(by_look: Mapping[Look, list[Seen]], one: Look, other: Look) -> Sides | None:
    unlike = compare(one, other)
    if unlike.points < ENOUGH:
        return None
    with_one, with_other = _with(by_look, one, other), _with(by_look, other, one)
    first, second = sorted((with_one, with_other), key=lambda side: _order(side[0]))
    return Sides(first, second, unlike)


def _with(by_look: Mapping[Look, list[Seen]], own: Look, against: Look) -> tuple[Seen, ...]:
    """The reads that say nothing against `own`, and enough against the other."""
    found = [
        seen
        for look, reads in by_look.items()
        if compare(look, own).points == 0 and compare(look, against).points >= ENOUGH
        for seen in reads
    ]
    return tuple(sorted(found, key=_order))


def passes(reads: Iterable[Seen]) -> int:
    """How many times a vehicle came by: reads of one camera within ten minutes are one."""
    last: dict[int, datetime] = {}
    count = 0
    for seen in sorted(reads, key=_order):
        before = last.get(seen.camera)
        count += before is None or seen.captured_at - before > ONE_PASS
        last[seen.camera] = seen.captured_at
    return count


def of_plate(
    fresh: Collection[UUID], around: Sequence[Seen], limits: Limits, plate: str, state: str
) -> Contradiction | None:
    """What the reads of one plate say of two vehicles, where a new read is among them; else None.

    `around` has the reads of the plate under one state, and of those that readers confuse with it.
    """
    reads = [seen for seen in around if seen.plate == plate and is_sure(seen, limits)]
    found = sides(reads)
    if found is None:
        return None
    resting = (*found.one, *found.other)
    if not any(seen.key in fresh for seen in resting):
        return None
    one, other = sorted((found.one[-1], found.other[-1]), key=_order)
    return Contradiction(
        kind=Finding.Kind.UNLIKE, plate=plate, state=state, one=one, other=other, reads=resting,
        weight=found.unlike.points, doubts=doubts(one, other, around),
    )  # fmt: skip


def _order(seen: Seen) -> tuple[datetime, str]:
    return seen.captured_at, str(seen.key)
