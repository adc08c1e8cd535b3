"""The live line in a real browser where it goes dead without a word, and a list that keeps its place."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Member
from detections.models import Hit
from detections.services_console import volume_set
from detections.services_hits import hit_ask
from tests.hits.browsing import signed_in
from tests.hits.conftest import MakeHit
from tests.hits.serving import Server
from tests.hits.sounding import shown
from tests.hits.tunnel import Tunnel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"width": 1366, "height": 768}
SILENCE = 31_000
LONGEST = 15_000
POLL = 5_000


@pytest.fixture
def tunnel(server: Server) -> Iterator[Tunnel]:
    """A way to the server that can go dead."""
    way = Tunnel(server.port)
    yield way
    way.close()


def live(browser: Browser, server: Server, member: Member, address: str) -> Page:
    """The console at an address, live, its clock in the test's hand."""
    page = signed_in(browser, server, member, viewport=LAPTOP)
    page.clock.install()
    page.goto(address)
    expect(page.locator("[data-line]")).to_contain_text("Live ")
    return page


def until_live(page: Page) -> None:
    """Let the page's time pass until its line is back, and no longer: a line that is back hears beats."""
    for _ in range(600):
        if page.locator("[data-line]").inner_text().startswith("Live "):
            return
        page.clock.run_for(1_000)
        time.sleep(0.1)
    raise AssertionError("The line did not come back.")


def test_a_connection_that_died_without_a_word_holds_nothing_back(
    browser: Browser, server: Server, tunnel: Tunnel, operator: Member, make_hit: MakeHit
) -> None:
    page = live(browser, server, operator, f"{tunnel.address}/console/")
    tunnel.go_dead()
    page.clock.run_for(SILENCE)
    expect(page.locator("[data-line]")).to_contain_text("Not live since")
    tunnel.come_back()
    hit = make_hit("9BQT661")
    page.clock.run_for(LONGEST)
    expect(page.locator("[data-lost-words]")).to_contain_text("No connection since")
    page.clock.run_for(POLL)
    shown(page, hit)
    until_live(page)
    expect(page.locator("[data-lost-words]")).to_contain_text("1 hit came in meanwhile.")


def test_a_page_that_is_woken_seldom_keeps_a_line_that_speaks(
    browser: Browser, server: Server, operator: Member
) -> None:
    page = live(browser, server, operator, "/console/")
    lines: list[str] = []
    page.on("request", lambda request: lines.append(request.url) if "/live/" in request.url else None)
    asleep = datetime.now(UTC) + timedelta(seconds=5)
    page.clock.pause_at(asleep)
    page.clock.set_system_time(asleep + timedelta(minutes=1))
    volume_set(actor=operator, volume=35)
    expect(page.locator(".hits__sound")).to_have_text("Sound on, volume 35.")
    page.clock.run_for(1_000)
    volume_set(actor=operator, volume=40)
    expect(page.locator(".hits__sound")).to_have_text("Sound on, volume 40.")
    assert lines == []


def test_the_list_stays_where_it_was_scrolled_to(
    browser: Browser, server: Server, operator: Member, make_hit: MakeHit
) -> None:
    for number in range(14):
        make_hit(f"8KRB4{number:02}")
    page = live(browser, server, operator, "/console/")
    page.wait_for_function(
        "() => { const list = document.querySelector('.hits__scroll');"
        " list.scrollTop = 200; return list.scrollTop === 200; }"
    )
    shown(page, make_hit("9BQT661"))
    assert page.locator(".hits__scroll").evaluate("list => list.scrollTop") == 200


@pytest.mark.parametrize("how", ["unavailable", "silent"])
def test_the_queue_says_that_nothing_answers_and_comes_back(
    browser: Browser, server: Server, operator: Member, dispatcher: Member, make_hit: MakeHit, how: str
) -> None:
    page = signed_in(browser, server, dispatcher, viewport=LAPTOP)
    page.clock.install()
    page.goto("/dispatch/")
    line = page.locator("[data-dispatch-line]")
    expect(line).to_contain_text("Asked every 3 s, last")

    def answer(route: Any) -> None:
        if how == "unavailable":
            route.fulfill(status=503)

    page.route("**/dispatch/list/**", answer)
    page.clock.run_for(12_000)
    expect(line).to_have_text("Line lost: what officers ask now does not appear")
    page.unroute("**/dispatch/list/**")
    asked = hit_ask(actor=operator, hit=make_hit("9BQT661"))
    page.clock.run_for(3_000)
    expect(page.locator(f"[data-asked='{asked.pk}']")).to_be_visible()
    expect(line).to_contain_text("Asked every 3 s, last")
    assert Hit.objects.filter(asked_at__isnull=False).count() == 1
