"""Comparing a hit with its image: what is refused, what shuts it, what leaves it open."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Member
from detections import comparison, ladder
from detections.models import Hit, HitStep
from detections.services_hits import hit_see
from hotlists.models import Entry
from hotlists.patterns import anchor_of
from tests.hits.conftest import MakeHit, answers, hit_of, under
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Verb
from training.gate import Refused


@pytest.mark.parametrize("who", ["lapsed", "outsider", "analyst", "dispatcher", "auditor"])
def test_who_may_not_compare_changes_nothing(request: Any, make_hit: MakeHit, who: str) -> None:
    hit = make_hit()
    with pytest.raises(Refused):
        hit_see(actor=request.getfixturevalue(who), hit=hit, answers=answers(hit))
    hit.refresh_from_db()
    assert (hit.seen_at, hit.steps.count()) == (None, 0)


def test_every_missing_answer_is_named(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit(read="8KR8412", make="Honda", color="Silver")
    with pytest.raises(ValidationError) as missing:
        hit_see(actor=operator, hit=hit, answers={"state": comparison.SAME, "make": "no such answer"})
    assert set(missing.value.message_dict) == {"character_4", "others", "make", "color"}
    assert not HitStep.objects.exists()


def test_it_is_seen_once(operator: Member, second_operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    with pytest.raises(MoveRefused, match=r"Operator 4127 was first, at \d\d:\d\d:\d\d: compared"):
        hit_see(actor=second_operator, hit=hit, answers=answers(hit))


@pytest.mark.parametrize("name", ["character_4", "others", "state", "make", "model", "color", "body"])
def test_one_difference_shuts_it(operator: Member, make_hit: MakeHit, name: str) -> None:
    hit = make_hit(read="8KR8412", make="Honda", model="Accord", color="Silver", body="sedan")
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit, **{name: comparison.DIFFERS}))
    assert (hit.status, hit.shut_by_move, hit.seen_at) == ("shut", "see", None)
    verdict = ladder.verdict(hit, hit.agency.policy)
    assert verdict.kind == "shut"
    assert "No stop may rest on this hit." in verdict.sentence


def test_a_difference_needs_no_further_answers(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit(make="Honda")
    hit = hit_see(actor=operator, hit=hit, answers={"make": comparison.DIFFERS})
    assert hit.status == "shut"


@pytest.mark.parametrize("name", ["character_4", "others", "state", "make"])
def test_cannot_tell_never_passes_and_may_be_looked_at_again(
    operator: Member, second_operator: Member, make_hit: MakeHit, name: str
) -> None:
    hit = make_hit(read="8KR8412", make="Honda")
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit, **{name: comparison.UNCLEAR}))
    assert (hit.status, hit.seen_at) == ("open", None)
    phrase = next(q.phrase for q in comparison.questions(hit, hit.agency.policy) if q.name == name)
    assert f"a clear answer on {phrase}" in ladder.verdict(hit, hit.agency.policy).sentence
    hit = hit_see(actor=second_operator, hit=hit, answers=answers(hit))
    assert hit.seen_at is not None


def test_a_specific_list_asks_who_is_in_the_vehicle(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit(specific=True)
    with pytest.raises(ValidationError, match="Answer for the person"):
        hit_see(actor=operator, hit=hit, answers=answers(hit, person=""))
    for passing in (comparison.SAME, comparison.BASIS):
        with pytest.raises(ValidationError, match="what ties the driver to the person"):
            hit_see(actor=operator, hit=hit, answers=answers(hit, person=passing))
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit), words="Driver matches the description.")
    assert hit.seen_at is not None
    assert hit.steps.get().note == "Driver matches the description."


def test_immigration_is_no_basis(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit(specific=True)
    with pytest.raises(ValidationError, match="immigration enforcement is not permitted"):
        hit_see(actor=operator, hit=hit, answers=answers(hit), words="ICE asked for the driver")


def test_the_questions_follow_the_policy_and_the_list(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit("8KRB412", read="8KR8412", make="Honda", model="Accord", year=2019, body="sedan")

    def asked() -> list[str]:
        return [question.label for question in comparison.questions(hit, hit.agency.policy)]

    assert asked() == ["Character 4", "Other six", "State", "Make", "Model", "Body"]
    under(hit.agency, compare=["characters", "state"])
    assert asked() == ["Character 4", "Other six", "State"]
    under(hit.agency, compare=[], person_check_lists=["general"])
    assert asked() == ["Character 4", "Other six", "Wanted person"]


def test_other_readings_stand_beside_the_character(make_hit: MakeHit) -> None:
    others = [{"plate": "8KR8412", "confidence": 0.51}, {"plate": "8KRB412", "confidence": 0.46}]
    hit = make_hit(read="8KR8412", reading={"candidates": others})
    first = comparison.questions(hit, hit.agency.policy)[0]
    assert [(reading.words, reading.confidence) for reading in first.read] == [("8", 0.51), ("B", 0.46)]
    assert [option.words for option in first.options] == ["B", "8 or other", "Can’t tell"]


def test_what_was_seen_is_on_the_trail(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit()
    hit_see(actor=operator, hit=hit, answers=answers(hit))
    event = Event.objects.get(verb=Verb.HIT_SEEN)
    assert event.actor == operator
    assert event.elements["plate"] == hit.plate
    assert event.purpose == f"Verifying hit {hit.number}"
    assert event.policy_version == hit.agency.policy_label
    assert Hit.objects.get().rungs_done == ["alert", "seen"]


# What the list holds in other words, or only in part


def asked_of(hit: Hit) -> dict[str, comparison.Question]:
    return {question.name: question for question in comparison.questions(hit, hit.agency.policy)}


def test_list_and_reader_are_held_together_in_one_vocabulary(make_hit: MakeHit) -> None:
    reading = {"make": "Toyota", "color": "Gray", "body": "sedan"}
    hit = make_hit(make="TOYT", color="GRY", body="4D", reading=reading)
    asked = asked_of(hit)
    assert [asked[name].listed for name in ("make", "color", "body")] == ["Toyota", "gray", "sedan, 4 doors"]
    assert [asked[name].read[0].words for name in ("make", "color")] == ["Toyota", "gray"]
    assert not any(question.reader_differs for question in asked.values())


@pytest.mark.parametrize(
    ("name", "listed", "read", "differs"),
    [
        ("make", "HOND", "Toyota", True),
        ("make", "HOND", "Honda", False),
        ("make", "HOND", "", False),
        ("color", "GRY", "red", True),
        ("color", "GRY", "silver", False),
        ("body", "4D", "pickup", True),
        ("body", "4D", "no such body", False),
        ("model", "Accord", "Civic", True),
        ("model", "Accord", "ACC", False),
    ],
)
def test_what_the_reader_says_otherwise_is_marked_and_answers_nothing(
    operator: Member, make_hit: MakeHit, name: str, listed: str, read: str, differs: bool
) -> None:
    hit = make_hit(**{name: listed}, reading={name: read})
    assert asked_of(hit)[name].reader_differs is differs
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit))
    assert hit.seen_at is not None


def test_another_state_is_marked(make_hit: MakeHit) -> None:
    assert asked_of(make_hit(reading={"state": "NV"}))["state"].reader_differs
    assert not asked_of(make_hit("9BQT661"))["state"].reader_differs


def test_of_a_partial_plate_the_known_characters_are_asked(entry: Any, reader_key: Any) -> None:
    entry_in_part(entry, "8AB?12*")
    hit = hit_of(reader_key[0], "8A8K127", "partial-1")
    asked = asked_of(hit)
    assert [question.label for question in asked.values()] == ["Character 3", "Other four known", "State"]
    assert asked["character_3"].listed == "B"
    assert asked["character_3"].read[0].words == "8"
    assert asked["others"].listed == "8 A – ? 1 2 *"
    assert asked["others"].phrase == "the other four"


def test_of_a_description_every_attribute_is_asked_whatever_the_policy_compares(
    entry: Any, reader_key: Any
) -> None:
    entry_in_part(entry, "", make="TOYT", color="RED", body="PK")
    reading = {"make": "Toyota", "color": "red", "body": "pickup"}
    hit = hit_of(reader_key[0], "9XYZ123", "described-1", **reading)
    for compare in (["characters", "state", "vehicle"], ["characters"], []):
        under(hit.agency, compare=compare)
        assert [name for name in asked_of(hit) if name in comparison.VEHICLE] == ["make", "color", "body"]
        assert "others" not in asked_of(hit)


def test_something_is_always_asked(operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit(state="")
    under(hit.agency, compare=["state"])
    assert list(asked_of(hit)) == ["others"]
    with pytest.raises(ValidationError):
        hit_see(actor=operator, hit=hit, answers={})


@pytest.mark.parametrize("facts", [{"person": "John Roe, 1990"}, {"source_file": "ncic_wanted"}])
def test_an_entry_about_a_person_asks_what_ties_the_driver_to_the_person(
    operator: Member, make_hit: MakeHit, facts: dict[str, str]
) -> None:
    hit = make_hit(**facts)
    under(hit.agency, person_check_lists=[])
    assert "person" in asked_of(hit)
    with pytest.raises(ValidationError, match="what ties the driver to the person"):
        hit_see(actor=operator, hit=hit, answers=answers(hit))
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit), words="Scar over the left brow, as listed.")
    assert hit.steps.get().note == "Scar over the left brow, as listed."


# What the answers suggest


@pytest.mark.parametrize(
    ("differs", "suggested"),
    [
        (["character_4"], ["misread"]),
        (["others"], ["misread"]),
        (["state"], ["wrong_state"]),
        (["make"], ["mismatch"]),
        (["body", "character_4"], ["misread", "mismatch"]),
        (["person"], ["no_stop"]),
    ],
)
def test_a_difference_offers_the_ending_that_it_says(
    operator: Member, make_hit: MakeHit, differs: list[str], suggested: list[str]
) -> None:
    hit = make_hit(read="8KR8412", make="Honda", body="sedan", person="John Roe")
    given = dict.fromkeys(differs, comparison.DIFFERS)
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit) | given, words="Nobody like that in it.")
    assert ladder.suggested(hit) == suggested
    assert set(suggested) <= set(ladder.outcomes(hit, hit.agency.policy))


def entry_in_part(entry: Any, plate: str, **facts: Any) -> Entry:
    """An entry of a part of a plate, or of a vehicle without one."""
    made: Entry = entry("8AB", **facts)
    key = anchor_of(plate=plate, **{name: facts.get(name, "") for name in comparison.VEHICLE})
    Entry.objects.filter(pk=made.pk).update(plate=plate, plate_key="", anchor=key)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("person", ["same", "basis"])
def test_a_difference_shuts_it_without_waiting_for_words_on_the_person(
    operator: Member, make_hit: MakeHit, person: str
) -> None:
    hit = make_hit(person="John Roe, 1990")
    hit = hit_see(actor=operator, hit=hit, answers=answers(hit, state="differs", person=person))
    assert (hit.status, hit.shut_by_move) == ("shut", "see")
