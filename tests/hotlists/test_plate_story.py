"""A part of a plate in a real browser: previewed, entered, approved by the member's supervisor, renewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Member
from hotlists.models import Entry, HotList
from hotlists.wanted import end_of
from tests.axe import violations
from tests.hits.browsing import browser, signed_in
from tests.hits.serving import Server, server, uvicorn
from tests.hotlists.conftest import SYNOPSIS
from tests.search.conftest import Detect, detect, evidence

__all__ = ["browser", "detect", "evidence", "server", "uvicorn"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def accessible(page: Page) -> None:
    """Fail on whatever axe finds on the page as it stands."""
    assert violations(page, ["light"]) == []


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def fill_in(page: Page) -> None:
    """Type a part of a plate, with all that a hot plate carries."""
    page.get_by_label("Case number").fill("26-11873")
    page.get_by_label("Kind of case").select_option("robbery")
    page.get_by_label("What the vehicle is wanted for").fill("Robbery, armed suspects")
    page.get_by_label("Short synopsis").fill(SYNOPSIS)
    page.get_by_label("Plate", exact=True).fill("8ab?1*")
    page.get_by_label("State of issue").select_option("CA")
    page.get_by_label("Color").fill("gray")
    page.get_by_label("Last day on the list").fill(day(7))


def test_a_part_of_a_plate_from_its_preview_to_its_renewal(
    browser: Browser,
    server: Server,
    operator: Member,
    supervisor: Member,
    specific_list: HotList,
    detect: Detect,
) -> None:
    Member.objects.filter(pk=operator.pk).update(supervisor=supervisor)
    detect("8AB710", color="gray")
    page = signed_in(browser, server, operator)
    page.goto("/hot-plates/new/")
    accessible(page)
    fill_in(page)
    page.get_by_role("button", name="Enter for approval").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What it would have met")
    expect(page.locator(".page__lede")).to_contain_text("1 read of 1 vehicle")
    accessible(page)
    page.get_by_role("button", name="Go back and change it").click()
    expect(page.get_by_label("Plate", exact=True)).to_have_value("8ab?1*")
    page.get_by_role("button", name="Enter for approval").click()
    page.get_by_role("button", name="Enter for approval").click()
    expect(page.locator(".page__lede")).to_contain_text("Waits for Supervisor 3017 or an administrator")
    assert "8AB" not in page.url.upper()
    entry = Entry.objects.get()
    approved_and_renewed(browser, server, page, entry, supervisor)


def approved_and_renewed(
    browser: Browser, server: Server, page: Page, entry: Entry, supervisor: Member
) -> None:
    """The supervisor approves; near its end the member renews it; the supervisor sees what changes."""
    theirs = signed_in(browser, server, supervisor)
    theirs.goto(f"/hot-plates/{entry.pk}/")
    theirs.get_by_role("button", name="Approve this hot plate").click()
    expect(theirs.locator(".page__lede")).to_contain_text("In use through")
    Entry.objects.filter(pk=entry.pk).update(expires_at=end_of(timezone.localdate() + timedelta(days=1)))
    page.goto("/hot-plates/")
    expect(page.get_by_role("heading", name="Yours that end without result")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name=f"Renew hot plate {entry.pk}, or let it go").click()
    page.get_by_label("Last day on the list").fill(day(20))
    page.get_by_role("button", name="Renew it").click()
    expect(page.locator(".page__lede")).to_contain_text("stays in force until then")
    new = Entry.objects.get(replaces=entry)
    theirs.goto(f"/hot-plates/{new.pk}/")
    expect(theirs.get_by_role("heading", name="What would change")).to_be_visible()
    accessible(theirs)
    theirs.get_by_role("button", name="Approve this hot plate").click()
    expect(theirs.locator(".page__lede")).to_contain_text("In use through")
    entry.refresh_from_db()
    assert entry.closed_why == f"Replaced by {new}."
