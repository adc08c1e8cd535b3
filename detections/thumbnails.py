"""The small pictures of a page of results: sent only with leave, which a recorded page gives to who saw it.

A page of results is one event that says how many pictures it showed; its small pictures are no events of
their own, and without the page there is no leave to load one.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from accounts.models import Member
from detections.models import Search

GOOD_FOR = timedelta(hours=1)
_SIGNER = TimestampSigner(salt="detections.thumbnails")


def leave_to_see(member: Member, search: Search, detection: uuid.UUID) -> str:
    """The leave for one small picture of a page that was recorded, good for `GOOD_FOR`."""
    signed = _SIGNER.sign(_what(member, search, detection))
    return ":".join(signed.rsplit(":", 2)[1:])


def has_leave(member: Member, search: Search, detection: uuid.UUID, leave: str) -> bool:
    """Whether `leave` was given to this member for this picture among the results of this search."""
    try:
        _SIGNER.unsign(f"{_what(member, search, detection)}:{leave}", max_age=GOOD_FOR)
    except BadSignature:
        return False
    return True


def _what(member: Member, search: Search, detection: uuid.UUID) -> str:
    return f"{member.pk}.{search.pk}.{detection}"
