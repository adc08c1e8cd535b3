"""One record of every kind at the agency of the cast, made the way the system makes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task

from accounts.models import AdoptedPolicy, Agency, Agreement, Member
from accounts.services import purpose_state
from detections.holds import hold_place
from detections.ingest import Read, receive
from detections.models import (
    Camera,
    CameraGroup,
    Detection,
    EvidencePackage,
    Finding,
    FindingRead,
    Forwarding,
    ForwardSource,
    Hit,
    Hold,
    ImageJob,
    LocalPurge,
    ParkingHit,
    ParkingPurge,
    ParkingZone,
    PatrolCar,
    PurgeRun,
    ReaderChannel,
    ReaderKey,
    ReadMapping,
    ScofflawList,
    Shift,
    SigningKey,
    Transfer,
)
from detections.services_search import search_make
from hotlists.models import Entry, HotList, ListKey, Mapping, Refresh
from trail.actors import System
from trail.models import Event
from training.admin_base import GatedAdmin
from training.models import Certificate, Course, Session

PLATE = "8KRB412"
CASE = "26-11873"
REASON = "Witness to the Quay St robbery gave this plate; where was the car before 16:40?"
World = dict[str, Model]
SignIn = Callable[[Member], Client]


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which the member is signed in."""

    def make(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture
def documents(settings: Any, tmp_path: Any) -> None:
    """Documents and pictures lie in a folder of the test."""
    settings.STORAGES = settings.STORAGES | {
        name: settings.STORAGES[name] | {"OPTIONS": {"location": tmp_path / name}}
        for name in ("default", "evidence")
    }


@pytest.fixture
def detection(camera: Camera, entry: Callable[..., Entry]) -> Detection:
    """A listed car as the camera's reader sends it, so that there is a hit."""
    entry(PLATE)
    read = Read(
        sender_id="r-1",
        captured_at=timezone.now() - timedelta(minutes=2),
        plate=PLATE,
        state="CA",
        content_sha256="c" * 64,
        image="",
    )
    receipt = receive(
        actor=System("Tests", camera.agency), camera=camera, reads=[read], refused=[], batch_sha256="b" * 64
    )
    return Detection.objects.get(pk=receipt.detection_ids[0])


@pytest.fixture
def hot_plate(entry: Callable[..., Entry], specific_list: HotList, operator: Member) -> Callable[..., Entry]:
    """A hot plate of the operator's: `hot_plate("9BQT661", state_of_entry=...)`."""

    def make(plate: str, **other: Any) -> Entry:
        facts = {
            "hot_list": specific_list, "snapshot": None, "entered_by": operator, "case_number": "26-11873",
            "synopsis": "Driver wanted for the Quay St robbery.", "state_of_entry": Entry.State.WAITING,
            "expires_at": timezone.now() + timedelta(days=20),
        }  # fmt: skip
        return entry(plate, **facts | other)

    return make


@pytest.fixture
def world(
    documents: None,
    agency: Agency,
    detection: Detection,
    operator: Member,
    custodian: Member,
    general_list: HotList,
    reader_key: tuple[ReaderKey, str],
) -> World:
    """One record of every kind that an address can name, by its model's label."""
    inquiry = purpose_state(actor=operator, offense="robbery", case_number=CASE, reason=REASON)
    job = ImageJob.objects.create(
        camera=detection.camera, sender_id="p-1", sha256="d" * 64, image="p.jpg", captured_at=timezone.now(),
        given_by=operator, inquiry=inquiry,
    )  # fmt: skip
    hold = hold_place(
        actor=custodian, kind=Hold.Kind.DETECTION, ground="evidence", detection=detection, case_number=CASE,
        reason=REASON,
    )  # fmt: skip
    refresh = Refresh.objects.create(
        hot_list=general_list, how=Refresh.How.UPLOAD, state=Refresh.State.WAITING, file_name="list.csv",
        document=ContentFile(b"", "list.csv"), sha256="e" * 64, given_by=general_list.designated_by,
        given_label="Administrator 1044",
    )  # fmt: skip
    rows: list[Model] = [
        inquiry, job, hold, refresh, detection, agency, operator, general_list, detection.camera,
        reader_key[0],
        search_make(actor=operator, inquiry=inquiry, plate=PLATE),
        *_first(agency, Hit, Entry, Transfer, Certificate, Session, Course, Event, AdoptedPolicy),
        general_list.snapshots.get(),
        CameraGroup.objects.create(agency=agency, name="Harbor"),
        ReaderChannel.objects.create(key=reader_key[0], device_name="north", camera=detection.camera),
        ReadMapping.objects.create(
            agency=agency, name="Vendor", saved_by=operator,
            layout={"columns": {"plate": "p", "captured_at": "t"}, "delimiter": ","},
        ),
        Mapping.objects.create(agency=agency, name="SVS", source="svs", made_by=general_list.designated_by),
        ListKey.objects.create(hot_list=general_list, issued_by=operator, name="abcdefgh", digest="f" * 64),
        *_parking(operator, detection.camera),
        EvidencePackage.objects.create(agency=agency, hold=hold, reason=REASON, asked_by=custodian),
        SigningKey.objects.create(agency=agency, public_key="ab" * 32),
        _finding(detection),
        agreement := _agreement(operator),
        *_forwarding(agreement, operator),
        *_shift(operator, reader_key[0]),
        *_jobs(),
    ]  # fmt: skip
    return {row._meta.label_lower: row for row in rows}


def _first(agency: Agency, *models: type[Any]) -> list[Model]:
    pages = [admin.site._registry[model] for model in models]
    paths = [page.agency_path for page in pages if isinstance(page, GatedAdmin)]
    return [model.objects.filter(**{path: agency}).first() for model, path in zip(models, paths, strict=True)]


def _agreement(by: Member) -> Agreement:
    """A proposed one with a center elsewhere, for its address."""
    return Agreement.objects.create(
        agency=by.agency, title="Memorandum", partner_name="River Center", purposes=REASON,
        lets_forward=True, starts_on=timezone.localdate(), proposed_by=by,
    )  # fmt: skip


def _forwarding(agreement: Agreement, by: Member) -> list[Model]:
    """One to the centre, which waits for a second person, and one from elsewhere, for their addresses."""
    return [
        Forwarding.objects.create(
            agency=by.agency, agreement=agreement, address="https://c.example.gov", proposed_by=by
        ),
        ForwardSource.objects.create(
            agency=by.agency, name="Hill PD", prefix="hill", reference="MOU 7", registered_by=by
        ),
    ]


def _finding(detection: Detection) -> Finding:
    """A finding that rests on one read alone, for its address."""
    finding = Finding.objects.create(
        agency=detection.agency, kind=Finding.Kind.UNLIKE, plate=PLATE, state="CA", weight=3, count=1,
        one=detection.pk, other=detection.pk, one_camera=detection.camera, other_camera=detection.camera,
        last_read_at=detection.captured_at,
    )  # fmt: skip
    FindingRead.objects.create(finding=finding, detection_id=detection.pk)
    return finding


def _shift(operator: Member, key: ReaderKey) -> list[Model]:
    car = PatrolCar.objects.create(agency=operator.agency, unit="4K12")
    now = timezone.now()
    return [
        car,
        Shift.objects.create(patrol_car=car, member=operator, passed=True),
        LocalPurge.objects.create(key=key, list_sha256="a" * 64, purged=2, pictures=1, purged_at=now),
    ]


def _parking(member: Member, camera: Camera) -> list[Model]:
    """A purge, and what there is of parking: a list, and a hit of its own."""
    agency, now = member.agency, timezone.now()
    run = PurgeRun.objects.create(agency=agency, captured_before=now, policy_version="1")
    owed = ScofflawList.objects.create(agency=agency, name="Unpaid citations")
    zone = ParkingZone.objects.create(
        agency=agency, name="Quay St", limit_minutes=60, days=[1], starts=time(8), ends=time(18),
        made_by=member,
    )  # fmt: skip
    hit = ParkingHit.objects.create(
        agency=agency, kind="scofflaw", match="exact", day=now.date(), plate_key="8KRB412",
        scofflaw_list=owed, listed_plate=PLATE, first_read=uuid4(), first_at=now, first_camera=camera,
        first_plate=PLATE, last_read=uuid4(), last_at=now, last_camera=camera, plate=PLATE,
    )  # fmt: skip
    ParkingPurge.objects.create(run=run, reads_before=now, hits_before=now)
    return [run, owed, zone, hit]


def _jobs() -> list[Model]:
    from django_q.models import Failure

    now = timezone.now()
    Task.objects.create(id="1" * 32, name="job", func="f", started=now, stopped=now, success=False)
    return [
        Failure.objects.get(),
        OrmQ.objects.create(key="records", payload="", lock=now),
        Schedule.objects.create(func="f", name="Purge"),
    ]
