"""What may not enter, whatever a mapping, its words or a list say."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Agency
from hotlists.models import HotList, Source
from hotlists.reading import LeftOut, Problem, Row, open_file, open_sample
from hotlists.reading.rules import LAW, Rules, speaks_of_immigration
from hotlists.sources import RESTRICTED, is_immigration, kept_out
from tests.hotlists.reading.files import TODAY, at, mapping, only, read
from tests.hotlists.test_sources import adopt

WANTED = mapping(at(plate=0, reason=1, source_file=2), has_header=False)


@pytest.mark.parametrize(
    "name",
    [
        "immigration violator",
        "IMMIGRATION VIOLATOR FILE",
        "Immigration-Violators",
        "immigration_violator",
        "ncic_immigration",
        "Ìmmigration violator",
        "i m m i g r a t i o n",
        "Deported felon",
    ],
)
def test_the_immigration_file_never_enters(name: str) -> None:
    words = {"source_file": {name: "ncic_wanted"}}
    for said in (WANTED, mapping(WANTED.columns, has_header=False, words=words)):
        found = only(f"1A;Wanted;{name}", said)
        assert found == LeftOut(1, "immigration violator", LAW)
    assert only(f"plate;reason;source_file\n1A;Wanted;{name}\n").source == "immigration violator"


def test_no_word_or_constant_lets_it_in() -> None:
    words = {"source_file": {"EX": "immigration violator"}}
    said = mapping(WANTED.columns, has_header=False, words=words)
    assert isinstance(only("1A;Wanted;EX", said), LeftOut)
    said = mapping(at(plate=0, reason=1), has_header=False, constants={"source_file": "Immigration violator"})
    assert isinstance(only("1A;Wanted", said), LeftOut)
    said = mapping(at(plate=0), has_header=False, constants={"reason": "ICE hold"})
    assert only("1A;", said) == Problem(1, LAW)
    said = mapping(at(plate=0, reason=1), has_header=False, words={"reason": {"7": "Deportation order"}})
    assert only("1A;7", said) == Problem(1, LAW)


@pytest.mark.parametrize("field", ["reason", "synopsis", "person"])
def test_a_line_that_speaks_of_it_is_a_bad_line(field: str) -> None:
    values = {"plate": "1A", "reason": "Wanted", field: "Deported, wanted for ICE"}
    text = ";".join(values) + "\n" + ";".join(values.values())
    assert only(text) == Problem(2, LAW)


def test_a_line_is_left_out_before_its_values_are_looked_at() -> None:
    rules = Rules(kept_out=frozenset([Source.NCIC_GANG]))
    assert isinstance(only("?*;;ncic_gang", WANTED, rules), LeftOut)


def test_a_file_that_the_list_leaves_out() -> None:
    rules = Rules(kept_out=frozenset([Source.NCIC_GANG]))
    gang, wanted, none = read(b"1A;Wanted;Gang file\n1B;Wanted;wanted persons\n1C;Wanted;\n", WANTED, rules)
    assert isinstance(gang, LeftOut)
    assert (gang.line, gang.source) == (1, "ncic_gang")
    assert isinstance(wanted, Row)
    assert wanted.source_file == "ncic_wanted"
    assert isinstance(none, Row)
    assert none.source_file == ""


def test_a_file_that_the_policy_leaves_out_by_a_name_of_its_own() -> None:
    rules = Rules(excluded=("parking scofflaws", ""))
    found = only("1A;Unpaid;Parking-Scofflaws 2026", WANTED, rules)
    assert found == LeftOut(1, "Parking-Scofflaws 2026", "The policy leaves this file out of the hot lists.")


def test_a_file_that_is_not_known_is_a_bad_line() -> None:
    assert only("1A;Wanted;ZZ9", WANTED) == Problem(1, "It names a source file that is not known.")


def test_a_mappings_own_source_stands_for_lines_that_name_none() -> None:
    rules = Rules(default="ncic_gang")
    assert only("plate,reason\n1A,Wanted\n", rules=rules).source_file == "ncic_gang"
    shut = Rules(default="ncic_gang", kept_out=frozenset(["ncic_gang"]))
    found = only("plate,reason\n1A,Wanted\n", rules=shut)
    assert isinstance(found, LeftOut)
    assert "restricted" in found.why


def test_a_list_whose_own_source_the_policy_leaves_out_takes_no_line(
    general_list: HotList, agency: Agency
) -> None:
    general_list.source, general_list.is_restricted = Source.NCIC_GANG, True
    assert only("plate,reason\n1A,Wanted\n", rules=Rules.of(general_list, None)).source_file == ""
    adopt(agency, excluded_files=["immigration violator", "Gang file"])
    general_list.agency = Agency.objects.get(pk=agency.pk)
    for said in (None, mapping([], source="ncic_gang"), mapping([], source="ncic")):
        found = only("plate,reason\n1A,Wanted\n", rules=Rules.of(general_list, said))
        assert isinstance(found, LeftOut)
        assert found.source == "ncic_gang"


@pytest.fixture
def extract(general_list: HotList) -> HotList:
    """A list of several NCIC files, open to everyone who sees lists."""
    general_list.source = Source.NCIC
    general_list.left_out = [Source.NCIC_MISSING]
    general_list.save()
    return general_list


def sources_that_enter(hot_list: HotList) -> set[str]:
    lines = "".join(f"1A;Wanted;{source}\n" for source in Source)
    said = mapping(WANTED.columns, has_header=False, source="ncic")
    reading = open_file(io.BytesIO(lines.encode()), mapping=said, hot_list=hot_list, today=TODAY)
    return {row.source_file for row in reading.rows() if isinstance(row, Row)}


def test_restricted_files_enter_a_restricted_list_alone(extract: HotList) -> None:
    assert sources_that_enter(extract) == set(Source) - RESTRICTED - {Source.NCIC_MISSING}
    extract.is_restricted = True
    assert sources_that_enter(extract) == set(Source) - {Source.NCIC_MISSING}


def test_a_sample_is_read_under_the_agencys_policy(agency: Agency) -> None:
    said = mapping(WANTED.columns, has_header=False, source="ncic")
    file = io.BytesIO(b"1A;Wanted;ncic_gang\n1B;Wanted;Immigration violator\n")
    first, second = open_sample(file, mapping=said, agency=agency, today=TODAY).rows()
    assert isinstance(first, Row)
    assert isinstance(second, LeftOut)


def test_the_rules_of_a_list_are_its_own_and_its_policys(extract: HotList) -> None:
    rules = Rules.of(extract, None)
    assert rules.kept_out == kept_out(extract.left_out, rules.excluded, is_restricted=False)
    assert "immigration violator" in rules.excluded


_PIECES = """
immigra immigrant deport ed undocumented illegal alien entry re- visa overstay removal order orders of customs
enforcement and border patrol CBP 287(g) 287 g ICE ERO ice hold agent for with police officer zero i.c.e i. c.
I-C-E i_c_e im migration é stolen . - _ / (
"""
pieces = st.sampled_from(_PIECES.split())


@given(st.lists(pieces, max_size=8), st.sampled_from(["", " ", "_", "-", "  "]))
def test_the_quick_look_never_misses(words: list[str], between: str) -> None:
    text = between.join(words)
    assert speaks_of_immigration(text) == is_immigration(text)


@given(st.text(max_size=60))
def test_the_quick_look_says_the_same_of_any_text(text: str) -> None:
    assert speaks_of_immigration(text) == is_immigration(text)
