"""Pages of results: walked by key, narrowed on the map, with small pictures, and each on the trail."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import Member
from accounts.services import purpose_state
from detections import search as query
from detections import thumbnails, views_search_print
from detections.models import Camera, Detection, Search
from detections.services_search import search_make
from tests.search.conftest import REASON, Detect, SearchFor, SignIn
from trail.models import Event
from trail.verbs import Verb

PLATE = "8KRB412"
Results = Callable[..., Any]


@pytest.fixture
def results(operator: Member, sign_in: SignIn) -> Results:
    """The answer of a search's results: `results(search, order="oldest")`."""
    client = sign_in(operator)

    def get(search: Search, address: str = "", **asked: Any) -> Any:
        return client.get(reverse("search_results", args=[search.pk]) + address, asked or None)

    return get


def shown(answer: Any) -> list[Detection]:
    assert answer.status_code == 200
    return [row.detection for row in answer.context["rows"]]


def last(verb: Verb) -> Event:
    return Event.objects.filter(verb=verb).latest("id")


@pytest.mark.parametrize(
    "tampered",
    [
        {"after": "8KRB412"},
        {"after": ""},
        {"after": "1 or 1=1"},
        {"after": "ffffffff-ffff-ffff-ffff-ffffffffffff"},
        {"before": "00000000-0000-0000-0000-000000000000"},
        {"after": "0191b0e3-7c3a-7000-8000-000000000000", "before": "0191b0e3-7c3a-7000-8000-000000000000"},
        {"order": "plate"},
        {"order": "-id; drop"},
        {"at": "here"},
        {"at": "999999"},
        {"at": "1,2"},
        {"at": "1,2,3,4"},
        {"at": "9" * 5000},
        {"at": ["1"] * 51},
    ],
)
def test_a_page_that_was_tampered_with_is_none_and_shows_nothing(
    tampered: dict[str, Any], search_for: SearchFor, detect: Detect, results: Results
) -> None:
    detect()
    answer = results(search_for(PLATE), **tampered)
    assert answer.status_code == 404
    assert not Event.objects.filter(verb=Verb.RESULTS_VIEWED).exists()


def test_a_place_of_another_department_is_none(
    search_for: SearchFor, detect: Detect, results: Results, outsider: Member
) -> None:
    theirs = Camera.objects.create(agency=outsider.agency, code="cam-1", name="A place elsewhere")
    assert results(search_for(PLATE), at=str(theirs.pk)).status_code == 404


def test_pages_follow_each_other_by_key_and_come_back(
    search_for: SearchFor, detect: Detect, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "PAGE", 3)
    reads = [detect(hours_ago=hours) for hours in range(1, 9)]
    search = search_for(PLATE)
    for order, expected in (("newest", reads), ("oldest", reads[::-1])):
        first = results(search, order=order)
        assert shown(first) == expected[:3]
        assert first.context["page"].previous is None
        second = results(search, order=order, after=first.context["page"].next)
        assert shown(second) == expected[3:6]
        third = results(search, order=order, after=second.context["page"].next)
        assert shown(third) == expected[6:]
        assert third.context["page"].next is None
        assert 'data-page="next"' not in third.content.decode()
        back = results(search, order=order, before=second.context["page"].previous)
        assert shown(back) == expected[:3]
        assert back.context["page"].previous is None
    event = last(Verb.RESULTS_VIEWED)
    assert (event.elements["shown"], event.elements["order"]) == (3, "oldest")


def test_a_detection_that_comes_in_meanwhile_moves_no_page(
    search_for: SearchFor, detect: Detect, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "PAGE", 2)
    reads = [detect(hours_ago=hours) for hours in (3, 4, 5, 6)]
    search = search_for(PLATE)
    after = results(search).context["page"].next
    detect(hours_ago=2)
    assert shown(results(search, after=after)) == reads[2:]


def test_a_page_whose_detections_were_deleted_meanwhile_says_so(
    search_for: SearchFor, detect: Detect, results: Results
) -> None:
    detect(hours_ago=1)
    oldest = detect(hours_ago=2)
    page = results(search_for(PLATE), after=oldest.pk).content.decode()
    assert "No detection on this page" in page


@pytest.fixture
def town(camera: Camera, detect: Detect) -> dict[str, list[Detection]]:
    """Two reads at a fixed camera, two of a car in different streets, one of it that says no place."""
    Camera.objects.filter(pk=camera.pk).update(latitude=38.104, longitude=-122.256)
    camera.refresh_from_db()
    agency = camera.agency
    car = Camera.objects.create(agency=agency, code="car-3", name="Unit 3", kind=Camera.Kind.MOBILE)
    Camera.objects.create(agency=agency, code="cam-30", name="Pine St", latitude=38.13, longitude=-122.24)
    here, there = {"latitude": 38.11, "longitude": -122.25}, {"latitude": 38.125, "longitude": -122.245}
    return {
        "fixed": [detect(camera=camera, hours_ago=1), detect(camera=camera, hours_ago=2)],
        "here": [detect(camera=car, hours_ago=3, **here)],
        "there": [detect(camera=car, hours_ago=4, **there)],
        "nowhere": [detect(camera=car, hours_ago=5)],
    }


def test_the_map_narrows_the_table_to_a_place_and_back(
    town: dict[str, list[Detection]], search_for: SearchFor, results: Results
) -> None:
    search = search_for(PLATE)
    first = results(search)
    drawn = first.context["map"]
    assert [(point.letter, point.name, point.count) for point in drawn.rows] == [
        ("A", "Quay St at 5th", 2), ("B", "Unit 3", 1), ("C", "Unit 3", 1), ("", "Unit 3", 1),
    ]  # fmt: skip
    assert [point.name for point in drawn.others] == ["Pine St"]
    assert [row.letter for row in first.context["rows"]] == ["A", "A", "B", "C", ""]
    page = first.content.decode()
    assert 'aria-label="A, Quay St at 5th: 2 detections"' in page
    for point, reads in zip(drawn.rows, town.values(), strict=True):
        answer = results(search, at=point.keys)
        assert shown(answer) == reads
        assert "Show all places" in answer.content.decode()
        event = last(Verb.RESULTS_VIEWED)
        assert (event.elements["at"], event.elements["shown"]) == (point.keys, len(reads))


def test_pages_of_a_chosen_place_keep_it(
    town: dict[str, list[Detection]],
    search_for: SearchFor,
    results: Results,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(query, "PAGE", 1)
    search = search_for(PLATE)
    key = results(search).context["map"].points[0].keys[0]
    first = results(search, at=key)
    assert shown(first) == town["fixed"][:1]
    following = next(
        part.split('"')[0].replace("&amp;", "&")
        for part in first.content.decode().split('href="')
        if "after=" in part.split('"')[0]
    )
    assert parse_qs(urlsplit(following).query)["at"] == [key]
    assert shown(results(search, following.split("#")[0])) == town["fixed"][1:]


def test_a_page_of_small_pictures_is_one_event_that_says_how_many(
    search_for: SearchFor, detect: Detect, results: Results, operator: Member, sign_in: SignIn
) -> None:
    one, _ = detect(pictured=True), detect(hours_ago=2)
    search, client = search_for(PLATE), sign_in(operator)
    rows = results(search).context["rows"]
    assert [bool(row.leave) for row in rows] == [True, False]
    event = last(Verb.RESULTS_VIEWED)
    assert (event.elements["shown"], event.elements["pictures"]) == (2, 1)
    before = Event.objects.count()
    address = reverse("search_thumbnail", args=[search.pk, one.pk])
    answer = client.get(address, {"leave": rows[0].leave})
    assert answer["Content-Type"] == "image/jpeg"
    assert "no-store" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as small:
        assert max(small.size) <= 240
    assert Event.objects.count() == before


def test_without_leave_of_a_recorded_page_there_is_no_small_picture(
    search_for: SearchFor, detect: Detect, operator: Member, analyst: Member, sign_in: SignIn
) -> None:
    one, other = detect(pictured=True), detect(hours_ago=2, pictured=True)
    search, again = search_for(PLATE), search_for(PLATE)
    good = thumbnails.leave_to_see(operator, search, one.pk)
    client = sign_in(operator)

    def status(which: Search, read: Detection, leave: str) -> int:
        return client.get(reverse("search_thumbnail", args=[which.pk, read.pk]), {"leave": leave}).status_code

    assert status(search, one, good) == 200
    assert status(search, one, "") == 404
    assert status(search, one, good[:-1]) == 404
    assert status(search, other, good) == 404
    assert status(again, one, good) == 404
    assert status(search, one, thumbnails.leave_to_see(analyst, search, one.pk)) == 404


def test_leave_for_a_small_picture_ends(
    search_for: SearchFor,
    detect: Detect,
    operator: Member,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = detect(pictured=True)
    search = search_for(PLATE)
    leave = thumbnails.leave_to_see(operator, search, one.pk)
    monkeypatch.setattr(thumbnails, "GOOD_FOR", timedelta(seconds=-1))
    address = reverse("search_thumbnail", args=[search.pk, one.pk])
    assert sign_in(operator).get(address, {"leave": leave}).status_code == 404


def test_what_is_printed_is_recorded_with_how_many_and_says_who_and_when(
    search_for: SearchFor, detect: Detect, operator: Member, sign_in: SignIn
) -> None:
    for hours in (1, 2, 3):
        detect(hours_ago=hours)
    search = search_for(PLATE)
    client: Client = sign_in(operator)
    address = reverse("search_print", args=[search.pk])
    page = client.get(address).content.decode()
    event = last(Verb.PRINTED)
    assert event.inquiry == search.inquiry
    assert event.elements["shown"] == 3
    watermark = page.split('class="watermark"')[1].split("</div>")[0]
    assert "Case 26-11873" in watermark
    assert operator.name in watermark
    assert f"{operator.role.label} {operator.badge}" in watermark
    assert f"{timezone.localtime():%b} {timezone.localtime().day}, {timezone.localtime().year}" in watermark
    assert page.count('class="plate-tag"') == 3
    assert client.get(address, {"order": "plate"}).status_code == 404


def test_printing_stops_at_its_limit_and_says_so(
    search_for: SearchFor,
    detect: Detect,
    operator: Member,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views_search_print, "MOST_PRINTED", 2)
    for hours in (1, 2, 3):
        detect(hours_ago=hours)
    page = sign_in(operator).get(reverse("search_print", args=[search_for(PLATE).pk])).content.decode()
    assert "Not all: more were found than are printed." in page
    assert last(Verb.PRINTED).elements["shown"] == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"reason": ""}, "reason"), ({"reason": "inv"}, "reason"), ({"case_number": "x"}, "case_number")],
)
def test_an_export_without_a_telling_reason_is_none(
    wrong: dict[str, str],
    field: str,
    search_for: SearchFor,
    detect: Detect,
    operator: Member,
    sign_in: SignIn,
) -> None:
    detect()
    said = {"case_number": "26-11873", "reason": "The district attorney asks for the car’s way that day."}
    answer = sign_in(operator).post(reverse("search_export", args=[search_for(PLATE).pk]), said | wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Event.objects.filter(verb=Verb.EXPORTED).exists()


def test_an_export_is_a_file_recorded_with_its_reason(
    search_for: SearchFor, detect: Detect, operator: Member, sign_in: SignIn
) -> None:
    detect()
    search = search_for(PLATE)
    client = sign_in(operator)
    address = reverse("search_export", args=[search.pk])
    assert client.get(address).context["form"]["case_number"].value() == "26-11873"
    said = {"case_number": "26-11873", "reason": "The district attorney asks for the car’s way that day."}
    answer = client.post(address, said)
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="search-')
    assert PLATE not in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert answer.getvalue().decode().count(PLATE) == 1
    event = last(Verb.EXPORTED)
    assert (event.elements["rows"], event.detail) == (1, said["reason"])


def test_the_history_shows_every_kept_read_and_what_is_not_known(
    search_for: SearchFor, detect: Detect, operator: Member, sign_in: SignIn
) -> None:
    one = detect(hours_ago=1)
    older, possible = detect(hours_ago=24 * 3), detect("BKRB412", hours_ago=24 * 3 + 1)
    now = timezone.now()
    search = search_for(PLATE, since=now - timedelta(hours=2), until=now)
    answer = sign_in(operator).get(reverse("search_vehicle", args=[search.pk, one.pk]))
    seen = [seen for day in answer.context["days"] for seen in day.reads]
    assert [(each.detection, each.is_found) for each in seen] == [
        (one, True), (older, False), (possible, False),
    ]  # fmt: skip
    page = answer.content.decode()
    assert "Possible: B for 8 in place 1" in page
    assert reverse("search_detection", args=[search.pk, one.pk]) in page
    assert reverse("search_detection", args=[search.pk, older.pk]) not in page
    kept = timezone.localdate() - timedelta(days=365)
    assert f"Before {kept:%b} {kept.day}, {kept.year}" in page
    event = last(Verb.HISTORY_VIEWED)
    assert (event.elements["shown"], event.inquiry) == (3, search.inquiry)


@pytest.mark.parametrize("page", ["search_print", "search_export"])
def test_what_waits_or_was_declined_is_neither_printed_nor_exported(
    page: str, operator: Member, sign_in: SignIn, detect: Detect
) -> None:
    detect()
    inquiry = purpose_state(actor=operator, offense="robbery", case_number="26-11873", reason=REASON)
    search = search_make(actor=operator, inquiry=inquiry, plate="8*")
    assert search.waits
    client = sign_in(operator)
    assert client.get(reverse(page, args=[search.pk])).status_code == 403
    assert client.get(reverse("search_vehicle", args=[search.pk, uuid.uuid4()])).status_code == 404
    assert not Event.objects.filter(verb__in=[Verb.PRINTED, Verb.EXPORTED]).exists()
