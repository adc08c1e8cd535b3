"""Every page that people work on passes axe (WCAG 2.1 AA) in each theme, and breaks no content policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import ConsoleMessage

from tests.axe import violations
from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demonstration")]

PAGES = {
    "operator": [
        "/console/", "/console/closed/", "/search/", "/photographs/", "/hot-plates/", "/hot-plates/new/",
        "/my-record/", "/accounts/2fa/", "/accounts/password/change/", "/waiting/", "/console/settings/",
        "/console/map/",
    ],
    "supervisor": ["/hot-plates/", "/waiting/"],
    "dispatcher": ["/dispatch/", "/waiting/"],
    "custodian": ["/holds/"],
    "lapsed": ["/console/"],
    "admin": [
        "/admin/", "/quality/", "/hot-lists/", "/hot-lists/new/", "/hot-lists/mappings/",
        "/hot-lists/mappings/new/", "/waiting/",
    ],
}  # fmt: skip


@pytest.mark.parametrize("person", PAGES)
def test_pages_pass_axe_and_keep_the_content_policy(sign_in: SignIn, system: str, person: str) -> None:
    page = sign_in(person)
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            said.append(f"{page.url}: {message.text}")

    page.on("console", note)
    found: list[str] = []
    for path in PAGES[person]:
        page.goto(f"{system}{path}")
        found += violations(page)
    assert not found, "\n".join(found)
    assert not said, "\n".join(said)


def test_an_open_hit_passes_axe(sign_in: SignIn, system: str) -> None:
    page = sign_in("operator")
    page.goto(f"{system}/console/")
    links = [each.get_attribute("href") for each in page.locator("a.hit").all()]
    assert len(links) >= 10
    # Every fourth: they stand by priority, so some of each.
    for link in links[::4]:
        page.goto(f"{system}{link}")
        found = violations(page)
        assert not found, "\n".join(found)


def test_lists_and_their_files_pass_axe(sign_in: SignIn, system: str) -> None:
    page = sign_in("admin")
    page.goto(f"{system}/hot-lists/")
    lists = [each.get_attribute("href") for each in page.locator("main tbody th a").all()]
    assert len(lists) >= 6
    for path in lists[:4]:
        page.goto(f"{system}{path}")
        found = violations(page)
        assert not found, "\n".join(found)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, path


def test_nothing_runs_over_the_edge_of_a_phone(sign_in: SignIn, system: str) -> None:
    for person in ("operator", "admin"):
        page = sign_in(person)
        page.set_viewport_size({"width": 390, "height": 844})
        for path in PAGES[person]:
            page.goto(f"{system}{path}")
            over = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert over <= 0, f"{path} is {over} px wider than the screen."
