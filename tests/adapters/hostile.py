"""Messages that no device sends: any bytes, any JSON, and true messages with values changed or cut off."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            "unknown",
            "8KRB412",
            "\u0000",
            "\ud800",
            "é" * 200,
            "1e999",
            "-0",
            "%s",
            "'; --",
            "2026-11-22",
            "/9j/4AAQ",
        ]
    ),
)
NUMBERS = st.one_of(
    st.integers(),
    st.floats(allow_nan=False),
    st.sampled_from([0, -1, 10**30, -(10**400), 1e308, 1764000000, 1764000000000, 2**63]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=10), inner, max_size=5)
    ),
    max_leaves=12,
)
BODIES = st.one_of(st.binary(max_size=300), VALUES.map(lambda value: json.dumps(value).encode()))


@st.composite
def changed(draw: st.DrawFn, message: dict[str, Any]) -> bytes:
    """A true message with a few of its values changed or taken away, whole or cut off."""
    content: Any = copy.deepcopy(message)
    for _ in range(draw(st.integers(1, 4))):
        content = _change(draw, content)
    body = json.dumps(content).encode()
    return body[: draw(st.integers(0, len(body)))] if draw(st.integers(0, 9)) == 0 else body


def _change(draw: st.DrawFn, content: Any) -> Any:
    places = list(_places(content))
    if not places:
        return content
    holder, name = draw(st.sampled_from(places))
    if draw(st.booleans()):
        holder[name] = draw(VALUES)
    elif isinstance(holder, dict):
        del holder[name]
    else:
        holder.append(draw(VALUES))
    return content


def _places(content: Any) -> Any:
    pairs = content.items() if isinstance(content, dict) else enumerate(content)
    for name, value in list(pairs):
        yield content, name
        if isinstance(value, dict | list):
            yield from _places(value)
