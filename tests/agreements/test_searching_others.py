"""Searching another agency's detections: what opens them, what shuts them again, and whose trail has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import AdoptedPolicy, Agency, Agreement, Member
from accounts.roles import Role
from accounts.services import purpose_state
from detections import holds
from detections.models import Camera, Detection, Hold, Search
from detections.search_export import search_export
from detections.search_history import search_history
from detections.services_search import require_open, search_decide, search_make, why_broad
from tests.agreements.conftest import Agree
from tests.search.conftest import REASON, Detect, SignIn
from tests.search.rows import store
from trail.models import Event, Inquiry
from trail.verbs import Outcome, Verb
from training.agreements import agreement_end, search_withdraw
from training.gate import Refused

pytestmark = pytest.mark.django_db
PLATE = "8KRB412"
Ask = Callable[..., Search]


@pytest.fixture
def ask(operator: Member, inquiry: Inquiry, agency: Agency, neighbor: Agency) -> Ask:
    """Asks as the operator for the plate in both departments' data: `ask(agencies=[neighbor])`."""

    def make(plate: str = PLATE, **asked: Any) -> Search:
        given = {"agencies": [agency, neighbor]} | asked
        return search_make(actor=operator, inquiry=inquiry, plate=plate, **given)

    return make


@pytest.fixture
def both(
    agree: Agree, ask: Ask, detect: Detect, neighbor_camera: Camera, supervisor: Member
) -> tuple[Search, Detection, Detection]:
    """An approved search of both departments' data, with one detection of each, the neighbor's the newer."""
    agree(roles=(Role.OPERATOR,))
    own = detect(PLATE, hours_ago=3, pictured=True)
    theirs = detect(PLATE, hours_ago=2, camera=neighbor_camera, pictured=True)
    search = search_decide(actor=supervisor, search=ask(), approve=True, note="River robberies")
    return Search.objects.get(pk=search.pk), own, theirs


def rule(agency: Agency, **rules: Any) -> None:
    """Another value in the agency's adopted policy."""
    adopted = AdoptedPolicy.objects.get(agency=agency)
    policy = adopted.policy.with_values({name.replace("__", "."): value for name, value in rules.items()})
    AdoptedPolicy.objects.filter(pk=adopted.pk).update(rules=policy.to_dict())


# Refusals


def test_without_agreement_and_grant_nobody_searches_anothers_data(
    agree: Agree, ask: Ask, neighbor: Agency, operator: Member, second_operator: Member, lapsed: Member
) -> None:
    with pytest.raises(Refused, match="No agreement in force"):
        ask()
    agree()
    agree(approved=False)
    agree(starts_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(Refused, match="No agreement in force lets you search detections of Eastmoor"):
        ask()
    agree(roles=(Role.ANALYST,))
    Member.objects.filter(pk=second_operator.pk).update(is_superuser=True)
    for member in (second_operator, lapsed):
        purpose = purpose_state(actor=member, offense="robbery", case_number="26-11873", reason=REASON)
        with pytest.raises(Refused):
            search_make(
                actor=Member.objects.get(pk=member.pk), inquiry=purpose, plate=PLATE, agencies=[neighbor]
            )
    granted = agree(roles=(Role.OPERATOR,))
    with pytest.raises(Refused):
        search_make(
            actor=lapsed, plate=PLATE, agencies=[neighbor],
            inquiry=purpose_state(actor=lapsed, offense="robbery", case_number="26-11873", reason=REASON),
        )  # fmt: skip
    search_withdraw(actor=granted.proposed_by, agreement=granted, role=Role.OPERATOR)
    with pytest.raises(Refused):
        ask()
    assert not Search.objects.exists()


def test_the_giving_side_gets_nothing_in_return(agree: Agree, agency: Agency, outsider: Member) -> None:
    agree(roles=(Role.OPERATOR,))
    purpose = purpose_state(actor=outsider, offense="robbery", case_number="26-11873", reason=REASON)
    with pytest.raises(Refused):
        search_make(actor=outsider, inquiry=purpose, plate=PLATE, agencies=[agency])


def test_cameras_are_of_those_who_are_asked(
    agree: Agree, ask: Ask, agency: Agency, neighbor_camera: Camera, camera: Camera
) -> None:
    agree(roles=(Role.OPERATOR,))
    with pytest.raises(ValidationError, match="departments whose detections you search"):
        ask(agencies=[agency], cameras=[neighbor_camera])
    with pytest.raises(ValidationError, match="Choose cameras of Eastmoor as well, or leave Eastmoor out"):
        ask(cameras=[camera])


def test_what_ended_meanwhile_shows_nothing_more(
    both: tuple[Search, Detection, Detection], operator: Member, neighbor_camera: Camera, sign_in: SignIn
) -> None:
    search, own, theirs = both
    now = timezone.now()
    store(neighbor_camera, [(PLATE, now - timedelta(minutes=minute)) for minute in range(10, 70)])
    Search.objects.filter(pk=search.pk).update(until=now)
    client, page = sign_in(operator), reverse("search_results", args=[search.pk])
    first = client.get(page)
    assert first.status_code == 200
    assert b"Eastmoor" in first.content
    behind = f"{page}?after={first.context['page'].next}"
    assert client.get(behind).status_code == 200
    agreement = Agreement.objects.get()
    agreement_end(actor=agreement.proposed_by, agreement=agreement, why="The memorandum was cancelled")
    looks = [
        behind,
        page,
        *(reverse(name, args=[search.pk]) for name in ("search_print", "search_export")),
        *(
            reverse(name, args=[search.pk, read.pk])
            for name in ("search_detection", "search_vehicle", "search_image", "search_plate")
            for read in (own, theirs)
        ),
    ]
    for look in looks:
        answer = client.get(look)
        assert answer.status_code == 403, look
        assert b"No agreement in force" in answer.content
        assert PLATE.encode() not in answer.content
    refused = Event.objects.filter(actor=operator, outcome=Outcome.REFUSED)
    assert refused.count() == len(looks)
    with pytest.raises(Refused):
        search_export(actor=operator, search=search, reason=REASON, case_number="26-11873")
    with pytest.raises(Refused):
        search_history(actor=operator, inquiry=search.inquiry, detection=own, search=search)


def test_after_the_last_day_nothing_more_is_shown(
    agree: Agree, ask: Ask, supervisor: Member, operator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(roles=(Role.OPERATOR,), ends_on=timezone.localdate())
    search = search_decide(actor=supervisor, search=ask(), approve=True)
    monkeypatch.setattr(Inquiry, "GOOD_FOR", timedelta(days=3))
    require_open(operator, search)
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    with pytest.raises(Refused, match="No agreement in force"):
        require_open(operator, search)


def test_each_department_holds_its_own(
    both: tuple[Search, Detection, Detection], custodian: Member, agree: Agree, neighbor: Agency,
    agency: Agency, supervisor: Member, sign_in: SignIn,
) -> None:  # fmt: skip
    agree(roles=(Role.CUSTODIAN,))
    purpose = purpose_state(actor=custodian, offense="robbery", case_number="26-11873", reason=REASON)
    asked = search_make(actor=custodian, inquiry=purpose, plate=PLATE, agencies=[agency, neighbor])
    search = search_decide(actor=supervisor, search=asked, approve=True)
    said = {"ground": "evidence", "case_number": "26-11873", "reason": REASON}
    with pytest.raises(ValidationError, match="which each department holds itself"):
        holds.hold_place(actor=custodian, kind=Hold.Kind.SEARCH, search=search, **said)
    with pytest.raises(Refused):
        holds.hold_place(actor=custodian, kind=Hold.Kind.DETECTION, detection=both[2], **said)
    page = sign_in(custodian).get(reverse("search_results", args=[search.pk]))
    assert page.status_code == 200
    assert b"Hold these results" not in page.content
    assert not Hold.objects.exists()


def test_anothers_detection_is_out_of_sight_of_a_search_of_ones_own(
    both: tuple[Search, Detection, Detection], ask: Ask, agency: Agency, operator: Member, sign_in: SignIn
) -> None:
    mine, client = ask(agencies=[]), sign_in(operator)
    assert (mine.found, mine.broad_why, mine.others) == (1, "", [])
    for name in ("search_detection", "search_vehicle", "search_image", "search_plate", "search_thumbnail"):
        assert client.get(reverse(name, args=[mine.pk, both[2].pk])).status_code == 404


# What is broad


def test_anothers_data_make_a_search_broad_where_either_policy_asks_for_two(
    agree: Agree, ask: Ask, agency: Agency, neighbor: Agency
) -> None:
    agree(roles=(Role.OPERATOR,))
    asked = ask()
    assert asked.waits
    assert "the data of Eastmoor" in asked.broad_why
    assert (asked.found, Search.objects.get().searched) == (0, [agency, neighbor])
    assert why_broad(agency=agency, plate=PLATE, agencies=[agency]) == ""
    rule(agency, search__broad_cameras=None, search__broad_hours=None)
    agency.refresh_from_db()
    assert why_broad(agency=agency, plate=PLATE, agencies=[neighbor])
    rule(neighbor, search__broad_cameras=None, search__broad_hours=None)
    assert why_broad(agency=agency, plate=PLATE, agencies=[neighbor]) == ""


# What is found, and whose trail has it


def test_both_departments_have_every_look_on_their_own_trail(
    both: tuple[Search, Detection, Detection], operator: Member, agency: Agency, neighbor: Agency,
    sign_in: SignIn,
) -> None:  # fmt: skip
    search, own, theirs = both
    client, before = sign_in(operator), Event.objects.latest("id").pk
    page = client.get(reverse("search_results", args=[search.pk]))
    assert [(row.detection, row.agency) for row in page.context["rows"]] == [
        (theirs, "Eastmoor"),
        (own, "Alder"),
    ]
    for read in (own, theirs):
        assert client.get(reverse("search_detection", args=[search.pk, read.pk])).status_code == 200
        assert client.get(reverse("search_image", args=[search.pk, read.pk])).status_code == 200
    assert client.get(reverse("search_vehicle", args=[search.pk, own.pk])).status_code == 200
    assert client.get(reverse("search_print", args=[search.pk])).status_code == 200
    looks = Event.objects.filter(pk__gt=before, actor=operator)
    assert list(looks.filter(agency=neighbor).order_by("id").values_list("verb", flat=True)) == [
        Verb.RESULTS_VIEWED, Verb.DETECTION_VIEWED, Verb.IMAGE_VIEWED, Verb.HISTORY_VIEWED, Verb.PRINTED,
    ]  # fmt: skip
    assert looks.filter(agency=agency).count() == 7
    seen = looks.get(agency=neighbor, verb=Verb.RESULTS_VIEWED)
    assert seen.elements["organization"] == agency.name
    assert seen.elements["agencies"] == [agency.name, neighbor.name]
    assert (seen.elements["plate"], seen.elements["found_here"], seen.elements["shown"]) == (PLATE, 1, 2)
    assert seen.purpose == search.inquiry.purpose
    assert seen.policy_version == neighbor.policy_label
    assert seen.sentence.endswith("for Alder, under “River memorandum”.")
    assert looks.get(agency=neighbor, verb=Verb.DETECTION_VIEWED).object_pk == str(theirs.pk)


def test_the_file_says_whose_each_row_is(
    both: tuple[Search, Detection, Detection], operator: Member, neighbor: Agency
) -> None:
    file = search_export(actor=operator, search=both[0], reason=REASON, case_number="26-11873")
    rows = list(csv.DictReader(io.StringIO(b"".join(file).decode())))
    assert [row["agency"] for row in rows] == ["Eastmoor", "Alder"]
    event = Event.objects.get(verb=Verb.EXPORTED, agency=neighbor)
    assert (event.elements["rows"], event.elements["found_here"]) == (2, 1)
    assert event.elements["sha256"] == file.sha256


def test_each_departments_own_retention_is_named(
    both: tuple[Search, Detection, Detection], ask: Ask, agency: Agency, neighbor: Agency, operator: Member,
    sign_in: SignIn,
) -> None:  # fmt: skip
    rule(neighbor, retention__detections_days=30)
    search, own, _ = both
    kept = {
        each: timezone.now() - timedelta(days=each.policy.retention.detections_days) for each in (agency,)
    }
    assert abs(ask(agencies=[]).since - kept[agency]) < timedelta(minutes=1)
    history = search_history(actor=operator, inquiry=search.inquiry, detection=own, search=search)
    named = {unknown.agency: unknown.purged_before for unknown in history.unknown}
    days = {each: (timezone.now() - moment).days for each, moment in named.items()}
    assert days == {agency: agency.policy.retention.detections_days, neighbor: 30}
    assert history.count == 2
    Search.objects.filter(pk=search.pk).update(since=datetime(2020, 1, 1, tzinfo=timezone.now().tzinfo))
    text = sign_in(operator).get(reverse("search_results", args=[search.pk])).content.decode()
    assert "Records of Alder before" in text
    assert "Records of Eastmoor before" in text
