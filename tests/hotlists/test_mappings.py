"""Mappings: who may describe one, what is refused, field by field, and what stays on the trail."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Agency, Member
from hotlists.models import HotList, Mapping
from hotlists.services import mapping_change, mapping_make, mapping_retire
from trail.models import Event
from trail.verbs import Verb
from training import gate

PLATE = {"field": "plate", "index": 0}
REASON = {"field": "reason", "index": 1}


def described(**other: Any) -> dict[str, Any]:
    """What makes a mapping that may be saved."""
    return {
        "name": "SVS of the county",
        "source": "svs",
        "form": "delimited",
        "delimiter": ";",
        "has_header": False,
        "columns": [PLATE, REASON],
    } | other


def fixed(*spans: tuple[str, int, int]) -> dict[str, Any]:
    columns = [{"field": field, "start": start, "length": length} for field, start, length in spans]
    return described(form="fixed", columns=columns)


@pytest.fixture
def made(agency: Agency, administrator: Member) -> Mapping:
    """A mapping of the department's."""
    return mapping_make(actor=administrator, agency=agency, described=described())


@pytest.mark.parametrize(
    "who", ["operator", "supervisor", "custodian", "dispatcher", "lapsed", "lapsed_superuser"]
)
def test_only_who_designates_lists_describes_a_mapping(
    who: str, agency: Agency, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(gate.Refused):
        mapping_make(actor=request.getfixturevalue(who), agency=agency, described=described())
    assert not Mapping.objects.exists()


def test_anothers_agency_is_closed(administrator: Member, outsider: Member, made: Mapping) -> None:
    with pytest.raises(gate.Refused):
        mapping_make(actor=administrator, agency=outsider.agency, described=described())
    Mapping.objects.filter(pk=made.pk).update(agency=outsider.agency)
    with pytest.raises(gate.Refused):
        mapping_change(actor=administrator, mapping=made, described={"name": "Mine"})
    with pytest.raises(gate.Refused):
        mapping_retire(actor=administrator, mapping=made, why="Not needed")


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("name", {"name": " "}, "This field cannot be blank."),
    ("name", {"name": "Immigration violators"}, "The policy leaves this file out"),
    ("name", {"name": "Deportations"}, "Government Code 7284.6"),
    ("source", {"source": "ncic_immigration"}, "not a valid choice"),
    ("form", {"form": "table"}, "not a valid choice"),
    ("encoding", {"encoding": "utf-7"}, "not a valid choice"),
    ("delimiter", {"delimiter": ""}, "Say what stands between the values."),
    ("delimiter", {"delimiter": "x"}, "Say what stands between the values."),
    ("columns", {"columns": [REASON]}, "Say where the plate is."),
    ("columns", {"columns": [PLATE]}, "Say where the reason is, or give one for every line."),
    ("columns", {"columns": []}, "Say where the plate is."),
    ("columns", {"columns": "plate"}, "The columns are a list of tables."),
    ("columns", {"columns": [PLATE, REASON, {"field": "owner", "index": 2}]}, "“owner” is no field"),
    ("columns", {"columns": [PLATE, REASON, {"field": "plate", "index": 2}]}, "The plate is given twice."),
    ("columns", {"constants": {"reason": "Stolen"}}, "The reason is given twice."),
    ("columns", {"columns": [PLATE, {"field": "reason"}]}, "Say in which column the reason is."),
    ("columns", {"columns": [PLATE, {"field": "reason", "index": -1}]}, "The place of the reason is from 0"),
    (
        "columns",
        {"columns": [PLATE, {"field": "reason", "index": True}]},
        "The place of the reason is from 0",
    ),
    ("columns", {"columns": [PLATE, {"field": "reason", "index": 200}]}, "The place of the reason is from 0"),
    ("columns", {"columns": [PLATE, {"field": "reason", "column": "WHY"}]}, "needs a header that names it"),
    ("columns", {"columns": [PLATE, REASON] * 101}, "At most 200 columns."),
    ("columns", fixed(("plate", 1, 8), ("reason", 8, 20)), "The plate and the reason overlap."),
    ("columns", fixed(("plate", 0, 8), ("reason", 9, 20)), "The plate starts at 1 or later"),
    ("columns", fixed(("plate", 1, 0), ("reason", 9, 20)), "at least one character long"),
    ("columns", fixed(("plate", 1, 8), ("reason", 3990, 12)), "ends after character 4,000"),
    ("columns", described(form="fixed"), "The plate starts at 1 or later"),
    ("words", {"words": []}, "The words are a table by field."),
    ("words", {"words": {"plate": {"1A": "1B"}}}, "“plate” takes no words."),
    ("words", {"words": {"owner": {"1": "2"}}}, "“owner” takes no words."),
    ("words", {"words": {"state": {"": "CA"}}}, "what a file writes, and what is meant"),
    ("words", {"words": {"state": {"1": 2}}}, "what a file writes, and what is meant"),
    ("words", {"words": {"state": {"1": "ZZ"}}}, "“1” of the state: The state is no state"),
    ("words", {"words": {"action": {"1": "perhaps"}}}, "“1” of the action: The action is neither"),
    ("words", {"words": {"priority": {"1": "9x"}}}, "The priority is not high"),
    ("words", {"words": {"source_file": {"1": "ncic_other"}}}, "a source file that is not known"),
    ("words", {"words": {"source_file": {"1": "immigration violator"}}}, "Government Code 7284.6"),
    ("words", {"words": {"source_file": {"Immigration": "ncic_wanted"}}}, "Government Code 7284.6"),
    ("words", {"words": {"reason": {"1": "ICE hold"}}}, "Government Code 7284.6"),
    ("words", {"words": {"reason": {str(n): "Stolen" for n in range(1_001)}}}, "At most 1,000 words"),
    ("constants", {"constants": []}, "The constants are a table by field."),
    (
        "constants",
        {"columns": [REASON], "constants": {"plate": "1A"}},
        "The plate differs from line to line.",
    ),
    ("constants", {"constants": {"expires": "2027-01-01"}}, "The expiry differs from line to line."),
    ("constants", {"constants": {"state": "ZZ"}}, "The state of every line: The state is no state"),
    ("constants", {"constants": {"make": "Kia\nSoul"}}, "a character that cannot be shown"),
    ("constants", {"constants": {"state": " "}}, "Say what the state is."),
    (
        "constants",
        {"columns": [PLATE], "constants": {"reason": "Deportation order"}},
        "Government Code 7284.6",
    ),
    ("constants", {"columns": [PLATE], "constants": {"reason": "x" * 121}}, "120 is the most"),
    ("constants", {"constants": {"source_file": "gangs"}}, "a source file that is not known"),
    ("date_format", {"date_format": "%Q"}, "A date is written with"),
    ("date_format", {"date_format": "%Y%"}, "A date is written with"),
    ("date_format", {"date_format": "%Y-%m"}, "A date needs a year, a month and a day"),
    ("date_format", {"date_format": "soon"}, "A date needs a year, a month and a day"),
    ("date_format", {"date_format": "%Y%m%d%Y"}, "A date needs a year, a month and a day"),
    ("date_format", {"date_format": "%Y-%m-%d" + " " * 20}, "At most 20 characters."),
]


@pytest.mark.parametrize(("field", "other", "said"), WRONG)
def test_what_is_refused_says_in_which_field(
    field: str, other: dict[str, Any], said: str, agency: Agency, administrator: Member
) -> None:
    with pytest.raises(ValidationError) as refused:
        mapping_make(actor=administrator, agency=agency, described=described(**other))
    assert any(said in message for message in refused.value.message_dict[field])
    assert not Mapping.objects.exists()


def test_a_name_stands_once_at_an_agency(agency: Agency, administrator: Member, made: Mapping) -> None:
    with pytest.raises(ValidationError):
        mapping_make(actor=administrator, agency=agency, described=described())


def test_what_no_mapping_has(agency: Agency, administrator: Member) -> None:
    with pytest.raises(ValueError, match="A mapping has no made_by"):
        mapping_make(actor=administrator, agency=agency, described=described(made_by=administrator))


@pytest.mark.parametrize(
    "other",
    [
        {"columns": [PLATE], "constants": {"reason": "Stolen vehicle", "state": "CA", "priority": "high"}},
        {
            "words": {
                "priority": {"A": "1"},
                "action": {"Z": "remove"},
                "source_file": {"X": "ncic_wanted", "-": ""},
            }
        },
        {"has_header": True, "columns": [{"field": "plate", "column": "LIC"}, REASON]},
        {"date_format": "%d.%m.%y"},
        {"date_format": "%Y%m%d%H%M%S"},
        {"date_format": "%j/%Y 100%%"},
        {"delimiter": "\t", "encoding": "cp037", "is_incremental": True, "ncic_codes": True},
        fixed(("plate", 1, 8), ("reason", 9, 20)),
    ],
)
def test_what_may_be_saved(other: dict[str, Any], agency: Agency, administrator: Member) -> None:
    made = mapping_make(actor=administrator, agency=agency, described=described(**other))
    made.refresh_from_db()
    for name, value in other.items():
        if made.form == Mapping.Form.DELIMITED:
            assert getattr(made, name) == value
    assert made.made_by == administrator


def test_it_is_on_the_trail(made: Mapping, administrator: Member) -> None:
    event = Event.objects.get(verb=Verb.CREATED, object_repr="mapping “SVS of the county”")
    assert event.actor_id == administrator.pk


def test_a_change_says_what_was_described_anew(made: Mapping, administrator: Member) -> None:
    mapping_change(actor=administrator, mapping=made, described={"name": "SVS", "skip_lines": 2})
    made.refresh_from_db()
    assert (made.name, made.skip_lines) == ("SVS", 2)
    event = Event.objects.get(verb=Verb.CHANGED, object_repr="mapping “SVS”")
    assert event.detail == "described anew: name, skip lines"
    assert event.elements["skip_lines"] == {"before": 0, "after": 2}
    mapping_change(actor=administrator, mapping=made, described={"name": "SVS", "skip_lines": 2})
    assert Event.objects.filter(verb=Verb.CHANGED, object_repr="mapping “SVS”").count() == 1


def test_a_change_is_checked_like_a_new_one(made: Mapping, administrator: Member) -> None:
    with pytest.raises(ValidationError):
        mapping_change(actor=administrator, mapping=made, described={"columns": [PLATE]})
    made.refresh_from_db()
    assert made.columns == [PLATE, REASON]


def test_a_mapping_that_reads_a_list_stays(
    made: Mapping, administrator: Member, general_list: HotList
) -> None:
    general_list.mapping = made
    general_list.save()
    with pytest.raises(ValidationError, match="Give that list another mapping first"):
        mapping_retire(actor=administrator, mapping=made, why="A new layout")
    general_list.is_active = False
    general_list.save()
    assert not mapping_retire(actor=administrator, mapping=made, why="A new layout").is_active


def test_retiring_needs_a_reason_and_ends_changes(made: Mapping, administrator: Member) -> None:
    with pytest.raises(ValidationError):
        mapping_retire(actor=administrator, mapping=made, why=" ")
    mapping_retire(actor=administrator, mapping=made, why="A new layout")
    event = Event.objects.get(verb=Verb.CHANGED, object_repr=str(made))
    assert event.detail == "taken out of use. A new layout"
    with pytest.raises(ValidationError, match="out of use"):
        mapping_change(actor=administrator, mapping=made, described={"name": "Again"})
