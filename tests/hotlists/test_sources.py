"""Sources: that the immigration file is none and nothing brings it in, and which are restricted."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AdoptedPolicy, Agency, Member
from hotlists import sources
from hotlists.models import Entry, HotList, Mapping, Source
from hotlists.services import list_designate, list_set
from tests.cast import found
from trail.models import Event
from trail.verbs import Verb
from training.gate import Refused

SPELLINGS = [
    "Immigration violator", "IMMIGRATION_VIOLATORS", "ncic-immigration-violator-file",
    "NCICImmigrationViolator",
    "Immigratión violator", "im\u200bmigration violator", "ICE detainers", "Deportation list",
    "ice_holds_2026",
    "Removal orders", "ｉｍｍｉｇｒａｔｉｏｎ", "i m m i g r a t i o n file", "CBP lookouts",
]  # fmt: skip
HARMLESS = ["Stolen vehicles (SVS)", "Icehouse Rd robberies", "Ice cream truck thefts", "Jimmi Grant case"]
RESTRICTED = {
    Source.NCIC_GANG, Source.NCIC_THREAT, Source.NCIC_RELEASE, Source.NCIC_SEX, Source.NCIC_VIOLENT,
}  # fmt: skip


def adopt(agency: Agency, **rules: Any) -> None:
    """Put other rules of hot lists in force."""
    adopted = agency.adopted
    assert adopted is not None
    changed = adopted.policy.with_values({f"hot_lists.{name}": value for name, value in rules.items()})
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=changed.to_dict())
    agency.__dict__.pop("adopted", None)


def designate(actor: Member, **other: Any) -> HotList:
    """A list of several NCIC files, or what `other` says."""
    given = {"agency": actor.agency, "name": "NCIC", "kind": HotList.Kind.GENERAL, "source": Source.NCIC}
    hot_list: HotList = list_designate(actor=actor, **given | other)
    return hot_list


def problems(refused: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = refused.value.message_dict
    return said


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_immigration_file_is_known_by_any_spelling(name: str) -> None:
    assert sources.is_immigration(name)


@pytest.mark.parametrize("name", HARMLESS)
def test_other_names_pass(name: str) -> None:
    assert not sources.is_immigration(name)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_names(text: str) -> None:
    assert sources.words(sources.words(text)) == sources.words(text)
    assert sources.is_immigration(f"{text} immigration violator")


def test_the_immigration_file_is_no_source() -> None:
    assert not [source for source in Source if sources.is_immigration(f"{source.value} {source.label}")]
    assert sources.named_in(["immigration violator"]) == frozenset()


@pytest.mark.parametrize("name", SPELLINGS)
def test_no_list_takes_its_name(administrator: Member, name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        designate(administrator, name=name)
    assert list(problems(refused)) == ["name"]
    hot_list = designate(administrator)
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=hot_list, name=name)
    assert list(problems(refused)) == ["name"]
    assert list(HotList.objects.values_list("name", flat=True)) == ["NCIC"]


@pytest.mark.parametrize("pattern", ["*immigration*.csv", "ncic_immigration_violator.txt", "ICE_*.csv"])
def test_no_list_takes_its_files_from_the_folder(administrator: Member, pattern: str) -> None:
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=designate(administrator), folder_pattern=pattern)
    assert list(problems(refused)) == ["folder_pattern"]


def test_leaving_nothing_out_does_not_bring_it_in(administrator: Member) -> None:
    hot_list = designate(administrator, is_restricted=True)
    hot_list = list_set(actor=administrator, hot_list=hot_list, left_out=[])
    assert hot_list.left_out == []
    with pytest.raises(ValidationError):
        list_set(actor=administrator, hot_list=hot_list, left_out=["ncic_immigration"])
    assert not [source for source in Source.values if "immi" in source]


def test_the_source_of_a_list_is_no_setting(administrator: Member) -> None:
    with pytest.raises(TypeError, match="no settings of a list: source"):
        list_set(actor=administrator, hot_list=designate(administrator), source="local")


def test_these_sources_are_restricted() -> None:
    assert sources.RESTRICTED == RESTRICTED


@pytest.mark.parametrize("source", sorted(RESTRICTED))
def test_a_restricted_source_cannot_be_opened(administrator: Member, source: str) -> None:
    hot_list = designate(administrator, source=source)
    assert hot_list.is_restricted
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=hot_list, is_restricted=False)
    assert "CJIS 4.2.2" in problems(refused)["is_restricted"][0]
    hot_list.refresh_from_db()
    assert hot_list.is_restricted


def test_an_open_list_of_several_files_takes_in_no_restricted_one(administrator: Member) -> None:
    hot_list = designate(administrator)
    assert not hot_list.is_restricted
    assert set(hot_list.left_out) >= RESTRICTED
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=hot_list, left_out=["ncic_protective"])
    assert "is_restricted" in problems(refused)
    opened = list_set(actor=administrator, hot_list=hot_list, left_out=[], is_restricted=True)
    assert opened.is_restricted
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=opened, is_restricted=False)
    assert "is_restricted" in problems(refused)


def test_a_list_that_has_had_entries_of_restricted_files_is_not_opened(administrator: Member) -> None:
    hot_list = designate(administrator, source=Source.LOCAL, is_restricted=True)
    entry = Entry.objects.create(
        hot_list=hot_list, plate="8KRB412", plate_key="8KR8412", reason="Wanted", source_file="ncic_gang",
        state_of_entry=Entry.State.CLOSED,
    )  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=hot_list, is_restricted=False)
    assert problems(refused)["is_restricted"] == [
        "It has had entries of restricted files, and stays restricted."
    ]
    hot_list.refresh_from_db()
    assert hot_list.is_restricted
    Entry.objects.filter(pk=entry.pk).update(source_file="ncic_wanted")
    assert not list_set(actor=administrator, hot_list=hot_list, is_restricted=False).is_restricted


def test_the_lines_of_restricted_files_stay_out_of_an_open_list() -> None:
    out = sources.kept_out(["ncic_wanted"], [], is_restricted=False)
    assert out == RESTRICTED | {"ncic_wanted"}
    assert sources.kept_out([], ["Gang file"], is_restricted=True) == {"ncic_gang"}


def test_a_file_that_the_policy_leaves_out_is_not_let_in(administrator: Member, agency: Agency) -> None:
    adopt(agency, excluded_files=["immigration violator", "Gang file", "sex offender"])
    administrator = Member.objects.get(pk=administrator.pk)
    with pytest.raises(ValidationError) as refused:
        designate(administrator, source=Source.NCIC_GANG, name="Organizations")
    assert list(problems(refused)) == ["source"]
    hot_list = designate(administrator, is_restricted=True)
    assert hot_list.left_out == ["ncic_gang", "ncic_sex"]
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=hot_list, left_out=["ncic_sex"])
    assert problems(refused)["left_out"] == ["The policy leaves out: Gang file (NCIC)."]


@pytest.mark.parametrize("who", ["operator", "supervisor", "custodian", "lapsed_superuser", "outsider"])
def test_only_the_administrator_sets(who: str, general_list: HotList, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        list_set(actor=request.getfixturevalue(who), hot_list=general_list, refresh_hours=6)
    general_list.refresh_from_db()
    assert general_list.refresh_hours is None


def test_a_change_is_recorded_with_before_and_after(administrator: Member, general_list: HotList) -> None:
    list_set(actor=administrator, hot_list=general_list, refresh_hours=6, bad_percent=5, priority=2)
    event = Event.objects.get(verb=Verb.CHANGED, detail__startswith="Settings:")
    assert event.elements == {
        "before": {"refresh_hours": None, "bad_percent": 2},
        "after": {"refresh_hours": 6, "bad_percent": 5},
    }
    assert event.detail == "Settings: refresh hours, bad percent"
    list_set(actor=administrator, hot_list=general_list, refresh_hours=6)
    assert Event.objects.filter(verb=Verb.CHANGED, detail__startswith="Settings:").count() == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("refresh_hours", 25), ("look_back_days", 31), ("look_back_days", 0), ("shrink_percent", 101),
        ("bad_percent", -1), ("priority", 7), ("left_out", ["immigration"]), ("name", " "),
        ("folder_pattern", "../svs*.csv"), ("folder_pattern", "*"), ("folder_pattern", ".hidden"),
    ],
)  # fmt: skip
def test_a_value_out_of_bounds_is_said_by_field(
    administrator: Member, general_list: HotList, setting: str, value: object
) -> None:
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=general_list, **{setting: value})
    assert set(problems(refused)) <= {setting, "__all__"}


def test_no_look_back_where_the_policy_has_none(
    administrator: Member, general_list: HotList, agency: Agency
) -> None:
    adopt(agency, look_back_days=None)
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=general_list, look_back_days=1)
    assert "does not let" in problems(refused)["look_back_days"][0]


def test_a_mapping_is_the_agencys_own_and_in_use(
    administrator: Member, general_list: HotList, specific_list: HotList
) -> None:
    chief = found("Dunmore").members.get(badge="dun-02")
    made = {"source": "svs", "made_by": chief}
    others = Mapping.objects.create(agency=chief.agency, name="SVS", **made)
    closed = Mapping.objects.create(agency=administrator.agency, name="Old", is_active=False, **made)
    own = Mapping.objects.create(agency=administrator.agency, name="SVS", **made)
    for mapping in (others, closed):
        with pytest.raises(ValidationError) as refused:
            list_set(actor=administrator, hot_list=general_list, mapping=mapping)
        assert list(problems(refused)) == ["mapping"]
    with pytest.raises(ValidationError):
        list_set(actor=administrator, hot_list=specific_list, mapping=own)
    list_set(actor=administrator, hot_list=general_list, mapping=own)
    event = Event.objects.get(verb=Verb.CHANGED, detail="Settings: mapping")
    assert event.elements == {"before": {"mapping": None}, "after": {"mapping": "mapping “SVS”"}}


def test_two_lists_do_not_take_the_same_files(administrator: Member, general_list: HotList) -> None:
    list_set(actor=administrator, hot_list=general_list, folder_pattern="svs_*.csv")
    other = designate(administrator)
    with pytest.raises(ValidationError) as refused:
        list_set(actor=administrator, hot_list=other, folder_pattern="SVS_*.csv")
    assert problems(refused) == {"folder_pattern": ["Another list takes these files already."]}


def test_a_list_out_of_use_is_not_set(administrator: Member, general_list: HotList) -> None:
    HotList.objects.update(is_active=False)
    with pytest.raises(ValidationError, match="no longer in use"):
        list_set(actor=administrator, hot_list=general_list, refresh_hours=6)
