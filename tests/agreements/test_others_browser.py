"""Another department’s detections in a real browser: chosen, approved by a second person, shown as whose."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import Agency, Member
from accounts.roles import Role
from detections.models import Camera
from tests.agreements.conftest import Agree
from tests.hits.browsing import browser, signed_in
from tests.hits.conftest import stored_picture
from tests.hits.serving import Server, server, uvicorn
from tests.search.conftest import Detect
from tests.search.test_search_browser import LAPTOP, PHONE, state_purpose, too_wide, violations
from trail.models import Event
from trail.verbs import Verb
from training.agreements import agreement_end

__all__ = ["browser", "server", "uvicorn"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLATE = "8KRB412"


def check(page: Page) -> None:
    """The page passes axe, and nothing of it stands outside a phone's screen."""
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert too_wide(page) == 0
    page.set_viewport_size(LAPTOP)


def test_anothers_detections_are_chosen_approved_and_shown(
    browser: Browser, server: Server, agree: Agree, detect: Detect, operator: Member, supervisor: Member,
    neighbor: Agency, neighbor_chief: Member, camera: Camera, neighbor_camera: Camera,
) -> None:  # fmt: skip
    agreement = agree(roles=(Role.OPERATOR,))
    name, box = stored_picture(PLATE, night=False)
    detect(PLATE, hours_ago=3, image=name, box=box)
    detect(PLATE, hours_ago=2, camera=neighbor_camera, image=name, box=box)
    page = signed_in(browser, server, operator, viewport=LAPTOP)
    page.goto(reverse("search"))
    expect(page.get_by_label("Alder", exact=True)).to_be_checked()
    state_purpose(page)
    page.get_by_label("Plate", exact=True).fill(PLATE)
    page.get_by_label("Eastmoor", exact=True).check()
    expect(page.get_by_role("heading", name="This search needs a second person")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Record the purpose and ask a second person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This search waits for a second person")
    results = page.url

    second = signed_in(browser, server, supervisor, viewport=LAPTOP)
    second.goto(reverse("searches_waiting"))
    second.get_by_role("table").get_by_role("link").click()
    expect(second.get_by_role("main")).to_contain_text("detections of Alder and Eastmoor")
    second.get_by_role("button", name="Approve this search").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Searches that wait for a second person")

    page.goto(results)
    expect(page.get_by_role("row", name="Eastmoor")).to_have_count(1)
    check(page)
    page.get_by_role("row", name="Eastmoor").get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text("Eastmoor Police Department, whose trail names you")
    check(page)
    page.get_by_role("link", name="History of this vehicle").click()
    expect(page.get_by_role("main")).to_contain_text("Eastmoor, before")
    check(page)
    assert Event.objects.filter(agency=neighbor, actor=operator, verb=Verb.HISTORY_VIEWED).exists()

    agreement_end(actor=neighbor_chief, agreement=agreement, why="The memorandum was cancelled")
    page.goto(results)
    expect(page.get_by_role("main")).to_contain_text("No agreement in force lets you search")
