"""A plate goes through everything that there is; once its time is up nothing but trail and list name it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import Agency, Member
from detections import services_read_files as files_of_reads
from detections.evidence.building import build
from detections.evidence.services import evidence_ask, evidence_book, evidence_decide
from detections.ingest import Read, receive
from detections.models import Camera, Detection, EvidencePackage, Hit, Hold, ReaderKey, Search
from detections.plates_seen import list_days
from detections.retention import purge
from detections.services_images import photograph_give
from detections.tasks import purge as purge_all
from detections.tasks import see_to_evidence
from hotlists.plates import fold
from tests.adapters.messages_one import group
from tests.evidence.conftest import BOOKED, FOR
from tests.retention.conftest import Place
from tests.retention.test_forgetting import ALLOWED, PLATE, speaking_of
from tests.retention.world import Days, keep_for
from tests.search.conftest import REASON, Detect, SearchFor, SignIn, picture
from trail.actors import System

LAYOUT = {"columns": {"plate": "Plate", "captured_at": "Time"}, "delimiter": ",", "time_zone": "UTC"}


@pytest.fixture
def places(evidence: Path, settings: Any, tmp_path: Path) -> Path:
    """The data folder of the test, in which everything lies that is no row."""
    place = {"OPTIONS": {"location": tmp_path / "packages"}}
    settings.STORAGES = settings.STORAGES | {"packages": settings.STORAGES["packages"] | place}
    settings.DATA_DIR = tmp_path
    return tmp_path


@contextmanager
def days_later(days: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock runs that far ahead."""
    real: Callable[[], datetime] = timezone.now
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: real() + timedelta(days=days))
        yield


def naming(folder: Path) -> list[Path]:
    """The files below that hold the plate, or its key."""
    wanted = (PLATE.encode(), fold(PLATE).encode())
    every = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in every if any(one in path.read_bytes() for one in wanted)]


def come_in(camera: Camera, secret: str, actor: Member, inquiry: Any) -> None:
    """Reads of the plate by a maker's message, by a vendor's file, and a photograph."""
    at = timezone.now() - timedelta(hours=3)
    Client().post(
        "/api/v1/readers/rekor/", group(at, best_plate_number=PLATE), content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    mapping = files_of_reads.mapping_save(actor=actor, agency=camera.agency, name="Vendor", layout=LAYOUT)
    line = f"Plate,Time\n{PLATE},{(at - timedelta(hours=2)).isoformat()}\n"
    file = SimpleUploadedFile("reads.csv", line.encode()).file
    assert file is not None
    result = files_of_reads.file_take(actor=actor, mapping=mapping, camera=camera, file=file)  # type: ignore[arg-type]
    assert (result.stored, Detection.objects.filter(plate=PLATE).count()) == (1, 2)


def look_at(client: Client, search: Search) -> None:
    """Open what a search finds, in every way."""
    one = Detection.objects.filter(plate=PLATE).exclude(image="").latest("pk")
    for name in ("search_results", "search_print", "search_export"):
        assert client.get(reverse(name, args=[search.pk])).status_code == 200
    said = {"case_number": "26-11873", "reason": REASON}
    exported = client.post(reverse("search_export", args=[search.pk]), said)
    assert PLATE.encode() in b"".join(exported)
    for name in ("search_detection", "search_vehicle", "search_image", "search_plate"):
        assert client.get(reverse(name, args=[search.pk, one.pk])).status_code == 200
    assert client.get(reverse("hit", args=[Hit.objects.latest("pk").pk])).status_code == 200
    assert client.get(reverse("search")).status_code == 200


def packed(hold: Hold, custodian: Member, administrator: Member) -> EvidencePackage:
    """An evidence package of a hold, booked."""
    asked = evidence_ask(actor=custodian, hold=hold, reason=FOR)
    approved = evidence_decide(actor=administrator, package=asked, approve=True)
    assert build(approved.pk)
    approved.refresh_from_db()
    return evidence_book(actor=custodian, package=approved, **BOOKED)


def test_whatever_it_went_through_nothing_names_it_once_its_time_is_up(
    agency: Agency, camera: Camera, reader_key: tuple[ReaderKey, str], detect: Detect, entry: Any,
    hold: Place, release: Callable[[Hold], Hold], inquiry: Any, search_for: SearchFor, operator: Member,
    administrator: Member, custodian: Member, sign_in: SignIn, places: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    entry(PLATE)
    come_in(camera, reader_key[1], administrator, inquiry)
    detect(PLATE, hours_ago=30, pictured=True)
    photograph_give(actor=operator, inquiry=inquiry, data=picture())
    list_days(agency)
    look_at(sign_in(operator), search_for(PLATE))
    over_plate, over_hit = (
        hold(kind=Hold.Kind.PLATE, plate=PLATE),
        hold(kind=Hold.Kind.HIT, hit=Hit.objects.latest("pk")),
    )
    package = packed(over_plate, custodian, administrator)
    assert naming(places)
    for one in (over_plate, over_hit):
        release(one)
    keep_for(agency, Days(2, 2))
    with days_later(5, monkeypatch):
        purge_all()
        see_to_evidence()
        purge(agency)
    assert speaking_of(PLATE) == ALLOWED
    assert naming(places) == []
    assert EvidencePackage.objects.get(pk=package.pk).sha256
    kept = [session.get_decoded() for session in Session.objects.all()]
    queued = [one.task for one in OrmQ.objects.all()]
    assert kept
    assert queued
    assert PLATE not in f"{kept} {queued} {caplog.text}"


# What an error says


def test_an_error_of_the_database_names_no_row(camera: Camera, agency: Agency) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Hold.objects.create(
            agency=agency, kind=Hold.Kind.HIT, plate=PLATE, plate_key=fold(PLATE), case_number="26-1",
            reason=REASON, review_by=timezone.localdate(), placed_by=agency.members.get(badge="ald-02"),
        )  # fmt: skip
    told = "".join(traceback.format_exception(refused.value))
    assert "hold_names_what_it_keeps" in told
    assert PLATE not in told
    assert "Failing row" not in told


def test_an_error_of_a_copy_names_no_line(camera: Camera) -> None:
    read = Read(
        sender_id="r-1", captured_at=timezone.now(), plate=PLATE, content_sha256="c" * 64, state="CALIFORNIA"
    )
    with pytest.raises(Exception, match="too long") as refused, transaction.atomic():
        receive(actor=System("Tests"), camera=camera, reads=[read], refused=[], batch_sha256="d" * 64)
    told = "".join(traceback.format_exception(refused.value))
    assert PLATE not in told
