"""The rows that something made, kept and copied in again: what took a hundred statements then takes a few.

A test's rows go with its transaction, or with the flush after it; sequences run on. So rows that were made
once, with their keys, can stand in any later test, and no row that the test makes itself is in their way.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.db.models import IntegerField, Model

Made = TypeVar("Made", bound=Model)
_kept: dict[Hashable, "Rows"] = {}


@dataclass(frozen=True)
class Rows:
    """What was made: the key of the one that was asked for, and each table's new rows as COPY writes them."""

    pk: int
    tables: dict[str, bytes]

    def copy_in(self) -> None:
        """Put the rows into their tables again."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self.tables.items():
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(rows)


def made(key: Hashable, model: type[Made], make: Callable[[], Made]) -> Made:
    """What `make` makes; from the second time on a copy of the same rows, under the same keys."""
    if key in _kept:
        _kept[key].copy_in()
    else:
        before = _newest()
        one = make()
        _kept[key] = Rows(one.pk, _rows_after(before))
    return model._default_manager.get(pk=_kept[key].pk)


@cache
def _numbered() -> dict[str, str]:
    """The tables whose rows are numbered, with the column of the number."""
    models = apps.get_models(include_auto_created=True)
    pks = {model._meta.db_table: model._meta.pk for model in models if model._meta.managed}
    return {table: pk.column for table, pk in pks.items() if isinstance(pk, IntegerField)}


def _newest() -> dict[str, int]:
    each = (f"SELECT '{table}', coalesce(max({pk}), 0) FROM \"{table}\"" for table, pk in _numbered().items())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())


def _rows_after(before: dict[str, int]) -> dict[str, bytes]:
    tables = {}
    with connection.cursor() as cursor:
        for table, newest in _newest().items():
            if newest > before[table]:
                new = f'SELECT * FROM "{table}" WHERE {_numbered()[table]} > {before[table]}'
                with cursor.copy(f"COPY ({new}) TO STDOUT") as copy:
                    tables[table] = b"".join(bytes(part) for part in copy)
    return tables
