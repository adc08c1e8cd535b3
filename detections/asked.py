"""Questions that every batch asks: their SQL is worked out once, and not at each batch.

Building a query took Django longer than PostgreSQL took to answer it. What is asked stays where it is said,
in querysets; only the values change from batch to batch.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils import timezone

from detections.lookups import one_parameter

Values = Callable[..., "models.QuerySet[Any, Any]"]


class Asked:
    """A queryset of plain values as a function of named values, compiled at its first use in this process.

    `samples` gives for each name a value that stands nowhere else in the query, so that its place can be
    found; a list is of a look-up by `one_of`. Other times in the query are taken as now. Raises ValueError
    where a sample is not found in it.
    """

    def __init__(self, build: Values, **samples: Any) -> None:
        self._build = build
        self._samples = samples
        self._sql = ""
        self._parts: list[tuple[str, Any]] = []

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows, asked anew with these values for the names."""
        if not self._sql:
            self._work_out()
        given = {name: _as_sent(value) for name, value in values.items()} | {_NOW: timezone.now()}
        parameters = [given[name] if name else constant for name, constant in self._parts]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _work_out(self) -> None:
        sql, parameters = self._build(**self._samples).query.sql_with_params()
        names = {_as_sent(sample): name for name, sample in self._samples.items()}
        parts = [_part(each, names) for each in parameters]
        missing = self._samples.keys() - {name for name, _ in parts}
        if missing:
            raise ValueError(f"The query does not ask for {', '.join(sorted(missing))}.")
        self._parts = parts
        self._sql = sql


_NOW = "now"


def _as_sent(value: Any) -> Any:
    return one_parameter(value) if isinstance(value, list) else value


def _part(parameter: Any, names: dict[Any, str]) -> tuple[str, Any]:
    """The name whose value a parameter is, or none and the parameter itself."""
    if name := names.get(parameter):
        return name, None
    return (_NOW, None) if isinstance(parameter, datetime) else ("", parameter)
