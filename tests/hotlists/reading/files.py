"""Files as bytes, read as the tests need them: no list, no database."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from hotlists.models import Mapping
from hotlists.reading import LeftOut, Problem, Reading, Row
from hotlists.reading.rules import Rules

TODAY = date(2026, 11, 22)
HEADER = "plate,state,reason"
Found = Row | Problem | LeftOut


def opened(content: bytes, mapping: Mapping | None = None, rules: Rules | None = None) -> Reading:
    """The file, opened."""
    return Reading(io.BytesIO(content), mapping, rules or Rules(), TODAY)


def read(content: bytes, mapping: Mapping | None = None, rules: Rules | None = None) -> list[Found]:
    """Everything that the file says."""
    return list(opened(content, mapping, rules).rows())


def only(content: str | bytes, mapping: Mapping | None = None, rules: Rules | None = None) -> Any:
    """What the file's one entry is."""
    (found,) = read(content.encode() if isinstance(content, str) else content, mapping, rules)
    return found


def why(values: str, header: str = HEADER) -> str:
    """Why a line under this header is no entry."""
    found = only(f"{header}\n{values}\n")
    assert isinstance(found, Problem)
    assert found.line == 2
    return found.why


def mapping(columns: list[dict[str, Any]], **other: Any) -> Mapping:
    """A mapping that is not saved; delimited by semicolons unless said otherwise."""
    given = {"name": "Test", "source": "svs", "delimiter": ";", "columns": columns} | other
    return Mapping(**given)


def at(**places: int) -> list[dict[str, Any]]:
    """Columns by index: `at(plate=0, reason=1)`."""
    return [{"field": field, "index": index} for field, index in places.items()]


def fixed(*widths: tuple[str, int], **other: Any) -> Mapping:
    """A fixed-length mapping, its fields one after another."""
    columns, start = [], 1
    for field, length in widths:
        columns.append({"field": field, "start": start, "length": length})
        start += length
    return mapping(columns, form=Mapping.Form.FIXED, **other)
