"""The queue and the open hit side by side in a real browser, and the picture enlarged."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Member
from detections.models import Hit, HitStep
from detections.services_hits import hit_ask, hit_see, hit_validate
from tests.axe import violations
from tests.hits.browsing import signed_in
from tests.hits.conftest import MakeHit, answers, stored_picture
from tests.hits.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def hit(make_hit: MakeHit, evidence: Any) -> Hit:
    """A hit with its picture."""
    name, box = stored_picture()
    return make_hit(make="Honda", reading={"image": name, "box": box}, entering_agency="Eastmoor PD")


def in_the_car(browser: Browser, server: Server, member: Member, hit: Hit) -> Page:
    """The officer's open hit."""
    page = signed_in(browser, server, member, viewport=LAPTOP)
    page.goto(f"/console/hits/{hit.pk}/")
    return page


def at_the_desk(browser: Browser, server: Server, member: Member) -> Page:
    """The dispatcher's queue."""
    page = signed_in(browser, server, member, viewport=LAPTOP)
    page.goto("/dispatch/")
    return page


def give(page: Page, hit: Hit, *, asked: str, answer: str, words: str) -> None:
    """Answer in place."""
    row = page.locator(f"[data-asked='{hit.pk}']")
    row.get_by_role("radio", name=asked).check()
    row.get_by_role("radio", name=answer, exact=True).check()
    row.get_by_label("As it was given").fill(words)
    row.get_by_role("button", name="Record the answer").click()


def test_an_officer_asks_and_the_answer_comes_into_the_car(
    browser: Browser, server: Server, operator: Member, dispatcher: Member, hit: Hit
) -> None:
    car, desk = in_the_car(browser, server, operator, hit), at_the_desk(browser, server, dispatcher)
    expect(desk.locator("#asked-title")).to_have_text("Nobody waits for an answer")
    car.locator("[data-question] label").first.click()
    car.get_by_role("button", name="Ask dispatch").click()
    expect(car.locator("#ladder")).to_contain_text("Dispatch was asked at")
    assert car.locator("input:checked").count() == 1, "what the officer had answered stays"

    row = desk.locator(f"[data-asked='{hit.pk}']")
    expect(row).to_contain_text("8KRB412")
    expect(desk.locator("#announcements")).to_have_text("An officer asks.")
    waited = row.locator("[data-since]").inner_text()
    expect(row.locator("[data-since]")).not_to_have_text(waited)
    give(desk, hit, asked="CLETS / NCIC", answer="No record", words="No record in SVS.")
    expect(desk.locator(".messages")).to_contain_text("the officer sees it now")

    expect(car.locator("#verdict")).to_contain_text("Dispatcher 3308 recorded the live answer: no record.")
    expect(car.locator("#act")).to_contain_text("Close this hit")
    hit.refresh_from_db()
    assert hit.status == "shut"


def test_what_a_dispatcher_has_begun_is_never_replaced(
    browser: Browser, server: Server, operator: Member, dispatcher: Member, supervisor: Member,
    hit: Hit, make_hit: MakeHit,
) -> None:  # fmt: skip
    hit_ask(actor=operator, hit=hit)
    desk = at_the_desk(browser, server, dispatcher)
    row = desk.locator(f"[data-asked='{hit.pk}']")
    row.get_by_label("As it was given").fill("Still stolen, East")
    other = hit_ask(actor=operator, hit=make_hit("9BQT661"))
    expect(desk.locator(f"[data-asked='{other.pk}']")).to_be_visible()
    expect(row.get_by_label("As it was given")).to_have_value("Still stolen, East")
    hit_validate(
        actor=supervisor, hit=hit, method="dispatcher", asked="dmv", answer="current", words="Still listed."
    )
    expect(row).to_contain_text("This was answered or ended meanwhile")
    expect(desk.locator("#answered-title ~ *")).to_contain_text("Supervisor 3017")


def test_the_queue_is_answered_with_the_keyboard_alone(
    browser: Browser, server: Server, operator: Member, dispatcher: Member, hit: Hit
) -> None:
    hit_ask(actor=operator, hit=hit)
    desk = at_the_desk(browser, server, dispatcher)
    desk.keyboard.press("j")
    desk.keyboard.press("Space")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    desk.keyboard.press("Tab")
    desk.keyboard.type("Still stolen, Eastmoor PD.")
    desk.keyboard.press("Enter")
    expect(desk.locator(".messages")).to_contain_text("is recorded")
    step = HitStep.objects.get(move="validate")
    assert step.answers == {"answer": "current", "asked": "clets"}


def test_the_queue_without_javascript(
    browser: Browser, server: Server, operator: Member, dispatcher: Member, hit: Hit
) -> None:
    hit_ask(actor=operator, hit=hit)
    page = signed_in(browser, server, dispatcher, viewport=LAPTOP, java_script_enabled=False)
    page.goto("/dispatch/")
    give(page, hit, asked="DMV", answer="Not current", words="Registration valid since Nov 20.")
    expect(page.locator(".messages")).to_contain_text("is recorded")
    assert HitStep.objects.get(move="validate").passed is False


def test_the_picture_is_enlarged_moved_and_closed_with_keys(
    browser: Browser, server: Server, operator: Member, hit: Hit
) -> None:
    page = in_the_car(browser, server, operator, hit)
    page.get_by_role("link", name="Enlarge").click()
    lens, image = page.locator("#lens"), page.locator("[data-lens-image]")
    expect(lens).to_be_visible()
    expect(page.locator("[data-lens-scale]")).to_contain_text("%")
    before = image.evaluate("e => e.offsetWidth")
    for _ in range(3):
        page.keyboard.press("+")
    assert image.evaluate("e => e.offsetWidth") > 3 * before
    view = page.locator("[data-lens-view]")
    left = view.evaluate("e => e.scrollLeft")
    page.keyboard.press("ArrowRight")
    until = time.monotonic() + 10
    while view.evaluate("e => e.scrollLeft") <= left:
        assert time.monotonic() < until, "The picture did not move."
        page.wait_for_timeout(50)
    page.keyboard.press("0")
    assert image.evaluate("e => e.offsetWidth") == before
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    expect(lens).to_be_hidden()
    assert page.locator("input:checked").count() == 0, "no key answers under the picture"
    assert page.evaluate("document.activeElement.textContent") == "Enlarge"


def test_the_picture_is_a_link_without_javascript(
    browser: Browser, server: Server, operator: Member, hit: Hit
) -> None:
    page = signed_in(browser, server, operator, viewport=LAPTOP, java_script_enabled=False)
    page.goto(f"/console/hits/{hit.pk}/")
    page.get_by_role("link", name="Enlarge").click()
    page.wait_for_url(f"**/hits/{hit.pk}/image/")


def test_true_color_holds_in_the_enlarged_picture(
    browser: Browser, server: Server, operator: Member, hit: Hit
) -> None:
    Member.objects.filter(pk=operator.pk).update(theme="night")
    page = in_the_car(browser, server, operator, hit)
    image = page.locator("[data-lens-image]")
    assert image.evaluate("e => getComputedStyle(e).filter") != "none"
    page.get_by_role("button", name="True color").click()
    assert image.evaluate("e => getComputedStyle(e).filter") == "none"


def test_axe_finds_nothing(
    browser: Browser, server: Server, operator: Member, dispatcher: Member, hit: Hit, make_hit: MakeHit
) -> None:
    hit_ask(actor=operator, hit=hit)
    shut = make_hit("9BQT661", make="Honda")
    hit_see(actor=operator, hit=shut, answers=answers(shut, make="differs"))
    page = in_the_car(browser, server, operator, shut)
    found = violations(page)
    page.goto(f"/console/hits/{hit.pk}/")
    page.get_by_role("link", name="Enlarge").click()
    found += violations(page)
    found += violations(at_the_desk(browser, server, dispatcher))
    assert found == []


def test_nothing_runs_out_of_a_phone_and_every_control_is_as_large_as_a_finger(
    browser: Browser, server: Server, operator: Member, dispatcher: Member, hit: Hit
) -> None:
    hit_ask(actor=operator, hit=hit)
    page = signed_in(browser, server, dispatcher, viewport=PHONE)
    page.goto("/dispatch/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for found in page.locator(".asked button, .asked .answers label").all():
        box = found.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= 43.9
