"""Restricted lists are seen by those granted and by nobody else, on every surface (CJIS 5.9.5, 4.2.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.services import member_approve, member_deactivate, member_reactivate, purpose_state
from detections import console
from detections.ingest import Read, receive
from detections.models import Camera, Detection, Hit, ImageJob
from detections.services_search import search_make
from hotlists import restricted
from hotlists.models import Entry, HotList, Snapshot, Source
from hotlists.service_grants import restricted_grant, restricted_withdraw
from tests.hotlists.conftest import SignIn
from trail.actors import System
from trail.models import Event
from trail.verbs import Verb
from training.gate import Refused

NAME, PLATE = "Organizations known for violence", "8KRB412"
REASON = "Witness to the Quay St robbery gave this plate; where was the car before 16:40?"


@pytest.fixture
def gang_list(agency: Agency, administrator: Member) -> HotList:
    """A list of the gang file, loaded an hour ago."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    hot_list = HotList.objects.create(
        agency=agency, name=NAME, kind=HotList.Kind.GENERAL, source=Source.NCIC_GANG,
        designated_by=administrator, is_restricted=True, source_at=an_hour_ago,
    )  # fmt: skip
    Snapshot.objects.create(hot_list=hot_list, file_name="gang.csv", sha256="a" * 64, standing=1)
    return hot_list


@pytest.fixture
def hit(gang_list: HotList, camera: Camera, entry: Callable[..., Entry]) -> Hit:
    """A hit on the restricted list."""
    entry(PLATE, hot_list=gang_list, snapshot=gang_list.last_snapshot)
    seen = timezone.now() - timedelta(minutes=2)
    read = Read(sender_id="r-1", captured_at=seen, plate=PLATE, state="CA", content_sha256="c" * 64)
    who = System("Tests", camera.agency)
    receipt = receive(actor=who, camera=camera, reads=[read], refused=[], batch_sha256="b" * 64)
    return Hit.objects.get(pk=receipt.hit_ids[0])


@pytest.fixture
def grant(gang_list: HotList, second_administrator: Member) -> Callable[[Member], None]:
    """Grants the list to a member."""

    def give(member: Member) -> None:
        restricted_grant(actor=second_administrator, hot_list=gang_list, member=member)

    return give


def test_nobody_grants_to_themselves(administrator: Member, gang_list: HotList) -> None:
    with pytest.raises(Refused) as refused:
        restricted_grant(actor=administrator, hot_list=gang_list, member=administrator)
    assert refused.value.kind == "two people"
    assert not restricted.sees_entries(administrator, gang_list)


@pytest.mark.parametrize("who", ["operator", "supervisor", "custodian", "lapsed_superuser", "outsider"])
def test_only_who_designates_grants_and_takes_back(
    who: str, gang_list: HotList, analyst: Member, grant: Any, request: pytest.FixtureRequest
) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(Refused):
        restricted_grant(actor=actor, hot_list=gang_list, member=analyst)
    assert not restricted.holders(gang_list).exists()
    grant(analyst)
    with pytest.raises(Refused):
        restricted_withdraw(actor=actor, hot_list=gang_list, member=analyst, why="No longer on the team")
    assert restricted.sees_entries(analyst, gang_list)


@pytest.mark.parametrize("who", ["auditor", "outsider"])
def test_a_list_is_granted_only_to_who_may_see_lists_here(
    who: str, grant: Any, gang_list: HotList, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(ValidationError) as refused:
        grant(request.getfixturevalue(who))
    assert list(refused.value.message_dict) == ["member"]
    assert not restricted.holders(gang_list).exists()


def test_a_closed_account_is_granted_nothing(chief: Member, operator: Member, grant: Any) -> None:
    operator = member_deactivate(actor=chief, member=operator)
    with pytest.raises(ValidationError, match="account is open"):
        grant(operator)


def test_an_open_list_is_granted_to_nobody(
    second_administrator: Member, general_list: HotList, operator: Member
) -> None:
    with pytest.raises(ValidationError, match="not restricted"):
        restricted_grant(actor=second_administrator, hot_list=general_list, member=operator)


def test_a_grant_is_recorded_once_with_who_and_to_whom(
    grant: Any, analyst: Member, gang_list: HotList, second_administrator: Member
) -> None:
    grant(analyst)
    grant(analyst)
    event = Event.objects.get(verb=Verb.GRANTED, object_pk=str(gang_list.pk))
    assert event.sentence == f"Administrator 1045 granted access to {NAME}: to Analyst 2051"
    with pytest.raises(ValidationError, match="Say why"):
        restricted_withdraw(actor=second_administrator, hot_list=gang_list, member=analyst, why=" ")
    for _ in range(2):
        restricted_withdraw(
            actor=second_administrator, hot_list=gang_list, member=analyst, why="No longer on the team"
        )
    assert Event.objects.get(verb=Verb.CHANGED, detail__startswith="took access back").elements == {
        "member": "Analyst 2051"
    }
    assert not restricted.sees_entries(analyst, gang_list)


def test_a_grant_ends_with_the_account_and_does_not_come_back(
    grant: Any, analyst: Member, gang_list: HotList, chief: Member, administrator: Member
) -> None:
    grant(analyst)
    Member.objects.filter(pk=analyst.pk).update(is_active=False)
    assert not restricted.sees_entries(analyst, gang_list)
    assert not restricted.holders(gang_list).exists()
    Member.objects.filter(pk=analyst.pk).update(is_active=True)
    assert restricted.sees_entries(analyst, gang_list)
    member_deactivate(actor=chief, member=analyst, separated_on=timezone.localdate())
    member_reactivate(actor=chief, member=analyst, why="Came back")
    member_approve(actor=administrator, member=analyst)
    assert not restricted.sees_entries(Member.objects.get(pk=analyst.pk), gang_list)


def test_a_grant_is_of_one_list(grant: Any, analyst: Member, gang_list: HotList, agency: Agency) -> None:
    grant(analyst)
    other = HotList.objects.create(
        agency=agency, name="Threats", kind=HotList.Kind.GENERAL, source=Source.NCIC_THREAT,
        designated_by=gang_list.designated_by, is_restricted=True,
    )  # fmt: skip
    assert list(HotList.objects.visible_to(analyst)) == [gang_list]
    assert other not in restricted.known_to(analyst)


def test_who_designates_knows_the_list_and_sees_none_of_its_entries(
    administrator: Member, custodian: Member, gang_list: HotList, hit: Hit
) -> None:
    assert gang_list in restricted.known_to(administrator)
    assert gang_list not in restricted.known_to(custodian)
    assert not Entry.objects.visible_to(administrator).exists()
    assert not console.visible(administrator).exists()


def test_the_page_is_out_of_sight_without_a_grant(
    operator: Member, custodian: Member, gang_list: HotList, sign_in: SignIn
) -> None:
    for member in (operator, custodian):
        client = sign_in(member)
        assert client.get(reverse("hot_list", args=[gang_list.pk])).status_code == 404
        assert NAME not in client.get(reverse("hot_plates")).content.decode()
        assert NAME not in client.get(reverse("hot_lists")).content.decode()


def test_the_page_opens_with_a_grant(
    operator: Member, grant: Any, gang_list: HotList, sign_in: SignIn
) -> None:
    grant(operator)
    client = sign_in(operator)
    assert client.get(reverse("hot_list", args=[gang_list.pk])).status_code == 200
    assert NAME in client.get(reverse("hot_lists")).content.decode()


def test_hot_plates_of_a_restricted_list_are_out_of_sight(
    specific_list: HotList, enter: Callable[..., Entry], supervisor: Member, operator: Member,
    second_administrator: Member, sign_in: SignIn,
) -> None:  # fmt: skip
    hot_plate = enter()
    HotList.objects.update(is_restricted=True)
    specific_list.refresh_from_db()
    client, page = sign_in(supervisor), reverse("hot_plate", args=[hot_plate.pk])
    assert client.get(page).status_code == 404
    assert client.post(reverse("hot_plate_move", args=[hot_plate.pk, "approve"])).status_code == 404
    assert hot_plate.plate not in client.get(reverse("hot_plates")).content.decode()
    restricted_grant(actor=second_administrator, hot_list=specific_list, member=supervisor)
    assert client.get(page).status_code == 200


def test_a_hit_is_out_of_sight_on_the_console(
    operator: Member, supervisor: Member, grant: Any, hit: Hit, sign_in: SignIn
) -> None:
    client, page = sign_in(operator), reverse("hit", args=[hit.pk])
    assert client.get(page).status_code == 404
    assert client.post(reverse("hit_move", args=[hit.pk, "close"])).status_code == 404
    assert hit.number not in client.get(reverse("console")).content.decode()
    grant(operator)
    assert client.get(page).status_code == 200
    assert hit.number in client.get(reverse("console")).content.decode() + client.get(page).content.decode()


def test_a_detections_page_says_nothing_of_the_hit(
    operator: Member, grant: Any, hit: Hit, sign_in: SignIn
) -> None:
    inquiry = purpose_state(actor=operator, offense="robbery", case_number="26-11873", reason=REASON)
    search = search_make(actor=operator, inquiry=inquiry, plate=PLATE)
    page = reverse("search_detection", args=[search.pk, hit.detection_id])
    client = sign_in(operator)
    shown = client.get(page).content.decode()
    assert PLATE in shown
    assert hit.number not in shown
    assert NAME not in shown
    grant(operator)
    assert hit.number in client.get(page).content.decode()


def test_a_photographs_page_says_nothing_of_the_hit(
    operator: Member, grant: Any, hit: Hit, sign_in: SignIn
) -> None:
    inquiry = purpose_state(actor=operator, offense="robbery", case_number="26-11873", reason=REASON)
    read = Detection.objects.get(pk=hit.detection_id)
    job = ImageJob.objects.create(
        camera=read.camera, sender_id="p-1", sha256="d" * 64, image="p.jpg", captured_at=timezone.now(),
        given_by=operator, inquiry=inquiry, state=ImageJob.State.READ, detection_ids=[str(read.pk)],
    )  # fmt: skip
    client, page = sign_in(operator), reverse("photograph", args=[job.pk])
    shown = client.get(page).content.decode()
    assert PLATE in shown
    assert NAME not in shown
    assert reverse("hit", args=[hit.pk]) not in shown
    grant(operator)
    assert NAME in client.get(page).content.decode()


def admin_pages(client: Client, hit: Hit, gang_list: HotList) -> dict[str, int]:
    """The status of each page of administration that shows something of the list."""
    rows = {
        "hotlists_hotlist": gang_list.pk,
        "hotlists_snapshot": gang_list.last_snapshot.pk,  # type: ignore[union-attr]
        "hotlists_entry": hit.entry_id,
        "detections_hit": hit.pk,
    }
    return {
        name: client.get(reverse(f"admin:{name}_change", args=[pk])).status_code for name, pk in rows.items()
    }


def test_administration_shows_the_list_and_not_what_is_on_it(
    administrator: Member, custodian: Member, grant: Any, hit: Hit, gang_list: HotList, sign_in: SignIn
) -> None:
    designates, reads = sign_in(administrator), sign_in(custodian)
    assert admin_pages(designates, hit, gang_list) == {
        "hotlists_hotlist": 200, "hotlists_snapshot": 200, "hotlists_entry": 404, "detections_hit": 404,
    }  # fmt: skip
    assert admin_pages(reads, hit, gang_list)["hotlists_hotlist"] == 404
    assert admin_pages(reads, hit, gang_list)["hotlists_snapshot"] == 404
    assert NAME not in reads.get(reverse("admin:hotlists_hotlist_changelist")).content.decode()
    assert NAME not in reads.get(reverse("admin:hotlists_snapshot_changelist")).content.decode()
    for name in ("hotlists_entry", "detections_hit"):
        shown = designates.get(reverse(f"admin:{name}_changelist")).content.decode()
        assert str(hit.entry) not in shown
        assert hit.number not in shown
    grant(administrator)
    assert set(admin_pages(designates, hit, gang_list).values()) == {200}
