"""XML of readers, read safely: no definitions, no entities, nothing from elsewhere, and bounded in every way.

Elements are found by their local names, since the makers' namespaces differ from one release to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.conf import settings

from detections.adapters.shape import BadMessage

DEEPEST = 20
MOST_ELEMENTS = 2_000


class _Bounded(TreeBuilder):
    """Builds a tree that is neither deep nor large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        """Open an element. Raises `BadMessage` beyond the bounds."""
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            raise BadMessage("The XML has more elements, or more within each other, than any reader sends.")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Element:
        """Close it."""
        self._depth -= 1
        return super().end(tag)


def root(text: bytes) -> Element:
    """The outermost element of an XML text. Raises `BadMessage`, also for definitions and entities."""
    if len(text) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise BadMessage(f"The XML has more than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes.")
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(text.lstrip(b" \t\r\n"))
        found = parser.close()
    except DefusedXmlException:
        raise BadMessage("The XML defines entities or a document type, which no reader does.") from None
    except BadMessage:
        raise
    except (ParseError, ValueError, LookupError, AssertionError):
        raise BadMessage("The message is not XML that can be read.") from None
    if not isinstance(found, Element):
        raise BadMessage("The message is not XML that can be read.")
    return found


def local_name(element: Element) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def every(element: Element | None, name: str) -> Iterator[Element]:
    """The elements of that name directly within another."""
    return (each for each in (() if element is None else element) if local_name(each) == name)


def within(element: Element | None, *path: str) -> Element | None:
    """The first element along a path of names; None where there is none."""
    for name in path:
        element = next(every(element, name), None)
    return element


def said(element: Element | None, *path: str) -> str:
    """The text of the first element along a path of names; empty where there is none."""
    found = within(element, *path)
    return (found.text or "").strip() if found is not None else ""
