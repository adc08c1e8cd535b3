"""Several cameras under one key: who may say so, of which cameras, and that each is on the trail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Member
from detections.models import Camera, ReaderChannel, ReaderKey
from detections.services_cameras import channel_add, channel_remove
from tests.cast import found
from trail.models import Event
from training.gate import Refused

pytestmark = pytest.mark.django_db
At = Callable[[Member], Client]
Key = tuple[ReaderKey, str]


@pytest.fixture
def second(camera: Camera) -> Camera:
    return Camera.objects.create(agency=camera.agency, code="cam-13", name="Quay St at 6th")


def test_without_the_permission_nothing_is_added(operator: Member, reader_key: Key, second: Camera) -> None:
    with pytest.raises(Refused):
        channel_add(actor=operator, key=reader_key[0], device_name="north", camera=second)
    assert not ReaderChannel.objects.exists()


def test_no_camera_of_another_agency_no_photographs_and_no_revoked_key(
    administrator: Member, reader_key: Key, second: Camera
) -> None:
    theirs = Camera.objects.create(agency=found("Eastmoor"), code="cam-1", name="Theirs")
    with pytest.raises(Refused):
        channel_add(actor=administrator, key=reader_key[0], device_name="north", camera=theirs)
    photographs = Camera.objects.create(
        agency=second.agency, code="photos", name="Photographs", kind=Camera.Kind.PHOTOGRAPH
    )
    with pytest.raises(ValidationError, match="readers"):
        channel_add(actor=administrator, key=reader_key[0], device_name="north", camera=photographs)
    key = reader_key[0]
    key.revoke()
    key.save()
    with pytest.raises(ValidationError, match="revoked"):
        channel_add(actor=administrator, key=key, device_name="north", camera=second)


def test_a_name_stands_once_under_a_key_and_an_empty_one_never(
    administrator: Member, reader_key: Key, second: Camera
) -> None:
    channel_add(actor=administrator, key=reader_key[0], device_name=" north ", camera=second)
    assert ReaderChannel.objects.get().device_name == "north"
    for name in ("north", " "):
        with pytest.raises(ValidationError):
            channel_add(actor=administrator, key=reader_key[0], device_name=name, camera=second)


def test_adding_and_removing_is_on_the_trail(administrator: Member, reader_key: Key, second: Camera) -> None:
    channel = channel_add(actor=administrator, key=reader_key[0], device_name="north", camera=second)
    channel_remove(actor=administrator, channel=channel)
    of_channels = Event.objects.filter(content_type__model="readerchannel").order_by("id")
    assert [event.action for event in of_channels] == [Event.Action.CREATE, Event.Action.DELETE]
    assert {event.actor for event in of_channels} == {administrator}


def test_the_page_adds_and_removes(
    at: At, administrator: Member, camera: Camera, reader_key: Key, second: Camera
) -> None:
    client, page = at(administrator), f"/cameras/{camera.pk}/connect/"
    given = {"key": reader_key[0].pk, "device_name": "north", "camera": second.pk}
    assert client.post(page, given).status_code == 302
    shown = client.get(page).content.decode()
    assert "north" in shown
    again = client.post(page, given)
    assert again.status_code == 422
    channel = ReaderChannel.objects.get()
    assert client.post(f"/cameras/channels/{channel.pk}/remove/").status_code == 302
    assert not ReaderChannel.objects.exists()


def test_administration_adds_and_removes(
    at: At, administrator: Member, reader_key: Key, second: Camera
) -> None:
    client, page = at(administrator), f"/admin/detections/readerkey/{reader_key[0].pk}/act"
    client.post(f"{page}/add-channel/", {"device_name": "north", "camera": second.pk})
    channel = ReaderChannel.objects.get()
    client.post(f"{page}/remove-channel/", {"channel": channel.pk})
    assert not ReaderChannel.objects.exists()
