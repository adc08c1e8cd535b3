"""Matching and approving take turns, so that no batch meets a hot plate between its old form and its new.

A batch asks for whole plates, for shapes and for anchors one after the other. A hot plate that a change turns
from a part of a plate into the whole between two of these would be met in neither form. So an approval waits
for the batches under way, and those that come meanwhile wait for it; batches do not wait for each other.
"""

from __future__ import annotations

from django.db import connection

from accounts.models import Agency

LOCK = 7_284_002


def to_match(agency: Agency) -> None:
    """Let no approval at the agency come between, until the transaction ends."""
    _take("SELECT pg_advisory_xact_lock_shared(%s, %s)", agency)


def to_approve(agency: Agency) -> None:
    """Wait for the agency's batches under way, and let none begin until the transaction ends."""
    _take("SELECT pg_advisory_xact_lock(%s, %s)", agency)


def _take(lock: str, agency: Agency) -> None:
    with connection.cursor() as cursor:
        cursor.execute(lock, [LOCK, agency.pk])
