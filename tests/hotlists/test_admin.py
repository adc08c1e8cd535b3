"""Hot lists in administration: read only, through the gate, changed by the services alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import Member
from hotlists import restricted
from hotlists.models import Entry, HotList, ListKey, Mapping, Refresh
from tests.hotlists.conftest import SignIn
from trail.models import Event
from trail.verbs import Verb

SENT = {"csrfmiddlewaretoken": "as a browser sends it"}
KINDS = ["hotlist", "snapshot", "entry", "refresh", "mapping", "listkey"]


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


@pytest.fixture
def waiting(general_list: HotList) -> Refresh:
    """A file that waits for a person."""
    return Refresh.objects.create(
        hot_list=general_list, how="api", state="waiting", file_name="svs.csv", given_label="Source of SVS",
        waits_for=["shrinks"], sha256="a" * 64,
    )  # fmt: skip


def test_files_layouts_and_keys_are_not_changed_by_hand(
    administrator: Member, general_list: HotList, waiting: Refresh, sign_in: SignIn
) -> None:
    client, agency = sign_in(administrator), administrator.agency
    mapping = Mapping.objects.create(agency=agency, name="SVS", source="svs", made_by=administrator)
    key = ListKey.objects.create(
        hot_list=general_list, issued_by=administrator, name="abcdefgh", digest="f" * 64
    )
    for kind, row in (("refresh", waiting), ("mapping", mapping), ("listkey", key)):
        page = address(kind, "change", row.pk)
        shown = client.get(page)
        assert shown.status_code == 200
        assert "f" * 64 not in shown.content.decode()
        assert client.post(page, {"name": "Other"}).status_code == 403
        assert client.get(address(kind, "add")).status_code == 403


def test_a_custodian_reads_files_and_makes_none_of_the_acts(
    custodian: Member, general_list: HotList, waiting: Refresh, sign_in: SignIn
) -> None:
    client = sign_in(custodian)
    assert client.get(address("refresh", "change", waiting.pk)).status_code == 200
    assert client.get(address("listkey", "changelist")).status_code == 403
    for act in ("confirm", "let-go"):
        assert client.post(address("refresh", "act", waiting.pk, act), {"why": "No"}).status_code == 403
    for act in ("settings", "grant", "withdraw", "issue-key"):
        assert client.post(address("hotlist", "act", general_list.pk, act), SENT).status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == Refresh.State.WAITING


def test_a_file_is_let_go_with_why_and_another_is_confirmed(
    administrator: Member, general_list: HotList, waiting: Refresh, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    let_go = address("refresh", "act", waiting.pk, "let-go")
    assert "Let it go" in client.get(address("refresh", "change", waiting.pk)).content.decode()
    client.post(let_go, {"why": ""})
    waiting.refresh_from_db()
    assert waiting.state == Refresh.State.WAITING
    client.post(let_go, {"why": "Half of it is missing"})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (Refresh.State.LET_GO, administrator)
    client.post(address("refresh", "act", waiting.pk, "confirm"), SENT)
    waiting.refresh_from_db()
    assert waiting.state == Refresh.State.LET_GO
    other = Refresh.objects.create(
        hot_list=general_list, how="command", state="waiting", file_name="b.csv", given_label="Source"
    )
    client.post(address("refresh", "act", other.pk, "confirm"), SENT)
    other.refresh_from_db()
    assert (other.state, other.decided_by) == (Refresh.State.CONFIRMED, administrator)


def test_settings_are_changed_through_the_service(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client, act = sign_in(administrator), address("hotlist", "act", general_list.pk, "settings")
    typed = {"name": "SVS", "priority": "1", "shrink_percent": "5", "bad_percent": "1"}
    refused = client.post(act, typed | {"refresh_hours": "48"})
    assert "At most 24 hours" in refused.content.decode()
    client.post(act, typed | {"refresh_hours": "6"})
    general_list.refresh_from_db()
    assert (general_list.name, general_list.priority, general_list.refresh_hours) == ("SVS", 1, 6)
    assert Event.objects.filter(verb=Verb.CHANGED, detail__startswith="Settings:").count() == 1


def test_a_keys_secret_is_shown_once_and_the_key_is_revoked(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    issued = client.post(address("hotlist", "act", general_list.pk, "issue-key"), SENT)
    key = ListKey.objects.get()
    secret = issued.context["secret"]
    assert ListKey.by_secret(secret) == key
    assert secret in issued.content.decode()
    assert "no-store" in issued["Cache-Control"]
    for page in (address("listkey", "change", key.pk), address("listkey", "changelist")):
        assert secret not in client.get(page).content.decode()
    client.post(address("listkey", "act", key.pk, "revoke"), SENT)
    key.refresh_from_db()
    assert key.is_revoked


def test_a_list_is_granted_and_taken_back(
    administrator: Member, analyst: Member, general_list: HotList, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    page = address("hotlist", "change", general_list.pk)
    grant = address("hotlist", "act", general_list.pk, "grant")
    assert grant not in client.get(page).content.decode()
    HotList.objects.update(is_restricted=True)
    assert grant in client.get(page).content.decode()
    client.post(grant, {"member_granted": str(administrator.pk)})
    assert not restricted.holders(general_list).exists()
    client.post(grant, {"member_granted": str(analyst.pk)})
    assert list(restricted.holders(general_list)) == [analyst]
    withdraw = address("hotlist", "act", general_list.pk, "withdraw")
    client.post(withdraw, {"member_granted": str(analyst.pk), "why": ""})
    assert restricted.holders(general_list).exists()
    client.post(withdraw, {"member_granted": str(analyst.pk), "why": "New post"})
    assert not restricted.holders(general_list).exists()
