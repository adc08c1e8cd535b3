"""How fuzzy a list is: which characters it takes for each other, and how many of one plate may differ.

A list says so itself (`HotList.accepts`, `HotList.most_differing`). Characters can be confused only within
`plates.GROUPS`, since the key under which a plate is found folds those and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations, product

from hotlists.plates import GROUPS

Pairs = frozenset[tuple[str, str]]


def pairs(accepts: Iterable[str]) -> Pairs:
    """The ordered pairs of unlike characters that a list which accepts these groups takes for each other."""
    return _pairs(tuple(accepts))


@cache
def _pairs(accepts: tuple[str, ...]) -> Pairs:
    return frozenset(
        (one, other)
        for given in accepts
        for group in GROUPS
        for one, other in product(set(given) & set(group), repeat=2)
        if one != other
    )


ALL_PAIRS = pairs(GROUPS)


def accepts(hot_list_accepts: Iterable[str], most_differing: int, listed: str, read: str) -> bool:
    """Whether a list takes the whole plate `read` for the plate `listed`; the same plate always is."""
    if len(listed) != len(read):
        return False
    differing = [pair for pair in zip(listed, read, strict=True) if pair[0] != pair[1]]
    return len(differing) <= most_differing and pairs(hot_list_accepts).issuperset(differing)


def misreads(plate: str, accepts: Iterable[str], most_differing: int, limit: int = 100) -> list[str]:
    """The other plates that a list takes for the whole `plate`, fewest differing characters first.

    Gives `limit` of them at most: a plate of many confusable characters has thousands.
    """
    known = pairs(accepts)
    others = {one: sorted(b for a, b in known if a == one) for one in set(plate)}
    places = [place for place, letter in enumerate(plate) if others[letter]]
    found: list[str] = []
    for number in range(1, min(most_differing, len(places)) + 1):
        for chosen in combinations(places, number):
            for misread in _replaced(plate, chosen, others):
                if len(found) == limit:
                    return found
                found.append(misread)
    return found


def _replaced(plate: str, places: tuple[int, ...], others: dict[str, list[str]]) -> Iterator[str]:
    for letters in product(*(others[plate[place]] for place in places)):
        changed = list(plate)
        for place, letter in zip(places, letters, strict=True):
            changed[place] = letter
        yield "".join(changed)
