"""One look-up that Django lacks: a list as one parameter, however long it is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Lookup
from django.db.models.sql.compiler import SQLCompiler


class OneOf(Lookup):
    """`field__one_of=values`: as `in`, but by `= ANY(array)` with the array as one parameter.

    For a batch of 500 detections, building and parsing a parameter a value took longer than the answer.
    """

    lookup_name = "one_of"

    def get_prep_lookup(self) -> str:
        """The values as a JSON array of texts."""
        return one_parameter(self.rhs)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        """One parameter."""
        return "%s", [value]

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """`column = ANY(array)`, the array made by the server in the column's type."""
        column, before = self.process_lhs(compiler, connection)
        values, parameters = self.process_rhs(compiler, connection)
        kind = self.lhs.output_field.db_type(connection)
        array = f"ARRAY(SELECT jsonb_array_elements_text({values}::jsonb))::{kind}[]"
        return f"{column} = ANY({array})", [*before, *parameters]


def one_parameter(values: Iterable[Any]) -> str:
    """The values as `OneOf` sends them."""
    return json.dumps([str(value) for value in values])
