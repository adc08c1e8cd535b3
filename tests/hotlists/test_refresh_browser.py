"""The page of a file in a real browser: it tells by itself how far the worker has come."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import Member
from hotlists import loading
from hotlists.models import Entry, HotList, Refresh
from hotlists.services import refresh_receive
from tests.hits.browsing import chromium, signed_in
from tests.hits.conftest import evidence, one_factor
from tests.hits.serving import Server, server, uvicorn
from tests.hotlists.conftest import csv

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["evidence", "one_factor", "server", "uvicorn"]


def test_the_page_follows_the_file_without_being_loaded_again(
    server: Server, general_list: HotList, administrator: Member, media: Path
) -> None:
    refresh = refresh_receive(
        actor=administrator, hot_list=general_list, file=csv("1A,CA,Stolen", "bad"), file_name="svs.csv",
        how=Refresh.How.UPLOAD,
    )  # fmt: skip
    with chromium() as browser:
        page = signed_in(browser, server, administrator)
        asked: list[str] = []
        page.on("framenavigated", lambda frame: asked.append(frame.url))
        page.goto(f"/hot-lists/{general_list.pk}/files/{refresh.pk}/")
        expect(page.get_by_role("heading", name="Received", exact=True)).to_be_visible()
        Refresh.objects.update(state="checking", bytes_read=refresh.size // 2)
        expect(page.get_by_role("heading", name="% read")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_be_visible()
        loading.run(general_list.pk)
        expect(page.get_by_role("heading", name="Waits for a person")).to_be_visible()
        assert len(asked) == 1
        page.get_by_role("button", name="Load it: 1 added, 0 changed, 0 removed").click()
        expect(page.get_by_role("heading", name="Confirmed, to be loaded")).to_be_visible()
        loading.run(general_list.pk)
        expect(page.get_by_role("heading", name="Loaded", exact=True)).to_be_visible()
        assert page.get_by_role("progressbar").count() == 0
    assert Entry.objects.in_use().get().plate == "1A"
