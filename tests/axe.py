"""What axe finds on a page (WCAG 2.1 AA): by all of its rules once, by those of color in each theme."""

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

THEMES = ("light", "dark", "night")
STANDARD = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
# A theme changes colors and nothing else; axe's rules of structure would answer alike in each.
COLOR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def violations(page: Page, themes: Iterable[str] = THEMES) -> list[str]:
    """Each violation as a readable line: under the first theme by every rule, then by those of color."""
    found, rules = [], STANDARD
    for theme in themes:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        page.wait_for_timeout(150)
        found += [f"{page.url} in {theme}: {line}" for line in _run(page, rules)]
        rules = COLOR
    return found


def _run(page: Page, rules: dict[str, Any]) -> list[str]:
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    response: dict[str, Any] = Axe().run(page, options=options).response
    return [
        f"{wrong['id']}, {wrong['help']} {[node['target'] for node in wrong['nodes']][:3]}"
        for wrong in response["violations"]
    ]
