"""Every page that people work on passes axe (WCAG 2.1 AA) in each theme, and breaks no content policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import ConsoleMessage, Page

from tests.axe import violations
from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demonstration")]

PAGES = {
    "operator": [
        "/console/", "/console/closed/", "/search/", "/photographs/", "/hot-plates/", "/hot-plates/new/",
        "/my-record/", "/accounts/2fa/", "/accounts/password/change/", "/waiting/", "/console/settings/",
        "/console/map/", "/shifts/",
    ],
    "supervisor": ["/hot-plates/", "/waiting/", "/searches/waiting/"],
    "dispatcher": ["/dispatch/", "/waiting/"],
    "custodian": ["/holds/", "/holds/plate/", "/holds/camera/", "/evidence/"],
    "lapsed": ["/console/"],
    "admin": [
        "/admin/", "/quality/", "/hot-lists/", "/hot-lists/new/", "/hot-lists/mappings/",
        "/hot-lists/mappings/new/", "/waiting/", "/cameras/", "/cameras/files/",
        "/cameras/files/mappings/new/", "/deletion/", "/deletion/preview/",
    ],
}  # fmt: skip
# Pages of one record: who opens it, where the link to it stands, and where one goes on from there.
RECORDS = [
    ("custodian", "/holds/", "main tbody a", "evidence/"),
    ("admin", "/cameras/", "main tbody a", "connect/"),
]
WIDTHS = {"laptop": 1280, "phone": 390}
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("person", PAGES)
def test_pages_pass_axe_keep_the_content_policy_and_fit_the_screen(
    sign_in: SignIn, system: str, person: str
) -> None:
    page = sign_in(person)
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            said.append(f"{page.url}: {message.text}")

    page.on("console", note)
    found: list[str] = []
    for path in PAGES[person]:
        page.goto(f"{system}{path}")
        found += violations(page) + too_wide(page)
    assert not found, "\n".join(found)
    assert not said, "\n".join(said)


def too_wide(page: Page) -> list[str]:
    """By how much the page runs over the edge of a small laptop and of a phone, where it does."""
    found, before = [], page.viewport_size
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 844})
        if (over := page.evaluate(OVER)) > 0:
            found.append(f"{page.url} is {over} px wider than a {name}.")
    assert before is not None
    page.set_viewport_size(before)
    return found


@pytest.mark.parametrize(("person", "path", "link", "further"), RECORDS)
def test_pages_of_a_record_pass_axe_and_fit_the_screen(
    sign_in: SignIn, system: str, person: str, path: str, link: str, further: str
) -> None:
    page = sign_in(person)
    page.goto(f"{system}{path}")
    record = page.locator(link).first.get_attribute("href")
    found: list[str] = []
    for address in (f"{system}{record}", f"{system}{record}{further}"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        found += violations(page) + too_wide(page)
    assert not found, "\n".join(found)


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
        found = violations(page) + too_wide(page)
        assert not found, "\n".join(found)
