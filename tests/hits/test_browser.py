"""The console in a real browser: keys, the live line, themes, sizes, and without JavaScript."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import Member
from detections.models import Hit, HitStep
from detections.services_hits import hit_validate
from tests.axe import violations
from tests.hits.browsing import signed_in
from tests.hits.conftest import MakeHit, stored_picture
from tests.hits.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def hit(make_hit: MakeHit, evidence: Any) -> Hit:
    """A possible hit with its picture: character 4, the other six, state, make, model, color."""
    name, box = stored_picture()
    others = [{"plate": "8KR8412", "confidence": 0.51}, {"plate": "8KRB412", "confidence": 0.46}]
    reading = {"image": name, "box": box, "make": "Honda", "color": "Gray", "candidates": others}
    return make_hit(
        read="8KR8412", make="Honda", model="Accord", year=2019, color="Silver", reading=reading,
        entering_agency="Eastmoor PD", case_number="26-40182",
    )  # fmt: skip


def opened(browser: Browser, server: Server, member: Member, hit: Hit, **options: Any) -> Page:
    """The hit's page, with its live line open."""
    page = signed_in(browser, server, member, viewport=LAPTOP, **options)
    page.goto(f"/console/hits/{hit.pk}/")
    expect(page.locator("[data-line]")).to_contain_text("Live")
    return page


def test_single_keys_answer_and_enter_records(
    browser: Browser, server: Server, operator: Member, hit: Hit
) -> None:
    page = opened(browser, server, operator, hit)
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text(
        "your answers on character 4, the other six, state, make, model and color"
    )
    for key in ("s", "s", "s", "s"):
        page.keyboard.press(key)
    expect(verdict).to_contain_text("your answers on model and color")
    expect(page.locator("[data-count]")).to_have_text("4 of 6 answers given.")
    page.keyboard.press("u")
    page.keyboard.press("s")
    expect(verdict).to_contain_text("your record of what you saw")
    page.keyboard.press("Enter")
    expect(page.locator("#ladder")).to_contain_text("Operator 4127 could not tell model")
    step = HitStep.objects.get()
    assert step.answers["model"] == "unclear"
    assert {value for name, value in step.answers.items() if name != "model"} == {"same"}


def test_a_difference_is_said_before_it_is_recorded(
    browser: Browser, server: Server, operator: Member, hit: Hit
) -> None:
    page = opened(browser, server, operator, hit)
    page.keyboard.press("d")
    expect(page.locator("#verdict")).to_contain_text("character 4 differs shuts this hit")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("Shut. Operator 4127 saw")
    hit.refresh_from_db()
    assert hit.status == "shut"


def test_keys_do_nothing_once_switched_off_and_never_while_typing(
    browser: Browser, server: Server, operator: Member, hit: Hit
) -> None:
    page = opened(browser, server, operator, hit)
    page.get_by_role("button", name="Keys on").click()
    expect(page.get_by_role("button", name="Keys off")).to_be_visible()
    page.locator("body").press("s")
    assert page.locator("input:checked").count() == 0
    page.get_by_role("button", name="Keys off").click()
    page.goto(f"/console/hits/{hit.pk}/exigent/")
    page.get_by_label("What makes waiting dangerous?").press_sequentially("sudden shots, jx")
    assert page.url.endswith("/exigent/")
    expect(page.get_by_label("What makes waiting dangerous?")).to_have_value("sudden shots, jx")


def test_j_and_k_go_from_hit_to_hit_and_x_to_closing(
    browser: Browser, server: Server, operator: Member, hit: Hit, make_hit: MakeHit
) -> None:
    newer = make_hit("9BQT661")
    page = opened(browser, server, operator, newer)
    page.keyboard.press("j")
    page.wait_for_url(f"**/console/hits/{hit.pk}/")
    page.keyboard.press("k")
    page.wait_for_url(f"**/console/hits/{newer.pk}/")
    page.keyboard.press("x")
    page.wait_for_url(f"**/console/hits/{newer.pk}/close/")


def test_a_new_hit_comes_in_by_itself_and_disturbs_nothing(
    browser: Browser, server: Server, operator: Member, hit: Hit, make_hit: MakeHit
) -> None:
    page = opened(browser, server, operator, hit)
    page.keyboard.press("s")
    focused = page.evaluate("document.activeElement.id")
    page.evaluate("window.stayed = true")
    newer = make_hit("9BQT661")
    expect(page.locator(f"[data-hit='{newer.pk}']")).to_be_visible()
    expect(page.locator("#announcements")).to_have_text("New hit: Stolen vehicles (SVS), Quay St at 5th")
    expect(page.locator("#hits-title")).to_have_text("2 open hits")
    assert page.evaluate("window.stayed")
    assert page.evaluate("document.activeElement.id") == focused
    assert page.locator("input:checked").count() == 1
    assert page.url.endswith(f"/console/hits/{hit.pk}/")


def test_no_match_shuts_the_open_hit_before_the_officers_eyes(
    browser: Browser, server: Server, operator: Member, dispatcher: Member, hit: Hit
) -> None:
    page = opened(browser, server, operator, hit)
    page.keyboard.press("s")
    hit_validate(
        actor=dispatcher, hit=hit, method="dispatcher", asked="clets", answer="not_current", words="No match."
    )
    expect(page.locator("#verdict")).to_contain_text("Shut. Dispatcher 3308 recorded the live answer")
    expect(page.locator("#act")).to_contain_text("Close this hit")
    expect(page.locator("#act")).not_to_contain_text("Record what I saw")
    assert page.locator("input:checked").count() == 1


def test_a_broken_line_is_said_and_hits_are_asked_for(
    browser: Browser, server: Server, operator: Member, hit: Hit, make_hit: MakeHit
) -> None:
    page = signed_in(browser, server, operator, viewport=LAPTOP)

    def broken(route: Route) -> None:
        route.abort()

    page.route("**/console/live/**", broken)
    page.goto("/console/")
    expect(page.locator("[data-line]")).to_contain_text("Not live, asking every 5 s")
    newer = make_hit("9BQT661")
    expect(page.locator(f"[data-hit='{newer.pk}']")).to_be_visible()


def test_who_lost_access_is_led_away(
    browser: Browser, server: Server, operator: Member, hit: Hit, make_hit: MakeHit
) -> None:
    page = opened(browser, server, operator, hit)
    Member.objects.filter(pk=operator.pk).update(is_active=False)
    make_hit("9BQT661")
    page.wait_for_url(lambda address: "/console/" not in urlsplit(address).path)
    assert "8KRB412" not in page.content()


def test_everything_that_decides_is_on_the_first_screen_of_a_laptop(
    browser: Browser, server: Server, operator: Member, hit: Hit
) -> None:
    page = opened(browser, server, operator, hit)
    bar = page.locator("#act").bounding_box()
    assert bar is not None
    whole = ["#verdict", ".plate", ".frame__crop", "[data-question] .answers", "#act .button--main"]
    for selector in whole:
        for found in page.locator(selector).all():
            box = found.bounding_box()
            assert box is not None
            limit = LAPTOP["height"] if selector.startswith("#act") else bar["y"]
            assert box["y"] >= 0, selector
            assert box["y"] + box["height"] <= limit, selector
    assert page.locator("[data-question]").count() == 6


def size_of_controls(page: Page) -> int:
    """Assert that each control in sight is as large as a finger; give how many there are."""
    controls = page.locator(".console button, .console .button, .answers label, a.hit").all()
    seen = [found for found in controls if found.is_visible()]
    for found in seen:
        box = found.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= 43.9, found.inner_text()
    return len(seen)


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_every_control_is_as_large_as_a_finger_and_nothing_runs_out_of_the_page(
    browser: Browser, server: Server, operator: Member, hit: Hit, size: Any
) -> None:
    page = signed_in(browser, server, operator, viewport=size)
    for address in (f"/console/hits/{hit.pk}/", f"/console/hits/{hit.pk}/close/", "/console/"):
        page.goto(address)
        assert size_of_controls(page) > 3
        for panel in page.locator(".console details summary").all():
            panel.click()
            assert size_of_controls(page) > 3
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_night_is_dark_from_the_first_paint(
    browser: Browser, server: Server, operator: Member, hit: Hit
) -> None:
    Member.objects.filter(pk=operator.pk).update(theme="night")
    page = signed_in(browser, server, operator, viewport=LAPTOP, java_script_enabled=False)
    answer = page.goto(f"/console/hits/{hit.pk}/", wait_until="commit")
    assert answer is not None
    assert re.search(r'<html[^>]* data-theme="night"', answer.text())
    page.wait_for_load_state("load")
    ground = page.locator("html").evaluate("e => getComputedStyle(e).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", ground)) < 24


def test_true_color_is_offered_at_night_and_said(
    browser: Browser, server: Server, operator: Member, hit: Hit
) -> None:
    Member.objects.filter(pk=operator.pk).update(theme="night")
    page = opened(browser, server, operator, hit)
    button = page.get_by_role("button", name="True color")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("c")
    expect(button).to_have_attribute("aria-pressed", "true")
    picture = page.locator(".frame__view img").first
    assert picture.evaluate("e => getComputedStyle(e).filter") == "none"


def test_axe_finds_nothing(
    browser: Browser, server: Server, operator: Member, hit: Hit, make_hit: MakeHit
) -> None:
    make_hit("9BQT661", specific=True)
    page = opened(browser, server, operator, hit)
    found = []
    for address in ("", "validate/", "exigent/", "close/"):
        page.goto(f"/console/hits/{hit.pk}/{address}")
        found += violations(page)
    page.goto("/console/")
    assert found + violations(page) == []


def test_the_whole_way_without_javascript(
    browser: Browser, server: Server, operator: Member, dispatcher: Member, hit: Hit
) -> None:
    page = signed_in(browser, server, operator, viewport=LAPTOP, java_script_enabled=False)
    page.goto("/console/")
    page.locator(f"[data-hit='{hit.pk}']").click()
    for question in page.locator("[data-question]").all():
        question.locator("label").first.click()
    page.get_by_role("button", name="Record what I saw").click()
    expect(page.locator("#verdict")).to_contain_text("the live status")
    page.get_by_role("button", name="Ask dispatch").click()
    expect(page.locator("#ladder")).to_contain_text("Dispatch was asked at")
    page.get_by_role("radio", name="CLETS", exact=True).check()
    page.get_by_role("radio", name="Current", exact=True).check()
    page.get_by_label("The answer, as it was given").fill("Still listed, Eastmoor PD.")
    page.get_by_role("button", name="Record the live status").click()
    expect(page.locator("#verdict")).to_contain_text("Checked.")
    page.get_by_role("button", name="Record the stop").click()
    expect(page.locator("#verdict")).to_contain_text("Operator 4127 recorded the stop at")
    expect(page.get_by_label("Case or incident number")).to_have_value("26-40182")
    page.get_by_role("radio", name="Stopped or found: vehicle or plate recovered").check()
    page.get_by_role("button", name="Close this hit").click()
    expect(page.locator(".messages")).to_contain_text("is closed with its result")
    hit.refresh_from_db()
    assert (hit.status, hit.outcome) == ("closed", "recovered")
