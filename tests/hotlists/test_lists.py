"""Designating, approving and closing lists: who may not, and what never enters."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Agency, Member
from hotlists.models import HotList
from hotlists.services import list_approve, list_deactivate, list_designate
from trail.models import Event
from trail.verbs import Verb
from training.gate import Refused

GENERAL, SPECIFIC = HotList.Kind.GENERAL, HotList.Kind.SPECIFIC


def designate(actor: Member, **other: Any) -> HotList:
    given: dict[str, Any] = {
        "agency": actor.agency,
        "name": "BOLO",
        "kind": SPECIFIC,
        "source": HotList.Source.LOCAL,
    } | other
    hot_list: HotList = list_designate(actor=actor, **given)
    return hot_list


def test_only_the_administrator_designates(
    operator: Member, supervisor: Member, lapsed_superuser: Member
) -> None:
    for member, kind in ((operator, "role"), (supervisor, "role"), (lapsed_superuser, "training")):
        with pytest.raises(Refused) as refused:
            designate(member)
        assert refused.value.kind == kind
    assert not HotList.objects.exists()


def test_nobody_designates_for_another_agency(administrator: Member, outsider: Member) -> None:
    with pytest.raises(Refused):
        designate(administrator, agency=outsider.agency)


def test_the_immigration_file_is_no_source() -> None:
    assert not [source for source in HotList.Source if "immi" in source.value + source.label.lower()]


@pytest.mark.parametrize(
    "name", ["Immigration violator", "NCIC immigration_violators file", "ICE detainers", "Deportation list"]
)
def test_the_immigration_file_does_not_enter_under_any_name(administrator: Member, name: str) -> None:
    with pytest.raises(ValidationError, match=r"leaves this file out|not permitted"):
        designate(administrator, name=name)
    assert not HotList.objects.exists()


def test_a_source_that_is_none_is_refused(administrator: Member) -> None:
    with pytest.raises(ValidationError):
        designate(administrator, source="immigration")


def test_a_name_stands_once(administrator: Member) -> None:
    designate(administrator)
    with pytest.raises(ValidationError, match="exists"):
        designate(administrator, name=" BOLO ")


def test_who_designates_does_not_approve(administrator: Member) -> None:
    hot_list = designate(administrator)
    with pytest.raises(Refused) as refused:
        list_approve(actor=administrator, hot_list=hot_list)
    assert refused.value.kind == "two people"
    hot_list.refresh_from_db()
    assert not hot_list.is_open


def test_the_database_refuses_approval_by_the_same_person(administrator: Member) -> None:
    hot_list = designate(administrator)
    hot_list.approved_by = administrator
    with pytest.raises(ValidationError, match="approved by somebody else"):
        hot_list.full_clean()
    with pytest.raises(IntegrityError, match="hot_list_approved_by_another"), transaction.atomic():
        hot_list.save()


def test_a_supervisor_does_not_approve_a_list(administrator: Member, supervisor: Member) -> None:
    with pytest.raises(Refused):
        list_approve(actor=supervisor, hot_list=designate(administrator))


def test_a_general_list_is_not_approved(administrator: Member, second_administrator: Member) -> None:
    hot_list = designate(administrator, kind=GENERAL, source=HotList.Source.SVS)
    assert hot_list.is_open
    with pytest.raises(ValidationError):
        list_approve(actor=second_administrator, hot_list=hot_list)


def test_a_second_administrator_approves(administrator: Member, second_administrator: Member) -> None:
    hot_list = list_approve(actor=second_administrator, hot_list=designate(administrator))
    assert hot_list.is_open
    verbs = list(Event.objects.filter(object_pk=str(hot_list.pk)).values_list("verb", flat=True))
    assert {Verb.LIST_DESIGNATED, Verb.LIST_APPROVED} <= set(verbs)


def test_a_list_is_closed_with_why_and_once(administrator: Member, operator: Member) -> None:
    hot_list = designate(administrator, kind=GENERAL)
    with pytest.raises(ValidationError, match="Say why"):
        list_deactivate(actor=administrator, hot_list=hot_list, why=" ")
    with pytest.raises(Refused):
        list_deactivate(actor=operator, hot_list=hot_list, why="No longer needed")
    for _ in range(2):
        hot_list = list_deactivate(actor=administrator, hot_list=hot_list, why="No longer needed")
    assert not hot_list.is_open
    assert Event.objects.filter(detail="taken out of use. No longer needed").count() == 1


def test_an_agency_without_the_excluded_file_named_still_refuses_it(
    administrator: Member, agency: Agency
) -> None:
    assert "immigration violator" in agency.policy.hot_lists.excluded_files
    with pytest.raises(ValidationError):
        designate(administrator, name="Removal orders and more: removal order")
