"""What an administrator enters in each device so that it sends here: addresses, names, templates.

No secret is among it: a key is shown once, when it is issued, and stands here as `KEY`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from detections.adapters import ADAPTERS, blue_iris, genetec
from detections.models import Camera

KEY = "<key>"
NATIVE = "native"
USER = "reader"


@dataclass(frozen=True)
class Entry:
    """One setting of a device: its name there, and what to enter. A `block` has several lines."""

    label: str
    value: str
    block: bool = False


@dataclass(frozen=True)
class Device:
    """How one kind of device is set up: where its settings are, each of them, and what else to know."""

    kind: str
    title: str
    where: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


Where = Callable[[str], str]

HEADER = Entry("Header", f"Authorization: Bearer {KEY}")
USER_AND_PASSWORD = (Entry("User name", USER), Entry("Password", KEY))
METHOD = Entry("Method", "POST")
NO_HEADER = (
    "Where the device has no field for a header or a password, a reverse proxy between the two adds the "
    "header; the key never goes into the address."
)


def devices(camera: Camera, address: Where) -> list[Device]:
    """How each kind is connected for this camera; `address` gives the whole address of a kind."""
    plain = Device(
        NATIVE, "A sender of your own", "Any program that can make an HTTP request.",
        _native(camera, address),
        ("The plain call takes pictures as well, and up to 1,000 reads at once.",),
    )  # fmt: skip
    found = [plain]
    for kind, adapter in ADAPTERS.items():
        where, entries, notes = _KINDS[kind](address(kind))
        found.append(Device(kind, adapter.TITLE, where, entries, notes))
    return found


Told = tuple[str, tuple[Entry, ...], tuple[str, ...]]


def _native(camera: Camera, address: Where) -> tuple[Entry, ...]:
    now = timezone.localtime().isoformat(timespec="seconds")
    command = (
        f'curl "{address(NATIVE)}" \\\n'
        f'  -H "Authorization: Bearer {KEY}" -H "Content-Type: application/json" \\\n'
        f'  -d \'{{"sender_id": "1", "captured_at": "{now}", "plate": "8KRB412", '
        f'"camera": "{camera.code}"}}\''
    )
    return (
        Entry("Address", address(NATIVE)),
        METHOD,
        HEADER,
        Entry("Content type", "application/json"),
        Entry("Try it", command, block=True),
    )


def _rekor(address: str) -> Told:
    settings = f"upload_data = 1\nupload_address = {_with_user(address)}"
    return (
        "In /etc/openalpr/alprd.conf, or at the agent under Data destination, Other HTTP web server.",
        (Entry("Settings", settings, block=True),),
        (
            "The agent sends name and key as a user name and password, not as part of the address.",
            "It gives a sign of life each minute, with its clock.",
            _names("the numbers of “camera_id”, as in the files of stream.d"),
        ),
    )


def _plate_recognizer(address: str) -> Told:
    settings = (
        "webhook_targets = records\n[webhooks]\n  [[records]]\n"
        f"    url = {address}\n    header = {HEADER.value}\n    image = yes\n    image_type = original"
    )
    return (
        "In Stream’s config.ini, for each camera or for all.",
        (Entry("Settings", settings, block=True),),
        (),
    )


def _axis(address: str) -> Told:
    return (
        "In the application, under Integration: a new profile with the protocol HTTP POST.",
        (
            Entry("Server URL", address), *USER_AND_PASSWORD, Entry("Event types", "Lost"),
            Entry("Images", "JPEG, Multipart"),
        ),
        (_names("the profile’s Device ID, sent as “sensorProviderID”"),),
    )  # fmt: skip


def _hikvision(address: str) -> Told:
    return (
        "At the camera under Network, Advanced, HTTP Listening (on some, Alarm Server).",
        (Entry("URL", address), Entry("Protocol", "HTTPS"), *USER_AND_PASSWORD),
        (NO_HEADER, _names("“channelName”, and where that is empty “channelID”")),
    )


def _genetec(address: str) -> Told:
    return (
        "In the SharpV portal under Configuration, Extensions: an HTTP extension.",
        (
            Entry("Server URL", address), METHOD, *USER_AND_PASSWORD,
            Entry("Template", genetec.TEMPLATE, block=True),
        ),
        (
            "Paste it whole in place of the camera’s own: without the time in UTC its reads are refused.",
            _names("the unit’s, sent as “SourceName”"),
        ),
    )  # fmt: skip


def _frigate(address: str) -> Told:
    server = address.partition("/api/")[0]
    command = f"ALPR_READER_KEY={KEY} manage.py frigate_bridge --broker frigate.local:1883 --server {server}"
    return (
        "On a computer that reaches Frigate’s MQTT broker: the bridge runs there as a service.",
        (Entry("Command", command, block=True), Entry("Topic", "frigate/tracked_object_update")),
        (
            "Needs no database. Where the broker asks for a user, add --user, and its password as "
            "ALPR_MQTT_PASSWORD; --tls speaks TLS with it.",
            "Frigate publishes no pictures, so its reads come without any.",
            _names("Frigate’s own"),
        ),
    )


def _blue_iris(address: str) -> Told:
    return (
        "In the camera’s settings under Alerts, On alert: an action “Web request or MQTT”.",
        (Entry("Address", _with_user(address)), METHOD, Entry("Post text", blue_iris.BODY, block=True)),
        (
            "Blue Iris sends name and key as a user name and password, not as part of the address.",
            _names("the short names, “&CAM”"),
        ),
    )


def _flock(address: str) -> Told:
    return (
        "Flock’s support enters the webhook for your agency; tell them the address and the header.",
        (Entry("Address", address), METHOD, HEADER),
        (
            "Pictures lie at addresses that expire: nothing is fetched, and reads come without.",
            _names("“deviceName”, and where that is empty “deviceExternalId”"),
        ),
    )


def _verkada(address: str) -> Told:
    return (
        "In Verkada Command under Admin, API and webhooks: a webhook of the type LPR.",
        (Entry("Address", address), HEADER),
        ("Its own pictures are not fetched; reads come without.", NO_HEADER, _names("“camera_id”")),
    )


def _names(what: str) -> str:
    return f"Its names of cameras, where one key sends for several: {what}."


def _with_user(address: str) -> str:
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{USER}:{KEY}@{rest}"


_KINDS: Mapping[str, Callable[[str], Told]] = {
    "rekor": _rekor,
    "plate-recognizer": _plate_recognizer,
    "axis": _axis,
    "hikvision": _hikvision,
    "genetec": _genetec,
    "frigate": _frigate,
    "blue-iris": _blue_iris,
    "flock": _flock,
    "verkada": _verkada,
}
