"""The trail cannot be rewritten: not through the models, not by SQL, not by the table's owner."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import Member
from trail.models import AppendOnly, Event
from trail.services import record
from trail.verbs import Verb

STATEMENTS = [
    "UPDATE trail_event SET actor_label = 'Somebody else'",
    "DELETE FROM trail_event",
    "TRUNCATE trail_event",
    "UPDATE trail_inquiry SET reason = 'another'",
    "DELETE FROM trail_inquiry",
    "TRUNCATE trail_inquiry CASCADE",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_to_rewrite(operator: Member, statement: str) -> None:
    from accounts.services import purpose_state

    purpose_state(actor=operator, offense="robbery", case_number="26-11873")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE relname = 'trail_event'"
        )
        assert cursor.fetchone() == (True,)
        for role in ("origin", "replica"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():  # noqa: PT012
                if connection.settings_dict["USER"] == "postgres":
                    cursor.execute(f"SET LOCAL session_replication_role = {role}")
                cursor.execute(statement)


def test_an_event_is_neither_saved_again_nor_deleted(operator: Member) -> None:
    event = record(operator, Verb.SIGNED_IN)
    with pytest.raises(AppendOnly):
        event.save()
    with pytest.raises(AppendOnly):
        event.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.all().delete()


def test_auditlogs_own_flush_removes_nothing(operator: Member) -> None:
    before = Event.objects.count()
    assert before > 0
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        call_command("auditlogflush", "--yes")
    assert Event.objects.count() == before
