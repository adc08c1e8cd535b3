"""The pages of forwarding: by hand from the agreement to the receipt, on both sides; refusals in words."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.models import Agreement, Member
from detections.forwarding import sending
from detections.models import Camera, Forwarding, ForwardSource, ReaderKey
from tests.axe import violations
from tests.forwarding.conftest import Feed
from tests.hits.browsing import signed_in
from tests.hits.serving import Server


def at(member: Member) -> Client:
    """A session of the member."""
    client = Client()
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_pages_are_for_who_makes_agreements_and_for_their_own(
    agreement: Agreement, administrator: Member, operator: Member, centre_chief: Member, source: ForwardSource
) -> None:
    """Another agency’s are 404; two people are asked for with a sentence; a key is shown once."""
    form = {"agreement": agreement.pk, "address": "http://centre.example.gov", "secret": "abc-secret"}
    assert at(operator).get("/forwarding/").status_code == 403
    refused = at(administrator).post("/forwarding/new/", form)
    assert refused.status_code == 422
    assert "go in the clear" in refused.content.decode()
    assert "abc-secret" not in refused.content.decode()
    form["address"] = "https://centre.example.gov"
    assert at(administrator).post("/forwarding/new/", form).status_code == 302
    made = Forwarding.objects.get()
    page = f"/forwarding/{made.pk}/"
    assert at(centre_chief).get(page).status_code == 404
    own = at(administrator).post(f"{page}approve/")
    assert own.status_code == 422
    assert "proposed this forwarding yourself" in own.content.decode()
    assert at(administrator).post(f"{page}nothing/").status_code == 404
    assert at(administrator).post(f"{page}again/").status_code == 422
    theirs = f"/forwarding/sources/{source.pk}/"
    assert at(administrator).get(theirs).status_code == 404
    issued = at(centre_chief).post(f"{theirs}issue/").content.decode()
    shown = re.search(r'data-copy="Key">([\w-]{43})<', issued)
    assert shown is not None
    assert shown[1] not in at(centre_chief).get(theirs).content.decode()
    assert at(centre_chief).post(f"{theirs}end/", {"why": ""}).status_code == 422
    assert at(centre_chief).post(f"{theirs}revoke/", {"key": "x"}).status_code == 404


@pytest.mark.browser
def test_from_the_agreement_to_the_receipt_in_a_browser(
    browser: Browser, server: Server, agreement: Agreement, administrator: Member, second_chief: Member,
    centre_chief: Member, feed: Feed, tmp_path: Path, settings: Any,
) -> None:  # fmt: skip
    """The centre registers the source; the department proposes, another approves; both see what came in."""
    looks = Path(os.environ.get("ALPR_TEST_LOOKS", tmp_path))
    settings.DATA_DIR = server.folder  # Where the server keeps the key.
    there = signed_in(browser, server, centre_chief)
    there.goto("/forwarding/sources/new/")
    there.get_by_label("Agency that sends").fill("Alder Police Department")
    there.get_by_label("Short name").fill("ald")
    there.get_by_label("The agreement").fill("MOU 2026-4")
    there.get_by_role("button", name="Register it").click()
    there.get_by_role("button", name="Issue a key").click()
    secret = there.locator('[data-copy="Key"]').inner_text()
    there.screenshot(path=looks / "key.png", full_page=True)
    here = signed_in(browser, server, administrator)
    here.goto("/forwarding/")
    here.get_by_role("link", name="Forward to a centre").click()
    here.get_by_label("Address of the centre").fill(server.address)
    here.get_by_label("The centre’s key").fill(secret)
    here.screenshot(path=looks / "propose.png", full_page=True)
    here.get_by_role("button", name="Propose it").click()
    second = signed_in(browser, server, second_chief)
    second.goto(here.url.removeprefix(server.address))
    second.get_by_role("button", name="Approve").click()
    forwarding = Forwarding.objects.get()
    feed("a", "b", "c")
    assert sending.run(forwarding.pk) == 3
    Camera.objects.filter(forwarded__isnull=False).update(is_active=False)
    feed("d")
    sending.run(forwarding.pk)
    Forwarding.objects.update(
        failure="The centre does not answer in time.", failures=2, failing_since=timezone.now(),
        next_try_at=timezone.now() + timedelta(minutes=2),
    )  # fmt: skip
    second.reload()
    assert second.get_by_text("3 detections").is_visible()
    assert second.get_by_text("out of service there").is_visible()
    for name, page, address in (
        ("forwarding", second, f"/forwarding/{forwarding.pk}/"),
        ("list", second, "/forwarding/"),
        ("source", there, f"/forwarding/sources/{ForwardSource.objects.get().pk}/"),
    ):
        page.goto(address)
        assert violations(page, ("light", "night")) == []
        for theme, width in (("light", 1280), ("night", 1280), ("light", 390)):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (name, wide)
            page.screenshot(path=looks / f"{name}-{theme}-{width}.png", full_page=True)
    assert there.get_by_text("ald-cam-12").is_visible()
    assert ReaderKey.objects.count() == 0
