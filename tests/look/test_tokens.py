"""The colors of tokens.css: enough contrast in each theme, and two dark blocks that are one."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
HEADS = {
    "light": '[data-theme="light"] {',
    "dark by preference": ":root:not([data-theme]) {",
    "dark": '\n[data-theme="dark"] {',
    "night": '[data-theme="night"] {',
}
GROUNDS = ("paper", "recess", "select")
LETTERS = [
    *product(("ink", "ink-2", "ink-3", "act", "ok", "warn", "stop"), GROUNDS),
    ("on-bar", "bar"),
    ("on-bar-2", "bar"),
    ("bar", "on-bar"),
    ("on-main", "main"),
    ("on-act", "act"),
    ("on-shut", "shut"),
    ("plate-ink", "plate-face"),
    ("plate-state", "plate-face"),
    ("ink-2", "land"),
]
CONTROLS = [*product(("edge", "main-edge", "act"), GROUNDS), ("ink-3", "bar")]


def colors(theme: str) -> dict[str, str]:
    """The tokens that one theme sets, by name."""
    start = TOKENS.index(HEADS[theme])
    block = TOKENS[start : TOKENS.index("}", start)]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


def luminance(color: str) -> float:
    """Relative luminance of #rrggbb as WCAG 2.1 defines it, 0 to 1."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colors, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark", "night"])
@pytest.mark.parametrize(("letter", "ground"), LETTERS)
def test_letters_stand_out(theme: str, letter: str, ground: str) -> None:
    tokens = colors(theme)
    assert contrast(tokens[letter], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "night"])
@pytest.mark.parametrize(("edge", "ground"), CONTROLS)
def test_controls_stand_out(theme: str, edge: str, ground: str) -> None:
    tokens = colors(theme)
    assert contrast(tokens[edge], tokens[ground]) >= 3


def test_the_two_dark_blocks_are_the_same() -> None:
    assert colors("dark") == colors("dark by preference")


def test_every_theme_sets_the_same_tokens() -> None:
    assert set(colors("light")) == set(colors("dark")) == set(colors("night"))


def test_night_is_dim_and_almost_without_blue() -> None:
    for name, color in colors("night").items():
        if re.fullmatch(r"#[0-9a-f]{6}", color):
            assert luminance(color) < 1 / 3, name
            red, _, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
            assert blue <= red * 0.45, name


def test_colors_are_named_in_tokens_alone() -> None:
    for sheet in (Path(settings.BASE_DIR) / "static/css").glob("*.css"):
        if sheet.name != "tokens.css":
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])|rgb\(|hsl\(", sheet.read_text()), (
                sheet.name
            )


def test_every_token_used_is_named() -> None:
    named = set(re.findall(r"--([\w-]+):", TOKENS))
    for sheet in ("components.css", "console.css", "masthead.css", "admin.css"):
        used = set(
            re.findall(r"var\(--([\w-]+)", (Path(settings.BASE_DIR) / "static/css" / sheet).read_text())
        )
        assert used <= named, sheet
