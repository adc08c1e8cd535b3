"""The pages of lists: all of them, one, its settings and its grants; who may not come first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Member
from hotlists.models import Entry, HotList, Mapping, Refresh, Snapshot, Source
from tests.hotlists.conftest import SignIn
from trail.models import Event
from trail.verbs import Verb

SETTINGS = {
    "name": "Stolen vehicles (SVS)", "priority": "1", "refresh_hours": "6", "shrink_percent": "10",
    "bad_percent": "1", "folder_pattern": "svs_*.csv", "look_back_days": "7",
}  # fmt: skip


@pytest.mark.parametrize("who", ["operator", "supervisor", "custodian", "lapsed", "auditor"])
def test_settings_and_grants_are_the_administrators(
    who: str, general_list: HotList, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("hot_list_settings", args=[general_list.pk])).status_code == 403
    for name in ("hot_list_settings", "hot_list_grant", "hot_list_withdraw", "hot_list_close"):
        answer = client.post(reverse(name, args=[general_list.pk]), SETTINGS | {"why": "Because"})
        assert answer.status_code == 403, name
    general_list.refresh_from_db()
    assert (general_list.refresh_hours, general_list.is_active) == (None, True)


def test_another_agencys_list_is_out_of_sight(
    administrator: Member, outsider: Member, general_list: HotList, sign_in: SignIn
) -> None:
    HotList.objects.update(agency=outsider.agency)
    client = sign_in(administrator)
    for name in ("hot_list", "hot_list_settings"):
        assert client.get(reverse(name, args=[general_list.pk])).status_code == 404
    for name in ("hot_list_approve", "hot_list_close", "hot_list_grant", "hot_list_withdraw"):
        assert client.post(reverse(name, args=[general_list.pk]), {"why": "Because"}).status_code == 404
    assert general_list.name not in client.get(reverse("hot_lists")).content.decode()


def test_all_lists_are_shown_with_age_entries_and_what_waits(
    operator: Member, general_list: HotList, specific_list: HotList, enter: Callable[..., Entry],
    sign_in: SignIn,
) -> None:  # fmt: skip
    Snapshot.objects.update(standing=48_211)
    HotList.objects.filter(pk=general_list.pk).update(source_at=timezone.now() - timedelta(hours=27))
    given = {"how": "api", "file_name": "svs.csv", "given_label": "Source"}
    for state in ("waiting", "waiting", "loaded"):
        Refresh.objects.create(hot_list=general_list, state=state, **given)
    enter()
    Entry.objects.update(state_of_entry=Entry.State.IN_USE)
    page = sign_in(operator).get(reverse("hot_lists")).content.decode()
    for said in ("48,211", "27 h old: past its interval", "2 files wait", "2 lists are in use", "1 is old."):
        assert said in page, said
    row = page.split(reverse("hot_list", args=[specific_list.pk]))[1].split("</tr>")[0]
    assert ">1</td>" in row
    assert reverse("hot_list_load", args=[general_list.pk]) not in page


def test_lists_are_narrowed_down(
    administrator: Member, general_list: HotList, specific_list: HotList, sign_in: SignIn
) -> None:
    HotList.objects.filter(pk=general_list.pk).update(source_at=timezone.now() - timedelta(hours=27))
    client, address = sign_in(administrator), reverse("hot_lists")

    def shown(what: str) -> list[str]:
        answer = client.get(address, {"show": what})
        return [row.hot_list.name for row in answer.context["rows"]]

    assert shown("old") == [general_list.name]
    assert shown("specific") == [specific_list.name]
    assert shown("restricted") == shown("waiting") == shown("closed") == []
    assert shown("") == shown("nonsense") == [general_list.name, specific_list.name]
    HotList.objects.filter(pk=specific_list.pk).update(is_active=False)
    assert shown("closed") == [specific_list.name]
    assert shown("") == [general_list.name]


@pytest.mark.parametrize("name", ["hot_lists", "admin:hotlists_hotlist_changelist"])
def test_forty_lists_cost_no_more_queries_than_two(
    name: str, administrator: Member, agency: Agency, sign_in: SignIn
) -> None:
    client, costs = sign_in(administrator), []
    for number in range(40):
        hot_list = HotList.objects.create(
            agency=agency, name=f"List {number}", kind=("general", "specific")[number % 2], source="slr",
            designated_by=administrator, source_at=timezone.now(),
        )  # fmt: skip
        if number % 2 == 0:
            Snapshot.objects.create(hot_list=hot_list, file_name="f", sha256="a" * 64, standing=number)
        if number in (1, 39):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name)).status_code == 200
            costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_lists_page_says_who_designated_it_and_how_it_is_set(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    page = sign_in(administrator).get(reverse("hot_list", args=[general_list.pk])).content.decode()
    for said in ("Administrator 1044", "Stolen vehicles (SVS)", "24 h", "Everyone who may see hot lists"):
        assert said in page, said
    assert "20% fewer entries" in page


def test_settings_are_changed_and_recorded(
    administrator: Member, agency: Agency, general_list: HotList, sign_in: SignIn
) -> None:
    mapping = Mapping.objects.create(agency=agency, name="SVS", source="svs", made_by=administrator)
    address = reverse("hot_list_settings", args=[general_list.pk])
    client = sign_in(administrator)
    assert 'name="left_out"' not in client.get(address).content.decode()
    answer = client.post(address, SETTINGS | {"mapping": str(mapping.pk)})
    assert (answer.status_code, answer["Location"]) == (302, reverse("hot_list", args=[general_list.pk]))
    general_list.refresh_from_db()
    assert (general_list.priority, general_list.refresh_hours, general_list.mapping) == (1, 6, mapping)
    assert (general_list.folder_pattern, general_list.look_back_days) == ("svs_*.csv", 7)
    assert Event.objects.filter(verb=Verb.CHANGED, detail__startswith="Settings:").count() == 1


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_changed(
    administrator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    typed = SETTINGS | {"refresh_hours": "48", "look_back_days": "31", "folder_pattern": "../all"}
    address = reverse("hot_list_settings", args=[general_list.pk])
    answer = sign_in(administrator).post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for field in ("refresh_hours", "look_back_days", "folder_pattern"):
        assert f'href="#id_{field}"' in page, field
    assert 'value="48"' in page
    general_list.refresh_from_db()
    assert (general_list.refresh_hours, general_list.folder_pattern) == (None, "")


def test_a_specific_lists_settings_ask_nothing_of_files(
    administrator: Member, specific_list: HotList, sign_in: SignIn
) -> None:
    address = reverse("hot_list_settings", args=[specific_list.pk])
    client = sign_in(administrator)
    page = client.get(address).content.decode()
    for field in ("mapping", "folder_pattern", "refresh_hours", "shrink_percent", "left_out"):
        assert f'name="{field}"' not in page, field
    assert client.post(address, {"name": "Hot plates", "priority": "3"}).status_code == 302
    specific_list.refresh_from_db()
    assert specific_list.priority == 3


def test_the_files_left_out_are_chosen_but_for_the_policys(
    administrator: Member, agency: Agency, sign_in: SignIn
) -> None:
    hot_list = HotList.objects.create(
        agency=agency, name="NCIC", kind="general", source=Source.NCIC, designated_by=administrator,
        is_restricted=True,
    )  # fmt: skip
    address = reverse("hot_list_settings", args=[hot_list.pk])
    client, typed = sign_in(administrator), SETTINGS | {"name": "NCIC", "is_restricted": "on"}
    page = client.get(address).content.decode()
    assert "Gang file (NCIC), restricted" in page
    assert "immigration violator file never enters" in page
    assert client.post(address, typed | {"left_out": "ncic_immigration"}).status_code == 422
    assert client.post(address, typed | {"left_out": ["ncic_missing", "ncic_gang"]}).status_code == 302
    hot_list.refresh_from_db()
    assert hot_list.left_out == ["ncic_gang", "ncic_missing"]


def test_a_restricted_sources_mark_cannot_be_taken_off(
    administrator: Member, agency: Agency, sign_in: SignIn
) -> None:
    hot_list = HotList.objects.create(
        agency=agency, name="Gangs", kind="general", source=Source.NCIC_GANG, designated_by=administrator,
        is_restricted=True,
    )  # fmt: skip
    answer = sign_in(administrator).post(
        reverse("hot_list_settings", args=[hot_list.pk]), SETTINGS | {"name": "Gangs"}
    )
    assert answer.status_code == 302
    hot_list.refresh_from_db()
    assert hot_list.is_restricted


def test_a_grant_is_given_and_taken_back_on_the_page(
    administrator: Member, analyst: Member, operator: Member, general_list: HotList, sign_in: SignIn
) -> None:
    HotList.objects.update(is_restricted=True)
    client, page = sign_in(administrator), reverse("hot_list", args=[general_list.pk])
    grant = reverse("hot_list_grant", args=[general_list.pk])
    withdraw = reverse("hot_list_withdraw", args=[general_list.pk])
    assert "not granted to you" in client.get(page).content.decode()
    assert client.post(grant, {"member": str(administrator.pk)}).status_code == 422
    assert client.post(grant, {"member": str(analyst.pk)}).status_code == 302
    shown = client.get(page).content.decode()
    assert "Analyst 2051" in shown.split('id="grants"')[1].split("<form")[0]
    for unknown in ("", "x", str(operator.pk)):
        assert client.post(withdraw, {"member": unknown, "why": "Because"}).status_code == 404
    refused = client.post(withdraw, {"member": str(analyst.pk), "why": ""})
    assert (refused.status_code, "Access was not taken back" in refused.content.decode()) == (422, True)
    assert sign_in(analyst).get(page).status_code == 200
    assert client.post(withdraw, {"member": str(analyst.pk), "why": "New post"}).status_code == 302
    assert sign_in(analyst).get(page).status_code == 404


def test_who_may_only_see_a_restricted_list_sees_no_form(
    administrator: Member, second_administrator: Member, analyst: Member, general_list: HotList,
    sign_in: SignIn,
) -> None:  # fmt: skip
    HotList.objects.update(is_restricted=True)
    client = sign_in(administrator)
    client.post(reverse("hot_list_grant", args=[general_list.pk]), {"member": str(analyst.pk)})
    shown = sign_in(analyst).get(reverse("hot_list", args=[general_list.pk])).content.decode()
    assert reverse("hot_list_grant", args=[general_list.pk]) not in shown
    assert reverse("hot_list_withdraw", args=[general_list.pk]) not in shown


def test_a_list_is_designated_with_its_restriction(administrator: Member, sign_in: SignIn) -> None:
    client, typed = sign_in(administrator), {"name": "Watch", "kind": "general", "source": "local"}
    wrong = client.post(reverse("hot_list_new"), typed | {"name": "Immigration violators"})
    assert wrong.status_code == 422
    assert 'href="#id_name"' in wrong.content.decode()
    assert client.post(reverse("hot_list_new"), typed | {"is_restricted": "on"}).status_code == 302
    assert HotList.objects.get().is_restricted
