"""The database behind the models: Django's own for PostgreSQL, whose errors say what failed and not on what.

PostgreSQL adds to an error the row that failed (`DETAIL`) and the line of a copy (`CONTEXT`). Both may hold a
plate, and an error that nobody caught goes into the log and into the record of a job that failed, where it
would outlive the data.
"""

from __future__ import annotations

from types import TracebackType

import psycopg
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property


class WithoutRows(DatabaseErrorWrapper):
    """Hands on an error of the database with its first line alone."""

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Shorten the error, then raise it as Django's own of that kind."""
        if isinstance(exc_value, psycopg.Error):
            exc_value.args = tuple(_first_line(each) for each in exc_value.args)
        super().__exit__(exc_type, exc_value, traceback)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose errors are safe to be written down."""

    @cached_property
    def wrap_database_errors(self) -> WithoutRows:
        """Around everything that may raise an error of the database."""
        return WithoutRows(self)


def _first_line(value: object) -> object:
    return value.split("\n", 1)[0] if isinstance(value, str) else value
