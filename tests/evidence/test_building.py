"""What is built: everything that the hold keeps, once, whatever happens while it is built."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import bagit
import pytest
from django.db import connection, transaction
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Agency, Member
from accounts.roles import Role
from detections import images
from detections.evidence import building, sweeping
from detections.evidence.building import MOST_ATTEMPTS, build
from detections.evidence.services import evidence_ask, evidence_decide, evidence_retry
from detections.evidence.verifying import verify
from detections.holds import hold_place, hold_release_ask, hold_release_decide
from detections.models import Detection, EvidencePackage, Hit, HitStep, Hold, ImageJob, Search
from hotlists.models import HotList
from hotlists.service_grants import restricted_grant
from tests.cast import enroll
from tests.evidence.conftest import FOR, PLATE, WHY, kept_at, opened, room_for, rows
from tests.images.test_reading import database_url
from tests.retention.test_purge_faults import Killed, Steps, wait_for_a_lock
from tests.search.conftest import Detect, SearchFor, picture
from trail.models import Event, Inquiry
from trail.verbs import Outcome, Verb

State = EvidencePackage.State
END = "The district attorney closed this case."


def again(package: EvidencePackage) -> EvidencePackage:
    """The package as it stands now."""
    return EvidencePackage.objects.get(pk=package.pk)


def failed(package: EvidencePackage) -> str:
    """Why it could not be built."""
    assert build(package.pk) is False
    now = again(package)
    assert now.state == State.FAILED
    event = Event.objects.filter(verb=Verb.EVIDENCE_FAILED, object_pk=str(package.pk)).latest("pk")
    assert (event.outcome, event.detail[:300]) == (Outcome.FAILED, now.error)
    return now.error


# What goes in


def test_it_holds_every_record_as_kept_and_every_picture_byte_for_byte(
    built: EvidencePackage, reads: list[Detection], places: Path
) -> None:
    found = rows(built, places, "detections")
    assert [row["id"] for row in found] == [str(read.pk) for read in reads[:3]]
    for row, read in zip(found, reads, strict=False):
        assert set(row) == {f.attname for f in Detection._meta.concrete_fields} | {
            "agency", "camera", "transfer",
        }  # fmt: skip
        assert (row["plate"], row["content_sha256"], row["camera"]) == (PLATE, "c" * 64, "cam-12")
        assert row["received_at"] == read.received_at.isoformat()
    pictures = [row["image"] for row in found if row["image"]]
    assert len(pictures) == built.pictures == 2
    with opened(built, places) as archive:
        for name in pictures:
            assert archive.read(f"evidence-{built.pk}/data/pictures/{name}") == picture()
        assert not [name for name in archive.namelist() if reads[3].image in name]
    assert (built.detections, built.hits) == (3, Hit.objects.filter(plate=PLATE).count())


def test_hits_go_in_with_their_steps_their_entry_and_the_reads_that_joined(
    approved: EvidencePackage, operator: Member, places: Path
) -> None:
    hit = Hit.objects.filter(plate=PLATE).earliest("pk")
    HitStep.objects.create(hit=hit, move="see", by=operator, passed=True, answers={"characters": "same"})
    build(approved.pk)
    row = rows(again(approved), places, "hits")[0]
    assert (row["number"], row["entry"]["reason"]) == (hit.number, "Stolen vehicle")
    assert row["entry"]["hot_list"] == "Stolen vehicles (SVS)"
    (step,) = row["steps"]
    assert (step["move"], step["by"], step["answers"]) == ("see", "Operator 4127", {"characters": "same"})
    assert len(row["further_reads"]) == hit.further_reads.count()


def test_the_hold_the_search_and_the_purposes_go_in(
    reads: list[Detection], custodian: Member, administrator: Member, operator: Member, inquiry: Inquiry,
    search_for: SearchFor, places: Path,
) -> None:  # fmt: skip
    search: Search = search_for(PLATE)
    photograph = ImageJob.objects.create(
        camera=reads[2].camera, sender_id="p-1", sha256="a" * 64, image=reads[2].image, inquiry=inquiry,
        captured_at=timezone.now(), state=ImageJob.State.READ, given_by=operator,
    )  # fmt: skip
    hold = hold_place(
        actor=custodian, kind=Hold.Kind.SEARCH, ground="discovery", case_number="26-11873", reason=WHY,
        search=search,
    )  # fmt: skip
    package = evidence_ask(actor=custodian, hold=hold, reason=FOR)
    evidence_decide(actor=administrator, package=package, approve=True)
    assert build(package.pk)
    package = again(package)
    kept = rows(package, places, "hold")
    assert (kept["hold"]["ground"], kept["search"]["pattern"]) == ("discovery", PLATE)
    assert kept["package"]["decided_by"] == str(administrator)
    assert kept["contents"]["detections"] == 3
    assert [row["id"] for row in rows(package, places, "photographs")] == [photograph.pk]
    (purpose,) = rows(package, places, "inquiries")
    assert (purpose["id"], purpose["reason"]) == (inquiry.pk, inquiry.reason)


def test_what_came_after_the_approval_stays_out(
    approved: EvidencePackage, detect: Detect, places: Path
) -> None:
    detect(PLATE, hours_ago=0.01, pictured=True)
    assert build(approved.pk)
    assert again(approved).detections == 3


def test_any_bagit_validator_and_our_own_find_it_whole(
    built: EvidencePackage, places: Path, tmp_path: Path
) -> None:
    verdict = verify(places / "packages" / built.file)
    assert (verdict.is_whole, verdict.agency) == (True, "Alder Police Department")
    with opened(built, places) as archive:
        archive.extractall(tmp_path / "out")
    found = bagit.Bag(str(tmp_path / "out" / f"evidence-{built.pk}"))
    assert found.validate()
    assert found.info["Case-Number"] == "26-11873"
    stored = (places / "packages" / built.file).read_bytes()
    assert (hashlib.sha256(stored).hexdigest(), len(stored)) == (built.sha256, built.size)
    assert (places / "packages" / built.file).stat().st_mode & 0o077 == 0


def test_the_report_is_one_tagged_page_that_says_who_what_and_how_to_check(
    built: EvidencePackage, places: Path
) -> None:
    with opened(built, places) as archive:
        reader = PdfReader(archive.open(f"evidence-{built.pk}/data/report.pdf"))
    assert len(reader.pages) == 1
    assert reader.metadata is not None
    assert reader.metadata.title == f"Evidence package {built.pk}, case 26-11873"
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en-US"
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()
    text = " ".join(reader.pages[0].extract_text().split())
    verdict = verify(places / "packages" / built.file)
    for said in (
        "26-11873", WHY, FOR, "Custodian 1210", "Administrator 1044", "3 detections", "2 pictures",
        "verify_evidence", verdict.fingerprint, verdict.contents_sha256, built.agency.policy_label,
    ):  # fmt: skip
        assert said in text, said


def test_what_is_said_never_becomes_part_of_the_reports_source(asked: EvidencePackage, places: Path) -> None:
    hostile = '#panic("no") *bold* $x^2$ \\ " [link] 京 \u202e \u0007 ' + "W" * 240
    EvidencePackage.objects.filter(pk=asked.pk).update(reason=hostile[:300])
    Hold.objects.update(reason=hostile[:300])
    decided = {"state": State.APPROVED, "decided_by": asked.agency.members.get(badge="ald-02")}
    EvidencePackage.objects.filter(pk=asked.pk).update(decided_at=timezone.now(), **decided)
    assert build(asked.pk)
    package = again(asked)
    with opened(package, places) as archive:
        reader = PdfReader(archive.open(f"evidence-{package.pk}/data/report.pdf"))
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    assert '#panic("no") *bold* $x^2$' in text
    assert "U+4EAC" in text
    assert rows(package, places, "hold")["package"]["reason"] == hostile[:300]


# Restricted lists


@pytest.fixture
def grants(agency: Agency, chief: Member) -> Member:
    """Another administrator, who grants lists."""
    return enroll(agency, Role.ADMINISTRATOR, "1045", approver=chief)


@pytest.fixture
def restricted(hold: Hold) -> HotList:
    """The list of the held hits, restricted."""
    HotList.objects.update(is_restricted=True)
    return HotList.objects.get()


@pytest.mark.parametrize(
    "granted", [[], ["custodian"], ["administrator"]], ids=["nobody", "asker", "approver"]
)
def test_hits_on_a_restricted_list_stay_out_unless_it_is_granted_to_both(
    granted: list[str], restricted: HotList, asked: EvidencePackage, administrator: Member, grants: Member,
    places: Path, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    hits = Hit.objects.count()
    for name in granted:
        restricted_grant(actor=grants, hot_list=restricted, member=request.getfixturevalue(name))
    evidence_decide(actor=administrator, package=asked, approve=True)
    assert build(asked.pk)
    package = again(asked)
    assert rows(package, places, "hits") == []
    assert rows(package, places, "hold")["contents"]["hits_left_out"] == hits > 0
    with opened(package, places) as archive:
        said = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".json"))
        text = PdfReader(archive.open(f"evidence-{package.pk}/data/report.pdf")).pages[0].extract_text()
    assert b"Stolen vehicle" not in said
    assert "restricted to others" in " ".join(text.split())


def test_hits_on_a_restricted_list_go_in_where_it_is_granted_to_both(
    restricted: HotList, asked: EvidencePackage, administrator: Member, custodian: Member, grants: Member,
    places: Path,
) -> None:  # fmt: skip
    for member in (custodian, administrator):
        restricted_grant(actor=grants, hot_list=restricted, member=member)
    evidence_decide(actor=administrator, package=asked, approve=True)
    assert build(asked.pk)
    assert len(rows(again(asked), places, "hits")) == Hit.objects.count() > 0
    assert rows(again(asked), places, "hold")["contents"]["hits_left_out"] == 0


# Once


def test_it_is_built_once(built: EvidencePackage, places: Path) -> None:
    before = kept_at(places)
    assert build(built.pk) is False
    assert again(built).built_at == built.built_at
    assert kept_at(places) == before
    assert len(before) == 1


def test_what_is_not_approved_is_not_built(asked: EvidencePackage, places: Path) -> None:
    assert build(asked.pk) is False
    assert (again(asked).state, kept_at(places)) == (State.ASKED, [])


def killed_at(step: int, package: EvidencePackage) -> bool:
    """Build until the process dies at `step`; false where it came to its end before."""
    try:
        with connection.execute_wrapper(Steps(step)):
            build(package.pk)
    except Killed:
        return True
    return False


def test_killed_at_every_step_and_run_again(approved: EvidencePackage, places: Path) -> None:
    step, died = 0, True
    while died:
        step += 1
        with transaction.atomic():
            died = killed_at(step, approved)
            build(approved.pk)
            sweeping.sweep()
            package = again(approved)
            assert (package.state, package.detections, package.pictures) == (State.BUILT, 3, 2)
            (archive,) = kept_at(places)
            assert verify(archive).is_whole
            events = Event.objects.filter(verb__in=[Verb.EVIDENCE_BUILT, Verb.EVIDENCE_FAILED])
            assert [event.verb for event in events] == [Verb.EVIDENCE_BUILT]
            assert not list((places / "building").iterdir())
            transaction.set_rollback(True)
        archive.unlink()
    assert step > 20


@pytest.mark.django_db(transaction=True)
def test_killed_for_good_once_the_archive_lies_there(approved: EvidencePackage, places: Path) -> None:
    said = (
        "import django; django.setup(); from django.conf import settings; from pathlib import Path; "
        f"settings.DATA_DIR = Path({str(places)!r}); "
        f"from detections.tasks import build_evidence; build_evidence({approved.pk})"
    )
    environment = os.environ | {
        "DATABASE_URL": database_url(), "ALPR_DATA": str(places), "DJANGO_SETTINGS_MODULE": "alpr.settings",
    }  # fmt: skip
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM detections_hold FOR UPDATE")
        process = subprocess.Popen([sys.executable, "-c", said], env=environment)
        wait_for_a_lock(process)
        assert len(kept_at(places)) == 1
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert again(approved).state == State.APPROVED
    deadline = time.monotonic() + 60
    while not build(approved.pk):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (again(approved).state, again(approved).attempts) == (State.BUILT, 2)
    sweeping.sweep()
    (archive,) = kept_at(places)
    assert verify(archive).is_whole
    assert archive.relative_to(places / "packages").as_posix() == again(approved).file
    assert Event.objects.filter(verb=Verb.EVIDENCE_BUILT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_build_one(approved: EvidencePackage, places: Path) -> None:
    done: list[bool] = []

    def work() -> None:
        try:
            done.append(build(approved.pk))
        finally:
            connection.close()

    with transaction.atomic():
        Hold.objects.select_for_update().get(pk=approved.hold_id)
        first = threading.Thread(target=work)
        first.start()
        wait_for_a_lock()
        assert build(approved.pk) is False
    first.join()
    assert (done, len(kept_at(places))) == ([True], 1)


def test_cut_off_too_often_it_is_left_to_a_person(approved: EvidencePackage, custodian: Member) -> None:
    EvidencePackage.objects.filter(pk=approved.pk).update(attempts=MOST_ATTEMPTS)
    assert "cut off" in failed(approved)
    evidence_retry(actor=custodian, package=approved)
    assert build(approved.pk)


def test_forgotten_packages_are_queued_again(
    approved: EvidencePackage, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    assert sweeping.requeue() == 0
    EvidencePackage.objects.update(decided_at=timezone.now() - timedelta(minutes=11))
    assert sweeping.requeue() == 1
    assert sweeping.requeue() == 0


# What goes wrong


@pytest.mark.parametrize("size", [500, 2_000, 9_000, 30_000])
def test_a_full_disk_is_said_keeps_nothing_and_can_be_mended(
    size: int, approved: EvidencePackage, custodian: Member, places: Path
) -> None:
    with room_for(size):
        assert "The disk is full" in failed(approved)
    assert kept_at(places) == []
    assert not list((places / "building").iterdir())
    evidence_retry(actor=custodian, package=approved)
    assert build(approved.pk)
    assert again(approved).error == ""


def test_a_hold_released_before_it_is_built(
    approved: EvidencePackage, custodian: Member, administrator: Member, places: Path
) -> None:
    asked = hold_release_ask(actor=custodian, hold=approved.hold, why=END)
    hold_release_decide(actor=administrator, hold=asked, approve=True)
    assert "hold was released" in failed(approved)
    assert kept_at(places) == []


def test_a_picture_that_is_gone_is_said_and_nothing_else_is_lost(
    approved: EvidencePackage, reads: list[Detection], places: Path
) -> None:
    images.remove(reads[1].image)
    assert build(approved.pk)
    package = again(approved)
    assert (package.detections, package.pictures) == (3, 1)
    assert rows(package, places, "hold")["contents"]["pictures_missing"] == [reads[1].image]
    with opened(package, places) as archive:
        text = PdfReader(archive.open(f"evidence-{package.pk}/data/report.pdf")).pages[0].extract_text()
    assert "1 picture that the records name could not be found" in " ".join(text.split())


def test_an_archive_that_does_not_verify_is_not_kept(
    approved: EvidencePackage, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = building._write

    def failing_disk(*given: Any) -> Any:
        taken = whole(*given)
        path: Path = given[2]
        path.write_bytes(path.read_bytes()[:-40] + bytes(40))
        return taken

    monkeypatch.setattr(building, "_write", failing_disk)
    assert "cannot be verified" in failed(approved)
    assert kept_at(places) == []


def test_a_fault_of_ours_is_said_and_raised(
    approved: EvidencePackage, places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "facts_of", lambda *given: {}["none"])
    with pytest.raises(KeyError):
        build(approved.pk)
    assert again(approved).state == State.FAILED
    assert "KeyError" in again(approved).error


def test_records_are_json_that_other_programs_read(built: EvidencePackage, places: Path) -> None:
    with opened(built, places) as archive:
        for name in archive.namelist():
            if name.endswith(".json"):
                json.loads(archive.read(name).decode("utf-8"))
