"""Making a search: refusals first, then what it finds, and its line on the trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Member
from accounts.services import purpose_state
from detections import search as query
from detections.models import Camera, Search
from detections.services_search import search_make
from tests.search.conftest import Detect, SearchFor
from trail.models import Event, Inquiry
from trail.verbs import Verb
from training.gate import Refused


def plates(search: Search) -> list[str]:
    return sorted(query.matching(search).values_list("plate", flat=True))


@pytest.mark.parametrize(
    ("person", "kind"),
    [("lapsed", "training"), ("lapsed_superuser", "training"), ("dispatcher", "role"), ("auditor", "role")],
)
def test_who_may_not_search_is_refused_and_nothing_is_kept(
    person: str, kind: str, request: pytest.FixtureRequest
) -> None:
    member: Member = request.getfixturevalue(person)
    purpose = purpose_state(actor=member, offense="robbery", case_number="26-11873")
    with pytest.raises(Refused) as refused:
        search_make(actor=member, inquiry=purpose, plate="8KRB412")
    assert refused.value.kind == kind
    assert not Search.objects.exists()
    assert not Event.objects.filter(verb=Verb.SEARCHED).exists()


def test_another_members_purpose_is_refused(operator: Member, analyst: Member) -> None:
    theirs = purpose_state(actor=analyst, offense="robbery", case_number="26-11873")
    with pytest.raises(Refused) as refused:
        search_make(actor=operator, inquiry=theirs, plate="8KRB412")
    assert refused.value.kind == "purpose"


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ({"plate": "8KRB412" * 6}, "plate", "at most 10"),
        ({"plate": "8KRB412", "state": "XX"}, "state", "no state"),
        ({"plate": "8KRB412", "since": timedelta(hours=1)}, "since", "not come yet"),
        ({"plate": "8KRB412", "since": -timedelta(hours=1), "until": -timedelta(hours=2)}, "until", "after"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    search_for: SearchFor, asked: dict[str, Any], field: str, says: str
) -> None:
    now = timezone.now()
    given = {name: now + value if isinstance(value, timedelta) else value for name, value in asked.items()}
    with pytest.raises(ValidationError) as refused:
        search_for(**given)
    assert says in refused.value.message_dict[field][0]
    assert not Search.objects.exists()


def test_another_agencys_camera_is_refused(search_for: SearchFor, outsider: Member) -> None:
    theirs = Camera.objects.create(agency=outsider.agency, code="cam-1", name="Elsewhere")
    with pytest.raises(ValidationError) as refused:
        search_for("8KRB412", cameras=[theirs])
    assert "cameras" in refused.value.message_dict
    assert not Search.objects.exists()


def test_a_broad_search_needs_a_second_person(search_for: SearchFor, camera: Camera) -> None:
    assert search_for("9B*").waits
    now = timezone.now()
    narrow = search_for("9B*", since=now - timedelta(hours=23))
    assert narrow.kind == Search.Kind.PARTIAL


def test_all_of_many_cameras_are_broad_and_a_few_of_them_are_not(
    search_for: SearchFor, camera: Camera
) -> None:
    more = [
        Camera.objects.create(agency=camera.agency, code=f"more-{number}", name="Pine St")
        for number in range(10)
    ]
    since = timezone.now() - timedelta(hours=2)
    assert "11 cameras" in search_for("9B*", since=since).broad_why
    assert search_for("9B*", since=since, cameras=more).found == 0


def test_a_whole_plate_is_found_exactly_or_with_what_readers_confuse(
    search_for: SearchFor, detect: Detect
) -> None:
    for plate in ("8KRB412", "BKRB412", "8KRB413", "8KRB4122"):
        detect(plate)
    assert plates(search_for("8krb 412", confusable=False)) == ["8KRB412"]
    assert plates(search_for("8KRB412")) == ["8KRB412", "BKRB412"]


def test_a_part_of_a_plate_is_found(search_for: SearchFor, detect: Detect) -> None:
    for plate in ("9BQT661", "98QT661", "9BTT640", "9BT640", "9BQT55", "X9BQT661"):
        detect(plate)
    since = timezone.now() - timedelta(hours=12)
    assert plates(search_for("9B?T6*", since=since, confusable=False)) == ["9BQT661", "9BTT640"]
    assert plates(search_for("9B?T6*", since=since)) == ["98QT661", "9BQT661", "9BTT640"]
    assert plates(search_for("*QT6*")) == ["98QT661", "9BQT661", "X9BQT661"]


def test_an_unread_state_is_found_and_another_is_not(search_for: SearchFor, detect: Detect) -> None:
    california, unread = detect(state="CA"), detect(state="")
    detect(state="NV")
    found = query.matching(search_for("8KRB412", state="ca"))
    assert set(found) == {california, unread}


def test_time_and_cameras_bound_what_is_found(search_for: SearchFor, detect: Detect, camera: Camera) -> None:
    other = Camera.objects.create(agency=camera.agency, code="cam-13", name="Pine St")
    now = timezone.now()
    inside = detect(at=now - timedelta(hours=2))
    edge = detect(at=now - timedelta(hours=3))
    detect(at=now - timedelta(hours=4))
    detect(at=now - timedelta(hours=1))
    elsewhere = detect(at=now - timedelta(hours=2), camera=other)
    asked = {"since": now - timedelta(hours=3), "until": now - timedelta(hours=1)}
    assert set(query.matching(search_for("8KRB412", **asked))) == {inside, edge, elsewhere}
    assert set(query.matching(search_for("8KRB412", cameras=[other], **asked))) == {elsewhere}


def test_another_agencys_detections_are_never_found(
    search_for: SearchFor, detect: Detect, outsider: Member
) -> None:
    theirs = Camera.objects.create(agency=outsider.agency, code="cam-12", name="Quay St at 5th")
    detect(camera=theirs)
    own = detect()
    assert set(query.matching(search_for("8KRB412"))) == {own}
    assert set(query.matching(search_for("8KRB41*"))) == {own}
    their_purpose = purpose_state(actor=outsider, offense="robbery", case_number="26-11873")
    their_search = search_make(actor=outsider, inquiry=their_purpose, plate="8KRB412")
    assert own not in query.matching(their_search)
    assert their_search.found == 1


def test_the_time_defaults_to_what_is_kept(search_for: SearchFor, operator: Member) -> None:
    search = search_for("8KRB412", until=timezone.now() + timedelta(days=3))
    days = operator.agency.policy.retention.detections_days
    assert search.until <= timezone.now()
    assert search.until - search.since == pytest.approx(timedelta(days=days), abs=timedelta(minutes=1))


def test_the_count_is_honest(search_for: SearchFor, detect: Detect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "LIMIT", 2)
    for _ in range(4):
        detect()
    search = search_for("8KRB412")
    assert search.found == 3
    assert Event.objects.get(verb=Verb.SEARCHED).elements["found"] == "more than 2"


def test_the_trail_holds_the_statutes_contents(
    search_for: SearchFor, detect: Detect, operator: Member, inquiry: Inquiry, camera: Camera
) -> None:
    detect()
    search = search_for("8KRB41*", state="CA", cameras=[camera])
    event = Event.objects.get(verb=Verb.SEARCHED)
    assert (event.actor, event.agency, event.inquiry) == (operator, operator.agency, inquiry)
    assert event.purpose == inquiry.purpose
    assert event.policy_version == operator.agency.policy_label
    facts = event.elements
    assert (facts["plate"], facts["state"], facts["cameras"], facts["found"]) == (
        "8KRB41*",
        "CA",
        ["cam-12"],
        1,
    )
    assert facts["since"] < facts["until"]
    assert event.object_pk == str(search.pk)
    assert "8KRB" not in event.sentence
