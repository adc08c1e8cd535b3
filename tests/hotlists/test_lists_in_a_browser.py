"""Lists and what waits in a real browser: the count in the masthead, each theme, a phone, axe."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Agency, Member
from hotlists.models import HotList, ListKey, Refresh, Source
from hotlists.services import restricted_grant
from tests.axe import violations
from tests.hits.browsing import browser, signed_in
from tests.hits.conftest import evidence
from tests.hits.serving import Server, server, uvicorn

__all__ = ["browser", "evidence", "server", "uvicorn"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def lists(
    agency: Agency, administrator: Member, second_administrator: Member, analyst: Member,
    general_list: HotList, specific_list: HotList,
) -> list[HotList]:  # fmt: skip
    """An old list with a file that waits, a restricted one that is granted, and a specific one."""
    HotList.objects.filter(pk=general_list.pk).update(source_at=timezone.now() - timedelta(hours=27))
    Refresh.objects.create(
        hot_list=general_list, how="folder", state="waiting", file_name="svs_20261122.csv",
        given_label="System: Watched folder", waits_for=["shrinks"], finished_at=timezone.now(),
    )  # fmt: skip
    ListKey.objects.create(hot_list=general_list, issued_by=administrator, name="abcdefgh", digest="f" * 64)
    gangs = HotList.objects.create(
        agency=agency, name="Gang file", kind=HotList.Kind.GENERAL, source=Source.NCIC_GANG,
        designated_by=administrator, is_restricted=True, source_at=timezone.now(),
    )  # fmt: skip
    several = HotList.objects.create(
        agency=agency, name="NCIC", kind=HotList.Kind.GENERAL, source=Source.NCIC, is_restricted=True,
        designated_by=administrator, source_at=timezone.now(),
    )  # fmt: skip
    restricted_grant(actor=second_administrator, hot_list=gangs, member=analyst)
    return [general_list, gangs, several, specific_list]


def pages(lists: list[HotList]) -> list[str]:
    """The pages of lists and of what waits."""
    general, gangs, several, specific = lists
    return [
        reverse("waiting"),
        reverse("hot_lists"),
        reverse("hot_list_new"),
        *(reverse("hot_list", args=[hot_list.pk]) for hot_list in (general, gangs, specific)),
        *(reverse("hot_list_settings", args=[hot_list.pk]) for hot_list in (several, specific)),
        reverse("admin:index"),
    ]


def count(page: Page) -> str:
    """The number in the masthead, once it is there."""
    shown = page.locator("#waiting-count")
    expect(shown).to_contain_text("thing")
    return shown.inner_text().split()[0]


def test_the_count_comes_after_the_page_and_agrees_with_it(
    browser: Browser, server: Server, administrator: Member, lists: list[HotList]
) -> None:
    page = signed_in(browser, server, administrator, viewport=LAPTOP)
    page.goto(reverse("hot_lists"))
    assert count(page) == "2"
    page.get_by_role("link", name="Waits for you").click()
    expect(page.locator("main .queue__item")).to_have_count(2)
    expect(page.locator(".masthead__waits a")).to_have_attribute("aria-current", "page")


def test_the_count_is_reached_by_keyboard_and_stops_once_signed_out(
    browser: Browser, server: Server, administrator: Member, lists: list[HotList]
) -> None:
    page = signed_in(browser, server, administrator, viewport=LAPTOP)
    page.clock.install()
    page.goto(reverse("hot_lists"))
    assert count(page) == "2"
    page.locator(".masthead__nav a").last.focus()
    page.keyboard.press("Tab")
    expect(page.locator(".masthead__waits a")).to_be_focused()
    Refresh.objects.update(state=Refresh.State.LET_GO)
    with page.expect_response(lambda answer: "/waiting/count/" in answer.url):
        page.clock.run_for(61_000)
    expect(page.locator("#waiting-count")).to_contain_text("1")
    Session.objects.all().delete()
    with page.expect_response(lambda answer: "/accounts/login/" in answer.url):
        page.clock.run_for(61_000)
    expect(page.locator("#waiting-count")).to_have_count(0)
    expect(page.get_by_role("heading", name="Hot lists", exact=True)).to_be_visible()


def test_without_script_it_is_a_plain_link(
    browser: Browser, server: Server, administrator: Member, lists: list[HotList]
) -> None:
    page = signed_in(browser, server, administrator, viewport=PHONE, java_script_enabled=False)
    page.goto(reverse("hot_lists"))
    page.get_by_role("link", name="Waits for you").click()
    assert page.url.endswith(reverse("waiting"))
    assert page.locator("main .queue__item").count() == 2


def test_the_pages_pass_axe_in_each_theme_and_fit_a_phone(
    browser: Browser, server: Server, administrator: Member, lists: list[HotList]
) -> None:
    page = signed_in(browser, server, administrator, viewport=LAPTOP, reduced_motion="reduce")
    found, said = [], []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for path in pages(lists):
        page.set_viewport_size(LAPTOP)
        page.goto(path)
        found += violations(page)
        page.set_viewport_size(PHONE)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            found.append(f"{path} is {over} px wider than a phone")
    assert found == []
    assert [line for line in said if "Content Security Policy" in line] == []
