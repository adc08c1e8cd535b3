"""Vendors' files: who may give them, what is refused by line, and that a file twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Member
from detections import services_read_files as services
from detections.health_check import check
from detections.models import Camera, CameraDay, CameraHealth, Detection, Hit, ReadMapping, Transfer
from hotlists.models import Entry
from tests.adapters.conftest import some_time_ago
from trail.models import Event
from trail.verbs import Verb
from training import gate

pytestmark = pytest.mark.django_db

LAYOUT = {
    "columns": {"plate": "Plate", "captured_at": "Time", "camera": "Device", "color": "Color"},
    "delimiter": ",",
    "time_zone": "America/Los_Angeles",
}
HEADER = "Device,Time,Plate,Color"
Browse = Callable[[Member], Client]


@pytest.fixture
def at(settings: Any) -> Browse:
    """A browser's session of a member."""
    settings.SECOND_FACTOR_REQUIRED = False

    def sign_in(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def mapping(administrator: Member, agency: Agency) -> ReadMapping:
    """A vendor's layout."""
    return services.mapping_save(actor=administrator, agency=agency, name="Vendor", layout=LAYOUT)


def a_file(*rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("reads.csv", "\n".join([HEADER, *rows]).encode())


def a_line(plate: str, *, camera: str = "cam-12", moment: datetime | None = None, color: str = "gray") -> str:
    return f"{camera},{(moment or some_time_ago()).isoformat()},{plate},{color}"


def give(client: Client, mapping: ReadMapping, file: SimpleUploadedFile, **values: Any) -> Any:
    content = {"step": "take", "mapping": mapping.pk, "file": file} | values
    return client.post(reverse("read_files"), content)


def test_who_may_not_manage_cameras_neither_describes_nor_gives(
    operator: Member, outsider: Member, agency: Agency, mapping: ReadMapping, at: Browse
) -> None:
    for member in (operator, outsider):
        given: Any = {"actor": member, "mapping": mapping, "camera": None}
        with pytest.raises(gate.Refused):
            services.mapping_save(actor=member, agency=agency, name="Mine", layout=LAYOUT)
        with pytest.raises(gate.Refused):
            services.preview(**given, file=a_file(a_line("8KRB412")).file)
        with pytest.raises(gate.Refused):
            services.file_take(**given, file=a_file(a_line("8KRB412")).file)
    assert at(operator).get(reverse("read_files")).status_code == 403
    assert not Detection.objects.exists()


def test_a_layout_of_another_agency_is_nowhere(
    administrator: Member, outsider: Member, mapping: ReadMapping, at: Browse
) -> None:
    theirs = ReadMapping.objects.create(
        agency=outsider.agency, name="Theirs", layout=LAYOUT, saved_by=outsider
    )
    client = at(administrator)
    assert client.get(reverse("read_mapping", args=[theirs.pk])).status_code == 404
    answer = give(client, theirs, a_file(a_line("8KRB412")))
    assert answer.status_code == 422
    assert not Detection.objects.exists()


@pytest.mark.parametrize(
    ("name", "layout", "part"),
    [
        ("", LAYOUT, "name"),
        ("vendor", LAYOUT | {"delimiter": "x"}, "delimiter"),
        ("Vendor", LAYOUT, "name"),
        ("Other", LAYOUT | {"columns": {"plate": "Plate"}}, "columns.captured_at"),
    ],
)
def test_a_layout_that_reads_nothing_is_not_saved(
    name: str, layout: Any, part: str, administrator: Member, agency: Agency, mapping: ReadMapping
) -> None:
    with pytest.raises(ValidationError) as wrong:
        services.mapping_save(actor=administrator, agency=agency, name=name, layout=layout)
    assert part in wrong.value.message_dict
    assert ReadMapping.objects.get() == mapping


def test_a_layout_is_described_and_changed_on_the_trail(
    administrator: Member, mapping: ReadMapping, at: Browse
) -> None:
    client, address = at(administrator), reverse("read_mapping", args=[mapping.pk])
    shown = client.get(address).content.decode()
    assert 'value="Device"' in shown
    content = {"name": "Vendor 2", "delimiter": "semicolon", "skip_lines": 1, "time_zone": "UTC"}
    content |= {"column_plate": "4", "column_captured_at": "2"}
    assert client.post(address, content | {"column_plate": "Plate"}).status_code == 422
    assert client.post(address, content).status_code == 302
    mapping.refresh_from_db()
    assert mapping.layout["columns"] == {"plate": 4, "captured_at": 2}
    assert mapping.layout["has_header"] is False
    verbs = Event.objects.filter(verb__in=(Verb.CREATED, Verb.CHANGED), object_repr__contains="mapping")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [Verb.CREATED, Verb.CHANGED]


def test_the_first_lines_are_shown_and_nothing_is_stored(
    administrator: Member, camera: Camera, mapping: ReadMapping, at: Browse
) -> None:
    rows = [a_line("8KRB412"), a_line("TOOLONGAPLATE"), a_line("7ABC123", camera="nowhere")]
    answer = give(at(administrator), mapping, a_file(*rows), step="look")
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "A plate has at most 10 characters; this has 13." in shown
    assert "It names a camera that is not known." in shown
    assert [bool(found) for _, found, _ in answer.context["preview"]] == [True, False, False]
    assert not Detection.objects.exists()
    assert not Transfer.objects.exists()


def test_a_file_comes_in_line_by_line_and_twice_changes_nothing(
    administrator: Member, camera: Camera, mapping: ReadMapping, at: Browse, entry: Callable[..., Entry]
) -> None:
    entry("8KRB412")
    second = Camera.objects.create(agency=camera.agency, code="cam-13", name="Quay St at 6th")
    old, moment = timezone.now() - timedelta(days=4000), some_time_ago()
    rows = [
        a_line("8KRB412", moment=moment),
        a_line("7ABC123", camera="quay st AT 6th", moment=moment),
        a_line("6XYZ999", moment=old),
        a_line("8KRB412", moment=moment),
        "cam-12,noon,5AAA111,red",
    ]
    client = at(administrator)
    first = give(client, mapping, a_file(*rows)).context["result"]
    assert (first.stored, first.known, first.refused, first.conflicts) == (2, 1, 2, 0)
    assert [problem.line for problem in first.problems] == [4, 6]
    assert "before retention" in first.problems[0].why
    assert dict(Detection.objects.values_list("plate", "camera_id")) == {
        "8KRB412": camera.pk,
        "7ABC123": second.pk,
    }
    assert Hit.objects.count() == first.hits == 1
    before, again = Transfer.objects.count(), give(client, mapping, a_file(*rows)).context["result"]
    assert (again.stored, again.known, again.refused, again.hits) == (0, 3, 2, 0)
    assert (Detection.objects.count(), Transfer.objects.count(), Hit.objects.count()) == (2, before, 1)
    given = Event.objects.filter(verb=Verb.FILE_RECEIVED).order_by("pk")
    assert [event.elements["stored"] for event in given] == [2, 0]
    assert "8KRB" not in str([(event.detail, event.elements, event.object_repr) for event in given])


def test_a_file_is_no_sign_of_life_of_its_camera(
    administrator: Member, camera: Camera, mapping: ReadMapping, agency: Agency
) -> None:
    rows = (a_line("8KRB412"), a_line("7ABC123"))
    given: Any = {"actor": administrator, "mapping": mapping, "camera": None}
    services.file_take(**given, file=a_file(rows[0]).file)
    assert not CameraHealth.objects.exists()
    heard = timezone.now() - timedelta(hours=2)
    silent = CameraHealth.objects.create(camera=camera, heartbeat_at=heard)
    services.file_take(**given, file=a_file(rows[1]).file)
    check(agency)
    silent.refresh_from_db()
    assert (silent.last_received_at, [one["kind"] for one in silent.problems]) == (None, ["silent"])
    days = CameraDay.objects.all()
    assert (sum(day.reads for day in days), sum(sum(day.messages) for day in days)) == (2, 0)


def test_what_another_file_had_is_known_and_what_says_something_else_is_kept_as_it_was(
    administrator: Member, camera: Camera, mapping: ReadMapping
) -> None:
    moment = some_time_ago()
    lines = (a_line("8KRB412", moment=moment), a_line("8KRB412", moment=moment, color="red"))
    files = [a_file(lines[0]).file, a_file(lines[0], a_line("7ABC123")).file, a_file(lines[1]).file]
    found = [
        services.file_take(actor=administrator, mapping=mapping, camera=None, file=file)  # type: ignore[arg-type]
        for file in files
    ]
    assert [(one.stored, one.known, one.conflicts) for one in found] == [(1, 0, 0), (1, 1, 0), (0, 0, 1)]
    assert [problem.line for problem in found[2].problems] == [2]
    assert Detection.objects.get(plate="8KRB412").color == "gray"


def test_a_camera_is_asked_for_where_no_column_names_it(
    administrator: Member, agency: Agency, camera: Camera, at: Browse
) -> None:
    columns = {"plate": "Plate", "captured_at": "Time"}
    plain = services.mapping_save(
        actor=administrator, agency=agency, name="Plain", layout=LAYOUT | {"columns": columns}
    )
    client = at(administrator)
    assert "camera" in give(client, plain, a_file(a_line("8KRB412"))).context["form"].errors
    result = give(client, plain, a_file(a_line("8KRB412")), camera=camera.pk).context["result"]
    assert result.stored == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"a,b\n1,2\n", "no column"), (b"\0\0", "no text"), (b"PK\x03\x04", "workbook")],
    ids=["columns", "bytes", "workbook"],
)
def test_what_is_no_such_file_is_refused_whole(
    content: bytes, why: str, administrator: Member, camera: Camera, mapping: ReadMapping, at: Browse
) -> None:
    for step in ("look", "take"):
        answer = give(at(administrator), mapping, SimpleUploadedFile("a.csv", content), step=step)
        assert answer.status_code == 422
        assert why in answer.content.decode()
    assert not Detection.objects.exists()


def test_a_camera_out_of_service_takes_nothing(
    administrator: Member, camera: Camera, mapping: ReadMapping
) -> None:
    Camera.objects.filter(pk=camera.pk).update(is_active=False)
    file: Any = a_file(a_line("8KRB412")).file
    result = services.file_take(actor=administrator, mapping=mapping, camera=None, file=file)
    assert (result.stored, result.refused) == (0, 1)
