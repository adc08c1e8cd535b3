"""The pages of search: refusals first, then one walk from the form to a picture, all of it on the trail."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from detections import images
from detections.models import Camera, Search
from hotlists.models import Entry
from tests.search.conftest import REASON, Detect, SearchFor, SignIn
from trail.models import Event, Inquiry
from trail.verbs import Outcome, Verb

PLATE = "8KRB412"
CIRCLE = {"place": "circle", "latitude": "38.104", "longitude": "-122.256", "radius": "0.5", "unit": "mi"}
SQUARE = "38.1, -122.3\n38.1, -122.2\n38.2, -122.2\n38.2, -122.3"
OF_ONE = ("search_detection", "search_vehicle", "search_image", "search_plate", "search_thumbnail")
MANY = "\n".join(f"38.1{number:04}, -122.2" for number in range(3000))


def asked(**other: Any) -> dict[str, Any]:
    """A form that may be sent."""
    purpose = {"case_number": "26-11873", "offense": "robbery", "reason": REASON}
    return purpose | {"plate": PLATE, "confusable": "on"} | other


def make(client: Client, **other: Any) -> Search:
    """Send the form and give the search that it made."""
    answer = client.post(reverse("search"), asked(**other))
    assert answer.status_code == 302, answer.context["form"].errors
    return Search.objects.latest("made_at")


def count(verb: Verb, outcome: Outcome = Outcome.DONE) -> int:
    return Event.objects.filter(verb=verb, outcome=outcome).count()


def test_nobody_signed_in_is_sent_to_sign_in(search_for: SearchFor) -> None:
    for address in (
        reverse("search"),
        reverse("search_results", args=[search_for(PLATE).pk]),
        reverse("holds"),
    ):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("person", ["lapsed", "lapsed_superuser", "dispatcher", "auditor"])
def test_who_may_not_search_meets_a_refusal_that_is_recorded(
    person: str, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    client = sign_in(request.getfixturevalue(person))
    for answer in (client.get(reverse("search")), client.post(reverse("search"), asked())):
        assert answer.status_code == 403
    assert not Search.objects.exists()
    assert count(Verb.ATTEMPTED, Outcome.REFUSED) == 2


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"case_number": "", "reason": ""}, "case_number", "case or incident number, or a reason"),
        ({"offense": ""}, "offense", "required"),
        ({"case_number": "", "reason": "inv"}, "reason", "too short"),
        ({"case_number": "", "reason": "investigation of a case"}, "reason", "any search"),
        ({"reason": "Deportation order for the driver of this car"}, "reason", "immigration"),
        ({"reason": "ICE case, find the car"}, "reason", "immigration"),
        ({"state": "XX"}, "state", "not one of"),
        ({"since": "yesterday"}, "since", "valid date"),
        ({"cameras": ["999999"]}, "cameras", "not one of"),
        ({"place": "circle", "latitude": "38.1", "longitude": "-122.2"}, "radius", "Needed"),
        (CIRCLE | {"latitude": "91"}, "latitude", "less than or equal to 90"),
        (CIRCLE | {"longitude": "nan"}, "longitude", "number"),
        (CIRCLE | {"radius": "900"}, "radius", "between 1 meter and 50 kilometers"),
        (CIRCLE | {"radius": "0"}, "radius", "between 1 meter and 50 kilometers"),
        (CIRCLE | {"place": "star"}, "place", "not one of"),
        (CIRCLE | {"place": ""}, "place", "or clear them"),
        (CIRCLE | {"place": "area"}, "area", "3 to 100 corners; this has 0"),
        ({"place": "", "area": SQUARE}, "place", "or clear them"),
        ({"place": "area", "area": "38.1, -122.2\n38.2, -122.2"}, "area", "3 to 100 corners; this has 2"),
        ({"place": "area", "area": SQUARE + "\nhere"}, "area", "a latitude and a longitude"),
        ({"place": "area", "area": "0 0; 1 1; 0 1; 1 0"}, "area", "crosses itself"),
        ({"place": "area", "area": MANY}, "area", "at most 100 corners; this has 3000"),
        ({"place": "area", "area": MANY * 9}, "area", "at most 100000 characters"),
        ({"color": "?"}, "color", "letters and digits"),
    ],
)
def test_a_form_that_says_too_little_runs_nothing_and_keeps_what_was_typed(
    wrong: dict[str, str], field: str, says: str, operator: Member, sign_in: SignIn, detect: Detect
) -> None:
    detect()
    answer = sign_in(operator).post(reverse("search"), asked(**wrong))
    assert answer.status_code == 422
    assert says in " ".join(answer.context["form"].errors[field])
    assert not Search.objects.exists()
    assert not Inquiry.objects.exists()
    assert count(Verb.SEARCHED) == 0
    assert PLATE in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"plate": PLATE * 5 + "ABCDE"}, "plate", "at most 10 characters; this has 40"),
        ({"plate": "8%RB"}, "plate", "not “%”"),
        ({"plate": "***"}, "plate", "that are known"),
        ({"since": "2026-03-02T10:00", "until": "2026-03-01T10:00"}, "until", "comes after"),
    ],
)
def test_a_question_that_cannot_be_asked_is_answered_at_its_field(
    wrong: dict[str, str], field: str, says: str, operator: Member, sign_in: SignIn
) -> None:
    answer = sign_in(operator).post(reverse("search"), asked(**wrong))
    assert answer.status_code == 422
    assert says in " ".join(answer.context["form"].errors[field])
    assert not Search.objects.exists()


def test_a_foreign_camera_is_no_choice(operator: Member, outsider: Member, sign_in: SignIn) -> None:
    theirs = Camera.objects.create(agency=outsider.agency, code="cam-1", name="A place elsewhere")
    client = sign_in(operator)
    answer = client.post(reverse("search"), asked(cameras=[str(theirs.pk)]))
    assert answer.status_code == 422
    assert "cameras" in answer.context["form"].errors
    assert "A place elsewhere" not in client.get(reverse("search")).content.decode()


def test_a_broad_search_is_made_only_once_the_page_has_said_that_it_waits(
    operator: Member, sign_in: SignIn, camera: Camera
) -> None:
    client = sign_in(operator)
    answer = client.post(reverse("search"), asked(plate="9B*"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This search needs a second person" in page
    assert "Vallejo Policy 426" in page
    assert "Record the purpose and ask a second person" in page
    assert 'name="ask" value="on"' in page
    assert not Search.objects.exists()
    assert not Inquiry.objects.exists()
    search = make(client, plate="9B*", ask="on")
    assert search.waits
    assert count(Verb.SEARCH_ASKED) == 1
    assert count(Verb.SEARCHED) == 0


def test_a_narrow_search_needs_no_second_person_though_one_was_offered(
    operator: Member, sign_in: SignIn, camera: Camera
) -> None:
    assert make(sign_in(operator), ask="on").is_open


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"plate": "9B*"}, 'data-broad="yes"'),
        ({"plate": "9BQT661"}, 'data-broad="no"'),
        ({"plate": "%"}, 'data-broad="unclear"'),
        (CIRCLE | {"radius": "900"}, 'data-broad="unclear"'),
        ({"since": "soon"}, 'data-broad="unclear"'),
    ],
)
def test_before_it_is_sent_the_form_says_who_is_needed_and_looks_at_nothing(
    typed: dict[str, str], says: str, operator: Member, sign_in: SignIn, camera: Camera
) -> None:
    client = sign_in(operator)
    before = Event.objects.count()
    answer = client.post(reverse("search_fit"), typed)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert client.get(reverse("search_fit")).status_code == 405
    assert Event.objects.count() == before
    assert not Search.objects.exists()


def test_what_is_asked_of_vehicle_and_place_is_kept_and_asked_again(
    operator: Member, sign_in: SignIn, detect: Detect, camera: Camera
) -> None:
    Camera.objects.filter(pk=camera.pk).update(latitude=38.104, longitude=-122.256)
    here = detect("9BQT661", color="white", make="Toyota")
    detect("9BTT640", color="black", make="Toyota")
    client = sign_in(operator)
    since = f"{timezone.localtime() - timedelta(hours=3):%Y-%m-%dT%H:%M}"
    search = make(client, plate="", color="White", make="TOYT", since=since, ask="on", **CIRCLE)
    assert (search.pattern, search.color, search.make) == ("", "White", "TOYT")
    assert (search.latitude, search.longitude, search.radius_m) == (38.104, -122.256, 805)
    results = client.get(reverse("search_results", args=[search.pk]))
    assert [row.detection for row in results.context["rows"]] == [here]
    assert "within 0.5 miles of 38.1040, -122.2560" in " ".join(results.content.decode().split())
    form = client.get(f"{reverse('search')}?again={search.pk}").context["form"]
    assert [form[name].value() for name in ("place", "radius", "unit", "make")] == [
        "circle",
        805,
        "m",
        "TOYT",
    ]
    area = make(client, plate="", since=since, ask="on", place="area", area=SQUARE)
    assert area.area == [[38.1, -122.3], [38.1, -122.2], [38.2, -122.2], [38.2, -122.3]]
    assert client.get(f"{reverse('search')}?again={area.pk}").context["form"]["area"].value() == SQUARE


def test_only_its_maker_opens_a_search(
    search_for: SearchFor,
    detect: Detect,
    analyst: Member,
    outsider: Member,
    administrator: Member,
    sign_in: SignIn,
) -> None:
    one = detect(pictured=True)
    search = search_for(PLATE)
    addresses = [
        reverse("search_results", args=[search.pk]),
        *(reverse(name, args=[search.pk]) for name in ("search_print", "search_export")),
        *(reverse(name, args=[search.pk, one.pk]) for name in OF_ONE),
    ]
    for member in (analyst, outsider, administrator):
        client = sign_in(member)
        assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
        assert client.get(f"{reverse('search')}?again={search.pk}").context["form"].initial == {}
    assert count(Verb.RESULTS_VIEWED) == count(Verb.DETECTION_VIEWED) == count(Verb.IMAGE_VIEWED) == 0


def test_a_search_under_an_old_purpose_asks_for_it_again(
    search_for: SearchFor,
    operator: Member,
    inquiry: Inquiry,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search = search_for(PLATE)
    monkeypatch.setattr(Inquiry, "GOOD_FOR", timedelta(0))
    client = sign_in(operator)
    assert client.get(reverse("search_results", args=[search.pk])).status_code == 403
    assert count(Verb.RESULTS_VIEWED) == 0
    listed = client.get(reverse("search"))
    assert reverse("search_results", args=[search.pk]) not in listed.content.decode()
    again = client.get(f"{reverse('search')}?again={search.pk}")
    assert again.context["form"]["plate"].value() == PLATE
    assert not again.context["form"]["case_number"].value()


def test_a_detection_that_the_search_does_not_find_is_out_of_sight(
    search_for: SearchFor, detect: Detect, operator: Member, outsider: Member, sign_in: SignIn
) -> None:
    other = detect("7ABC123", pictured=True)
    theirs = Camera.objects.create(agency=outsider.agency, code="cam-12", name="Quay St at 5th")
    foreign = detect(camera=theirs, pictured=True)
    search = search_for(PLATE)
    client = sign_in(operator)
    for key in (other.pk, foreign.pk, uuid.uuid4()):
        for name in OF_ONE:
            assert client.get(reverse(name, args=[search.pk, key])).status_code == 404
    assert count(Verb.DETECTION_VIEWED) == count(Verb.IMAGE_VIEWED) == 0


def test_a_walk_from_the_form_to_the_pictures_stands_on_the_trail(
    operator: Member, detect: Detect, entry: Any, sign_in: SignIn
) -> None:
    listed: Entry = entry(PLATE)
    one = detect(pictured=True, make="HONDA", color="white")
    possible = detect("BKRB412", state="")
    client = sign_in(operator)
    search = make(client, state="CA")
    results = client.get(reverse("search_results", args=[search.pk]))
    page = results.content.decode()
    assert "2 detections of 2 plates" in " ".join(page.split())
    assert "Possible: B for 8 in place 1" in page
    assert "State not read" in page
    detail = client.get(reverse("search_detection", args=[search.pk, one.pk]))
    assert reverse("hit", args=[listed.hits.get(detection_id=one.pk).pk]) in detail.content.decode()
    whole = client.get(reverse("search_image", args=[search.pk, one.pk]))
    with images.open(one.image) as kept:
        assert whole.getvalue() == kept.read()
    cut = client.get(reverse("search_plate", args=[search.pk, one.pk]))
    assert cut.getvalue()[:3] == b"\xff\xd8\xff"
    verbs = [Verb.SEARCHED, Verb.RESULTS_VIEWED, Verb.DETECTION_VIEWED, Verb.IMAGE_VIEWED, Verb.IMAGE_VIEWED]
    events = list(Event.objects.filter(verb__in=set(verbs)).order_by("id"))
    assert [event.verb for event in events] == verbs
    assert {event.inquiry for event in events} == {search.inquiry}
    assert {event.actor for event in events} == {operator}
    assert [event.elements["plate"] for event in events] == [PLATE] * 5
    assert events[1].elements["shown"] == 2
    assert client.get(reverse("search_image", args=[search.pk, possible.pk])).status_code == 404
    assert count(Verb.IMAGE_VIEWED) == 2


def test_no_address_and_no_title_carries_the_plate(operator: Member, detect: Detect, sign_in: SignIn) -> None:
    one = detect()
    client = sign_in(operator)
    search = make(client)
    pages = [
        reverse("search"),
        reverse("search_results", args=[search.pk]),
        *(reverse(name, args=[search.pk]) for name in ("search_print", "search_export")),
        *(reverse(name, args=[search.pk, one.pk]) for name in ("search_detection", "search_vehicle")),
    ]
    for address in pages:
        page = client.get(address).content.decode()
        assert PLATE not in page.split("</title>")[0]
        links = [part.split('"')[0] for part in page.replace("action=", "href=").split('href="')[1:]]
        assert not [link for link in links if PLATE in link]
        assert PLATE not in address


def test_an_empty_answer_says_what_is_deleted(operator: Member, sign_in: SignIn, camera: Camera) -> None:
    client = sign_in(operator)
    old = timezone.localtime() - timedelta(days=400)
    search = make(
        client,
        since=f"{old:%Y-%m-%dT%H:%M}",
        until=f"{old + timedelta(days=2):%Y-%m-%dT%H:%M}",
        plate="8KRB*",
    )
    page = client.get(reverse("search_results", args=[search.pk])).content.decode()
    kept = timezone.localdate() - timedelta(days=365)
    assert "No detection found" in page
    assert f"Records before {kept:%b} {kept.day}, {kept.year} are deleted" in page


def test_the_order_is_a_link_and_other_orders_are_none(
    search_for: SearchFor, operator: Member, detect: Detect, sign_in: SignIn
) -> None:
    early, late = detect(hours_ago=5), detect(hours_ago=1)
    address = reverse("search_results", args=[search_for(PLATE).pk])
    client = sign_in(operator)

    def order(which: str) -> list[Any]:
        return [row.detection for row in client.get(address, {"order": which}).context["rows"]]

    assert order("newest") == [late, early]
    assert order("oldest") == [early, late]
    assert client.get(address, {"order": "plate"}).status_code == 404


def test_the_last_searches_are_the_members_own(
    search_for: SearchFor, operator: Member, analyst: Member, sign_in: SignIn
) -> None:
    search = search_for(PLATE)
    assert [one.search for one in sign_in(operator).get(reverse("search")).context["own"]] == [search]
    assert list(sign_in(analyst).get(reverse("search")).context["own"]) == []


def test_nothing_of_it_is_kept_by_browsers(search_for: SearchFor, operator: Member, sign_in: SignIn) -> None:
    client = sign_in(operator)
    for address in (reverse("search"), reverse("search_results", args=[search_for(PLATE).pk])):
        assert "no-store" in client.get(address)["Cache-Control"]
