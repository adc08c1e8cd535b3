"""Hot lists in administration: read only, through the gate, changed by the services alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import Member
from hotlists.models import Entry, HotList
from tests.hotlists.conftest import SignIn
from trail.models import Event
from trail.verbs import Verb

SENT = {"csrfmiddlewaretoken": "as a browser sends it"}
KINDS = ["hotlist", "snapshot", "entry"]


def address(kind: str, page: str, *of: object) -> str:
    return reverse(f"admin:hotlists_{kind}_{page}", args=of)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", ["auditor", "training_manager", "lapsed_superuser"])
def test_closed_to_who_may_not_see_lists(
    kind: str, who: str, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    answer = sign_in(request.getfixturevalue(who)).get(address(kind, "changelist"))
    assert answer.status_code == 403


def test_another_agencys_records_are_out_of_sight(
    administrator: Member, outsider: Member, general_list: HotList, sign_in: SignIn
) -> None:
    HotList.objects.update(agency=outsider.agency)
    answer = sign_in(administrator).get(address("hotlist", "change", general_list.pk))
    assert answer.status_code == 404


def test_nothing_is_changed_or_deleted_by_hand(
    administrator: Member, general_list: HotList, enter: Callable[..., Entry], sign_in: SignIn
) -> None:
    client, entry, snapshot = sign_in(administrator), enter(), general_list.last_snapshot
    assert snapshot is not None
    for kind, row in (("hotlist", general_list), ("snapshot", snapshot), ("entry", entry)):
        page = address(kind, "change", row.pk)
        assert client.get(page).status_code == 200
        assert client.post(page, {"name": "Other"}).status_code == 403
        assert client.post(f"{page.removesuffix('change/')}delete/").status_code in (302, 404)
        assert type(row)._default_manager.filter(pk=row.pk).exists()
    assert client.get(address("entry", "add")).status_code == 403
    assert client.get(address("snapshot", "add")).status_code == 403


def test_the_list_of_entries_shows_no_plate_and_the_page_is_recorded(
    administrator: Member, enter: Callable[..., Entry], sign_in: SignIn
) -> None:
    client, entry = sign_in(administrator), enter()
    assert entry.plate not in client.get(address("entry", "changelist")).content.decode()
    assert entry.plate in client.get(address("entry", "change", entry.pk)).content.decode()
    event = Event.objects.filter(verb=Verb.LIST_VIEWED).latest("pk")
    assert event.elements == {"plate": entry.plate, "state": entry.state}


def test_a_custodian_reads_and_does_not_designate(
    custodian: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(custodian)
    assert client.get(address("hotlist", "changelist")).status_code == 200
    assert client.get(address("hotlist", "add")).status_code == 403
    assert client.get(address("hotlist", "act", general_list.pk, "close")).status_code == 403


def test_a_list_is_designated_by_one_and_approved_by_another(
    administrator: Member, second_administrator: Member, sign_in: SignIn
) -> None:
    first, second = sign_in(administrator), sign_in(second_administrator)
    typed = {"list_name": "BOLO", "kind": "specific", "source": "local"}
    refused = first.post(address("hotlist", "add"), typed | {"list_name": "Immigration violator"})
    assert "leaves this file out" in refused.content.decode()
    first.post(address("hotlist", "add"), typed)
    made = HotList.objects.get()
    approve = address("hotlist", "act", made.pk, "approve")
    first.post(approve, SENT)
    made.refresh_from_db()
    assert made.approved_by is None
    second.post(approve, SENT)
    made.refresh_from_db()
    assert made.approved_by == second_administrator
    first.post(address("hotlist", "act", made.pk, "close"), {"why": "Case closed"})
    made.refresh_from_db()
    assert not made.is_active


def test_a_hot_plate_is_decided_through_its_service(
    administrator: Member, custodian: Member, enter: Callable[..., Entry], sign_in: SignIn
) -> None:
    client, entry = sign_in(administrator), enter()
    approve = address("entry", "act", entry.pk, "approve")
    sign_in(custodian).post(approve, SENT)
    entry.refresh_from_db()
    assert entry.state_of_entry == Entry.State.WAITING
    client.post(approve, SENT)
    client.post(address("entry", "act", entry.pk, "close"), {"why": "Vehicle recovered"})
    entry.refresh_from_db()
    assert (entry.decided_by, entry.closed_why) == (administrator, "Vehicle recovered")
