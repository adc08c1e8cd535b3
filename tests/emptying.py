"""The tests' own way to empty the append-only tables between transactional tests.

The triggers stay as they are in production; only the flush that Django makes after such a test switches them
off for its own transaction.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

APPEND_ONLY = ("trail_event", "trail_inquiry")
# auditlog makes its own table although ours stands in its place; it refers to members, so it goes along.
UNUSED = "auditlog_logentry"
# What the models themselves say, which no test changes: kept, and so are the keys that refer to it.
KEPT = ("django_content_type", "auth_permission")
_plain_flush = DatabaseOperations.execute_sql_flush


def flush(operations: DatabaseOperations, statements: Iterable[str]) -> Any:
    """Empty every table but those kept, the append-only ones too."""
    statements = [_widened(sql) for sql in statements]
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only_table")
        _plain_flush(operations, statements)
        for table in APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_table")


def _widened(sql: str) -> str:
    truncate, _, named = sql.partition(" ")
    tables = [each.strip(" ;") for each in named.split(",")]
    assert truncate == "TRUNCATE", sql
    return f"TRUNCATE {', '.join([UNUSED, *(each for each in tables if each.strip(chr(34)) not in KEPT)])};"


def install() -> None:
    """Let Django's flush go this way for the whole run."""
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
