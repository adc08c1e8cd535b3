"""The live console in a real browser: sound, filters, keys, map, and a line that is lost and comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Member
from detections.console_choice import choice_of, sound_of
from detections.models import Camera, Hit, LookBack
from detections.services_console import filters_set, keys_set, mute, mute_high, volume_set
from hotlists.models import HotList, Priority
from tests.axe import violations
from tests.hits.browsing import signed_in
from tests.hits.conftest import MakeHit
from tests.hits.serving import Server
from tests.hits.sounding import high, priorities, rang, shown, until_rang
from trail.models import Inquiry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1920, "height": 1080}
# Counts what sounds and what is announced, from the first script on.
COUNTING = """
  window.rang = [];
  document.addEventListener("console:rang", event => window.rang.push(event.detail));
"""


@pytest.fixture
def at_console(browser: Browser, server: Server, operator: Member) -> Callable[..., Page]:
    """Opens the console live, in a session of the operator's own, with its sound let through by a click."""

    def opened(address: str = "/console/", *, beside: Page | None = None, size: Any = LAPTOP) -> Page:
        if beside is None:
            page = signed_in(browser, server, operator, viewport=size)
            page.context.add_init_script(COUNTING)
        else:
            page = beside.context.new_page()
        page.goto(address)
        expect(page.locator("[data-line]")).to_contain_text("Live ")
        page.locator("#hits-title").click()
        expect(page.locator("[data-blocked]")).to_be_hidden()
        return page

    return opened


def test_a_hit_sounds_once_and_is_announced_by_its_priority(
    at_console: Callable[..., Page], make_hit: MakeHit, general_list: HotList
) -> None:
    page = at_console()
    first = make_hit("8KRB412")
    shown(page, first)
    expect(page.locator("#announcements")).to_have_text("New hit: Stolen vehicles (SVS), Quay St at 5th")
    urgent = high(make_hit, general_list, "9BQT661")
    expect(page.locator("#alerts")).to_have_text(
        "High priority. New hit: Stolen vehicles (SVS), Quay St at 5th"
    )
    until_rang(page, 2)
    assert rang(page) == [str(first.pk), str(urgent.pk)]
    assert priorities(page) == [Priority.NORMAL, Priority.HIGH]
    for region in ("#announcements", "#alerts"):
        assert "8KRB412" not in page.locator(region).inner_text()


def test_muted_normal_is_silent_and_high_is_not(
    at_console: Callable[..., Page], operator: Member, make_hit: MakeHit, general_list: HotList
) -> None:
    page = at_console()
    page.get_by_role("button", name="Mute", exact=True).click()
    expect(page.locator(".hits__sound")).to_have_text("Normal and low muted. High still sounds.")
    expect(page.get_by_role("button", name="Unmute")).to_have_attribute("aria-pressed", "true")
    shown(page, make_hit("8KRB412"))
    urgent = high(make_hit, general_list, "9BQT661")
    shown(page, urgent)
    until_rang(page, 1)
    assert rang(page) == [str(urgent.pk)]
    page.keyboard.press("m")
    expect(page.locator(".hits__sound")).to_contain_text("Sound on")
    assert not sound_of(choice_of(operator)).is_muted


def test_muted_high_is_silent_and_says_until_when(
    at_console: Callable[..., Page], operator: Member, make_hit: MakeHit, general_list: HotList
) -> None:
    page = at_console()
    page.locator("summary", has_text="Sound").click()
    page.get_by_role("button", name="Mute high for 10 minutes").click()
    expect(page.locator(".hits__sound")).to_have_text(
        re.compile(r"High muted until \d\d:\d\d; normal and low sound\.")
    )
    shown(page, high(make_hit, general_list, "9BQT661"))
    normal = make_hit("8KRB412")
    shown(page, normal)
    until_rang(page, 1)
    assert rang(page) == [str(normal.pk)]


def test_other_tabs_follow_the_choice_and_a_hit_sounds_in_one_of_them(
    at_console: Callable[..., Page], make_hit: MakeHit
) -> None:
    one = at_console()
    other = at_console(beside=one)
    one.get_by_role("button", name="Mute", exact=True).click()
    expect(other.get_by_role("button", name="Unmute")).to_be_visible()
    expect(other.locator(".hits__sound")).to_have_text("Normal and low muted. High still sounds.")
    other.get_by_role("button", name="Unmute").click()
    expect(one.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    hits = [make_hit("8KRB412"), make_hit("9BQT661")]
    for page in (one, other):
        for hit in hits:
            shown(page, hit)
    one.wait_for_timeout(1000)
    assert sorted(rang(one) + rang(other)) == sorted(str(hit.pk) for hit in hits)


def test_the_page_says_when_the_browser_holds_the_sound_back(
    browser: Browser, server: Server, operator: Member
) -> None:
    page = signed_in(browser, server, operator, viewport=LAPTOP)
    page.goto("/console/")
    expect(page.locator("[data-blocked]")).to_be_visible()
    expect(page.locator("[data-blocked]")).to_contain_text("The browser holds the sound back.")
    page.locator("#hits-title").click()
    expect(page.locator("[data-blocked]")).to_be_hidden()


def test_the_volume_is_kept_and_each_tone_can_be_tried(
    at_console: Callable[..., Page], operator: Member
) -> None:
    page = at_console()
    page.locator("summary", has_text="Sound").click()
    page.get_by_label("Volume").fill("35")
    expect(page.locator(".hits__sound")).to_have_text("Sound on, volume 35.")
    assert choice_of(operator).volume == 35
    for name in ("Try high", "Normal", "Low"):
        page.get_by_role("button", name=name, exact=True).click()
    assert rang(page) == []


def test_past_reads_and_joined_reads_make_no_sound(
    at_console: Callable[..., Page], operator: Member, make_hit: MakeHit
) -> None:
    hit = make_hit("8KRB412")
    page = at_console()
    page.evaluate("window.rang = []")
    inquiry = Inquiry.objects.create(
        member=operator, agency=operator.agency, offense="robbery", case_number="26-11873"
    )
    past = make_hit("9BQT661", specific=True)
    shown(page, past)
    job = LookBack.objects.create(
        agency=operator.agency, entry=past.entry, inquiry=inquiry, since=hit.captured_at, until=hit.made_at
    )
    Hit.objects.filter(pk=past.pk).update(look_back=job)
    Hit.objects.filter(pk=hit.pk).update(reads=14)
    last = make_hit("5JHC874")
    shown(page, last)
    expect(page.locator(f"[data-hit='{hit.pk}']")).to_contain_text("Read 14 times, last")
    expect(page.locator(".hits__found + p + ul")).to_contain_text("9BQT661")
    page.wait_for_timeout(500)
    assert rang(page).count(str(hit.pk)) == 0
    assert rang(page).count(str(last.pk)) == 1


def test_a_crash_of_the_server_loses_and_doubles_nothing(
    at_console: Callable[..., Page], server: Server, make_hit: MakeHit
) -> None:
    before = make_hit("8KRB412")
    page = at_console()
    page.evaluate("window.rang = []")
    page.evaluate("window.stayed = true")
    server.kill()
    banner = page.locator("[data-lost-words]")
    expect(banner).to_have_text(
        re.compile(
            r"No connection since \d\d:\d\d:\d\d\. No hit can come in\. It is tried again every 5 seconds\."
        )
    )
    expect(page.locator("[data-line]")).to_contain_text("Not live since")
    meanwhile = [make_hit("9BQT661"), make_hit("5JHC874")]
    server.start()
    expect(banner).to_have_text(
        re.compile(r"The live line is back after .+\. 2 hits came in meanwhile\."), timeout=60_000
    )
    for hit in (before, *meanwhile):
        shown(page, hit)
    later = make_hit("6WVN230")
    shown(page, later)
    page.wait_for_timeout(500)
    assert sorted(rang(page)) == sorted(str(hit.pk) for hit in (*meanwhile, later))
    assert page.evaluate("window.stayed")
    page.get_by_role("button", name="Close this message").click()
    expect(page.locator("[data-lost]")).to_be_hidden()


def test_the_line_tells_the_department_s_time_whatever_the_machine_s_zone(
    browser: Browser, server: Server, operator: Member
) -> None:
    page = signed_in(browser, server, operator, viewport=LAPTOP, timezone_id="Asia/Tokyo")
    before = timezone.localtime()
    page.goto("/console/")
    line = page.locator("[data-line]")
    expect(line).to_contain_text("Live ")
    moments = {f"Live {now:%H:%M}" for now in (before, timezone.localtime())}
    assert line.inner_text().strip()[:10] in moments


def test_a_lost_network_is_said_and_its_hits_come_in_after(
    at_console: Callable[..., Page], make_hit: MakeHit
) -> None:
    page = at_console()
    page.context.set_offline(True)
    expect(page.locator("[data-line]")).to_contain_text("no answer")
    expect(page.locator("[data-lost-words]")).to_contain_text("No connection since")
    hit = make_hit("9BQT661")
    page.context.set_offline(False)
    shown(page, hit)
    expect(page.locator("[data-lost-words]")).to_contain_text("1 hit came in meanwhile.")
    page.wait_for_timeout(500)
    assert rang(page) == [str(hit.pk)]


def test_a_hit_that_comes_while_a_page_is_left_sounds_on_the_next(
    at_console: Callable[..., Page], make_hit: MakeHit
) -> None:
    page = at_console()
    page.goto("/console/settings/")
    hit = make_hit("9BQT661")
    page.goto("/console/")
    page.locator("#hits-title").click()
    until_rang(page, 1)
    assert rang(page) == [str(hit.pk)]
    page.reload()
    page.locator("#hits-title").click()
    later = make_hit("5JHC874")
    until_rang(page, 1)
    assert rang(page) == [str(later.pk)]


def test_filters_follow_live_and_count_what_they_hide(
    at_console: Callable[..., Page], operator: Member, make_hit: MakeHit, general_list: HotList
) -> None:
    filters_set(actor=operator, lists=[], priorities=[Priority.LOW], areas=[])
    page = at_console()
    hidden = make_hit("8KRB412")
    expect(page.locator(".hits__filtered")).to_contain_text("0 of 1 shown; 1 hidden by filters.")
    urgent = high(make_hit, general_list, "9BQT661")
    shown(page, urgent)
    expect(page.locator(".hits__filtered")).to_contain_text("1 of 2 shown; 1 hidden by filters.")
    until_rang(page, 1)
    assert rang(page) == [str(urgent.pk)]
    page.locator(".hits__filtered").get_by_role("button", name="Show all").click()
    shown(page, hidden)
    expect(page.locator(".hits__filtered")).to_have_count(0)
    later = make_hit("5JHC874")
    until_rang(page, 2)
    assert rang(page) == [str(urgent.pk), str(later.pk)]


def test_ticking_boxes_survives_what_comes_in(at_console: Callable[..., Page], make_hit: MakeHit) -> None:
    page = at_console()
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Low").check()
    shown(page, make_hit("8KRB412"))
    expect(page.get_by_label("Low")).to_be_checked()
    page.get_by_role("button", name="Show only these").click()
    expect(page.locator(".hits__filtered")).to_contain_text("0 of 1 shown")


def test_keys_and_their_legend_follow_what_was_chosen(
    at_console: Callable[..., Page], operator: Member, make_hit: MakeHit
) -> None:
    first, second = make_hit("8KRB412"), make_hit("9BQT661")
    keys_set(actor=operator, keys={"next": "n", "previous": "p", "same": "1"})
    page = at_console(f"/console/hits/{second.pk}/")
    legend = page.locator(".checks .key")
    expect(legend.nth(0)).to_have_text("1")
    expect(legend.nth(1)).to_have_text("D")
    page.locator("body").press("s")
    assert page.locator("input:checked[type=radio]").count() == 0
    page.locator("body").press("1")
    assert page.locator("input:checked[type=radio]").count() == 1
    page.keyboard.press("n")
    page.wait_for_url(f"**/console/hits/{first.pk}/")
    page.keyboard.press("p")
    page.wait_for_url(f"**/console/hits/{second.pk}/")


def test_the_map_follows_the_list(at_console: Callable[..., Page], make_hit: MakeHit) -> None:
    make_hit("8KRB412")
    Camera.objects.update(latitude=38.104, longitude=-122.256)
    page = at_console("/console/map/")
    expect(page.locator(".map__count")).to_have_text("1")
    second = make_hit("9BQT661")
    expect(page.locator(".map__count")).to_have_text("2")
    page.locator(".map__table").get_by_role("link", name=second.number).click()
    page.wait_for_url(f"**/console/hits/{second.pk}/")


def test_a_wide_screen_has_the_map_beside_the_hit(at_console: Callable[..., Page], make_hit: MakeHit) -> None:
    hit = make_hit("8KRB412")
    Camera.objects.update(latitude=38.104, longitude=-122.256)
    page = at_console(f"/console/hits/{hit.pk}/", size=WIDE)
    expect(page.locator(".console__map .map__count")).to_have_text("1")
    make_hit("9BQT661")
    expect(page.locator(".console__map .map__count")).to_have_text("2")


PAGES = ("/console/", "/console/map/", "/console/settings/", "/console/closed/")


def test_axe_finds_nothing(browser: Browser, server: Server, operator: Member, make_hit: MakeHit) -> None:
    hit = make_hit("8KRB412")
    Camera.objects.update(latitude=38.104, longitude=-122.256)
    make_hit("9BQT661", specific=True)
    Hit.objects.filter(pk=hit.pk).update(priority=Priority.HIGH, reads=3)
    filters_set(actor=operator, lists=[], priorities=[Priority.LOW], areas=[])
    mute(actor=operator)
    page = signed_in(browser, server, operator, viewport=LAPTOP)
    found = []
    for address in PAGES:
        page.goto(address)
        found += violations(page)
    page.goto("/console/")
    for name in ("Sound", "Filter"):
        page.locator("summary", has_text=name).click()
        found += violations(page)
    assert found == []


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_every_control_is_as_large_as_a_finger_and_nothing_runs_out_of_the_page(
    browser: Browser, server: Server, operator: Member, make_hit: MakeHit, size: Any
) -> None:
    make_hit("8KRB412")
    Camera.objects.update(latitude=38.104, longitude=-122.256)
    filters_set(actor=operator, lists=[], priorities=[Priority.NORMAL], areas=[])
    page = signed_in(browser, server, operator, viewport=size)
    for address in ("/console/", "/console/map/"):
        page.goto(address)
        for panel in ("Sound", "Filter"):
            page.locator("summary", has_text=panel).click()
            for found in page.locator(
                ".console .button, .console .choice, a.hit, .map__target, .map__hit"
            ).all():
                box = found.bounding_box()
                if box is not None and found.is_visible():
                    assert min(box["height"], box["width"]) >= 43.9, found.inner_html()
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            page.keyboard.press("Escape")
            expect(page.locator(".tool[open]")).to_have_count(0)


def test_all_of_it_works_without_javascript(
    browser: Browser, server: Server, operator: Member, make_hit: MakeHit
) -> None:
    hit = make_hit("8KRB412")
    volume_set(actor=operator, volume=50)
    mute_high(actor=operator)
    page = signed_in(browser, server, operator, viewport=LAPTOP, java_script_enabled=False)
    page.goto("/console/")
    expect(page.locator(".hits__sound")).to_contain_text("High muted until")
    page.get_by_role("button", name="Unmute").click()
    expect(page.locator(".hits__sound")).to_have_text("Sound on, volume 50.")
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Low").check()
    page.get_by_role("button", name="Show only these").click()
    expect(page.locator(".hits__filtered")).to_contain_text("0 of 1 shown; 1 hidden by filters.")
    page.get_by_role("link", name="Map").click()
    expect(page.locator("#map-title")).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Answer “same”").fill("D")
    page.get_by_role("button", name="Change the keys").click()
    expect(page.get_by_role("alert")).to_contain_text("“D” is also the key for")
    page.get_by_label("Answer “different”").fill("S")
    page.get_by_role("button", name="Change the keys").click()
    expect(page.locator(".messages")).to_contain_text("The keys are changed.")
    assert choice_of(operator).keys == {"same": "d", "differs": "s"}
    assert hit.status == "open"
