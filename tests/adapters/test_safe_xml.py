"""XML that is meant to harm: definitions, entities, depth, size."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detections.adapters import safe_xml
from detections.adapters.shape import BadMessage

LAUGHS = b'<!ENTITY l0 "lol">' + b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10) for number in range(1, 10)
)


@pytest.mark.parametrize(
    "text",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://localhost/x.dtd">%b;]><a/>',
        b"<!DOCTYPE a [" + LAUGHS + b"]><a>&l9;</a>",
    ],
    ids=["entity", "external type", "external entity", "parameter entity", "laughs"],
)
def test_definitions_are_refused(text: bytes) -> None:
    with pytest.raises(BadMessage, match="defines entities"):
        safe_xml.root(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<a>",
        b"<a>&b;</a>",
        b"<a/><b/>",
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b"<a>\xff</a>",
        b"\x00\x00<a/>",
        b"<a:b/>",
    ],
)
def test_what_is_no_xml_is_refused(text: bytes) -> None:
    with pytest.raises(BadMessage, match="not XML"):
        safe_xml.root(text)


@pytest.mark.parametrize("text", [b"<a>" * 100_000, b"<a>" + b"<b/>" * 100_000 + b"</a>"])
def test_depth_and_number_are_bounded(text: bytes) -> None:
    with pytest.raises(BadMessage, match="more elements"):
        safe_xml.root(text)


def test_the_size_is_bounded(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    with pytest.raises(BadMessage, match="100 bytes"):
        safe_xml.root(b"<a>" + b"x" * 100 + b"</a>")


def test_elements_are_found_by_local_names() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><a xmlns:b="c"><b:d> é </b:d></a>'
    root = safe_xml.root(text.encode("utf-16"))
    assert safe_xml.local_name(root) == "a"
    assert safe_xml.said(root, "d") == "é"
    assert safe_xml.said(root, "d", "e") == ""


def _reads(text: bytes) -> None:
    """Reads, or refuses with a sentence."""
    try:
        found = safe_xml.local_name(safe_xml.root(text))
    except BadMessage as bad:
        found = str(bad)
    assert found


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    _reads(text)


@given(st.text(max_size=200))
def test_any_text_within_is_read_or_refused(text: str) -> None:
    _reads(f"<a>{text}</a>".encode(errors="replace"))
