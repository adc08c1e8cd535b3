"""The pages of cameras: for whom they are, what they say of each state, and what never stands there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Member
from detections.adapters import ADAPTERS
from detections.models import Camera, CameraDay, CameraHealth, ReaderKey
from tests.cast import found

pytestmark = pytest.mark.django_db
At = Callable[[Member], Client]
Key = tuple[ReaderKey, str]
Health = Callable[..., CameraHealth]


def silent() -> dict[str, object]:
    since = timezone.now() - timedelta(hours=2)
    says = "Nothing has come from it since then."
    return {"heartbeat_at": since, "problems": [{"kind": "silent", "since": since.isoformat(), "says": says}]}


def test_they_are_for_those_who_manage_cameras(at: At, operator: Member, camera: Camera) -> None:
    for path in ("/cameras/", f"/cameras/{camera.pk}/", f"/cameras/{camera.pk}/connect/"):
        assert at(operator).get(path).status_code == 403


def test_cameras_of_others_and_photographs_are_not_there(
    at: At, administrator: Member, camera: Camera
) -> None:
    theirs = Camera.objects.create(agency=found("Eastmoor"), code="theirs-1", name="Theirs")
    photographs = Camera.objects.create(
        agency=camera.agency, code="photos", name="Photographs", kind=Camera.Kind.PHOTOGRAPH
    )
    client = at(administrator)
    listed = client.get("/cameras/").content.decode()
    for one in (theirs, photographs):
        assert client.get(f"/cameras/{one.pk}/").status_code == 404
        assert client.get(f"/cameras/{one.pk}/connect/").status_code == 404
        assert one.code not in listed


def test_the_list_says_how_each_fares_with_faults_first(
    at: At, administrator: Member, camera: Camera, health: Health
) -> None:
    good = Camera.objects.create(agency=camera.agency, code="cam-01", name="Fifth at Main")
    Camera.objects.create(agency=camera.agency, code="cam-02", name="Not yet")
    Camera.objects.create(agency=camera.agency, code="cam-03", name="Old", is_active=False)
    health(**silent())
    health(good, last_received_at=timezone.now(), last_read_at=timezone.now(), clock_ms=200)
    page = at(administrator).get("/cameras/").content.decode()
    assert page.index("cam-12") < page.index("cam-01") < page.index("cam-02") < page.index("cam-03")
    assert "1 of 3 cameras is at fault." in page
    for word in ("Silent", "Heard", "Not yet heard", "Out of use", "Nothing has come from it"):
        assert word in page
    only = at(administrator).get("/cameras/?show=faults").content.decode()
    assert "cam-12" in only
    assert "cam-01" not in only


def test_reads_of_today_are_those_of_the_day_where_the_agency_is(
    at: At, administrator: Member, camera: Camera
) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    for moment, reads in ((midnight, 20), (midnight - timedelta(hours=1), 300)):
        day, _ = CameraDay.objects.get_or_create(camera=camera, day=moment.date())
        day.by_hour[moment.hour] = reads
        day.save()
    page = at(administrator).get(f"/cameras/{camera.pk}/").content.decode()
    assert "20 reads today" in page
    assert re.search(r'<td class="num">300</td>', page)


def test_a_page_shows_its_fault_and_thirty_days(
    at: At, administrator: Member, camera: Camera, health: Health
) -> None:
    health(**silent())
    page = at(administrator).get(f"/cameras/{camera.pk}/").content.decode()
    assert "Nothing has come from it since then." in page
    assert page.count('<rect class="col"') == 30
    assert page.count('<th scope="row">') >= 30


@pytest.mark.parametrize("kind", ["native", *sorted(ADAPTERS)])
def test_each_device_has_its_address_and_never_the_key(
    at: At, administrator: Member, camera: Camera, reader_key: Key, kind: str
) -> None:
    page = at(administrator).get(f"/cameras/{camera.pk}/connect/?kind={kind}").content.decode()
    other = {"native": "/api/v1/detections/", "frigate": "manage.py frigate_bridge"}
    assert other.get(kind, f"/api/v1/readers/{kind}/") in page
    assert "&lt;key&gt;" in page
    assert reader_key[1] not in page
    assert reader_key[0].name in page


def test_a_kind_that_is_none_is_not_there(at: At, administrator: Member, camera: Camera) -> None:
    assert at(administrator).get(f"/cameras/{camera.pk}/connect/?kind=none").status_code == 404


def test_a_fault_waits_for_the_administrator_alone(
    at: At, administrator: Member, operator: Member, camera: Camera, health: Health
) -> None:
    health(**silent())
    assert "Find out why camera cam-12" in at(administrator).get("/waiting/").content.decode()
    assert "cam-12" not in at(operator).get("/waiting/").content.decode()
    other = Camera.objects.create(agency=camera.agency, code="cam-13", name="Quay St at 6th")
    health(other, **silent())
    assert "Find out why 2 cameras are silent" in at(administrator).get("/waiting/").content.decode()
