"""The vocabulary of the national vehicle file: codes, words, synonyms, and colors that look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotlists import vocabulary
from hotlists.vocabulary import vco, vma, vst
from hotlists.vocabulary.tables import lookup

VCO = """
BGE BLK BLU BRO BRZ COM CPR CRM DBL DGR GLD GRN GRY LAV LBL LGR MAR MUL ONG PLE PNK RED SIL TAN TRQ WHI YEL
"""


def test_a_table_holds_no_word_for_two_codes() -> None:
    with pytest.raises(ValueError, match="silver stands for SIL and for GRY"):
        lookup("SIL silver\nGRY gray; silver")


def test_every_color_code_is_known_and_has_a_word() -> None:
    assert set(VCO.split()) == set(vco.NAMES)
    for code in VCO.split():
        assert vocabulary.color(code) == code
        assert vocabulary.color(vocabulary.name_of_color(code)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Gray", "GRY"),
        ("GREY", "GRY"),
        ("silver-gray", "SIL"),
        ("gold-beige", "GLD"),
        ("Dark  Blue", "DBL"),
        ("burgundy", "MAR"),
        ("BLU/WHI", "BLU"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_what_readers_call_a_color(text: str, code: str) -> None:
    assert vocabulary.color(text) == code


def test_two_tones_keep_both_and_their_order() -> None:
    assert vocabulary.colors("blu/whi") == ("BLU", "WHI")
    assert vocabulary.colors("White over red") == ("WHI", "RED")
    assert vocabulary.colors("zebra/white") == ("WHI",)
    assert vocabulary.name_of_color("BLU/WHI") == "blue and white"
    assert vocabulary.name_of_color("zebra") == "zebra"


@pytest.mark.parametrize(
    ("a", "b"),
    [("silver", "gray"), ("BLU", "dark blue"), ("beige", "GLD"), ("black", "DBL"), ("BLU/WHI", "white")],
)
def test_colors_that_cameras_take_for_each_other(a: str, b: str) -> None:
    assert vocabulary.alike_colors(a, b)
    assert vocabulary.alike_colors(b, a)


@pytest.mark.parametrize(("a", "b"), [("white", "black"), ("red", "blue"), ("SIL", "RED"), ("GRN", "YEL")])
def test_colors_that_differ(a: str, b: str) -> None:
    assert not vocabulary.alike_colors(a, b)
    assert not vocabulary.alike_colors(b, a)


def test_many_colors_are_like_any_and_an_unknown_one_like_none() -> None:
    assert vocabulary.alike_colors("multicolored", "YEL")
    assert not vocabulary.alike_colors("", "")
    assert not vocabulary.alike_colors("zebra", "zebra")


@given(st.sampled_from(VCO.split()), st.sampled_from(VCO.split()))
def test_alike_is_the_same_both_ways(a: str, b: str) -> None:
    assert vocabulary.alike_colors(a, a)
    assert vocabulary.alike_colors(a, b) == vocabulary.alike_colors(b, a)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Toyota", "TOYT"),
        ("TOYO", "TOYT"),
        ("mercedes-benz", "MERZ"),
        ("MERC", "MERC"),
        ("VW", "VOLK"),
        ("range rover", "LNDR"),
        ("Harley Davidson", "HD"),
        ("chevy", "CHEV"),
        ("", ""),
        ("Trabant", ""),
    ],
)
def test_what_readers_call_a_make(text: str, code: str) -> None:
    assert vocabulary.make(text) == code


def test_every_make_reads_well() -> None:
    for code, name in vma.NAMES.items():
        assert vocabulary.make(code) == code
        assert vocabulary.make(name) == code
        assert vocabulary.name_of_make(code) == name
    assert vocabulary.name_of_make("toyota") == "Toyota"
    assert vocabulary.name_of_make("Trabant") == "Trabant"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4D", "SEDAN"),
        ("2d", "SEDAN"),
        ("PK", "PICKUP"),
        ("sedan-standard", "SEDAN"),
        ("suv-crossover", "SUV"),
        ("Pickup Truck", "PICKUP"),
        ("Big Truck", "TRUCK"),
        ("van-mini", "VAN"),
        ("motor scooter", "MOTORCYCLE"),
        ("", ""),
        ("airship", ""),
    ],
)
def test_what_readers_call_a_body(text: str, code: str) -> None:
    assert vocabulary.body(text) == code


def test_every_body_reads_well() -> None:
    for code, name in vst.NAMES.items():
        assert vocabulary.body(code) == code
        assert vocabulary.body(name) == code
        assert vocabulary.name_of_body(code) == name
    assert vocabulary.name_of_body("4D") == "sedan, 4 doors"
    assert vocabulary.name_of_body("airship") == "airship"


@given(st.text(max_size=40))
def test_any_text_is_answered(text: str) -> None:
    assert vocabulary.color(text) in {*vco.NAMES, ""}
    assert vocabulary.make(text) in {*vma.NAMES, ""}
    assert vocabulary.body(text) in {*vst.NAMES, ""}
    for name in (vocabulary.name_of_color, vocabulary.name_of_make, vocabulary.name_of_body):
        assert isinstance(name(text), str)
