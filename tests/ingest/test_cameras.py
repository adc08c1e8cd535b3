"""Registering cameras, and issuing and revoking their readers' keys."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.keys import digest
from accounts.models import Member
from detections.models import Camera, ReaderKey
from detections.services_cameras import camera_register, camera_set_active, key_issue, key_revoke
from trail.models import Event
from trail.verbs import Verb
from training.gate import Refused


def test_without_the_permission_nothing_is_registered_or_issued(
    operator: Member, reader_key: tuple[ReaderKey, str]
) -> None:
    key, _ = reader_key
    attempts = [
        lambda: camera_register(actor=operator, agency=operator.agency, code="cam-1", name="Pier"),
        lambda: camera_set_active(actor=operator, camera=key.camera, active=False),
        lambda: key_issue(actor=operator, camera=key.camera),
        lambda: key_revoke(actor=operator, key=key),
    ]
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()
    assert Camera.objects.get().is_active
    assert not ReaderKey.objects.get().is_revoked


def test_another_agencys_administrator_may_not(outsider: Member, camera: Camera) -> None:
    with pytest.raises(Refused):
        key_issue(actor=outsider, camera=camera)


@pytest.mark.parametrize(
    "facts", [{"code": "cam-12"}, {"code": ""}, {"latitude": 91.0, "longitude": 0.0}, {"kind": "drone"}]
)
def test_a_camera_that_cannot_be_is_not_registered(administrator: Member, camera: Camera, facts) -> None:
    given = {"code": "cam-1", "name": "Pier"} | facts
    with pytest.raises(ValidationError):
        camera_register(actor=administrator, agency=administrator.agency, **given)
    assert Camera.objects.count() == 1


def test_a_camera_is_registered_with_its_place(administrator: Member) -> None:
    camera = camera_register(
        actor=administrator, agency=administrator.agency, code="cam-1 ", name="Pier",
        kind=Camera.Kind.TRAILER, direction="northbound", latitude=38.1, longitude=-122.25,
    )  # fmt: skip
    assert Camera.objects.get() == camera
    assert (camera.code, camera.kind) == ("cam-1", "trailer")
    assert Event.objects.get(verb=Verb.CREATED, object_pk=camera.pk, content_type__model="camera").actor == (
        administrator
    )


def test_a_key_is_shown_once_and_stored_as_its_hash(administrator: Member, camera: Camera) -> None:
    key, secret = key_issue(actor=administrator, camera=camera)
    stored = ReaderKey.objects.get()
    assert stored == key
    assert stored.digest == digest(secret)
    row = ReaderKey.objects.values().get()
    assert secret not in str(row)
    event = Event.objects.get(verb=Verb.KEY_ISSUED)
    assert event.actor == administrator
    assert not any(secret in str(vars(one)) for one in Event.objects.all())


def test_a_key_is_revoked_once_and_for_good(administrator: Member, reader_key: tuple[ReaderKey, str]) -> None:
    first = key_revoke(actor=administrator, key=reader_key[0]).revoked_at
    assert first is not None
    assert key_revoke(actor=administrator, key=reader_key[0]).revoked_at == first
    assert Event.objects.filter(verb=Verb.KEY_REVOKED).count() == 1
