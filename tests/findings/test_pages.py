"""The pages of findings: no plate without a purpose, nothing of another agency, and every look recorded."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Member
from accounts.roles import Role
from detections.findings.services import finding_close, finding_make
from detections.models import Finding
from tests.cast import enroll, found
from tests.findings.conftest import PLATE, REASON, Sure, purpose
from tests.search.conftest import SignIn
from trail.models import Event, Inquiry
from trail.verbs import Outcome, Verb
from training import gate

pytestmark = pytest.mark.django_db
STATED = {"case_number": "26-11873", "offense": "robbery", "reason": REASON}


def opened(client: Client, finding: Finding) -> str:
    """Where the finding is open under a purpose that the member states."""
    answer = client.post(f"/findings/{finding.pk}/", STATED)
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def test_no_plate_is_shown_before_a_purpose_is_stated(
    apart: Finding, analyst: Member, sign_in: SignIn
) -> None:
    client = sign_in(analyst)
    for path in ("/findings/", "/findings/?show=closed", f"/findings/{apart.pk}/", "/waiting/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert PLATE not in answer.content.decode()
    assert "Bay Bridge ramp" in client.get("/findings/").content.decode()
    assert "Look at 1 finding of a plate" in client.get("/waiting/").content.decode()
    refused = client.post(f"/findings/{apart.pk}/", STATED | {"reason": "check", "case_number": ""})
    assert refused.status_code == 422
    assert not Inquiry.objects.exists()
    assert not Event.objects.filter(verb=Verb.FINDING_VIEWED).exists()
    listed = Event.objects.filter(verb=Verb.FINDINGS_VIEWED).first()
    assert listed is not None
    assert listed.elements["shown"] in (0, 1)


def test_a_finding_shows_both_reads_and_is_on_the_trail(
    apart: Finding, analyst: Member, sign_in: SignIn
) -> None:
    client = sign_in(analyst)
    place = opened(client, apart)
    assert PLATE not in place
    page = client.get(place)
    text = page.content.decode()
    assert page.status_code == 200
    assert PLATE in text
    assert PLATE not in text.split("</title>")[0]
    for said in (
        "Quay St at 5th",
        "Bay Bridge ramp",
        "23.8 miles (38.2 km)",
        "5 minutes",
        "mph",
        "One vehicle",
    ):
        assert said in text
    viewed = Event.objects.get(verb=Verb.FINDING_VIEWED)
    assert viewed.inquiry == Inquiry.objects.get()
    assert viewed.elements == {"plate": PLATE, "state": "CA", "shown": 2}
    assert viewed.object_repr == f"finding {apart.number}"
    for key in (apart.one, apart.other):
        for kind in ("image", "plate"):
            assert client.get(f"{place}{key}/{kind}/")["Content-Type"] == "image/jpeg"
    assert Event.objects.filter(verb=Verb.IMAGE_VIEWED, inquiry=viewed.inquiry).count() == 4


def test_only_what_a_finding_rests_on_is_shown_under_it(
    apart: Finding, analyst: Member, sign_in: SignIn, sure: Sure
) -> None:
    client = sign_in(analyst)
    place = opened(client, apart)
    other = sure("7ABC123", minutes=20, pictured=True)
    assert client.get(f"{place}{other.pk}/image/").status_code == 404


def test_a_purpose_of_another_and_an_old_one_open_nothing(
    apart: Finding, analyst: Member, supervisor: Member, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(analyst)
    theirs, own = purpose(supervisor), purpose(analyst)
    said: dict[str, Any] = {"actor": analyst, "finding": apart, "result": "nothing", "note": "Looked at both"}
    assert client.get(f"/findings/{apart.pk}/under/{theirs.pk}/").status_code == 404
    with pytest.raises(gate.Refused, match="stated by somebody else"):
        finding_close(**said, inquiry=theirs)
    monkeypatch.setattr(Inquiry, "GOOD_FOR", timedelta(0))
    assert client.get(f"/findings/{apart.pk}/under/{own.pk}/").status_code == 403
    with pytest.raises(gate.Refused, match="too long ago"):
        finding_close(**said, inquiry=own)


def test_another_agencys_findings_are_out_of_sight(apart: Finding, sign_in: SignIn) -> None:
    east = found("Eastmoor")
    outsider = enroll(east, Role.ANALYST, "7002", approver=east.members.get(badge="eas-02"))
    client, own = sign_in(outsider), purpose(outsider)
    assert "Bay Bridge" not in client.get("/findings/").content.decode()
    assert client.get(f"/findings/{apart.pk}/").status_code == 404
    assert client.get(f"/findings/{apart.pk}/under/{own.pk}/").status_code == 404
    with pytest.raises(gate.Refused):
        finding_close(actor=outsider, finding=apart, result="nothing", note="Looked at both", inquiry=own)


@pytest.mark.parametrize("who", ["operator", "dispatcher", "custodian", "auditor"])
def test_who_reviews_no_findings_finds_the_pages_shut(
    who: str, apart: Finding, request: Any, sign_in: SignIn
) -> None:
    member = request.getfixturevalue(who)
    client = sign_in(member)
    for path in ("/findings/", f"/findings/{apart.pk}/", f"/findings/{apart.pk}/under/1/"):
        assert client.get(path).status_code == 403
    assert Event.objects.filter(outcome=Outcome.REFUSED, actor=member).exists()


def test_a_finding_is_closed_with_a_result_and_corrected(
    apart: Finding, analyst: Member, sign_in: SignIn
) -> None:
    client = sign_in(analyst)
    place = opened(client, apart)
    for said in ({}, {"result": "swapped"}, {"result": "sold", "note": "Both show it"}):
        assert client.post(f"{place}close/", said).status_code == 422
    immigration = {"result": "swapped", "note": "ICE asked for the driver"}
    assert client.post(f"{place}close/", immigration).status_code == 422
    apart.refresh_from_db()
    assert apart.is_open
    assert client.post(f"{place}close/", {"result": "misread", "note": "B is an 8"}).status_code == 302
    assert client.post(f"{place}close/", {"result": "swapped", "note": "Both show it"}).status_code == 302
    apart.refresh_from_db()
    assert (apart.status, apart.result, apart.closed_by) == ("closed", "swapped", analyst)
    closed = list(Event.objects.filter(verb=Verb.FINDING_CLOSED).order_by("pk"))
    assert [one.elements for one in closed] == [
        {"kind": "apart", "result": "misread"},
        {"kind": "apart", "result": "swapped", "before": "misread"},
    ]
    assert PLATE not in json.dumps([[one.elements, one.object_repr, one.detail] for one in closed])
    assert "Swapped or counterfeit plate" in client.get("/findings/?show=closed").content.decode()
    assert "Nothing waits" in client.get("/findings/").content.decode()


def test_services_ask_for_a_purpose_a_result_and_words(apart: Finding, analyst: Member) -> None:
    said: dict[str, Any] = {"actor": analyst, "finding": apart, "inquiry": purpose(analyst)}
    with pytest.raises(ValidationError):
        finding_close(**said, result="guilty", note="Both show it")
    with pytest.raises(ValidationError):
        finding_close(**said, result="swapped", note=" ")
    with pytest.raises(gate.Refused):
        finding_close(**said | {"inquiry": None}, result="swapped", note="Both show it")
    with pytest.raises(TypeError):
        finding_make(agency=apart.agency, found=None)  # type: ignore[call-arg]
