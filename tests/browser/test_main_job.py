"""The main job, from a photograph to the closed hit and the search, as different people in a real browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from alpr import environment
from detections.demonstration.drawing import draw_scene
from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demonstration")]

REAL = environment.REPOSITORY.parent / "shared" / "plates" / "us-scenes" / "car12.jpg"
PLATE = "5UVR090"
CASE = "26-12044"


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """A real photograph of that plate where the scenes lie, a drawn one where they do not."""
    if REAL.exists():
        return REAL
    drawn = tmp_path / "scene.jpg"
    scene = draw_scene(
        plate=PLATE, state="CA", color="gray", body="sedan", night=False, seed=3, camera="Photograph",
        captured_at=datetime.now(UTC),
    )  # fmt: skip
    drawn.write_bytes(scene.jpeg)
    return drawn


def test_from_the_photograph_to_the_closed_hit_and_the_search(
    sign_in: SignIn, system: str, photograph: Path
) -> None:
    _enter_hot_plate(sign_in("operator2"), system)
    _approve_hot_plate(sign_in("supervisor"), system)

    watching = sign_in("dispatcher")
    watching.goto(f"{system}/console/")
    expect(watching.get_by_role("heading", name=re.compile("open hits?"))).to_be_visible()
    expect(watching.locator("#hits")).not_to_contain_text(PLATE)

    officer = sign_in("operator")
    _give_photograph(officer, system, photograph)
    expect(watching.locator("#hits")).to_contain_text(PLATE, timeout=30_000)

    officer.get_by_role("link", name=re.compile("hit: Hot plates")).click()
    expect(officer.locator("#verdict")).to_contain_text("Not yet")
    assert PLATE not in officer.title()
    assert PLATE not in officer.url
    _compare(officer)
    expect(officer.locator("#verdict")).to_contain_text("Not yet")

    officer.get_by_role("button", name="Ask dispatch").click()
    expect(officer.locator("#act")).not_to_contain_text("Ask dispatch")
    _answer_in_the_queue(watching, system)
    expect(officer.locator("#verdict")).to_contain_text("Checked", timeout=30_000)
    _close(officer)

    _search(sign_in("analyst"), system)
    _read_trail(sign_in("auditor"), system)


def _enter_hot_plate(page: Page, system: str) -> None:
    page.goto(f"{system}/hot-plates/new/")
    page.get_by_label("Plate", exact=True).fill(PLATE)
    page.get_by_label("State of issue").select_option(label="California")
    page.get_by_label("What the vehicle is wanted for").fill("Stolen vehicle")
    page.get_by_label("Case number").fill(CASE)
    page.get_by_label("Short synopsis").fill("Taken from a driveway on Pine St; the owner gave the plate.")
    page.get_by_label("Last day on the list").fill(f"{datetime.now() + timedelta(days=10):%Y-%m-%d}")
    page.locator("main form button.button--main").click()
    expect(page.locator("main")).to_contain_text("Waits for approval")


def _approve_hot_plate(page: Page, system: str) -> None:
    page.goto(f"{system}/hot-plates/")
    page.locator("li.queue__item", has_text=PLATE).get_by_role("link").click()
    page.get_by_role("button", name="Approve this hot plate").click()
    expect(page.locator("main")).to_contain_text("In use")


def _give_photograph(page: Page, system: str, photograph: Path) -> None:
    page.goto(f"{system}/photographs/")
    page.get_by_label("Offense").select_option("stolen")
    page.get_by_label("Photograph", exact=True).set_input_files(photograph)
    give = page.get_by_role("button", name="Record the purpose and read the plate")
    give.click()
    expect(page.get_by_role("alert")).to_contain_text("case or incident number")
    page.get_by_label("Case or incident number").fill(CASE)
    page.get_by_label("What do you expect to learn").fill("test")
    page.get_by_label("Photograph", exact=True).set_input_files(photograph)
    give.click()
    expect(page.get_by_role("alert")).to_contain_text("too short to be checked")
    page.get_by_label("What do you expect to learn").fill(
        "Whether this parked sedan is the one taken on Pine St."
    )
    page.get_by_label("Photograph", exact=True).set_input_files(photograph)
    give.click()
    expect(page.locator("#result")).to_contain_text(PLATE, timeout=60_000)


def _compare(page: Page) -> None:
    record = page.get_by_role("button", name="Record what I saw")
    record.click()
    expect(page.locator(".notice[role=alert]")).to_contain_text("Still without an answer")
    for question in page.locator("[data-question]").all():
        question.locator("input[value=same]").check(force=True)
    page.locator("textarea[name=words]").fill("Walked past: nobody is in it.")
    record.click()
    expect(page.locator("#ladder")).to_contain_text("Operator 4127")


def _answer_in_the_queue(page: Page, system: str) -> None:
    page.goto(f"{system}/dispatch/")
    asked = page.locator("li.asked", has_text=PLATE)
    asked.locator("input[name=asked][value=clets]").check(force=True)
    asked.locator("input[name=answer][value=current]").check(force=True)
    asked.get_by_label("As it was given").fill("Still listed, Port Alder PD.")
    asked.get_by_role("button", name="Record the answer").click()
    expect(page.locator("section", has_text="Answered within the hour").last).to_contain_text(PLATE)


def _close(page: Page) -> None:
    following = page.locator("#act a[href$='/close/']")
    if following.count():
        following.first.click()
    page.get_by_label("vehicle or plate recovered").check(force=True)
    page.locator("textarea[name=note]").fill("Parked and empty; the owner was told.")
    page.get_by_role("button", name="Close this hit").click()
    expect(page.get_by_role("status").filter(has_text="is closed with its result")).to_be_visible()
    expect(page.locator("#hits")).not_to_contain_text(PLATE)


def _search(page: Page, system: str) -> None:
    page.goto(f"{system}/search/")
    page.get_by_label("Case or incident number").fill(CASE)
    page.get_by_label("Offense").select_option("stolen")
    page.get_by_label("What do you expect to learn").fill("Where the sedan taken on Pine St was seen since.")
    page.get_by_label("Plate", exact=True).fill(PLATE)
    page.get_by_role("button", name="Record the purpose and search").click()
    page.wait_for_url(re.compile("/searches/"))
    expect(page.locator("main")).to_contain_text(PLATE)
    assert PLATE not in page.url
    assert PLATE not in page.title()


def _read_trail(page: Page, system: str) -> None:
    page.goto(f"{system}/admin/trail/event/")
    trail = page.locator("#result_list")
    for sentence in (
        "Analyst 2051 searched detections",
        "Operator 4127 closed hit",
        "Dispatcher 3308 recorded the live status of hit",
        "Operator 4127 compared hit",
    ):
        expect(trail).to_contain_text(sentence)


def test_who_is_lapsed_sees_nothing_but_what_is_missing(sign_in: SignIn, system: str) -> None:
    page = sign_in("lapsed")
    for path in ("/console/", "/search/", "/photographs/", "/hot-plates/"):
        answer = page.goto(f"{system}{path}")
        assert answer is not None
        assert answer.status == 403, path
        expect(page.locator("main")).to_contain_text("training certificate")
        expect(page.locator("main")).to_contain_text("training manager")


def test_the_demonstration_says_so_on_every_page(sign_in: SignIn, system: str) -> None:
    page = sign_in("operator")
    for path in ("/console/", "/search/", "/photographs/", "/hot-plates/"):
        page.goto(f"{system}{path}")
        expect(page.get_by_text("A second factor is not asked for here")).to_be_visible()
