"""Findings go with the first of the detections they rest on, and stay as long as a hold keeps these."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Agency, Member
from detections import due, retention
from detections.findings import comparing, forgetting
from detections.holds import hold_place
from detections.models import Camera, Detection, Finding, FindingRead, HeldDetection, Hold
from tests.findings.conftest import REASON, Sure
from tests.retention.world import Days, keep_for
from tests.search.conftest import SignIn
from trail.models import Event
from trail.verbs import Verb

pytestmark = pytest.mark.django_db
LONG_AGO = -200 * 24 * 60
CASE = {"ground": "evidence", "case_number": "26-11873", "reason": REASON}


@pytest.fixture
def old(sure: Sure, far: Camera, agency: Agency) -> Finding:
    """A finding of two hundred days ago, where the agency keeps detections a hundred days."""
    keep_for(agency, Days(100, None))
    sure(minutes=LONG_AGO)
    sure(minutes=LONG_AGO + 4, camera=far)
    comparing.compare(agency)
    return Finding.objects.get()


@pytest.mark.parametrize("in_rows", [False, True], ids=["whole day", "in rows"])
def test_a_finding_goes_with_its_detections(
    in_rows: bool, old: Finding, agency: Agency, sure: Sure, custodian: Member
) -> None:
    if in_rows:
        other: dict[str, Any] = {"kind": Hold.Kind.DETECTION, "detection": sure("7ABC123", minutes=LONG_AGO)}
        hold_place(actor=custodian, **CASE, **other)
    assert due.preview(agency).findings_due == 1
    assert Finding.objects.exists(), "a preview changes nothing"
    run = retention.purge(agency)
    assert run.findings_gone == 1
    assert bool(run.days_dropped) is not in_rows
    assert not Finding.objects.exists()
    assert not FindingRead.objects.exists()
    assert Event.objects.filter(verb=Verb.PURGED).latest("pk").elements["findings_gone"] == 1
    assert due.preview(agency).findings_due == 0


def test_one_of_its_detections_takes_the_finding_and_no_other(
    apart: Finding, agency: Agency, sure: Sure, far: Camera
) -> None:
    sure("7ABC123")
    sure("7ABC123", minutes=4, camera=far)
    comparing.compare(agency)
    assert Finding.objects.count() == 2
    assert forgetting.forget(agency, []) == []
    assert forgetting.forget(agency, [apart.other]) == [apart.pk]
    assert Finding.objects.get().plate == "7ABC123"


def test_a_detection_purged_meanwhile_makes_no_finding(
    sure: Sure, far: Camera, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure()
    gone = sure(minutes=4, camera=far)
    make = comparing.finding_make

    def after_a_purge(**said: Any) -> Finding | None:
        Detection.objects.filter(pk=gone.pk).delete()
        return make(**said)

    monkeypatch.setattr(comparing, "finding_make", after_a_purge)
    comparing.compare(agency)
    assert not Finding.objects.exists()


def test_a_custodian_holds_the_detections_of_a_finding_by_its_number(
    old: Finding, agency: Agency, custodian: Member, sign_in: SignIn
) -> None:
    client: Client = sign_in(custodian)
    assert "Hold a finding’s detections" in client.get("/holds/").content.decode()
    for number in ("F-99999", "the second", ""):
        assert client.post("/holds/finding/", CASE | {"finding": number}).status_code == 422
    answer = client.post("/holds/finding/", CASE | {"finding": old.number})
    assert answer.status_code == 302, answer.content.decode()
    held = Hold.objects.get()
    assert held.kind == Hold.Kind.FINDING
    assert set(HeldDetection.objects.values_list("detection_id", flat=True)) == {old.one, old.other}
    again = client.post("/holds/finding/", CASE | {"finding": str(old.pk)})
    assert "held for this case already" in again.content.decode()
    assert client.get(answer["Location"]).status_code == 200
    assert due.preview(agency).findings_due == 0
    assert retention.purge(agency).findings_gone == 0
    assert Finding.objects.filter(pk=old.pk).exists()


def test_another_agencys_finding_is_held_by_nobody_here(
    old: Finding, custodian: Member, sign_in: SignIn, outsider: Member
) -> None:
    Finding.objects.filter(pk=old.pk).update(agency=outsider.agency)
    answer = sign_in(custodian).post("/holds/finding/", CASE | {"finding": old.number})
    assert answer.status_code == 422
    assert "There is no finding of that number" in answer.content.decode()
