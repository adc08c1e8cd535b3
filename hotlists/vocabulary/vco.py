"""Colors: the codes of the VCO field, what cameras and people call them, and which look alike to cameras."""

from __future__ import annotations

import re
from functools import lru_cache

from hotlists.vocabulary.tables import key_of, lookup

CODES, NAMES = lookup("""
BGE beige; sand, champagne, taupe, TPE, khaki
BLK black; ebony
BLU blue; royal blue, medium blue
BRO brown; dark brown, light brown, BRN
BRZ bronze
COM chrome; stainless steel, stainless
CPR copper
CRM cream; ivory, off-white, pearl
DBL dark blue; navy, navy blue, blue dark, midnight blue
DGR dark green; green dark, forest green
GLD gold; golden, gold beige
GRN green; olive, medium green
GRY gray; grey, charcoal, dark gray, dark grey, light gray, light grey, gunmetal, graphite, gray silver
LAV lavender; mauve, MVE, light purple
LBL light blue; blue light, sky blue
LGR light green; green light, lime
MAR maroon; burgundy, dark red, wine
MUL multicolored; multicolor, multi, many colors, camouflage, CAM
ONG orange; ORG
PLE purple; violet, amethyst, AME, PUR
PNK pink
RED red; crimson
SIL silver; aluminum, silver gray, silver grey, gray or silver, metallic, SLV
TAN tan
TRQ turquoise; teal, TEA, TEL, aqua, cyan
WHI white; WHT, pearl white
YEL yellow; YLW
""")
COLORS = tuple(NAMES)
# What cameras take for each other, by families that may share a color. It is a choice of this system, made
# from what street light, shade and infrared do to paint; no source prescribes it.
FAMILIES = (
    {"SIL", "GRY", "COM"},
    {"SIL", "WHI"},
    {"WHI", "CRM"},
    {"GRY", "BLK"},
    {"BLK", "DBL"},
    {"BLK", "DGR"},
    {"BLU", "DBL", "LBL"},
    {"LBL", "SIL", "GRY"},
    {"BLU", "TRQ"},
    {"GRN", "TRQ"},
    {"GRN", "DGR", "LGR"},
    {"BGE", "TAN", "GLD", "CRM"},
    {"BRO", "BRZ", "CPR", "TAN"},
    {"GLD", "BRZ"},
    {"GLD", "YEL"},
    {"BRO", "MAR"},
    {"RED", "MAR"},
    {"RED", "ONG"},
    {"ONG", "CPR"},
    {"PLE", "LAV", "MAR"},
    {"PLE", "DBL"},
    {"PNK", "LAV"},
)
_ALIKE = {(a, b) for family in FAMILIES for a in family for b in family}
_TWO = re.compile(r"/|\\|\+|\bover\b|\band\b", re.IGNORECASE)


@lru_cache(4096)
def colors(text: str) -> tuple[str, ...]:
    """The codes of a text that names one color or two, the upper first: `BLU/WHI`, `blue over white`.

    Colors that are not known are left out.
    """
    whole = CODES.get(key_of(text))
    if whole:
        return (whole,)
    parts = (CODES.get(key_of(part), "") for part in _TWO.split(text))
    return tuple(dict.fromkeys(code for code in parts if code))


def color(text: str) -> str:
    """The VCO code of a color, `SIL` for `silver`; the first of two; empty where it is not known."""
    known = colors(text)
    return known[0] if known else ""


def name_of_color(code: str) -> str:
    """A color in words, `gray` for `GRY`, `blue and white` for `BLU/WHI`; a text that is none stays."""
    return " and ".join(NAMES[one] for one in colors(code)) or code


def alike_colors(a: str, b: str) -> bool:
    """Whether a camera may take one color for the other, or they are the same; each a code or a word.

    Of two-tone vehicles one color is enough, and a multicolored one is like any. False where one of them is
    not known: what is not known is no comparison.
    """
    first, second = colors(a), colors(b)
    if not first or not second:
        return False
    if "MUL" in first or "MUL" in second:
        return True
    return any(one == other or (one, other) in _ALIKE for one in first for other in second)
