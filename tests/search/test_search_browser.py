"""Search in a real browser: places drawn by mouse, touch and keys, a table walked by keys, and no script."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Member
from accounts.services import purpose_state
from detections.models import Camera, Detection, Search
from detections.services_search import search_make
from tests.axe import violations
from tests.hits.browsing import browser, signed_in
from tests.hits.conftest import stored_picture
from tests.hits.serving import Server, server, uvicorn
from tests.search.conftest import REASON, Detect
from trail.models import Event
from trail.verbs import Verb

__all__ = ["browser", "server", "uvicorn"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
PLATE = "8KRB412"


@pytest.fixture
def town(camera: Camera, detect: Detect) -> list[Detection]:
    """Three cameras and a car; four detections with a picture each, the newest first."""
    agency = camera.agency
    Camera.objects.filter(pk=camera.pk).update(latitude=38.104, longitude=-122.256)
    camera.refresh_from_db()
    pine = Camera.objects.create(
        agency=agency, code="cam-30", name="Pine St", latitude=38.12, longitude=-122.24
    )
    Camera.objects.create(agency=agency, code="cam-31", name="Alder Ave", latitude=38.11, longitude=-122.23)
    car = Camera.objects.create(agency=agency, code="car-3", name="Unit 3", kind=Camera.Kind.MOBILE)
    name, box = stored_picture(PLATE, night=False)
    seen = {"image": name, "box": box, "make": "Honda", "color": "white"}
    moving = {"latitude": 38.115, "longitude": -122.25}
    return [
        detect(PLATE, hours_ago=1, camera=camera, **seen),
        detect("BKRB412", hours_ago=2, camera=pine, state="", **seen),
        detect(PLATE, hours_ago=3, camera=car, **seen, **moving),
        detect(PLATE, hours_ago=30, camera=camera, **seen),
    ]


def search_by(member: Member, plate: str = PLATE, **asked: Any) -> Search:
    inquiry = purpose_state(actor=member, offense="robbery", case_number="26-11873", reason=REASON)
    return search_make(actor=member, inquiry=inquiry, plate=plate, **asked)


def state_purpose(page: Page) -> None:
    page.get_by_label("Case or incident number").fill("26-11873")
    page.get_by_label("Offense").select_option("robbery")
    page.get_by_label("What do you expect to learn?").fill(REASON)


def too_wide(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_a_circle_is_drawn_by_mouse_and_the_form_says_who_is_needed(
    browser: Browser, server: Server, operator: Member, town: list[Detection]
) -> None:
    page = signed_in(browser, server, operator, viewport=LAPTOP)
    page.goto(reverse("search"))
    state_purpose(page)
    expect(page.locator("[data-place=circle]")).to_be_hidden()
    sheet = page.locator("[data-draw]")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1], steps=4)
    page.mouse.up()
    expect(page.get_by_label("Within a distance of a point")).to_be_checked()
    latitude, longitude = (float(page.get_by_label(name).input_value()) for name in ("Latitude", "Longitude"))
    assert (latitude, longitude) == (pytest.approx(38.112, abs=0.001), pytest.approx(-122.243, abs=0.001))
    assert float(page.get_by_label("Distance", exact=True).input_value()) > 0.05
    expect(page.locator("[data-said]")).to_contain_text("miles around 38.11")
    expect(page.get_by_role("heading", name="This search needs a second person")).to_be_visible()
    button = page.get_by_role("button", name=re.compile("Record the purpose"))
    expect(button).to_have_text("Record the purpose and ask a second person")
    page.get_by_label("Plate", exact=True).fill(PLATE)
    expect(button).to_have_text("Record the purpose and search")
    button.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("detection")
    search = Search.objects.get()
    assert search.latitude == pytest.approx(latitude, abs=1e-6)
    assert search.is_open


def test_an_area_is_drawn_by_keys_alone(
    browser: Browser, server: Server, operator: Member, town: list[Detection]
) -> None:
    page = signed_in(browser, server, operator, viewport=LAPTOP)
    page.goto(reverse("search"))
    page.get_by_label("Within a drawn area").check()
    page.locator("[data-draw]").focus()
    for keys in (["ArrowLeft"] * 5, ["ArrowRight"] * 10, ["ArrowUp"] * 8):
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
    area = page.get_by_label("Corners")
    assert len(area.input_value().splitlines()) == 3
    expect(page.locator("[data-said]")).to_have_text("3 corners.")
    page.keyboard.press("Backspace")
    assert len(area.input_value().splitlines()) == 2
    expect(page.locator("[data-said]")).to_have_text("2 corners; an area needs three.")
    page.get_by_label("Within a distance of a point").check()
    page.locator("[data-draw]").focus()
    page.keyboard.press("ArrowRight")
    distance = page.get_by_label("Distance", exact=True)
    before = float(distance.input_value())
    page.keyboard.press("+")
    assert float(distance.input_value()) > before


def test_a_place_is_drawn_by_touch(
    browser: Browser, server: Server, operator: Member, town: list[Detection]
) -> None:
    page = signed_in(browser, server, operator, viewport=PHONE, has_touch=True)
    page.goto(reverse("search"))
    page.get_by_label("Within a drawn area").tap()
    sheet = page.locator("[data-draw]")
    for x, y in ((60, 40), (200, 50), (120, 150)):
        sheet.tap(position={"x": x, "y": y})
    assert len(page.get_by_label("Corners").input_value().splitlines()) == 3
    assert too_wide(page) <= 0


def test_the_table_is_walked_by_keys_and_enter_opens(
    browser: Browser, server: Server, operator: Member, town: list[Detection]
) -> None:
    search = search_by(operator)
    page = signed_in(browser, server, operator, viewport=LAPTOP)
    page.goto(reverse("search_results", args=[search.pk]))
    focused = "document.activeElement.getAttribute('href')"
    links = [reverse("search_detection", args=[search.pk, each.pk]) for each in town]
    for key, at in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1), ("End", 3), ("Home", 0), ("ArrowUp", 0)):
        page.keyboard.press(key)
        assert page.evaluate(focused) == links[at], key
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{links[1]}")
    Member.objects.filter(pk=operator.pk).update(keys_on=False)
    page.goto(reverse("search_results", args=[search.pk]))
    page.keyboard.press("j")
    assert page.evaluate(focused) is None
    expect(page.locator("[data-walk-legend]")).to_be_hidden()


def test_pictures_load_and_the_map_narrows_the_table(
    browser: Browser, server: Server, operator: Member, town: list[Detection]
) -> None:
    search = search_by(operator)
    page = signed_in(browser, server, operator, viewport=LAPTOP)
    page.goto(reverse("search_results", args=[search.pk]))
    for small in page.locator(".thumb img").all():
        small.scroll_into_view_if_needed()
        expect(small).not_to_have_js_property("naturalWidth", 0)
    event = Event.objects.filter(verb=Verb.RESULTS_VIEWED).latest("id")
    assert (event.elements["shown"], event.elements["pictures"]) == (4, 4)
    assert not Event.objects.filter(verb=Verb.IMAGE_VIEWED).exists()
    point = page.get_by_role("link", name="A, Quay St at 5th: 2 detections")
    point.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.get_by_role("link", name="A, Quay St at 5th: 2 detections, shown alone").click()
    expect(page.locator("[data-row]")).to_have_count(4)


def test_without_javascript_everything_is_typed_and_a_broad_search_is_sent_twice(
    browser: Browser, server: Server, operator: Member, town: list[Detection]
) -> None:
    page = signed_in(browser, server, operator, viewport=LAPTOP, java_script_enabled=False)
    page.goto(reverse("search"))
    state_purpose(page)
    page.get_by_label("Within a drawn area").check()
    page.get_by_label("Corners").fill("38.09, -122.27\n38.09, -122.20\n38.13, -122.20\n38.13, -122.27")
    page.get_by_role("button", name="Record the purpose and search").click()
    expect(page.get_by_role("heading", name="This search needs a second person")).to_be_visible()
    assert not Search.objects.exists()
    page.get_by_role("button", name="Record the purpose and ask a second person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This search waits for a second person")
    assert Search.objects.get().waits


@pytest.mark.parametrize("width", [PHONE, LAPTOP])
def test_every_page_passes_axe_and_stays_within_the_screen(
    browser: Browser,
    server: Server,
    supervisor: Member,
    operator: Member,
    town: list[Detection],
    width: dict[str, int],
) -> None:
    now = timezone.now()
    search = search_by(supervisor, "8K*", since=now - timedelta(hours=40))
    whole = search_by(supervisor)
    area = [[38.09, -122.27], [38.09, -122.2], [38.13, -122.2], [38.13, -122.27]]
    waits = search_by(supervisor, "", color="white", area=area)
    theirs = search_by(operator, "", area=area)
    assert [search.waits, whole.waits, waits.waits, theirs.waits] == [True, False, True, True]
    page = signed_in(browser, server, supervisor, viewport=width)
    one = [whole.pk, town[0].pk]
    found = []
    for address in (
        reverse("search"),
        reverse("search_results", args=[waits.pk]),
        reverse("searches_waiting"),
        reverse("search_decision", args=[theirs.pk]),
        reverse("search_results", args=[whole.pk]),
        reverse("search_print", args=[whole.pk]),
        reverse("search_export", args=[whole.pk]),
        reverse("search_detection", args=one),
        reverse("search_vehicle", args=one),
    ):
        page.goto(address)
        found += violations(page)
        if too_wide(page) > 0:
            found.append(f"{address} is {too_wide(page)} px wider than the screen")
    assert not found, "\n".join(found)


def test_on_paper_the_watermark_stands_and_the_results_page_gives_only_a_hint(
    browser: Browser,
    server: Server,
    operator: Member,
    town: list[Detection],
) -> None:
    search = search_by(operator)
    page = signed_in(browser, server, operator, viewport=LAPTOP)
    page.goto(reverse("search_print", args=[search.pk]))
    expect(page.locator(".watermark")).to_be_hidden()
    expect(page.get_by_role("button", name="Print 4 detections…")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".watermark")).to_be_visible()
    expect(page.locator(".watermark")).to_contain_text(operator.name)
    expect(page.get_by_role("button", name="Print 4 detections…")).to_be_hidden()
    page.goto(reverse("search_results", args=[search.pk]))
    expect(page.get_by_text("This page is not for paper.")).to_be_visible()
    expect(page.locator(".found")).to_be_hidden()
