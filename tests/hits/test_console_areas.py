"""Areas in administration: who may add them, whose cameras they take, and that they never cross agencies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from guardian.shortcuts import assign_perm

from accounts.models import Member
from detections.models import Camera, CameraGroup, Hit
from detections.services_cameras import area_add
from hotlists.models import HotList
from tests.hits.conftest import MakeHit
from training import gate

At = Callable[[Member], Client]


def test_only_who_manages_cameras_adds_an_area(operator: Member, foreign_hit: Callable[[], Hit]) -> None:
    with pytest.raises(gate.Refused):
        area_add(actor=operator, agency=operator.agency, name="Harbor")
    with pytest.raises(gate.Refused):
        area_add(actor=operator, agency=foreign_hit().agency, name="Harbor")
    assert not CameraGroup.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_an_area_has_a_name(administrator: Member, name: str) -> None:
    with pytest.raises(ValidationError):
        area_add(actor=administrator, agency=administrator.agency, name=name)


def test_a_name_stands_once_in_an_agency(administrator: Member) -> None:
    area_add(actor=administrator, agency=administrator.agency, name="Harbor")
    with pytest.raises(ValidationError):
        area_add(actor=administrator, agency=administrator.agency, name=" Harbor ")


def test_a_camera_is_put_to_an_area_of_its_own_agency_and_no_other(
    at: At, administrator: Member, camera: Camera, foreign_hit: Callable[[], Hit]
) -> None:
    client = at(administrator)
    client.post("/admin/detections/cameragroup/add/", {"area": "Harbor"})
    own = CameraGroup.objects.get(agency=administrator.agency)
    foreign = CameraGroup.objects.create(agency=foreign_hit().agency, name="Pier")
    page = f"/admin/detections/camera/{camera.pk}/change/"
    assert "Pier" not in client.get(page).content.decode()
    facts = {"name": camera.name, "kind": camera.kind, "direction": camera.direction}
    client.post(page, facts | {"group": foreign.pk})
    camera.refresh_from_db()
    assert camera.group is None
    client.post(page, facts | {"group": own.pk})
    camera.refresh_from_db()
    assert camera.group == own
    assert camera.code in client.get("/admin/detections/cameragroup/").content.decode()


def test_administration_hides_hits_on_restricted_lists_as_the_console_does(
    at: At, administrator: Member, make_hit: MakeHit, general_list: HotList
) -> None:
    hit, client = make_hit(), at(administrator)
    HotList.objects.filter(pk=general_list.pk).update(is_restricted=True)
    assert hit.number not in client.get("/admin/detections/hit/").content.decode()
    assert client.get(f"/admin/detections/hit/{hit.pk}/change/").status_code in (302, 404)
    assign_perm("hotlists.see_restricted", administrator, general_list)
    assert hit.number in client.get("/admin/detections/hit/").content.decode()
