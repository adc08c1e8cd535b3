"""A real chromium for the tests of pages: found on the machine, never fetched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accounts.models import Member
from tests.hits.serving import Server, session_of

PATIENCE = 60_000
CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser. Playwright runs a loop in this thread, where the tests still ask the database."""
    with (
        mock.patch.dict(os.environ, {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
        # Within the loop Django keeps a connection of its own, which would outlive the test.
        connection.close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """One chromium, patient with a busy machine."""
    expect.set_options(timeout=PATIENCE)
    with chromium() as one:
        yield one


def signed_in(browser: Browser, server: Server, member: Member, **options: Any) -> Page:
    """A page in a session of `member`'s own; a failed script fails the test that looks at `page.problems`."""
    key = session_of(member)
    context = browser.new_context(base_url=server.address, **options)
    server.contexts.append(context)
    host = urlsplit(server.address).hostname
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": host, "path": "/"}])
    return context.new_page()
