"""Nothing in templates or static files asks the content policy for an exception."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = sorted(p for suffix in ("css", "js", "svg") for p in (ROOT / "static").rglob(f"*.{suffix}"))
OUR_STATIC = [path for path in STATIC if "vendor" not in path.parts]
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def name(path: Path) -> str:
    """A path as it is written in the project."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_inline_style_or_handler(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style\b|\sstyle\s*=", text, re.IGNORECASE)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']|javascript:|\shx-on", text, re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_scripts_come_from_files_or_are_data(path: Path) -> None:
    for attributes, body in SCRIPT.findall(path.read_text()):
        assert "src=" in attributes or 'type="application/json"' in attributes or not body.strip()


@pytest.mark.parametrize("path", [*TEMPLATES, *OUR_STATIC], ids=name)
def test_nothing_comes_from_another_host(path: Path) -> None:
    text = path.read_text()
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]{2,}", text, re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_template_compiles(path: Path) -> None:
    get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", [p for p in STATIC if p.suffix == ".css"], ids=name)
def test_every_file_a_stylesheet_names_is_there(path: Path) -> None:
    for target in re.findall(r"url\([\"']?([^\"')]+)", path.read_text()):
        assert (path.parent / target).is_file(), target


def test_the_fonts_and_htmx_come_with_their_licenses() -> None:
    assert "SIL OPEN FONT LICENSE" in (ROOT / "static/fonts/OFL.txt").read_text()
    assert "Zero-Clause BSD" in (ROOT / "static/vendor/htmx.LICENSE.txt").read_text()
    assert (ROOT / "static/vendor/htmx.min.js").is_file()


def test_htmx_writes_no_styles_evaluates_nothing_and_keeps_no_page() -> None:
    config = (ROOT / "templates/components/htmx_config.html").read_text()
    assert '"includeIndicatorStyles": false' in config
    assert '"allowEval": false' in config
    assert '"historyCacheSize": 0' in config
    for base in ("base.html", "admin/base.html"):
        assert '{% include "components/htmx_config.html" %}' in (ROOT / "templates" / base).read_text()


def test_htmx_is_loaded_once_by_the_frame() -> None:
    loading = [name(path) for path in TEMPLATES if "htmx.min.js" in path.read_text()]
    assert loading == ["templates/admin/base_site.html", "templates/base.html"]
