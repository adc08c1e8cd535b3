"""The rule of time-limited zones by itself, held against one that looks at every pair of reads."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from detections.parking.stays import Sight, of_day, stays

START = datetime(2026, 11, 20, 17, tzinfo=UTC)
LIMIT = timedelta(minutes=60)


def sight(
    minute: int, zone: int | None, *, plate: str = "8KRB412", state: str = "CA", counts: bool = True
) -> Sight:
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"{minute}{zone}{plate}{state}")
    return Sight(key, START + timedelta(minutes=minute), plate, state, zone, counts, LIMIT)


SIGHTS = st.lists(
    st.builds(
        sight, st.integers(0, 300), st.sampled_from([None, 1, 1, 1, 2]),
        plate=st.sampled_from(["8KRB412", "8KRB412", "BKRB412"]),
        state=st.sampled_from(["CA", "CA", "NV", ""]),
        counts=st.sampled_from([True, True, True, False]),
    ),
    max_size=14, unique_by=lambda one: one.at,
)  # fmt: skip


def overtimes(sights: list[Sight]) -> set[tuple[Sight, Sight]]:
    """Each pair in one zone past its limit, with every read in between in that zone, of one exact vehicle."""
    found = set()
    for one, other in combinations(sorted(sights, key=lambda each: each.at), 2):
        same = (one.zone, one.plate, one.state) == (other.zone, other.plate, other.state)
        between = [
            each.zone
            for each in sights
            if one.at < each.at < other.at and (each.plate, each.state) == (one.plate, one.state)
        ]
        unbroken = all(zone == one.zone for zone in between)
        if (
            same
            and unbroken
            and one.zone is not None
            and one.counts
            and other.counts
            and other.at - one.at > LIMIT
        ):
            found.add((one, other))
    return found


@given(SIGHTS)
def test_a_stay_is_over_exactly_where_two_reads_say_so(sights: list[Sight]) -> None:
    day = of_day(sights)
    pairs = overtimes(sights)
    for one, other in pairs:
        assert any(one in stay.sights and other in stay.sights for stay in day.overtime)
    for stay in day.overtime:
        assert (stay.first, stay.last) in pairs
    kept = [each for stay in day.exact for each in stay.sights]
    assert len(kept) == len(set(kept)) == sum(each.zone is not None and each.counts for each in sights)


@given(SIGHTS)
def test_the_order_in_which_reads_come_says_nothing(sights: list[Sight]) -> None:
    there, back = of_day(sights), of_day(reversed(sights))
    assert (there.overtime, there.possible) == (back.overtime, back.possible)


@given(SIGHTS)
def test_a_possible_one_is_over_and_says_nothing_that_an_exact_one_says(sights: list[Sight]) -> None:
    day = of_day(sights)
    for stay in day.possible:
        assert stay.is_over
        assert not any(
            stay.zone == known.zone and stay.first.at <= known.last.at and known.first.at <= stay.last.at
            for known in day.overtime
        )
        assert len({each.state for each in stay.sights} - {""}) <= 1


@given(SIGHTS)
def test_a_further_read_elsewhere_never_makes_a_stay_longer(sights: list[Sight]) -> None:
    elsewhere = sight(151, None)
    before = {(stay.first.at, stay.last.at) for stay in of_day(sights).overtime}
    for stay in of_day([*[one for one in sights if one.at != elsewhere.at], elsewhere]).overtime:
        assert any(first <= stay.first.at and stay.last.at <= last for first, last in before)


def test_at_the_limit_it_is_not_over() -> None:
    at, over = stays([sight(0, 1), sight(60, 1)]), stays([sight(0, 1), sight(61, 1)])
    assert (at[0].is_over, over[0].is_over) == (False, True)
