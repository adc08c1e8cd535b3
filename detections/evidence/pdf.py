"""The one page on top of a package: what is in it, who answers for it, and how anyone checks it.

Set by typst as a tagged PDF (PDF/UA-1). What is said travels as data, never in the source.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("report.typ")
# The characters that both of its typefaces certainly have.
SET = frozenset(chr(n) for n in (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180)))
SET |= frozenset("–—‘’“”…")


def report(facts: dict[str, Any], *, at: datetime) -> bytes:
    """The page. `facts` are the texts and numbers that report.typ names; `at` is the date of the document.

    Where a text has characters that its typefaces lack, they are written as their numbers: the records hold
    the text itself.
    """
    try:
        return _compiled(facts, at)
    except typst.TypstError:
        return _compiled(_spelled(facts), at)


def _compiled(facts: dict[str, Any], at: datetime) -> bytes:
    data: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"facts": json.dumps(facts)},
        timestamp=int(at.timestamp()),
    )
    return data


def _spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _spelled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_spelled(one) for one in value]
    if not isinstance(value, str):
        return value
    return "".join(one if one in SET else f"U+{ord(one):04X}" for one in value)
