"""Cameras, areas and readers' keys: registered, put out of service, issued, revoked. Nothing is deleted."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.models import Agency, Member
from accounts.permissions import Permission
from detections.models import Camera, CameraGroup, ReaderChannel, ReaderKey
from trail.services import act, record
from trail.verbs import Verb
from training import gate


@act
def camera_register(
    *, actor: Member, agency: Agency, code: str, name: str, kind: str = Camera.Kind.FIXED,
    direction: str = "", latitude: float | None = None, longitude: float | None = None,
) -> Camera:  # fmt: skip
    """Register a reader with its place in degrees.

    Raises `Refused` without the permission, ValidationError for a code in use or a place that is none.
    """
    gate.require(actor, Permission.MANAGE_CAMERAS, on=agency)
    camera = Camera(
        agency=agency, code=code.strip(), name=name.strip(), kind=kind, direction=direction,
        latitude=latitude, longitude=longitude,
    )  # fmt: skip
    camera.full_clean()
    camera.save()
    return camera


@act
def camera_set_active(*, actor: Member, camera: Camera, active: bool) -> Camera:
    """Put a camera into service or out of it. Out of service, nothing is taken from it; what came stays."""
    gate.require(actor, Permission.MANAGE_CAMERAS, on=camera)
    camera = Camera.objects.select_for_update().get(pk=camera.pk)
    camera.is_active = active
    camera.save()
    return camera


@act
def area_add(*, actor: Member, agency: Agency, name: str) -> CameraGroup:
    """Add an area, to which cameras can then be put. Raises ValidationError for none, or a name in use."""
    gate.require(actor, Permission.MANAGE_CAMERAS, on=agency)
    area = CameraGroup(agency=agency, name=name.strip())
    area.full_clean()
    area.save()
    return area


@act
def key_issue(*, actor: Member, camera: Camera) -> tuple[ReaderKey, str]:
    """Issue a key that sends for this camera, and give it with its secret, which is shown this once."""
    gate.require(actor, Permission.MANAGE_CAMERAS, on=camera)
    key = ReaderKey(camera=camera, issued_by=actor)
    secret = key.make_secret()
    key.save()
    record(actor, Verb.KEY_ISSUED, key)
    return key, secret


@act
def key_revoke(*, actor: Member, key: ReaderKey) -> ReaderKey:
    """Revoke a key for good: from the next request on it opens nothing. Again changes nothing."""
    gate.require(actor, Permission.MANAGE_CAMERAS, on=key.camera)
    key = ReaderKey.objects.select_for_update(of=("self",)).select_related("camera__agency").get(pk=key.pk)
    if not key.is_revoked:
        key.revoke()
        key.save()
        record(actor, Verb.KEY_REVOKED, key)
    return key


@act
def channel_add(*, actor: Member, key: ReaderKey, device_name: str, camera: Camera) -> ReaderChannel:
    """Let a key send for another camera of the agency, under the name that the device gives it.

    From the first name on, the key takes no name but those that were added, its own camera's among them.
    Raises ValidationError for a revoked key, a camera that is no reader, and a name given before.
    """
    gate.require(actor, Permission.MANAGE_CAMERAS, on=key.camera)
    gate.require(actor, Permission.MANAGE_CAMERAS, on=camera)
    key = ReaderKey.objects.select_for_update(of=("self",)).select_related("camera__agency").get(pk=key.pk)
    if key.is_revoked:
        raise ValidationError("This key was revoked; it sends nothing any more.")
    if camera.agency_id != key.camera.agency_id or camera.kind == Camera.Kind.PHOTOGRAPH:
        raise ValidationError({"camera": "Choose one of the agency’s readers."})
    channel = ReaderChannel(key=key, device_name=device_name.strip(), camera=camera)
    channel.full_clean()
    channel.save()
    return channel


@act
def channel_remove(*, actor: Member, channel: ReaderChannel) -> None:
    """Take a name from a key. Where none is left, the key sends for its own camera, whatever the name."""
    gate.require(actor, Permission.MANAGE_CAMERAS, on=channel.camera)
    channel.delete()
