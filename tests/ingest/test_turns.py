"""A batch and an approval at the same moment: the vehicle is met once, in its old form or its new."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.models import Member
from detections.models import ReaderKey
from hotlists.models import Entry, HotList
from hotlists.patterns import anchor_of
from hotlists.plates import fold
from hotlists.services import hot_plate_approve
from tests.ingest.test_matching import send

WAITS = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE NOT granted AND locktype = 'advisory' AND datname = current_database()
)
"""


@pytest.fixture
def hot_plate(specific_list: HotList, operator: Member) -> Callable[..., Entry]:
    """Makes a hot plate: `hot_plate("8KR?412", state_of_entry="in_use")`."""

    def make(plate: str, **facts: Any) -> Entry:
        anchor = anchor_of(plate=plate)
        return Entry.objects.create(
            hot_list=specific_list, plate=plate, anchor=anchor, plate_key="" if anchor else fold(plate),
            state="CA", reason="Robbery", entered_by=operator, case_number="26-11873",
            synopsis="Driver wanted for the Quay St robbery.",
            expires_at=timezone.now() + timedelta(days=5), **facts,
        )  # fmt: skip

    return make


def _waits(cursor: CursorWrapper) -> bool:
    cursor.execute(WAITS)
    return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "after", "question"),
    [
        ("8KR?412", "8KRB412", '"plate_key" = ANY'),
        ("8KR?412", "8KRB*", "split_part"),
        ("8KRB412", "8KR?412", '"plate_key" = ANY'),
    ],
)
def test_a_hot_plate_whose_change_is_approved_between_two_questions_rings_once(
    reader_key: tuple[ReaderKey, str],
    hot_plate: Callable[..., Entry],
    supervisor: Member,
    before: str,
    after: str,
    question: str,
) -> None:
    old = hot_plate(before, state_of_entry=Entry.State.IN_USE)
    new = hot_plate(after, replaces=old)
    failed: list[Exception] = []

    def approve() -> None:
        try:
            hot_plate_approve(actor=supervisor, entry=new)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    approval, asked = threading.Thread(target=approve), False

    def between(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        """Approve after one of the questions, as far as the approval comes."""
        nonlocal asked
        result = execute(sql, *given)
        if not asked and question in sql:
            asked = True
            approval.start()
            with connection.cursor() as cursor:
                while approval.is_alive() and not _waits(cursor):
                    approval.join(0.01)
        return result

    with connection.execute_wrapper(between):
        hits = send(reader_key)
    approval.join()
    assert (asked, failed) == (True, [])
    assert len(hits) == 1
    new.refresh_from_db()
    assert new.state_of_entry == Entry.State.IN_USE
    assert [hit.entry for hit in send(reader_key, "8KRB412", "")] == [new]
