"""Partial plates and descriptions: their written form, what meets them, and that anchors lose nothing."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hotlists import vocabulary
from hotlists.anchors import Shapes, shape_of
from hotlists.changes import Line
from hotlists.models import Entry, HotList
from hotlists.patterns import Meeting, alignment, anchor_of, differing, is_partial, known, meets, tidy
from hotlists.plates import GROUPS, BadPlate, fold

CHARACTERS = "AB8O0D1IK4"
PLATES = st.text(CHARACTERS, min_size=1, max_size=8)
PATTERNS = st.text(CHARACTERS + "???***", min_size=1, max_size=9).filter(lambda text: set(text) - set("?*"))
STATES = st.sampled_from(["", "CA", "NV"])
MAKES = st.sampled_from(["", "Toyota", "TOYT", "HONDA", "Kestrel Motors"])
MODELS = st.sampled_from(["", "Camry", "CAM", "Civic", "4RN"])
COLORS = st.sampled_from(["", "GRY", "gray", "silver", "BLU/WHI", "MUL", "red", "rusty", "black"])
BODIES = st.sampled_from(["", "4D", "sedan", "SUV", "hovercraft"])


def entry(plate: str = "", *, groups: tuple[str, ...] = GROUPS, most: int = 10, **facts: str) -> Entry:
    """An entry that is not stored, on a list of this fuzziness."""
    return Entry(hot_list=HotList(accepts=list(groups), most_differing=most), plate=plate, **facts)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "characters of the plate that are known"),
        ("?*?", "characters of the plate that are known"),
        ("9B%T6", "not “%”"),
        ("9B_T6", "not “_”"),
        ("9B\\T6", "not “\\”"),
        ("ÄBC", "not “Ä”"),
        ("STRAß?", "not “ß”"),
        ("???????????A", "at most 10 characters; this has 12"),
        ("8KRB412" * 2, "at most 10 characters; this has 14"),
        ("*".join("ABCDEFGHI"), "Leave out some"),
    ],
)
def test_what_is_no_part_of_a_plate_is_refused(typed: str, says: str) -> None:
    with pytest.raises(BadPlate, match=re.escape(says)):
        tidy(typed)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("8krb 412", "8KRB412"),
        ("8ab?12*", "8AB?12*"),
        ("9B **T", "9B*T"),
        ("9b*?*?t", "9B??*T"),
        ("９Ｂ？Ｔ６＊", "9B?T6*"),
    ],
)
def test_a_part_of_a_plate_has_one_written_form(typed: str, written: str) -> None:
    assert tidy(typed) == written
    assert tidy(written) == written


def test_what_is_known_of_a_plate() -> None:
    assert known("8AB?12*") == 5
    assert is_partial("8AB?12")
    assert is_partial("8AB12*")
    assert not is_partial("8AB12")


@pytest.mark.parametrize(
    ("pattern", "plate", "places"),
    [
        ("", "8AB412", []),
        ("8AB?12*", "8AB412", ["88", "AA", "BB", "?4", "11", "22"]),
        ("8AB?12*", "8A841299", ["88", "AA", "B8≠", "?4", "11", "22", "*9", "*9"]),
        ("*12", "12", ["11", "22"]),
        ("*B", "8B8", ["*8", "*B", "B8≠"]),
        ("8AB?", "8A", ["88", "AA", "B≠", "?"]),
        ("A?", "AXY", ["AA", "?X", "Y≠"]),
        ("8KRB412", "8KR8412", ["88", "KK", "RR", "B8≠", "44", "11", "22"]),
    ],
)
def test_a_plate_is_shown_character_by_character(pattern: str, plate: str, places: list[str]) -> None:
    shown = alignment(pattern, plate)
    assert [f"{one.listed}{one.read}{'≠' * one.differs}" for one in shown] == places
    assert "".join(one.read for one in shown) == (plate if pattern else "")


def fits(pattern: str, plate: str, groups: tuple[str, ...]) -> int | None:
    """By trying: the fewest misread characters under which a pattern fits."""
    letters = set("".join(CHARACTERS))
    alike = {one: {one, *(b for g in groups if one in g for b in g)} & letters for one in letters}
    ways = []
    expression = re.compile(pattern.replace("?", ".").replace("*", ".*"))
    for meant in product(*(sorted(alike[letter]) for letter in plate)):
        if expression.fullmatch("".join(meant)):
            ways.append(sum(a != b for a, b in zip(meant, plate, strict=True)))
    return min(ways, default=None)


@settings(deadline=None)
@given(
    pattern=PATTERNS,
    plate=st.text(CHARACTERS, min_size=1, max_size=5),
    groups=st.lists(st.sampled_from(GROUPS), unique=True).map(tuple),
    most=st.integers(0, 3),
)
def test_a_partial_plate_is_met_where_it_fits_with_as_few_misreads_as_its_list_takes(
    pattern: str, plate: str, groups: tuple[str, ...], most: int
) -> None:
    pattern = tidy(pattern)
    if not is_partial(pattern):
        pattern += "*"
    wanted = fits(pattern, plate, groups)
    from hotlists.fuzziness import pairs

    assert differing(pattern, plate, pairs(groups)) == wanted
    expected = Meeting.PARTIAL if wanted is not None and wanted <= most else None
    assert meets(entry(pattern, groups=groups, most=most), plate) == expected


@settings(max_examples=400, deadline=None)
@given(
    pattern=PATTERNS | st.just(""),
    listed=st.tuples(STATES, MAKES, MODELS, COLORS, BODIES),
    plate=PLATES,
    read=st.tuples(STATES, MAKES, MODELS, COLORS, BODIES),
)
@example(pattern="", listed=("", "TOYT", "", "GRY", ""), plate="A", read=("", "Toyota", "", "silver", "SUV"))
@example(pattern="", listed=("", "TOYT", "", "red", ""), plate="A", read=("", "Toyota", "", "MUL", ""))
@example(pattern="", listed=("", "", "Camry", "BLU/WHI", ""), plate="A", read=("", "", "CAM", "white", ""))
@example(pattern="AB*BA", listed=("",) * 5, plate="ABA", read=("",) * 5)
@example(pattern="1*0AB*1", listed=("",) * 5, plate="IDA81", read=("",) * 5)
def test_an_anchor_leaves_out_nothing_that_the_entry_meets(
    pattern: str, listed: tuple[str, ...], plate: str, read: tuple[str, ...]
) -> None:
    pattern = tidy(pattern) if pattern else ""
    state, make, model, color, body = listed
    one = entry(pattern, state=state, make=make, model=model, color=color, body=body)
    one.anchor = anchor_of(plate=pattern, make=make, model=model, color=color, body=body)
    assert bool(one.anchor) == (not pattern or is_partial(pattern))
    assert len(one.anchor) <= 80
    if one.anchor and meets(one, plate, *read):
        _, make, _, color, body = read
        keys = set(
            Shapes([shape_of(one.anchor)]).keys(plate_key=fold(plate), make=make, color=color, body=body)
        )
        assert one.anchor in keys


@pytest.mark.parametrize(
    ("pattern", "anchor"),
    [
        ("8AB?12", "n6s1245:A812"),
        ("8AB?12*", "s1245e:A812"),
        ("*12", "se01:21"),
        ("8*12", "s0e01:821"),
        ("8*KRB*2", "g3:KR8"),
        ("?KR*", "s12e:KR"),
        ("KRB412", ""),
    ],
)
def test_the_most_telling_characters_are_the_anchor(pattern: str, anchor: str) -> None:
    assert anchor_of(plate=pattern) == anchor


def test_the_longest_words_fit_into_an_anchor() -> None:
    assert len(anchor_of(plate="", make="M" * 40, color="red", body="B" * 20)) <= 80


def test_a_whole_plate_in_another_state_stays_possible() -> None:
    assert meets(entry("8KRB412", state="CA"), "8KRB412", "CA") == Meeting.EXACT
    assert meets(entry("8KRB412", state="CA"), "8KRB412", "") == Meeting.EXACT
    assert meets(entry("8KRB412", state="CA"), "8KRB412", "NV") == Meeting.POSSIBLE
    assert meets(entry("8KRB412", state="CA"), "8KR8412", "CA") == Meeting.POSSIBLE
    assert meets(entry("8KRB412", make="HOND"), "8KRB412", make="TOYT") == Meeting.EXACT


def test_an_exact_list_is_met_exactly_or_not_at_all() -> None:
    exact = {"groups": (), "state": "CA"}
    assert meets(entry("8KRB412", **exact), "8KRB412", "CA") == Meeting.EXACT
    assert meets(entry("8KRB412", **exact), "8KRB412", "NV") is None
    assert meets(entry("8KRB412", **exact), "8KR8412", "CA") is None
    assert meets(entry("8KRB*", **exact), "8KR8412", "CA") is None
    assert meets(entry("8KRB*", **exact), "8KRB412", "CA") == Meeting.PARTIAL


def test_a_part_of_a_plate_is_not_met_in_another_state_or_by_another_vehicle() -> None:
    part = {"state": "CA", "make": "HOND", "model": "Civic", "color": "GRY", "body": "4D"}
    assert meets(entry("8KR*", **part), "8KRB412") == Meeting.PARTIAL
    assert meets(entry("8KR*", **part), "8KRB412", "CA", "Honda", "CIV", "silver", "sedan") == Meeting.PARTIAL
    assert meets(entry("8KR*", **part), "8KRB412", "NV") is None
    for other in ({"make": "Toyota"}, {"model": "Accord"}, {"color": "red"}, {"body": "SUV"}):
        assert meets(entry("8KR*", **part), "8KRB412", **other) is None
    for unheard in ({"make": "Kestrel Motors"}, {"color": "rusty"}, {"body": "hovercraft"}, {"model": "X"}):
        assert meets(entry("8KR*", **part), "8KRB412", **unheard) == Meeting.PARTIAL


def test_a_description_is_met_where_every_attribute_is_named_and_the_same() -> None:
    described = {"make": "TOYT", "color": "GRY"}
    assert meets(entry(**described), "8KRB412", make="Toyota", color="silver") == Meeting.DESCRIPTION
    assert meets(entry(**described), "8KRB412", make="Toyota") is None
    assert meets(entry(**described), "8KRB412", make="Toyota", color="red") is None
    assert meets(entry(**described), "8KRB412", make="Honda", color="gray") is None
    assert meets(entry(state="CA", **described), "8KRB412", "NV", make="Toyota", color="gray") is None
    assert meets(entry(), "8KRB412", make="Toyota", color="gray") is None
    assert vocabulary.alike_colors("GRY", "silver")


def test_a_change_of_a_part_of_a_plate_marks_the_wildcards_that_change() -> None:
    assert Line("Plate", "8K?B*", "8KRB*").places == [3]
    assert Line("Plate", "8KRB*", "8KR?*").places == [4]
