"""A stated reason lets another officer check it; immigration enforcement is no reason at all."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trail.purpose import (
    VAGUE_WORDS,
    VagueReason,
    check_case_number,
    check_reason,
    refuse_immigration,
)

VAGUE = [
    "",
    "inv",
    "INV.",
    "test",
    "investigation",
    "investigation follow up",
    "Follow-up investigation, per Sgt.",
    "police business only please",
    "suspicious vehicle check",
    "looking for a suspect vehicle",
    "official law enforcement purpose",
    "aaaa bbbb cccc",
    "looooook for this white sedan",
    "stolen stolen stolen stolen",
    "asdf qwer zxcv",
    "qwerty qwerty asdfgh",
    "12345 67890 11111",
    "robbery",
    "see case",
    "x y z",
]
GOOD = [
    "Witness to the Quay St robbery gave this plate; where was it before 16:40?",
    "Ice cream truck robbery on Pine St, looking for the white van",
    "Burglary at 118 Mesa Ave, neighbor saw a gray pickup leave at 03:10",
    "Victim reports her ex-husband followed her from work in this car",
    "Hit and run on Highway 12, partial plate from a dash camera",
    "Missing juvenile last seen getting into a blue Honda Civic",
    "Amber alert, silver minivan heading north on I-80",
    "Silver alert: 81-year-old driver did not come home from the clinic",
    "Stolen vehicle taken from the mall parking lot this morning",
    "Catalytic converter theft, same truck seen at three scenes",
    "Shooting at Lincoln Park, shots came from a passing black sedan",
    "Homicide of Nov 20, suspect fled in the victim's own car",
    "Bank robber left in a tan Buick, teller remembered two digits",
    "Warrant for armed robbery, subject known to drive this pickup",
    "Protective order violation, respondent parked outside the school",
    "Package thefts on Oak Ct, doorbell camera shows a red hatchback",
    "Arson at the warehouse, a van was seen minutes before the fire",
    "Fraud: forged checks cashed by a woman in a white Lexus",
    "Street racing at the pier injured a bystander on Saturday",
    "Kidnapping reported by 911 caller, tan SUV toward the bridge",
    "Sexual assault suspect drove off in a green Subaru",
    "Carjacking at gunpoint, owner gave us the plate",
    "Assisting Fairfield officers with a stabbing, suspect came here",
    "Retail theft crew using one rental car in four cities",
    "Threats made to a judge, sender's car is registered here",
    "Overdose death, dealer's car was outside the house that night",
    "Road rage, driver pointed a handgun at the family",
    "Collision on black ice, the other driver left the scene",
    "Removal of a trailer from the yard without the owner's consent",
    "Elder abuse: caregiver took the car and the bank cards",
    "Ice chest full of stolen crab taken from the harbor dock",
    "Meth sales, the buyer said he got ice from the driver of this van",
]
IMMIGRATION = [
    "ICE hold",
    "ICE",
    "Ice hold for the driver of this sedan",
    "Driver has an ice detainer from last week",
    "Locating the subject for ICE",
    "locate the white van for ice",
    "Helping ice with a pickup on Main St",
    "Assist I.C.E. with an arrest on Main St",
    "Removal order from the court in San Francisco",
    "Final order of removal, subject drives this truck",
    "Immigration warrant for the registered owner",
    "Driver was deported twice and came back",
    "Undocumented driver works at the farm",
    "Visa overstay, living on Mesa Ave",
    "287(g) request from the county",
    "CBP asked where this truck was",
    "Border Patrol asked where this truck was",
    "ERO team request for the gray Nissan",
]


@pytest.mark.parametrize("reason", VAGUE)
def test_a_vague_reason_is_refused_with_what_to_write_instead(reason: str) -> None:
    with pytest.raises(VagueReason, match="For example: "):
        check_reason(reason)


@pytest.mark.parametrize("reason", IMMIGRATION)
def test_immigration_enforcement_is_refused_with_the_law(reason: str) -> None:
    with pytest.raises(VagueReason, match=r"Government Code 7284\.6"):
        check_reason(reason)


@pytest.mark.parametrize("reason", GOOD)
def test_a_sentence_that_can_be_checked_passes(reason: str) -> None:
    assert check_reason(f"  {reason.replace(' ', '  ')} ") == reason


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(VAGUE_WORDS)), st.sampled_from([str.lower, str.upper, str.title])),
        max_size=30,
    ),
    st.sampled_from([" ", ", ", " - ", "... ", "/", "  "]),
)
def test_no_heap_of_vague_words_says_anything(words: list[tuple[str, object]], between: str) -> None:
    text = between.join(change(word) for word, change in words)  # type: ignore[operator]
    with pytest.raises(VagueReason):
        check_reason(text)


@given(st.text(max_size=2), st.integers(min_value=1, max_value=40))
def test_saying_one_word_often_says_no_more(word: str, times: int) -> None:
    with pytest.raises(VagueReason):
        check_reason(" ".join([f"rob{word}"] * times))


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    with contextlib.suppress(VagueReason):
        assert check_reason(text) == " ".join(text.split())


@pytest.mark.parametrize(
    "number", ["", "1", "12", "inv", "case", "0000", "11-1111", "A" * 31 + "1", "ICE-26-1"]
)
def test_a_number_that_is_none_is_refused(number: str) -> None:
    with pytest.raises(VagueReason):
        check_case_number(number)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("26-11873", "26-11873"), (" vp 26 / 4411", "VP 26 / 4411"), ("inc.2026-0042", "INC.2026-0042")],
)
def test_a_number_is_kept_tidied(typed: str, kept: str) -> None:
    assert check_case_number(typed) == kept


def test_other_texts_are_asked_for_immigration_too() -> None:
    refuse_immigration("Stolen trailer")
    with pytest.raises(VagueReason):
        refuse_immigration("Subject of a removal order")
