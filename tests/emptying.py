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
_plain_flush = DatabaseOperations.execute_sql_flush


def flush(operations: DatabaseOperations, statements: Iterable[str]) -> Any:
    """Empty every table, the append-only ones too."""
    statements = [sql.replace("TRUNCATE ", f'TRUNCATE "{UNUSED}", ', 1) for sql in statements]
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only_table")
        _plain_flush(operations, statements)
        for table in APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_table")


def install() -> None:
    """Let Django's flush go this way for the whole run."""
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
