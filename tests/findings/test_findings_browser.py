"""A finding in a real browser: opened under a purpose, looked at by day, night and on a phone, and closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Agency, Member
from detections.findings import comparing
from detections.models import Camera, Finding
from tests.axe import violations
from tests.findings.conftest import PLATE, REASON, Sure
from tests.hits.browsing import browser, signed_in
from tests.hits.conftest import stored_picture
from tests.hits.serving import Server, server, uvicorn

__all__ = ["browser", "server", "uvicorn"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture
def two(sure: Sure, far: Camera, agency: Agency) -> Finding:
    """A finding with drawn pictures on both sides, and a second that has none."""
    name, box = stored_picture(PLATE, night=False)
    car = {"make": "Toyota", "model": "Camry", "color": "silver", "body": "sedan", "image": name, "box": box}
    sure("7ABC123")
    sure("7ABC123", minutes=4, camera=far)
    sure(minutes=10, **car)
    sure(minutes=15, camera=far, **car)
    sure(minutes=14, camera=far, **car)
    comparing.compare(agency)
    return Finding.objects.get(plate=PLATE)


def wrong(page: Page) -> list[str]:
    """What axe finds in each theme, and whether the page is wider than the screen."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*violations(page), *([f"{wider} pixels too wide"] if wider > 0 else [])]


def test_a_finding_is_opened_looked_at_and_closed(
    browser: Browser, server: Server, analyst: Member, two: Finding
) -> None:
    page = signed_in(browser, server, analyst, viewport=LAPTOP)
    page.goto("/findings/")
    assert wrong(page) == []
    page.get_by_role("link", name=two.number).click()
    assert wrong(page) == []
    page.get_by_label("Case or incident number").fill("26-11873")
    page.get_by_label("Offense").select_option("robbery")
    page.get_by_label("What do you expect to learn?").fill(REASON)
    page.get_by_role("button", name="Record the purpose").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(PLATE)
    expect(page.get_by_role("group", name="Where the plate was read, north up")).to_be_visible()
    for letter in "AB":
        assert page.get_by_alt_text(f"The plate at {letter}, enlarged").evaluate(
            "image => image.decode().then(() => image.naturalWidth)"
        )
    assert PLATE not in page.url + page.title()
    assert wrong(page) == []
    page.set_viewport_size(PHONE)
    assert wrong(page) == []
    page.set_viewport_size(LAPTOP)
    page.get_by_label("Swapped or counterfeit plate").check()
    page.get_by_label("How did you see that?").fill("Two cars, one plate")
    page.get_by_role("button", name="Close the finding").click()
    expect(page.get_by_text(f"Finding {two.number} is closed with its result.")).to_be_visible()
    page.get_by_role("link", name="Next open finding").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("7ABC123")
    page.goto("/findings/?show=closed")
    expect(page.get_by_role("cell", name="Swapped or counterfeit plate")).to_be_visible()
    page.set_viewport_size(PHONE)
    assert wrong(page) == []
