"""The officer's walk on a phone: from the list to a citation, and what axe finds on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Agency, Member
from accounts.roles import Role
from detections.models import ParkingHit, ParkingZone
from tests.axe import violations
from tests.cast import enroll
from tests.hits.browsing import browser, signed_in
from tests.hits.serving import Server, server, uvicorn
from tests.parking.conftest import PINE, Load, Send, read, yesterday

__all__ = ["browser", "server", "uvicorn"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def evidence(settings: object, tmp_path: Path) -> Path:
    """No pictures are kept; the server asks where they would lie."""
    for name in ("images", "documents"):
        (tmp_path / name).mkdir()
    return tmp_path


def fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


def test_an_officers_walk(
    browser: Browser, server: Server, agency: Agency, chief: Member, administrator: Member,
    zones: tuple[ParkingZone, ParkingZone], send: Send, load: Load,
) -> None:  # fmt: skip
    officer = enroll(agency, Role.PARKING_OFFICER, "8001", approver=chief)
    load("plate,state,reason,amount", "8KRB412,CA,Five unpaid citations,412.50")
    send(
        read(yesterday(9), "7ABC123", make="HONDA", model="CIVIC", color="SIL"),
        read(yesterday(11, 30), "7ABC123", make="HONDA", model="CIVIC", color="SIL"),
        read(yesterday(10), "BKRB412", place=PINE),
        read(yesterday(9), "6XYZ999"), read(yesterday(12), "6XYZ999"),
    )  # fmt: skip
    send(read(yesterday(11), "6XYZ999", place=PINE))
    page = signed_in(browser, server, officer, viewport=PHONE)
    page.goto("/")
    expect(page.get_by_role("heading", name="Parking", exact=True)).to_be_visible()
    expect(page.locator(".parking__hit")).to_have_count(3)
    fits(page)
    wrong = violations(page)
    page.get_by_role("link", name="7ABC123").click()
    expect(page.get_by_role("heading", name="Compare with the vehicle")).to_be_visible()
    fits(page)
    wrong += violations(page)
    page.get_by_role("button", name="End with this citation").click()
    expect(page.get_by_role("heading", name="The hit is not ended")).to_be_visible()
    wrong += violations(page, ["light"])
    page.get_by_label("Citation number").fill("PA-44712")
    page.get_by_role("button", name="End with this citation").click()
    expect(page.locator(".parking__hit")).to_have_count(2)
    page.get_by_role("link", name="BKRB412").click()
    expect(page.get_by_role("heading", name="Possible, not exact")).to_be_visible()
    fits(page)
    wrong += violations(page, ["light", "night"])
    page.get_by_label("The plate was misread").check()
    page.get_by_role("button", name="End without a citation").click()
    page.get_by_role("link", name="6XYZ999").click()
    expect(page.get_by_role("heading", name="The stay was broken")).to_be_visible()
    expect(page.get_by_role("button", name="End with this citation")).to_have_count(0)
    fits(page)
    page.goto(f"{reverse('parking')}?show=ended")
    expect(page.locator(".parking__hit")).to_have_count(2)
    wrong += violations(page, ["dark"])
    desk = signed_in(browser, server, administrator, viewport={"width": 1280, "height": 800})
    desk.goto(f"{reverse('parking_year')}?year={timezone.localdate().year}")
    expect(desk.get_by_role("row", name="Overtime")).to_be_visible()
    fits(desk)
    wrong += violations(desk)
    assert wrong == []
    assert ParkingHit.objects.filter(status="cited", citation_number="PA-44712").exists()
