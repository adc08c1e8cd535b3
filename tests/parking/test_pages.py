"""The parking officer's pages, zones and lists in administration, and the year: refusals first."""

from __future__ import annotations

from datetime import time, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Member
from accounts.roles import Role
from detections.models import Camera, ParkingDay, ParkingHit, ParkingZone, ScofflawEntry, ScofflawList
from detections.parking import counts
from detections.parking.closing import hit_cite, hit_end
from detections.parking.zones import zone_change, zone_end, zone_make
from tests.cast import enroll
from tests.parking.conftest import PINE, QUAY, At, Send, read, yesterday
from trail.models import Event
from trail.moves import MoveRefused
from trail.verbs import Outcome, Verb
from training.gate import Refused

pytestmark = pytest.mark.django_db
Zones = tuple[ParkingZone, ParkingZone]
TERMS: dict[str, Any] = {
    "limit_minutes": 60, "days": [1, 2], "starts": time(8), "ends": time(18), "circle": (*QUAY, 100),
}  # fmt: skip


@pytest.fixture
def parking_officer(agency: Agency, chief: Member) -> Member:
    """Who enforces parking, and does nothing else."""
    return enroll(agency, Role.PARKING_OFFICER, "8001", approver=chief)


@pytest.fixture
def hit(zones: Zones, send: Send) -> ParkingHit:
    """A car that stood half an hour too long."""
    send(read(yesterday(9), make="HONDA", model="CIVIC", color="SIL"), read(yesterday(11, 30)))
    return ParkingHit.objects.get()


def text(answer: object) -> str:
    return " ".join(unescape(answer.content.decode()).split())  # type: ignore[attr-defined]


# Refusals


@pytest.mark.parametrize("who", ["operator", "analyst", "auditor", "lapsed"])
def test_the_hits_are_for_who_enforces_parking(
    who: str, hit: ParkingHit, at: At, request: pytest.FixtureRequest
) -> None:
    member = request.getfixturevalue(who)
    client = at(member)
    for address in (reverse("parking"), reverse("parking_hit", args=[hit.pk])):
        assert client.get(address).status_code == 403
    assert client.post(reverse("parking_move", args=[hit.pk, "none"]), {"reason": "gone"}).status_code == 403
    with pytest.raises(Refused):
        hit_end(actor=member, hit=hit, reason="gone")


def test_a_parking_officer_sees_nothing_of_the_police(parking_officer: Member, at: At) -> None:
    client = at(parking_officer)
    for name in ("console", "search", "hot_plates", "parking_year", "admin:index"):
        assert client.get(reverse(name)).status_code == 403, name
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("parking")


def test_another_agencys_hits_are_out_of_sight(hit: ParkingHit, outsider: Member, at: At) -> None:
    approver = outsider.agency.members.get(badge__endswith="-02")
    theirs = enroll(outsider.agency, Role.PARKING_OFFICER, "8002", approver=approver)
    client = at(theirs)
    assert hit.plate not in text(client.get(reverse("parking")))
    assert client.get(reverse("parking_hit", args=[hit.pk])).status_code == 404
    assert client.post(reverse("parking_move", args=[hit.pk, "cite"]), {}).status_code == 404
    with pytest.raises(Refused):
        hit_cite(actor=theirs, hit=hit, citation_number="1")


def test_what_is_missing_is_said_and_a_broken_stay_is_not_cited(
    hit: ParkingHit, parking_officer: Member, at: At, send: Send
) -> None:
    client = at(parking_officer)
    cite, end = (reverse("parking_move", args=[hit.pk, move]) for move in ("cite", "none"))
    assert client.post(cite, {"citation_number": ""}).status_code == 422
    assert client.post(cite, {"citation_number": "<b>"}).status_code == 422
    assert client.post(end, {"reason": "because"}).status_code == 422
    assert client.post(reverse("parking_move", args=[hit.pk, "eat"])).status_code == 404
    assert client.get(cite).status_code == 405
    send(read(yesterday(10), place=PINE))
    page = text(client.get(reverse("parking_hit", args=[hit.pk])))
    assert "The stay was broken" in page
    assert "End with this citation" not in page
    assert client.post(cite, {"citation_number": "26-1"}).status_code == 409
    assert Event.objects.filter(verb=Verb.ATTEMPTED, outcome=Outcome.REFUSED, actor=parking_officer).exists()
    with pytest.raises(MoveRefused):
        hit_cite(actor=parking_officer, hit=hit, citation_number="26-1")
    assert client.post(end, {"reason": "moved"}).status_code == 302


# The walk


def test_from_the_list_to_the_citation_and_the_year(
    hit: ParkingHit, parking_officer: Member, administrator: Member, at: At, send: Send, zones: Zones
) -> None:
    client = at(parking_officer)
    page = text(client.get(reverse("parking")))
    assert "1 hit to look at" in page
    assert "30 min over" in page
    page = text(client.get(reverse("parking_hit", args=[hit.pk])))
    assert "Quay St over 2 h 30 min" in page
    assert "The limit is 120 minutes" in page
    assert hit.plate not in reverse("parking_hit", args=[hit.pk])
    cite = reverse("parking_move", args=[hit.pk, "cite"])
    assert client.post(cite, {"citation_number": " b-4471902 "}).status_code == 302
    hit.refresh_from_db()
    assert (hit.status, hit.citation_number, hit.closed_by) == ("cited", "B-4471902", parking_officer)
    assert client.post(cite, {"citation_number": "2"}).status_code == 409
    verbs = [Verb.PARKING_VIEWED, Verb.PARKING_HIT_VIEWED, Verb.PARKING_CLOSED]
    told = Event.objects.filter(actor=parking_officer, verb__in=verbs).order_by("pk")
    assert [event.verb for event in told][:3] == verbs
    assert all(event.purpose == "Parking enforcement" for event in told)
    assert told[2].elements["citation"] == "B-4471902"
    assert told[0].elements["plates"] == [hit.plate]
    assert "Cited" in text(client.get(reverse("parking") + "?show=ended"))
    send(read(yesterday(9), "7ABC123"), read(yesterday(12), "7ABC123"))
    other = ParkingHit.objects.get(plate="7ABC123")
    with pytest.raises(ValidationError, match="Another hit"):
        hit_cite(actor=parking_officer, hit=other, citation_number="b-4471902")
    hit_end(actor=parking_officer, hit=other, reason="permit", note="Disabled placard.")
    year = counts.year(hit.agency, hit.day.year)
    assert (year.reads, year.days, year.reads_a_day, year.all.hits, year.all.cited) == (4, 1, 4, 2, 1)
    assert (year.kinds[0].share, year.kinds[1].share, year.kinds[0].none) == (0.5, None, 1)
    admin, asked = at(administrator), f"?year={hit.day.year}"
    assert "50%" in text(admin.get(reverse("parking_year") + asked))
    lines = admin.get(reverse("parking_year_file") + asked).content.decode().splitlines()
    assert lines[-1] == f"{hit.day.year},All,4,4,2,1,1,0.5000"
    assert admin.get(reverse("parking_year") + "?year=²").status_code == 200


# Zones


def test_zones_are_made_by_who_manages_cameras_and_lie_over_none_at_the_same_time(
    zones: Zones, agency: Agency, administrator: Member, parking_officer: Member, camera: Camera
) -> None:
    with pytest.raises(Refused):
        zone_make(actor=parking_officer, agency=agency, name="Mine", **TERMS)

    def make(**terms: Any) -> ParkingZone:
        return zone_make(actor=administrator, agency=agency, **{"name": "New"} | TERMS | terms)

    wrong = (
        {"circle": None}, {"days": []}, {"starts": time(19)}, {"limit_minutes": 0}, {"circle": (91, 0, 9)},
        {"first_day": timezone.localdate(), "last_day": timezone.localdate() - timedelta(days=1)},
        {"area": [[38, -122], [38.1, -122], [38.1, -122.1]]}, {"name": "Pine St", "circle": (10, 10, 10)},
    )  # fmt: skip
    for terms in wrong:
        with pytest.raises(ValidationError):
            make(**terms)
    area = [[38.0, -122.3], [38.2, -122.3], [38.2, -122.25], [38.0, -122.25]]
    for terms in ({}, {"circle": None, "area": area}):
        with pytest.raises(ValidationError, match="lies over zone Quay St"):
            make(**terms)
    night = make(starts=time(18), ends=time(0))
    assert night.counts_at(yesterday(23, 59)) == (yesterday(23).isoweekday() in (1, 2))
    camera.latitude, camera.longitude = QUAY
    camera.save()
    with pytest.raises(ValidationError, match="lies over"):
        make(name="By camera", circle=None, cameras=[camera])
    with pytest.raises(ValidationError):
        zone_change(actor=administrator, zone=zones[0], name="Quay St", **TERMS | {"circle": (*PINE, 10)})
    zones[0].refresh_from_db()
    assert zones[0].closed_at is None
    zone_end(actor=administrator, zone=zones[0])
    with pytest.raises(ValidationError, match="ended"):
        zone_end(actor=administrator, zone=zones[0])
    assert make(name="Quay St").stands_at(timezone.now())


def test_zones_lists_and_programs_are_set_in_administration(
    zones: Zones, cart: Camera, administrator: Member, at: At
) -> None:
    client, zone = at(administrator), zones[0]
    page = f"/admin/detections/parkingzone/{zone.pk}/act/change/"
    assert 'value="120"' in text(client.get(page))
    said = {
        "zone_name": "Quay St", "limit_minutes": 90, "days": ["1", "2"], "starts": "09:00", "ends": "17:00",
        "place": "circle", "latitude": QUAY[0], "longitude": QUAY[1], "radius": 100, "unit": "m",
    }  # fmt: skip
    answer = client.post(page, said)
    assert answer.status_code == 302, text(answer)
    assert ParkingZone.objects.get(name="Quay St", closed_at=None).limit_minutes == 90
    assert client.post("/admin/detections/parkingzone/add/", said | {"latitude": ""}).status_code == 200
    added = said | {"zone_name": "Elm St", "latitude": 38.3}
    assert client.post("/admin/detections/parkingzone/add/", added).status_code == 302
    assert (
        client.post("/admin/detections/scofflawlist/add/", {"list_name": "Owed", "fresh_days": 7}).status_code
        == 302
    )
    owed = ScofflawList.objects.get()
    load = f"/admin/detections/scofflawlist/{owed.pk}/act/load/"
    bad = client.post(load, {"file": SimpleUploadedFile("owed.csv", b"%PDF-1.7")})
    assert "PDF" in text(bad)
    assert (
        client.post(load, {"file": SimpleUploadedFile("owed.csv", b"plate\n8KRB412\n?")}).status_code == 302
    )
    assert ScofflawEntry.objects.count() == 1
    shown = text(client.get(f"/admin/detections/scofflawlist/{owed.pk}/change/"))
    assert "8KRB412" not in shown
    move = f"/admin/detections/camera/{cart.pk}/act/out-of-parking/"
    assert client.post(move).status_code == 302
    cart.refresh_from_db()
    assert cart.program == "police"


# Retention


def test_reads_go_after_30_days_hits_after_a_year_held_ones_stay_and_the_counts_outlive_them(
    hit: ParkingHit, send: Send, custodian: Member, at: At, administrator: Member
) -> None:
    from detections.holds import hold_place
    from detections.models import Hold, ParkingPurge, ParkingRead
    from detections.parking import retention as parking
    from detections.retention import purge

    send(read(yesterday(12), "7ABC123"), read(yesterday(12, 30), "6XYZ999"))
    old = timezone.now() - timedelta(days=31)
    ParkingRead.objects.exclude(plate="6XYZ999").update(captured_at=old)
    hold_place(
        actor=custodian, kind=Hold.Kind.PLATE, ground="evidence", plate="7ABC123", case_number="26-11873",
        reason="Asked for in discovery by the defense of Quay St.",
    )  # fmt: skip
    found = parking.due(hit.agency).counts
    assert found == {"reads": 3, "reads_held": 1, "hits": 0, "hits_held": 0}
    assert "Parking reads" in text(at(administrator).get(reverse("purge_preview")))
    assert ParkingRead.objects.count() == 4
    purge(hit.agency)
    made = ParkingPurge.objects.get()
    assert (made.reads_due, made.reads_held, made.reads_gone, made.hits_gone) == (3, 1, 2, 0)
    assert "30 days" in made.authority
    assert "365 days" in made.authority
    assert len(made.list_sha256) == 64
    assert set(ParkingRead.objects.values_list("plate", flat=True)) == {"7ABC123", "6XYZ999"}
    assert ParkingHit.objects.count() == 1
    ParkingHit.objects.update(first_at=old - timedelta(days=335), last_at=old - timedelta(days=335))
    purge(hit.agency)
    assert not ParkingHit.objects.exists()
    assert ParkingDay.objects.get().overtime_hits == 1
    assert Event.objects.filter(verb=Verb.PURGED, object_repr="0 parking reads and 1 parking hits").exists()
