"""What a console in a browser has sounded and shows."""

from __future__ import annotations

import time

from playwright.sync_api import Page, expect

from detections.models import Hit
from hotlists.models import HotList, Priority
from tests.hits.conftest import MakeHit


def rang(page: Page) -> list[str]:
    """The ids that sounded in this page, one for each time."""
    return [pk for sound in page.evaluate("window.rang") for pk in sound["ids"]]


def until_rang(page: Page, times: int) -> None:
    """Wait until this page has sounded so often; a broken one is waited for half a minute."""
    until = time.monotonic() + 30
    while page.evaluate("window.rang.length") < times:
        assert time.monotonic() < until, "It did not sound."
        page.wait_for_timeout(50)


def priorities(page: Page) -> list[int]:
    """The priorities whose tones were played in this page."""
    return [sound["priority"] for sound in page.evaluate("window.rang")]


def shown(page: Page, hit: Hit) -> None:
    """Wait until a hit is in the list, once."""
    expect(page.locator(f"[data-hit='{hit.pk}']")).to_have_count(1)


def high(make_hit: MakeHit, list_: HotList, plate: str) -> Hit:
    """A hit of high priority, as its list says."""
    HotList.objects.filter(pk=list_.pk).update(priority=Priority.HIGH)
    hit = make_hit(plate)
    HotList.objects.filter(pk=list_.pk).update(priority=Priority.NORMAL)
    return hit
