"""Bodies of several parts that are no form: `multipart/mixed` and its kin, as some cameras send them."""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from typing import IO, Any

from django.conf import settings
from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser

from detections.adapters.shape import Part
from detections.api.batches import DATA_PART, WholeBody
from training.api.errors import BadRequest

PARTS = "parts"
LONGEST_BOUNDARY = 70
LONGEST_HEAD = 8_192


class MixedParts(BaseParser):
    """Gives the parts of a body in their order, as `parts`; a form's own parser comes before this one."""

    media_type = "multipart/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """The parts by name. Raises `BadRequest` for a body that is cut off, or has too many or too much."""
        body = WholeBody().parse(stream)[DATA_PART]
        _, words = parse_header_parameters(media_type or "")
        return {PARTS: parts_of(body, words.get("boundary", "").encode(errors="replace"))}


def parts_of(body: bytes, boundary: bytes) -> list[Part]:
    """The parts between the boundaries (RFC 2046), each named by its own head or by its place."""
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        raise BadRequest("The message names no boundary between its parts.", code="bad_message")
    most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
    fence = b"\r\n--" + boundary
    _, *pieces = (b"\r\n" + body).split(fence, most + 2)
    last = next((number for number, piece in enumerate(pieces) if piece.startswith(b"--")), len(pieces))
    if last > most:
        raise BadRequest(f"The message has more than {most} parts.", code="too_large", status=413)
    if last == len(pieces):
        raise BadRequest("The message was cut off: it has no last boundary.", code="bad_message")
    return [_part(piece, number) for number, piece in enumerate(pieces[:last], start=1)]


def _part(piece: bytes, number: int) -> Part:
    """One part: its head, an empty line, its content."""
    head, empty, content = piece.lstrip(b" \t").removeprefix(b"\r\n").partition(b"\r\n\r\n")
    if not empty or len(head) > LONGEST_HEAD:
        raise BadRequest(f"Part {number} of the message has no head of its own.", code="bad_message")
    told = message_from_bytes(head + b"\r\n\r\n")
    name = _said(told, "name") or _said(told, "filename") or f"part {number}"
    file_name = _said(told, "filename")
    if not file_name and told.get_content_maintype() == "image":
        file_name = name
    return Part(name, file_name, content)


def _said(head: Message, word: str) -> str:
    """A word of the part's `Content-Disposition`, or of its type; empty where neither has it.

    A head that no device writes, such as one with a word in pieces of which some have no number, names none.
    """
    for header in ("content-disposition", "content-type"):
        try:
            said = head.get_param(word, header=header)
        except (ValueError, TypeError):
            continue
        if isinstance(said, str) and said.isprintable():
            return said.strip()
    return ""
